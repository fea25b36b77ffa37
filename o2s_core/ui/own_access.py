"""The windows of one's own access: password, second factor."""

import streamlit as st

from o2s_core import administration
from o2s_core.administration import Enrolment
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import note
from o2s_core.ui.messages import flash


@dialog("Changer mon mot de passe", width="small")
def change_password() -> None:
    """Ask for the present password and a new one, twice."""
    ctx = session.context()
    with st.form("own_password", border=False):
        current = st.text_input("Mot de passe actuel", type="password", key="own_current")
        new = st.text_input("Nouveau mot de passe", type="password", key="own_new")
        again = st.text_input("Le même, une seconde fois", type="password", key="own_again")
        note("Douze caractères au moins. Une phrase de quelques mots convient, espaces compris.")
        sent = st.form_submit_button("Enregistrer", type="primary")
    if sent:
        sid = session.current_sid()
        administration.change_password(ctx, current, new, again, keep_sid=sid)
        flash("Mot de passe changé : vos autres sessions sont fermées.")
        st.rerun()


@dialog("Double authentification", width="small")
def set_up_second_factor() -> None:
    """Show the picture to scan, take the first code, show the recovery codes once."""
    ctx = session.context()
    codes = st.session_state.get("own_codes")
    if codes:
        _recovery(codes)
        return
    offer: Enrolment = st.session_state.setdefault("own_offer", administration.propose_mine(ctx))
    st.write(
        "Scannez cette image avec une application d'authentification, "
        "puis saisissez le code qu'elle affiche."
    )
    st.image(offer.qr, width=208)
    note(f"Sans appareil photo, saisissez cette clé : {offer.typed}")
    with st.form("own_factor", border=False):
        code = st.text_input("Code à six chiffres", key="own_code", max_chars=7)
        sent = st.form_submit_button("Activer", type="primary")
    if sent:
        st.session_state["own_codes"] = administration.adopt_mine(ctx, offer.sealed, code)
        st.session_state.pop("own_offer", None)
        st.rerun(scope="fragment")


def _recovery(codes: tuple[str, ...]) -> None:
    st.success("Double authentification activée.", icon=":material/check:")
    st.write("Vos codes de secours, à imprimer ou noter : chacun sert une fois.")
    st.code("\n".join(codes), language=None)
    if st.button("J'ai noté mes codes", type="primary"):
        st.session_state.pop("own_codes", None)
        st.rerun()
