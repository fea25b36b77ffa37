"""A comparison as an Excel workbook: figures, years, rolling year, correlation, curve, notes."""

from typing import Final

import polars as pl

from o2s_core import exports
from o2s_core.exports import Sheet, SheetColumn
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.comparison.shapes import FREQUENCIES, OWN, Comparison
from o2s_core.market.kinds import INSTRUMENT_KINDS

#: Column of `FIGURES` -> how it is headed, and written.
HEADINGS: Final = (
    SheetColumn("label", "Valeur"),
    SheetColumn("isin", "ISIN"),
    SheetColumn("kind", "Famille", labels=INSTRUMENT_KINDS),
    SheetColumn("currency", "Devise des cours"),
    SheetColumn("first_on", "Premier cours", "day"),
    SheetColumn("last_on", "Dernier cours", "day"),
    SheetColumn("points", "Cours de la période", "integer"),
    SheetColumn("period", "Période", "percent"),
    SheetColumn("annualised", "Par an sur la période", "percent"),
    SheetColumn("ytd", "Année en cours", "percent"),
    SheetColumn("1y", "1 an", "percent"),
    SheetColumn("3y", "3 ans", "percent"),
    SheetColumn("5y", "5 ans", "percent"),
    SheetColumn("10y", "10 ans", "percent"),
    SheetColumn("since", "Depuis le premier cours", "percent"),
    SheetColumn("volatility", "Volatilité", "percent"),
    SheetColumn("max_drawdown", "Perte maximale", "percent"),
    SheetColumn("sharpe", "Ratio de Sharpe", "number"),
    SheetColumn("best_month", "Meilleur mois", "percent"),
    SheetColumn("worst_month", "Pire mois", "percent"),
    SheetColumn("ongoing", "Coûts courants", "percent"),
    SheetColumn("sri", "SRI", "integer"),
    SheetColumn("sfdr", "SFDR", "integer"),
)


def comparison_workbook(ctx: Context, found: Comparison) -> bytes:
    """Return a comparison as a workbook; who may export supports may have it."""
    ctx.require(Permission.MARKET_EXPORT)
    return exports.xlsx(
        [
            Sheet("Comparaison", found.figures, HEADINGS),
            Sheet("Années civiles", _years(found), _of_each(found, "year", "Année", "percent")),
            Sheet("12 mois glissants", found.rolling, _of_each(found, "day", "Date", "percent")),
            Sheet("Corrélation", _correlation(found), _of_each(found, "label", "Valeur", "number")),
            Sheet("Base 100", found.curve, _of_each(found, "day", "Date", "number")),
            Sheet("Lecture", _reading(found), (SheetColumn("said", "À savoir"),)),
        ]
    )


def _of_each(found: Comparison, first: str, heading: str, kind: str) -> tuple[SheetColumn, ...]:
    leading = SheetColumn(first, heading, "day" if first == "day" else "text")
    return (leading, *(SheetColumn(n, label, kind) for n, label in found.names.items()))


def _years(found: Comparison) -> pl.DataFrame:
    """Return one row per year and one column per security; a year cut by the period is said."""
    part = pl.when("whole").then(pl.lit("")).otherwise(pl.lit(" (partielle)"))
    rows = found.years.with_columns(
        pl.format("{}{}", "year", part).alias("year"), pl.col("instrument_id").cast(pl.String)
    )
    return rows.pivot("instrument_id", index="year", values="return")


def _correlation(found: Comparison) -> pl.DataFrame:
    names = pl.col("instrument_id").cast(pl.String).replace(found.names)
    return found.correlation.with_columns(label=names)


def _reading(found: Comparison) -> pl.DataFrame:
    """Return what the figures stand on, one sentence a row."""
    money = "devise d'origine" if found.currency == OWN else found.currency
    said = [
        f"Période : du {found.start:%d/%m/%Y} au {found.end:%d/%m/%Y}",
        f"Période commune : du {found.common[0]:%d/%m/%Y} au {found.common[1]:%d/%m/%Y}",
        f"Base 100 au {found.rebased_on:%d/%m/%Y}",
        f"Devise : {money}",
        f"Fréquence : {FREQUENCIES[found.frequency].lower()}",
        *found.notes,
    ]
    return pl.DataFrame({"said": said})
