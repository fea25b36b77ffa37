"""A JSON that nobody vouches for: its numbers kept as they are written, its objects as cells."""

import json
from collections.abc import Iterator
from typing import Any, Final

from o2s_core.aggregation.statement import Refusal

#: Objects inside objects that become cells; deeper ones say nothing that is read.
DEPTH: Final = 3


def json_root(data: bytes, form: str) -> Any | Refusal:  # noqa: ANN401
    """Return the document, every number as its text, or why it is refused."""
    try:
        return json.loads(
            data.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str
        )
    except (ValueError, RecursionError):
        return Refusal(form, "F07", "Ce JSON est coupé ou abîmé : téléchargez-le à nouveau.")


def items(node: object, name: str, where: str = "") -> Iterator[tuple[str, Any]]:
    """Return what a list of an object holds, each with its place; nothing when it is no list."""
    listed = node.get(name) if isinstance(node, dict) else None
    for n, item in enumerate(listed if isinstance(listed, list) else ()):
        yield f"{where}/{name}/{n}", item


def json_cells(node: object, depth: int = DEPTH) -> dict[str, str]:
    """Return the fields of an object that say something; those of inner objects by path.

    A list of plain values is their text, parted by commas; a list of objects is left out.
    """
    found: dict[str, str] = {}
    if not isinstance(node, dict):
        return found
    for name, value in node.items():
        if isinstance(value, dict):
            inner = json_cells(value, depth - 1) if depth else {}
            found |= {f"{name}.{key}": text for key, text in inner.items()}
        elif text := _text(value):
            found[name] = text
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(text for text in map(_text, value) if text)
    return value.strip() if isinstance(value, str) else ""
