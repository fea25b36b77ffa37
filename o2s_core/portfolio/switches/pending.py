"""Which orders are under way? Those of a proposal that was kept and has not been executed yet."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO, cents
from o2s_core.portfolio.models import Movement, SwitchLine, SwitchProposal
from o2s_core.portfolio.movement_kinds import TRADES
from o2s_core.portfolio.switches.terms import read_terms

POSTED: Final = "posted"


def pending_orders(
    session: Session, ctx: Context, account_ids: Collection[int]
) -> dict[int, dict[int, Decimal]]:
    """Return what kept proposals still have to do: euros by account, then by support.

    Bought is positive, entry fee left out; sold is negative. A proposal is under way until a
    movement of one of the supports that it trades, dated of its day or later, has come.
    """
    query = (
        select(SwitchProposal, SwitchLine)
        .join(SwitchLine, col(SwitchLine.proposal_id) == col(SwitchProposal.id))
        .where(
            SwitchProposal.firm_id == ctx.firm_id,
            SwitchProposal.state == "kept",
            col(SwitchProposal.account_id).in_(list(account_ids)),
            SwitchLine.side != "",
        )
    )
    rows = list(session.exec(query))
    done = _executed(session, [row for row, _ in rows], [line for _, line in rows])
    found: dict[int, dict[int, Decimal]] = {}
    for row, line in rows:
        if row.id in done or line.instrument_id is None:
            continue
        own = found.setdefault(row.account_id, {})
        own[line.instrument_id] = own.get(line.instrument_id, ZERO) + _change(row, line)
    return found


def _change(row: SwitchProposal, line: SwitchLine) -> Decimal:
    amount = line.amount_eur or ZERO
    if line.side == "sell":
        return -amount
    return cents(amount * (1 - (read_terms(row.terms).entry_fee or ZERO)))


def _executed(
    session: Session, rows: list[SwitchProposal], lines: list[SwitchLine]
) -> frozenset[int | None]:
    """Return the proposals of which a support was traded since."""
    if not rows:
        return frozenset()
    query: Any = columns(
        col(Movement.account_id), col(Movement.instrument_id), col(Movement.trade_on)
    ).where(
        col(Movement.account_id).in_({row.account_id for row in rows}),
        col(Movement.instrument_id).in_({line.instrument_id for line in lines}),
        col(Movement.trade_on) >= min(row.made_on for row in rows),
        col(Movement.kind).in_(sorted(TRADES)),
        col(Movement.state) == POSTED,
    )
    traded = session.execute(query).all()
    return frozenset(
        row.id
        for row, line in zip(rows, lines, strict=True)
        for account, support, day in traded
        if account == row.account_id and support == line.instrument_id and day >= row.made_on
    )
