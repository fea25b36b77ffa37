"""The windows of the Coordonnées page: an address, a telephone or an e-mail, a RIB."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from o2s_core import contacts
from o2s_core.contacts import AddressForm, BankForm, ReachForm
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import form, opened_version, saving
from o2s_core.ui.messages import flash


@dialog("Adresse")
def edit_address(contact_id: int, row: Mapping[str, Any] | None = None) -> None:
    """Ask for an address; a doubt about its town is said once it is saved."""
    ctx = session.context()
    known = dict(row or {"kind": "home", "country": "FR"})
    key = f"address_{contact_id}_{known.get('id', 'new')}"
    values = form(contacts.ADDRESS_FORM, key=key, defaults=known,
                  version=known.get("version", 0), cancel=True)  # fmt: skip
    if values is not None:
        typed = AddressForm(**{n: v for n, v in values.items() if v is not None})
        with saving(key, "Adresse enregistrée."):
            doubt = contacts.save_address(
                ctx,
                contact_id,
                typed,
                address_id=known.get("id"),
                expected_version=opened_version(key) if row else None,
            )
            if doubt:
                flash(doubt)


@dialog("Téléphone ou e-mail")
def edit_reach(contact_id: int, channel: str, row: Mapping[str, Any] | None = None) -> None:
    """Ask for a telephone or an e-mail; the main one is what lists and mailings use."""
    ctx = session.context()
    known = dict(row or {})
    key = f"reach_{contact_id}_{channel}_{known.get('value', 'new')}"
    shown = known | {"value": known.get("shown", ""), "kind": known.get("kind") or None}
    values = form(contacts.reach_form(channel), key=key, defaults=shown, cancel=True)
    if values is not None:
        typed = ReachForm(channel, **{n: v for n, v in values.items() if v is not None})
        with saving(key, "Coordonnée enregistrée."):
            contacts.save_reach(ctx, contact_id, typed, known=known.get("value", ""))


@dialog("RIB")
def add_bank(contact_id: int, holder: str) -> None:
    """Ask for a bank account; it is sealed at once, and never changed: a new one replaces it."""
    ctx = session.context()
    key = f"bank_{contact_id}"
    values = form(contacts.BANK_FORM, key=key, defaults={"holder": holder}, cancel=True)
    if values is not None:
        typed = BankForm(**{n: v for n, v in values.items() if v is not None})
        with saving(key, "RIB enregistré."):
            contacts.add_bank_details(ctx, contact_id, typed)


@dialog("Supprimer", width="small")
def remove(contact_id: int, what: str, row: Mapping[str, Any]) -> None:
    """Confirm that an address, a telephone, an e-mail or a RIB goes."""
    ctx = session.context()
    said = row.get("written") or row.get("shown") or row.get("iban")
    st.write("Cette coordonnée quittera le dossier ; l'historique en garde la trace.")
    st.text(said)
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        if st.button("Supprimer", type="primary"):
            with saving(f"remove_{what}_{contact_id}", "Coordonnée supprimée."):
                if what == "address":
                    contacts.remove_address(ctx, contact_id, row["id"])
                elif what == "bank":
                    contacts.remove_bank_details(ctx, contact_id, row["id"])
                else:
                    contacts.remove_reach(ctx, contact_id, row["channel"], row["value"])
