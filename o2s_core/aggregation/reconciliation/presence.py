"""Which accounts does a partner's complete delivery leave out, and does its total fall? (V05)."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import Select, Subquery, distinct, func
from sqlalchemy import select as columns
from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.feed.tolerances import allowed_by
from o2s_core.aggregation.models import Break, Delivery, DeliveryAccount, Feed
from o2s_core.aggregation.reconciliation.figures import EXACT
from o2s_core.aggregation.reconciliation.finding import FOUND, breaks_of
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import NBSP, day, number
from o2s_core.portfolio.models import Account

#: What the breaks are about, as the screen says it.
ABSENT: Final = "Compte absent"
COUNT: Final = "Nombre de comptes"
TOTAL: Final = "Total de l'envoi"
#: Accounts of which earlier complete deliveries spoke; the last one is `delivery_id`.
BEFORE: Final = pl.Schema(
    {
        "feed_id": pl.Int64(),
        "feed": pl.String(),
        "for_contact_id": pl.Int64(),
        "account_id": pl.Int64(),
        "external_id": pl.String(),
        "since": pl.Date(),
    }
)
#: What the last complete delivery of each feed, and of each sender, holds.
PRESENT: Final = pl.Schema(
    {
        "feed_id": pl.Int64(),
        "for_contact_id": pl.Int64(),
        "delivery_id": pl.Int64(),
        "as_of": pl.Date(),
        "external_id": pl.String(),
        "account_id": pl.Int64(),
    }
)
#: How many accounts a complete delivery has, and their worth together; `rank` 1 is the last.
SUMS: Final = pl.Schema(
    {
        "feed_id": pl.Int64(),
        "delivery_id": pl.Int64(),
        "as_of": pl.Date(),
        "rank": pl.Int64(),
        "count": pl.Int64(),
        "known": pl.Int64(),
        "currencies": pl.Int64(),
        "total": EXACT,
    }
)
GIVEN: Final = ("committed", "unchanged")


def absence_breaks(ctx: Context, account_ids: Collection[int] | None) -> pl.DataFrame:
    """V05: accounts that the last complete delivery of their feed leaves out (`FOUND`).

    An account that is closed, or of which another delivery spoke since, is not missing.
    """
    gone = _absent(ctx, account_ids, None)
    elsewhere = _last_elsewhere(ctx, gone["account_id"].to_list())
    told = [
        {"account_id": row["account_id"], "currency": ABSENT, "since": row["since"],
         "as_of": row["as_of"], "delivery_id": row["delivery_id"],
         "message": _absent_message(row["feed"], row["as_of"])}
        for row in gone.iter_rows(named=True)
        if (elsewhere.get(row["account_id"]) or date.min) < row["as_of"]
    ]  # fmt: skip
    return breaks_of(pl.DataFrame(told, FOUND), "V05")


def left_out(ctx: Context, delivery_id: int, feed_id: int) -> set[int]:
    """Return the accounts that may be missing from a feed, or were told so by a delivery."""
    gone = _absent(ctx, None, feed_id)["account_id"].to_list()
    with store.reading(ctx) as session:
        told = session.exec(
            select(Break.account_id).where(
                Break.firm_id == ctx.firm_id,
                Break.delivery_id == delivery_id,
                Break.currency == ABSENT,
                Break.state != "closed",
            )
        ).all()
    return {id_ for id_ in (*gone, *told) if id_ is not None}


def _complete(ctx: Context, feed_id: int | None) -> Subquery:
    """Return the complete deliveries, each with its `rank` among those of its feed and sender."""
    said = func.coalesce(
        func.nullif(Delivery.completeness, ""),
        func.nullif(Feed.asked_completeness, ""),
        Feed.completeness,
    )
    rank = func.row_number().over(
        partition_by=(col(Delivery.feed_id), col(Delivery.for_contact_id)),
        order_by=(col(Delivery.as_of).desc(), col(Delivery.id).desc()),
    )
    own: list[Any] = [col(Delivery.id).label("delivery_id"), Delivery.feed_id,
                      col(Feed.label).label("feed"), Delivery.for_contact_id, Delivery.as_of,
                      rank.label("rank")]  # fmt: skip
    query = (
        columns(*own)
        .join(Feed, col(Feed.id) == col(Delivery.feed_id))
        .where(
            col(Delivery.firm_id) == ctx.firm_id,
            col(Delivery.state).in_(("committed", "partly_committed", "superseded")),
            col(Delivery.as_of).is_not(None),
            said == "full_snapshot",
        )
    )
    if feed_id is not None:
        query = query.where(col(Delivery.feed_id) == feed_id)
    return query.subquery()


def _absent(ctx: Context, account_ids: Collection[int] | None, feed_id: int | None) -> pl.DataFrame:
    """Return the accounts of an earlier complete delivery that are not in the last of its kind."""
    whole = _complete(ctx, feed_id)
    scope = ["feed_id", "for_contact_id"]
    present = store.frame(ctx, _present(ctx, whole), PRESENT)
    last = present.select(*scope, "delivery_id", "as_of").unique()
    named = store.frame(ctx, _before(ctx, whole, account_ids), BEFORE)
    named = named.join(last, on=scope, nulls_equal=True)
    for key in ("account_id", "external_id"):
        here = present.select(*scope, key).drop_nulls(key).unique()
        named = named.join(here, on=[*scope, key], how="anti", nulls_equal=True)
    return named.sort("account_id", "as_of")


def _present(ctx: Context, whole: Subquery) -> Select[Any]:
    own = (whole.c[name] for name in ("feed_id", "for_contact_id", "delivery_id", "as_of"))
    asked: list[Any] = [DeliveryAccount.external_id, DeliveryAccount.account_id]
    return (
        columns(*own, *asked)
        .join(whole, whole.c.delivery_id == col(DeliveryAccount.delivery_id))
        .where(col(DeliveryAccount.firm_id) == ctx.firm_id, whole.c.rank == 1)
    )


def _before(ctx: Context, whole: Subquery, account_ids: Collection[int] | None) -> Select[Any]:
    scope = [whole.c[name] for name in ("feed_id", "feed", "for_contact_id")]
    account: Any = DeliveryAccount.account_id
    query = (
        columns(
            *scope,
            account,
            func.max(DeliveryAccount.external_id).label("external_id"),
            func.max(whole.c.as_of).label("since"),
        )
        .join(whole, whole.c.delivery_id == col(DeliveryAccount.delivery_id))
        .join(Account, col(Account.id) == col(DeliveryAccount.account_id))
        .where(
            col(DeliveryAccount.firm_id) == ctx.firm_id,
            col(DeliveryAccount.state).in_(GIVEN),
            whole.c.rank > 1,
            col(Account.closed_on).is_(None),
        )
        .group_by(*scope, account)
    )
    if account_ids is not None:
        query = query.where(store.among(ctx, account, account_ids))
    return query


def _last_elsewhere(ctx: Context, account_ids: list[int]) -> dict[int, date]:
    """Return the last day on which any delivery that stands spoke of some accounts."""
    query: Any = (
        select(col(DeliveryAccount.account_id), func.max(DeliveryAccount.as_of))
        .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
        .where(
            DeliveryAccount.firm_id == ctx.firm_id,
            store.among(ctx, col(DeliveryAccount.account_id), account_ids),
            col(DeliveryAccount.state).in_(GIVEN),
            Delivery.state != "cancelled",
        )
        .group_by(col(DeliveryAccount.account_id))
    )
    with store.reading(ctx) as session:
        return dict(session.exec(query).all())


def _absent_message(feed: str, as_of: date) -> str:
    return (
        f"Ce compte n'est plus dans l'envoi complet du {day(as_of)} du flux «{NBSP}{feed}{NBSP}» : "
        "clôturez-le s'il l'est, ou demandez au partenaire pourquoi il manque. Sa dernière "
        "situation est gardée."
    )


def fall_breaks(ctx: Context, feed_id: int | None) -> pl.DataFrame:
    """V05: complete deliveries with fewer accounts, or a smaller total, than their feed admits.

    Compared with the delivery before, or with the level from which an open break
    says that it fell: a low level does not become the rule by lasting. Totals are
    compared when every account is worth something in one and the same currency.
    """
    sums = store.frame(ctx, _sums(ctx, feed_id), SUMS).sort("feed_id", "rank")
    feeds, levels = allowed_by(ctx), _levels(ctx)
    told = []
    for (feed,), rows in sums.group_by("feed_id", maintain_order=True):
        if rows.height < 2:
            continue
        now, before = (_measured(row) for row in rows.to_dicts())
        for what, share in ((COUNT, "accounts_drop"), (TOTAL, "total_drop")):
            level = levels.get((feed, what), before[what])
            told += _fall(now, level, what, getattr(feeds[feed], share), before["as_of"])
    return breaks_of(pl.DataFrame(told, FOUND), "V05")


def _sums(ctx: Context, feed_id: int | None) -> Select[Any]:
    whole = _complete(ctx, feed_id)
    own = [whole.c[name] for name in ("feed_id", "delivery_id", "as_of", "rank")]
    total: Any = DeliveryAccount.total
    return (
        columns(
            *own,
            func.count().label("count"),
            func.count(total).label("known"),
            func.count(distinct(col(DeliveryAccount.currency))).label("currencies"),
            func.sum(total).label("total"),
        )
        .join(whole, whole.c.delivery_id == col(DeliveryAccount.delivery_id))
        .where(
            col(DeliveryAccount.firm_id) == ctx.firm_id,
            whole.c.rank <= 2,
            whole.c.for_contact_id.is_(None),
        )
        .group_by(*own)
    )


def _measured(row: dict[str, Any]) -> dict[str, Any]:
    """Return a delivery by what is compared: a total in several currencies says nothing."""
    sound = row["known"] == row["count"] and row["currencies"] == 1
    return row | {COUNT: Decimal(row["count"]), TOTAL: row["total"] if sound else None}


def _fall(
    now: dict[str, Any], level: Decimal | None, what: str, share: Decimal, since: date
) -> list[dict[str, Any]]:
    said = now[what]
    if level is None or said is None or level <= 0 or level - said <= share * level:
        return []
    places = 0 if what == COUNT else 2
    lost = number((level - said) * 100 / level, 1)
    return [
        {
            "feed_id": now["feed_id"], "currency": what, "expected": level, "reported": said,
            "since": since, "as_of": now["as_of"], "delivery_id": now["delivery_id"],
            "message": f"{what} : {number(said, places)} contre {number(level, places)} "
            f"auparavant, soit {lost}{NBSP}% de moins. Demandez au partenaire si l'envoi est "
            "entier, et annulez la livraison sinon.",
        }
    ]  # fmt: skip


def _levels(ctx: Context) -> dict[tuple[int, str], Decimal]:
    """Return the levels from which open breaks say that deliveries fell."""
    with store.reading(ctx) as session:
        rows = session.exec(
            select(Break).where(
                Break.firm_id == ctx.firm_id,
                col(Break.feed_id).is_not(None),
                Break.state == "open",
            )
        ).all()
    return {(r.feed_id or 0, r.currency): r.expected for r in rows if r.expected is not None}
