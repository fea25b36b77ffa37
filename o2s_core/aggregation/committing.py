"""How prepared accounts become situations and movements, by batches, each account once."""

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.chronicle import happened
from o2s_core.aggregation.feed.catalogue import UNNAMED, default_envelope
from o2s_core.aggregation.instrument_matching import match_instruments
from o2s_core.aggregation.models import AccountLink, Anomaly, Delivery, DeliveryAccount, Feed
from o2s_core.aggregation.packing import only, unpack
from o2s_core.aggregation.statement import Statement
from o2s_core.contacts.advisers import adviser_names
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FeedError, O2SError
from o2s_core.kernel.identifiers import compact
from o2s_core.market.models import Provider
from o2s_core.portfolio.account_changes import add_account
from o2s_core.portfolio.account_forms import AccountForm
from o2s_core.portfolio.envelopes import ENVELOPES
from o2s_core.portfolio.models import Account, Movement
from o2s_core.portfolio.posting import MOVEMENT_INPUT, record_movements
from o2s_core.portfolio.recording import LINE_INPUT, SITUATION_INPUT, record_situations

log = logging.getLogger(__name__)

#: Accounts, and rows, that are committed at once.
BATCH_ACCOUNTS: Final = 5_000
BATCH_ROWS: Final = 50_000


def commit_staged(
    ctx: Context,
    delivery_id: int,
    statement: Statement,
    row_ids: Collection[int] | None = None,
) -> None:
    """Commit every prepared account of a delivery, or some; a batch is all or nothing.

    An account that cannot be committed is quarantined with its reason, the
    others are. Run again after a crash, it goes on with what is left.
    """
    left = _left(ctx, delivery_id)
    wanted = left if row_ids is None else [row for row in left if row[0] in row_ids]
    for batch in _batches(wanted):
        part = only(statement, [e for _, e in batch])
        try:
            _commit(ctx, delivery_id, [i for i, _ in batch], part)
        except O2SError:
            for row_id, external_id in batch:
                _commit_alone(ctx, delivery_id, row_id, only(part, [external_id]))


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


def _commit_alone(ctx: Context, delivery_id: int, row_id: int, part: Statement) -> None:
    try:
        _commit(ctx, delivery_id, [row_id], part)
    except O2SError as refused:
        with store.tx(ctx) as tx:
            row = _rows(tx, [row_id])[0]
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


def _commit(ctx: Context, delivery_id: int, row_ids: list[int], part: Statement) -> None:
    with store.tx(ctx) as tx:
        delivery = _delivery(tx, delivery_id)
        rows = [row for row in _rows(tx, row_ids) if row.state == "staged"]
        for row in rows:
            _own_account(tx, delivery, row)
        for provider_id in sorted({row.provider_id or 0 for row in rows}):
            some = [row for row in rows if (row.provider_id or 0) == provider_id]
            record(tx, delivery, some, provider_id, part)
        event = happened(tx, delivery, "committed")
        for row in rows:
            row.committed_in = event
        _remember(tx, rows)
        _mark_fed(tx, _accounts(rows))
        said = {"delivery": delivery_id, "accounts": [row.account_id for row in rows]}
        tx.audit("commit", "delivery", delivery_id, after=said)
        tx.touch("aggregation")


def _delivery(tx: store.Tx, delivery_id: int) -> Delivery:
    query = select(Delivery).where(Delivery.firm_id == tx.ctx.firm_id, Delivery.id == delivery_id)
    return tx.session.exec(query).one()


def _rows(tx: store.Tx, row_ids: list[int]) -> list[DeliveryAccount]:
    query = select(DeliveryAccount).where(
        DeliveryAccount.firm_id == tx.ctx.firm_id,
        store.among(tx.ctx, col(DeliveryAccount.id), row_ids),
    )
    return list(tx.session.exec(query.order_by(col(DeliveryAccount.id))))


def record(
    tx: store.Tx,
    delivery: Delivery,
    rows: Sequence[DeliveryAccount],
    provider_id: int,
    part: Statement,
    *,
    fill_only: bool = False,
) -> None:
    """Write the situations and movements of some accounts, and count what they became."""
    ids = pl.DataFrame(
        {"external_id": [r.external_id for r in rows], "account_id": [r.account_id for r in rows]},
        {"external_id": pl.String, "account_id": pl.Int64},
    )
    lines = part.lines.join(ids, on="external_id", maintain_order="left")
    moves = part.movements.join(ids, on="external_id", maintain_order="left")
    matched = match_instruments(tx, provider_id, lines, moves)
    situations = part.situations.join(ids, on="external_id", maintain_order="left")
    situations = _with_currency(tx, situations)
    kept = record_situations(
        tx,
        situations.select(SITUATION_INPUT.names()),
        matched.lines.select(LINE_INPUT.names()),
        delivery_id=delivery.id,
        fill_only=fill_only,
    )
    posted = record_movements(
        tx,
        _inputs(matched.movements, stable=part.stable_refs),
        delivery_id=delivery.id,
        window=part.window if part.completeness == "full_window" else None,
        fill_only=fill_only,
    )
    if fill_only:
        return
    changed = {account_id for (account_id, _), what in kept.outcome.items() if what != "unchanged"}
    changed |= _moved(tx, delivery, rows)
    done = [row for row in rows if row.account_id in changed]
    _set_state(tx, done, "committed")
    _set_state(tx, [row for row in rows if row.account_id not in changed], "unchanged")
    delivery.situations_new += kept.new
    delivery.situations_unchanged += kept.unchanged
    delivery.movements_new += posted.new + posted.corrected
    delivery.movements_duplicate += posted.duplicate
    delivery.instruments_created += matched.created


def _accounts(rows: Sequence[DeliveryAccount]) -> list[int]:
    return [row.account_id for row in rows if row.account_id is not None]


def _set_state(tx: store.Tx, rows: Sequence[DeliveryAccount], state: str) -> None:
    """Write the new state of many accounts of a delivery at once."""
    if not rows:
        return
    tx.session.flush()
    ids = [row.id for row in rows if row.id is not None]
    said = {"state": state, "updated_at": tx.ctx.now, "updated_by": tx.ctx.user_id}
    tx.session.execute(
        update(DeliveryAccount)
        .where(store.among(tx.ctx, col(DeliveryAccount.id), ids))
        .values(version=col(DeliveryAccount.version) + 1, **said),
        execution_options={"synchronize_session": False},
    )
    for row in rows:
        set_committed_value(row, "state", state)
        set_committed_value(row, "version", row.version + 1)


def _with_currency(tx: store.Tx, situations: pl.DataFrame) -> pl.DataFrame:
    """Say in which currency a situation of mixed lines is: that of its account."""
    if not situations["currency"].null_count():
        return situations
    named: Any = col(Account.id).label("account_id"), col(Account.currency).label("own")
    query: Any = select(*named).where(
        Account.firm_id == tx.ctx.firm_id,
        store.among(tx.ctx, col(Account.id), situations["account_id"]),
    )
    own = store.frame(tx.ctx, query, pl.Schema({"account_id": pl.Int64(), "own": pl.String()}))
    both = situations.join(own, on="account_id", how="left", maintain_order="left")
    return both.with_columns(currency=pl.coalesce("currency", "own")).drop("own")


def _inputs(movements: pl.DataFrame, *, stable: bool) -> pl.DataFrame:
    reference = pl.col("partner_ref") if stable else pl.lit(None, pl.String)
    return movements.with_columns(partner_ref=reference).select(MOVEMENT_INPUT.names())


def _moved(tx: store.Tx, delivery: Delivery, rows: Sequence[DeliveryAccount]) -> set[int]:
    """Return the accounts on which this delivery posted or withdrew a movement."""
    query = select(Movement.account_id).where(
        Movement.firm_id == tx.ctx.firm_id,
        store.among(tx.ctx, col(Movement.account_id), _accounts(rows)),
        (col(Movement.delivery_id) == delivery.id) | (col(Movement.withdrawn_by) == delivery.id),
    )
    return set(tx.session.exec(query.distinct()))


def _own_account(tx: store.Tx, delivery: Delivery, row: DeliveryAccount) -> None:
    """Open the account of the contact whom the sender named, when it is not known yet."""
    if row.account_id is not None or delivery.for_contact_id is None:
        return
    row.account_id = open_account(tx, delivery, row, delivery.for_contact_id)


@dataclass(frozen=True, slots=True)
class AccountWishes:
    """What somebody chose for an account that a delivery opens; empty: as the file says."""

    label: str = ""
    envelope: str = ""


def open_account(
    tx: store.Tx,
    delivery: Delivery,
    row: DeliveryAccount,
    contact_id: int,
    wishes: AccountWishes | None = None,
) -> int:
    """Open, for one holder, the account that a delivery speaks of; or find it there already.

    An account that its file does not number takes the file code of its holder
    and the feed for number: the next file for the same person finds it again.
    """
    ctx = tx.ctx
    wishes = wishes or AccountWishes()
    feed = _feed(tx.session, ctx, delivery)
    number = row.external_id.strip() or f"{_file_code(tx.session, ctx, contact_id)}-{feed.code}"
    provider_id = row.provider_id or feed.provider_id
    found = tx.session.exec(
        select(Account.id).where(
            Account.firm_id == ctx.firm_id,
            Account.provider_id == provider_id,
            Account.number_key == compact(number),
        )
    ).first()
    if found is not None and not row.external_id.strip():
        return found
    form = AccountForm.sole(
        contact_id,
        label=wishes.label or row.label or _label(tx.session, ctx, provider_id, feed),
        number=number,
        envelope=_envelope(wishes.envelope or row.envelope, feed),
        provider_id=provider_id,
        currency=row.currency or feed.currency,
        adviser_id=_adviser(tx.session, ctx, row, contact_id),
        aggregated=True,
    )
    return add_account(ctx, form).id


def _adviser(session: Session, ctx: Context, row: DeliveryAccount, contact_id: int) -> int | None:
    """Return the adviser of the broker code, None when the account follows its holder's."""
    query = select(Contact.adviser_id).where(
        Contact.firm_id == ctx.firm_id, Contact.id == contact_id
    )
    if row.adviser_id in {None, session.exec(query).first()}:
        return None
    return row.adviser_id if row.adviser_id in adviser_names(ctx) else None


def _feed(session: Session, ctx: Context, delivery: Delivery) -> Feed:
    query = select(Feed).where(Feed.firm_id == ctx.firm_id, Feed.id == delivery.feed_id)
    return session.exec(query).one()


def _label(session: Session, ctx: Context, provider_id: int, feed: Feed) -> str:
    query = select(Provider).where(Provider.firm_id == ctx.firm_id, Provider.id == provider_id)
    provider = session.exec(query).one()
    return feed.label if provider.code == UNNAMED[0] else f"Compte {provider.name}"


def _envelope(said: str, feed: Feed) -> str:
    return said if said in ENVELOPES else default_envelope(feed.code, feed.format)


def _file_code(session: Session, ctx: Context, contact_id: int) -> str:
    query = select(Contact.file_code).where(
        Contact.firm_id == ctx.firm_id, Contact.id == contact_id
    )
    return session.exec(query).one()


def _remember(tx: store.Tx, rows: Sequence[DeliveryAccount]) -> None:
    """Keep which account each partner's number is, so that nobody is asked again."""
    asked = {
        (row.provider_id, key): row.account_id
        for row in rows
        if row.provider_id is not None and (key := compact(row.external_id))
    }
    known = _links(tx, {key for _, key in asked})
    for (provider_id, key), account_id in asked.items():
        if known.get((provider_id, key), account_id) != account_id:
            link(tx, provider_id, key, account_id, "number")
    fresh = [(*place, account_id) for place, account_id in asked.items() if place not in known]
    schema = {"provider_id": pl.Int64, "external_key": pl.String, "account_id": pl.Int64}
    table = pl.DataFrame(fresh, schema, orient="row")
    store.insert_frame(tx, AccountLink, table.with_columns(rule=pl.lit("number")))


def _links(tx: store.Tx, keys: set[str]) -> dict[tuple[int, str], int | None]:
    """Return the decisions about some numbers, by partner and number."""
    query = select(AccountLink.provider_id, AccountLink.external_key, AccountLink.account_id).where(
        AccountLink.firm_id == tx.ctx.firm_id,
        store.among(tx.ctx, col(AccountLink.external_key), keys),
    )
    return {(provider_id, key): account for provider_id, key, account in tx.session.exec(query)}


def link(tx: store.Tx, provider_id: int, key: str, account_id: int | None, rule: str) -> None:
    """Write, or change, the account that a partner's number means."""
    known = tx.session.exec(
        select(AccountLink).where(
            AccountLink.firm_id == tx.ctx.firm_id,
            AccountLink.provider_id == provider_id,
            AccountLink.external_key == key,
        )
    ).first()
    if known is not None and known.account_id == account_id:
        return
    if known is not None:
        known.account_id, known.rule = account_id, rule
        return
    tx.add(
        AccountLink(
            firm_id=tx.ctx.firm_id,
            provider_id=provider_id,
            external_key=key,
            account_id=account_id,
            rule=rule,
        )
    )


def _mark_fed(tx: store.Tx, account_ids: Sequence[int]) -> None:
    query = select(Account).where(
        Account.firm_id == tx.ctx.firm_id,
        store.among(tx.ctx, col(Account.id), account_ids),
        col(Account.aggregated).is_(False),
    )
    for account in tx.session.exec(query):
        account.aggregated = True
