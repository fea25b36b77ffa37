"""Who is signed in, in which browser, until when [Mes sessions]."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Final

import polars as pl
from sqlmodel import Session, col, select, update

from o2s_core import store
from o2s_core.administration.identity import context_of
from o2s_core.administration.models import User, UserSession
from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import NotFoundError, NotSignedInError
from o2s_core.kernel.permissions import Permission

ABSOLUTE: Final = timedelta(hours=12)
STEP: Final = timedelta(minutes=10)  #: to finish signing in
#: My open sessions; `mark` says which one asks.
SESSIONS: Final = pl.Schema(
    {
        "sid": pl.String(),
        "device": pl.String(),
        "started_at": pl.Datetime("us", "UTC"),
        "last_seen_at": pl.Datetime("us", "UTC"),
        "mark": pl.String(),
    }
)
TOUCH: Final = timedelta(minutes=1)  #: how finely activity is written
_endings = count(1)
_last_ending = 0


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that holds; `pending` says what sign-in still asks, "" when nothing."""

    sid: str
    user_id: int
    firm_id: int
    pending: str
    started_at: datetime
    last_seen_at: datetime
    agent: str


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One of my open sessions, as « Mon compte » lists it."""

    sid: str
    device: str
    started_at: datetime
    last_seen_at: datetime
    is_current: bool


def fingerprint(token: str) -> str:
    """Return what is stored of a secret: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(
    tx: store.Tx, user: User, *, pending: str, agent: str, idle_minutes: int, second_factor: bool
) -> str:
    """Open a session and return its secret: 256 bits, known to the browser alone."""
    token, now = secrets.token_urlsafe(32), tx.ctx.now
    row = UserSession(
        token_hash=fingerprint(token),
        sid=secrets.token_hex(16),
        firm_id=user.firm_id,
        user_id=user.id or 0,
        pending=pending,
        created_at=now,
        last_seen_at=now,
        expires_at=now + (STEP if pending else ABSOLUTE),
        idle_minutes=idle_minutes,
        second_factor=second_factor,
        agent=agent[:200],
    )
    tx.session.add(row)
    tx.session.flush()
    return token


def signed_in(place: Place, token: str, now: datetime) -> SignedIn | None:
    """Return the session behind a browser's secret, None when it ended or never was."""
    with Session(store.engine(place)) as session:
        row = session.get(UserSession, fingerprint(token))
        if row is None or not _holds(row, now):
            return None
        active = session.exec(select(User.active).where(User.id == row.user_id)).first()
    return _view(row) if active else None


def touch(place: Place, token: str, now: datetime) -> None:
    """Note that somebody is at the screen; written once a minute at most."""
    row = UserSession
    with Session(store.engine(place)) as session:
        session.exec(
            update(row)
            .where(col(row.token_hash) == fingerprint(token))
            .where(col(row.last_seen_at) < now - TOUCH)
            .values(last_seen_at=now)
        )
        session.commit()


def context_of_session(place: Place, sid: str, now: datetime, today: date) -> Context:
    """Return the context of a session's owner as of now: rights, perimeter, data versions."""
    with Session(store.engine(place)) as session:
        row = session.exec(select(UserSession).where(UserSession.sid == sid)).first()
    if row is None or row.pending or not _holds(row, now):
        raise NotSignedInError
    try:
        return context_of(place, row.user_id, now, today)
    except NotFoundError:
        raise NotSignedInError from None


def my_sessions(ctx: Context, current_sid: str = "") -> tuple[SessionLine, ...]:
    """Return the open sessions of the user, the latest first."""
    ctx.require(Permission.SELF_MANAGE)
    query = select(UserSession).where(
        UserSession.firm_id == ctx.firm_id,
        UserSession.user_id == ctx.user_id,
        UserSession.pending == "",
        col(UserSession.revoked_at).is_(None),
    )
    with store.reading(ctx) as session:
        rows = [r for r in session.exec(query).all() if _holds(r, ctx.now)]
    rows.sort(key=lambda r: r.last_seen_at, reverse=True)
    return tuple(
        SessionLine(r.sid, device(r.agent), r.created_at, r.last_seen_at, r.sid == current_sid)
        for r in rows
    )


def session_rows(ctx: Context, current_sid: str = "") -> pl.DataFrame:
    """Return the open sessions of the user as SESSIONS, the latest first."""
    ctx.require(Permission.SELF_MANAGE)
    lines = my_sessions(ctx, current_sid)
    rows = [
        (s.sid, s.device, s.started_at, s.last_seen_at, "Cette session" if s.is_current else "")
        for s in lines
    ]
    return pl.DataFrame(rows, schema=SESSIONS, orient="row")


def close_my_session(ctx: Context, sid: str) -> None:
    """Close one of the user's own sessions; its open tabs are cut at their next click."""
    ctx.require(Permission.SELF_MANAGE)
    with store.tx(ctx) as tx:
        owned = (UserSession.user_id == ctx.user_id, UserSession.firm_id == ctx.firm_id)
        row = tx.session.exec(select(UserSession).where(UserSession.sid == sid, *owned)).first()
        if row is None:
            raise NotFoundError("Session", sid[:8])
        _end(row, ctx.now, "closed")
        tx.audit("close", "session", sid[:8])
    _note_ending()


def close_sessions_of(ctx: Context, user_id: int) -> int:
    """Close every session of a user; return how many were open."""
    ctx.require(Permission.SESSION_CLOSE)
    with store.tx(ctx) as tx:
        user = tx.session.get(User, user_id)
        if user is None or user.firm_id != ctx.firm_id:
            raise NotFoundError("Utilisateur", user_id)
        closed = end_all(tx, user_id, "closed by an administrator")
        tx.audit("close_sessions", "user", user_id, after={"sessions": closed})
    return closed


def sign_out(place: Place, token: str, now: datetime, today: date) -> None:
    """End the session behind a secret; a secret that opens nothing is ignored."""
    found = signed_in(place, token, now)
    if found is None:
        return
    ctx = context_of(place, found.user_id, now, today)
    with store.tx(ctx) as tx:
        row = tx.session.get_one(UserSession, fingerprint(token))
        _end(row, now, "logout")
        tx.audit("logout", "session", found.sid[:8])
    _note_ending()


def end(tx: store.Tx, token: str, reason: str) -> None:
    """End one session by its secret, inside a write."""
    row = tx.session.get(UserSession, fingerprint(token))
    if row is not None:
        _end(row, tx.ctx.now, reason)
    _note_ending()


def end_all(tx: store.Tx, user_id: int, reason: str, *, keep_sid: str = "") -> int:
    """End the sessions of a user, one excepted; return how many."""
    query = select(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.sid != keep_sid,
        col(UserSession.revoked_at).is_(None),
    )
    rows = [r for r in tx.session.exec(query).all() if _holds(r, tx.ctx.now)]
    for row in rows:
        _end(row, tx.ctx.now, reason)
    _note_ending()
    return len(rows)


def last_ending() -> int:
    """Return a number that steps whenever this process ends a session."""
    return _last_ending


def device(agent: str) -> str:
    """Return a browser's own description in three words: `Firefox, Windows`."""
    browsers = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {
        "Windows": "Windows",
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Mac OS": "macOS",
        "Linux": "Linux",
    }
    browser = next((name for sign, name in browsers.items() if sign in agent), "Navigateur")
    system = next((name for sign, name in systems.items() if sign in agent), "")
    return f"{browser}, {system}" if system else browser


def _note_ending() -> None:
    global _last_ending
    _last_ending = next(_endings)


def _end(row: UserSession, now: datetime, reason: str) -> None:
    row.revoked_at, row.revoked_for = now, reason


def _holds(row: UserSession, now: datetime) -> bool:
    idle = timedelta(minutes=row.idle_minutes)
    return row.revoked_at is None and now < row.expires_at and now < row.last_seen_at + idle


def _view(row: UserSession) -> SignedIn:
    return SignedIn(
        row.sid,
        row.user_id,
        row.firm_id,
        row.pending,
        row.created_at,
        row.last_seen_at,
        row.agent,
    )
