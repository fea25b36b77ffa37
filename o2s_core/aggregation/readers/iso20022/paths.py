"""What an XML element holds, by names without namespace: any version of a message reads alike."""

from collections.abc import Iterator
from typing import Any

Node = Any  #: an element of lxml


def name_of(node: Node) -> str:
    """Return the name of an element without its namespace, "" for a comment."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def descendants(node: Node, name: str) -> Iterator[Node]:
    """Return the elements of a name, at any depth, in their order; the element itself too."""
    return (one for one in node.iter() if name_of(one) == name)


def children(node: Node, name: str) -> Iterator[Node]:
    """Return the elements of a name just below."""
    return (one for one in node if name_of(one) == name)


def text_at(node: Node, path: str) -> str:
    """Return the text at a path of names, "" when there is none."""
    for name in path.split("/"):
        node = next(children(node, name), None)
        if node is None:
            return ""
    return (node.text or "").strip()


def xml_cells(node: Node, prefix: str = "") -> dict[str, str]:
    """Return the fields below an element by path; texts of one path are joined."""
    found: dict[str, str] = {}
    for child in node:
        path = prefix + name_of(child)
        text = (child.text or "").strip()
        if text:
            found[path] = f"{found[path]} {text}" if path in found else text
        found |= {f"{path}@{name}": str(value) for name, value in child.attrib.items()}
        found |= {k: v for k, v in xml_cells(child, f"{path}/").items() if k not in found}
    return found
