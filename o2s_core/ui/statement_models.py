"""The models of statement: those shipped, and those that the firm writes."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import reporting
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.reporting import StatementModelCard, StatementModelForm
from o2s_core.ui import session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import section
from o2s_core.ui.forms import saving
from o2s_core.ui.tables import Action, table

MODELS: Final = [
    Column("name", "Modèle", width=200),
    Column("origin", "Origine", "badge"),
    Column("period", "Période", labels=reporting.PERIODS, width=200),
    Column("sections", "Rubriques", width=420),
]
ACTIONS: Final = [
    Action("edit", "Modifier", "edit"),
    Action("copy", "Copier", "content_copy"),
    Action("delete", "Supprimer", "delete"),
]


def models(ctx: Context) -> None:
    """List the models, and let who may write the firm's own."""
    may = ctx.may(Permission.STATEMENT_MODEL)
    with st.container(horizontal=True, vertical_alignment="center"):
        section("Modèles", "rubriques, période, lettre et commentaire")
        st.space("stretch")
        if may and st.button("Nouveau modèle", icon=":material/add:", type="primary"):
            edit_model(None, StatementModelForm("", tuple(reporting.SECTIONS)), 0)
    cards = {card.code: card for card in reporting.statement_models(ctx)}
    rows = pl.DataFrame([_row(card) for card in cards.values()])
    answer = table(ctx, rows, MODELS, key="statement_models", id="code", noun="modèles",
                   actions=ACTIONS if may else [])  # fmt: skip
    if answer.action:
        _act(answer.action, cards[str(answer.row)])


def _row(card: StatementModelCard) -> dict[str, str]:
    form = card.form
    return {
        "code": card.code,
        "name": form.name,
        "origin": "Cabinet" if card.own else "Livré",
        "period": form.period,
        "sections": ", ".join(reporting.SECTIONS[code] for code in form.sections),
    }


def _act(action: str, card: StatementModelCard) -> None:
    form = card.form
    if action == "copy" or (action == "edit" and not card.own):
        copy = StatementModelForm(f"{form.name} (cabinet)", form.sections, form.period, form.letter,
                         form.comment)  # fmt: skip
        edit_model(None, copy, 0)
    elif action == "edit":
        edit_model(card.code, form, card.version)
    elif card.own:
        delete_model(card.code, form.name)
    else:
        st.info("Ce modèle est livré avec l'application : copiez-le pour en faire le vôtre.")


@dialog("Modèle d'état de compte", width="large")
def edit_model(code: str | None, form: StatementModelForm, version: int) -> None:
    """Write a model: its name, its sections in the order chosen, its words."""
    ctx = session.context()
    key = f"statement_model_{code or form.name}"
    name = st.text_input("Nom *", form.name, max_chars=60, key=f"{key}_name")
    sections = st.multiselect(
        "Rubriques, dans l'ordre où elles sont choisies *", list(reporting.SECTIONS),
        default=list(form.sections), format_func=reporting.SECTIONS.__getitem__,
        key=f"{key}_sections",
    )  # fmt: skip
    periods = list(reporting.PERIODS)
    period = st.selectbox(
        "Période", periods, index=periods.index(form.period), key=f"{key}_period",
        format_func=reporting.PERIODS.__getitem__,
    )  # fmt: skip
    letter = st.text_area("Lettre d'accompagnement", form.letter, height=180, key=f"{key}_letter",
                          placeholder="Vide : la lettre usuelle.")  # fmt: skip
    comment = st.text_area("Commentaire", form.comment, height=120, key=f"{key}_comment")
    named = ", ".join(f"{{{{{each}}}}}" for each in reporting.FIELDS)
    st.caption(f"Une ligne vide sépare deux paragraphes. Champs : {named}.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler", key=f"{key}_cancel"):
            st.rerun()
        if st.button("Enregistrer", type="primary", key=f"{key}_save"):
            typed = StatementModelForm(name, tuple(sections), period, letter, comment)
            with saving(key, "Modèle enregistré."):
                reporting.save_model(ctx, typed, code, version)


@dialog("Supprimer le modèle", width="small")
def delete_model(code: str, name: str) -> None:
    """Confirm that a model goes; the statements made with it stay."""
    ctx = session.context()
    st.write(f"Le modèle **{name}** sera supprimé ; les états déjà établis restent classés.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        if st.button("Supprimer", type="primary"):
            with saving(f"delete_model_{code}", "Modèle supprimé."):
                reporting.delete_model(ctx, code)
