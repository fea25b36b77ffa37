"""The authorisation matrix (`tests/authz.csv`), and what it speaks of."""

import ast
import csv
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from o2s_core.kernel.context import Context
from o2s_core.store import Tx

FILE = Path(__file__).parents[1] / "authz.csv"
PACKAGES = (
    "administration",
    "documents",
    "contacts",
    "market",
    "portfolio",
    "aggregation",
    "messaging",
    "wealth",
    "reporting",
    "steering",
)
PROFILES = (
    "administrateur", "manager", "conseiller", "conseiller_junior", "assistant", "analyste",
    "conformite", "lecture_seule",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line: who may open a page, or ask a question or a verb of the core."""

    kind: str
    name: str
    permissions: tuple[str, ...]  #: any of them opens it; none: it is open to all
    allowed: frozenset[str]


@cache
def rows(kind: str) -> dict[str, Row]:
    """The lines of a kind (`page` or `function`), by name."""
    with FILE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    found = [line for line in lines if line["kind"] == kind]
    assert len({line["name"] for line in found}) == len(found), "a line twice"
    return {line["name"]: _row(line) for line in found}


def _row(line: dict[str, str]) -> Row:
    assert {line[p] for p in PROFILES} <= {"yes", "no"}, line["name"]
    permissions = tuple(p for p in line["permission"].split("|") if p)
    allowed = frozenset(p for p in PROFILES if line[p] == "yes")
    return Row(line["kind"], line["name"], permissions, allowed)


@cache
def functions() -> dict[str, Callable]:
    """Every public function of the core that is asked under a context or an open write."""
    found = {}
    for package in PACKAGES:
        module = importlib.import_module(f"o2s_core.{package}")
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing) and asker(thing) is not None:
                found[f"{package}.{name}"] = thing
    return found


def asker(function: Callable) -> type | None:
    """What a function is asked under: `Context`, `Tx`, or nothing."""
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return first.annotation if first and first.annotation in (Context, Tx) else None


def first_statement(function: Callable) -> str:
    """The first thing that a function does, as text."""
    body = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0].body
    return ast.unparse(next(s for s in body if not _is_docstring(s)))


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def required(statement: str) -> tuple[str, ...]:
    """The names of the rights that a statement asks for."""
    return tuple(re.findall(r"Permission\.([A-Z_]+)", statement))
