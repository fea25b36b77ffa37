"""Whose a document may be, who may read and write it, and whom each person may see.

The packages above say what they own (`declare_owner`), so that every question about
documents starts inside the perimeter without this package knowing contacts or accounts.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, or_
from sqlmodel import col

from o2s_core.documents.models import Document
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.kernel.permissions import Permission

#: Any of these opens some documents; which ones depends on whose they are.
READERS: Final = (Permission.DOCUMENT_READ, Permission.MARKET_READ, Permission.HOME_VIEW)
WRITERS: Final = (
    Permission.DOCUMENT_WRITE,
    Permission.INSTRUMENT_WRITE,
    Permission.PROVIDER_WRITE,
    Permission.FIRM_DOCUMENT_WRITE,
)


@dataclass(frozen=True, slots=True)
class OwnerKind:
    """A kind of owner: its rights, the ids inside a user's perimeter, and their names."""

    code: str
    label: str
    read: Permission
    write: Permission
    inside: Callable[[Context], Select[Any] | None]  #: None: every id of the firm
    named: Callable[[Context, Collection[int]], Mapping[int, str]]


_declared: dict[str, OwnerKind] = {}
#: Every declared kind of owner, by code.
OWNERS: Final = MappingProxyType(_declared)


def declare_owner(kind: OwnerKind) -> OwnerKind:
    """Make a kind of owner known to the questions about documents."""
    _declared[kind.code] = kind
    return kind


def require_reader(ctx: Context) -> None:
    """Raise unless the user may read documents of one kind of owner at least."""
    if not any(ctx.may(right) for right in READERS):
        raise PermissionDeniedError(Permission.DOCUMENT_READ.label)


def require_writer(ctx: Context) -> None:
    """Raise unless the user may file documents of one kind of owner at least."""
    if not any(ctx.may(right) for right in WRITERS):
        raise PermissionDeniedError(Permission.DOCUMENT_WRITE.label)


def readable(ctx: Context, *, write: bool = False) -> ColumnElement[bool]:
    """Return the condition that a document is of the firm, the perimeter and the user's rights."""
    mine = [
        _of_kind(ctx, kind) for kind in OWNERS.values()
        if ctx.may(kind.read) and (not write or ctx.may(kind.write))
    ]  # fmt: skip
    return and_(col(Document.firm_id) == ctx.firm_id, or_(false(), *mine))


def _of_kind(ctx: Context, kind: OwnerKind) -> ColumnElement[bool]:
    ids = kind.inside(ctx)
    here = col(Document.owner_kind) == kind.code
    return here if ids is None else and_(here, col(Document.owner_id).in_(ids))


declare_owner(
    OwnerKind(
        "firm",
        "Cabinet",
        Permission.HOME_VIEW,
        Permission.FIRM_DOCUMENT_WRITE,
        lambda _ctx: None,
        lambda _ctx, ids: dict.fromkeys(ids, "Cabinet"),
    )
)
