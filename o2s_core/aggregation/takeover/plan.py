"""What a takeover would do, row by row and client by client: worked out, nothing stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core.contacts import ContactForm, KnownFile
from o2s_core.documents import DocumentForm
from o2s_core.portfolio import AccountForm, KnownAccount

#: One row per row of an export that stands alone; movements and positions have their own frames.
ROWS: Final = pl.Schema(
    {
        "kind": pl.String(),
        "file": pl.String(),
        "locator": pl.String(),
        "client": pl.String(),
        "subject": pl.String(),
        "verdict": pl.String(),
        "reason": pl.String(),
    }
)
#: Verdicts of what is taken over, or stands already.
STANDING: Final = frozenset({"new", "updated", "unchanged"})


@dataclass(slots=True)
class Item:
    """Something that the exports tell: where, of whom, and what becomes of it."""

    kind: str
    file: str
    locator: str
    client: str
    subject: str
    verdict: str = "new"
    reason: str = ""

    def stop(self, verdict: str, reason: str) -> None:
        """Say why it is not taken over."""
        self.verdict, self.reason = verdict, reason

    def note(self, reason: str) -> None:
        """Say something of it that stops nothing."""
        self.reason = f"{self.reason} {reason}".strip()


@dataclass(slots=True)
class Client(Item):
    """A contact of the exports."""

    form: ContactForm | None = None
    known: KnownFile | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    household: str = ""
    role: str = ""
    announced: Decimal | None = None
    alike: tuple[tuple[int, str], ...] = ()  #: contacts it looks like: id, label and why


@dataclass(slots=True)
class Household(Item):
    """A household of the exports; `client` is its head."""

    code: str = ""
    name: str = ""
    members: list[tuple[str, str]] = field(default_factory=list)  #: client, role
    known: KnownFile | None = None


@dataclass(slots=True)
class Relation(Item):
    """A relation of the exports: `other` is the `relation` of `client`."""

    other: str = ""
    relation: str = ""
    since: date | None = None
    until: date | None = None
    comment: str = ""


@dataclass(slots=True)
class Holder:
    """Who holds an account, by code; no share when the export gives none."""

    client: str
    share: Decimal | None
    right: str
    role: str


@dataclass(slots=True)
class Contract(Item):
    """An account of the exports; `client` is its first holder."""

    ref: str = ""  #: provider and number, as compared
    provider: str = ""  #: as the export names it
    provider_id: int | None = None  #: None: a provider to create
    holders: list[Holder] = field(default_factory=list)
    form: AccountForm | None = None  #: its holders and its provider are filled when it is written
    given: tuple[str, ...] = ()  #: fields that the export says
    known: KnownAccount | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    announced: Decimal | None = None


@dataclass(slots=True)
class Paper(Item):
    """A document of the exports."""

    form: DocumentForm | None = None
    account: str = ""  #: ref of the contract it is about
    archive: str = ""  #: blob of the archive
    member: str = ""


@dataclass(slots=True)
class Plan:
    """All that a takeover would do."""

    clients: dict[str, Client] = field(default_factory=dict)
    households: list[Household] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    contracts: dict[str, Contract] = field(default_factory=dict)
    papers: list[Paper] = field(default_factory=list)
    movements: pl.DataFrame = field(default_factory=pl.DataFrame)
    positions: pl.DataFrame = field(default_factory=pl.DataFrame)
    refused: list[Item] = field(default_factory=list)  #: rows that could not even be read
    files: dict[str, KnownFile | None] = field(default_factory=dict)  #: standing, by code
    held: dict[str, KnownAccount] = field(default_factory=dict)
    #: accounts that only the firm knows, by ref, of which the exports tell movements
    unknown: Mapping[int, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    #: export -> fact -> words without equivalent

    @property
    def items(self) -> Sequence[Item]:
        """Return everything but movements and positions, in the order of the exports."""
        return (
            *self.refused, *self.clients.values(), *self.households, *self.relations,
            *self.contracts.values(), *self.papers,
        )  # fmt: skip

    def client_problem(self, code: str) -> str:
        """Say why a client is not there to be referred to, or nothing."""
        item = self.clients.get(code)
        if item is not None:
            if item.verdict in STANDING:
                return ""
            return f"le client {code} n'est pas repris ({item.reason.rstrip('. ') or 'écarté'})."
        if code in self.files:
            away = f"le dossier {code} est suivi hors de votre périmètre."
            return away if self.files[code] is None else ""
        return f"aucun client ne porte le code {code} : ajoutez-le à l'export des contacts."


def rows_of(plan: Plan) -> pl.DataFrame:
    """Return every row of the exports with its verdict (schema `ROWS`)."""
    told = [{name: getattr(item, name) for name in ROWS} for item in plan.items]
    parts = [pl.DataFrame(told, ROWS)]
    for kind, frame in (("movements", plan.movements), ("positions", plan.positions)):
        if frame.height:
            parts.append(frame.with_columns(kind=pl.lit(kind)).select(ROWS.names()).cast(ROWS))
    return pl.concat(parts)
