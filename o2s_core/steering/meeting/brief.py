"""The brief of an appointment, as the page shows it and the PDF prints it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from o2s_core import contacts, messaging, portfolio
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.portfolio import Holdings, MovementFilter, Performance
from o2s_core.steering.meeting.points import Point, points

#: One row per thing said or done since; `what` is French, `day` civil.
EXCHANGES: Final = pl.Schema({"day": pl.Date(), "what": pl.String(), "detail": pl.String()})


@dataclass(frozen=True, slots=True)
class MeetingBrief:
    """What an adviser should have in mind when the client comes in.

    `performance` runs from the close of `since` to today, None when nothing is
    known of these days. `movements` are those of the same days (schema
    `portfolio.MOVEMENTS`), None without the right to read them.
    """

    scope: Scope
    since: date
    held: Holdings
    performance: Performance | None
    movements: pl.DataFrame | None
    points: tuple[Point, ...]
    exchanges: pl.DataFrame


def usual_start(ctx: Context, scope: Scope) -> date:
    """Return since when to tell: the last message sent to one of them, else a year ago."""
    ctx.require(Permission.CONTACT_READ)
    sent = _sent(ctx, scope, None)
    days = sent["day"].drop_nulls()
    a_year = portfolio.start_of("1y", ctx.today, date.min)
    return max(days) if not days.is_empty() and max(days) < ctx.today else a_year


def meeting_brief(ctx: Context, scope: Scope, since: date) -> MeetingBrief:
    """Return the brief of a contact, a household or a group since a day.

    Every figure is the one of its own page: holdings of the Synthèse, gain and
    return of Performance, verdicts of the Audit.

    Raises
    ------
    InvalidInputError
        `since` is not in the past.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    ctx.require(Permission.CONTACT_READ)
    if since >= ctx.today:
        raise InvalidInputError("Choisissez un jour passé : le point se fait depuis ce jour.")
    held = portfolio.holdings(ctx, scope)
    moved = MovementFilter(start=since, end=ctx.today)
    return MeetingBrief(
        scope,
        since,
        held,
        portfolio.performance(ctx, scope, since),
        portfolio.movements(ctx, scope, moved) if ctx.may(Permission.MOVEMENT_READ) else None,
        points(ctx, scope, held),
        _exchanges(ctx, scope, since),
    )


def _exchanges(ctx: Context, scope: Scope, since: date) -> pl.DataFrame:
    """Return messages and changes of the file since a day, the latest first."""
    changes = [_changed(ctx, contact_id, since) for contact_id in scope.member_ids]
    return pl.concat([_sent(ctx, scope, since), *changes]).sort("day", descending=True)


def _sent(ctx: Context, scope: Scope, since: date | None) -> pl.DataFrame:
    if not ctx.may(Permission.MAIL_READ):
        return EXCHANGES.to_frame()
    rows = messaging.outbox(ctx, states=("sent",))
    mine = rows.filter(pl.col("contact_id").is_in(scope.member_ids)).select(
        day=_day("sent_at"), what=pl.format("Message à {}", "contact"), detail="subject"
    )
    return mine if since is None else mine.filter(pl.col("day") >= since)


def _changed(ctx: Context, contact_id: int, since: date) -> pl.DataFrame:
    rows = contacts.history(ctx, contact_id)
    told = pl.format("{} : {} → {}", "field", "before", "after")
    return rows.filter(_day("at") >= since, pl.col("field") != "").select(
        day=_day("at"), what=pl.lit("Dossier modifié"), detail=told
    )


def _day(column: str) -> pl.Expr:
    """Return the civil day of an instant."""
    return pl.col(column).dt.convert_time_zone(str(PARIS)).dt.date()
