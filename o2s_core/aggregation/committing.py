"""How prepared accounts become situations and movements, by batches, each account once."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from sqlalchemy import update
from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.account_links import Number, remember
from o2s_core.aggregation.account_matching import Asked, known_accounts
from o2s_core.aggregation.account_opening import open_account
from o2s_core.aggregation.carried_prices import COUNTED, counted
from o2s_core.aggregation.chronicle import happened
from o2s_core.aggregation.exclusion import take_import_turn
from o2s_core.aggregation.models import Anomaly, Delivery, DeliveryAccount
from o2s_core.aggregation.packing import only, unpack
from o2s_core.aggregation.recording import record
from o2s_core.aggregation.statement import Statement
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FeedError, O2SError
from o2s_core.kernel.identifiers import compact
from o2s_core.portfolio.models import Account

#: Accounts, and rows, committed at once: few enough that others write in between.
BATCH_ACCOUNTS: Final = 10_000
BATCH_ROWS: Final = 50_000


def commit_staged(
    ctx: Context,
    delivery_id: int,
    statement: Statement,
    row_ids: Collection[int] | None = None,
) -> pl.DataFrame:
    """Commit every prepared account of a delivery, or some; a batch is all or nothing.

    An account that cannot be committed is quarantined with its reason, the
    others are. Run again after a crash, it goes on with what is left. Returns the
    prices that the stored lines carry, as `carried_prices.counted` does.
    """
    left = _left(ctx, delivery_id)
    wanted = left if row_ids is None else [row for row in left if row[0] in row_ids]
    carried = [COUNTED.to_frame()]
    for batch in _batches(wanted):
        whole = len(batch) == statement.accounts.height
        part = statement if whole else only(statement, [e for _, e in batch])
        try:
            carried += _commit(ctx, delivery_id, [i for i, _ in batch], part)
        except O2SError:
            for row_id, external_id in batch:
                carried += _commit_alone(ctx, delivery_id, row_id, only(part, [external_id]))
    return pl.concat(carried).group_by(COUNTED.names()[:-1]).agg(pl.col("lines").sum())


def was_begun(ctx: Context, delivery_id: int) -> bool:
    """Return whether accounts of a delivery were committed already."""
    query = select(DeliveryAccount.id).where(
        DeliveryAccount.firm_id == ctx.firm_id,
        DeliveryAccount.delivery_id == delivery_id,
        col(DeliveryAccount.committed_in).is_not(None),
    )
    with store.reading(ctx) as session:
        return session.exec(query.limit(1)).first() is not None


def statement_of(ctx: Context, delivery: Delivery) -> Statement:
    """Return what was read of a delivery, as it rests in the archive."""
    found = unpack(store.blob(ctx, delivery.statement_blob))
    if not isinstance(found, Statement):
        raise FeedError("Cette livraison a été refusée : il n'y a rien à valider.")
    return found


def _left(ctx: Context, delivery_id: int) -> list[tuple[int, str, int]]:
    with store.reading(ctx) as session:
        rows = session.exec(
            select(
                DeliveryAccount.id,
                DeliveryAccount.external_id,
                DeliveryAccount.lines + DeliveryAccount.movements,
            )
            .where(
                DeliveryAccount.firm_id == ctx.firm_id,
                DeliveryAccount.delivery_id == delivery_id,
                DeliveryAccount.state == "staged",
            )
            .order_by(col(DeliveryAccount.id))
        ).all()
    return [(id_ or 0, external_id, size) for id_, external_id, size in rows]


def _batches(rows: Sequence[tuple[int, str, int]]) -> Iterator[list[tuple[int, str]]]:
    batch: list[tuple[int, str]] = []
    size = 0
    for row_id, external_id, count in rows:
        if batch and (len(batch) >= BATCH_ACCOUNTS or size + count > BATCH_ROWS):
            yield batch
            batch, size = [], 0
        batch.append((row_id, external_id))
        size += count
    if batch:
        yield batch


def _commit_alone(
    ctx: Context, delivery_id: int, row_id: int, part: Statement
) -> list[pl.DataFrame]:
    try:
        return _commit(ctx, delivery_id, [row_id], part)
    except O2SError as refused:
        with store.tx(ctx) as tx:
            row = tx.session.exec(
                select(DeliveryAccount).where(
                    DeliveryAccount.firm_id == ctx.firm_id, DeliveryAccount.id == row_id
                )
            ).one()
            row.state, row.reason = "quarantined", str(refused)
            tx.add(
                Anomaly(
                    firm_id=ctx.firm_id,
                    delivery_id=delivery_id,
                    external_id=row.external_id,
                    code="C01",
                    severity="error",
                    message=str(refused),
                )
            )
            tx.touch("aggregation")
    return []


def _commit(
    ctx: Context, delivery_id: int, row_ids: list[int], part: Statement
) -> list[pl.DataFrame]:
    """Commit some accounts at once; return the prices that their lines carry, by partner."""
    carried = []
    with store.tx(ctx) as tx:
        take_import_turn(tx)
        delivery = _delivery(tx, delivery_id)
        rows = _prepared(tx, row_ids)
        _open_accounts(tx, delivery, [row.id for row in rows if row.account_id is None])
        rows = _prepared(tx, row_ids)
        event = happened(tx, delivery, "committed")
        for provider_id in sorted({row.provider_id or 0 for row in rows}):
            some = [row for row in rows if (row.provider_id or 0) == provider_id]
            found = record(tx, delivery, some, provider_id, part)
            carried.append(counted(ctx, found.lines))
            for state, same in (("committed", True), ("unchanged", False)):
                ids = [row.id for row in some if (row.account_id in found.changed) is same]
                _settle(tx, ids, state=state, committed_in=event)
        remember(tx, _numbers(rows))
        accounts = [row.account_id for row in rows]
        _mark_fed(tx, [id_ for id_ in accounts if id_ is not None])
        tx.audit("commit", "delivery", delivery_id, after={
            "delivery": delivery_id, "accounts": accounts,
        })  # fmt: skip
        tx.touch("aggregation")
    return carried


def _delivery(tx: store.Tx, delivery_id: int) -> Delivery:
    query = select(Delivery).where(Delivery.firm_id == tx.ctx.firm_id, Delivery.id == delivery_id)
    return tx.session.exec(query).one()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An account of a delivery that is about to be committed."""

    id: int
    external_id: str
    provider_id: int | None
    account_id: int | None


def _prepared(tx: store.Tx, row_ids: Collection[int]) -> list[Prepared]:
    """Return the prepared accounts among some rows; tens of thousands, so no record is made."""
    tx.session.flush()
    own: Any = (getattr(DeliveryAccount, name) for name in Prepared.__slots__)
    query: Any = select(*own).where(
        DeliveryAccount.firm_id == tx.ctx.firm_id,
        store.among(tx.ctx, col(DeliveryAccount.id), row_ids),
        DeliveryAccount.state == "staged",
    )
    rows = tx.session.exec(query.order_by(col(DeliveryAccount.id)))
    return [Prepared(*row) for row in rows]


def _open_accounts(tx: store.Tx, delivery: Delivery, row_ids: Collection[int]) -> None:
    """Open the accounts of the contact whom the sender named, where they are not known yet.

    Another delivery may have opened one since this one was prepared: it is then that one.
    """
    if delivery.for_contact_id is None or not row_ids:
        return
    query = select(DeliveryAccount).where(
        DeliveryAccount.firm_id == tx.ctx.firm_id,
        store.among(tx.ctx, col(DeliveryAccount.id), row_ids),
    )
    for row in tx.session.exec(query.order_by(col(DeliveryAccount.id))).all():
        asked = [Asked(row.external_id, row.provider_id or 0)]
        since = known_accounts(tx.session, tx.ctx, asked).get(row.external_id)
        if since is not None and since.account_id is not None:
            row.account_id = since.account_id
            continue
        row.account_id = open_account(tx, delivery, row, delivery.for_contact_id)


def _settle(tx: store.Tx, ids: Collection[int], **said: str | int) -> None:
    """Write what became of many accounts of a delivery at once."""
    if not ids:
        return
    tx.session.flush()
    stamps = {"updated_at": tx.ctx.now, "updated_by": tx.ctx.user_id}
    tx.session.execute(
        update(DeliveryAccount)
        .where(store.among(tx.ctx, col(DeliveryAccount.id), ids))
        .values(version=col(DeliveryAccount.version) + 1, **said, **stamps),
        execution_options={"synchronize_session": False},
    )
    wanted = set(ids)
    for row in list(tx.session.identity_map.values()):
        if isinstance(row, DeliveryAccount) and row.id in wanted:
            tx.session.expire(row)


def _numbers(rows: Sequence[Prepared]) -> dict[Number, int | None]:
    return {
        (row.provider_id, key): row.account_id
        for row in rows
        if row.provider_id is not None and (key := compact(row.external_id))
    }


def _mark_fed(tx: store.Tx, account_ids: Sequence[int]) -> None:
    query = select(Account).where(
        Account.firm_id == tx.ctx.firm_id,
        store.among(tx.ctx, col(Account.id), account_ids),
        col(Account.aggregated).is_(False),
    )
    for account in tx.session.exec(query):
        account.aggregated = True
