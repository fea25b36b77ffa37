"""What is held, line by line, contract by contract, and what happened? (Positions, Mouvements)."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from o2s_core import market
from o2s_core.kernel import french
from o2s_core.reporting.statements.figures import Statement
from o2s_core.reporting.statements.summary import contract_words, known_on
from o2s_core.reporting.statements.tables import (
    Cell,
    Row,
    column,
    figure,
    group,
    line,
    signed,
    signed_ratio,
    small_under,
    subtotal,
    table,
    tone_of,
    total,
)

POSITIONS: Final = (
    column("Support", width=1), column("Quantité", right=True),
    column("Prix de revient", right=True), column("Cours", right=True),
    column("Valeur", right=True), column("Poids", right=True),
    column("Plus-value latente", right=True),
)  # fmt: skip
MOVEMENTS: Final = (
    column("Date"), column("Nature", width=0.7), column("Support", width=1.6),
    column("Quantité", right=True), column("Montant net", right=True),
)  # fmt: skip
#: Supports named in one row; the others are counted.
NAMED: Final = 2


def positions(said: Statement) -> dict[str, Any]:
    """Return the lines under their contract, with subtotals by asset class, and the total."""
    held = said.held
    contracts = {row["account_id"]: row for row in held.accounts.iter_rows(named=True)}
    lines = held.lines.sort(
        "account_id", "asset_class", "value_eur", descending=[False, False, True]
    ).to_dicts()
    rows: list[Row] = []
    for id_, own in groupby(lines, key=lambda row: row["account_id"]):
        rows += _contract(contracts[id_], list(own))
    last = total("Total", "", "", "", french.eur(held.total_eur),
                 french.percent(1.0) if lines else "", signed(held.gain_eur))  # fmt: skip
    return {
        "table": table(POSITIONS, [*rows, last]),
        "left_out": _left_out(said),
        "note": "Cours dans la devise du support, à la date indiquée ; valeurs en euros. "
        "n.c. : prix de revient non transmis par le partenaire.",
    }


def contracts(said: Statement) -> dict[str, Any]:
    """Return a block for each contract: paid in, withdrawn, gain, return since it is known."""
    if said.performance is None:
        return {"blocks": [], "empty": f"n.c. : {said.no_performance}."}
    opened = dict(said.accounts.select("account_id", "opened_on").iter_rows())
    known = {row["account_id"]: row for row in said.held.accounts.iter_rows(named=True)}
    shown = said.performance.contracts.sort("value_eur", descending=True).iter_rows(named=True)
    blocks = [_block(row, opened.get(row["account_id"]), known) for row in shown]
    return {"blocks": blocks, "empty": "" if blocks else "Aucun contrat sur la période."}


def movements(said: Statement) -> dict[str, Any]:
    """Return what happened on each contract over the period, oldest first.

    What was bought or sold of several supports on a day is one row.
    """
    moved = said.movements.sort("account", "account_id", "trade_on", maintain_order=True)
    rows: list[Row] = []
    for _, own in groupby(moved.iter_rows(named=True), key=lambda row: row["account_id"]):
        rows += _happened(list(own))
    return {
        "table": table(MOVEMENTS, rows) if rows else None,
        "empty": "" if rows else "Aucun mouvement transmis sur la période.",
        "note": "Montants du contrat entier, quels que soient ses titulaires.",
    }


def _happened(moved: list[dict[str, Any]]) -> Iterator[Row]:
    first = moved[0]
    many = french.count(len(moved), "mouvement")
    yield group(first["account"], f"n° {first['number']} · {many}")
    for (day, kind), own in groupby(moved, key=lambda row: (row["trade_on"], row["kind_label"])):
        rows = list(own)
        alone = rows[0] if len(rows) == 1 else None
        shown = french.quantity(alone["quantity"]) if alone and alone["instrument_id"] else ""
        yield line(french.day(day), kind, _supports(rows), shown, _amount(rows))


def _supports(rows: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(row["label"] for row in rows if row["label"]))
    if len(names) < 2:
        return names[0] if names else ""
    return f"{len(names)} supports : {', '.join(names[:NAMED])}{'…' if len(names) > NAMED else ''}"


def _contract(contract: Mapping[str, Any], lines: list[dict[str, Any]]) -> Iterator[Row]:
    words = f"{contract_words(dict(contract))} · {known_on(dict(contract))}"
    yield group(contract["account"], words, french.eur(contract["value_eur"]))
    classes = [(c, list(own)) for c, own in groupby(lines, key=lambda row: row["asset_class"])]
    for name, own in classes:
        yield from (_position(row) for row in own)
        if len(classes) > 1 and len(own) > 1:
            yield _class_total(name, own)


def _class_total(name: str, lines: list[dict[str, Any]]) -> Row:
    known = [row for row in lines if row["gain_eur"] is not None]
    weights = [row["weight"] for row in lines if row["weight"] is not None]
    return subtotal(
        f"Sous-total {_class(name).lower()}", "", "", "",
        french.eur(sum(row["value_eur"] for row in lines)),
        french.percent(sum(weights) if weights else None),
        signed(sum(row["gain_eur"] for row in known) if known else None),
    )  # fmt: skip


def _class(code: str) -> str:
    return market.ASSET_CLASSES.get(code, code)


def _position(row: Mapping[str, Any]) -> Row:
    cash = row["asset_class"] == "cash" and row["currency"] == "EUR"
    gain = "" if cash and row["gain_eur"] is None else signed(row["gain_eur"])
    if isinstance(gain, dict) and row["gain_ratio"] is not None:
        gain["small"] = french.percent(row["gain_ratio"], signed=True)
    return line(
        small_under(
            row["label"], " · ".join(t for t in (row["isin"], _class(row["asset_class"])) if t)
        ),
        "" if cash else french.quantity(row["quantity"]),
        "" if cash else _price(row["unit_cost"], row["currency"]),
        _quoted(row, cash=cash),
        french.eur(row["value_eur"]),
        french.percent(row["weight"]),
        gain,
    )


def _quoted(row: Mapping[str, Any], *, cash: bool) -> dict[str, str]:
    price = "" if cash else _price(row["price"], row["currency"])
    return small_under(price, _dated(row)) if price else small_under(_dated(row), "", "quiet")


def _dated(row: Mapping[str, Any]) -> str:
    stale = ", ancien" if row["stale"] else ""
    return f"{french.day(row['data_on'])}{stale}"


def _price(value: Any, currency: str) -> str:  # noqa: ANN401
    if value is None:
        return ""
    unit = "€" if currency == "EUR" else currency
    return f"{french.number(value, 2 if abs(value) >= 1 else 4)}{french.NBSP}{unit}"


def _amount(rows: list[dict[str, Any]]) -> Cell:
    """Return what some movements of one kind and day come to."""
    if any(row["net"] is None for row in rows):
        inside = all(row["quantity"] for row in rows if row["net"] is None)
        return small_under("en parts" if inside else "n.c.", "", "quiet")
    currency = rows[0]["currency"]
    amount = sum(row["net"] for row in rows)
    if any(row["currency"] != currency for row in rows):
        return small_under("n.c.", "plusieurs devises", "quiet")
    if currency == "EUR":
        return french.eur(amount, signed=True)
    return f"{french.number(amount, 2, signed=True)}{french.NBSP}{currency}"


def _left_out(said: Statement) -> dict[str, Any] | None:
    if said.held.excluded.is_empty():
        return None
    columns = [column("Non compté dans le total", width=1), column("Pourquoi", width=1.2),
               column("Dernière valeur connue", right=True)]  # fmt: skip
    rows = [
        line(small_under(row["label"], row["account"]), row["reason"],
             french.eur(row["reported_eur"]))
        for row in said.held.excluded.iter_rows(named=True)
    ]  # fmt: skip
    return table(columns, rows)


def _block(row: dict[str, Any], opened: Any, known: Mapping[int, Any]) -> dict[str, Any]:  # noqa: ANN401
    since, tone = row["since"], tone_of(row["twr"])
    start = f"{french.eur(row['start_eur'])} au départ" if row["start_eur"] else ""
    return {
        "title": row["account"],
        "words": contract_words(row),
        "figures": [
            figure("Versé", french.eur(row["paid_in_eur"]), start),
            figure("Retiré", french.eur(row["withdrawn_eur"])),
            figure("Gain", french.eur(row["gain_eur"], signed=True), "", tone_of(row["gain_eur"])),
            figure("Valeur", french.eur(row["value_eur"]), _value_on(row, known)),
            figure("Rendement", signed_ratio(row["twr"])["text"], _yearly(row), tone),
        ],
        "note": _since(opened, since, row["closed_on"]),
    }  # fmt: skip


def _value_on(row: Mapping[str, Any], known: Mapping[int, Any]) -> str:
    own = known.get(row["account_id"])
    return "" if own is None else known_on(own)


def _yearly(row: Mapping[str, Any]) -> str:
    if row["twr"] is None:
        return "non calculable"
    yearly = row["twr_annual"]
    return "" if yearly is None else f"{french.percent(yearly, 2, signed=True)} par an"


def _since(opened: Any, since: Any, closed: Any) -> str:  # noqa: ANN401
    if since is None:
        return "n.c. : aucune valeur connue."
    effect = f"Date d'effet {french.day(opened)}. " if opened else ""
    late = " (première valeur connue)" if opened and (since - opened).days > 31 else ""
    end = f" Clos le {french.day(closed)}." if closed else ""
    return f"{effect}Chiffres depuis le {french.day(since)}{late}.{end}"
