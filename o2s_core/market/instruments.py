"""The supports of the firm: what each one is, and how it is found (Recherche de supports)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl
from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.identifiers import search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.freshness import is_stale
from o2s_core.market.models import Instrument, InstrumentAlias, Provider
from o2s_core.market.prices import last_prices
from o2s_core.store import EXACT_FRAME

#: One row per support, by label.
INSTRUMENTS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "isin": pl.String(),
        "label": pl.String(),
        "kind": pl.String(),
        "asset_class": pl.String(),
        "currency": pl.String(),
        "manager": pl.String(),
        "provider": pl.String(),
        "sri": pl.Int64(),
        "sfdr": pl.Int64(),
        "status": pl.String(),
    }
)
#: The same with the last price known; null where there is none.
PRICED: Final = pl.Schema(
    {
        **INSTRUMENTS,
        "price": EXACT_FRAME,
        "price_currency": pl.String(),
        "price_on": pl.Date(),
        "freshness": pl.String(),  #: fresh, stale, unpriced
    }
)
#: What a manufacturer's file says comes before what was typed, which has no day; 0 is out of scope.
current_sri: Final = func.coalesce(col(Instrument.reported_sri), col(Instrument.sri))
current_sfdr: Final = func.nullif(
    func.coalesce(col(Instrument.reported_sfdr), col(Instrument.sfdr)), 0
)
FRESHNESS: Final = {"fresh": "À jour", "stale": "Ancien", "unpriced": "Aucun cours"}


@dataclass(frozen=True, slots=True)
class InstrumentFilter:
    """Which supports are asked; an empty field asks for all.

    `text` is searched in the label, the ISIN, the manager and the other codes,
    whatever the case and the accents: every word must be found.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    asset_classes: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ("active", "provisional", "unidentified")
    sri_at_most: int | None = None
    sfdr_at_least: int | None = None


@dataclass(frozen=True, slots=True)
class InstrumentCard:
    """A support and what is known of it, its last price included."""

    id: int
    version: int
    isin: str | None
    label: str
    kind: str
    asset_class: str
    currency: str
    provider_id: int | None
    provider: str
    manager: str
    sri: int | None  #: of the newest manufacturer's file, else as typed
    sfdr: int | None
    typed_sri: int | None
    typed_sfdr: int | None
    price_factor: Decimal
    income: str  #: of an index: price, total; empty: not said
    zone: str
    eligible: tuple[str, ...]
    labels: tuple[str, ...]
    described_on: date | None  #: null: nobody said where zone, eligibility and labels are written
    status: str
    price: Decimal | None  #: for one unit, before the price factor
    price_on: date | None
    price_currency: str
    price_kind: str
    price_source: str
    stale: bool

    @property
    def to_complete(self) -> bool:
        """Return whether a partner's file made it and nobody completed it yet."""
        return self.status in {"provisional", "unidentified"}


def instruments(ctx: Context, asked: InstrumentFilter | None = None) -> pl.DataFrame:
    """Return the supports that match (schema `INSTRUMENTS`), by label."""
    ctx.require(Permission.MARKET_READ)
    wanted = asked or InstrumentFilter()
    named = {"sri": current_sri, "sfdr": current_sfdr}
    own = [
        named[name].label(name) if name in named else col(getattr(Instrument, name))
        for name in INSTRUMENTS
        if name != "provider"
    ]
    query = (
        select(*own, col(Provider.name).label("provider"))
        .outerjoin(Provider, col(Provider.id) == col(Instrument.provider_id))
        .where(mine(ctx), *_conditions(ctx, wanted))
        .order_by(col(Instrument.search_key), col(Instrument.id))
    )
    return store.frame(ctx, query, INSTRUMENTS)


def priced_instruments(ctx: Context, asked: InstrumentFilter | None = None) -> pl.DataFrame:
    """Return the supports that match, each with its last price of today or before (`PRICED`)."""
    ctx.require(Permission.MARKET_READ)
    rows = instruments(ctx, asked)
    last = last_prices(ctx, rows["id"], ctx.today).select(
        id="instrument_id", price="value", price_currency="currency", price_on="day"
    )
    joined = rows.join(last, on="id", how="left", maintain_order="left")
    ages = [
        freshness_of(kind, day, ctx.today)
        for kind, day in joined.select("kind", "price_on").iter_rows()
    ]
    dated = joined.with_columns(freshness=pl.Series(ages, dtype=pl.String))
    return store.conform(dated, PRICED, source="priced instruments")


def freshness_of(kind: str, priced_on: date | None, today: date) -> str | None:
    """Return how fresh a price is; null for what is never priced (cash, fonds euros)."""
    if priced_on is None:
        return None if kind in {"cash", "fonds_euros", "euro_croissance"} else "unpriced"
    return "stale" if is_stale(kind, priced_on, today) else "fresh"


def mine(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that an instrument is one of the firm's."""
    return col(Instrument.firm_id) == ctx.firm_id


def _conditions(ctx: Context, wanted: InstrumentFilter) -> list[ColumnElement[bool]]:
    found = [_has_word(ctx, word) for word in search_key(wanted.text).split()]
    chosen: dict[str, Collection[str]] = {
        "kind": wanted.kinds,
        "asset_class": wanted.asset_classes,
        "currency": wanted.currencies,
        "manager": wanted.managers,
        "status": wanted.statuses,
    }
    found += [col(getattr(Instrument, n)).in_(list(codes)) for n, codes in chosen.items() if codes]
    if wanted.sri_at_most is not None:
        found.append(current_sri <= wanted.sri_at_most)
    if wanted.sfdr_at_least is not None:
        found.append(current_sfdr >= wanted.sfdr_at_least)
    return found


def _has_word(ctx: Context, word: str) -> ColumnElement[bool]:
    """Return the condition that a word is in the name of a support, or in one of its codes."""
    coded = select(col(InstrumentAlias.instrument_id)).where(
        col(InstrumentAlias.firm_id) == ctx.firm_id,
        col(InstrumentAlias.code).icontains(word, autoescape=True),
    )
    in_name = col(Instrument.search_key).contains(word, autoescape=True)
    return in_name | col(Instrument.id).in_(coded)


def instrument(ctx: Context, instrument_id: int) -> InstrumentCard:
    """Return a support with its last price of today or before."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        row = one_instrument(ctx, session, instrument_id)
        insurer = session.get(Provider, row.provider_id) if row.provider_id else None
    last = last_prices(ctx, [instrument_id], ctx.today).to_dicts()
    price = last[0] if last else {}
    day = price.get("day")
    return InstrumentCard(
        id=instrument_id,
        version=row.version,
        isin=row.isin,
        label=row.label,
        kind=row.kind,
        asset_class=row.asset_class,
        currency=row.currency,
        provider_id=row.provider_id,
        provider=insurer.name if insurer else "",
        manager=row.manager,
        sri=row.sri if row.reported_sri is None else row.reported_sri,
        sfdr=(row.sfdr if row.reported_sfdr is None else row.reported_sfdr) or None,
        typed_sri=row.sri,
        typed_sfdr=row.sfdr,
        price_factor=row.price_factor,
        income=row.income,
        zone=row.zone,
        eligible=tuple(code for code in row.eligible.split(",") if code),
        labels=tuple(code for code in row.labels.split(",") if code),
        described_on=row.described_on,
        status=row.status,
        price=price.get("value"),
        price_on=day,
        price_currency=price.get("currency", row.currency),
        price_kind=price.get("kind", ""),
        price_source=price.get("source", ""),
        stale=is_stale(row.kind, day, ctx.today),
    )


def one_instrument(ctx: Context, session: Session, instrument_id: int) -> Instrument:
    """Return the record of a support, or say that it is not found."""
    query = select_rows(Instrument).where(mine(ctx), Instrument.id == instrument_id)
    row = session.exec(query).first()
    if row is None:
        raise NotFoundError("Support", instrument_id)
    return row


def managers(ctx: Context) -> tuple[str, ...]:
    """Return the management companies named by the supports, in order."""
    ctx.require(Permission.MARKET_READ)
    query = select_rows(Instrument.manager).where(mine(ctx), Instrument.manager != "").distinct()
    with store.reading(ctx) as session:
        return tuple(sorted(session.exec(query).all(), key=search_key))
