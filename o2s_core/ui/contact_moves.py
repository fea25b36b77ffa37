"""The windows that move contacts: to another adviser, to the archive and back, out of the files."""

from collections.abc import Sequence

import streamlit as st

from o2s_core import contacts
from o2s_core.contacts import ContactCard
from o2s_core.kernel import french
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import finished, form, saving


@dialog("Changer de conseiller", width="small")
def change_adviser(contact_ids: Sequence[int]) -> None:
    """Ask for the new adviser and the reason, for one contact or many."""
    ctx = session.context()
    key = f"change_adviser_{'_'.join(map(str, sorted(contact_ids)[:20]))}"
    st.write(f"{french.count(len(contact_ids), 'contact concerné', 'contacts concernés')}.")
    asked = FormSchema(
        "Changer de conseiller",
        (
            FormField("adviser_id", "Nouveau conseiller", "choice", required=True,
                      choices=contacts.adviser_choices(ctx)),
            FormField("reason", "Motif", required=True),
        ),
    )  # fmt: skip
    values = form(asked, key=key, columns=1, cancel=True, submit="Changer")
    if values is not None:
        with saving(key, "Conseiller changé."):
            contacts.reassign(ctx, contact_ids, int(values["adviser_id"]), values["reason"])
            _reopen(contact_ids)


@dialog("Archiver ou restaurer", width="small")
def archive_or_restore(contact_ids: Sequence[int], *, away: bool) -> None:
    """Confirm that contacts leave the lists, or come back to them."""
    ctx = session.context()
    said = french.count(len(contact_ids), "contact")
    if away:
        st.write(f"{said} à sortir des listes et de la recherche. Rien n'est effacé.")
    else:
        st.write(f"{said} à remettre dans les listes et la recherche.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        if st.button("Archiver" if away else "Restaurer", type="primary"):
            with saving("contacts_moved", "Contacts archivés." if away else "Contacts restaurés."):
                (contacts.archive if away else contacts.restore)(ctx, contact_ids)
                _reopen(contact_ids)


def _reopen(contact_ids: Sequence[int]) -> None:
    """Let the form of each file start again from the record that has just changed."""
    for contact_id in contact_ids:
        finished(f"contact_{contact_id}")


@dialog("Supprimer le contact", width="small")
def delete_contact(card: ContactCard) -> None:
    """Confirm a deletion by the file code; only a file that nothing refers to goes."""
    ctx = session.context()
    st.write(
        f"Le dossier de **{card.name}** sera effacé. Un contact qui détient des comptes ne peut "
        "pas l'être : archivez-le."
    )
    typed = st.text_input(f"Pour confirmer, saisissez le code de dossier {card.file_code}")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        agreed = typed.strip().upper() == card.file_code.upper()
        if st.button("Supprimer", type="primary", disabled=not agreed):
            with saving("contact_deleted", "Contact supprimé.", then="/contacts"):
                contacts.delete_contact(ctx, card.id, card.version)
