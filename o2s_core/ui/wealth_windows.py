"""The windows that change goods and budget lines: add, edit, value, sell, delete."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from o2s_core import contacts, wealth
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import HolderShare
from o2s_core.ui.account_windows import pick_holders
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import form, once, opened_version, saving
from o2s_core.ui.session import context
from o2s_core.ui.tables import table
from o2s_core.wealth import AssetForm, BudgetForm

VALUES = [
    Column("on", "Au", "day"),
    Column("value", "Valeur", "number"),
    Column("method", "Méthode", labels=wealth.METHODS),
]


@dialog("Ajouter un bien ou une dette", width="large")
def new_asset(contact_ids: Sequence[int], kind: str = "") -> None:
    """Ask what a good is, what it is worth and whose it is."""
    ctx = context()
    key = f"new_asset_{kind}_{'_'.join(map(str, contact_ids))}"
    half = Decimal(1) / (len(contact_ids) or 1)
    current = [HolderShare(id_, half) for id_ in contact_ids]
    owners = pick_holders(ctx, key, current, "Détenteurs et droits *")
    kinds = {kind: wealth.KINDS[kind]} if kind else dict(wealth.KINDS)
    defaults = {"kind": kind or None, "value_on": ctx.today, "method": "estimate",
                "currency": "EUR", "tax_scheme": "none"}  # fmt: skip
    values = form(wealth.asset_schema(kinds, _companies(ctx)), key=key, defaults=defaults,
                  submit="Ajouter", cancel=True)  # fmt: skip
    if values is not None:
        with saving(key, "Bien ajouté."):
            made = AssetForm.of(values, wealth.as_owners(owners))
            wealth.add_asset(ctx, made, key=once(key))


def _companies(ctx: Context) -> dict[str, str]:
    return {str(ref.id): ref.label for ref in contacts.people(ctx) if ref.kind == "company"}


@dialog("Bien", width="large")
def asset_window(asset_id: int) -> None:
    """Show a good: its worth over time, and what can be done to it."""
    ctx = context()
    card = wealth.asset(ctx, asset_id)
    st.markdown(f"**{card.form.label}** · {', '.join(card.owner_names)}")
    table(ctx, card.values, VALUES, key=f"values_{asset_id}", tools=False, page_size=20)
    if card.sold_on:
        st.caption(f"Vendu le {french.day(card.sold_on)}, {french.eur(card.proceeds)}.")
    if not ctx.may(Permission.WEALTH_WRITE):
        return
    value, edit, leave = st.tabs(["Nouvelle valeur", "Modifier", "Vendre ou supprimer"])
    with value:
        _value(ctx, asset_id)
    with edit:
        _edit(ctx, card)
    with leave:
        _leave(ctx, card)


def _value(ctx: Context, asset_id: int) -> None:
    key = f"value_asset_{asset_id}"
    defaults = {"value_on": ctx.today, "method": "estimate"}
    values = form(wealth.VALUE_FORM, key=key, defaults=defaults, columns=3)
    if values is not None:
        with saving(key, "Valeur enregistrée."):
            wealth.value_asset(ctx, asset_id, values["value"], values["value_on"],
                               values["method"] or "estimate")  # fmt: skip


def _edit(ctx: Context, card: wealth.AssetCard) -> None:
    key = f"edit_asset_{card.id}"
    owners = pick_holders(ctx, key, card.form.owners, "Détenteurs et droits *")
    defaults = card.form.values()
    defaults["company_id"] = str(card.form.company_id) if card.form.company_id else None
    schema = wealth.asset_schema(dict(wealth.KINDS), _companies(ctx), known=True)
    values = form(schema, key=key, defaults=defaults, version=card.version)
    if values is not None:
        with saving(key, "Bien modifié."):
            kept = tuple(card.form.owners)
            wanted = kept if list(owners) == _plain(kept) else wealth.as_owners(owners)
            wealth.edit_asset(ctx, card.id, AssetForm.of(values, wanted), opened_version(key))


def _plain(owners: Sequence[HolderShare]) -> list[HolderShare]:
    """Return owners as the picker gives them back when nothing was touched."""
    return [HolderShare(o.contact_id, o.share, o.right, o.role) for o in owners]


def _leave(ctx: Context, card: wealth.AssetCard) -> None:
    key = f"sell_asset_{card.id}"
    values = form(wealth.SALE_FORM, key=key, defaults={"sold_on": ctx.today},
                  submit="Enregistrer la vente", version=card.version)  # fmt: skip
    if values is not None:
        with saving(key, "Vente enregistrée."):
            wealth.sell_asset(ctx, card.id, values["sold_on"], values["proceeds"],
                              opened_version(key))  # fmt: skip
    if ctx.may(Permission.WEALTH_DELETE) and st.button(
        "Supprimer ce bien saisi par erreur", type="tertiary", key=f"{key}_delete"
    ):
        with saving(f"{key}_gone", "Bien supprimé."):
            wealth.delete_asset(ctx, card.id, card.version)


@dialog("Ligne de budget")
def budget_line(people: Mapping[str, str], item_id: int | None = None) -> None:
    """Ask what comes in or goes out, how often, and whose it is."""
    ctx = context()
    key = f"budget_{item_id or 'new'}_{'_'.join(people)}"
    defaults: dict[str, Any] = {"frequency": "monthly", "since": ctx.today.replace(day=1)}
    version = 0
    if item_id is not None:
        known, version = wealth.budget_item(ctx, item_id)
        defaults = known.values()
    elif len(people) == 1:
        defaults["contact_id"] = next(iter(people))
    values = form(wealth.budget_schema(people), key=key, defaults=defaults, version=version)
    if values is not None:
        with saving(key, "Ligne enregistrée."):
            given = {name: value for name, value in values.items() if value is not None}
            made = BudgetForm(**given | {"contact_id": int(values["contact_id"])})
            wealth.save_budget_item(
                ctx, made, item_id=item_id, expected_version=opened_version(key)
            )
    if item_id is not None and ctx.may(Permission.WEALTH_DELETE) and st.button(
        "Supprimer cette ligne", type="tertiary", key=f"{key}_delete"
    ):  # fmt: skip
        with saving(f"{key}_gone", "Ligne supprimée."):
            wealth.delete_budget_item(ctx, item_id, version)
