"""Whose session is behind a request, asked of the store at most every two seconds."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from anyio import to_thread

from o2s_core import administration
from o2s_core.administration import SignedIn
from o2s_core.ui.web.environment import settings

FRESH: Final = 2.0  #: seconds
TOUCH: Final = 30.0  #: seconds between two notes of activity
MOST: Final = 10_000  #: sessions remembered


@dataclass(slots=True)
class Known:
    """A session as it was when last asked."""

    session: SignedIn
    asked: float
    ending: int
    noted: float


class Doorkeeper:
    """Remembers who is in; forgets at once whoever this process signs out."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def session(self, token: str, *, active: bool = True) -> SignedIn | None:
        """Return the finished session of a secret, None when there is none (any more).

        `active` says that a person did something: it keeps the session from
        falling idle. A page that refreshes itself does not.
        """
        if not token:
            return None
        known = self._known.get(token)
        if known is None or not _is_fresh(known):
            known = await self._ask(token, known)
        if known is None:
            return None
        if active and time.monotonic() - known.noted > TOUCH:
            known.noted = time.monotonic()
            self._note(token)
        return known.session

    async def _ask(self, token: str, before: Known | None) -> Known | None:
        ending = administration.last_ending()
        now, _ = settings().clock()
        found = await to_thread.run_sync(administration.signed_in, settings().place, token, now)
        if found is None or found.pending:
            self._known.pop(token, None)
            return None
        if len(self._known) >= MOST:
            self._known.clear()
        noted = before.noted if before else float("-inf")
        self._known[token] = Known(found, time.monotonic(), ending, noted)
        return self._known[token]

    def _note(self, token: str) -> None:
        """Write the activity aside: nobody waits for it."""
        note = asyncio.ensure_future(self._touch(token))
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)

    async def _touch(self, token: str) -> None:
        now, _ = settings().clock()
        await to_thread.run_sync(administration.touch, settings().place, token, now)


def _is_fresh(known: Known) -> bool:
    recent = time.monotonic() - known.asked < FRESH
    return recent and known.ending == administration.last_ending()
