"""What do the accounts of a Powens answer hold? (investissements, poches)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from o2s_core.aggregation.readers.blank_rows import line_row
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day
from o2s_core.aggregation.readers.json_document import json_cells
from o2s_core.aggregation.readers.powens.accounts import Answer, Held, holder, left_out
from o2s_core.kernel import french
from o2s_core.kernel.identifiers import is_isin

#: How the aggregator writes cash among investments.
LIQUIDITY: Final = "XX-liquidity"
#: Cents by which rounded amounts may differ.
ROUNDING: Final = Decimal("0.05")


def read_investments(answer: Answer, listed: list[tuple[str, Any]]) -> None:
    """Give each account its lines."""
    for where, node in listed:
        cells = json_cells(node)
        held = holder(answer, where, cells)
        if held is None:
            answer.found.row(where, cells, left_out)
        else:
            held.lines.append((where, cells))


def make_situations(answer: Answer) -> None:
    """Make the situation of each account that is worth something or holds lines."""
    found = answer.found
    for held in answer.held.values():
        found.external_id, found.locator = held.external_id, held.locator
        if held.balance is None and not held.lines:
            continue
        as_of = _as_of(answer, held)
        head = {"external_id": held.external_id, "as_of": as_of, "currency": held.currency}
        if as_of is None:
            found.tell(
                "L01", "error", "last_update", "", "date absente : la situation est écartée."
            )
        else:
            found.situations.append(head | {"total": held.balance, "locator": held.locator})
        for where, cells in held.lines:
            found.row(where, cells, partial(_line, found, head, where))


def _as_of(answer: Answer, held: Held) -> date | None:
    """Return the day of a situation: that of the last collection, not of the prices."""
    connection = answer.connections.get(held.cells.get("id_connection", ""), {})
    said = [day_or_none(held.cells, "last_update"), day_or_none(connection, "last_update")]
    lines = [cells for _, cells in held.lines if "deleted" not in cells]
    for name in ("last_update", "vdate"):
        days = [on for cells in lines if (on := day_or_none(cells, name))]
        said.append(max(days, default=None))
    return next((on for on in said if on), None)


def day_or_none(cells: Cells, name: str) -> date | None:
    """Return the day that a field names, None when it names none."""
    try:
        return day(cells, name)
    except WrongFieldError:
        return None


def _line(found: Gathering, head: Mapping[str, Any], where: str, cells: Cells) -> bool:
    """Keep an investment; `unitprice` is what it cost, `unitvalue` what it is worth."""
    if "deleted" in cells:
        return False
    if head["as_of"] is None:
        raise WrongFieldError("last_update", "", "date absente, la ligne est écartée.")
    own = "valuation" in cells or "original_valuation" not in cells
    prefix, currency = ("", head["currency"]) if own else ("original_", _original(cells))
    value = found.number(cells, f"{prefix}valuation")
    if value is None:
        raise WrongFieldError("valuation", "", "valeur absente : demandez-la à l'agrégateur.")
    row = line_row(dict(head), where) | {"value": value, "currency": currency}
    if cells.get("code") == LIQUIDITY:
        found.lines.append(row | {"label": cells.get("label"), "kind": "cash"})
        return True
    found.lines.append(
        row
        | identity(cells)
        | {
            "quantity": found.number(cells, "quantity"),
            "unit_cost": found.number(cells, f"{prefix}unitprice"),
            "price": found.number(cells, f"{prefix}unitvalue"),
            "price_on": day(cells, "vdate"),
        }
    )
    return True


def _original(cells: Cells) -> str:
    return cells.get("original_currency.id") or cells.get("original_currency", "")


def identity(cells: Cells) -> dict[str, str | None]:
    """Return the code of a support: an ISIN when it is one, else a code of the partner."""
    code, said = cells.get("code", "").upper(), cells.get("code_type", "").upper()
    label = cells.get("label")
    if not code:
        return {"code": None, "code_type": None, "label": label}
    kind = "isin" if said == "ISIN" or is_isin(code) else "partner"
    return {"code": code, "code_type": kind, "label": label}


def check_whole(found: Gathering, root: Any) -> None:  # noqa: ANN401
    """Compare the lines with what the answer says they are worth together."""
    said = _amount_or_none(found, json_cells(root), "valuation")
    if said is None or "investments" not in root:
        return
    if len(found.situations) == 1 and found.situations[0]["total"] is None:
        found.situations[0]["total"] = said
    values = [line["value"] for line in found.lines]
    gap = sum(values, Decimal(0)) - said
    if len({line["currency"] for line in found.lines}) > 1 or abs(gap) <= ROUNDING:
        return
    for situation in found.situations:
        found.external_id, found.locator = situation["external_id"], situation["locator"]
        found.tell(
            "F06", "error", "valuation", str(said), f"l'agrégateur annonce {french.number(said)} "
            f"pour l'ensemble, les lignes lues s'en écartent de {french.number(gap)}.",
        )  # fmt: skip


def _amount_or_none(found: Gathering, cells: Cells, name: str) -> Decimal | None:
    try:
        return found.number(cells, name)
    except WrongFieldError:
        return None


def check_pockets(answer: Answer, listed: list[tuple[str, Any]]) -> None:
    """Tell when the pockets of a line do not add up to it; they part it by day of availability."""
    found = answer.found
    worth = {c["id"]: (h, c) for h in answer.held.values() for _, c in h.lines if "id" in c}
    sums: dict[str, Decimal] = {}
    for where, node in listed:
        cells = json_cells(node)
        held = answer.held.get(cells.get("id_account", ""))
        found.external_id = held.external_id if held else cells.get("id_account", "")
        found.row(where, cells, partial(_pocket, found, sums))
    for own, total in sums.items():
        if own not in worth:
            continue
        held, line = worth[own]
        said = _amount_or_none(found, line, "valuation")
        if said is not None and abs(said - total) > ROUNDING:
            found.external_id, found.locator = held.external_id, held.locator
            told = f"les poches font {french.number(total)}, la ligne {french.number(said)}."
            found.tell("V02", "warning", "pockets", str(total), told)


def _pocket(found: Gathering, sums: dict[str, Decimal], cells: Cells) -> bool:
    if "deleted" not in cells:
        own, value = cells.get("id_investment", ""), found.number(cells, "value")
        sums[own] = sums.get(own, Decimal(0)) + (value or Decimal(0))
    return False
