"""Which bank wrote this confirmation, and what does it say? (avis d'opéré, as text)."""

import re
from typing import Final

from o2s_core.aggregation.readers.notices.bourse_direct import BOURSE_DIRECT
from o2s_core.aggregation.readers.notices.boursobank import BOURSOBANK
from o2s_core.aggregation.readers.notices.fortuneo import FORTUNEO
from o2s_core.aggregation.readers.notices.notice import Bank, read_notice
from o2s_core.aggregation.readers.text import decoded
from o2s_core.aggregation.statement import Refusal, Statement

BANKS: Final[tuple[Bank, ...]] = (BOURSOBANK, BOURSE_DIRECT, FORTUNEO)


def read_confirmation(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what a confirmation says, or that its bank is not read."""
    return read_text(decoded(data))


def read_text(text: str) -> Statement | Refusal:
    """Return what the text of a confirmation says, or that its bank is not read."""
    plain = re.sub(r"\r\n?", "\n", text)
    bank = next((bank for bank in BANKS if bank.sign.search(plain)), None)
    return read_notice(bank, plain) if bank else _unread()


def _unread() -> Refusal:
    names = ", ".join(bank.name for bank in BANKS)
    return Refusal(
        "pdf_text", "U01", f"Ce document n'est pas un avis d'une banque qui est lue ({names}) : "
        "saisissez l'opération, ou demandez au partenaire un export CSV ou Excel.",
    )  # fmt: skip
