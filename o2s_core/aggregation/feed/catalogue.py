"""Which feeds does the firm receive, and from whom? (Flux)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, func, select

from o2s_core import store
from o2s_core.aggregation.feed.calendar import (
    FEED_STATES,
    day_of,
    expected_on,
    late_after,
    state_of,
)
from o2s_core.aggregation.feed.tolerances import DEFAULT, Tolerances, tolerances_of
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.shipped import shipped
from o2s_core.aggregation.models import Delivery, Feed
from o2s_core.aggregation.partner_codes import partner_code
from o2s_core.aggregation.statement import Statement
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Provider

#: One row per feed, those never used yet included (`id` null).
FEEDS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "code": pl.String(),
        "label": pl.String(),
        "partner": pl.String(),
        "format": pl.String(),
        "frequency": pl.String(),
        "grace_days": pl.Int64(),
        "active": pl.Boolean(),
        "last_received_at": pl.Datetime("us", "UTC"),
        "last_as_of": pl.Date(),
        "deliveries": pl.Int64(),
        "expected_on": pl.Date(),
        "late_after": pl.Date(),
        "state": pl.String(),  # key of `calendar.FEED_STATES`
    }
)
#: Whom an account is filed under when neither the file nor the sender says it.
UNNAMED: Final = ("non_precise", "Partenaires divers")
#: Who sends the files about supports, whatever the management company.
MANUFACTURERS: Final = ("societes_de_gestion", "Sociétés de gestion")


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """A feed: what the pipeline needs to know of it, stored or not."""

    code: str
    label: str
    provider_code: str
    provider_name: str
    format: str
    mapping_code: str = ""
    completeness: str = "delta"
    envelope: str = ""  #: of the accounts, when the file does not say
    id: int | None = None
    provider_id: int | None = None
    auto_commit: bool = True
    max_error_share: int = 30  #: percent of rows in error above which all is refused
    active: bool = True
    tolerances: Tolerances = DEFAULT
    asked_completeness: str = ""  #: what the firm says against the file; empty: nothing


#: Feeds that come with the product beside the mappings.
BUILT_IN: Final = (
    FeedSpec(
        "ibkr_flex", "Interactive Brokers, requête Flex", "interactive_brokers",
        "Interactive Brokers", "flex", envelope="compte_titres",
    ),
    FeedSpec("mt535", "Relevé de titres SWIFT", *UNNAMED, "mt535", envelope="compte_titres"),
    FeedSpec("mt940", "Relevé de compte SWIFT", *UNNAMED, "mt940", envelope="compte_courant"),
    FeedSpec("camt", "Relevé de compte ISO 20022", *UNNAMED, "camt", envelope="compte_courant"),
    FeedSpec("semt", "Relevé de titres ISO 20022", *UNNAMED, "semt", envelope="compte_titres"),
    FeedSpec(
        "boursobank_notices", "BoursoBank, avis d'opéré", "boursobank", "BoursoBank", "pdf_text",
        envelope="compte_titres",
    ),
    FeedSpec(
        "bourse_direct_notices", "Bourse Direct, avis d'opéré", "bourse_direct", "Bourse Direct",
        "pdf_text", envelope="compte_titres",
    ),
    FeedSpec(
        "fortuneo_notices", "Fortuneo, avis d'opéré", "fortuneo", "Fortuneo", "pdf_text",
        envelope="compte_titres",
    ),
    FeedSpec("powens", "Agrégateur Powens", *UNNAMED, "powens_json"),
    FeedSpec("plaid", "Agrégateur Plaid", *UNNAMED, "plaid_json"),
    FeedSpec("emt", "FinDatEx EMT, marché cible et coûts", *MANUFACTURERS, "emt"),
    FeedSpec("ept", "FinDatEx EPT, données du DIC", *MANUFACTURERS, "ept"),
    FeedSpec("eet", "FinDatEx EET, durabilité", *MANUFACTURERS, "eet"),
    FeedSpec("tpt", "FinDatEx TPT, inventaires", *MANUFACTURERS, "tpt"),
    FeedSpec("qif", "Relevé QIF", *UNNAMED, "qif"),
    FeedSpec("native", "Échange au format du produit", *UNNAMED, "native"),
)  # fmt: skip
#: Format -> the feed of a file that names none.
OF_FORMAT: Final = {spec.format: spec.code for spec in BUILT_IN}


def feeds(ctx: Context) -> pl.DataFrame:
    """Return the feeds of the firm and those that the product reads, by partner.

    Returns
    -------
    pl.DataFrame
        Schema `FEEDS`.
    """
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        stored = session.exec(
            select(Feed, Provider.name)
            .join(Provider, col(Provider.id) == col(Feed.provider_id))
            .where(Feed.firm_id == ctx.firm_id)
        ).all()
        last = _last_deliveries(session, ctx)
    rows = [_row(feed, name, last, ctx.today) for feed, name in stored]
    known = {feed.code for feed, _ in stored}
    rows += [_unused(spec) for spec in offered() if spec.code not in known]
    return pl.DataFrame(rows, FEEDS).sort("partner", "label")


def declared_feeds(ctx: Context) -> pl.DataFrame:
    """Return the feeds of the firm, the most pressing first (schema `FEEDS`)."""
    ctx.require(Permission.FEED_READ)
    rank = {state: n for n, state in enumerate(FEED_STATES)}
    order = pl.col("state").replace_strict(rank, return_dtype=pl.Int64)
    known = feeds(ctx).filter(pl.col("id").is_not_null())
    return known.sort(order, "late_after", "partner", "label", nulls_last=True)


def feeds_by_state(found: pl.DataFrame) -> dict[str, int]:
    """Return how many feeds stand in each state."""
    counted = dict(found["state"].value_counts().iter_rows())
    return {state: counted.get(state, 0) for state in FEED_STATES}


def feeds_matching(found: pl.DataFrame, *, state: str = "", partner: str = "") -> pl.DataFrame:
    """Return the feeds of a state and of a partner; empty means any."""
    kept = found.filter(pl.col("state") == state) if state else found
    return kept.filter(pl.col("partner") == partner) if partner else kept


def _row(
    feed: Feed, partner: str, last: dict[int, dict[str, Any]], today: date
) -> dict[str, object]:
    seen = last.get(feed.id or 0, {"last_received_at": None, "last_as_of": None, "deliveries": 0})
    own = ("id", "code", "label", "format", "frequency", "grace_days", "active")
    at = seen["last_received_at"]
    day = day_of(at, feed.time_zone) if at else None
    grace = feed.grace_days
    return (
        {name: getattr(feed, name) for name in own}
        | seen
        | {
            "partner": partner,
            "expected_on": expected_on(feed.frequency, day) if day and feed.active else None,
            "late_after": late_after(feed.frequency, day, grace) if day and feed.active else None,
            "state": state_of(feed.frequency, day, grace, today, active=feed.active),
        }
    )


def _unused(spec: FeedSpec) -> dict[str, object]:
    return {
        "id": None,
        "code": spec.code,
        "label": spec.label,
        "partner": spec.provider_name,
        "format": spec.format,
        "frequency": "on_demand",
        "grace_days": None,
        "active": True,
        "last_received_at": None,
        "last_as_of": None,
        "deliveries": 0,
        "expected_on": None,
        "late_after": None,
        "state": "on_demand",
    }


def _last_deliveries(session: Session, ctx: Context) -> dict[int, dict[str, Any]]:
    rows = session.exec(
        select(
            Delivery.feed_id,
            func.max(Delivery.received_at),
            func.max(Delivery.as_of),
            func.count(),
        )
        .where(
            Delivery.firm_id == ctx.firm_id,
            col(Delivery.state).not_in(("duplicate", "rejected", "cancelled")),
        )
        .group_by(col(Delivery.feed_id))
    )
    return {
        feed_id: {"last_received_at": at, "last_as_of": as_of, "deliveries": count}
        for feed_id, at, as_of, count in rows
        if feed_id is not None
    }


def offered(mappings: Iterable[MappingSpec] = ()) -> tuple[FeedSpec, ...]:
    """Return the feeds that can be received without being declared first."""
    known = {spec.code: spec for spec in (*shipped(), *mappings)}
    of_mappings = tuple(of_mapping(spec) for spec in known.values() if not spec.refusal)
    return of_mappings + BUILT_IN


def of_mapping(spec: MappingSpec) -> FeedSpec:
    """Return the feed that a mapping reads."""
    partner = (spec.provider.code, spec.provider.name) if spec.provider else UNNAMED
    broker = spec.provider is not None and "movements" in spec.content
    return FeedSpec(
        spec.code, spec.label or spec.code, *partner, format=spec.reading.type,
        mapping_code=spec.code, completeness=spec.completeness,
        envelope="compte_titres" if broker else "",
    )  # fmt: skip


def feed_named(
    session: Session, ctx: Context, code: str, mappings: Iterable[MappingSpec] = ()
) -> FeedSpec:
    """Return the feed that the sender named, stored or offered."""
    row = session.exec(
        select(Feed, Provider)
        .join(Provider, col(Provider.id) == col(Feed.provider_id))
        .where(Feed.firm_id == ctx.firm_id, Feed.code == code)
    ).first()
    by_code = {spec.code: spec for spec in offered(mappings)}
    if row is not None:
        return _stored(*row, by_code.get(code))
    if code in by_code:
        return by_code[code]
    raise NotFoundError("Flux", code)


def _stored(feed: Feed, provider: Provider, offer: FeedSpec | None) -> FeedSpec:
    return FeedSpec(
        feed.code, feed.label, provider.code, provider.name, feed.format, feed.mapping_code,
        feed.completeness, offer.envelope if offer else "", feed.id, provider.id, feed.auto_commit,
        feed.max_error_share, feed.active, tolerances_of(feed),
        feed.asked_completeness,
    )  # fmt: skip


def feed_of(
    session: Session,
    ctx: Context,
    statement: Statement,
    data: bytes,
    mappings: Iterable[MappingSpec] = (),
) -> FeedSpec:
    """Return the feed that a file belongs to, from what the file says of itself."""
    if statement.mapping_code:
        declared = _declared_for(session, ctx, statement.mapping_code)
        return feed_named(session, ctx, declared or statement.mapping_code, mappings)
    if statement.format == "ofx":
        return _of_ofx(session, ctx, data)
    if statement.format == "pdf_text":
        return feed_named(session, ctx, f"{statement.partners['code'][0]}_notices")
    return feed_named(session, ctx, OF_FORMAT[statement.format])


def _declared_for(session: Session, ctx: Context, mapping: str) -> str:
    """Return the one active feed that reads by a mapping, "" when none or several do."""
    query = select(Feed.code).where(
        Feed.firm_id == ctx.firm_id, Feed.mapping_code == mapping, col(Feed.active)
    )
    codes = session.exec(query).all()
    return codes[0] if len(codes) == 1 else ""


def _of_ofx(session: Session, ctx: Context, data: bytes) -> FeedSpec:
    """Return the feed of an OFX file: one for each institution that signs them."""
    head = data[:200_000].decode("latin-1")
    names = (re.search(rf"<{tag}>\s*([^<\r\n]+)", head) for tag in ("ORG", "BROKERID", "BANKID"))
    name = next((m.group(1).strip() for m in names if m and m.group(1).strip()), "inconnu")
    slug = partner_code(name) or "inconnu"
    try:
        return feed_named(session, ctx, f"ofx_{slug}")
    except NotFoundError:
        broker = "<INVSTMTRS>" in data.decode("latin-1")
        return FeedSpec(
            f"ofx_{slug}", f"{name}, OFX", slug, name, "ofx",
            envelope="compte_titres" if broker else "compte_courant",
        )  # fmt: skip


def default_envelope(code: str, form: str) -> str:
    """Return the envelope of an account whose file does not name it."""
    offer = next((spec for spec in offered() if spec.code == code), None)
    if offer is not None and offer.envelope:
        return offer.envelope
    return "compte_titres" if form in {"ofx", "flex"} else "autre"


def ensure_feed(tx: store.Tx, spec: FeedSpec) -> FeedSpec:
    """Keep a feed that is received for the first time, with its partner."""
    if spec.id is not None:
        return spec
    provider_id = ensure_provider(tx, spec.provider_code, spec.provider_name)
    feed = Feed(
        firm_id=tx.ctx.firm_id,
        code=spec.code,
        label=spec.label,
        provider_id=provider_id,
        format=spec.format,
        mapping_code=spec.mapping_code,
        completeness=spec.completeness,
    )
    tx.add(feed)
    tx.audit("create", "feed", feed.id, after={"code": spec.code})
    tx.touch("aggregation")
    return _stored(feed, _provider(tx, provider_id), spec)


def ensure_provider(tx: store.Tx, code: str, name: str) -> int:
    """Return the partner of a code, created when it is the first time it is named."""
    known = select(Provider.id).where(Provider.firm_id == tx.ctx.firm_id, Provider.code == code)
    found = tx.session.exec(known).first()
    if found is not None:
        return found
    made = Provider(firm_id=tx.ctx.firm_id, code=code, name=name)
    tx.add(made)
    tx.audit("create", "provider", made.id, after={"code": code})
    tx.touch("market")
    return made.id or 0


def _provider(tx: store.Tx, provider_id: int) -> Provider:
    query = select(Provider).where(Provider.firm_id == tx.ctx.firm_id, Provider.id == provider_id)
    return tx.session.exec(query).one()
