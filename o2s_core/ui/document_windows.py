"""Windows on documents: drop several, look at one, change what is said of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import documents
from o2s_core.documents import DocumentForm, DocumentSaid, Examined, Wanted
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import session
from o2s_core.ui.boundary import errors
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import facts, note, section
from o2s_core.ui.forms import finished, form, opened_version, saving
from o2s_core.ui.messages import flash
from o2s_core.ui.tables import Action, table

TYPES: Final = ["pdf", "png", "jpg", "jpeg", "tif", "tiff", "docx", "xlsx", "pptx", "doc", "xls",
                "rtf", "txt", "csv", "eml"]  # fmt: skip
#: Owners whose documents may be shown to a client.
CLIENTS: Final = frozenset({"contact", "account"})
VERSION_COLUMNS: Final = [
    Column("rank", "Version", "integer"),
    Column("file_name", "Fichier", width=200),
    Column("created_at", "Déposée le", "instant"),
    Column("size", "Octets", "integer"),
]
DAYS: Final = {"dated_on": "Daté du", "valid_until": "Valable jusqu'au", "signed_on": "Signé le"}
#: An owner as a window names it: its kind, its id.
Owner = tuple[str, int]


def _schema(ctx: Context, owner_kind: str, *, titled: bool) -> FormSchema:
    labels = documents.category_labels(ctx, owner_kind, closed=False)
    title = [FormField("title", "Titre", required=True, maximum=150)] if titled else []
    shown = [FormField("visibility", "Visibilité", "choice", required=True,
                       choices=documents.VISIBILITIES)]  # fmt: skip
    return FormSchema(
        "Document",
        (
            *title,
            FormField("category", "Catégorie", "choice", required=True, choices=labels),
            FormField("dated_on", "Daté du", "day"),
            FormField("valid_until", "Valable jusqu'au", "day"),
            *(shown if owner_kind in CLIENTS else []),
            FormField("tags", "Étiquettes", hint="Séparées par des virgules."),
            FormField("retention_until", "À conserver jusqu'au", "day",
                      hint="Le document ne se supprime pas avant ce jour."),
        ),
    )  # fmt: skip


@dialog("Ajouter des documents", width="large")
def drop_documents(owners: Mapping[Owner, str]) -> None:
    """Drop one or several files, see what each is, say what they are, and file them."""
    ctx = session.context()
    owner = _owner(owners)
    key = f"drop_{owner[0]}_{owner[1]}"
    turn = st.session_state.get(f"{key}_turn", 0)
    sent = st.file_uploader(
        "Fichiers (25 Mo chacun)", TYPES, accept_multiple_files=True, key=f"{key}_files_{turn}"
    )
    seen = [(file, _examined(ctx, file)) for file in sent]
    for _, found in seen:
        _verdict(found)
    alone = len(seen) == 1
    known = {"category": None, "visibility": "internal", "dated_on": None}
    if alone:
        known["title"] = seen[0][1].title
    said = f"{key}_{seen[0][0].file_id}" if alone else key
    schema = _schema(ctx, owner[0], titled=alone)
    values = form(schema, key=said, defaults=known, cancel=True, submit="Ranger")
    if values is not None:
        with errors():
            _file(ctx, owner, seen, values)
            for name in {key, said}:
                finished(name)
            st.rerun()


def _owner(owners: Mapping[Owner, str]) -> Owner:
    codes = list(owners)
    if len(codes) == 1:
        return codes[0]
    return st.selectbox("Ranger dans", codes, format_func=lambda code: owners[code])


def _examined(ctx: Context, file: Any) -> Examined:  # noqa: ANN401
    """Look at a dropped file once, however often the window is drawn."""
    kept = st.session_state.setdefault("o2s_examined", {})
    if file.file_id not in kept:
        kept[file.file_id] = documents.examine(ctx, file.name, file.getvalue())
    found: Examined = kept[file.file_id]
    return found


def _verdict(found: Examined) -> None:
    if found.refused:
        st.error(f"{found.file_name} ne sera pas rangé : {found.refused}", icon=":material/block:")
    for said in found.warnings:
        st.warning(f"{found.file_name} : {said}.", icon=":material/warning:")
    if not found.refused and not found.warnings:
        st.caption(f":material/check: {_plain(found.file_name)}")


def _plain(text: str) -> str:
    """Write a name so that no letter of it is taken for a mark."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|<>~:$" else c for c in text)


def _file(
    ctx: Context, owner: Owner, seen: Sequence[tuple[Any, Examined]], values: Mapping[str, Any]
) -> None:
    accepted = [(file, found) for file, found in seen if not found.refused]
    for file, found in accepted:
        made = DocumentForm(
            owner[1],
            values.get("title") or found.title,
            found.file_name,
            **_said(values),
            owner_kind=owner[0],
        )
        documents.add_document(ctx, made, file.getvalue())
    refused = len(seen) - len(accepted)
    told = f"{french.count(len(accepted), 'document')} rangé{'s' if len(accepted) > 1 else ''}"
    flash(told + (f", {refused} refusé{'s' if refused > 1 else ''}." if refused else "."))


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "category": values["category"],
        "dated_on": values["dated_on"],
        "valid_until": values["valid_until"],
        "visibility": values.get("visibility") or "internal",
        "tags": values["tags"] or "",
        "retention_until": values["retention_until"],
    }


@dialog("Modifier le document")
def edit_document(document_id: int) -> None:
    """Change the title, the category, the dates, the visibility or the tags of a document."""
    ctx = session.context()
    row = _row(ctx, document_id)
    key = f"document_{document_id}"
    schema = _schema(ctx, row["owner_kind"], titled=True)
    values = form(schema, key=key, defaults=row, version=row["version"], cancel=True)
    if values is not None:
        said = DocumentSaid(title=values["title"], **_said(values))
        with saving(key, "Document modifié."):
            documents.edit_document(ctx, document_id, said, opened_version(key))


def _row(ctx: Context, document_id: int) -> dict[str, Any]:
    rows = documents.library(ctx, Wanted(document_id=document_id)).rows
    if rows.is_empty():
        documents.document(ctx, document_id)  # says that it is nowhere
    return rows.row(0, named=True)


@dialog("Document", width="large")
def show_document(document_id: int, *, may_write: bool) -> None:
    """Show a document, what is known of it, and its versions."""
    ctx = session.context()
    row = _row(ctx, document_id)
    section(row["title"], row["owner"])
    known = [
        ("Catégorie", row["category_label"]),
        *((label, french.day(row[name])) for name, label in DAYS.items() if row[name]),
        ("Signataires", row["signers"]),
        ("Étiquettes", row["tags"]),
    ]
    facts([(label, value) for label, value in known if value])
    for flag in filter(None, row["flags"].split(",")):
        note(f"{documents.FLAGS.get(flag, flag)}.")
    _preview(ctx, row)
    if ctx.may(Permission.FILE_DOWNLOAD):
        ticket = documents.document_ticket(ctx, document_id)
        st.link_button("Télécharger (une fois, 1 minute)", f"/dl/{ticket}")
    _versions(ctx, row, may_write=may_write)


def _preview(ctx: Context, row: Mapping[str, Any]) -> None:
    media, flags = row["media_type"], row["flags"].split(",")
    if media == "application/pdf" and "encrypted" not in flags:
        st.pdf(documents.document_bytes(ctx, row["id"]), height=640)
    elif media in {"image/png", "image/jpeg"}:
        st.image(documents.document_bytes(ctx, row["id"]))
    else:
        note("Ce type de fichier ne s'affiche pas ici : téléchargez-le.")


def _versions(ctx: Context, row: Mapping[str, Any], *, may_write: bool) -> None:
    known: pl.DataFrame = documents.versions_of(ctx, row["id"])
    if known.height > 1:
        section("Versions", f"{known.height}")
        pressed = table(
            ctx, known, VERSION_COLUMNS, key=f"versions_{row['id']}", tools=False,
            actions=[Action("fetch", "Télécharger", "download")],
        )  # fmt: skip
        if pressed.action == "fetch":
            ticket = documents.document_ticket(ctx, int(pressed.row))
            st.link_button("Télécharger cette version (une fois)", f"/dl/{ticket}")
    if may_write:
        with st.expander("Remplacer par une nouvelle version"):
            _replace(ctx, row["id"])


def _replace(ctx: Context, document_id: int) -> None:
    key = f"replace_{document_id}"
    file = st.file_uploader("Nouveau fichier", TYPES, key=f"{key}_file")
    if file is None:
        return
    found = _examined(ctx, file)
    _verdict(found)
    if not found.refused and st.button("Remplacer", key=f"{key}_go", type="primary"):
        with saving(key, "Nouvelle version rangée ; l'ancienne est conservée."):
            documents.new_version(ctx, document_id, found.file_name, file.getvalue())
