"""How delivered situations are kept: new, unchanged, corrected or late; the old stay readable."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import polars as pl
from sqlalchemy import select as columns
from sqlalchemy import update
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account, Situation, SituationLine
from o2s_core.portfolio.projections import mark

EXACT: Final = pl.Decimal(38, 8)

#: One row per account and day; `total` is null when the source declares none.
SITUATION_INPUT: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "as_of": pl.Date(),
        "currency": pl.String(),
        "total": EXACT,
    }
)
#: One row per line; cash is a line on a cash instrument, whose `value` is the balance.
LINE_INPUT: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "as_of": pl.Date(),
        "instrument_id": pl.Int64(),
        "label": pl.String(),
        "quantity": EXACT,
        "unit_cost": EXACT,
        "price": EXACT,
        "price_on": pl.Date(),
        "accrued": EXACT,
        "value": EXACT,
        "currency": pl.String(),
        "locator": pl.String(),
    }
)
#: What makes two situations the same; where they stand in the file does not.
CONTENT: Final = (
    "instrument_id", "quantity", "unit_cost", "price", "price_on", "accrued", "value", "currency",
)  # fmt: skip
#: The rights by which a delivery reaches the accounts.
FEEDING: Final = (
    Permission.FEED_RECEIVE,
    Permission.FEED_ATTACH,
    Permission.FEED_ACCEPT,
    Permission.FEED_CANCEL,
    Permission.SITUATION_WRITE,
    Permission.DATA_TAKEOVER,
)
Key = tuple[int, date]


@dataclass(slots=True)
class SituationsRecorded:
    """What became of the situations of a delivery; `outcome` by account and day.

    An outcome is new, corrected (a revision of a day already known), late (older
    than what is known), unchanged.
    """

    outcome: dict[Key, str] = field(default_factory=dict)

    def count(self, *outcomes: str) -> int:
        """Return how many situations had one of these outcomes."""
        return sum(found in outcomes for found in self.outcome.values())

    @property
    def new(self) -> int:
        """Return how many situations were stored: new, late and corrected ones."""
        return self.count("new", "late", "corrected")

    @property
    def unchanged(self) -> int:
        """Return how many were already known, word for word."""
        return self.count("unchanged")


def record_situations(
    tx: store.Tx,
    situations: pl.DataFrame,
    lines: pl.DataFrame,
    *,
    delivery_id: int | None,
    source: str = "partner",
    fill_only: bool = False,
    takeover_id: int | None = None,
) -> SituationsRecorded:
    """Keep the situations of some accounts, inside the open write.

    Same content as the active revision of its day: nothing is stored. Other
    content: the next revision becomes active, the old one stays. A day older
    than one already known is kept and flagged late. `fill_only` stores only
    where no active situation exists on the day (see `cancel_delivery`). `takeover_id`
    is the takeover from another tool that brings them, `delivery_id` being then null.

    Parameters
    ----------
    situations, lines
        Schemas `SITUATION_INPUT` and `LINE_INPUT`; the order of rows is free.

    Raises
    ------
    InvalidInputError
        A situation is dated in the future (more than one day ahead).
    NotFoundError
        An account is not of this firm.
    """
    require_feeding(tx.ctx)
    _require_past(situations["as_of"], tx.ctx.today)
    ids = situations["account_id"].unique().sort()
    require_accounts(tx.session, tx.ctx, ids)
    known = _known(tx, ids)
    said = _judged(with_hashes(situations, lines), known, tx.ctx.now, fill_only=fill_only)
    keys = zip(said["account_id"], said["as_of"], strict=True)
    fresh = said.filter(pl.col("outcome") != "unchanged")
    told = fresh.with_columns(
        source=pl.lit(source),
        delivery_id=pl.lit(delivery_id, pl.Int64),
        takeover_id=pl.lit(takeover_id, pl.Int64),
    )
    _store(tx, told, lines)
    return SituationsRecorded(dict(zip(keys, said["outcome"], strict=True)))


def with_hashes(situations: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the situations with a hash of what each says, whatever the order of its lines."""
    cells = [pl.col(name).cast(pl.String).fill_null("") for name in CONTENT]
    text = pl.concat_str(*cells, separator="|").alias("text")
    said = (
        lines.select("account_id", "as_of", text)
        .sort("account_id", "as_of", "text")
        .group_by("account_id", "as_of", maintain_order=True)
        .agg(pl.col("text").str.join("\n"))
    )
    total = pl.col("total").cast(pl.String).fill_null("")
    head = pl.concat_str(pl.col("currency").fill_null("None"), total, separator="|")
    whole = situations.join(said, on=["account_id", "as_of"], how="left", maintain_order="left")
    texts = whole.select(pl.concat_str(head, pl.col("text").fill_null(""), separator="\n"))
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts.to_series()]
    return whole.drop("text").with_columns(content_hash=pl.Series(digests, dtype=pl.String))


def content_hashes(situations: pl.DataFrame, lines: pl.DataFrame) -> dict[Key, str]:
    """Return the hash of what each situation says, by account and day."""
    told = with_hashes(situations, lines).select("account_id", "as_of", "content_hash")
    return {(account, as_of): digest for account, as_of, digest in told.iter_rows()}


#: What is known of the situations of some accounts.
_KNOWN: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "account_id": pl.Int64(),
        "as_of": pl.Date(),
        "revision": pl.Int64(),
        "state": pl.String(),
        "content_hash": pl.String(),
        "received_at": pl.Datetime("us", "UTC"),
    }
)


def _known(tx: store.Tx, ids: pl.Series) -> pl.DataFrame:
    tx.session.flush()
    asked = columns(*(col(getattr(Situation, name)) for name in _KNOWN)).where(
        col(Situation.firm_id) == tx.ctx.firm_id,
        store.among(tx.ctx, col(Situation.account_id), ids),
    )
    return store.frame(tx.ctx, asked, _KNOWN)


def _judged(
    said: pl.DataFrame, known: pl.DataFrame, now: datetime, *, fill_only: bool
) -> pl.DataFrame:
    """Return the situations with their outcome, their revision, and the revision they replace.

    One is late when a later day was known already at that moment.
    """
    day = ["account_id", "as_of"]
    active = known.filter(pl.col("state") == "active")
    then = active.filter(pl.col("received_at") <= now)
    newest = then.group_by("account_id").agg(_newest=pl.col("as_of").max())
    same = active.unique(day, keep="first", maintain_order=True).select(
        *day, replaces="id", _hash="content_hash"
    )
    last = known.group_by(day).agg(_last=pl.col("revision").max())
    beside = said
    for other, on in ((newest, ["account_id"]), (same, day), (last, day)):
        beside = beside.join(other, on=on, how="left", maintain_order="left")
    equal = pl.lit(fill_only) | (pl.col("_hash") == pl.col("content_hash"))
    late = (pl.col("_newest") > pl.col("as_of")).fill_null(value=False)
    outcome = (
        pl.when(pl.col("_hash").is_not_null())
        .then(pl.when(equal).then(pl.lit("unchanged")).otherwise(pl.lit("corrected")))
        .otherwise(pl.when(late).then(pl.lit("late")).otherwise(pl.lit("new")))
    )
    judged = beside.with_columns(
        outcome=outcome, late=late, revision=pl.col("_last").fill_null(0) + 1
    )
    return judged.drop("_newest", "_hash", "_last")


def _store(tx: store.Tx, fresh: pl.DataFrame, lines: pl.DataFrame) -> None:
    """Retire the active revision of each day, then insert the new one with its lines."""
    if fresh.is_empty():
        return
    _supersede(tx, fresh["replaces"].drop_nulls())
    note = pl.col("note").fill_null("") if "note" in fresh.columns else pl.lit("")
    rows = fresh.select(
        *("account_id", "as_of", "revision", "source", "currency", "content_hash", "late"),
        *("delivery_id", "takeover_id"),
        state=pl.lit("active"),
        reported_total="total",
        received_at=pl.lit(tx.ctx.now),
        note=note,
    )
    ids = store.insert_frame(tx, Situation, rows).alias("situation_id")
    made = fresh.select("account_id", "as_of").with_columns(ids)
    kept = lines.join(made, on=["account_id", "as_of"], maintain_order="left").drop("as_of")
    store.insert_frame(
        tx, SituationLine, kept.with_columns(pl.col("label", "locator").fill_null(""))
    )
    tx.touch("portfolio")
    mark(tx, set(fresh["account_id"]))


def _supersede(tx: store.Tx, ids: pl.Series) -> None:
    if ids.is_empty():
        return
    held = {row.id: row for row in tx.session.identity_map.values() if isinstance(row, Situation)}
    tx.session.execute(
        update(Situation)
        .where(store.among(tx.ctx, col(Situation.id), ids))
        .values(
            state="superseded",
            version=col(Situation.version) + 1,
            updated_at=tx.ctx.now,
            updated_by=tx.ctx.user_id,
        ),
        execution_options={"synchronize_session": False},
    )
    for id_ in ids:
        if id_ in held:
            tx.session.expire(held[id_])


def require_feeding(ctx: Context) -> None:
    """Refuse who has none of the rights by which a situation or a delivery is recorded."""
    if not any(ctx.may(right) for right in FEEDING):
        raise PermissionDeniedError(Permission.FEED_RECEIVE.value)


def _require_past(days: Iterable[date], today: date) -> None:
    ahead = [day for day in days if day > today + timedelta(days=1)]
    if ahead:
        raise InvalidInputError(
            f"La situation est datée du {french.day(max(ahead))}, dans le futur : "
            "vérifiez la date du fichier."
        )


def require_accounts(session: Session, ctx: Context, ids: Iterable[int]) -> None:
    """Refuse an account of another firm."""
    asked = list(ids)
    query = select(Account.id).where(
        Account.firm_id == ctx.firm_id, store.among(ctx, col(Account.id), asked)
    )
    known = set(session.exec(query))
    for missing in (id_ for id_ in asked if id_ not in known):
        raise NotFoundError("Compte", missing)
