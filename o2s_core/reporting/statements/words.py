"""What is said around the figures: letter, comment, lexicon, legal mentions."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from o2s_core.kernel import french
from o2s_core.kernel.errors import FieldProblem, InvalidInputError
from o2s_core.reporting.statements.figures import Statement

MONTHS: Final = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
                 "septembre", "octobre", "novembre", "décembre")  # fmt: skip
#: What a letter or a comment may say by name, and what each is.
FIELDS: Final[Mapping[str, str]] = {
    "salutation": "Madame, Monsieur, ou les deux",
    "client": "le nom du client",
    "date": "le jour de l'état",
    "debut": "le premier jour de la période",
    "periode": "la période, en toutes lettres",
    "valeur": "la valeur du jour",
    "gain": "le gain de la période",
    "performance": "la performance de la période",
    "conseiller": "le conseiller",
    "cabinet": "le cabinet",
}
FIELD: Final = re.compile(r"\{\{\s*(\w*)\s*\}\}")


@cache
def usual() -> dict[str, Any]:
    """Return what every statement may say: `letter`, `lexicon`, `legal`."""
    return yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))


def require_fields(text: str, key: str, label: str) -> None:
    """Refuse a text that names something a statement cannot say."""
    unknown = [name for name in FIELD.findall(text) if name not in FIELDS]
    if unknown:
        known = ", ".join(f"{{{{{name}}}}}" for name in FIELDS)
        why = f"« {{{{{unknown[0]}}}}} » n'existe pas ; vous pouvez écrire {known}."
        raise InvalidInputError([FieldProblem(key, label, why)])


def filled(text: str, said: Statement) -> list[str]:
    """Return the paragraphs of a text, its fields replaced by what the statement says."""
    found = said.performance
    known = {
        "salutation": said.salutation,
        "client": said.addressee,
        "date": in_full(said.on),
        "debut": in_full(said.start),
        "periode": f"du {in_full(said.start)} au {in_full(said.on)}",
        "valeur": french.eur(said.held.total_eur),
        "gain": french.eur(found.gain_eur, signed=True) if found else "n.c.",
        "performance": french.percent(found.twr if found else None, 2, signed=True),
        "conseiller": said.adviser or said.letterhead.name,
        "cabinet": said.letterhead.name,
    }
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    return [FIELD.sub(lambda seen: known.get(seen[1], seen[0]), part) for part in parts]


def letter(said: Statement, text: str) -> dict[str, Any]:
    """Return the cover letter."""
    firm = said.letterhead
    reach = [" ".join(firm.address.split()), firm.phone, firm.email, firm.website]
    return {
        "firm": [firm.name, *(line for line in reach if line)],
        "addressee": said.addressee,
        "day": f"Le {in_full(said.made_on)}",
        "subject": f"État de vos avoirs au {in_full(said.on)}",
        "paragraphs": filled(text or usual()["letter"], said),
        "signed": [line for line in (said.adviser, firm.name) if line],
    }


def comment(said: Statement, text: str) -> dict[str, Any]:
    """Return the adviser's comment; empty when he wrote none."""
    return {"paragraphs": filled(text, said)}


def glossary() -> dict[str, Any]:
    """Return what the words of the document mean."""
    return {
        "terms": [
            {"term": term, "meaning": meaning} for term, meaning in usual()["lexicon"].items()
        ]
    }


def legal(said: Statement) -> dict[str, Any]:
    """Return who answers for the document, and within which limits."""
    facts = [{"label": label, "text": text} for label, text in said.letterhead.mentions]
    return {"facts": facts, "paragraphs": usual()["legal"]}


def in_full(day: Any) -> str:  # noqa: ANN401  a day
    """Return a day as a letter writes it: 1er janvier 2026."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"
