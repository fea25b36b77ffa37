"""Where the words that were searched stand in a text."""

from typing import Final

from o2s_core.documents.stems import WORD, searched, stems

AROUND: Final = 70  #: letters shown each side
MOST: Final = 60_000  #: letters looked through


def snippet(text: str, typed: str) -> str:
    """Return the first passage that holds one of the words typed, empty when none does."""
    asked = [form for word in searched(typed) for form in word]
    whole = {form for form in asked if not form.endswith("*")}
    starts = tuple(form[:-1] for form in asked if form.endswith("*"))
    for found in WORD.finditer(text[:MOST]):
        forms = stems(found.group()).split()
        if whole.intersection(forms) or any(form.startswith(starts) for form in forms if starts):
            return _around(text, found.start(), found.end())
    return ""


def _around(text: str, start: int, end: int) -> str:
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    said = " ".join(text[first:last].split())
    return f"{'… ' if first else ''}{said}{' …' if last < len(text) else ''}"
