"""How often somebody may try to sign in: per login, per second factor, per address."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, delete

from o2s_core import store
from o2s_core.administration.models import SignInCounter
from o2s_core.kernel.context import Place

FREE: Final = 4  #: tries in a row without delay
LONGEST: Final = timedelta(minutes=15)
FORGOTTEN: Final = timedelta(hours=24)
PER_ADDRESS: Final = 30  #: tries a minute
MINUTE: Final = timedelta(minutes=1)


def admit(session: Session, place: Place, kind: str, who: str, now: datetime) -> bool:
    """Return whether one more try is allowed, and count it at once as a failure.

    From the fifth in a row the next must wait 1, 2, 4… 15 minutes, never
    longer: nobody can lock a colleague out for good. Counting first, inside
    the writer's lock, is what makes a thousand simultaneous guesses cost few.
    A login nobody has is counted alike, so that it cannot be told apart.
    """
    counter = _counter(session, place, kind, who, now)
    if counter.locked_until is not None and now < counter.locked_until:
        return False
    if now - counter.last_at > FORGOTTEN:
        counter.tries = 0
    counter.tries += 1
    counter.last_at = now
    counter.locked_until = now + delay(counter.tries) if counter.tries > FREE else None
    return True


def admit_address(session: Session, place: Place, address: str, now: datetime) -> bool:
    """Return whether an address has not used up its tries of the minute, and count this one."""
    counter = _counter(session, place, "address", address, now)
    if now - counter.since >= MINUTE:
        counter.since, counter.tries = now, 0
    counter.tries += 1
    counter.last_at = now
    return counter.tries <= PER_ADDRESS


def delay(tries: int) -> timedelta:
    """Return how long to wait after so many tries in a row: 1 minute from the fifth, doubling."""
    doublings = min(max(tries - FREE - 1, 0), 4)
    return min(timedelta(minutes=2**doublings), LONGEST)


def forgive(session: Session, place: Place, kind: str, who: str) -> None:
    """Forget the tries of somebody who proved who they are, or whom an administrator frees."""
    session.exec(delete(SignInCounter).where(col(SignInCounter.key_hash) == _key(place, kind, who)))


def locked_until(session: Session, place: Place, login: str, now: datetime) -> datetime | None:
    """Return until when a login must wait, None when it need not."""
    counter = session.get(SignInCounter, _key(place, "login", login))
    if counter is None or counter.locked_until is None or counter.locked_until <= now:
        return None
    return counter.locked_until


def purge(session: Session, now: datetime) -> None:
    """Drop the counters that no longer matter."""
    session.exec(delete(SignInCounter).where(col(SignInCounter.last_at) < now - FORGOTTEN))


def _counter(session: Session, place: Place, kind: str, who: str, now: datetime) -> SignInCounter:
    key = _key(place, kind, who)
    found = session.get(SignInCounter, key)
    if found is None:
        found = SignInCounter(key_hash=key, since=now, last_at=now)
        session.add(found)
    return found


def _key(place: Place, kind: str, who: str) -> str:
    """Return what names a counter without saying whose it is."""
    return store.blind_index(place, who.casefold(), f"sign_in_counter:{kind}")
