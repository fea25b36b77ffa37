"""How the firm's accesses are doing [Administration]: people, sessions, refusals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl
from sqlmodel import Session, col, func, select

from o2s_core import store
from o2s_core.administration.models import Firm, User, UserSession
from o2s_core.administration.profiles import profiles
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.store import AuditEvent

REFUSALS: Final = ("login_refused", "code_refused")
DAYS: Final = 30
#: Sign-ins a day, every day of the period, in Paris.
SIGN_INS: Final = pl.Schema({"day": pl.Date(), "accepted": pl.Int64(), "refused": pl.Int64()})
#: Active users by profile, in the order of the matrix.
BY_PROFILE: Final = pl.Schema(
    {"profile": pl.String(), "users": pl.Int64(), "second_factor": pl.Int64()}
)


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of the general page."""

    active_users: int
    disabled_users: int
    without_second_factor: int
    open_sessions: int
    refused_today: int
    audit_lines: int
    totp_required: bool
    sign_ins: pl.DataFrame  #: SIGN_INS
    by_profile: pl.DataFrame  #: BY_PROFILE


def overview(ctx: Context) -> Overview:
    """Return who may come in, who is in, and who was refused."""
    ctx.require(Permission.ADMIN_VIEW)
    with store.reading(ctx) as session:
        users = session.exec(select(User).where(User.firm_id == ctx.firm_id)).all()
        firm = session.get_one(Firm, ctx.firm_id)
        lines = session.exec(
            select(func.count()).select_from(AuditEvent).where(AuditEvent.firm_id == ctx.firm_id)
        ).one()
        sign_ins = _sign_ins(session, ctx)
        sessions = _open_sessions(session, ctx)
    active = [u for u in users if u.active]
    return Overview(
        active_users=len(active),
        disabled_users=len(users) - len(active),
        without_second_factor=sum(u.totp_secret is None for u in active),
        open_sessions=sessions,
        refused_today=int(sign_ins.filter(pl.col("day") == ctx.today)["refused"].sum()),
        audit_lines=lines,
        totp_required=firm.totp_required,
        sign_ins=sign_ins,
        by_profile=_by_profile(active),
    )


def _open_sessions(session: Session, ctx: Context) -> int:
    query = select(UserSession).where(
        UserSession.firm_id == ctx.firm_id,
        UserSession.pending == "",
        col(UserSession.revoked_at).is_(None),
        col(UserSession.expires_at) > ctx.now,
    )
    rows = session.exec(query).all()
    return sum(ctx.now < r.last_seen_at + timedelta(minutes=r.idle_minutes) for r in rows)


def _sign_ins(session: Session, ctx: Context) -> pl.DataFrame:
    first = ctx.today - timedelta(days=DAYS - 1)
    query = select(AuditEvent.at, AuditEvent.action).where(
        AuditEvent.firm_id == ctx.firm_id,
        col(AuditEvent.action).in_(("login", *REFUSALS)),
        col(AuditEvent.at) >= ctx.now - timedelta(days=DAYS),
    )
    counts = {first + timedelta(days=n): [0, 0] for n in range(DAYS)}
    for at, action in session.exec(query).all():
        day = _day(at)
        if day in counts:
            counts[day][action != "login"] += 1
    rows = [(day, accepted, refused) for day, (accepted, refused) in counts.items()]
    return pl.DataFrame(rows, schema=SIGN_INS, orient="row")


def _by_profile(active: list[User]) -> pl.DataFrame:
    rows = [
        (
            p.label,
            sum(u.profile == p.code for u in active),
            sum(u.profile == p.code and u.totp_secret is not None for u in active),
        )
        for p in profiles().values()
    ]
    return pl.DataFrame([r for r in rows if r[1]], schema=BY_PROFILE, orient="row")


def _day(at: datetime) -> date:
    return at.astimezone(PARIS).date()
