"""How the firm's accesses are doing [Administration]: people, sessions, refusals."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl
from sqlmodel import Session, col, func, select

from o2s_core import store
from o2s_core.administration.backups import backups
from o2s_core.administration.firm import FIRM_FORM, form_of
from o2s_core.administration.models import Firm, User, UserSession
from o2s_core.administration.profiles import profiles
from o2s_core.kernel import french
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
#: What waits for an administrator: what, why, and where it is dealt with.
ATTENTION: Final = pl.Schema({"what": pl.String(), "why": pl.String(), "href": pl.String()})


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
    attention: pl.DataFrame  #: ATTENTION

    @property
    def busiest_day(self) -> int:
        """Return the most sign-ins of one day, refused ones included or not."""
        return max(int(self.sign_ins[name].max() or 0) for name in ("accepted", "refused"))  # type: ignore[arg-type]


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
        attention=pl.DataFrame(_attention(ctx, firm, active), schema=ATTENTION, orient="row"),
    )


def _attention(ctx: Context, firm: Firm, active: list[User]) -> list[tuple[str, str, str]]:
    """Return what an administrator should look at, the most pressing first."""
    never = sum(u.last_login_at is None for u in active)
    alone = sum(u.totp_secret is None for u in active)
    missing = [p.label for p in FIRM_FORM.problems(form_of(firm).values, ctx.today)]
    found = [
        (not firm.totp_required, "Double authentification", "au choix de chacun", "/societe"),
        (alone > 0, "Mot de passe seul", _active(alone), "/utilisateurs"),
        (bool(missing), "Fiche du cabinet incomplète", ", ".join(missing), "/societe"),
        (never > 0, "Jamais connectés", _active(never), "/utilisateurs"),
    ]
    if ctx.may(Permission.BACKUP_READ) and backups(ctx).is_late:
        found.insert(0, (True, "Sauvegarde en retard", "plus de 36 heures", "/sauvegardes"))
    return [(what, why, href) for holds, what, why, href in found if holds]


def _active(users: int) -> str:
    return french.count(users, "utilisateur actif", "utilisateurs actifs")


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
