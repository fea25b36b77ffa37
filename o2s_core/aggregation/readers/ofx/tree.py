"""The elements of an OFX file, whatever its age: header or none, closed tags or not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from o2s_core.aggregation.readers.text import decoded
from o2s_core.aggregation.statement import Refusal

COMMENT: Final = re.compile(r"<!--.*?-->|<[!?][^>]*>", re.DOTALL)
TAG: Final = re.compile(r"<(/?)([A-Za-z0-9_.\-]+)[^<>]*?(/?)>([^<]*)")
CLOSING: Final = re.compile(r"</([A-Za-z0-9_.\-]+)")
#: An aggregate deeper than this is no statement.
DEPTH: Final = 60
#: A value longer than this is no field of a statement.
LENGTH: Final = 4_000


@dataclass(slots=True)
class Element:
    """A tag: an aggregate has children, a field has a text."""

    tag: str
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def child(self, tag: str) -> "Element | None":
        """Return the first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)

    def value(self, tag: str) -> str:
        """Return the text of the first child of that name, "" when there is none."""
        found = self.child(tag)
        return found.text if found else ""

    def all(self, *tags: str) -> Iterator["Element"]:
        """Yield every element of those names below this one, in the order of the file."""
        waiting = list(reversed(self.children))
        while waiting:
            element = waiting.pop()
            if element.tag in tags:
                yield element
            waiting.extend(reversed(element.children))

    def numbered(self) -> Iterator[tuple[str, "Element"]]:
        """Yield each child with its place among those of its name: `BUYSTOCK[2]`."""
        seen: dict[str, int] = {}
        for child in self.children:
            seen[child.tag] = seen.get(child.tag, 0) + 1
            yield f"{child.tag}[{seen[child.tag]}]", child

    def fields(self) -> dict[str, str]:
        """Return every field below this one by name; the first one of a name counts."""
        found: dict[str, str] = {}
        waiting = list(reversed(self.children))
        while waiting:
            element = waiting.pop()
            if not element.children:
                found.setdefault(element.tag, element.text)
            waiting.extend(reversed(element.children))
        return found


def ofx_tree(data: bytes) -> Element | Refusal:
    """Return the root of an OFX file, or why it is refused: not one, or cut short."""
    text = COMMENT.sub("", decoded(data))
    start = text.upper().find("<OFX>")
    if start < 0:
        return Refusal("ofx", "F04", "Ce fichier n'est pas un OFX : la balise <OFX> est absente.")
    if "</OFX>" not in text.upper():
        return Refusal(
            "ofx", "F07", "Ce fichier OFX est coupé : sa fin manque. Téléchargez-le à nouveau."
        )
    return _elements(text[start:])


def _elements(text: str) -> Element | Refusal:
    """Read the tags in order; a name that is never closed is a field, closed or not."""
    closable = {name.upper() for name in CLOSING.findall(text)}
    root = Element("")
    path = [root]
    for closing, name, empty, value in TAG.findall(text):
        tag = name.upper()
        if closing:
            _close(path, tag)
            continue
        element = Element(tag, unescape(value.strip())[:LENGTH])
        path[-1].children.append(element)
        if not empty and not element.text and tag in closable:
            path.append(element)
        if len(path) > DEPTH:
            return Refusal(
                "ofx", "F04", "Ce fichier OFX est abîmé : ses balises ne se ferment pas."
            )
    return root


def _close(path: list[Element], tag: str) -> None:
    """Close the nearest open element of that name; a field that was closed is closed already."""
    for rank in range(len(path) - 1, 0, -1):
        if path[rank].tag == tag:
            del path[rank:]
            return
