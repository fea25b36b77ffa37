"""The two grids of a mapping: its fields and their columns, its operations and their kinds."""

from collections.abc import Sequence
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core.aggregation.mapping import editing
from o2s_core.kernel.french import NBSP
from o2s_core.portfolio.movement_kinds import MOVEMENT_KINDS

NOTHING: Final = NBSP  # an empty cell of the grid would read « None »
KINDS: Final = {"ERROR": "À choisir", "IGNORE": "Ignorer", **MOVEMENT_KINDS}
TALLEST: Final = 20  # rows shown without scrolling inside the grid


def columns(
    document: dict[str, Any], names: Sequence[str], key: str, *, writable: bool
) -> dict[str, Any]:
    """Show the fields of a mapping with their columns; return the mapping as edited."""
    texts = pl.col("column", "written", "fixed")
    edited = st.data_editor(
        editing.field_rows(document, names).with_columns(texts.replace("", NOTHING)),
        key=key,
        hide_index=True,
        height="content",
        disabled=["field", "label", "rule"] if writable else True,
        column_order=["label", "column", "written", "sign", "fixed", "rule"],
        column_config={
            "label": st.column_config.TextColumn("Champ", width=190),
            "column": st.column_config.SelectboxColumn(
                "Colonne du fichier", options=[NOTHING, *names], width=220
            ),
            "written": st.column_config.SelectboxColumn(
                "Écriture", options=[NOTHING, *editing.DATES, *editing.NUMBERS], width=190,
                help="Comment la colonne écrit ses dates ou ses nombres.",
            ),
            "sign": st.column_config.CheckboxColumn(
                "Signe selon le type", width=150,
                help="Le fichier n'écrit que des nombres positifs : un achat sort des espèces.",
            ),
            "fixed": st.column_config.TextColumn("Valeur fixe", width=140),
            "rule": st.column_config.TextColumn("Règle avancée", width=260),
        },
    )  # fmt: skip
    said = edited.with_columns(texts.fill_null("").str.strip_chars(NOTHING))
    return editing.with_field_rows(document, names, said)


def kinds(
    document: dict[str, Any], wordings: pl.DataFrame, key: str, *, writable: bool
) -> dict[str, Any]:
    """Show the wordings of operations with their kinds; return the mapping as edited."""
    rows = editing.kind_rows(document, wordings)
    edited = st.data_editor(
        rows.with_columns(pl.col("kind").replace_strict(KINDS, default=KINDS["ERROR"])),
        key=key,
        hide_index=True,
        height="content" if rows.height <= TALLEST else 700,
        disabled=["wording", "rows"] if writable else True,
        column_config={
            "wording": st.column_config.TextColumn("Dans le fichier", width=420),
            "rows": st.column_config.NumberColumn("Lignes", width=90),
            "kind": st.column_config.SelectboxColumn(
                "Type d'opération", options=list(KINDS.values()), width=240, required=True
            ),
        },
    )
    codes = {label: code for code, label in KINDS.items()}
    return editing.with_kind_rows(
        document, edited.with_columns(pl.col("kind").replace_strict(codes))
    )
