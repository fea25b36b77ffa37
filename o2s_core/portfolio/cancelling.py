"""How a delivery is taken back: what was known before it is known again."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlmodel import Session, col, or_, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account, Movement, Situation
from o2s_core.portfolio.projections import mark
from o2s_core.portfolio.recording import require_feeding
from o2s_core.portfolio.visibility import visible

FactT = TypeVar("FactT", Situation, Movement)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What taking back a delivery undid.

    `gaps` are accounts and days without any situation left, `emptied` the accounts
    that lost movements. Another delivery may have said the same and been counted
    as a duplicate: record it again with `fill_only=True`, newest first, and the
    store is as if the cancelled delivery had never come.
    """

    situations: int
    movements: int
    account_ids: frozenset[int]
    gaps: frozenset[tuple[int, date]]
    emptied: frozenset[int]


def cancel_delivery(tx: store.Tx, delivery_id: int) -> Cancelled:
    """Take back what a delivery brought, inside the open write; everything stays readable.

    Its situations and movements are cancelled, the revisions that they replaced
    are active again, and the movements that it withdrew are posted again.
    """
    tx.ctx.require(Permission.FEED_CANCEL)
    days = _cancel_situations(tx.session, tx.ctx, delivery_id)
    moved = _cancel_movements(tx.session, tx.ctx, delivery_id)
    gaps = _restack_situations(tx.session, tx.ctx, days)
    emptied = _restack_movements(tx.session, tx.ctx, moved)
    accounts = frozenset({a for a, _ in days} | {a for a, _, _ in moved})
    if accounts:
        tx.touch("portfolio")
        mark(tx, accounts)
    return Cancelled(len(days), len(moved), accounts, frozenset(gaps), frozenset(emptied))


def cancel_takeover(tx: store.Tx, takeover_id: int, account_ids: Collection[int]) -> Cancelled:
    """Take back what a takeover brought to some accounts, inside the open write.

    Like `cancel_delivery`: what was known before is known again.
    """
    tx.ctx.require(Permission.DATA_TAKEOVER)
    session, ctx = tx.session, tx.ctx
    days, moved = set(), set()
    for held in _of_takeover(session, ctx, Situation, takeover_id, account_ids):
        held.state = "cancelled"
        days.add((held.account_id, held.as_of))
    for posted in _of_takeover(session, ctx, Movement, takeover_id, account_ids):
        posted.state = "cancelled"
        moved.add((posted.account_id, posted.key, posted.ordinal))
    session.flush()
    gaps = _restack_situations(session, ctx, days)
    emptied = _restack_movements(session, ctx, moved)
    accounts = frozenset({a for a, _ in days} | {a for a, _, _ in moved})
    if accounts:
        tx.touch("portfolio")
        mark(tx, accounts)
    return Cancelled(len(days), len(moved), accounts, frozenset(gaps), frozenset(emptied))


def _of_takeover(
    session: Session,
    ctx: Context,
    model: type[FactT],
    takeover_id: int,
    account_ids: Collection[int],
) -> Sequence[FactT]:
    seen = select(Account.id).where(
        Account.firm_id == ctx.firm_id, visible(ctx), col(Account.id).in_(list(account_ids))
    )
    mine = (
        col(model.firm_id) == ctx.firm_id,
        col(model.takeover_id) == takeover_id,
        col(model.account_id).in_(seen),
        col(model.state) != "cancelled",
    )
    return session.exec(select(model).where(*mine)).all()


def restack(tx: store.Tx, account_ids: Collection[int]) -> None:
    """Put in force, on some accounts, what was received last of each day and movement.

    After something was recorded at the moment at which it had come, older than
    what others said since.
    """
    require_feeding(tx.ctx)
    here = (
        Situation.firm_id == tx.ctx.firm_id,
        col(Situation.account_id).in_(list(account_ids)),
        Situation.state != "cancelled",
    )
    days = set(
        tx.session.exec(select(col(Situation.account_id), col(Situation.as_of)).where(*here)).all()
    )
    _restack_situations(tx.session, tx.ctx, {(account_id, day) for account_id, day in days})
    moves = _standing(tx.session, tx.ctx, account_ids)
    _restack_movements(tx.session, tx.ctx, {(m.account_id, m.key, m.ordinal) for m in moves})
    if account_ids:
        tx.touch("portfolio")
        mark(tx, account_ids)


def _cancel_situations(session: Session, ctx: Context, delivery_id: int) -> set[tuple[int, date]]:
    rows = session.exec(
        select(Situation).where(
            Situation.firm_id == ctx.firm_id,
            Situation.delivery_id == delivery_id,
            Situation.state != "cancelled",
        )
    ).all()
    for row in rows:
        row.state = "cancelled"
    session.flush()
    return {(row.account_id, row.as_of) for row in rows}


def _restack_situations(
    session: Session, ctx: Context, days: set[tuple[int, date]]
) -> list[tuple[int, date]]:
    """Make the word received last the one in force; return the days of which none is left."""
    left: dict[tuple[int, date], list[Situation]] = defaultdict(list)
    for row in session.exec(
        select(Situation)
        .where(
            Situation.firm_id == ctx.firm_id,
            col(Situation.account_id).in_({account_id for account_id, _ in days}),
            col(Situation.as_of).in_({as_of for _, as_of in days}),
            Situation.state != "cancelled",
        )
        .order_by(col(Situation.received_at), col(Situation.revision))
    ):
        left[row.account_id, row.as_of].append(row)
    for day in days:
        for row in left[day]:
            row.state = "active" if row is left[day][-1] else "superseded"
    session.flush()
    return [day for day in days if not left[day]]


def _cancel_movements(
    session: Session, ctx: Context, delivery_id: int
) -> set[tuple[int, str, int]]:
    """Cancel what a delivery posted, and give back what it withdrew."""
    rows = session.exec(
        select(Movement).where(
            Movement.firm_id == ctx.firm_id,
            or_(
                col(Movement.delivery_id) == delivery_id, col(Movement.withdrawn_by) == delivery_id
            ),
            Movement.state != "cancelled",
        )
    ).all()
    for row in rows:
        if row.delivery_id == delivery_id:
            row.state = "cancelled"
        else:
            row.withdrawn_by = None
    session.flush()
    return {(row.account_id, row.key, row.ordinal) for row in rows}


def _restack_movements(session: Session, ctx: Context, keys: set[tuple[int, str, int]]) -> set[int]:
    """Post what was recorded last of each movement; return who has one less."""
    left: dict[tuple[int, str, int], list[Movement]] = defaultdict(list)
    accounts = {account_id for account_id, _, _ in keys}
    for row in _standing(session, ctx, accounts):
        left[row.account_id, row.key, row.ordinal].append(row)
    for key in keys:
        for row in left[key]:
            last = row is left[key][-1]
            withdrawn = "cancelled_by_partner" if row.withdrawn_by else "posted"
            row.state = withdrawn if last else "superseded"
    session.flush()
    return {key[0] for key in keys if not left[key]}


def _standing(session: Session, ctx: Context, accounts: Iterable[int]) -> list[Movement]:
    query = (
        select(Movement)
        .where(
            Movement.firm_id == ctx.firm_id,
            col(Movement.account_id).in_(list(accounts)),
            Movement.state != "cancelled",
        )
        .order_by(col(Movement.recorded_at), col(Movement.revision))
    )
    return list(session.exec(query))
