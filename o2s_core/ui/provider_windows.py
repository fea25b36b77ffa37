"""The windows about a partner: add it, change it, put it aside."""

import streamlit as st

from o2s_core import market
from o2s_core.kernel import french
from o2s_core.market import ProviderCard, ProviderForm
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import form, once, opened_version, saving


def provider_agreement(card: ProviderCard) -> str:
    """Say under which agreement the firm works with a partner."""
    parts = [f"n° {card.agreement}" if card.agreement else "",
             f"du {french.day(card.agreed_on)}" if card.agreed_on else ""]  # fmt: skip
    return " ".join(part for part in parts if part) or "aucune renseignée"


@dialog("Nouveau distributeur")
def new_provider() -> None:
    """Ask who the partner is and what it does."""
    ctx = session.context()
    key = "new_provider"
    values = form(market.PROVIDER_FORM, key=key, submit="Créer le distributeur", cancel=True)
    if values is not None:
        with saving(key, "Distributeur créé."):
            market.add_provider(ctx, ProviderForm.typed(values), key=once(key))


@dialog("Distributeur")
def edit_provider(provider_id: int) -> None:
    """Change what is known of a partner."""
    ctx = session.context()
    card = market.provider_by_id(ctx, provider_id)
    key = f"provider_{card.id}"
    values = form(
        market.PROVIDER_FORM,
        key=key,
        defaults=card.form.values(),
        version=card.version,
        cancel=True,
    )
    if values is not None:
        with saving(key, "Distributeur enregistré."):
            market.edit_provider(ctx, card.id, ProviderForm.typed(values), opened_version(key))


@dialog("Retirer ou remettre un distributeur", width="small")
def put_provider_aside(provider_id: int) -> None:
    """Confirm that a partner leaves the pickers, or comes back."""
    ctx = session.context()
    card = market.provider_by_id(ctx, provider_id)
    st.write(
        f"**{card.name}** ne sera plus proposé pour un nouveau compte. Ses comptes et ses "
        "fichiers restent inchangés."
        if card.active
        else f"**{card.name}** sera de nouveau proposé."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        if st.button("Retirer" if card.active else "Remettre", type="primary"):
            said = "Distributeur retiré." if card.active else "Distributeur remis."
            with saving(f"provider_{card.id}", said):
                market.set_provider_active(ctx, card.id, card.version, active=not card.active)
