"""How delivered movements are posted: once each, corrected by revision, never deleted."""

import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel.context import Context
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
Key = tuple[int, str, int]


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
    ids = sorted(set(rows["account_id"]))
    require_accounts(tx.session, tx.ctx, ids)
    known = _known(tx.session, tx.ctx, ids)
    fresh, duplicate, corrected = [], 0, 0
    for row in rows.iter_rows(named=True):
        revisions = known.get((row["account_id"], row["key"], row["ordinal"]), [])
        posted = next((k for k in revisions if k.state == "posted"), None)
        if posted and (fill_only or posted.content_hash == row["content_hash"]):
            duplicate += 1
            continue
        corrected += bool(posted)
        fresh.append(_movement(tx.ctx, row, revisions, (delivery_id, takeover_id)))
    _post(tx, fresh, known)
    withdrawn = _withdraw(tx, rows, ids, window, delivery_id) if window and not fill_only else 0
    if fresh or withdrawn:
        tx.touch("portfolio")
        mark(tx, ids)
    return MovementsRecorded(len(fresh) - corrected, duplicate, corrected, withdrawn)


@dataclass(frozen=True, slots=True)
class _Revision:
    id: int
    revision: int
    state: str
    content_hash: str


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
    return ranked.with_columns(ordinal=pl.int_range(1, pl.len() + 1).over("account_id", "key"))


def _movement(
    ctx: Context,
    row: dict[str, Any],
    revisions: Collection[_Revision],
    origin: tuple[int | None, int | None],
) -> dict[str, Any]:
    kept = {name: row[name] for name in _STORED}
    return kept | {
        "label": row["label"] or "",
        "locator": row["locator"] or "",
        "revision": max((k.revision for k in revisions), default=0) + 1,
        "state": "posted",
        "source": "partner" if origin[1] is None else "takeover",
        "delivery_id": origin[0],
        "takeover_id": origin[1],
        "recorded_at": ctx.now,
    }


_STORED: Final = (
    "account_id", "key", "ordinal", "trade_on", "value_on", "kind", "instrument_id", "quantity",
    "price", "gross", "fees", "taxes", "net", "currency", "fx_rate", "content_hash",
)  # fmt: skip


def _post(tx: store.Tx, rows: list[dict[str, Any]], known: dict[Key, list[_Revision]]) -> None:
    """Retire what is corrected, then insert."""
    retired = [
        k.id
        for row in rows
        for k in known.get((row["account_id"], row["key"], row["ordinal"]), [])
        if k.state == "posted"
    ]
    for movement in _by_ids(tx.session, tx.ctx, retired):
        movement.state = "superseded"
    tx.session.flush()
    store.insert_rows(tx, Movement, rows)


def _by_ids(session: Session, ctx: Context, ids: list[int]) -> list[Movement]:
    if not ids:
        return []
    query = select(Movement).where(Movement.firm_id == ctx.firm_id, col(Movement.id).in_(ids))
    return list(session.exec(query))


def _known(session: Session, ctx: Context, ids: list[int]) -> dict[Key, list[_Revision]]:
    rows = session.execute(
        columns(
            col(Movement.account_id),
            col(Movement.key),
            col(Movement.ordinal),
            col(Movement.id),
            col(Movement.revision),
            col(Movement.state),
            col(Movement.content_hash),
        ).where(col(Movement.firm_id) == ctx.firm_id, col(Movement.account_id).in_(ids))
    )
    found: dict[Key, list[_Revision]] = defaultdict(list)
    for account_id, key, ordinal, *rest in rows:
        found[account_id, key, ordinal].append(_Revision(*rest))
    return dict(found)


def _withdraw(
    tx: store.Tx,
    rows: pl.DataFrame,
    ids: list[int],
    window: tuple[date, date],
    delivery_id: int | None,
) -> int:
    """Mark the posted movements of a complete window that the partner no longer gives."""
    present = {(a, k, o) for a, k, o in rows.select("account_id", "key", "ordinal").iter_rows()}
    posted = tx.session.exec(
        select(Movement).where(
            Movement.firm_id == tx.ctx.firm_id,
            col(Movement.account_id).in_(ids),
            Movement.state == "posted",
            Movement.source == "partner",
            Movement.trade_on >= window[0],
            Movement.trade_on <= window[1],
        )
    )
    gone = [m for m in posted if (m.account_id, m.key, m.ordinal) not in present]
    for movement in gone:
        movement.state, movement.withdrawn_by = "cancelled_by_partner", delivery_id
    tx.session.flush()
    return len(gone)
