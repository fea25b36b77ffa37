"""The windows about a missing support: ask for it, answer the request."""

from dataclasses import replace

import streamlit as st

from o2s_core import market
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.market import RequestForm
from o2s_core.ui import session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import form, once, saving
from o2s_core.ui.support_picker import pick_supports
from o2s_core.ui.tables import table

ALIKE = [
    Column("label", "Support déjà connu", sub="isin", width=240),
    Column("kind", "Famille", labels=market.INSTRUMENT_KINDS),
]
ANSWER_FORM = FormSchema(
    "Réponse",
    (
        FormField("state", "État", "choice", required=True, choices=market.REQUEST_STATES),
        FormField("answer", "Réponse", "long_text", maximum=500),
    ),
)


@dialog("Demande de création de support")
def new_request() -> None:
    """Ask what is missing; what looks like it is shown before anything is sent."""
    ctx = session.context()
    key = "new_request"
    proof = st.file_uploader(
        "Justificatif (DIC, brochure, extrait)", key=f"{key}_proof", accept_multiple_files=False
    )
    values = form(market.REQUEST_FORM, key=key, submit="Envoyer la demande", cancel=True)
    asked = _typed(values) if values is not None else st.session_state.get(f"{key}_asked")
    if asked is None:
        return
    if _likely(ctx, asked, key) and values is not None:
        st.session_state[f"{key}_asked"] = asked
        st.warning(
            "Un support connu ressemble à votre demande : vérifiez, puis confirmez.",
            icon=":material/content_copy:",
        )
        return
    if values is None and not st.button("Envoyer quand même", key=f"{key}_anyway"):
        return
    with saving(key, "Demande envoyée."):
        kept = (proof.name, proof.getvalue()) if proof is not None else None
        market.request_instrument(ctx, asked, kept, key=once(key))
        st.session_state.pop(f"{key}_asked", None)


def _typed(values: dict[str, str | None]) -> RequestForm:
    return replace(RequestForm("", ""), **{k: v or "" for k, v in values.items()})


def _likely(ctx: Context, asked: RequestForm, key: str) -> bool:
    """Show the supports that the request may already be; return whether there are any."""
    rows = market.alike(ctx, asked)
    if rows.is_empty():
        return False
    table(ctx, rows, ALIKE, key=f"{key}_alike", open="/support?support={id}", tools=False)
    return True


@dialog("Répondre à la demande")
def answer_request(request_id: int) -> None:
    """Ask what becomes of a request, and which support answers it."""
    ctx = session.context()
    key = f"answer_{request_id}"
    chosen = pick_supports(
        ctx, (), key=f"{key}_support", label="Support qui répond à la demande", most=1
    )
    values = form(ANSWER_FORM, key=key, columns=1, cancel=True)
    if values is not None:
        with saving(key, "Réponse enregistrée."):
            market.answer_request(
                ctx,
                request_id,
                values["state"],
                instrument_id=chosen[0] if chosen else None,
                answer=values["answer"] or "",
            )
