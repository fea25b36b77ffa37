"""Whether a text is a mapping; every problem is said in French, with its key."""

from dataclasses import dataclass
from typing import Any, Final

import yaml
from pydantic import ValidationError

from o2s_core.aggregation.mapping.language import MappingSpec

MAXIMUM: Final = 200_000  # characters of a mapping
DEEPEST: Final = 50  # keys inside keys
MESSAGES: Final = {
    "missing": "clé obligatoire absente",
    "extra_forbidden": "clé inconnue",
    "literal_error": "valeur attendue : {expected}",
    "string_type": "un texte est attendu",
    "int_type": "un nombre entier est attendu",
    "int_parsing": "un nombre entier est attendu",
    "bool_type": "true ou false est attendu",
    "bool_parsing": "true ou false est attendu",
    "tuple_type": "une liste est attendue",
    "mapping_type": "un ensemble de clés est attendu",
    "dict_type": "un ensemble de clés est attendu",
    "model_type": "un ensemble de clés est attendu",
    "string_pattern_mismatch": "écriture refusée (attendu : {pattern})",
    "too_short": "au moins un élément est attendu",
    "greater_than_equal": "au moins {ge}",
    "less_than_equal": "au plus {le}",
    "string_too_short": "texte trop court",
    "string_too_long": "texte trop long",
}


@dataclass(frozen=True, slots=True)
class MappingProblem:
    """What is wrong in a mapping: the key, the message."""

    key: str
    message: str

    def __str__(self) -> str:
        """Write the problem as it is shown."""
        return f"{self.key} : {self.message}" if self.key else self.message


class _PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML that builds nothing but plain values."""


# The bare words that YAML 1.1 turns into booleans (yes, no, on, off) stay words here.
_PlainLoader.yaml_implicit_resolvers = {
    letter: [(tag, rule) for tag, rule in rules if not tag.endswith((":bool", ":timestamp"))]
    for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _plain(text: str) -> object:
    """Return what a text says; refuse an alias, which can make a small text huge, and a deep one.

    Raises
    ------
    YAMLError
        It is no YAML, or more than a mapping needs.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_PlainLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
            raise yaml.YAMLError("alias")
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506  a SafeLoader


def document(text: str) -> dict[str, Any]:
    """Return the keys and values of a mapping's text, empty when it is not readable."""
    try:
        found = _plain(text)
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def load(text: str, *, revision: int | None = None) -> MappingSpec | list[MappingProblem]:
    """Read a mapping, or return everything that is wrong with it."""
    if len(text) > MAXIMUM:
        return [MappingProblem("", "correspondance trop longue (200 000 caractères au plus)")]
    try:
        found = _plain(text)
    except yaml.YAMLError as error:
        return [MappingProblem("", _unreadable(error))]
    if not isinstance(found, dict):
        return [MappingProblem("", "la correspondance doit être un ensemble de clés YAML")]
    try:
        return MappingSpec.model_validate(found).model_copy(update={"revision": revision})
    except ValidationError as error:
        return [problem for detail in error.errors() for problem in _problems(dict(detail))]


def _unreadable(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f" (ligne {mark.line + 1})" if mark is not None else ""
    return f"le texte n'est pas du YAML lisible{where} : vérifiez l'alignement et les deux-points"


def _problems(detail: dict[str, Any]) -> list[MappingProblem]:
    key = ".".join(str(part) for part in detail["loc"] if not _internal(part))
    if detail["type"] != "value_error":
        message = MESSAGES.get(detail["type"], "valeur refusée")
        return [MappingProblem(key, message.format(**_french(detail.get("ctx", {}))))]
    found = []
    for line in str(detail["ctx"]["error"]).split("\n"):
        own, _, message = line.partition(": ")
        found.append(
            MappingProblem(own, message) if not key and message else MappingProblem(key, line)
        )
    return found


def _internal(part: object) -> bool:
    """Return whether a step of the path is pydantic's own, not a key of the mapping."""
    return isinstance(part, str) and (part in {"int", "str", "dict"} or "[" in part)


def _french(context: dict[str, Any]) -> dict[str, Any]:
    expected = str(context.get("expected", "")).replace("'", "").replace(" or ", " ou ")
    return {**context, "expected": expected}
