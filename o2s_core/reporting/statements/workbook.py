"""A statement as a workbook: a sheet a section, real numbers and dates, charts of their cells."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from o2s_core import market, portfolio
from o2s_core.exports import Sheet, SheetChart, SheetColumn
from o2s_core.kernel.money import ZERO
from o2s_core.reporting.statements import summary, words
from o2s_core.reporting.statements.figures import Statement

EUROS: Final = pl.Decimal(38, 2)
FIGURES: Final = pl.Schema(
    {"label": pl.String(), "amount": EUROS, "ratio": pl.Float64(), "on": pl.Date(),
     "note": pl.String()}
)  # fmt: skip
#: What a sheet says of a contract, whatever its subject.
CONTRACT: Final = (SheetColumn("account", "Contrat"), SheetColumn("number", "Numéro"),
                   SheetColumn("provider", "Partenaire"))  # fmt: skip


def sheets(said: Statement, sections: Sequence[str]) -> list[Sheet]:
    """Return the sheets of some sections, in their order; those made of words share one."""
    made = [SHEETS[code](said) for code in sections if code in SHEETS]
    texts = [code for code in sections if code in {"glossary", "legal"}]
    return [*made, _texts(said, texts)] if texts else made


def _synthesis(said: Statement) -> Sheet:
    held, found = said.held, said.performance
    rows: list[tuple[Any, ...]] = [
        ("Valeur", held.total_eur, None, said.on, f"{said.scope.name}, {said.period}"),
        ("Plus-value latente", held.gain_eur, held.gain_ratio, said.on,
         "" if held.gain_eur is not None else "n.c. : prix de revient non transmis"),
    ]  # fmt: skip
    if found is None:
        rows.append(("Performance de la période", None, None, said.on, said.no_performance))
    else:
        rows += [
            ("Valeur au début", found.opening_eur, None, found.start, ""),
            ("Versements et retraits nets", found.net_flows_eur, None, found.end, "période"),
            ("Gain de la période", found.gain_eur, found.twr, found.end, "pondéré par le temps"),
            ("Rendement du capital", None, found.mwr, found.end, "pondéré par les flux"),
        ]
    rows += [("À savoir", None, None, None, text) for text in summary.warnings(said)]
    columns = (SheetColumn("label", "Chiffre"), SheetColumn("amount", "Montant", "eur"),
               SheetColumn("ratio", "Taux", "percent"), SheetColumn("on", "Au", "day"),
               SheetColumn("note", "Note"))  # fmt: skip
    return Sheet("Synthèse", pl.DataFrame(rows, FIGURES, orient="row"), columns)


def _allocation(said: Statement) -> Sheet:
    axes = [*summary.SPLITS, "owner"]
    parts = [
        said.held.by(axis).with_columns(axis=pl.lit(portfolio.AXES[axis])).drop("key")
        for axis in axes
    ]
    columns = (SheetColumn("axis", "Répartition"), SheetColumn("label", "Part"),
               SheetColumn("value_eur", "Valeur", "eur"), SheetColumn("weight", "Poids", "percent"),
               SheetColumn("gain_eur", "Plus-value latente", "eur"))  # fmt: skip
    ring = SheetChart("doughnut", "Par classe d'actifs", "label", ("value_eur",), parts[0].height)
    return Sheet("Répartition", pl.concat(parts), columns, ring)


def _positions(said: Statement) -> Sheet:
    held = said.held
    columns = (
        *CONTRACT, SheetColumn("label", "Support"), SheetColumn("isin", "ISIN"),
        SheetColumn("asset_class", "Classe", labels=market.ASSET_CLASSES),
        SheetColumn("quantity", "Quantité", "quantity"),
        SheetColumn("unit_cost", "Prix de revient", "quantity"),
        SheetColumn("price", "Cours", "quantity"), SheetColumn("currency", "Devise"),
        SheetColumn("data_on", "Au", "day"), SheetColumn("stale", "Cours ancien"),
        SheetColumn("value_eur", "Valeur", "eur"), SheetColumn("weight", "Poids", "percent"),
        SheetColumn("gain_eur", "Plus-value latente", "eur"),
        SheetColumn("gain_ratio", "Plus-value", "percent"),
        SheetColumn("situation_on", "Situation du", "day"),
    )  # fmt: skip
    whole = {"account": "Total", "value_eur": held.total_eur, "gain_eur": held.gain_eur,
             "gain_ratio": held.gain_ratio}  # fmt: skip
    return Sheet("Positions", held.lines, columns, total=whole)


def _contracts(said: Statement) -> Sheet:
    columns = (
        *CONTRACT, SheetColumn("since", "Depuis le", "day"),
        SheetColumn("start_eur", "Valeur de départ", "eur"),
        SheetColumn("paid_in_eur", "Versé", "eur"),
        SheetColumn("withdrawn_eur", "Retiré", "eur"), SheetColumn("gain_eur", "Gain", "eur"),
        SheetColumn("value_eur", "Valeur", "eur"), SheetColumn("twr", "Rendement", "percent"),
        SheetColumn("twr_annual", "Rendement par an", "percent"),
    )  # fmt: skip
    names = ("start_eur", "paid_in_eur", "withdrawn_eur", "gain_eur", "value_eur")
    rows = _of_contracts(said)
    return Sheet("Contrats", rows, columns, total=_summed(rows, names))


def _performance(said: Statement) -> Sheet:
    columns = (
        SheetColumn("day", "Jour", "day"), SheetColumn("value_eur", "Valeur", "eur"),
        SheetColumn("invested_eur", "Départ et versements nets", "eur"),
        SheetColumn("index", "Base 1", "quantity"),
    )  # fmt: skip
    if said.performance is None:
        return Sheet("Performance", pl.DataFrame(), columns)
    drawn = SheetChart("line", "Évolution de la valeur", "day", ("value_eur", "invested_eur"))
    return Sheet("Performance", summary.thinned(said.performance), columns, drawn)


def _movements(said: Statement) -> Sheet:
    columns = (
        SheetColumn("trade_on", "Date", "day"), SheetColumn("value_on", "Valeur", "day"),
        SheetColumn("account", "Contrat"), SheetColumn("number", "Numéro"),
        SheetColumn("kind_label", "Nature"), SheetColumn("label", "Support"),
        SheetColumn("isin", "ISIN"), SheetColumn("quantity", "Quantité", "quantity"),
        SheetColumn("price", "Cours", "quantity"), SheetColumn("fees", "Frais", "number"),
        SheetColumn("taxes", "Taxes", "number"), SheetColumn("net", "Montant net", "number"),
        SheetColumn("currency", "Devise"),
    )  # fmt: skip
    return Sheet("Mouvements", said.movements, columns)


def _costs(said: Statement) -> Sheet:
    columns = (
        *CONTRACT, SheetColumn("fees_eur", "Frais du contrat", "eur"),
        SheetColumn("dealing_eur", "Frais sur opérations", "eur"),
        SheetColumn("taxes_eur", "Impôts et prélèvements", "eur"),
        SheetColumn("costs_unknown", "Sans montant", "integer"),
    )  # fmt: skip
    rows = _of_contracts(said)
    return Sheet(
        "Frais", rows, columns, total=_summed(rows, ("fees_eur", "dealing_eur", "taxes_eur"))
    )


def _texts(said: Statement, codes: Sequence[str]) -> Sheet:
    rows: list[tuple[str, str]] = []
    if "glossary" in codes:
        rows += [(each["term"], each["meaning"]) for each in words.glossary()["terms"]]
    if "legal" in codes:
        told = words.legal(said)
        rows += [(each["label"], each["text"]) for each in told["facts"]]
        rows += [("Mention", text) for text in told["paragraphs"]]
    frame = pl.DataFrame(rows, {"label": pl.String(), "text": pl.String()}, orient="row")
    return Sheet("Mentions", frame, (SheetColumn("label", "Terme"), SheetColumn("text", "Texte")))


def _of_contracts(said: Statement) -> pl.DataFrame:
    found = said.performance
    empty = portfolio.CONTRACTS.to_frame()
    return empty if found is None else found.contracts.sort("value_eur", descending=True)


def _summed(rows: pl.DataFrame, names: Sequence[str]) -> dict[str, Any]:
    return {"account": "Total"} | {name: rows[name].sum() or ZERO for name in names}


SHEETS: Final[Mapping[str, Callable[[Statement], Sheet]]] = {
    "synthesis": _synthesis,
    "allocation": _allocation,
    "positions": _positions,
    "contracts": _contracts,
    "performance": _performance,
    "movements": _movements,
    "costs": _costs,
}
