"""What a movement of cash is, when only its label and its sign tell."""

import re
from decimal import Decimal
from typing import Final

TOLD: Final = (
    (re.compile(r"\bINTEREST|\bINT[ÉE]R[ÊE]T", re.IGNORECASE), "interest"),
    (re.compile(r"\bDIVIDEND", re.IGNORECASE), "dividend"),
    (re.compile(r"\bFEES?\b|\bFRAIS\b", re.IGNORECASE), "fee"),
)


def told(label: str) -> str | None:
    """Return the kind that a label names, None when it names none."""
    return next((kind for pattern, kind in TOLD if pattern.search(label)), None)


def by_sign(amount: Decimal) -> str:
    """Return what a movement that says nothing more is: money in, or money out."""
    return "deposit" if amount > 0 else "withdrawal"
