"""How a statement becomes a file: the sections chosen, in their order, as PDF or as a workbook."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from o2s_core import exports
from o2s_core.kernel import french
from o2s_core.reporting.statements import lines, returns, summary, words, workbook
from o2s_core.reporting.statements.figures import Statement
from o2s_core.reporting.statements.sections import SECTIONS

MODEL: Final = Path(__file__).with_name("statement.typ")
#: Sections made of figures alone.
MADE: Final[Mapping[str, Callable[[Statement], dict[str, Any]]]] = {
    "synthesis": summary.synthesis,
    "allocation": summary.allocation,
    "positions": lines.positions,
    "contracts": lines.contracts,
    "performance": returns.performance,
    "movements": lines.movements,
    "costs": returns.costs,
    "legal": words.legal,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """What a statement shows, in order, and what is written around the figures."""

    sections: tuple[str, ...] = tuple(SECTIONS)
    letter: str = ""  #: the usual one when empty
    comment: str = ""


def pdf_of(said: Statement, layout: Layout | None = None) -> bytes:
    """Return a statement as PDF; same figures and layout, same bytes."""
    return exports.pdf(
        MODEL, _document(said, layout or Layout()), said.on, pictures=said.letterhead.pictures
    )


def xlsx_of(said: Statement, layout: Layout | None = None) -> bytes:
    """Return a statement as a workbook, a sheet a section; same figures, same bytes."""
    return exports.xlsx(workbook.sheets(said, (layout or Layout()).sections), said.on)


def _document(said: Statement, layout: Layout) -> dict[str, Any]:
    return {
        "house": said.letterhead.house,
        "title": "État de compte",
        "about": f"{said.scope.name}, au {french.day(said.on)}",
        "name": said.addressee,
        "period": f"Situation au {words.in_full(said.on)}, période {said.period}",
        "adviser": f"Votre conseiller : {said.adviser}" if said.adviser else "",
        "sections": [_section(said, layout, code) for code in layout.sections],
    }


def _section(said: Statement, layout: Layout, code: str) -> dict[str, Any]:
    texts = {
        "letter": lambda: words.letter(said, layout.letter),
        "comment": lambda: words.comment(said, layout.comment),
        "glossary": words.glossary,
    }
    made = texts[code]() if code in texts else MADE[code](said)
    return {"code": code, "title": SECTIONS[code], **made}
