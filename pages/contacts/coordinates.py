"""Contacts › Dossier › Coordonnées: where and how this person is reached, and paid."""

import polars as pl
import streamlit as st

from o2s_core import contacts, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import coordinate_windows as windows

ctx = ui.page("Coordonnées", needs=Permission.CONTACT_READ)

MAIN = {"True": "Principale", "False": ""}
STANDING = {"True": "", "False": "Ancienne"}
ADDRESSES = [
    ui.Column("written", "Adresse", width=320, sub="doubt"),
    ui.Column("kind", "Nature", labels=contacts.ADDRESS_KINDS),
    ui.Column("is_main", "Rang", "badge", labels=MAIN),
    ui.Column("is_current", "État", "badge", labels=STANDING, wide=True),
    ui.Column("since", "Depuis le", "day", wide=True),
    ui.Column("until", "Jusqu'au", "day", wide=True),
]
REACHES = [
    ui.Column("shown", "Coordonnée", width=220),
    ui.Column("kind", "Nature", labels=contacts.REACH_KINDS),
    ui.Column("is_main", "Rang", "badge", labels=MAIN),
    ui.Column("comment", "Commentaire", width=200, wide=True),
]
BANK = [
    ui.Column("holder", "Titulaire", width=180),
    ui.Column("iban", "IBAN", width=260),
    ui.Column("bic", "BIC", wide=True),
    ui.Column("label", "Usage", wide=True),
]
EDIT, REMOVE = ui.Action("edit", "Modifier", "edit"), ui.Action("remove", "Supprimer", "delete")

code = st.query_params.get("contact", "")
if not code:
    ui.empty("Aucun dossier choisi.", "Ouvrez un contact depuis la liste.")
    st.stop()

card = contacts.contact(ctx, code)
ui.file_header(ctx, card)
may_write = ctx.may(Permission.CONTACT_WRITE)
may_bank = ctx.may(Permission.CONTACT_BANK)


def heading(title: str, aside: str, button: str, *, allowed: bool) -> bool:
    """Head a part of the page; return whether its button was pressed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        ui.section(title, aside)
        st.space("stretch")
        return allowed and st.button(button, icon=":material/add:", key=f"add_{button}")


def row_of(frame: pl.DataFrame, column: str, value: str) -> dict[str, object]:
    """Return the row whose button was pressed."""
    return frame.filter(pl.col(column).cast(pl.String) == value).row(0, named=True)


if heading("Adresses", "la principale sert aux courriers", "Adresse", allowed=may_write):
    windows.edit_address(card.id)
lodged = contacts.addresses(ctx, card.id)
pressed = ui.table(
    ctx,
    lodged,
    ADDRESSES,
    key=f"addresses_{card.id}",
    noun="adresses",
    actions=[EDIT, REMOVE] if may_write else [],
    empty="Aucune adresse : ajoutez le domicile et, s'il diffère, l'adresse fiscale.",
)
if pressed.action:
    row = row_of(lodged, "id", pressed.row)
    if pressed.action == "edit":
        windows.edit_address(card.id, row)
    else:
        windows.remove(card.id, "address", row)

reached = contacts.reaches(ctx, card.id)
for channel, title, aside, button in (
    ("phone", "Téléphones", "le principal est celui des listes", "Téléphone"),
    ("email", "E-mails", "le principal reçoit les envois", "E-mail"),
):
    if heading(title, aside, button, allowed=may_write):
        windows.edit_reach(card.id, channel)
    frame = reached.filter(pl.col("channel") == channel)
    pressed = ui.table(
        ctx,
        frame,
        REACHES,
        key=f"{channel}_{card.id}",
        id="value",
        noun=title.lower(),
        actions=[EDIT, REMOVE] if may_write else [],
        empty="Aucun.",
    )
    if pressed.action:
        row = row_of(frame, "value", pressed.row)
        if pressed.action == "edit":
            windows.edit_reach(card.id, channel, row)
        else:
            windows.remove(card.id, channel, row)

if heading("RIB", "l'IBAN est scellé", "RIB", allowed=may_bank):
    windows.add_bank(card.id, card.name)
banks = contacts.bank_details(ctx, card.id)
pressed = ui.table(
    ctx,
    banks,
    BANK,
    key=f"banks_{card.id}",
    noun="RIB",
    actions=[REMOVE] if may_bank else [],
    empty="Aucun RIB.",
)
if pressed.action == "remove":
    windows.remove(card.id, "bank", row_of(banks, "id", pressed.row))
