"""How breaks are opened, seen again and closed when they are gone; decisions stay."""

from collections.abc import Collection
from typing import Any, Final

import polars as pl
from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.feed.tolerances import allowed_by, tolerances_of
from o2s_core.aggregation.models import Break, Delivery, Feed
from o2s_core.aggregation.reconciliation.figures import EXACT, USUAL, figures
from o2s_core.aggregation.reconciliation.finding import (
    FOUND,
    KEY,
    cash_breaks,
    late_breaks,
    price_breaks,
    rate_breaks,
    stale_breaks,
    unit_breaks,
    value_breaks,
)
from o2s_core.aggregation.reconciliation.numbering import number_breaks
from o2s_core.aggregation.reconciliation.overridden import override_breaks
from o2s_core.aggregation.reconciliation.presence import (
    absence_breaks,
    fall_breaks,
    left_out,
)
from o2s_core.aggregation.reconciliation.proposals import with_proposals
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.portfolio.models import Account, AccountHolder

STANDING: Final = ("open", "explained", "accepted")
#: What a break says of itself each time it is seen.
SEEN: Final = ("expected", "reported", "since", "as_of", "proposal", "other_instrument_id", "ratio",
               "message")  # fmt: skip


def contradictions(
    ctx: Context, account_ids: Collection[int] | None = None, feed_id: int | None = None
) -> pl.DataFrame:
    """Return what contradicts itself in some accounts, or in all (schema `FOUND`).

    With `feed_id`, the complete deliveries of that feed are compared too; with all
    accounts, those of every feed.
    """
    feeds = _feeds(ctx)
    seen = figures(ctx, account_ids, feeds.select("delivery_id", *USUAL))
    found = [
        with_proposals(unit_breaks(seen), seen),
        cash_breaks(seen),
        number_breaks(ctx, account_ids),
        value_breaks(seen),
        price_breaks(seen),
        stale_breaks(ctx, seen, feeds, allowed_by(ctx)),
        late_breaks(ctx, seen, feeds),
        rate_breaks(ctx, seen),
        absence_breaks(ctx, account_ids),
        override_breaks(ctx, account_ids),
    ]
    if account_ids is None or feed_id is not None:
        found.append(fall_breaks(ctx, feed_id))
    return pl.concat(found).unique(KEY, keep="first", maintain_order=True).sort(KEY)


def reconcile_delivery(tx: store.Tx, delivery_id: int, account_ids: Collection[int]) -> int:
    """Compare the accounts of which a delivery spoke or no longer speaks, and its own total."""
    one = select(Delivery.feed_id).where(
        Delivery.firm_id == tx.ctx.firm_id, Delivery.id == delivery_id
    )
    feed_id = tx.session.exec(one).one()
    tx.session.flush()
    absent = left_out(tx.ctx, delivery_id, feed_id) if feed_id is not None else set()
    return reconcile(tx, {*account_ids, *absent}, feed_id)


def reconcile(
    tx: store.Tx, account_ids: Collection[int] | None = None, feed_id: int | None = None
) -> int:
    """Compare the figures of some accounts, or of all, and keep their breaks; return how many.

    A break already known is seen again; one whose figures changed after it was
    explained or accepted is open again; one that is gone closes by itself.
    """
    if account_ids is not None and not account_ids and feed_id is None:
        return 0
    found = contradictions(tx.ctx, account_ids, feed_id)
    known = {_key(row): row for row in _standing(tx, account_ids, feed_id)}
    fresh = []
    for row in found.iter_rows(named=True):
        same = known.pop(tuple(row[name] for name in KEY), None)
        if same is None:
            fresh.append(row)
        else:
            _see_again(tx, same, row)
    for gone in known.values():
        gone.state, gone.closed_on = "closed", tx.ctx.today
    _open(tx, fresh)
    if fresh or known:
        tx.touch("aggregation")
    return found.height


def _key(row: Break) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in KEY)


def _standing(
    tx: store.Tx, account_ids: Collection[int] | None, feed_id: int | None
) -> list[Break]:
    query = select(Break).where(Break.firm_id == tx.ctx.firm_id, col(Break.state).in_(STANDING))
    if account_ids is not None:
        of_feed = col(Break.feed_id) == feed_id
        query = query.where(of_feed | store.among(tx.ctx, col(Break.account_id), account_ids))
    return list(tx.session.exec(query))


def _see_again(tx: store.Tx, known: Break, row: dict[str, Any]) -> None:
    changed = (known.expected, known.reported) != (row["expected"], row["reported"])
    if changed and known.state != "open":
        known.state = "open"
    for name in SEEN:
        if getattr(known, name) != row[name]:
            setattr(known, name, row[name])
    if known.last_seen_on != tx.ctx.today:
        known.last_seen_on = tx.ctx.today


def _open(tx: store.Tx, rows: list[dict[str, Any]]) -> None:
    owners = _advisers(tx, {row["account_id"] for row in rows if row["account_id"]})
    of_feeds = _feed_owners(tx, {row["feed_id"] for row in rows if row["feed_id"]})
    made = [
        {name: row[name] for name in FOUND}
        | {
            "owner_id": row["owner_id"]
            or owners.get(row["account_id"])
            or of_feeds.get(row["feed_id"]),
            "opened_on": tx.ctx.today,
            "last_seen_on": tx.ctx.today,
            "closed_on": None,
            "state": "open",
            "reason": "",
            "action": "",
            "decided_at": None,
            "decided_by": None,
        }
        for row in rows
    ]
    store.insert_rows(tx, Break, made)


def _advisers(tx: store.Tx, account_ids: set[int]) -> dict[int, int | None]:
    """Return whose work a break is: the adviser of the account, else of its first holder."""
    asked: list[Any] = [Account.id, Account.adviser_id, Contact.adviser_id]
    query: Select[Any] = (
        columns(*asked)
        .outerjoin(AccountHolder, col(AccountHolder.account_id) == col(Account.id))
        .outerjoin(Contact, col(Contact.id) == col(AccountHolder.contact_id))
        .where(
            col(Account.firm_id) == tx.ctx.firm_id,
            store.among(tx.ctx, col(Account.id), account_ids),
        )
        .order_by(col(Account.id), col(AccountHolder.rank))
    )
    found: dict[int, int | None] = {}
    for account_id, own, of_holder in tx.session.execute(query):
        if found.get(account_id) is None:
            found[account_id] = own or of_holder
    return found


def _feed_owners(tx: store.Tx, feed_ids: set[int]) -> dict[int, int | None]:
    """Return whose work a break of a whole delivery is: the person told about its feed."""
    query = select(Feed.id, Feed.owner_id).where(
        Feed.firm_id == tx.ctx.firm_id, col(Feed.id).in_(feed_ids)
    )
    return {id_ or 0: owner for id_, owner in tx.session.exec(query)}


def _feeds(ctx: Context) -> pl.DataFrame:
    """Return, by delivery, the rhythm of its feed and how far its figures may be from ours."""
    with store.reading(ctx) as session:
        rows = session.exec(
            select(Delivery.id, Feed)
            .join(Feed, col(Feed.id) == col(Delivery.feed_id))
            .where(Delivery.firm_id == ctx.firm_id)
        ).all()
    told = {feed.id: tolerances_of(feed) for _, feed in rows}
    found = [
        (
            delivery_id,
            feed.id,
            feed.frequency,
            feed.grace_days,
            told[feed.id].quantity,
            told[feed.id].cash_amount,
            float(told[feed.id].account_change),
        )
        for delivery_id, feed in rows
    ]
    schema: dict[str, Any] = {
        "delivery_id": pl.Int64,
        "feed_id": pl.Int64,
        "frequency": pl.String,
        "grace_days": pl.Int64,
        "quantity_gap": EXACT,
        "cash_gap": EXACT,
        "value_change": pl.Float64,
    }
    return pl.DataFrame(found, schema, orient="row")
