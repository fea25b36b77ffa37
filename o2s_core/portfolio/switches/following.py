"""Which account follows which model portfolio, and since when."""

from datetime import date, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from o2s_core import market, store
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.model_portfolios.catalogue import one_model
from o2s_core.market.model_portfolios.editing import remove_model
from o2s_core.portfolio.held_accounts import held_account
from o2s_core.portfolio.models import ModelFollowing, SwitchLine, SwitchProposal
from o2s_core.portfolio.switches.eligibility import require_switchable


def follow_model(ctx: Context, account_id: int, model_id: int) -> None:
    """Let an account follow a model from today on; the one it followed ends yesterday.

    Raises
    ------
    NotFoundError
        The account or the model is not there for this user.
    InvalidInputError
        The envelope is never switched, or the model is put away or not in force.
    """
    ctx.require(Permission.SWITCH_PROPOSE)
    with store.tx(ctx) as tx:
        account = held_account(tx.session, ctx, account_id)
        require_switchable(account.envelope)
        model = market.model_portfolio(ctx, model_id)
        if model.archived or model.in_force is None:
            raise InvalidInputError(
                f"« {model.name} » n'a pas de version en vigueur : choisissez un autre modèle."
            )
        kept = current(tx.session, ctx, [account_id]).get(account_id)
        if kept is not None and kept.model_id == model_id:
            return
        _end(tx, kept)
        tx.add(
            ModelFollowing(
                firm_id=ctx.firm_id, account_id=account_id, model_id=model_id, since=ctx.today
            )
        )
        holder = account.holders[0].contact_id if account.holders else None
        tx.audit("follow", "account", account_id, after={"model": model_id}, subject=holder)
        tx.touch("portfolio")


def leave_model(ctx: Context, account_id: int) -> None:
    """Let an account follow no model any more."""
    ctx.require(Permission.SWITCH_PROPOSE)
    with store.tx(ctx) as tx:
        account = held_account(tx.session, ctx, account_id)
        kept = current(tx.session, ctx, [account_id]).get(account_id)
        if kept is None:
            raise InvalidInputError("Ce compte ne suit aucun portefeuille modèle.")
        _end(tx, kept)
        holder = account.holders[0].contact_id if account.holders else None
        tx.audit("leave", "account", account_id, before={"model": kept.model_id}, subject=holder)
        tx.touch("portfolio")


def delete_model(ctx: Context, model_id: int) -> None:
    """Delete a model that no account follows or followed, and that no proposal names.

    Raises
    ------
    InvalidInputError
        It is followed, was followed, or a proposal was made from it: it is put away instead.
    """
    ctx.require(Permission.MODEL_WRITE)
    with store.tx(ctx) as tx:
        one_model(tx.session, ctx, model_id)
        used = {
            name: len(
                tx.session.exec(
                    select(model.id).where(
                        model.firm_id == ctx.firm_id, col(model.model_id) == model_id
                    )
                ).all()
            )
            for name, model in (("compte", ModelFollowing), ("proposition", SwitchProposal))
        }
        if any(used.values()):
            said = " et ".join(french.count(n, name) for name, n in used.items() if n)
            raise InvalidInputError(
                f"Ce portefeuille modèle est ou a été utilisé ({said}) : archivez-le, "
                "il ne sera plus proposé."
            )
        remove_model(tx, model_id)


def current(
    session: Session, ctx: Context, account_ids: list[int] | None = None
) -> dict[int, ModelFollowing]:
    """Return what accounts follow today, by account; all of the firm when none is named."""
    query = select(ModelFollowing).where(
        ModelFollowing.firm_id == ctx.firm_id, col(ModelFollowing.until).is_(None)
    )
    if account_ids is not None:
        query = query.where(col(ModelFollowing.account_id).in_(account_ids))
    return {row.account_id: row for row in session.exec(query)}


def _end(tx: store.Tx, kept: ModelFollowing | None) -> None:
    """End a following yesterday; one begun today leaves no trace."""
    if kept is None:
        return
    today: date = tx.ctx.today
    if kept.since >= today:
        tx.session.delete(kept)
    else:
        kept.until = today - timedelta(days=1)
        tx.add(kept)
    tx.session.flush()


def forget_switches(tx: store.Tx, account_id: int) -> None:
    """Take away what an account follows and what was proposed on it, before it is deleted."""
    proposals = select(SwitchProposal.id).where(col(SwitchProposal.account_id) == account_id)
    tx.session.execute(delete(SwitchLine).where(col(SwitchLine.proposal_id).in_(proposals)))
    for model in (SwitchProposal, ModelFollowing):
        tx.session.execute(delete(model).where(col(model.account_id) == account_id))
