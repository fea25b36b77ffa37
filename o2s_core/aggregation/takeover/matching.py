"""Which column of an export holds which fact, and what its words mean (Correspondances)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import orjson

from o2s_core.aggregation.mapping.grid import column_key
from o2s_core.aggregation.takeover.kinds import KINDS, TARGETS

#: Tools whose exports come with a template; any other is read as generic.
TAKEOVER_SOURCES: Final[Mapping[str, str]] = {
    "generic": "Export générique (CSV ou Excel)",
    "contact_template": "Modèle d'import de contacts d'un agrégateur",
}
#: Headings of the template of contacts that aggregators hand out, by fact.
TEMPLATES: Final[Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]] = {
    "contact_template": {
        "contacts": {
            "file_code": ("code dossier", "code de dossier", "cle externe"),
            "kind": ("type de personne",),
            "stage": ("type de contact", "qualite"),
            "client_number": ("numero client",),
            "household": ("code foyer",),
            "phone": ("telephone portable", "telephone domicile"),
        }
    }
}


@dataclass(frozen=True, slots=True)
class TakeoverMatching:
    """How one export is read: fact -> column, and fact -> their word -> our code."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the matching as it is kept."""
        return orjson.dumps({"columns": dict(self.columns), "values": self.values}).decode()

    @classmethod
    def of(cls, text: str) -> "TakeoverMatching":
        """Return what was kept."""
        said = orjson.loads(text)
        return cls(said.get("columns", {}), said.get("values", {}))

    def on(self, columns: Sequence[str]) -> "TakeoverMatching":
        """Return the matching without the columns that a file lacks, by the names it gives them."""
        here = {column_key(c): c for c in columns}
        known = {t: here[column_key(c)] for t, c in self.columns.items() if column_key(c) in here}
        return replace(self, columns=known)


def suggested(kind: str, source: str, columns: Sequence[str]) -> TakeoverMatching:
    """Return the columns whose headings say which fact they hold, each used once.

    The template of the tool comes first, then the headings seen everywhere. The
    surest name of each fact is tried before the second of any.
    """
    template = TEMPLATES.get(source, {}).get(kind, {})
    left = {column_key(column): column for column in reversed(columns) if column.strip()}
    found: dict[str, str] = {}
    for names in (template, {t: target.names for t, target in TARGETS[kind].items()}):
        _take(names, left, found)
    ordered = {t: found[t] for t in TARGETS[kind] if t in found}
    return TakeoverMatching(ordered)


def _take(
    names: Mapping[str, tuple[str, ...]], left: dict[str, str], found: dict[str, str]
) -> None:
    """Give columns to facts, the surest names of all facts first."""
    most = max((len(known) for known in names.values()), default=0)
    for rank in range(most):
        for target, known in names.items():
            if target in found or rank >= len(known):
                continue
            if (column := left.pop(column_key(known[rank]), None)) is not None:
                found[target] = column


def likely_kind(columns: Sequence[str], file_name: str) -> str:
    """Return which export a file most likely is, by its headings and its name."""
    said = column_key(file_name)
    hints = {
        "contacts": ("contact", "client", "personne"), "relations": ("relation", "lien", "foyer"),
        "accounts": ("compte", "contrat"), "movements": ("mouvement", "operation", "historique"),
        "positions": ("situation", "position", "avoir", "valorisation"),
        "documents": ("document", "ged", "piece"),
    }  # fmt: skip
    named = {kind: sum(word in said for word in some) for kind, some in hints.items()}
    scores = {k: len(suggested(k, "generic", columns).columns) + 4 * named[k]
              - 5 * len(missing(k, suggested(k, "generic", columns))) for k in named}  # fmt: skip
    return max(scores, key=lambda kind: (scores[kind], -list(KINDS).index(kind)))


def missing(kind: str, matching: TakeoverMatching) -> tuple[str, ...]:
    """Return the labels of the facts that an export must hold and that no column gives."""
    lacking = [
        t.label for name, t in TARGETS[kind].items() if t.required and name not in matching.columns
    ]
    if kind == "contacts" and not {"last_name", "legal_name"} & set(matching.columns):
        lacking.append("Nom ou raison sociale")
    if kind == "relations" and not {"relation", "household"} & set(matching.columns):
        lacking.append("Relation (avec l'autre contact) ou foyer")
    if kind == "movements" and not {"net", "gross", "quantity"} & set(matching.columns):
        lacking.append("Montant net, montant brut ou quantité")
    if kind == "positions" and not {"value", "quantity"} & set(matching.columns):
        lacking.append("Quantité ou valorisation")
    return tuple(lacking)
