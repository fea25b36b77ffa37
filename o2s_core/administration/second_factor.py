"""What proves a user beyond the password: a code of six digits, or a recovery code."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Final

import pyotp
import segno
from sqlmodel import Session, col, delete, select, update

from o2s_core import store
from o2s_core.administration.models import Firm, RecoveryCode, User
from o2s_core.administration.passwords import CLEAR
from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission

PERIOD: Final = 30  #: seconds a code lives
DRIFT: Final = 1  #: steps of clock difference that are forgiven
RECOVERY_CODES: Final = 8
DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor being set up: what the phone scans, and its sealed copy."""

    sealed: str
    typed: str  #: the secret as somebody without a camera types it
    qr: str  #: picture, as an address that holds the whole drawing (SVG)


def propose(place: Place, user: User, firm: Firm, seal_for: str) -> Enrolment:
    """Draw a new secret; nothing is stored before a first code proves it."""
    secret = pyotp.random_base32()
    uri = pyotp.TOTP(secret, name=user.login, issuer=f"O2S {firm.name}").provisioning_uri()
    picture = segno.make(uri, error="m").svg_data_uri(scale=5, border=3, light="white")
    spaced = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return Enrolment(store.seal(place, secret, f"enrolment:{seal_for}"), spaced, picture)


def adopt(tx: store.Tx, user: User, sealed: str, seal_for: str, code: str) -> tuple[str, ...]:
    """Give a user the proposed second factor once its first code is right; return recovery codes.

    The eight codes are shown this once; only their traces are kept.
    """
    secret = store.unseal(tx.ctx.place, sealed, f"enrolment:{seal_for}")
    step = right_step(secret, code, tx.ctx.now, after=0)
    if step is None:
        raise InvalidInputError(
            "Ce code n'est pas celui attendu : vérifiez l'heure du téléphone, puis saisissez "
            "le code affiché maintenant."
        )
    user.totp_secret = store.seal(tx.ctx.place, secret, _cell(user))
    user.totp_last_step = step
    return draw_recovery_codes(tx, user)


def is_right(tx: store.Tx, user: User, code: str) -> bool:
    """Return whether a code proves the user, and use it up: no code works twice."""
    typed = code.replace(" ", "").strip()
    if len(typed) == DIGITS and typed.isdigit():
        return _use_step(tx, user, typed)
    return _use_recovery_code(tx, user, typed)


def right_step(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """Return the half-minute whose code this is, later than `after` and near now, or None."""
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // PERIOD
    typed = code.replace(" ", "")
    near = range(present - DRIFT, present + DRIFT + 1)
    right = [step for step in near if compare_digest(totp.at(step * PERIOD), typed)]
    return next((step for step in right if step > after), None)


def draw_recovery_codes(tx: store.Tx, user: User) -> tuple[str, ...]:
    """Replace a user's recovery codes; return the new ones, to be kept on paper."""
    tx.session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    for code in codes:
        trace = _trace(tx.ctx.place, code)
        tx.session.add(RecoveryCode(firm_id=user.firm_id, user_id=user.id or 0, code_hash=trace))
    return codes


def forget(session: Session, user: User) -> None:
    """Take a second factor away, with its recovery codes."""
    user.totp_secret, user.totp_last_step = None, 0
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))


def propose_mine(ctx: Context) -> Enrolment:
    """Draw a second factor for the user who asks."""
    ctx.require(Permission.SELF_MANAGE)
    with store.reading(ctx) as session:
        user, firm = session.get_one(User, ctx.user_id), session.get_one(Firm, ctx.firm_id)
        return propose(ctx.place, user, firm, f"user {ctx.user_id}")


def adopt_mine(ctx: Context, sealed: str, code: str) -> tuple[str, ...]:
    """Set up the user's second factor, or replace it; return the recovery codes."""
    ctx.require(Permission.SELF_MANAGE)
    with store.tx(ctx) as tx:
        user = tx.session.get_one(User, ctx.user_id)
        codes = adopt(tx, user, sealed, f"user {ctx.user_id}", code)
        tx.audit("enrol", "second_factor", ctx.user_id)
    return codes


def codes_left(ctx: Context) -> int:
    """Return how many recovery codes the user has not used."""
    ctx.require(Permission.SELF_MANAGE)
    query = select(RecoveryCode.id).where(
        RecoveryCode.user_id == ctx.user_id, col(RecoveryCode.used_at).is_(None)
    )
    with store.reading(ctx) as session:
        return len(session.exec(query).all())


def _use_step(tx: store.Tx, user: User, code: str) -> bool:
    if user.totp_secret is None:
        return False
    secret = store.unseal(tx.ctx.place, user.totp_secret, _cell(user))
    step = right_step(secret, code, tx.ctx.now, after=user.totp_last_step)
    if step is None:
        return False
    taken = tx.session.exec(
        update(User)
        .where(col(User.id) == user.id, col(User.totp_last_step) < step)
        .values(totp_last_step=step)
    )
    return bool(taken.rowcount == 1)


def _use_recovery_code(tx: store.Tx, user: User, code: str) -> bool:
    taken = tx.session.exec(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user.id,
            col(RecoveryCode.code_hash) == _trace(tx.ctx.place, code),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=tx.ctx.now)
    )
    return bool(taken.rowcount == 1)


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(CLEAR) for _ in range(5)) for _ in range(2))


def _trace(place: Place, code: str) -> str:
    return store.blind_index(place, code.replace("-", "").lower(), "recovery_code:code")


def _cell(user: User) -> str:
    return f"app_user:totp_secret:{user.id}"
