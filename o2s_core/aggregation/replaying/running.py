"""How everything is made again from the archive: in one write, or not at all."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl
from sqlalchemy import delete
from sqlmodel import col, func, or_, select

from o2s_core import store
from o2s_core.aggregation.cancelling import take_back
from o2s_core.aggregation.chronicle import happened
from o2s_core.aggregation.closing import close
from o2s_core.aggregation.committing import commit_staged, statement_of
from o2s_core.aggregation.exclusion import alone, take_import_turn
from o2s_core.aggregation.feed.catalogue import feed_named
from o2s_core.aggregation.models import (
    Delivery,
    DeliveryAccount,
    DeliveryStep,
    Feed,
    RawRow,
    StatementNumber,
)
from o2s_core.aggregation.reconciliation.keeping import reconcile
from o2s_core.aggregation.replaying.carried import carried_again
from o2s_core.aggregation.replaying.course import Happening, about_accounts, course
from o2s_core.aggregation.replaying.fingerprint import Fingerprint, fingerprint
from o2s_core.aggregation.replaying.judging import changed_accounts, judge_again
from o2s_core.aggregation.replaying.orphans import forget_orphans
from o2s_core.aggregation.replaying.rereading import Progress, Reread, reread
from o2s_core.aggregation.replaying.supports import about_supports, supports_again
from o2s_core.aggregation.replaying.wiping import UNDER_WAY, wipe
from o2s_core.aggregation.staging import keep_numbers
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.aggregation.steps import note
from o2s_core.aggregation.superseding import mark_superseded
from o2s_core.aggregation.taking import describe
from o2s_core.kernel.context import Context, Perimeter
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.portfolio.typed_situations import put_back

log = logging.getLogger(__name__)

#: One row per account whose situations or movements are no longer the same.
CHANGES: Final = pl.Schema(
    {"account_id": pl.Int64(), "account": pl.String(), "change": pl.String()}
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay gave: the hash before and after, and the accounts that differ."""

    before: str
    hash: str
    deliveries: int
    changes: pl.DataFrame  #: CHANGES
    refused: tuple[tuple[str, str], ...]  #: file, why it could not be read again: as it was

    @property
    def identical(self) -> bool:
        """Return whether the archive gives what the store already said."""
        return self.before == self.hash


class _Compared(Exception):  # noqa: N818 - carries an answer out of a write that is undone
    def __init__(self, answer: Replayed) -> None:
        super().__init__()
        self.answer = answer


def require_whole_firm(ctx: Context) -> None:
    """Raise `PermissionDeniedError` for who does not see the whole firm."""
    if not ctx.perimeter.everyone:
        raise PermissionDeniedError(Permission.FEED_REPLAY.label)


def replay(
    ctx: Context,
    *,
    mapping: str = "original",
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Replayed:
    """Take away what files brought and make it again from the archive, in the order of reception.

    Situations and movements, reports about supports, prices and rates. Links, other
    codes of supports, mappings, typed situations and what people decided (accounts
    attached, accepted, rejected, ignored, deliveries cancelled, prices confirmed) are
    kept and take place again at their moment. A file that can no longer be read keeps
    what was read of it. All of it is one write: a process that dies leaves everything as
    it was.

    Parameters
    ----------
    mapping
        original (each file with the version of the mapping that read it) or newest.
    dry_run
        Compare and change nothing.
    progress
        Told how many files are read, out of how many, with a sentence.

    Raises
    ------
    PermissionDeniedError
        Without the right, or without seeing the whole firm.
    """
    ctx.require(Permission.FEED_REPLAY)
    require_whole_firm(ctx)
    with alone(ctx.place, f"replay-{ctx.firm_id}"):
        listed = _readable(ctx)
        read = reread(ctx, listed, mapping, progress)
        if progress is not None:
            progress(len(listed), len(listed) + 1, "Reconstruction, en une seule écriture…")
        try:
            with store.tx(ctx) as tx:
                answer = _again(tx, read)
                if dry_run:
                    raise _Compared(answer)  # noqa: TRY301 - the one way to undo all of it
                said = {"mapping": mapping, "before": answer.before, "hash": answer.hash}
                tx.audit("replay", "delivery", None, after=said)
        except _Compared as compared:
            return compared.answer
    log.info("replay.done", extra={"deliveries": answer.deliveries})
    return answer


def _readable(ctx: Context) -> list[Delivery]:
    """Return the deliveries on which something was built."""
    with store.reading(ctx) as session:
        return list(
            session.exec(
                select(Delivery)
                .where(
                    Delivery.firm_id == ctx.firm_id,
                    or_(about_accounts(ctx), about_supports(ctx)),
                    col(Delivery.state).not_in(UNDER_WAY),
                    Delivery.statement_blob != "",
                )
                .order_by(col(Delivery.id))
            )
        )


def _again(tx: store.Tx, read: Mapping[int, Reread]) -> Replayed:
    take_import_turn(tx)
    before = fingerprint(tx.ctx)
    happenings = course(tx.session, tx.ctx)
    states = _states(tx)
    others = {id_: one for id_, one in read.items() if id_ not in states}
    last = select(func.max(DeliveryStep.id)).where(DeliveryStep.firm_id == tx.ctx.firm_id)
    step = tx.session.exec(last).one() or 0
    ends = _endings(tx)
    days = wipe(tx, list(states))
    course_of = _Course(read, days, ends)
    for happening in happenings:
        with store.on_behalf(tx, _as(tx.ctx, happening)) as then:
            course_of.go(then, happening)
        tx.session.flush()
        tx.session.expunge_all()
    _end(tx, states, step)
    refused = [*course_of.refused, *supports_again(tx, others)]
    carried_again(tx)
    reconcile(tx)
    forget_orphans(tx)
    after = fingerprint(tx.ctx)
    changes, count = _changes(before, after), len(states) + len(others)
    return Replayed(before.hash, after.hash, count, changes, tuple(refused))


def _as(ctx: Context, happening: Happening) -> Context:
    """Return who did something, when: what was allowed then is not asked again."""
    return replace(
        ctx,
        user_id=happening.user_id,
        perimeter=Perimeter(everyone=True),
        permissions=frozenset(Permission),
        now=happening.at,
        today=max(happening.at.astimezone(PARIS).date(), date(1980, 1, 1)),
    )


def _states(tx: store.Tx) -> dict[int, str]:
    rows = tx.session.exec(
        select(col(Delivery.id), Delivery.state)
        .where(Delivery.firm_id == tx.ctx.firm_id, about_accounts(tx.ctx))
        .order_by(col(Delivery.id))
    )
    return {id_ or 0: state for id_, state in rows}


def _endings(tx: store.Tx) -> dict[int, str]:
    """Return how the cancelled deliveries say why."""
    rows = tx.session.exec(
        select(col(Delivery.id), Delivery.message).where(
            Delivery.firm_id == tx.ctx.firm_id, Delivery.state == "cancelled"
        )
    )
    return {id_ or 0: message for id_, message in rows}


class _Course:
    """The deliveries as they come, are committed and are taken back again."""

    def __init__(
        self, read: Mapping[int, Reread], days: dict[int, date], ends: dict[int, str]
    ) -> None:
        self.read, self.days, self.ends = read, days, ends
        self.refused: list[tuple[str, str]] = []

    def go(self, tx: store.Tx, happening: Happening) -> None:
        """Do one thing again."""
        if happening.kind == "typed":
            put_back(tx, happening.situation_id, self.days[happening.situation_id])
            return
        delivery = _delivery(tx, happening.delivery_id)
        if happening.kind == "read":
            self._read(tx, delivery)
        elif happening.kind == "committed":
            self._commit(tx, delivery, happening)
        else:
            take_back(tx, delivery, self.ends.get(delivery.id or 0, "Annulée"))

    def _read(self, tx: store.Tx, delivery: Delivery) -> None:
        found = self.read.get(delivery.id or 0)
        happened(tx, delivery, "read")
        if found is None:
            return
        if isinstance(found.result, Refusal):
            self.refused.append((delivery.file_name, found.result.message))
            return
        take_again(tx, delivery, found.result, found.sha)
        ready = _ready(tx, delivery)
        if ready:
            commit_staged(tx.ctx, delivery.id or 0, found.result, ready)
        close(tx, delivery)

    def _commit(self, tx: store.Tx, delivery: Delivery, happening: Happening) -> None:
        rows = tx.session.exec(
            select(DeliveryAccount).where(
                DeliveryAccount.firm_id == tx.ctx.firm_id,
                col(DeliveryAccount.id).in_(happening.row_ids),
                col(DeliveryAccount.committed_in).is_not(None),
            )
        ).all()
        for row in rows:
            row.state = "staged"
        tx.session.flush()
        ids = [row.id or 0 for row in rows]
        commit_staged(tx.ctx, delivery.id or 0, statement_of(tx.ctx, delivery), ids)
        close(tx, delivery)


def _ready(tx: store.Tx, delivery: Delivery) -> list[int]:
    """Return the accounts that the new reading frees: nobody waits for them."""
    query = select(DeliveryAccount.id).where(
        DeliveryAccount.delivery_id == delivery.id, DeliveryAccount.state == "staged"
    )
    return [id_ or 0 for id_ in tx.session.exec(query)]


def take_again(tx: store.Tx, delivery: Delivery, statement: Statement, sha: str) -> frozenset[str]:
    """Put a new reading of a file in the place of the one before; return what accounts differ."""
    old = statement_of(tx.ctx, delivery)
    same = delivery.statement_blob == sha
    changed: frozenset[str] = frozenset() if same else changed_accounts(old, statement)
    _rewrite(tx, delivery, statement)
    feed_row = tx.session.exec(select(Feed).where(Feed.id == delivery.feed_id)).one()
    feed = feed_named(tx.session, tx.ctx, feed_row.code)
    describe(delivery, statement, feed)
    delivery.statement_blob = sha
    if changed or not old.anomalies.equals(statement.anomalies):
        judge_again(tx, delivery, statement, feed, changed)
    return changed


def _rewrite(tx: store.Tx, delivery: Delivery, statement: Statement) -> None:
    """Write the rows of a file as it gives them today."""
    for model in (RawRow, StatementNumber):
        tx.session.connection().execute(
            delete(model).where(
                col(model.firm_id) == tx.ctx.firm_id, col(model.delivery_id) == delivery.id
            )
        )
    keep_numbers(tx, delivery, statement)
    raw = statement.raw.unique("locator", keep="first", maintain_order=True)
    store.insert_rows(tx, RawRow, [r | {"delivery_id": delivery.id} for r in raw.to_dicts()])


def _end(tx: store.Tx, states: Mapping[int, str], step: int) -> None:
    """Leave each delivery where its course ends; its steps tell of a replay only if it changed."""
    tx.session.connection().execute(
        delete(DeliveryStep).where(
            col(DeliveryStep.firm_id) == tx.ctx.firm_id, col(DeliveryStep.id) > step
        )
    )
    for delivery_id, state in states.items():
        row = _delivery(tx, delivery_id)
        if state in UNDER_WAY:
            row.state = state
            continue
        mark_superseded(tx, delivery_id)
    tx.session.flush()
    tx.session.connection().execute(
        delete(DeliveryStep).where(
            col(DeliveryStep.firm_id) == tx.ctx.firm_id, col(DeliveryStep.id) > step
        )
    )
    tx.session.expire_all()
    for delivery_id, state in states.items():
        row = _delivery(tx, delivery_id)
        if row.state != state:
            note(tx, row, row.state)


def _changes(before: Fingerprint, after: Fingerprint) -> pl.DataFrame:
    both = before.accounts.join(
        after.accounts, on="account_id", how="full", suffix="_after", coalesce=True
    )
    differ = both.filter(pl.col("digest").ne_missing(pl.col("digest_after")))
    change = (
        pl.when(pl.col("digest").is_null())
        .then(pl.lit("added"))
        .when(pl.col("digest_after").is_null())
        .then(pl.lit("removed"))
        .otherwise(pl.lit("changed"))
    )
    named = differ.select("account_id", account=pl.coalesce("key", "key_after"), change=change)
    return named.sort("account").cast(dict(CHANGES))  # type: ignore[arg-type]


def _delivery(tx: store.Tx, delivery_id: int) -> Delivery:
    query = select(Delivery).where(Delivery.firm_id == tx.ctx.firm_id, Delivery.id == delivery_id)
    return tx.session.exec(query).one()
