"""What a file gives under a mapping: detected reading, first rows, every error, totals."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core.aggregation.mapping.anomalies import label
from o2s_core.aggregation.mapping.preview import Preview
from o2s_core.aggregation.mapping_versions import MappingCard
from o2s_core.aggregation.trials import Trial
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import NBSP, number
from o2s_core.portfolio.movement_kinds import MOVEMENT_KINDS
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import figures, note, section
from o2s_core.ui.tables import table

SEPARATORS: Final = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre"}
STATES: Final = {"ok": "lue", "ignored": "ignorée", "error": "en erreur"}
TONES: Final = {"ok": "good", "ignored": "quiet", "error": "bad"}
SEVERITIES: Final = {"fatal": "Bloquant", "error": "Erreur", "warning": "Avertissement"}
HIDDEN: Final = frozenset({"locator", "state", "code_type", "price_currency"})
AMOUNTS: Final = frozenset({"net", "gross", "fees", "taxes", "value", "accrued", "total"})
#: In which order mapped fields are read: who, when, what, how much.
ORDER: Final = (
    "account", "holder", "as_of", "trade_on", "value_on", "kind", "isin", "code", "label",
    "quantity", "price", "price_on", "unit_cost", "value", "gross", "fees", "taxes", "net",
    "currency",
)  # fmt: skip
ANOMALIES: Final = (
    Column("locator", "Où"),
    Column("severity", "Gravité", "badge", labels=SEVERITIES,
           tones={"fatal": "bad", "error": "bad", "warning": "warn"}),
    Column("code", "Code"),
    Column("raw", "Valeur lue", width=120),
    Column("message", "Ce qui ne va pas, et que faire", width=460),
)  # fmt: skip
VERSIONS: Final = (
    Column("revision", "Version", "integer"),
    Column("saved_at", "Enregistrée le", "instant", missing="avec le produit"),
    Column("note", "Ce qui change", width=320),
    Column("deliveries", "Livraisons lues", "integer"),
)


def show(ctx: Context, trial: Trial, key: str) -> None:
    """Show what a trial gave."""
    if trial.problems:
        st.error("\n".join(f"- {problem}" for problem in trial.problems))
        return
    refusal = trial.refusal or (trial.preview.refusal if trial.preview else None)
    if refusal is not None:
        st.error(refusal.message)
    if trial.preview is None:
        return
    _detected(trial.preview)
    if not trial.preview.first_rows.is_empty():
        section("Premières lignes lues", "20 au plus")
        rows = trial.preview.first_rows
        table(ctx, rows, columns_of(rows), key=f"{key}_rows", id="locator", noun="lignes",
              tools=False, page_size=20)  # fmt: skip
    if not trial.preview.anomalies.is_empty():
        section("Anomalies", f"{trial.preview.anomalies.height} en tout")
        table(ctx, trial.preview.anomalies.with_row_index("id"), ANOMALIES, key=f"{key}_anomalies",
              noun="anomalies", page_size=20)  # fmt: skip


def _detected(preview: Preview) -> None:
    section("Lecture du fichier", "essai : rien n'est enregistré")
    reading = SEPARATORS.get(preview.separator, "classeur Excel")
    share = f"{preview.accounts} compte{'s' if preview.accounts > 1 else ''}"
    figures(
        [
            ("Encodage", preview.encoding or "Excel", reading),
            ("En-têtes", f"ligne {preview.header_line}", f"{len(preview.columns)} colonnes"),
            ("Lignes", _count(preview.rows), share),
            ("Lues", _count(preview.mapped), ""),
            ("Ignorées", _count(preview.ignored), "par une règle"),
            ("En erreur", _count(preview.errors), ""),
            *((f"Total {currency or 'sans devise'}", number(amount), f"{_count(rows)} lignes")
              for currency, rows, amount in preview.totals.rows()),
        ]
    )  # fmt: skip
    if preview.unread:
        note(f"Colonnes que personne ne lit : {', '.join(preview.unread)}.")


def _count(value: int) -> str:
    return number(float(value), 0)


def columns_of(frame: pl.DataFrame) -> list[Column]:
    """Return the columns of mapped rows that hold something, in the order of the mapping."""
    shown = [
        Column("locator", "Où"),
        Column("state", "Lecture", "badge", labels=STATES, tones=TONES),
    ]
    for name in sorted(frame.columns, key=_rank):
        if name in HIDDEN or frame[name].null_count() == frame.height:
            continue
        shown.append(_column(name, frame.schema[name]))
    return shown


def _rank(name: str) -> int:
    return ORDER.index(name) if name in ORDER else len(ORDER)


def _column(name: str, kind: pl.DataType) -> Column:
    if kind == pl.Date():
        return Column(name, label(name), "day")
    if name in AMOUNTS:
        return Column(name, label(name), "number", signed=name in {"net", "gross"})
    if isinstance(kind, pl.Decimal):
        return Column(name, label(name), "quantity", signed=name == "quantity")
    labels = {**MOVEMENT_KINDS, "IGNORE": f"Ignorer{NBSP}"} if name == "kind" else None
    return Column(name, label(name), labels=labels, width=180 if name == "label" else None)


def versions(ctx: Context, card: MappingCard, key: str) -> None:
    """Show the versions of a mapping, and how many deliveries each has read."""
    table(ctx, card.versions, VERSIONS, key=f"{key}_versions", id="revision", noun="versions",
          tools=False)  # fmt: skip
