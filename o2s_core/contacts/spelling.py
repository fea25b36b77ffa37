"""A name that nobody bears may be a slip of the finger: the nearest word of the directory."""

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.identifiers import search_key

SHORTEST = 4  #: letters; a shorter word is too near to too many


def corrected(ctx: Context, text: str) -> str:
    """Return a text with its unknown words replaced by the nearest of the directory.

    One slip in a word of up to seven letters, two in a longer one (a letter
    left out, added, changed, or two exchanged). Empty when nothing is near.
    The words are the firm's; who answers to them is for the search to say.
    """
    known = _words(ctx.place, ctx.firm_id, ctx.versions.get("contacts", 0))
    words = search_key(text).split()
    better = [word if _begins_one(word, known) else _nearest(word, known) for word in words]
    return " ".join(better) if all(better) and better != words else ""


def _begins_one(word: str, known: tuple[str, ...]) -> bool:
    return any(other.startswith(word) for other in known)


def _nearest(word: str, known: tuple[str, ...]) -> str:
    if len(word) < SHORTEST or not word.isalpha():
        return ""
    slips = 1 if len(word) < 8 else 2
    found = process.extractOne(word, known, scorer=OSA.distance, score_cutoff=slips)
    return found[0] if found else ""


@lru_cache(maxsize=4)
def _words(place: Place, firm_id: int, _version: int) -> tuple[str, ...]:
    """Return the words of the directory, read again when a contact changed."""
    query = select(col(Contact.search_key)).where(col(Contact.firm_id) == firm_id).distinct()
    with store.engine(place).connect() as connection:
        keys = connection.execute(query).scalars()
        words = {word for key in keys for word in key.split() if word.isalpha()}
    return tuple(sorted(words))
