"""What each profile may do: the rights matrix, as data [Profils & droits]."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission

#: Perimeters, from nothing to everybody, as the screen names them.
SCOPES: Final = {
    "none": "Aucun client",
    "own": "Ses clients",
    "team": "Son équipe",
    "agency": "Son agence",
    "firm": "Tout le cabinet",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of rights, and the perimeters that it may be given."""

    code: str
    label: str
    purpose: str
    scopes: tuple[str, ...]
    permissions: frozenset[Permission]


@cache
def profiles() -> dict[str, Profile]:
    """Return the profiles by code, in the order of the matrix."""
    text = files("o2s_core.administration").joinpath("profiles.yaml").read_text("utf-8")
    return {code: _profile(code, said) for code, said in yaml.safe_load(text).items()}


def profile(code: str) -> Profile:
    """Return one profile by its code."""
    if code not in profiles():
        raise NotFoundError("Profil", code)
    return profiles()[code]


def _profile(code: str, said: dict[str, Any]) -> Profile:
    rights = frozenset(p for pattern in said["rights"] for p in _matching(pattern))
    return Profile(code, said["label"], said["purpose"], tuple(said["scopes"]), rights)


def _matching(pattern: str) -> list[Permission]:
    """Return the rights that a line of the file names; a line that names none is a mistake."""
    if not pattern.endswith(".*"):
        return [Permission(pattern)]
    found = [p for p in Permission if p.value.startswith(pattern[:-1])]
    if not found:
        raise ValueError(f"profiles.yaml: {pattern} names no right")
    return found
