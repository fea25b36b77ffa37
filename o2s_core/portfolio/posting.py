"""How delivered movements are posted: once each, corrected by revision, never deleted."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from sqlalchemy import select as columns
from sqlalchemy import update
from sqlmodel import col

from o2s_core import store
from o2s_core.portfolio.models import Movement
from o2s_core.portfolio.projections import mark
from o2s_core.portfolio.recording import require_accounts, require_feeding

EXACT: Final = pl.Decimal(38, 8)

#: One row per movement, signed as `models.Movement` says. `partner_ref` is given only when
#: the partner's references are stable; `code` is the instrument as the file names it.
MOVEMENT_INPUT: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "partner_ref": pl.String(),
        "trade_on": pl.Date(),
        "value_on": pl.Date(),
        "kind": pl.String(),
        "instrument_id": pl.Int64(),
        "code": pl.String(),
        "label": pl.String(),
        "quantity": EXACT,
        "price": EXACT,
        "gross": EXACT,
        "fees": EXACT,
        "taxes": EXACT,
        "net": EXACT,
        "currency": pl.String(),
        "fx_rate": EXACT,
        "locator": pl.String(),
    }
)
#: What makes two rows the same movement when the partner gives no stable reference.
CONTENT: Final = (
    "trade_on", "value_on", "kind", "code", "quantity", "gross", "fees", "net", "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MovementsRecorded:
    """What became of the movements of a delivery."""

    new: int = 0
    duplicate: int = 0
    corrected: int = 0
    withdrawn: int = 0  #: no longer in the partner's complete window


def record_movements(
    tx: store.Tx,
    movements: pl.DataFrame,
    *,
    delivery_id: int | None,
    window: tuple[date, date] | None = None,
    fill_only: bool = False,
    takeover_id: int | None = None,
) -> MovementsRecorded:
    """Post the movements of some accounts, inside the open write; a movement counts once.

    The key is the partner's stable reference, else the content, with a rank
    among identical rows: two identical rows in a file are two movements, the
    same file again is none, three after two is one more. A known reference with
    other content is a correction: the next revision is posted, the old one
    stays. `window` (days inclusive) is given when the file holds all movements
    of these days: one that it no longer holds is kept as withdrawn by the
    partner. `fill_only` posts only what has no posted revision. `takeover_id` is the
    takeover from another tool that brings them, `delivery_id` being then null.
    """
    require_feeding(tx.ctx)
    rows = keyed(movements)
    ids = rows["account_id"].unique().sort()
    require_accounts(tx.session, tx.ctx, ids)
    beside = _beside(rows, _known(tx, ids))
    same = pl.lit(fill_only) | (pl.col("_hash") == pl.col("content_hash"))
    told = (pl.col("replaces").is_not_null() & same).fill_null(value=False)
    fresh = beside.filter(~told)
    corrected = fresh["replaces"].count()
    _post(tx, fresh, delivery_id, takeover_id)
    withdrawn = 0
    if window and not fill_only:
        withdrawn = _withdraw(tx, rows, ids, window, delivery_id)
    if fresh.height or withdrawn:
        tx.touch("portfolio")
        mark(tx, ids)
    new, duplicate = fresh.height - corrected, rows.height - fresh.height
    return MovementsRecorded(new, duplicate, corrected, withdrawn)


#: What is known of the movements of some accounts.
_KNOWN: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "account_id": pl.Int64(),
        "key": pl.String(),
        "ordinal": pl.Int64(),
        "revision": pl.Int64(),
        "state": pl.String(),
        "content_hash": pl.String(),
    }
)
_KEY: Final = ("account_id", "key", "ordinal")


def _known(tx: store.Tx, ids: pl.Series) -> pl.DataFrame:
    tx.session.flush()
    asked = columns(*(col(getattr(Movement, name)) for name in _KNOWN)).where(
        col(Movement.firm_id) == tx.ctx.firm_id,
        store.among(tx.ctx, col(Movement.account_id), ids),
    )
    return store.frame(tx.ctx, asked.order_by(col(Movement.id)), _KNOWN)


def _beside(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the movements with the posted revision that each meets, and the next revision."""
    posted = known.filter(pl.col("state") == "posted").unique(_KEY, keep="first")
    last = known.group_by(_KEY).agg(_last=pl.col("revision").max())
    met = posted.select(*_KEY, replaces="id", _hash="content_hash")
    both = rows
    for other in (met, last):
        both = both.join(other, on=_KEY, how="left", maintain_order="left")
    return both.with_columns(revision=pl.col("_last").fill_null(0) + 1)


def keyed(movements: pl.DataFrame) -> pl.DataFrame:
    """Return the movements with their key, their rank among identical rows, their content hash.

    The answer does not depend on the order of the rows. The same stable
    reference twice with the same content is one movement.
    """
    label = pl.col("label").fill_null("").str.to_lowercase().str.replace_all(r"\s+", "")
    cells = [pl.col(name).cast(pl.String).fill_null("") for name in CONTENT]
    code = pl.coalesce("code", pl.col("instrument_id").cast(pl.String))
    said = movements.with_columns(code=code).with_columns(
        text=pl.concat_str(*cells, label, separator="|")
    )
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in said["text"]]
    reference = pl.col("partner_ref")
    has_reference = reference.is_not_null() & (reference != "")
    rows = said.drop("text").with_columns(content_hash=pl.Series(digests, dtype=pl.String))
    rows = rows.with_columns(
        key=pl.when(has_reference).then(pl.lit("ref:") + reference).otherwise("content_hash")
    )
    by_reference = rows.filter(has_reference).unique(
        ["account_id", "key", "content_hash"], maintain_order=True
    )
    ranked = pl.concat([rows.filter(~has_reference), by_reference]).sort(
        "account_id", "trade_on", "key", "content_hash", maintain_order=True
    )
    return ranked.with_columns(
        ordinal=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("account_id", "key")
    )


_STORED: Final = (
    "account_id", "key", "ordinal", "trade_on", "value_on", "kind", "instrument_id", "quantity",
    "price", "gross", "fees", "taxes", "net", "currency", "fx_rate", "content_hash", "revision",
)  # fmt: skip


def _post(
    tx: store.Tx, fresh: pl.DataFrame, delivery_id: int | None, takeover_id: int | None
) -> None:
    """Retire what is corrected, then insert."""
    _set_state(tx, fresh["replaces"].drop_nulls(), "superseded")
    rows = fresh.select(
        *_STORED,
        pl.col("label", "locator").fill_null(""),
        state=pl.lit("posted"),
        source=pl.lit("partner" if takeover_id is None else "takeover"),
        delivery_id=pl.lit(delivery_id, pl.Int64),
        takeover_id=pl.lit(takeover_id, pl.Int64),
        recorded_at=pl.lit(tx.ctx.now),
    )
    store.insert_frame(tx, Movement, rows)


def _set_state(tx: store.Tx, ids: pl.Series, state: str, **more: int | None) -> None:
    if ids.is_empty():
        return
    query = update(Movement).where(
        col(Movement.firm_id) == tx.ctx.firm_id, store.among(tx.ctx, col(Movement.id), ids)
    )
    tx.session.execute(query.values(state=state, **more))


def _withdraw(
    tx: store.Tx,
    rows: pl.DataFrame,
    ids: pl.Series,
    window: tuple[date, date],
    delivery_id: int | None,
) -> int:
    """Mark the posted movements of a complete window that the partner no longer gives."""
    wanted = pl.Schema({"id": pl.Int64(), **{n: _KNOWN[n] for n in _KEY}})
    asked = columns(*(col(getattr(Movement, name)) for name in wanted)).where(
        col(Movement.firm_id) == tx.ctx.firm_id,
        store.among(tx.ctx, col(Movement.account_id), ids),
        col(Movement.state) == "posted",
        col(Movement.source) == "partner",
        col(Movement.trade_on).between(*window),
    )
    gone = store.frame(tx.ctx, asked, wanted).join(rows, on=_KEY, how="anti")
    _set_state(tx, gone["id"], "cancelled_by_partner", withdrawn_by=delivery_id)
    return gone.height
