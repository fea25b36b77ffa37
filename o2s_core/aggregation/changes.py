"""Which accounts changed in value without a reason? (V05, against the situation before)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl
from sqlmodel import Session, col, func, select

from o2s_core.aggregation.account_matching import Known
from o2s_core.aggregation.feed.tolerances import DEFAULT
from o2s_core.aggregation.statement import ANOMALIES, Statement
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import day, percent
from o2s_core.portfolio.models import Situation, SituationLine

Position = tuple[int, Decimal, Decimal | None]  #: lines, sum of quantities, sum of values


def unexplained_changes(
    session: Session,
    ctx: Context,
    statement: Statement,
    known: Mapping[str, Known],
    limit: Decimal = DEFAULT.account_change,
) -> pl.DataFrame:
    """Return the accounts whose value moved by more than `limit` while no unit moved (V05).

    Compared with the active situation just before, when both give as many lines
    and the same number of units; anything else is a flow, not a jump.
    """
    ids = {k.account_id: e for e, k in known.items() if k.account_id is not None}
    before = _before(session, ctx, set(ids))
    rows = []
    for external_id, as_of, *now in _now(statement).iter_rows():
        account_id = known[external_id].account_id if external_id in known else None
        past = before.get(account_id or 0)
        if past is None or past[0] >= as_of:
            continue
        jump = _jump(past[1], (now[0], now[1], now[2]))
        if jump is not None and abs(jump) > limit:
            rows.append(_anomaly(external_id, jump, past[0]))
    return pl.DataFrame(rows, ANOMALIES)


def _now(statement: Statement) -> pl.DataFrame:
    newest = statement.situations.sort("as_of").unique("external_id", keep="last")
    mine = statement.lines.join(newest.select("external_id", "as_of"), on=["external_id", "as_of"])
    return mine.group_by("external_id", "as_of").agg(
        pl.len(), pl.col("quantity").sum(), pl.col("value").sum()
    )


def _before(session: Session, ctx: Context, ids: set[int]) -> dict[int, tuple[date, Position]]:
    last = (
        select(Situation.account_id, func.max(Situation.as_of).label("as_of"))
        .where(
            Situation.firm_id == ctx.firm_id,
            Situation.state == "active",
            col(Situation.account_id).in_(ids),
        )
        .group_by(col(Situation.account_id))
        .subquery()
    )
    rows = session.exec(
        select(
            col(Situation.account_id),
            col(Situation.as_of),
            col(SituationLine.quantity),
            col(SituationLine.value),
        )
        .join(SituationLine, col(SituationLine.situation_id) == col(Situation.id))
        .join(
            last,
            (col(Situation.account_id) == last.c.account_id)
            & (col(Situation.as_of) == last.c.as_of),
        )
        .where(Situation.firm_id == ctx.firm_id, Situation.state == "active")
    )
    found: dict[int, tuple[date, Position]] = {}
    zero = Decimal(0)
    for account_id, as_of, quantity, value in rows:
        count, units, worth = found.get(account_id, (as_of, (0, zero, zero)))[1]
        found[account_id] = (
            as_of,
            (count + 1, units + (quantity or zero), (worth or zero) + (value or zero)),
        )
    return found


def _jump(before: Position, now: Position) -> Decimal | None:
    same_units = before[0] == now[0] and before[1] == now[1] and now[1] != 0
    return now[2] / before[2] - 1 if same_units and before[2] and now[2] is not None else None


def _anomaly(external_id: str, jump: Decimal, since: date) -> dict[str, str]:
    return {
        "external_id": external_id,
        "code": "V05",
        "severity": "warning",
        "locator": "",
        "field": "value",
        "raw": f"{jump:.4f}",
        "message": f"La valeur change de {percent(jump, signed=True)} depuis le {day(since)} sans "
        "qu'aucune quantité ne bouge : vérifiez les cours, puis acceptez ou rejetez.",
    }
