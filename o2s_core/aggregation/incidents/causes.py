"""What is wrong with the files today? Late feeds, refused files, accounts in quarantine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlmodel import Session, col, func, select

from o2s_core.aggregation.feed.calendar import day_of, late_after
from o2s_core.aggregation.models import Delivery, DeliveryAccount, DeliveryFund, Feed, FeedSource
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import NBSP, day

#: How long a refused file that nothing came after is told.
TOLD: Final = timedelta(days=30)
#: States of a delivery that brought something.
BROUGHT: Final = ("committed", "partly_committed", "quarantined", "superseded")


@dataclass(frozen=True, slots=True)
class Cause:
    """Something wrong now: what, about what, whom it concerns."""

    code: str
    subject: str
    message: str
    feed_id: int | None = None
    delivery_id: int | None = None
    account_id: int | None = None
    owner_id: int | None = None

    @property
    def key(self) -> str:
        """Return what makes two causes the same one."""
        return f"{self.code} {self.subject}"


def causes(session: Session, ctx: Context) -> list[Cause]:
    """Return everything wrong with the files of the firm today, each once."""
    feeds = {f.id or 0: f for f in session.exec(select(Feed).where(Feed.firm_id == ctx.firm_id))}
    found = [
        *_late(session, ctx, feeds),
        *_refused(session, ctx, feeds),
        *_unreached(session, ctx, feeds),
        *_quarantined(session, ctx, feeds),
        *_funds_aside(session, ctx, feeds),
    ]
    return list({cause.key: cause for cause in found}.values())


def _late(session: Session, ctx: Context, feeds: dict[int, Feed]) -> Iterator[Cause]:
    last = dict(
        session.exec(
            select(col(Delivery.feed_id), func.max(Delivery.received_at))
            .where(Delivery.firm_id == ctx.firm_id, col(Delivery.state).in_(BROUGHT))
            .group_by(col(Delivery.feed_id))
        ).all()
    )
    for feed in feeds.values():
        since = last.get(feed.id) or feed.created_at
        if not feed.active or since is None:
            continue
        on = day_of(since, feed.time_zone)
        limit = late_after(feed.frequency, on, feed.grace_days)
        if limit is not None and ctx.today > limit:
            yield Cause(
                "FEED_STALE", f"feed:{feed.id}", _late_message(feed, last.get(feed.id) is None, on),
                feed_id=feed.id, owner_id=feed.owner_id,
            )  # fmt: skip


def _late_message(feed: Feed, never: bool, on: object) -> str:
    name = f"«{NBSP}{feed.label}{NBSP}»"
    if never:
        return f"Le flux {name} n'a encore rien reçu depuis sa déclaration."
    return f"Le flux {name} n'a rien reçu depuis le {day(on)}."  # type: ignore[arg-type]


def _refused(session: Session, ctx: Context, feeds: dict[int, Feed]) -> Iterator[Cause]:
    """Return the files refused of late, those whose feed received a good one since left out."""
    codes = {feed.code: feed for feed in feeds.values()}
    newest = {
        feed_id: (at, number)
        for feed_id, at, number in session.exec(
            select(
                col(Delivery.feed_id), func.max(Delivery.received_at), func.max(col(Delivery.id))
            )
            .where(Delivery.firm_id == ctx.firm_id, col(Delivery.state).in_(BROUGHT))
            .group_by(col(Delivery.feed_id))
        )
    }
    rows = session.exec(
        select(Delivery).where(
            Delivery.firm_id == ctx.firm_id,
            Delivery.state == "rejected",
            col(Delivery.received_at) > ctx.now - TOLD,
        )
    )
    for row in rows:
        feed = feeds.get(row.feed_id or 0) or codes.get(row.asked_feed)
        since = newest.get(feed.id) if feed else None
        if since is not None and (row.received_at, row.id or 0) < since:
            continue
        owner = feed.owner_id if feed else row.created_by
        yield Cause(
            "FEED_ERROR", f"delivery:{row.id}", f"Fichier refusé : {row.message}",
            feed_id=feed.id if feed else None, delivery_id=row.id, owner_id=owner,
        )  # fmt: skip


def _unreached(session: Session, ctx: Context, feeds: dict[int, Feed]) -> Iterator[Cause]:
    rows = session.exec(
        select(FeedSource).where(
            FeedSource.firm_id == ctx.firm_id, col(FeedSource.active), FeedSource.failures > 0
        )
    )
    for row in rows:
        feed = feeds[row.feed_id]
        if feed.active:
            yield Cause(
                "FEED_ERROR", f"source:{row.id}",
                f"Collecte SFTP du flux «{NBSP}{feed.label}{NBSP}» en échec : {row.message}",
                feed_id=feed.id, owner_id=feed.owner_id,
            )  # fmt: skip


def _quarantined(session: Session, ctx: Context, feeds: dict[int, Feed]) -> Iterator[Cause]:
    rows = session.exec(
        select(DeliveryAccount, col(Delivery.feed_id))
        .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
        .where(
            DeliveryAccount.firm_id == ctx.firm_id,
            DeliveryAccount.state == "quarantined",
            col(Delivery.state).not_in(("cancelled", "rejected", "duplicate")),
        )
        .order_by(col(DeliveryAccount.id))
    )
    for row, feed_id in rows:
        feed = feeds.get(feed_id or 0)
        known = row.account_id is not None
        name = f"«{NBSP}{feed.label}{NBSP}»" if feed else "inconnu"
        yield Cause(
            "ACCOUNT_QUARANTINED",
            f"account:{row.account_id}" if known else f"staged:{row.id}",
            f"Un compte reçu par le flux {name} attend une décision : rien n'en est compté.",
            feed_id=feed_id, delivery_id=row.delivery_id, account_id=row.account_id,
            owner_id=None if known or feed is None else feed.owner_id,
        )  # fmt: skip


def _funds_aside(session: Session, ctx: Context, feeds: dict[int, Feed]) -> Iterator[Cause]:
    """Return the files whose supports wait for a decision, one cause for each file."""
    rows = session.exec(
        select(col(Delivery.id), col(Delivery.feed_id), func.count())
        .join(DeliveryFund, col(DeliveryFund.delivery_id) == col(Delivery.id))
        .where(
            Delivery.firm_id == ctx.firm_id,
            DeliveryFund.state == "quarantined",
            col(Delivery.state).not_in(("cancelled", "rejected", "duplicate")),
        )
        .group_by(col(Delivery.id), col(Delivery.feed_id))
        .order_by(col(Delivery.id))
    )
    for delivery_id, feed_id, number in rows:
        feed = feeds.get(feed_id or 0)
        name = f"«{NBSP}{feed.label}{NBSP}»" if feed else "inconnu"
        many = f"{number} supports attendent" if number > 1 else "1 support attend"
        yield Cause(
            "FUND_QUARANTINED", f"funds:{delivery_id}",
            f"{many} une décision dans un fichier du flux {name} : rien n'en est retenu.",
            feed_id=feed_id, delivery_id=delivery_id, owner_id=feed.owner_id if feed else None,
        )  # fmt: skip
