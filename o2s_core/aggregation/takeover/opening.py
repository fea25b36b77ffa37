"""Which takeovers there are, and what each is made of: its files, how they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
import polars as pl
from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, select, true

from o2s_core import administration, store
from o2s_core.administration.identity import name_of
from o2s_core.administration.models import User
from o2s_core.aggregation import limits
from o2s_core.aggregation.models import (
    Takeover,
    TakeoverDecision,
    TakeoverFile,
    TakeoverProfile,
)
from o2s_core.aggregation.statement import Refusal
from o2s_core.aggregation.takeover import archive, matching, tables
from o2s_core.aggregation.takeover.kinds import CHOICES, KINDS, STATES
from o2s_core.aggregation.takeover.matching import TakeoverMatching
from o2s_core.aggregation.takeover.tables import Table
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FeedError, InvalidInputError, NotFoundError
from o2s_core.kernel.french import NBSP
from o2s_core.kernel.permissions import Permission

#: One row per takeover, the latest first.
TAKEOVERS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "name": pl.String(),
        "source": pl.String(),
        "state": pl.String(),
        "files": pl.Int64(),
        "rows": pl.Int64(),
        "created_at": pl.Datetime("us", "UTC"),
        "by": pl.String(),
        "committed_at": pl.Datetime("us", "UTC"),
    }
)

#: States in which the worker is at it.
UNDER_WAY: Final = frozenset({"committing", "undoing"})


@dataclass(frozen=True, slots=True)
class FileCard:
    """One export of a takeover, and how it is read."""

    id: int
    kind: str
    file_name: str
    size: int
    rows: int
    columns: tuple[str, ...]
    matching: TakeoverMatching
    missing: tuple[str, ...]  #: labels of obligatory facts that no column gives
    table_blob: str
    sha256: str


@dataclass(frozen=True, slots=True)
class TakeoverCard:
    """A takeover: what it reads, and how far it is."""

    id: int
    version: int
    name: str
    source: str
    state: str
    default_adviser_id: int | None
    files: tuple[FileCard, ...]
    decisions: Mapping[str, tuple[str, int | None]]  #: client -> choice, contact
    rehearsed_at: datetime | None
    report_blob: str
    turn: int
    job_id: int | None
    committed_at: datetime | None
    undone_at: datetime | None

    @property
    def open(self) -> bool:
        """Return whether files and choices may still change."""
        return self.state not in UNDER_WAY

    @property
    def ready(self) -> bool:
        """Return whether the files can be read: there is one, and each has what it must."""
        return bool(self.files) and not any(f.missing for f in self.files)


def mine(ctx: Context) -> ColumnElement[bool]:
    """Return the condition of a takeover that somebody may see: theirs, or all with the firm."""
    own = true() if ctx.perimeter.everyone else col(Takeover.created_by) == ctx.user_id
    return and_(col(Takeover.firm_id) == ctx.firm_id, own)


def takeovers(ctx: Context) -> pl.DataFrame:
    """Return the takeovers that the user may see (schema `TAKEOVERS`), the latest first."""
    ctx.require(Permission.DATA_TAKEOVER)
    with store.reading(ctx) as session:
        rows = session.exec(select(Takeover).where(mine(ctx)).order_by(col(Takeover.id).desc()))
        found = [(row, *_counted(session, ctx, row.id or 0)) for row in rows.all()]
        people = select(User).where(User.firm_id == ctx.firm_id)
        names = {user.id: name_of(user) for user in session.exec(people).all()}
    listed = [
        (t.id, t.name, t.source, t.state, files, rows, t.created_at,
         names.get(t.created_by, ""), t.committed_at)
        for t, files, rows in found
    ]  # fmt: skip
    return pl.DataFrame(listed, TAKEOVERS, orient="row")


def _counted(session: Session, ctx: Context, takeover_id: int) -> tuple[int, int]:
    query = select(func.count(), func.coalesce(func.sum(TakeoverFile.rows), 0)).where(
        TakeoverFile.firm_id == ctx.firm_id, TakeoverFile.takeover_id == takeover_id
    )
    files, rows = session.exec(query).one()
    return int(files), int(rows)


def takeover_card(ctx: Context, takeover_id: int) -> TakeoverCard:
    """Return a takeover with its files and decisions."""
    ctx.require(Permission.DATA_TAKEOVER)
    with store.reading(ctx) as session:
        row = one(session, ctx, takeover_id)
        own = (TakeoverFile.firm_id == ctx.firm_id, TakeoverFile.takeover_id == takeover_id)
        files = session.exec(select(TakeoverFile).where(*own).order_by(col(TakeoverFile.id))).all()
        said = (
            TakeoverDecision.firm_id == ctx.firm_id,
            TakeoverDecision.takeover_id == takeover_id,
        )
        decided = session.exec(select(TakeoverDecision).where(*said)).all()
    order = list(KINDS)
    cards = sorted((_card(file) for file in files), key=lambda f: (order.index(f.kind), f.id))
    names = ("version", "name", "source", "state", "default_adviser_id", "rehearsed_at",
             "report_blob", "turn", "job_id", "committed_at", "undone_at")  # fmt: skip
    return TakeoverCard(
        id=row.id or 0,
        files=tuple(cards),
        decisions={d.client: (d.choice, d.contact_id) for d in decided},
        **{name: getattr(row, name) for name in names},
    )


def one(session: Session, ctx: Context, takeover_id: int) -> Takeover:
    """Return the record of a takeover; somebody else's and nobody's read the same."""
    row = session.exec(select(Takeover).where(mine(ctx), Takeover.id == takeover_id)).first()
    if row is None:
        raise NotFoundError("Reprise", takeover_id)
    return row


def _card(row: TakeoverFile) -> FileCard:
    read = TakeoverMatching.of(row.mapping)
    return FileCard(
        row.id or 0, row.kind, row.file_name, row.size, row.rows,
        tuple(orjson.loads(row.columns)), read,
        matching.missing(row.kind, read) if row.kind != "archive" else (),
        row.table_blob, row.sha256,
    )  # fmt: skip


def open_takeover(
    ctx: Context, name: str, source: str, adviser_id: int | None, *, key: str | None = None
) -> int:
    """Open a takeover from a tool, and return it; the same `key` opens one.

    `adviser_id` follows the clients whose export names no adviser.
    """
    ctx.require(Permission.DATA_TAKEOVER)
    if not name.strip():
        raise InvalidInputError("Veuillez renseigner : Nom de la reprise.")
    if source not in matching.TAKEOVER_SOURCES:
        raise InvalidInputError("Choisissez l'outil d'origine dans la liste.")
    _require_adviser(ctx, adviser_id)
    with store.tx(ctx) as tx:

        def make() -> int:
            row = Takeover(
                firm_id=ctx.firm_id, name=name.strip(), source=source, default_adviser_id=adviser_id
            )
            tx.add(row)
            tx.audit("create", "takeover", row.id, after={"source": source})
            return row.id or 0

        return store.idempotent(tx, key, make)


def _require_adviser(ctx: Context, adviser_id: int | None) -> None:
    if adviser_id is not None and adviser_id not in {a.id for a in administration.advisers(ctx)}:
        raise InvalidInputError("Choisissez un conseiller de votre périmètre.")


def add_export(
    ctx: Context, takeover_id: int, data: bytes, file_name: str, *, kind: str | None = None
) -> int:
    """Add an export to a takeover, and return it; its kind is recognised when none is said.

    The columns are read as the firm last read the same export of the same tool,
    else by their headings.

    Raises
    ------
    FeedError
        The file is too large, empty, of another type, or holds no table.
    """
    ctx.require(Permission.DATA_TAKEOVER)
    channel = "upload" if ctx.user_id else "cli"
    if limits.too_large(len(data), channel):
        raise FeedError(
            f"Le fichier dépasse {limits.MAX_BYTES[channel] // 1_000_000}{NBSP}Mo : découpez-le, "
            "une reprise prend plusieurs exports du même type."
        )
    safe = limits.safe_name(file_name)
    with store.reading(ctx) as session:
        require_open(one(session, ctx, takeover_id))
    found = _read(data, safe, kind)
    with store.tx(ctx) as tx:
        row = one(tx.session, ctx, takeover_id)
        require_open(row)
        made = _kept(tx, row, data, safe, found)
        tx.audit("receive", "takeover_file", made.id, after={"kind": made.kind, "rows": made.rows})
        row.state, row.report_blob = "draft", ""
    return made.id or 0


def _read(data: bytes, file_name: str, kind: str | None) -> tuple[str, Table | int]:
    """Return what an export is, and its table; of an archive, how many files it holds."""
    if kind == "archive" or (kind is None and archive.is_archive(data)):
        members = archive.members(data)
        if isinstance(members, Refusal):
            raise FeedError(members.message)
        return "archive", len(members)
    table = tables.table_of(data)
    if isinstance(table, Refusal):
        raise FeedError(table.message)
    return kind or matching.likely_kind(table.columns, file_name), table


def _kept(
    tx: store.Tx, row: Takeover, data: bytes, file_name: str, found: tuple[str, Table | int]
) -> TakeoverFile:
    kind, table = found
    if isinstance(table, int):
        rows, columns, blob, read = table, "[]", "", TakeoverMatching()
    else:
        rows = table.frame.height + table.misfits.height
        columns = orjson.dumps(table.columns).decode()
        blob = store.save_blob(tx.ctx, tables.pack(table))
        read = _profile(tx.session, tx.ctx, row.source, kind, table.columns)
    made = TakeoverFile(
        firm_id=tx.ctx.firm_id,
        takeover_id=row.id or 0,
        kind=kind,
        file_name=file_name,
        sha256=store.save_blob(tx.ctx, data),
        size=len(data),
        rows=rows,
        columns=columns,
        table_blob=blob,
        mapping=read.text,
    )
    tx.add(made)
    return made


def _profile(
    session: Session, ctx: Context, source: str, kind: str, columns: tuple[str, ...]
) -> TakeoverMatching:
    """Return how this export is read: as the firm saved it for this tool, completed by headings."""
    guessed = matching.suggested(kind, source, columns)
    saved = session.exec(
        select(TakeoverProfile).where(
            TakeoverProfile.firm_id == ctx.firm_id,
            TakeoverProfile.source == source,
            TakeoverProfile.kind == kind,
        )
    ).first()
    if saved is None:
        return guessed
    known = TakeoverMatching.of(saved.mapping).on(columns)
    used = set(known.columns.values())
    added = {t: c for t, c in guessed.columns.items() if t not in known.columns and c not in used}
    return TakeoverMatching({**added, **known.columns}, known.values)


def require_open(row: Takeover) -> None:
    """Refuse to change a takeover while the worker is at it."""
    if row.state in UNDER_WAY:
        raise InvalidInputError(
            f"{STATES[row.state]} : attendez sa fin avant de changer ses fichiers."
        )


def remove_export(ctx: Context, takeover_id: int, file_id: int) -> None:
    """Take an export out of a takeover; its bytes stay archived."""
    ctx.require(Permission.DATA_TAKEOVER)
    with store.tx(ctx) as tx:
        row, file = _file(tx.session, ctx, takeover_id, file_id)
        tx.session.delete(file)
        row.state, row.report_blob = "draft", ""
        tx.audit("delete", "takeover_file", file_id, before={"kind": file.kind})


def save_matching(
    ctx: Context, takeover_id: int, file_id: int, read: TakeoverMatching, *, remember: bool = True
) -> None:
    """Save how an export is read; `remember` keeps it for the next export of the same tool."""
    ctx.require(Permission.DATA_TAKEOVER)
    with store.tx(ctx) as tx:
        row, file = _file(tx.session, ctx, takeover_id, file_id)
        file.mapping = read.text
        row.state, row.report_blob = "draft", ""
        if remember:
            _remember(tx, row.source, file.kind, read)
        tx.audit("update", "takeover_file", file_id, after={"facts": sorted(read.columns)})


def _file(
    session: Session, ctx: Context, takeover_id: int, file_id: int
) -> tuple[Takeover, TakeoverFile]:
    row = one(session, ctx, takeover_id)
    require_open(row)
    own = (TakeoverFile.firm_id == ctx.firm_id, TakeoverFile.takeover_id == takeover_id)
    file = session.exec(select(TakeoverFile).where(*own, TakeoverFile.id == file_id)).first()
    if file is None:
        raise NotFoundError("Fichier", file_id)
    return row, file


def _remember(tx: store.Tx, source: str, kind: str, read: TakeoverMatching) -> None:
    known = tx.session.exec(
        select(TakeoverProfile).where(
            TakeoverProfile.firm_id == tx.ctx.firm_id,
            TakeoverProfile.source == source,
            TakeoverProfile.kind == kind,
        )
    ).first()
    if known is None:
        tx.add(TakeoverProfile(firm_id=tx.ctx.firm_id, source=source, kind=kind, mapping=read.text))
    else:
        known.mapping = read.text


def decide_client(
    ctx: Context, takeover_id: int, client: str, choice: str, contact_id: int | None = None
) -> None:
    """Say what becomes of a client who looks like one already known (`kinds.CHOICES`)."""
    ctx.require(Permission.DATA_TAKEOVER)
    if choice not in CHOICES:
        raise InvalidInputError("Choisissez une décision de la liste.")
    with store.tx(ctx) as tx:
        row = one(tx.session, ctx, takeover_id)
        require_open(row)
        own = (
            TakeoverDecision.firm_id == ctx.firm_id,
            TakeoverDecision.takeover_id == takeover_id,
            TakeoverDecision.client == client,
        )
        known = tx.session.exec(select(TakeoverDecision).where(*own)).first()
        if known is None:
            known = TakeoverDecision(
                firm_id=ctx.firm_id, takeover_id=takeover_id, client=client, choice=choice
            )
            tx.session.add(known)
        known.choice, known.contact_id = choice, contact_id if choice == "same" else None
        tx.session.flush()
        tx.audit("decide", "takeover", takeover_id, after={"choice": choice})


def delete_takeover(ctx: Context, takeover_id: int) -> None:
    """Forget a takeover that brought nothing; one that did is undone instead, and stays listed."""
    ctx.require(Permission.DATA_TAKEOVER)
    with store.tx(ctx) as tx:
        row = one(tx.session, ctx, takeover_id)
        if row.turn:
            raise InvalidInputError(
                "Cette reprise a déjà été faite : elle reste listée. Annulez-la plutôt."
            )
        for model in (TakeoverDecision, TakeoverFile):
            own = (model.firm_id == ctx.firm_id, model.takeover_id == takeover_id)
            for line in tx.session.exec(select(model).where(*own)).all():
                tx.session.delete(line)
        tx.session.flush()
        tx.session.delete(row)
        tx.audit("delete", "takeover", takeover_id)
