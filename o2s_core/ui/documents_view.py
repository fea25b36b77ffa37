"""Documents on a page: search, filters, the list, the bin, and what is done with a selection."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl
import streamlit as st

from o2s_core import documents
from o2s_core.documents import Library, Wanted
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.boundary import errors
from o2s_core.ui.columns import Column
from o2s_core.ui.document_windows import (
    CLIENTS,
    Owner,
    drop_documents,
    edit_document,
    show_document,
)
from o2s_core.ui.figures import note
from o2s_core.ui.forms import saving
from o2s_core.ui.tables import Action, table

EXPIRY_TONES: Final = {"expired": "bad", "soon": "warn"}
VIEWS: Final = {"all": "En cours", "expiring": "À échéance", "bin": "Corbeille"}
WRITE: Final = {
    "contact": Permission.DOCUMENT_WRITE,
    "account": Permission.DOCUMENT_WRITE,
    "instrument": Permission.INSTRUMENT_WRITE,
    "provider": Permission.PROVIDER_WRITE,
    "custodian": Permission.PROVIDER_WRITE,
    "product": Permission.PROVIDER_WRITE,
    "firm": Permission.FIRM_DOCUMENT_WRITE,
}


def shelf(
    ctx: Context, key: str, *, kinds: Sequence[str] = (), owners: Mapping[Owner, str] | None = None
) -> None:
    """Show the documents of some owners, or of whole kinds of owner, and what is done there.

    `owners` are those one may file with, by name; a shelf of whole kinds names them too,
    but shows every document of its kinds.
    """
    kind = next(iter(owners))[0] if owners else (kinds[0] if kinds else "contact")
    may_write = bool(owners) and ctx.may(WRITE[kind])
    asked = _asked(ctx, key, kinds, owners or {}, may_write=may_write)
    found = documents.library(ctx, asked)
    _listed(ctx, key, found, asked, several=len(owners or {}) != 1)


def _asked(
    ctx: Context, key: str, kinds: Sequence[str], owners: Mapping[Owner, str], *, may_write: bool
) -> Wanted:
    """Draw what narrows the list, and return it."""
    kind = kinds[0] if kinds else next(iter(owners), ("contact", 0))[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            "Chercher dans les documents", key=f"{key}_words", icon=":material/search:",
            placeholder="Titre, étiquette ou texte",
        )  # fmt: skip
        labels = documents.category_labels(ctx, kind) if len(kinds) <= 1 else {}
        category = st.selectbox(
            "Catégorie", ["", *labels], key=f"{key}_category",
            format_func=lambda code: labels.get(code, "Toutes"),
        ) if labels else ""  # fmt: skip
        view = st.segmented_control(
            "Voir", list(VIEWS), default="all", key=f"{key}_view", format_func=VIEWS.__getitem__
        )
        if may_write and st.button(
            "Ajouter", icon=":material/upload_file:", type="primary", key=f"{key}_add"
        ):
            drop_documents(owners)
    return Wanted(
        words, tuple(kinds), () if kinds else tuple(owners), category or "",
        expiring=view == "expiring", binned=view == "bin",
    )  # fmt: skip


def _columns(asked: Wanted, *, several: bool, clients: bool) -> list[Column]:
    sub = "passage" if asked.words.strip() else "file_name"
    seen = [Column("title", "Document", sub=sub, width=260)]
    seen += [Column("owner", "Dossier", width=150)] if several else []
    seen += [
        Column("category_label", "Catégorie", width=150),
        Column("dated_on", "Daté du", "day", missing="—"),
        Column("valid_until", "Valable jusqu'au", "day", missing="—", wide=True),
        Column("expiry", "Échéance", "badge", labels=documents.EXPIRIES, tones=EXPIRY_TONES),
    ]
    if clients:
        seen += [Column("visibility", "Visibilité", labels=documents.VISIBILITIES, wide=True),
                 Column("signed_on", "Signé le", "day", wide=True)]  # fmt: skip
    seen += [Column("tags", "Étiquettes", wide=True),
             Column("created_at", "Rangé le", "instant", hidden=True),
             Column("size", "Octets", "integer", hidden=True)]  # fmt: skip
    if not asked.binned:
        return seen
    return [*seen[:3], Column("discarded_at", "Supprimé le", "instant")]


def _listed(ctx: Context, key: str, found: Library, asked: Wanted, *, several: bool) -> None:
    rows = found.rows
    if found.total > rows.height:
        note(f"{french.count(found.total, 'document')} : les {rows.height} premiers sont montrés.")
    writable = {kind for kind, right in WRITE.items() if ctx.may(right)}
    may_write = not set(rows["owner_kind"]) - writable and rows.height > 0
    clients = bool(CLIENTS & set(rows["owner_kind"]))
    answer = table(
        ctx,
        rows,
        _columns(asked, several=several, clients=clients),
        key=f"{key}_rows",
        noun="documents",
        select=not asked.binned,
        actions=_actions(binned=asked.binned, may_write=may_write),
        empty=_nothing(asked),
    )
    if answer.selected and ctx.may(Permission.FILE_DOWNLOAD):
        _take_along(ctx, key, [int(i) for i in answer.selected])
    if answer.action:
        _done(ctx, answer.action, rows.filter(id=int(answer.row)), may_write=may_write)
    if asked.binned and rows.height:
        note("Un document reste 30 jours dans la corbeille, puis il est effacé.")


def _actions(*, binned: bool, may_write: bool) -> list[Action]:
    if binned:
        return [Action("back", "Restaurer", "restore_from_trash")] if may_write else []
    writing = [Action("edit", "Modifier", "edit"), Action("discard", "Supprimer", "delete")]
    return [Action("show", "Voir", "visibility"), *(writing if may_write else [])]


def _nothing(asked: Wanted) -> str:
    if asked.words.strip():
        return "Aucun document ne contient tous ces mots : essayez-en moins, ou d'autres."
    if asked.binned:
        return "La corbeille est vide."
    if asked.expiring:
        return "Aucun document échu, ni à échoir dans les 60 jours."
    return "Aucun document ici."


def _take_along(ctx: Context, key: str, chosen: list[int]) -> None:
    if st.button(
        f"Emporter {french.count(len(chosen), 'document')} (ZIP)", icon=":material/folder_zip:",
        key=f"{key}_zip",
    ):  # fmt: skip
        with errors():
            ticket = documents.bundle_ticket(ctx, chosen)
            st.link_button("Télécharger (une fois, 1 minute)", f"/dl/{ticket}")


def _done(ctx: Context, action: str, rows: pl.DataFrame, *, may_write: bool) -> None:
    if rows.is_empty():
        return
    document_id = int(rows["id"][0])
    if action == "show":
        show_document(document_id, may_write=may_write)
    elif action == "edit":
        edit_document(document_id)
    elif action == "discard":
        with saving(f"discard_{document_id}", "Document mis à la corbeille pour 30 jours."):
            documents.discard(ctx, document_id)
    elif action == "back":
        with saving(f"back_{document_id}", "Document restauré."):
            documents.take_back(ctx, document_id)
