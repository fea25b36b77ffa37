"""Which contract does a file speak of? Contract numbers read in its name, else in its text."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

WORD: Final = re.compile(r"[A-Z0-9]+")
SHORTEST: Final = 5  #: characters of a number that may be recognised
JOINED: Final = 6  #: words that together may write one number: « 12 345 678 », « AV-2019-0012 »
MOST: Final = 60_000  #: letters of a text that are looked at


def contracts_named(
    file_name: str, text: str, known: Mapping[str, tuple[int, ...]]
) -> tuple[int, ...]:
    """Return the contracts whose number stands in the name of a file, else in its text.

    `known` gives, for each number without spaces nor signs, the contracts that bear it.
    A number of fewer than five characters, or without three digits, is not looked for.
    """
    for said in (file_name, text[:MOST]):
        found = {i for number in _numbers(said) for i in known.get(number, ())}
        if found:
            return tuple(sorted(found))
    return ()


def may_be_recognised(number: str) -> bool:
    """Return whether a number is long enough to be no other word of a document."""
    return len(number) >= SHORTEST and sum(c.isdigit() for c in number) >= 3


def _numbers(said: str) -> Iterator[str]:
    words = WORD.findall(said.upper())
    for first in range(len(words)):
        joined = ""
        for word in words[first : first + JOINED]:
            joined += word
            yield joined
