"""The blocks of a SWIFT securities message: what stands between `:16R:` and `:16S:`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from o2s_core.aggregation.readers.swift.fields import SwiftField

#: Blocks deeper than this are no message.
DEPTH: Final = 12


@dataclass(slots=True)
class Block:
    """A block: its name, the line where it starts, its own fields, the blocks inside it."""

    name: str
    at: int
    fields: list[SwiftField] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)

    def all(self, name: str) -> Iterator["Block"]:
        """Yield every block of that name below this one, in the order of the file."""
        for block in self.blocks:
            if block.name == name:
                yield block
            yield from block.all(name)

    def find(self, tag: str, qualifier: str = "") -> str:
        """Return what an own field says, its qualifier left out; "" when there is none.

        `tag` is the number alone: `98` finds `98A` and `98C`.
        """
        for one in self.fields:
            head = f":{qualifier}/" if qualifier else ""
            if one.tag.startswith(tag) and one.lines[0].startswith(head):
                said = "\n".join([one.lines[0][len(head) :], *one.lines[1:]])
                return said.strip().removeprefix("/") if qualifier else said.strip()
        return ""


class CutError(Exception):
    """A block is not closed, or is closed without being opened."""


@dataclass(slots=True)
class _Nest:
    """The messages read so far and the blocks still open."""

    listed: list[Block] = field(default_factory=list)
    opened: list[Block] = field(default_factory=list)

    def open(self, block: Block) -> None:
        if not self.opened and block.name == "GENL":
            self.listed.append(Block("message", block.at))
        if not self.listed or len(self.opened) > DEPTH:
            raise CutError
        (self.opened or self.listed)[-1].blocks.append(block)
        self.opened.append(block)

    def close(self, name: str) -> None:
        if not self.opened or self.opened.pop().name != name:
            raise CutError


def messages(found: Iterable[SwiftField]) -> list[Block]:
    """Return the messages of a file, each a block that holds all others.

    Raises
    ------
    CutError
        The file was cut: its blocks do not close.
    """
    nest = _Nest()
    for one in found:
        if one.tag == "16R":
            nest.open(Block(one.first, one.at))
        elif one.tag == "16S":
            nest.close(one.first)
        elif nest.opened:
            nest.opened[-1].fields.append(one)
    if nest.opened:
        raise CutError
    return nest.listed
