"""What must always be true of accounts and their figures, for `o2s check`."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.portfolio.assets import AXES, assets_by
from o2s_core.portfolio.breakdowns import total_of
from o2s_core.portfolio.holders import HolderShare, share_problem
from o2s_core.portfolio.models import AccountHolder, Situation
from o2s_core.store import Finding, Invariant


def _shares(ctx: Context) -> Iterator[Finding]:
    """Yield the accounts whose holders do not own the whole."""
    holders: dict[int, list[HolderShare]] = defaultdict(list)
    with store.reading(ctx) as session:
        asked = select(AccountHolder).where(AccountHolder.firm_id == ctx.firm_id)
        for row in session.exec(asked).all():
            share = HolderShare(row.contact_id, row.share, row.right, row.role)
            holders[row.account_id].append(share)
    for account_id, shares in holders.items():
        if problem := share_problem(shares):
            message = f"Parts du compte {account_id} : {problem} Corrigez ses titulaires."
            yield Finding("shares", message, where=f"account {account_id}")


def _one_word_a_day(ctx: Context) -> Iterator[Finding]:
    """Yield the accounts of which two situations of the same day are in force."""
    asked = (
        columns(col(Situation.account_id), col(Situation.as_of))
        .where(col(Situation.firm_id) == ctx.firm_id, col(Situation.state) == "active")
        .group_by(col(Situation.account_id), col(Situation.as_of))
        .having(func.count() > 1)
    )
    with store.reading(ctx) as session:
        twice = session.execute(asked).all()
    for account_id, day in twice:
        message = (
            f"Deux situations du {day:%d/%m/%Y} sont actives pour le compte {account_id} : "
            "annulez la livraison de trop."
        )
        yield Finding("situations", message, where=f"account {account_id}")


def _every_axis(ctx: Context) -> Iterator[Finding]:
    """Yield the axes along which the firm's assets do not add up to the same total."""
    totals = {axis: total_of(assets_by(ctx, axis)["value_eur"]) for axis in sorted(AXES)}
    if len(set(totals.values())) > 1:
        said = ", ".join(f"{axis} {total}" for axis, total in totals.items())
        yield Finding(
            "axes",
            f"Les encours diffèrent selon l'axe ({said}) : reconstruisez les projections.",
        )


#: Declared for `o2s check`.
INVARIANTS: Final = (
    Invariant("shares", "Les titulaires détiennent tout le compte", _shares),
    Invariant("situations", "Une situation par jour et par compte", _one_word_a_day),
    Invariant("axes", "Les encours sont les mêmes selon tous les axes", _every_axis),
)
