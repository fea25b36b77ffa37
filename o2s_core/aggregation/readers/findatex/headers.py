"""Which FinDatEx template is this, and which column is which field? By number, then by name."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from o2s_core.aggregation.statement import Refusal

#: How a column is named: the number of the field, perhaps a letter, then its name.
FIELD: Final = re.compile(r"\s*[\"']?0*(\d{1,5}[a-z]?)_(\w.*)", re.IGNORECASE | re.DOTALL)
VERSION: Final = re.compile(r"_(EMT|EPT|EET|TPT)_Version\s*$", re.IGNORECASE)
#: Columns so named in one row make it the header.
ENOUGH: Final = 3


@dataclass(frozen=True, slots=True)
class Template:
    """One template: its fields that say what a row is about, and the versions that are read."""

    code: str
    version: str
    identity: str
    named: str  #: how the name of the identity field begins
    majors: frozenset[str]
    read: str  #: the versions, as a sentence says them


#: FinDatEx, EMT 4.3, EPT 2.1, EET 1.1.3 and TPT 7.0; numbers of fields without leading zeros.
TEMPLATES: Final = MappingProxyType(
    {
        t.code: t
        for t in (
            Template("emt", "1", "10", "financial_instrument", frozenset("4"), "4.x"),
            Template("ept", "1", "30", "portfolio", frozenset("2"), "2.x"),
            Template("eet", "10", "20000", "financial_instrument", frozenset("1"), "1.x"),
            Template("tpt", "1000", "1", "portfolio", frozenset("67"), "6.x et 7.x"),
        )
    }
)


def field_of(text: str) -> tuple[str, str]:
    """Return the number of a field and its name, as its column bears them; "" when it is none."""
    found = FIELD.match(text)
    return (found[1].lower(), found[2].strip()) if found else ("", "")


def is_header(cells: Iterable[str]) -> bool:
    """Return whether a row names fields of a template."""
    return sum(bool(field_of(cell)[0]) for cell in cells) >= ENOUGH


def template_of(columns: Sequence[str]) -> Template | None:
    """Return the template whose fields these columns are: its version first, its identity else."""
    told = (VERSION.search(column.strip(" \"'")) for column in columns)
    code = next((found[1].lower() for found in told if found), "")
    if code:
        return TEMPLATES[code]
    named = [field_of(column) for column in columns]
    return next(
        (
            template
            for template in TEMPLATES.values()
            for number, name in named
            if number == template.identity and name.lower().startswith(template.named)
        ),
        None,
    )


def version_refused(template: Template, said: str) -> Refusal | None:
    """Return why a version is refused; one that the file does not say is read as the usual one."""
    found = re.search(r"\d", said)
    if found is None or found[0] in template.majors:
        return None
    name = template.code.upper()
    return Refusal(
        template.code, "U01", f"{name} {said.strip()} : cette version n'est pas lue (sont lues : "
        f"{template.read}). Demandez à la société de gestion une version lue.",
    )  # fmt: skip
