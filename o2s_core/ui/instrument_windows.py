"""The windows about a support: add or complete it, another code, a price."""

import streamlit as st

from o2s_core import market
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.market import InstrumentCard, InstrumentForm
from o2s_core.ui import boundary, session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import finished, form, once, opened_version, saving
from o2s_core.ui.messages import flash
from o2s_core.ui.navigation import go, link


@dialog("Nouveau support")
def new_instrument() -> None:
    """Ask what identifies a support, then open its page."""
    ctx = session.context()
    key = "new_instrument"
    values = form(
        market.INSTRUMENT_FORM,
        key=key,
        defaults={"currency": "EUR"},
        submit="Créer le support",
        cancel=True,
    )
    if values is not None:
        with boundary.errors():
            made = market.add_instrument(ctx, InstrumentForm.typed(values), key=once(key))
            finished(key)
            flash("Support créé.")
            go(link("support", support=made.id))


@dialog("Support")
def edit_instrument(instrument_id: int) -> None:
    """Change what is known of a support."""
    instrument_form(instrument_id, cancel=True)


def instrument_form(instrument_id: int, *, cancel: bool = False) -> None:
    """Show the form of a support, filled with what is known, and save it."""
    ctx = session.context()
    card = market.instrument(ctx, instrument_id)
    key = f"instrument_{card.id}"
    values = form(
        market.INSTRUMENT_FORM,
        key=key,
        defaults=known(card),
        version=card.version,
        cancel=cancel,
    )
    if values is not None:
        typed = InstrumentForm.typed({**values, "provider_id": card.provider_id})
        with saving(key, "Support enregistré."):
            market.edit_instrument(ctx, card.id, typed, opened_version(key))


def known(card: InstrumentCard) -> dict[str, object]:
    """Return what a form of the support starts from; what is unknown is left to be said."""
    return {
        "label": card.label,
        "isin": card.isin,
        "kind": None if card.to_complete and card.kind == "other" else card.kind,
        "asset_class": None if card.asset_class == "unknown" else card.asset_class,
        "currency": card.currency,
        "manager": card.manager,
        "sri": None if card.typed_sri is None else str(card.typed_sri),
        "sfdr": None if card.typed_sfdr is None else str(card.typed_sfdr),
        "price_factor": card.price_factor,
        "income": card.income or None,
    }


@dialog("Saisir un cours", width="small")
def type_price(instrument_id: int) -> None:
    """Ask a day and a price: the firm's own price wins over the others of its day."""
    ctx = session.context()
    card = market.instrument(ctx, instrument_id)
    key = f"price_{card.id}"
    st.caption(f"En {card.currency}, pour une unité. Le cours saisi l'emporte sur les autres.")
    values = form(market.PRICE_FORM, key=key, defaults={"day": ctx.today}, columns=1, cancel=True)
    if values is not None:
        with saving(key, "Cours enregistré."):
            market.type_price(ctx, card.id, values["day"], values["value"])


@dialog("Autre code du support", width="small")
def new_alias(instrument_id: int) -> None:
    """Ask a code, and the partner who uses it: its next files find the support."""
    ctx = session.context()
    key = f"alias_{instrument_id}"
    partners = {str(row["id"]): row["name"] for row in market.providers(ctx).iter_rows(named=True)}
    asked = FormSchema(
        market.ALIAS_FORM.title,
        (
            *market.ALIAS_FORM.fields,
            FormField(
                "provider_id",
                "Utilisé par",
                "choice",
                choices=partners,
                hint="Laissez vide pour un code valable partout.",
            ),
        ),
    )
    values = form(asked, key=key, columns=1, cancel=True)
    if values is not None:
        with saving(key, "Code enregistré."):
            market.add_alias(
                ctx,
                instrument_id,
                values["code_type"],
                values["code"],
                provider_id=int(values["provider_id"] or 0),
            )


@dialog("Retirer le support des listes", width="small")
def put_aside(instrument_id: int) -> None:
    """Confirm that a support leaves the lists, or comes back."""
    ctx = session.context()
    card = market.instrument(ctx, instrument_id)
    back = card.status == "inactive"
    st.write(
        f"**{card.label}** sera de nouveau proposé dans les listes."
        if back
        else f"**{card.label}** ne sera plus proposé. Les lignes et les mouvements des clients "
        "restent inchangés."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        if st.button("Remettre" if back else "Retirer", type="primary"):
            said = "Support remis dans les listes." if back else "Support retiré des listes."
            with saving(f"aside_{card.id}", said, then=link("support", support=card.id)):
                market.set_instrument_active(ctx, card.id, card.version, active=back)
