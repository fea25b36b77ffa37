"""What is it worth, since when, of what is it made? (sections Synthèse et Répartition)."""

from typing import Any, Final

from o2s_core import portfolio
from o2s_core.exports import axes
from o2s_core.kernel import french
from o2s_core.portfolio import Holdings, Performance
from o2s_core.reporting.statements.figures import Statement
from o2s_core.reporting.statements.tables import (
    LARGE,
    column,
    figure,
    line,
    signed,
    small_under,
    table,
    tone_of,
    total,
)

POINTS: Final = 180
#: Axes along which the total is split, those that have one part only left out.
SPLITS: Final = ("asset_class", "envelope", "provider", "currency")
#: Parts of a ring; the others are added up.
PARTS: Final = 7


def synthesis(said: Statement) -> dict[str, Any]:
    """Return the figures of the day and of the period, the curve, the contracts, the owners."""
    held, found = said.held, said.performance
    return {
        "figures": [_value(said), *_period(said), _latent(held)],
        "curve": None if found is None else value_curve(found),
        "contracts": _contracts(said),
        "owners": _owners(held),
        "warnings": warnings(said),
        "note": _dates(said),
    }


def allocation(said: Statement) -> dict[str, Any]:
    """Return the total split along each axis that has at least two parts."""
    splits = [split for axis in SPLITS if (split := _split(said.held, axis)) is not None]
    return {"splits": splits, "empty": "" if splits else "Aucun avoir à cette date."}


def value_curve(found: Performance) -> dict[str, Any]:
    """Return the value and what was put in, day after day."""
    points = thinned(found)
    values, invested = points["value_eur"].to_list(), points["invested_eur"].to_list()
    return {
        "lines": [
            {"label": "Valeur", "values": values},
            {"label": "Valeur de départ et versements nets", "values": invested},
        ],
        "marks": axes.days(points["day"].to_list()),
        "scale": axes.scale([*values, *invested], axes.euros),
        "alt": f"Valeur du {french.day(found.start)} au {french.day(found.end)} : "
        f"de {french.eur(found.opening_eur)} à {french.eur(found.closing_eur)}",
    }


def thinned(found: Performance) -> Any:  # noqa: ANN401  a frame of `SERIES`
    """Return a series with as many points as a printed line shows, the last one kept."""
    every = max(1, -(-found.series.height // POINTS))
    return found.series.reverse().gather_every(every).reverse()


def warnings(said: Statement) -> list[str]:
    """Say what a reader must know before the figures: old prices, what is not counted."""
    held, shown = said.held, []
    if held.stale_lines:
        names = held.lines.filter("stale")["label"].unique(maintain_order=True).to_list()
        more = f" et {len(names) - 3} autres" if len(names) > 3 else ""
        share = french.percent(held.stale_share)
        shown.append(f"Cours anciens : {', '.join(names[:3])}{more} ({share} de la valeur).")
    left_out = held.excluded.unique("label", maintain_order=True).head(5)
    shown += [
        f"Non compté : {row['label']} ({row['account']}), {row['reason']}."
        for row in left_out.iter_rows(named=True)
    ]
    if held.situation_missing and held.declared:
        shown.append("Une partie des avoirs est déclarative : elle n'a pas été transmise.")
    elif held.declared:
        shown.append("Comporte des données déclaratives, que nul partenaire n'a transmises.")
    return shown


def contract_words(row: dict[str, Any]) -> str:
    """Say what a contract is: envelope, provider, number, share."""
    parts = [portfolio.envelope_label(row["envelope"]), row["provider"], f"n° {row['number']}"]
    if row["share"] != 1:
        parts.append(f"part de {french.percent(row['share'], 2)}")
    return " · ".join(parts)


def known_on(row: dict[str, Any]) -> str:
    """Say on which day a contract's lines are known."""
    day = row["situation_on"]
    return "d'après les mouvements" if day is None else f"situation du {french.day(day)}"


def _value(said: Statement) -> dict[str, str]:
    held = said.held
    return figure(f"Valeur au {french.day(said.on)}", french.eur(held.total_eur), _prices(held))


def _period(said: Statement) -> list[dict[str, str]]:
    found = said.performance
    if found is None:
        return [figure("Performance de la période", "n.c.", said.no_performance)]
    since = f"depuis le {french.day(found.start)}"
    return [
        figure("Gain de la période", french.eur(found.gain_eur, signed=True), since,
               tone_of(found.gain_eur)),
        figure("Performance de la période", french.percent(found.twr, 2, signed=True),
               "pondérée par le temps" if found.twr is not None else "non calculable",
               tone_of(found.twr)),
    ]  # fmt: skip


def _latent(held: Holdings) -> dict[str, str]:
    if held.gain_eur is None:
        return figure("Plus-value latente", "n.c.", "prix de revient non transmis")
    ratio = french.percent(held.gain_ratio, signed=True)
    known = french.percent(held.gain_coverage, 0)
    note = ratio if held.gain_coverage == 1 else f"{ratio}, prix connu pour {known} de la valeur"
    return figure(
        "Plus-value latente", french.eur(held.gain_eur, signed=True), note, tone_of(held.gain_eur)
    )


def _contracts(said: Statement) -> dict[str, Any]:
    held = said.held
    columns = [column("Contrat", width=1), column("Situation", right=True),
               column("Valeur", right=True), column("Poids", right=True),
               column("Plus-value latente", right=True)]  # fmt: skip
    rows = [
        line(
            small_under(row["account"], contract_words(row)),
            _situation(row),
            french.eur(row["value_eur"]),
            french.percent(row["weight"]),
            signed(row["gain_eur"]),
        )
        for row in held.accounts.sort("value_eur", descending=True).iter_rows(named=True)
    ]
    weight = "" if held.lines.is_empty() else french.percent(1.0)
    last = total("Total", "", french.eur(held.total_eur), weight, signed(held.gain_eur))
    return table(columns, [*rows, last], LARGE)


def _situation(row: dict[str, Any]) -> dict[str, str] | str:
    if row["situation_on"] is None:
        return small_under("calculée", "d'après les mouvements")
    later = row["later_movements"]
    after = f"{french.count(later, 'mouvement')} depuis" if later else ""
    return small_under(french.day(row["situation_on"]), after)


def _owners(held: Holdings) -> dict[str, Any] | None:
    parts = held.by("owner")
    if parts.height < 2:
        return None
    columns = [column("Titulaire", width=1), column("Valeur", right=True),
               column("Poids", right=True)]  # fmt: skip
    rows = [
        line(row["label"], french.eur(row["value_eur"]), french.percent(row["weight"]))
        for row in parts.iter_rows(named=True)
    ]
    return table(
        columns, [*rows, total("Total", french.eur(held.total_eur), french.percent(1.0))], LARGE
    )


def _dates(said: Statement) -> str:
    held = said.held
    said_of = []
    if held.oldest_situation_on is not None:
        said_of.append(f"Situations des partenaires {_span(held, 'situation')}")
    if held.oldest_data_on is not None:
        said_of.append(f"cours et valeurs {_span(held, 'data')}")
    if held.outside_eur:
        said_of.append(f"{french.eur(held.outside_eur)} reviennent à d'autres titulaires")
    return ", ".join(said_of) + ("." if said_of else "")


def _prices(held: Holdings) -> str:
    return f"cours {_span(held, 'data')}" if held.oldest_data_on else ""


def _span(held: Holdings, name: str) -> str:
    oldest, newest = getattr(held, f"oldest_{name}_on"), getattr(held, f"newest_{name}_on")
    if oldest == newest:
        return f"du {french.day(newest)}"
    return f"du {french.day(oldest)} au {french.day(newest)}"


def _split(held: Holdings, axis: str) -> dict[str, Any] | None:
    parts = held.by(axis)
    if parts.height < 2 and axis != "asset_class":
        return None
    shown = [
        _part(row["label"], row["value_eur"], row["weight"]) for row in parts.iter_rows(named=True)
    ]
    if len(shown) > PARTS:
        rest = parts.slice(PARTS - 1)
        shown = shown[: PARTS - 1]
        shown.append(_part("Autres", rest["value_eur"].sum(), float(rest["weight"].sum())))
    if not shown:
        return None
    name = portfolio.AXES[axis]
    centre = axes.euros(float(held.total_eur), 1e5 if held.total_eur >= 10**6 else 1e3)
    said = ", ".join(f"{part['label']} {part['share']}" for part in shown)
    return {"title": f"Par {name.lower()}", "parts": shown, "alt": f"Par {name.lower()} : {said}",
            "centre": centre}  # fmt: skip


def _part(label: str, value: Any, weight: float | None) -> dict[str, Any]:  # noqa: ANN401
    return {"label": label, "value": float(value), "amount": french.eur(value),
            "share": french.percent(weight)}  # fmt: skip
