"""How is a past delivery read again with another version of its mapping? Rehearsed, then done."""

from dataclasses import dataclass, replace
from typing import Final

import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.archiving import turn
from o2s_core.aggregation.cancelling import say_again
from o2s_core.aggregation.carried_prices import give_back_carried, take_carried
from o2s_core.aggregation.closing import close
from o2s_core.aggregation.committing import commit_staged
from o2s_core.aggregation.exclusion import take_import_turn
from o2s_core.aggregation.known_mappings import mapping_texts
from o2s_core.aggregation.mapping_versions import mapping_card
from o2s_core.aggregation.models import Delivery, DeliveryAccount, DeliveryEvent
from o2s_core.aggregation.received import one_delivery_inside
from o2s_core.aggregation.receiving import PATIENCE
from o2s_core.aggregation.reconciliation.keeping import reconcile_delivery
from o2s_core.aggregation.replaying.rereading import read_again
from o2s_core.aggregation.replaying.running import take_again
from o2s_core.aggregation.sandbox import MappingText
from o2s_core.aggregation.scoping import accounts_inside, require_answerable
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel.context import Context, Perimeter
from o2s_core.kernel.errors import FeedError, InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.portfolio.cancelling import cancel_delivery, restack

EXACT: Final = pl.Decimal(38, 8)
#: One row per account of the delivery: what the file said of it, and what it says now.
#: `change` is same, changed, added or removed.
REMAPPING: Final = pl.Schema(
    {
        "external_id": pl.String(),
        "change": pl.String(),
        "state": pl.String(),
        "state_after": pl.String(),
        "total": EXACT,
        "total_after": EXACT,
        "lines": pl.Int64(),
        "lines_after": pl.Int64(),
        "movements": pl.Int64(),
        "movements_after": pl.Int64(),
    }
)
COMPARED: Final = ("state", "total", "lines", "movements")


@dataclass(frozen=True, slots=True)
class Remapped:
    """What another version of the mapping makes of a delivery, account by account."""

    delivery_id: int
    mapping_code: str
    revision: int
    accounts: pl.DataFrame  #: REMAPPING
    done: bool  #: False: a rehearsal, nothing was stored


class _Rehearsed(Exception):  # noqa: N818 - carries an answer out of a write that is undone
    def __init__(self, accounts: pl.DataFrame) -> None:
        super().__init__()
        self.accounts = accounts


def remap(
    ctx: Context, delivery_id: int, revision: int | None = None, *, rehearse: bool = False
) -> Remapped:
    """Read a past delivery again with another version of its mapping.

    Its situations and movements are replaced by what the new reading gives, at
    the moment at which it had come: what later files corrected stays corrected.
    The old ones stay readable, cancelled.

    Parameters
    ----------
    revision
        Version of the mapping; None is the newest.
    rehearse
        Tell account by account what would change, store nothing.

    Raises
    ------
    InvalidInputError
        The delivery was read without mapping, or brought nothing.
    FeedError
        This version cannot read the file.
    """
    ctx.require(Permission.FEED_CANCEL)
    with store.reading(ctx) as session:
        found = one_delivery_inside(session, ctx, delivery_id)
        _require_mapped(found)
        require_answerable(session, ctx, delivery_id)
    card = mapping_card(ctx, found.mapping_code, revision=revision)
    text = MappingText(card.text, card.revision)
    read = read_again(ctx, found, text, mapping_texts(ctx))
    if isinstance(read.result, Refusal):
        raise FeedError(f"Cette version ne lit pas ce fichier. {read.result.message}")
    with turn(ctx, found.sha256, wait=PATIENCE):
        told = (delivery_id, read.result, read.sha)
        accounts = _rehearsed(ctx, *told) if rehearse else _done(ctx, *told)
    return Remapped(delivery_id, found.mapping_code, card.revision, accounts, done=not rehearse)


def _require_mapped(found: Delivery) -> None:
    if found.state not in {"committed", "partly_committed", "quarantined", "superseded"}:
        raise InvalidInputError(
            "Cette livraison n'a rien apporté : recevez de nouveau le fichier, ou relisez-le."
        )
    if not found.mapping_code:
        raise InvalidInputError(
            "Ce format est lu directement, sans correspondance : il n'y a pas d'autre version."
        )


def _rehearsed(ctx: Context, delivery_id: int, statement: Statement, sha: str) -> pl.DataFrame:
    try:
        with store.tx(ctx) as tx:
            raise _Rehearsed(_replaced(tx, delivery_id, statement, sha))  # noqa: TRY301 - undoes all of it
    except _Rehearsed as told:
        return told.accounts


def _done(ctx: Context, delivery_id: int, statement: Statement, sha: str) -> pl.DataFrame:
    with store.tx(ctx) as tx:
        before = one_delivery_inside(tx.session, ctx, delivery_id).mapping_revision
        accounts = _replaced(tx, delivery_id, statement, sha)
        reconcile_delivery(tx, delivery_id, _accounts(tx, delivery_id))
        after = one_delivery_inside(tx.session, ctx, delivery_id).mapping_revision
        tx.audit(
            "remap", "delivery", delivery_id, before={"revision": before}, after={"revision": after}
        )
    return accounts


def _replaced(tx: store.Tx, delivery_id: int, statement: Statement, sha: str) -> pl.DataFrame:
    """Put the new reading in the place of the old one, at the moment of the old one."""
    take_import_turn(tx)
    delivery = one_delivery_inside(tx.session, tx.ctx, delivery_id)
    before = _seen(tx, delivery_id)
    events = _events(tx, delivery_id)
    with store.on_behalf(tx, _then(tx.ctx, delivery)) as then:
        undone = cancel_delivery(then, delivery_id)
        give_back_carried(then, delivery_id)
        _wait(then, delivery_id)
        changed = take_again(then, delivery, statement, sha)
        for name in ("situations_new", "situations_unchanged", "movements_new",
                     "movements_duplicate"):  # fmt: skip
            setattr(delivery, name, 0)
        ids = _release(then, delivery_id)
        commit_staged(then.ctx, delivery_id, statement, ids)
        say_again(then, undone)
        restack(then, undone.account_ids | _accounts(then, delivery_id))
        take_carried(then, delivery)
        close(then, delivery)
    _keep_order(tx, delivery_id, events)
    return _compared(before, _seen(tx, delivery_id), changed)


def _then(ctx: Context, delivery: Delivery) -> Context:
    """Return the moment at which a delivery came; rights are those of now."""
    day = delivery.received_at.astimezone(PARIS).date()
    return replace(
        ctx, user_id=delivery.created_by, now=delivery.received_at, today=day,
        perimeter=Perimeter(everyone=True), permissions=frozenset(Permission),
    )  # fmt: skip


def _rows(tx: store.Tx, delivery_id: int) -> list[DeliveryAccount]:
    query = select(DeliveryAccount).where(
        DeliveryAccount.firm_id == tx.ctx.firm_id, DeliveryAccount.delivery_id == delivery_id
    )
    return list(tx.session.exec(query.order_by(col(DeliveryAccount.id))))


def _wait(tx: store.Tx, delivery_id: int) -> None:
    for row in _rows(tx, delivery_id):
        if row.state in {"committed", "unchanged"}:
            row.state = "quarantined"
            row.committed_in = row.committed_in or 0
    tx.session.flush()


def _release(tx: store.Tx, delivery_id: int) -> list[int]:
    """Return the accounts to commit: those that were, and those that the new reading frees."""
    rows = [r for r in _rows(tx, delivery_id) if r.committed_in is not None or r.state == "staged"]
    for row in rows:
        row.state = "staged"
    tx.session.flush()
    return [row.id or 0 for row in rows]


def _accounts(tx: store.Tx, delivery_id: int) -> frozenset[int]:
    return frozenset(r.account_id for r in _rows(tx, delivery_id) if r.account_id is not None)


def _events(tx: store.Tx, delivery_id: int) -> dict[str, int | None]:
    return {row.external_id: row.committed_in for row in _rows(tx, delivery_id)}


def _keep_order(tx: store.Tx, delivery_id: int, events: dict[str, int | None]) -> None:
    """Leave the chronicle as it was: the accounts were committed when they were."""
    first = next((event for event in events.values() if event), None)
    made = set()
    for row in _rows(tx, delivery_id):
        was = events.get(row.external_id) or first
        if row.committed_in is not None and was and row.committed_in != was:
            made.add(row.committed_in)
            row.committed_in = was
    tx.session.flush()
    for event in tx.session.exec(select(DeliveryEvent).where(col(DeliveryEvent.id).in_(made))):
        tx.session.delete(event)
    tx.session.flush()


def _seen(tx: store.Tx, delivery_id: int) -> pl.DataFrame:
    query = select(DeliveryAccount).where(
        DeliveryAccount.firm_id == tx.ctx.firm_id,
        DeliveryAccount.delivery_id == delivery_id,
        accounts_inside(tx.ctx),
    )
    rows = [
        {"external_id": row.external_id} | {name: getattr(row, name) for name in COMPARED}
        for row in tx.session.exec(query.order_by(col(DeliveryAccount.id)))
    ]
    kinds = {name: REMAPPING[name] for name in ("external_id", *COMPARED)}
    return pl.DataFrame(rows, kinds)


def _compared(before: pl.DataFrame, after: pl.DataFrame, changed: frozenset[str]) -> pl.DataFrame:
    both = before.join(
        after, on="external_id", how="full", suffix="_after", coalesce=True, maintain_order="left"
    )
    differ = [pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in COMPARED]
    change = (
        pl.when(pl.col("state").is_null())
        .then(pl.lit("added"))
        .when(pl.col("state_after").is_null())
        .then(pl.lit("removed"))
        .when(pl.any_horizontal(*differ, pl.col("external_id").is_in(list(changed))))
        .then(pl.lit("changed"))
        .otherwise(pl.lit("same"))
    )
    return both.with_columns(change=change).select(pl.col(n).cast(t) for n, t in REMAPPING.items())
