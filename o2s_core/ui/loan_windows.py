"""The windows that change a loan: add, edit, what happens to it, what guarantees it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from o2s_core import wealth
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import HolderShare
from o2s_core.ui.account_windows import pick_holders
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import note
from o2s_core.ui.forms import form, once, opened_version, saving
from o2s_core.ui.session import context
from o2s_core.ui.tables import table
from o2s_core.wealth import LoanEventForm, LoanForm, PledgeForm

OPTIONS = [
    Column("option", "", width=140),
    Column("instalment", "Échéance", "eur"),
    Column("ends_on", "Fin", "day"),
    Column("left", "Échéances", "integer"),
    Column("interest", "Intérêts restants", "eur"),
    Column("penalty", "Indemnité et frais", "eur"),
    Column("saved", "Économie", "eur", signed=True),
]


@dialog("Ajouter un prêt", width="large")
def new_loan(contact_ids: Sequence[int], assets: Mapping[str, str]) -> None:
    """Ask the terms of a loan; its schedule follows from them."""
    ctx = context()
    key = f"new_loan_{'_'.join(map(str, contact_ids))}"
    half = Decimal(1) / (len(contact_ids) or 1)
    current = [HolderShare(id_, half) for id_ in contact_ids]
    owners = pick_holders(ctx, key, current, "Emprunteurs et quotités *")
    defaults = {"kind": "amortising", "purpose": "property", "rate_type": "fixed", "step": "1",
                "insurance_base": "initial", "deferral": "none", "guarantee": "none",
                "currency": "EUR"}  # fmt: skip
    values = form(wealth.loan_schema(assets), key=key, defaults=defaults, submit="Ajouter le prêt",
                  cancel=True)  # fmt: skip
    if values is not None:
        with saving(key, "Prêt ajouté."):
            wealth.add_loan(ctx, LoanForm.of(values, wealth.as_owners(owners)), key=once(key))


@dialog("Modifier le prêt", width="large")
def edit_loan(loan_id: int, assets: Mapping[str, str]) -> None:
    """Ask what changes in the terms that were signed."""
    ctx = context()
    card = wealth.loan(ctx, loan_id)
    key = f"edit_loan_{loan_id}"
    owners = pick_holders(ctx, key, card.form.owners, "Emprunteurs et quotités *")
    defaults = card.form.values()
    defaults["asset_id"] = str(card.form.asset_id) if card.form.asset_id else None
    values = form(wealth.loan_schema(assets), key=key, defaults=defaults, version=card.version,
                  cancel=True)  # fmt: skip
    if values is not None:
        with saving(key, "Prêt modifié."):
            wanted = LoanForm.of(values, wealth.as_owners(owners))
            wealth.edit_loan(ctx, loan_id, wanted, opened_version(key))
    if ctx.may(Permission.WEALTH_DELETE) and st.button(
        "Supprimer ce prêt saisi par erreur", type="tertiary", key=f"{key}_delete"
    ):
        with saving(f"{key}_gone", "Prêt supprimé.", then="/contacts"):
            wealth.delete_loan(ctx, loan_id, card.version)


@dialog("Enregistrer un évènement")
def loan_event(loan_id: int) -> None:
    """Ask what happened to a loan, and when."""
    ctx = context()
    key = f"loan_event_{loan_id}"
    kind = st.selectbox("Évènement", list(wealth.EVENTS), format_func=wealth.EVENTS.__getitem__,
                        key=f"{key}_kind")  # fmt: skip
    values = form(wealth.event_schema(kind), key=f"{key}_{kind}", defaults={"on": ctx.today},
                  cancel=True)  # fmt: skip
    if values is not None:
        with saving(f"{key}_{kind}", "Évènement enregistré : l'échéancier est à jour."):
            wealth.add_loan_event(ctx, loan_id, LoanEventForm.of(values | {"kind": kind}))


@dialog("Lier un contrat nanti")
def new_pledge(loan_id: int, accounts: Mapping[str, str], creditor: str) -> None:
    """Ask which contract guarantees the loan, and for how much."""
    ctx = context()
    key = f"pledge_{loan_id}"
    chosen = [
        FormField("account_id", "Contrat", "choice", required=True, choices=accounts)
        if field.key == "account_id"
        else field
        for field in wealth.PLEDGE_FORM.fields
    ]
    schema = FormSchema(wealth.PLEDGE_FORM.title, tuple(chosen))
    defaults = {"creditor": creditor, "since": ctx.today, "ratio": Decimal(1)}
    values = form(schema, key=key, defaults=defaults, cancel=True)
    if values is not None:
        with saving(key, "Contrat nanti lié au prêt."):
            made = PledgeForm(**values | {"account_id": int(values["account_id"])})
            wealth.pledge_account(ctx, loan_id, made)


def simulations(ctx: Context, card: wealth.LoanCard) -> None:
    """Compare going on with repaying sooner, and with another lender."""
    soon, other = st.tabs(["Remboursement anticipé", "Renégociation"])
    with soon:
        asked = FormSchema("", (FormField("amount", "Montant remboursé aujourd'hui", "money",
                                          required=True),))  # fmt: skip
        values = form(asked, key=f"early_{card.id}", submit="Comparer", columns=1)
        if values is not None:
            found = wealth.early_repayment(ctx, card.id, ctx.today, values["amount"])
            table(ctx, found, OPTIONS, key=f"early_{card.id}_table", id="option", tools=False)
            note("Indemnité au plafond légal (six mois d'intérêts, 3 % du capital restant dû).")
    with other:
        asked = FormSchema(
            "",
            (
                FormField("rate", "Taux proposé (%)", "percent", required=True),
                FormField("fees", "Frais du nouveau prêt", "money"),
            ),
        )
        values = form(asked, key=f"other_{card.id}", submit="Comparer")
        if values is not None:
            fees = values["fees"] or Decimal(0)
            found = wealth.renegotiation(ctx, card.id, ctx.today, values["rate"], fees=fees)
            table(ctx, found, OPTIONS, key=f"other_{card.id}_table", id="option", tools=False)
