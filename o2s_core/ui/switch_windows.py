"""The windows about switches: follow a model, propose, decide."""

from collections.abc import Sequence
from typing import Final

import polars as pl
import streamlit as st

from o2s_core import market, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.portfolio import TERMS_FORM, SwitchTerms
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import finished, form, once, opened_version, saving
from o2s_core.ui.messages import flash
from o2s_core.ui.navigation import go, link


def usable_models(ctx: Context) -> dict[str, str]:
    """Return the models that have a version in force: id -> name."""
    rows = market.model_portfolios(ctx).drop_nulls("number").select("id", "name").iter_rows()
    return {str(id_): name for id_, name in rows}


@dialog("Modèle suivi par le compte", width="small")
def follow(account_id: int) -> None:
    """Choose the model that an account follows, or none."""
    ctx, key = session.context(), f"follow_{account_id}"
    now = portfolio.following(ctx, account_id)
    choices = usable_models(ctx)
    asked = FormSchema(
        "Modèle",
        (FormField("model_id", "Portefeuille modèle", "choice", choices=choices,
                   hint="Laissez vide pour ne plus suivre de modèle."),),
    )  # fmt: skip
    defaults = {"model_id": str(now.model_id) if now else None}
    values = form(asked, key=key, defaults=defaults, columns=1, cancel=True)
    if values is None:
        return
    with saving(key, "Modèle du compte enregistré."):
        if values["model_id"]:
            portfolio.follow_model(ctx, account_id, int(values["model_id"]))
        elif now is not None:
            portfolio.leave_model(ctx, account_id)


@dialog("Proposer un arbitrage")
def propose(account_id: int) -> None:
    """Ask the model, the terms and what is left apart, then open the proposal."""
    ctx, key = session.context(), f"propose_{account_id}"
    now = portfolio.following(ctx, account_id)
    models = usable_models(ctx)
    chosen = FormField("model_id", "Portefeuille modèle", "choice", required=True, choices=models)
    excluded = _apart(ctx, account_id)
    defaults = _defaults() | {"model_id": str(now.model_id) if now else None}
    schema = FormSchema(TERMS_FORM.title, (chosen, *TERMS_FORM.fields))
    values = form(schema, key=key, defaults=defaults, submit="Calculer", cancel=True)
    if values is not None:
        terms = SwitchTerms.typed(values, excluded)
        model_id = int(values["model_id"])
        made = portfolio.propose_switches(ctx, [account_id], terms, model_id, key=once(key))
        finished(key)
        go(link("proposition", proposition=made))


def _apart(ctx: Context, account_id: int) -> tuple[int, ...]:
    held = portfolio.holdings_of_account(ctx, account_id).lines.drop_nulls("instrument_id")
    names = dict(held.select("instrument_id", "label").iter_rows())
    chosen = st.multiselect(
        "Supports à laisser de côté", list(names), format_func=names.__getitem__,
        placeholder="Aucun", key=f"apart_{account_id}",
    )  # fmt: skip
    return tuple(chosen)


def _defaults() -> dict[str, object]:
    return SwitchTerms().values()


@dialog("Proposer en nombre")
def propose_all(account_ids: Sequence[int]) -> None:
    """Ask the terms once for several accounts, each brought back to the model it follows."""
    ctx, key = session.context(), "propose_all"
    count = french.count(len(account_ids), "compte")
    st.caption(f"{count} : une proposition en brouillon par compte, à revoir avant tout ordre.")
    values = form(TERMS_FORM, key=key, defaults=_defaults(), submit="Calculer", cancel=True)
    if values is not None:
        terms = SwitchTerms.typed(values)
        portfolio.propose_switches(ctx, list(account_ids), terms, key=once(key))
        finished(key)
        flash(f"Propositions calculées pour {count}.")
        st.session_state["switches_view"] = "proposals"
        st.rerun()


DISMISS_FORM: Final = FormSchema(
    "Écarter", (FormField("reason", "Motif", "long_text", required=True, maximum=500),)
)


@dialog("Écarter la proposition", width="small")
def dismiss(proposal_id: int) -> None:
    """Ask why a proposal is dismissed."""
    ctx, key = session.context(), f"dismiss_{proposal_id}"
    card = portfolio.switch_proposal(ctx, proposal_id)
    values = form(
        DISMISS_FORM, key=key, version=card.version, submit="Écarter", columns=1, cancel=True
    )
    if values is not None:
        with saving(key, "Proposition écartée."):
            portfolio.decide_switch(
                ctx, proposal_id, "dismissed", opened_version(key), reason=values["reason"] or ""
            )


def recalculate(ctx: Context, proposal_id: int) -> None:
    """Make a proposal again on the data of today, under the same terms, and open it."""
    card = portfolio.switch_proposal(ctx, proposal_id)
    if card.state == "kept":
        raise InvalidInputError(
            "Une proposition retenue se remet à revoir avant d'être recalculée."
        )
    made = portfolio.propose_switches(ctx, [card.account.id], card.terms, card.model_id)
    flash("Proposition recalculée.")
    go(link("proposition", proposition=made))


def switchable(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep the open accounts that can be switched, of those of a scope."""
    return rows.filter(
        pl.col("envelope").is_in(sorted(portfolio.SWITCHABLE)) & pl.col("closed_on").is_null()
    )
