"""Words as they are searched in French: whatever the accents, the case, the ending.

Both orders are kept of each word: stem then fold finds « fiscalités » by « fiscalité »,
fold then stem finds it by « fiscalite » typed without accent.
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import snowballstemmer

WORD: Final = re.compile(r"\w+")
_own: Final = threading.local()  # a stemmer keeps state: one for each thread


def stems(text: str) -> str:
    """Return the forms of the words of a text, separated by spaces, each word in its order."""
    return " ".join(_forms(word) for word in WORD.findall(text.casefold()))


def searched(typed: str) -> list[Sequence[str]]:
    """Return, for each word typed, the forms that a document may hold; the last may go on."""
    words = WORD.findall(typed.casefold())[:12]
    forms = [[part for part in _forms(word).split() if part] for word in words]
    if forms and len(words[-1]) > 2:
        forms[-1] = [*forms[-1], f"{_fold(words[-1])}*"]
    return [form for form in forms if form]


@lru_cache(maxsize=200_000)
def _forms(word: str) -> str:
    stemmer = getattr(_own, "stemmer", None)
    if stemmer is None:
        stemmer = _own.stemmer = snowballstemmer.stemmer("french")
    both = _fold(stemmer.stemWord(word)), stemmer.stemWord(_fold(word))
    return both[0] if both[0] == both[1] else " ".join(both)


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.replace("œ", "oe").replace("æ", "ae"))
    return re.sub(r"[^a-z0-9]", "", plain)
