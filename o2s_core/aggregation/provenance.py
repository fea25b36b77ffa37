"""Where does a figure come from? Down to the cells of the partner's file (Origine du chiffre)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.models import Delivery, Feed, RawRow, Takeover
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.french import NBSP
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.portfolio.models import Account, Movement, Situation, SituationLine
from o2s_core.portfolio.visibility import visible


@dataclass(frozen=True, slots=True)
class Origin:
    """The file, the row and the cells behind a figure."""

    delivery_id: int
    file_name: str
    sha256: str
    received_at: datetime
    feed: str
    format: str
    mapping_code: str
    mapping_revision: int | None
    locator: str
    cells: Mapping[str, str]  #: column -> text, as the partner wrote it

    @property
    def mapping(self) -> str:
        """Return by what the file was read, as the screen says it."""
        if not self.mapping_code:
            return f"lecteur {self.format}"
        revision = f"version {self.mapping_revision}" if self.mapping_revision else "du produit"
        return f"{self.mapping_code}, {revision}"


def origin(ctx: Context, delivery_id: int, locator: str) -> Origin:
    """Return the raw cells of one row of a delivery that speaks of a visible account.

    Raises
    ------
    NotFoundError
        No such row, or it speaks of an account outside the perimeter.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        delivery = session.exec(
            select(Delivery).where(Delivery.firm_id == ctx.firm_id, Delivery.id == delivery_id)
        ).first()
        if delivery is None or not _speaks_of_mine(session, ctx, delivery, locator):
            raise NotFoundError("Origine", f"livraison {delivery_id}, {locator}")
        feed = session.get(Feed, delivery.feed_id) if delivery.feed_id else None
        raw = session.exec(
            select(RawRow.cells).where(
                RawRow.firm_id == ctx.firm_id,
                RawRow.delivery_id == delivery_id,
                RawRow.locator == locator,
            )
        ).first()
    return Origin(
        delivery_id,
        delivery.file_name,
        delivery.sha256,
        delivery.received_at,
        feed.label if feed else "",
        delivery.format,
        delivery.mapping_code,
        delivery.mapping_revision,
        locator,
        _cells(raw),
    )


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The takeover that brought a figure from another tool."""

    name: str  #: as the firm calls the takeover
    on: date

    @property
    def sentence(self) -> str:
        """Return where the figure comes from, as the screen says it."""
        return f"Repris de «{NBSP}{self.name}{NBSP}» le {french.day(self.on)}"


def taken_over(
    ctx: Context, *, situation_id: int | None = None, movement_id: int | None = None
) -> TakenOver | None:
    """Return which takeover brought a situation or a movement, None when none did.

    None too outside the perimeter: it is as if the figure did not exist.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    query: Any = select(Situation.takeover_id).join(Account)
    wanted: Any = Situation.id == situation_id
    if situation_id is None:
        query = select(Movement.takeover_id).join(Account)
        wanted = Movement.id == movement_id
    query = query.where(Account.firm_id == ctx.firm_id, wanted, visible(ctx))
    with store.reading(ctx) as session:
        takeover_id = session.exec(query).first()
        kept = select(Takeover).where(Takeover.firm_id == ctx.firm_id, Takeover.id == takeover_id)
        found = session.exec(kept).first() if takeover_id is not None else None
    if found is None or found.committed_at is None:
        return None
    on = found.committed_at.astimezone(PARIS).date()
    return TakenOver(found.name, on)


def _speaks_of_mine(session: Session, ctx: Context, delivery: Delivery, locator: str) -> bool:
    """Return whether a row of a delivery gave a line or a movement of a visible account."""
    line = (
        select(SituationLine.id)
        .join(Situation, col(Situation.id) == col(SituationLine.situation_id))
        .join(Account, col(Account.id) == col(SituationLine.account_id))
        .where(
            Situation.firm_id == ctx.firm_id,
            Situation.delivery_id == delivery.id,
            SituationLine.locator == locator,
            visible(ctx),
        )
    )
    movement = (
        select(Movement.id)
        .join(Account, col(Account.id) == col(Movement.account_id))
        .where(
            Movement.firm_id == ctx.firm_id,
            Movement.delivery_id == delivery.id,
            Movement.locator == locator,
            visible(ctx),
        )
    )
    return any(session.exec(query.limit(1)).first() for query in (line, movement))


def _cells(raw: str | None) -> dict[str, str]:
    found = orjson.loads(raw) if raw else {}
    return {name: _text(value) for name, value in found.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
