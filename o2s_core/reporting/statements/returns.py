"""What did it earn, at what risk, and what did it cost? (sections Performance et Frais)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from o2s_core import portfolio
from o2s_core.exports import axes
from o2s_core.kernel import french
from o2s_core.kernel.money import ZERO
from o2s_core.portfolio import Performance
from o2s_core.reporting.statements.figures import Statement
from o2s_core.reporting.statements.summary import contract_words, thinned
from o2s_core.reporting.statements.tables import (
    HALF,
    LARGE,
    column,
    figure,
    line,
    signed,
    signed_ratio,
    small_under,
    table,
    tone_of,
    total,
)

#: Supports named as having earned or lost the most.
NAMED: Final = 5
YEARS: Final = 8
COSTS: Final = (
    column("Contrat", width=1), column("Frais du contrat", right=True),
    column("Frais sur opérations", right=True), column("Impôts et prélèvements", right=True),
    column("Total", right=True),
)  # fmt: skip


def performance(said: Statement) -> dict[str, Any]:
    """Return the returns of the period, how they came, the usual periods and the risk."""
    found = said.performance
    if found is None:
        return {"empty": f"n.c. : {said.no_performance}."}
    return {
        "empty": "",
        "figures": _figures(found),
        "bridge": _bridge(found),
        "curve": _index(found),
        "years": _years(found),
        "periods": _periods(found),
        "risk": _risk(found),
        "lines": _lines(found),
        "note": _method(found),
    }


def costs(said: Statement) -> dict[str, Any]:
    """Return what each contract was charged over the period, as its movements say."""
    found = said.performance
    if found is None:
        return {"table": None, "empty": f"n.c. : {said.no_performance}.", "note": ""}
    moved = set(said.movements["account_id"].to_list())
    rows = found.contracts.sort("value_eur", descending=True).to_dicts()
    told = [row for row in rows if row["account_id"] in moved]
    names = ("fees_eur", "dealing_eur", "taxes_eur")
    sums = [sum((row[name] for row in told), ZERO) for name in names]
    last = total("Total", *(french.eur(amount) for amount in sums), french.eur(sum(sums, ZERO)))
    lines = [_charged(row, names, told=row in told) for row in rows]
    return {
        "table": table(COSTS, [*lines, last]) if rows else None,
        "empty": "" if rows else "Aucun contrat sur la période.",
        "note": _costs_note(said, rows),
    }


def _charged(row: dict[str, Any], names: tuple[str, ...], *, told: bool) -> dict[str, Any]:
    name = small_under(row["account"], contract_words(row))
    if not told:
        return line(name, *([small_under("n.c.", "", "quiet")] * 4))
    amounts = [row[each] for each in names]
    whole = french.eur(sum(amounts, ZERO))
    if not row["costs_unknown"]:
        return line(name, *(french.eur(amount) for amount in amounts), whole)
    unknown = f"{row['costs_unknown']} sans montant"
    return line(name, *(french.eur(amount) for amount in amounts), small_under(whole, unknown))


def _costs_note(said: Statement, rows: list[dict[str, Any]]) -> str:
    found = said.performance
    worth = found.opening_eur + found.closing_eur if found else ZERO
    fees = sum((row["fees_eur"] + row["dealing_eur"] for row in rows), ZERO)
    share = french.percent(fees / (worth / 2), 2) if worth > 0 else "n.c."
    return (
        f"Frais prélevés {said.period} d'après les mouvements transmis, soit {share} de la valeur "
        "moyenne ; ceux prélevés en parts sont comptés au cours du jour. Les frais internes des "
        "supports sont déjà compris dans leurs cours. "
        "n.c. : aucun mouvement transmis sur la période."
    )


def _figures(found: Performance) -> list[dict[str, str]]:
    shown = [
        figure("Performance", french.percent(found.twr, 2, signed=True), "pondérée par le temps",
               tone_of(found.twr)),
        figure("Rendement du capital", french.percent(found.mwr, 2, signed=True),
               "pondéré par les flux" + (", par an" if _over_a_year(found) else ""),
               tone_of(found.mwr)),
        figure("Gain", french.eur(found.gain_eur, signed=True), "sur la période",
               tone_of(found.gain_eur)),
    ]  # fmt: skip
    if found.twr_annual is not None:
        yearly = french.percent(found.twr_annual, 2, signed=True)
        shown.insert(1, figure("Par an", yearly, "annualisée", tone_of(found.twr_annual)))
    return shown


def _over_a_year(found: Performance) -> bool:
    return (found.end - found.start).days >= 365


def _bridge(found: Performance) -> dict[str, Any]:
    columns = [column("De l'ouverture à la clôture", width=1), column("Montant", right=True)]
    rows = [
        line(f"Valeur au {french.day(found.start)}", french.eur(found.opening_eur)),
        line("Versements et retraits nets", french.eur(found.net_flows_eur, signed=True)),
        line("Gain, net de frais des contrats", signed(found.gain_eur)),
        total(f"Valeur au {french.day(found.end)}", french.eur(found.closing_eur)),
    ]
    return table(columns, rows, LARGE)


def _index(found: Performance) -> dict[str, Any]:
    points = thinned(found)
    values = [100 * value for value in points["index"].to_list()]
    return {
        "lines": [{"label": f"Base 100 au {french.day(found.start)}", "values": values}],
        "marks": axes.days(points["day"].to_list()),
        "scale": axes.scale(values, axes.plain),
        "alt": f"Performance base 100 du {french.day(found.start)} au {french.day(found.end)} : "
        f"{french.percent(found.twr, 2, signed=True)}",
    }


def _years(found: Performance) -> dict[str, Any] | None:
    years = portfolio.by_year(found.series).tail(YEARS)
    if years.height < 2:
        return None
    bars = [
        {
            "label": str(row["year"]) + ("" if row["whole"] else " (part)"),
            "value": row["return"],
            "text": french.percent(row["return"], signed=True),
        }
        for row in years.iter_rows(named=True)
    ]
    said = ", ".join(f"{bar['label']} {bar['text']}" for bar in bars)
    return {"bars": bars, "alt": f"Performance par année : {said}"}


def _periods(found: Performance) -> dict[str, Any]:
    columns = [column("Performance au " + french.day(found.end), width=1),
               column("Rendement", right=True)]  # fmt: skip
    rows = [
        line(label, signed_ratio(found.periods.get(code)))
        for code, label in portfolio.PERIODS.items()
    ]
    return table(columns, rows, LARGE, HALF)


def _risk(found: Performance) -> dict[str, Any]:
    columns = [column("Risque de la période", width=1), column("Mesure", right=True)]
    known = found.risk
    sharpe = known.get("sharpe")
    rows = [
        line("Volatilité annualisée", french.percent(known.get("volatility"), 2)),
        line("Perte maximale", french.percent(known.get("max_drawdown"), 2)),
        line("Ratio de Sharpe", "n.c." if sharpe is None else french.number(sharpe, 2)),
    ]
    return table(columns, rows, LARGE, HALF)


def _lines(found: Performance) -> dict[str, Any] | None:
    """Return the supports that earned the most and those that lost the most."""
    rows = found.lines.filter(found.lines["account_id"].is_not_null()).to_dicts()
    if not rows:
        return None
    kept = rows if len(rows) <= 2 * NAMED else [*rows[:NAMED], *rows[-NAMED:]]
    columns = [column("Ce qui a compté", width=1), column("Gain", right=True),
               column("Contribution", right=True)]  # fmt: skip
    lines = [line(small_under(row["label"], row["account"]), *_earned(row)) for row in kept]
    return table(columns, lines)


def _earned(row: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    gain = Decimal(repr(round(row["gain_eur"], 2)))
    return signed(gain), signed_ratio(row["contribution"])


def _method(found: Performance) -> str:
    known = found.coverage
    said = [f"{portfolio.METHODS[found.method]}, net des frais des contrats."]
    if known.without_amount:
        said.append(f"{french.count(known.without_amount, 'flux', 'flux')} sans montant transmis, "
                    "laissés de côté : le rendement est à vérifier.")  # fmt: skip
    if known.deduced:
        said.append(f"{french.count(known.deduced, 'flux', 'flux')} déduits des quantités.")
    if known.unknown_accounts:
        said.append(f"Jamais valorisés : {', '.join(known.unknown_accounts[:4])}.")
    said.append("Les performances passées ne préjugent pas des performances futures.")
    return " ".join(said)
