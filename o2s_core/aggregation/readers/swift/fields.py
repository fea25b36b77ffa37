"""The fields of a SWIFT text: `:61:…` and what follows it, message by message."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

TAG: Final = re.compile(r":(\d\d[A-Z]?|NS):(.*)")
#: A line that closes a message, with or without the blocks that a network adds.
END: Final = re.compile(r"-(\}.*|X{3})?")


@dataclass(slots=True)
class SwiftField:
    """A field: its tag, its lines as written, and the line of the file where it starts."""

    tag: str
    lines: list[str]
    at: int

    @property
    def first(self) -> str:
        """Return what its first line says."""
        return self.lines[0].strip()


@dataclass(slots=True)
class Message:
    """What stands between one `:20:` and the next."""

    fields: list[SwiftField] = field(default_factory=list)

    def find(self, *tags: str) -> SwiftField | None:
        """Return the first field that has one of those tags."""
        return next((one for one in self.fields if one.tag in tags), None)


def messages(text: str) -> list[Message]:
    """Return the messages of a file, in its order; what precedes the first is left out."""
    found: list[Message] = []
    for one in fields(text):
        if one.tag == "20":
            found.append(Message())
        if found:
            found[-1].fields.append(one)
    return found


def fields(text: str) -> Iterator[SwiftField]:
    """Yield the fields of a file, in its order; what stands outside a message is left out."""
    current: SwiftField | None = None
    for at, line in enumerate(text.splitlines(), 1):
        tagged = TAG.match(line)
        if tagged or END.fullmatch(line.strip()):
            if current:
                yield current
            current = SwiftField(tagged[1], [tagged[2]], at) if tagged else None
        elif current:
            current.lines.append(line)
    if current:
        yield current
