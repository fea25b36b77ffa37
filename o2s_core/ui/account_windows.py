"""The windows that change an account: add, edit, delete, give to other holders."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from o2s_core import contacts, market, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import AccountCard, AccountForm, HolderShare
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.fields import decimal
from o2s_core.ui.forms import form, once, opened_version, saving
from o2s_core.ui.session import context


@dialog("Ajouter un compte", width="large")
def new_account(contact_ids: Sequence[int]) -> None:
    """Ask what an account is; the contacts of the open file are proposed as holders."""
    ctx = context()
    key = f"new_account_{'_'.join(map(str, contact_ids))}"
    half = Decimal(1) / (len(contact_ids) or 1)
    current = [HolderShare(id_, half) for id_ in contact_ids]
    holders = pick_holders(ctx, key, current)
    defaults = {"currency": "EUR", "management": "free", "managed": True}
    schema = portfolio.account_schema(_providers(ctx), contacts.adviser_choices(ctx))
    values = form(schema, key=key, defaults=defaults, submit="Créer le compte", cancel=True)
    if values is not None:
        with saving(key, "Compte ajouté."):
            portfolio.add_account(ctx, AccountForm.of(values, holders), key=once(key))


@dialog("Modifier le compte", width="large")
def edit_account(account_id: int) -> None:
    """Ask what changes in an account; a change of holders or of opening date asks why."""
    ctx = context()
    card = portfolio.account(ctx, account_id)
    key = f"edit_account_{account_id}"
    holders = pick_holders(ctx, key, card.shares)
    schema = portfolio.account_schema(_providers(ctx), contacts.adviser_choices(ctx), reason=True)
    values = form(schema, key=key, defaults=_defaults(card), version=card.version, cancel=True)
    if values is not None:
        wanted = AccountForm.of(values, holders, aggregated=card.aggregated)
        reason = values["reason"] or ""
        with saving(key, "Compte modifié."):
            portfolio.edit_account(ctx, account_id, wanted, opened_version(key), reason=reason)


@dialog("Réattribuer le compte", width="medium")
def reassign_account(account_id: int) -> None:
    """Ask who really holds an imported account; the next imports follow."""
    ctx = context()
    card = portfolio.account(ctx, account_id)
    key = f"reassign_{account_id}"
    st.session_state.setdefault(f"{key}_version", card.version)
    st.write(f"**{card.label}**, n° {card.number} : les prochaines livraisons suivront.")
    holders = pick_holders(ctx, key, card.shares)
    with st.container(key=f"o2s_required_{key}_reason"):
        reason = st.text_input("Motif *", key=f"{key}_reason")
    if st.button("Réattribuer", type="primary", key=f"{key}_go"):
        with saving(key, "Compte réattribué."):
            portfolio.reassign_account(ctx, account_id, holders, reason, opened_version(key))


@dialog("Supprimer le compte")
def delete_account(account_id: int) -> None:
    """Confirm a deletion; an account with movements is purged, by its number typed, or kept."""
    ctx = context()
    card = portfolio.account(ctx, account_id)
    key = f"delete_{account_id}"
    st.write(f"Supprimer **{card.label}**, n° {card.number} ?")
    st.caption(
        "Un compte saisi à la main et sans mouvement disparaît avec ses situations. "
        "Les autres se clôturent, ou se purgent."
    )
    if ctx.may(Permission.ACCOUNT_DELETE) and st.button("Supprimer", key=f"{key}_go"):
        with saving(key, "Compte supprimé."):
            portfolio.delete_account(ctx, account_id)
    if ctx.may(Permission.ACCOUNT_PURGE):
        _purge(ctx, account_id, key)


def _purge(ctx: Context, account_id: int, key: str) -> None:
    with st.expander("Purger avec tout son historique"):
        st.caption("Tout est archivé puis effacé, sans retour. Recopiez le numéro du compte.")
        typed = st.text_input("Numéro du compte", key=f"{key}_number")
        if st.button("Purger définitivement", key=f"{key}_purge"):
            with saving(key, "Compte purgé."):
                portfolio.purge_account(ctx, account_id, typed)


def pick_holders(
    ctx: Context,
    key: str,
    current: Sequence[HolderShare],
    label: str = "Titulaires et droits *",
) -> tuple[HolderShare, ...]:
    """Let the person choose the holders, the right and the share of each.

    Holders outside the perimeter stay, by their name.
    """
    names = {ref.id: ref.label for ref in contacts.people(ctx)}
    for id_, name in contacts.names_of(ctx, {h.contact_id for h in current}).items():
        names.setdefault(id_, f"{name} (hors périmètre)")
    with st.container(key=f"o2s_required_{key}_holders"):
        chosen = st.multiselect(
            label,
            list(names),
            default=list(dict.fromkeys(h.contact_id for h in current)),
            format_func=names.__getitem__,
            placeholder="Commencez à taper un nom…",
            key=f"{key}_holders",
        )
    known = {holder.contact_id: holder for holder in current}
    equal = Decimal(1) / len(chosen) if chosen else Decimal(1)
    return tuple(
        _holder(
            key, id_, names[id_], known.get(id_) if len(chosen) == len(current) else None, equal
        )
        for id_ in chosen
    )


def _holder(
    key: str, contact_id: int, name: str, known: HolderShare | None, equal: Decimal
) -> HolderShare:
    """Ask the role, the right and the share of one holder, on one line."""
    label, role_box, right_box, share_box = st.columns([4, 3, 3, 2], vertical_alignment="center")
    label.markdown(name)
    role = role_box.selectbox(
        "Qualité",
        list(portfolio.ROLES),
        index=list(portfolio.ROLES).index(known.role if known else "holder"),
        format_func=portfolio.ROLES.__getitem__,
        key=f"{key}_role_{contact_id}",
        label_visibility="collapsed",
    )
    right = right_box.selectbox(
        "Droit",
        list(portfolio.RIGHTS),
        index=list(portfolio.RIGHTS).index(known.right if known else "full"),
        format_func=portfolio.RIGHTS.__getitem__,
        key=f"{key}_right_{contact_id}",
        label_visibility="collapsed",
    )
    share = known.share if known else equal
    typed = share_box.text_input(
        "Part en %",
        value=french.quantity(share * 100),
        key=f"{key}_share_{contact_id}_{share:.8f}",
        label_visibility="collapsed",
        icon=":material/percent:",
    )
    unchanged = typed == french.quantity(share * 100)
    value = share if unchanged else (decimal(typed) or Decimal(0)) / 100
    return HolderShare(contact_id, value.quantize(Decimal("1e-8")), str(right), str(role))


def _providers(ctx: Context) -> dict[str, str]:
    rows = market.providers(ctx).select("id", "name").iter_rows()
    return {str(id_): name for id_, name in rows}


def _defaults(card: AccountCard) -> dict[str, Any]:
    names = ("label", "number", "envelope", "product", "currency", "opened_on", "closed_on",
             "management", "managed", "comment")  # fmt: skip
    return {name: getattr(card, name) for name in names} | {
        "provider_id": str(card.provider_id),
        "adviser_id": str(card.adviser_id) if card.adviser_id else None,
    }
