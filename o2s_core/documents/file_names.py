"""What a file is called here: never a path, never a letter that hides another."""

import unicodedata
from pathlib import PurePosixPath
from typing import Final

LONGEST: Final = 120
#: Unicode categories that nobody sees: controls, formats (bidirectional marks), surrogates.
UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean_name(name: str) -> str:
    """Return the last part of a name without what cannot be seen, 120 characters at most."""
    plain = unicodedata.normalize("NFKC", name)
    plain = "".join(c for c in plain if unicodedata.category(c) not in UNSEEN)
    last = plain.replace("\\", "/").rsplit("/", 1)[-1].strip(" .")
    ending = PurePosixPath(last).suffix[:10]
    stem = last.removesuffix(ending) or "document"
    return stem[: LONGEST - len(ending)] + ending


def title_of(name: str) -> str:
    """Return what a document is called when nobody said: its file, without its ending."""
    stem = PurePosixPath(clean_name(name)).stem
    return " ".join(stem.replace("_", " ").split()) or "Document"
