"""Who is asking, for which perimeter, on which day, over which store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """Where a firm's data live: a folder, and the address of the record database."""

    home: Path
    database_url: str = field(repr=False)
    key_file: Path | None = None  #: None: beside the data folder, never inside

    @property
    def key_path(self) -> Path:
        """Return where the sealing key lies: outside the folder that it protects."""
        return self.key_file or self.home.with_name(self.home.name + ".key")


@dataclass(frozen=True, slots=True)
class Perimeter:
    """Whose clients a user may see: everybody's, or those of a set of advisers."""

    everyone: bool = False
    adviser_ids: frozenset[int] = frozenset()

    def covers(self, adviser_id: int | None) -> bool:
        """Return whether the clients of `adviser_id` are inside."""
        return self.everyone or adviser_id in self.adviser_ids


@dataclass(frozen=True, slots=True)
class Context:
    """Everything the core needs to answer one request, and nothing more."""

    place: Place
    firm_id: int
    user_id: int | None  #: None is the operator of the command line
    actor: str  #: login written in the audit trail
    perimeter: Perimeter
    permissions: frozenset[Permission]
    now: datetime  #: the clock, read once, aware, UTC
    today: date  #: the civil day in Paris
    versions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def require(self, permission: Permission) -> None:
        """Raise `PermissionDeniedError` unless the user holds `permission`."""
        if permission not in self.permissions:
            raise PermissionDeniedError(permission.label)

    def may(self, permission: Permission) -> bool:
        """Return whether the user holds `permission`."""
        return permission in self.permissions

    @property
    def cache_key(self) -> tuple[object, ...]:
        """Two contexts with equal keys may share a cached answer.

        Those who see everybody share theirs; others do not, even within one
        perimeter: what somebody brought and nobody claimed yet is theirs alone.
        """
        return (
            str(self.place.home),
            self.place.database_url,
            self.firm_id,
            self.perimeter.everyone,
            tuple(sorted(self.perimeter.adviser_ids)),
            None if self.perimeter.everyone else self.user_id,
            tuple(sorted(self.permissions)),
            tuple(sorted(self.versions.items())),
            self.today,
        )
