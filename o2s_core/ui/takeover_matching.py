"""The second step of a takeover: which column holds which fact, and what its words mean."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from o2s_core import aggregation
from o2s_core.aggregation import ExportPreview, TakeoverCard, TakeoverMatching
from o2s_core.aggregation.takeover.kinds import KINDS
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.ui.figures import badges, empty, note, section
from o2s_core.ui.forms import saving
from o2s_core.ui.navigation import go, link

#: How many facts stand side by side.
ACROSS: Final = 3


def show(ctx: Context, card: TakeoverCard) -> None:
    """Show how each export is read, one at a time."""
    files = {f.id: f for f in card.files if f.kind != "archive"}
    if not files:
        empty("Aucun fichier à lire.", "Déposez d'abord un export à l'étape 1.")
        return
    waiting = [f.id for f in files.values() if f.missing]
    chosen = st.segmented_control(
        "Fichier",
        list(files),
        default=waiting[0] if waiting else next(iter(files)),
        format_func=lambda i: f"{files[i].file_name}{' ⚠' if files[i].missing else ''}",
        key=f"matched_{card.id}",
        label_visibility="collapsed",
        required=True,
    )
    preview = aggregation.export_preview(ctx, card.id, int(chosen or next(iter(files))))
    _head(preview)
    _form(ctx, card, preview)
    with st.container(horizontal=True, horizontal_alignment="right"):
        ready = card.ready
        if st.button("Répéter", icon=":material/arrow_forward:", disabled=not ready):
            go(link("reprise", reprise=card.id, etape=3))


def _head(preview: ExportPreview) -> None:
    file = preview.file
    section(KINDS[file.kind], f"{preview.how}, {french.count(file.rows, 'ligne')}")
    if file.missing:
        st.warning(f"À choisir : {', '.join(file.missing)}.", icon=":material/rule:")
    elif preview.wrong:
        badges([(f"{french.count(preview.wrong, 'ligne')} à relire", "warn")])
        note(preview.first_wrong)
    else:
        badges([("Toutes les lignes se lisent", "good")])


def _form(ctx: Context, card: TakeoverCard, preview: ExportPreview) -> None:
    """Show one pick list a fact, then one a word without equivalent."""
    file = preview.file
    key = f"matching_{file.id}"
    with st.form(key, border=False):
        columns = _columns(preview, key)
        values = _values(ctx, preview, key)
        remember = st.checkbox(
            "Retenir pour les prochains exports de cet outil", value=True, key=f"{key}_remember"
        )
        sent = st.form_submit_button("Enregistrer", type="primary", disabled=not card.open)
    if sent:
        with saving(key, "Correspondance enregistrée."):
            read = TakeoverMatching(columns, values)
            aggregation.save_matching(ctx, card.id, file.id, read, remember=remember)


def _columns(preview: ExportPreview, key: str) -> dict[str, str]:
    options = ["", *preview.file.columns]
    found: dict[str, str] = {}
    targets = list(preview.targets.items())
    for start in range(0, len(targets), ACROSS):
        for place, (name, target) in zip(
            st.columns(ACROSS), targets[start : start + ACROSS], strict=False
        ):
            kept = preview.file.matching.columns.get(name, "")
            with (
                place,
                st.container(
                    key=f"{'o2s_required' if target.required else 'o2s_optional'}_{key}_{name}"
                ),
            ):
                column = st.selectbox(
                    f"{target.label} *" if target.required else target.label,
                    options,
                    index=options.index(kept) if kept in options else 0,
                    format_func=lambda c: _option(c, preview.examples),
                    key=f"{key}_{name}",
                )
            if column:
                found[name] = column
    return found


def _option(column: str, examples: Mapping[str, str]) -> str:
    """Return a column with what it holds: « Nom — Martin, Durand »."""
    if not column:
        return "—"
    shown = examples.get(column, "")
    return f"{column} — {shown[:40]}" if shown else column


def _values(ctx: Context, preview: ExportPreview, key: str) -> dict[str, dict[str, str]]:
    """Ask what each word without equivalent means; those already said are kept."""
    kept = {name: dict(words) for name, words in preview.file.matching.values.items()}
    if preview.unknown:
        section("Valeurs sans équivalent", "dites ce qu'elles veulent dire chez vous")
    for name, words in preview.unknown.items():
        offered = {"": "—"} | dict(aggregation.value_choices(ctx, preview.file.kind, name))
        label = preview.targets[name].label
        for start in range(0, len(words), ACROSS):
            for place, word in zip(st.columns(ACROSS), words[start : start + ACROSS], strict=False):
                with place:
                    code = st.selectbox(
                        f"{label} : « {word} »",
                        list(offered),
                        format_func=offered.__getitem__,
                        key=f"{key}_{name}_{word}",
                    )
                if code:
                    kept.setdefault(name, {})[word] = code
    return kept
