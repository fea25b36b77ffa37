"""Securities side by side, on the command line: `o2s compare`."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import polars as pl
import typer

from o2s_core import market
from o2s_core.cli.asking import answer, ask
from o2s_core.cli.options import AsJson, AsLogin, From, To
from o2s_core.kernel import french
from o2s_core.market import Comparison

TOLD: Final = (
    "isin", "label", "kind", "currency", "first_on", "last_on", "points", "period", "annualised",
    "ytd", "1y", "3y", "5y", "10y", "since", "volatility", "max_drawdown", "sharpe",
    "best_month", "worst_month", "ongoing", "sri", "sfdr",
)  # fmt: skip


def compare(
    isins: Annotated[list[str], typer.Argument(help="De 2 à 10 codes ISIN.")],
    start: From = None,
    end: To = None,
    currency: Annotated[
        str, typer.Option("--currency", help="Devise, ou own : chacune la sienne.")
    ] = "",
    as_login: AsLogin = None,
    as_json: AsJson = False,
) -> None:
    """Compare des valeurs mobilières : performance, risque, années, corrélation."""
    ctx = ask(as_login)
    days = [day.date() if day else None for day in (start, end)]
    ids = market.security_ids(ctx, isins)
    found = market.comparison(ctx, ids, *days, currency=currency)
    answer(comparison_document(found)) if as_json else typer.echo(_sheet(found))


def comparison_document(found: Comparison) -> dict[str, Any]:
    """Return what `o2s compare --json` prints; ratios are ratios, null is not known."""
    codes = {str(each.id): each.isin or str(each.id) for each in found.securities}
    return {
        "start": found.start,
        "end": found.end,
        "common": list(found.common),
        "currency": found.currency,
        "converted": list(found.converted),
        "frequency": found.frequency,
        "rebased_on": found.rebased_on,
        "securities": found.figures.select(TOLD).to_dicts(),
        "series": _series(found.curve, codes),
        "rolling_12m": _series(found.rolling, codes),
        "years": _years(found, codes),
        "correlation": _correlation(found, codes),
        "notes": list(found.notes),
    }


def _series(frame: pl.DataFrame, codes: dict[str, str]) -> dict[str, list[list[Any]]]:
    """Return the points of each security, days without value left out."""
    return {
        isin: [list(row) for row in frame.select("day", name).drop_nulls().iter_rows()]
        for name, isin in codes.items()
    }


def _years(found: Comparison, codes: dict[str, str]) -> list[dict[str, Any]]:
    said: dict[int, dict[str, Any]] = {}
    for row in found.years.iter_rows(named=True):
        year = said.setdefault(row["year"], {"year": row["year"], "whole": row["whole"]})
        year.setdefault("returns", {})[codes[str(row["instrument_id"])]] = row["return"]
    return list(said.values())


def _correlation(found: Comparison, codes: dict[str, str]) -> dict[str, Any]:
    ids = [str(each) for each in found.correlation["instrument_id"]]
    rows: Sequence[Sequence[Any]] = found.correlation.select(ids).rows()
    return {"isins": [codes[each] for each in ids], "values": [list(row) for row in rows]}


def _sheet(found: Comparison) -> str:
    """Return a comparison as a person at a terminal reads it."""
    rows = [
        f"{row['label'][:40]:<40} {french.percent(row['period'], 2, signed=True):>10}  "
        f"par an {french.percent(row['annualised'], 2, signed=True):>9}  "
        f"volatilité {french.percent(row['volatility'], 2):>8}"
        for row in found.figures.iter_rows(named=True)
    ]
    head = f"Du {french.day(found.start)} au {french.day(found.end)}, en {found.currency}"
    return "\n".join([head, *rows, *found.notes])
