"""Small sums over mapped fields: `net + fees`, `if(kind = "buy", -gross, gross)`; nothing else."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from o2s_core.aggregation.statement import EXACT

TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<mark><=|>=|!=|==|[-+*/(),<>=]))"
)
DEPTH: Final = 30
#: Function -> how many arguments it takes, at least and at most.
FUNCTIONS: Final = {"abs": (1, 1), "min": (2, 9), "max": (2, 9), "coalesce": (2, 9), "if": (3, 3)}
COMPARISONS: Final[dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True)
class Node:
    """One step of an expression: a number, a text, a field, or an operation on others."""

    kind: str  #: number, text, name, or the operator or function
    value: str = ""
    parts: tuple["Node", ...] = ()


def parse(text: str) -> Node:
    """Read an expression; a French `ValueError` says what is wrong with it.

    >>> sorted(names(parse("net + coalesce(fees, 0)")))
    ['fees', 'net']
    """
    if len(text) > 400:
        raise ValueError("calcul trop long (400 caractères au plus)")
    reader = _Reader(_tokens(text))
    node = reader.comparison(0)
    if reader.peek:
        raise ValueError(f"calcul incompris à partir de « {reader.peek} »")
    return node


def names(node: Node) -> set[str]:
    """Return the fields that an expression reads."""
    own = {node.value} if node.kind == "name" else set()
    return own.union(*(names(part) for part in node.parts))


def to_polars(node: Node) -> pl.Expr:
    """Return the expression over a frame whose columns are the fields.

    Exact to eight decimals, rounded half up after a multiplication or a
    division; dividing by zero gives null.
    """
    if node.kind == "number":
        return pl.lit(Decimal(node.value)).cast(EXACT)
    if node.kind in {"text", "name"}:
        return pl.lit(node.value) if node.kind == "text" else pl.col(node.value)
    parts = [to_polars(part) for part in node.parts]
    return _applied(node.kind, parts)


def _applied(operation: str, parts: list[pl.Expr]) -> pl.Expr:
    simple: dict[str, Callable[[], pl.Expr]] = {
        "negative": lambda: -parts[0],
        "abs": lambda: parts[0].abs(),
        "min": lambda: pl.min_horizontal(parts),
        "max": lambda: pl.max_horizontal(parts),
        "coalesce": lambda: pl.coalesce(parts),
        "if": lambda: pl.when(parts[0]).then(parts[1]).otherwise(parts[2]),
        "+": lambda: parts[0] + parts[1],
        "-": lambda: parts[0] - parts[1],
        "*": lambda: parts[0] * parts[1],
        "/": lambda: parts[0] / pl.when(parts[1] != 0).then(parts[1]),
    }
    if operation in COMPARISONS:
        return COMPARISONS[operation](parts[0], parts[1])
    return simple[operation]()


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"caractère inattendu « {text[at:].strip()[:1]} »")
        found.append(match.group().strip())
        at = match.end()
    return found


class _Reader:
    """A recursive descent over tokens, bounded in depth."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str | None = None) -> str:
        token = self.peek
        if not token or (wanted is not None and token != wanted):
            raise ValueError(f"« {wanted} » attendu" if wanted else "calcul incomplet")
        self.at += 1
        return token

    def comparison(self, depth: int) -> Node:
        if depth > DEPTH:
            raise ValueError("calcul trop imbriqué")
        left = self.sum(depth)
        if self.peek in COMPARISONS:
            return Node(self.take(), parts=(left, self.sum(depth)))
        return left

    def sum(self, depth: int) -> Node:
        left = self.product(depth)
        while self.peek in {"+", "-"}:
            left = Node(self.take(), parts=(left, self.product(depth)))
        return left

    def product(self, depth: int) -> Node:
        left = self.atom(depth + 1)
        while self.peek in {"*", "/"}:
            left = Node(self.take(), parts=(left, self.atom(depth + 1)))
        return left

    def atom(self, depth: int) -> Node:
        if depth > DEPTH:
            raise ValueError("calcul trop imbriqué")
        word = self.take()
        if word == "-":
            return Node("negative", parts=(self.atom(depth + 1),))
        if word == "(":
            node = self.comparison(depth)
            self.take(")")
            return node
        return self.value(word, depth)

    def value(self, word: str, depth: int) -> Node:
        if word[0].isdigit():
            return Node("number", word)
        if word[0] in "\"'":
            return Node("text", word[1:-1])
        if not (word[0].isalpha() or word[0] == "_"):
            raise ValueError(f"« {word} » inattendu")
        return self.call(word, depth) if self.peek == "(" else Node("name", word)

    def call(self, name: str, depth: int) -> Node:
        if name not in FUNCTIONS:
            raise ValueError(f"fonction inconnue « {name} » ; connues : {', '.join(FUNCTIONS)}")
        self.take("(")
        parts = [self.comparison(depth)]
        while self.peek == ",":
            self.take()
            parts.append(self.comparison(depth))
        self.take(")")
        least, most = FUNCTIONS[name]
        if not least <= len(parts) <= most:
            raise ValueError(f"{name} prend {least} arguments")
        return Node(name, parts=tuple(parts))
