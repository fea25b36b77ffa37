"""Which support is a line of Plaid about? Its best code, its kind, its currency."""

from typing import Final

from o2s_core.aggregation.readers.gathering import Cells

#: Field of a security -> what kind of code it is, the surest first.
CODES: Final = (
    ("isin", "isin"), ("cusip", "cusip"), ("sedol", "sedol"),
    ("institution_security_id", "partner"), ("ticker_symbol", "ticker"), ("security_id", "partner"),
)  # fmt: skip
KINDS: Final = {
    "cash": "cash", "cryptocurrency": "crypto", "derivative": "option", "equity": "share",
    "etf": "etf", "fixed income": "bond", "mutual fund": "opcvm",
}  # fmt: skip


def identity(cells: Cells, security: Cells) -> dict[str, str | None]:
    """Return the code, name and kind of the security of a row; cash has no code."""
    kind = KINDS.get(security.get("type", ""), "other")
    label = security.get("name")
    if kind == "cash":
        return {"code": None, "code_type": None, "label": label, "kind": kind}
    known = {"security_id": cells.get("security_id", "")} | dict(security)
    code, code_type = next(
        ((known[name], what) for name, what in CODES if known.get(name)), (None, None)
    )
    return {"code": code, "code_type": code_type, "label": label, "kind": kind}


def currency_of(cells: Cells, prefix: str = "") -> str:
    """Return the currency of a row, the unofficial one where there is no other, "" for none."""
    return (
        cells.get(f"{prefix}iso_currency_code")
        or cells.get(f"{prefix}unofficial_currency_code")
        or ""
    )
