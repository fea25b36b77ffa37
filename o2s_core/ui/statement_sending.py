"""The window in which a filed statement is sent to its client."""

import streamlit as st

from o2s_core import contacts, exports, messaging, reporting
from o2s_core.contacts import ConsentForm
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.reporting import Recipient, SendingForm, ToSend
from o2s_core.ui import boundary
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.fields import widget
from o2s_core.ui.figures import note
from o2s_core.ui.forms import finished, once, saving
from o2s_core.ui.session import context


@dialog("Envoyer l'état de compte", width="large")
def send_statement(document_id: int) -> None:
    """Choose who receives it, read the words, send."""
    ctx = context()
    if _to_tell(document_id):
        return
    asked = reporting.statement_to_send(ctx, document_id)
    people = {one.id: one for one in asked.recipients}
    key = f"send_{document_id}"
    chosen = st.selectbox(
        "Destinataire", list(people), format_func=lambda i: _who(people[i]), key=f"{key}_to"
    )
    to = people[chosen]
    if to.obstacle:
        st.warning(f"Envoi impossible : {to.obstacle}", icon=":material/mail_off:")
    elif to.agreed_on is None:
        _agreement(ctx, to)
    else:
        _letter(ctx, asked, to, document_id)


def _who(one: Recipient) -> str:
    return f"{one.name} ({one.email})" if one.email else one.name


def _agreement(ctx: Context, to: Recipient) -> None:
    """Note that the client accepts e-mail: without it nothing is sent."""
    st.info(
        f"{to.name} n'a pas encore accepté de recevoir ses documents par e-mail. Notez son accord "
        "pour continuer, ou remettez-lui l'état sur papier.",
        icon=":material/verified_user:",
    )
    key = f"agree_{to.id}"
    schema = contacts.CONSENT_FORM
    with st.form(key, border=False):
        on = widget(schema.field("given_on"), f"{key}_on", ctx.today, required=True)
        proof = widget(schema.field("proof"), f"{key}_proof", None, required=False)
        sent = st.form_submit_button("Noter son accord", type="primary")
    if sent:
        with boundary.errors():
            said = ConsentForm(given_on=on, proof=proof or "")
            contacts.record_consent(ctx, to.id, said)
            st.rerun(scope="fragment")


def _letter(ctx: Context, asked: ToSend, to: Recipient, document_id: int) -> None:
    key = f"send_{document_id}_{to.id}"
    subject, body = reporting.statement_message(ctx, document_id, to.id)
    with st.form(key, border=False):
        field = messaging.MAIL_FORM.field("subject")
        typed = str(widget(field, f"{key}_subject", subject, required=True) or "")
        with st.container(key=f"o2s_required_{key}_body"):
            words = st.text_area("Message *", value=body, height=260, key=f"{key}_body")
        closed = asked.is_pdf and st.checkbox(
            "Protéger le PDF par un mot de passe, à donner par téléphone", key=f"{key}_closed"
        )
        stale = asked.stale_on is not None and _stale(asked, key)
        agreed = french.day(to.agreed_on) if to.agreed_on else ""
        note(f"Pièce jointe : {asked.file_name} · accord du client pour l'e-mail : {agreed}")
        sent = st.form_submit_button("Envoyer", type="primary", icon=":material/send:")
    if sent:
        password = _password(key) if closed else ""
        form = SendingForm(document_id, to.id, typed, words, password, even_stale=stale)
        _send(ctx, key, form)


def _stale(asked: ToSend, key: str) -> bool:
    st.warning(f"Cet état compte une valeur du {french.day(asked.stale_on)}.")
    return st.checkbox("Envoyer quand même", key=f"{key}_stale")


def _password(key: str) -> str:
    """Return the password of this sending, the same if the button is pressed again."""
    return str(st.session_state.setdefault(f"{key}_password", exports.new_password()))


def _send(ctx: Context, key: str, form: SendingForm) -> None:
    where = "hors ligne : il partira quand le serveur d'envoi sera réglé"
    told = where if messaging.is_offline(ctx) else "il part dans la minute"
    if not form.password:
        with saving(key, f"Message mis en file, {told}."):
            reporting.send_statement(ctx, form, key=once(key))
        return
    with boundary.errors():
        reporting.send_statement(ctx, form, key=once(key))
        finished(key)
        st.session_state.pop(f"{key}_password", None)
        st.session_state[_told(form.document_id)] = form.password
        st.rerun(scope="fragment")


def _told(document_id: int) -> str:
    return f"send_{document_id}_told"


def _to_tell(document_id: int) -> bool:
    """Show the password of what was just sent, until it is noted; return whether there is one."""
    password = st.session_state.get(_told(document_id))
    if password is None:
        return False
    st.success("Message mis en file.", icon=":material/check:")
    st.write("Mot de passe du PDF, à donner au client par téléphone, jamais par e-mail :")
    st.code(password, language=None)
    note("Il n'est pas conservé : notez-le avant de fermer.")
    if st.button("J'ai noté le mot de passe", type="primary"):
        st.session_state.pop(_told(document_id))
        st.rerun()
    return True
