"""The first step of a takeover: which exports it reads."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import aggregation, contacts
from o2s_core.aggregation import TakeoverCard
from o2s_core.aggregation.takeover.kinds import KINDS, STATES
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.ui import session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import Tone, note, section
from o2s_core.ui.forms import form, once, saving
from o2s_core.ui.navigation import go, link
from o2s_core.ui.tables import Action, table

STATE_TONES: Final[dict[str, Tone]] = {
    "draft": "quiet",
    "rehearsed": "info",
    "committing": "info",
    "committed": "good",
    "undoing": "info",
    "undone": "quiet",
}
FILES: Final = [
    Column("file_name", "Fichier", width=220),
    Column("kind", "Contenu", labels=KINDS),
    Column("rows", "Lignes", "integer"),
    Column("missing", "Reste à choisir", missing="Rien", width=220),
]
WANTED: Final = (
    "Déposez autant d'exports que l'ancien outil en donne : les contacts suffisent pour commencer, "
    "le reste s'ajoute. Le contenu de chaque fichier est reconnu à ses colonnes."
)

__all__ = ["STATES", "STATE_TONES", "asked_takeover", "new_takeover", "next_step", "show"]


def asked_takeover() -> int:
    """Return the takeover that the address names."""
    text = st.query_params.get("reprise", "")
    if not text.isdecimal():
        raise NotFoundError("Reprise", text or "non précisée")
    return int(text)


def next_step(card: TakeoverCard) -> str:
    """Return the step where the work stands."""
    if card.state in {"committing", "committed", "undoing", "undone"}:
        return "5"
    if not card.files:
        return "1"
    if not card.ready:
        return "2"
    return "4" if card.state == "rehearsed" else "3"


@dialog("Nouvelle reprise")
def new_takeover() -> None:
    """Ask what the takeover is called, where it comes from, who follows whom nobody follows."""
    ctx = session.context()
    advisers = contacts.adviser_choices(ctx)
    schema = FormSchema(
        "Nouvelle reprise",
        (
            FormField("name", "Nom de la reprise", required=True, maximum=80),
            FormField("source", "Outil d'origine", "choice", required=True,
                      choices=aggregation.TAKEOVER_SOURCES),
            FormField("adviser_id", "Conseiller par défaut", "choice", choices=advisers,
                      hint="Suit les clients dont l'export ne nomme pas le conseiller."),
        ),
    )  # fmt: skip
    key = "new_takeover"
    values = form(schema, key=key, defaults={"source": "generic"}, submit="Ouvrir", columns=1,
                  cancel=True)  # fmt: skip
    if values is not None:
        adviser = int(values["adviser_id"]) if values["adviser_id"] else None
        made: list[int] = []
        with saving(key, "Reprise ouverte : déposez les fichiers."):
            made.append(
                aggregation.open_takeover(
                    ctx, values["name"], values["source"], adviser, key=once(key)
                )
            )
            go(link("reprise", reprise=made[0]))


def show(ctx: Context, card: TakeoverCard) -> None:
    """Show the exports of a takeover, and take new ones."""
    if card.open:
        _deposit(ctx, card)
    rows = [(f.id, f.file_name, f.kind, f.rows, ", ".join(f.missing)) for f in card.files]
    shape = {"id": pl.Int64, "file_name": pl.String, "kind": pl.String, "rows": pl.Int64,
             "missing": pl.String}  # fmt: skip
    section("Fichiers déposés")
    pressed = table(
        ctx,
        pl.DataFrame(rows, shape, orient="row"),
        FILES,
        key=f"files_{card.id}",
        noun="fichiers",
        tools=False,
        actions=[Action("remove", "Retirer", "delete")] if card.open else [],
        empty="Aucun fichier pour l'instant.",
    )
    if pressed.action == "remove":
        with saving(f"files_{card.id}", "Fichier retiré."):
            aggregation.remove_export(ctx, card.id, int(pressed.row))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if card.files and st.button("Correspondances", icon=":material/arrow_forward:"):
            go(link("reprise", reprise=card.id, etape=2))
        if not card.turn and card.open and st.button("Supprimer cette reprise", type="tertiary"):
            _delete(card.id, card.name)


def _deposit(ctx: Context, card: TakeoverCard) -> None:
    note(WANTED)
    kinds = {"": "Reconnu automatiquement"} | KINDS
    turn = st.session_state.get(f"deposit_{card.id}_turn", 0)
    left, right = st.columns([2, 1])
    with left:
        files = st.file_uploader(
            "Exports",
            accept_multiple_files=True,
            type=["csv", "txt", "xlsx", "xls", "ods", "zip"],
            key=f"deposit_{card.id}_{turn}",
            help="CSV ou Excel (première feuille), et une archive ZIP pour les documents. "
            "25 Mo par fichier.",
        )
    with right:
        kind = st.selectbox(
            "Contenu", list(kinds), format_func=kinds.__getitem__, key=f"deposit_kind_{card.id}"
        )
        sent = st.button("Ajouter", type="primary", disabled=not files, key=f"send_{card.id}")
    if sent:
        with saving(f"deposit_{card.id}", "Fichiers ajoutés."):
            for file in files:
                with st.spinner(f"Lecture de {file.name}…"):
                    aggregation.add_export(
                        ctx, card.id, file.getvalue(), file.name, kind=kind or None
                    )


@dialog("Supprimer la reprise", width="small")
def _delete(takeover_id: int, name: str) -> None:
    ctx = session.context()
    st.write(f"**{name}** n'a rien apporté : ses fichiers et ses choix sont oubliés.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Garder"):
            st.rerun()
        if st.button("Supprimer", type="primary"):
            with saving(f"delete_{takeover_id}", "Reprise supprimée.", then=link("donnees")):
                aggregation.delete_takeover(ctx, takeover_id)
