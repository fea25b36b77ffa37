"""Which bank wrote this confirmation, and what does it say? (avis d'opéré, as text)."""

import re
from collections.abc import Callable
from typing import Final

from o2s_core.aggregation import formats
from o2s_core.aggregation.readers.boursobank_notices import read_boursobank
from o2s_core.aggregation.readers.text import decoded
from o2s_core.aggregation.statement import Refusal, Statement

#: What only this bank prints -> the reader of its confirmations.
BANKS: Final[tuple[tuple[re.Pattern[str], Callable[[list[str]], Statement | Refusal]], ...]] = (
    (re.compile(r"Références de votre compte titres"), read_boursobank),
)


def read_confirmation(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what a confirmation says, or that its bank is not read yet."""
    text = decoded(data).replace("\r\n", "\n")
    for sign, read in BANKS:
        if sign.search(text):
            return read(text.split("\n"))
    return formats.not_yet("pdf_text")
