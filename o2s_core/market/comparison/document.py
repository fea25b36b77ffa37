"""A comparison as a PDF of the house: curves, returns, risk, calendar years, correlation, notes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from o2s_core import administration, exports
from o2s_core.exports import axes
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.comparison.shapes import FREQUENCIES, OWN, Comparison

MODEL: Final = Path(__file__).with_name("comparison.typ")
POINTS: Final = 180  #: that a printed line shows
YEARS: Final = 8  #: that a page holds
EARNED: Final = {
    "period": "Période", "annualised": "Par an", "ytd": "Année", "1y": "1 an", "3y": "3 ans",
    "5y": "5 ans", "10y": "10 ans", "since": "Origine",
}  # fmt: skip
RISKED: Final = {
    "volatility": "Volatilité", "max_drawdown": "Perte max.", "sharpe": "Sharpe",
    "best_month": "Meilleur mois", "worst_month": "Pire mois", "ongoing": "Coûts courants",
    "sri": "SRI", "sfdr": "SFDR",
}  # fmt: skip
SIGNED: Final = frozenset({*EARNED, "max_drawdown", "best_month", "worst_month"})
PLAIN: Final = frozenset({"sharpe", "sri", "sfdr"})


def comparison_document(ctx: Context, found: Comparison) -> bytes:
    """Return a comparison as a PDF; who may export supports may have it.

    A figure that is not known reads n.c.; same prices and same day, same bytes.
    """
    ctx.require(Permission.MARKET_EXPORT)
    letterhead = administration.letterhead(ctx)
    said = _said(found) | {"house": letterhead.house}
    return exports.pdf(MODEL, said, ctx.today, pictures=letterhead.pictures)


def _said(found: Comparison) -> dict[str, Any]:
    money = "chaque support dans sa devise" if found.currency == OWN else f"en {found.currency}"
    span = f"du {french.day(found.start)} au {french.day(found.end)}"
    return {
        "title": "Comparaison de supports",
        "about": f"{len(found.securities)} supports, {span}",
        "read": f"{span[0].upper()}{span[1:]}, {money}, fréquence "
        f"{FREQUENCIES[found.frequency].lower()}",
        "curve": _curve(found),
        "tables": [_earned(found), _risked(found), *_years(found), *_correlation(found)],
        "notes": [
            *found.notes,
            "Les performances passées ne préjugent pas des performances futures.",
        ],
    }


def _curve(found: Comparison) -> dict[str, Any] | None:
    known = found.curve.drop_nulls()
    if known.height < 2:
        return None
    every = max(1, -(-known.height // POINTS))
    points = known.reverse().gather_every(every).reverse()
    lines = [{"label": label, "values": points[n].to_list()} for n, label in found.names.items()]
    values = [value for line in lines for value in line["values"]]
    ends = ", ".join(f"{line['label']} {french.number(line['values'][-1], 1)}" for line in lines)
    return {
        "lines": lines,
        "marks": axes.days(points["day"].to_list()),
        "scale": axes.scale(values, axes.plain),
        "alt": f"Base 100 au {french.day(found.rebased_on)} : {ends}",
    }


def _earned(found: Comparison) -> dict[str, Any]:
    return _part("Performances", found, EARNED, "Origine : depuis le premier cours connu.")


def _risked(found: Comparison) -> dict[str, Any]:
    return _part(
        "Risque et coûts", found, RISKED, "Volatilité annualisée ; Sharpe au taux sans risque nul."
    )


def _part(title: str, found: Comparison, shown: dict[str, str], note: str) -> dict[str, Any]:
    rows = [
        [_named(row["label"], row["isin"]), *(_written(name, row[name]) for name in shown)]
        for row in found.figures.iter_rows(named=True)
    ]
    return {"title": title, "table": _table(list(shown.values()), rows), "note": note}


def _years(found: Comparison) -> list[dict[str, Any]]:
    years = sorted(set(found.years["year"]))[-YEARS:]
    if not years:
        return []
    known = {(i, y): v for i, _, y, _, v in found.years.iter_rows()}
    parts = set(found.years.filter(~pl.col("whole"))["year"])
    rows = [
        [each.label, *(_written("period", known.get((each.id, year))) for year in years)]
        for each in found.securities
    ]
    names = [f"{year}{' *' if year in parts else ''}" for year in years]
    note = "* Année coupée par la période." if parts.intersection(years) else ""
    return [{"title": "Années civiles", "table": _table(names, rows), "note": note}]


def _correlation(found: Comparison) -> list[dict[str, Any]]:
    ids = found.correlation["instrument_id"].to_list()
    if not ids:
        return []
    rows = [
        [f"{n}. {found.names[str(row['instrument_id'])]}",
         *(_written("sharpe", row[str(i)]) for i in ids)]
        for n, row in enumerate(found.correlation.iter_rows(named=True), 1)
    ]  # fmt: skip
    table = _table([str(n) for n in range(1, len(ids) + 1)], rows)
    return [
        {"title": "Corrélation", "table": table, "note": "1 : mêmes mouvements ; 0 : aucun lien."}
    ]


def _written(name: str, value: Any) -> dict[str, str]:  # noqa: ANN401
    if value is None:
        return {"text": "n.c.", "tone": "quiet"}
    if name in PLAIN:
        return {"text": str(value) if isinstance(value, int) else french.number(value, 2)}
    return {"text": french.percent(value, signed=name in SIGNED)}


def _named(label: str, isin: str | None) -> dict[str, str]:
    return {"text": label, "small": isin or ""}


def _table(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    columns = [{"label": "Support", "width": 1, "right": False}]
    columns += [{"label": each, "width": 0, "right": True} for each in headings]
    return exports.fitted(columns, [{"kind": "line", "cells": list(row)} for row in rows])
