"""Which situations an account has had, what each says, what a correction changed [Situations]."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import literal
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Instrument
from o2s_core.portfolio.held_accounts import held_account
from o2s_core.portfolio.models import Account, Situation, SituationLine
from o2s_core.portfolio.visibility import visible
from o2s_core.store.columns import Identity

EXACT: Final = pl.Decimal(38, 8)

#: One row per situation, all revisions, latest first; `lines` counts its lines, `value` adds
#: up the reported values in the account's currency when every line has one in that currency.
SITUATIONS: Final = pl.Schema(
    {
        "situation_id": pl.Int64(),
        "as_of": pl.Date(),
        "revision": pl.Int64(),
        "state": pl.String(),
        "source": pl.String(),
        "late": pl.Boolean(),
        "currency": pl.String(),
        "reported_total": EXACT,
        "lines": pl.UInt32(),
        "value": EXACT,
        "received_at": pl.Datetime("us", "UTC"),
        "delivery_id": pl.Int64(),
        "note": pl.String(),
    }
)
#: One row per line of a situation, as reported.
LINES: Final = pl.Schema(
    {
        "line_id": pl.Int64(),
        "instrument_id": pl.Int64(),
        "isin": pl.String(),
        "label": pl.String(),
        "instrument_kind": pl.String(),
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
#: One row per line that differs; `change` is added, removed or changed.
DIFFERENCE: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "label": pl.String(),
        "change": pl.String(),
        "quantity": EXACT,
        "quantity_after": EXACT,
        "value": EXACT,
        "value_after": EXACT,
    }
)
#: One row per situation that a delivery brought; counts are null for the first word on a day.
DELIVERED: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "account_id": pl.Int64(),
        "account": pl.String(),
        "as_of": pl.Date(),
        "revision": pl.Int64(),
        "state": pl.String(),
        "late": pl.Boolean(),
        "added": pl.Int64(),
        "removed": pl.Int64(),
        "changed": pl.Int64(),
    }
)
LISTED: Final = 500


@dataclass(frozen=True, slots=True)
class SituationView:
    """One situation with its lines, and the one that it corrected or followed."""

    id: int
    account_id: int
    as_of: date
    revision: int
    state: str
    source: str
    late: bool
    currency: str
    reported_total: Decimal | None
    received_at: datetime
    delivery_id: int | None
    note: str
    lines: pl.DataFrame
    previous_on: date | None  #: day of what it is compared with; null for the first
    changes: pl.DataFrame


def situations(ctx: Context, account_id: int) -> pl.DataFrame:
    """Return every situation of an account, corrected and cancelled ones included.

    Schema `SITUATIONS`, latest first.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        held_account(session, ctx, account_id)
        rows = session.exec(
            select(Situation)
            .where(Situation.firm_id == ctx.firm_id, Situation.account_id == account_id)
            .order_by(col(Situation.as_of).desc(), col(Situation.revision).desc())
        ).all()
        sums = _sums(session, ctx, account_id)
    table = [_row(row, *sums.get(row.id or 0, (0, None))) for row in rows]
    return pl.DataFrame(table, schema=SITUATIONS)


def situation(ctx: Context, situation_id: int) -> SituationView:
    """Return one situation, its lines, and what it changed."""
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        row = session.exec(
            select(Situation)
            .join(Account, col(Account.id) == col(Situation.account_id))
            .where(Situation.id == situation_id, Situation.firm_id == ctx.firm_id, visible(ctx))
        ).first()
        if row is None:
            raise NotFoundError("Situation", situation_id)
        lines = _lines(session, ctx, situation_id)
        before = _previous(session, ctx, row)
        compared = _lines(session, ctx, before.id or 0) if before else lines.clear()
    return SituationView(
        situation_id,
        row.account_id,
        row.as_of,
        row.revision,
        row.state,
        row.source,
        row.late,
        row.currency,
        row.reported_total,
        row.received_at,
        row.delivery_id,
        row.note,
        lines,
        before.as_of if before else None,
        difference(compared, lines) if before else DIFFERENCE.to_frame(),
    )


def delivered_situations(ctx: Context, delivery_id: int) -> pl.DataFrame:
    """Return the situations that a delivery brought to visible accounts (`DELIVERED`).

    For one that corrected another of its day: how many lines it added, removed, changed.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        rows = session.exec(
            select(Situation, Account.label)
            .join(Account, col(Account.id) == col(Situation.account_id))
            .where(
                Situation.firm_id == ctx.firm_id,
                col(Situation.delivery_id) == literal(delivery_id, Identity()),
                visible(ctx),
            )
            .order_by(col(Account.label), col(Situation.as_of), col(Situation.revision))
            .limit(LISTED)
        ).all()
        found = [_delivered(session, ctx, row, label) for row, label in rows]
    return pl.DataFrame(found, DELIVERED)


def _delivered(session: Session, ctx: Context, row: Situation, label: str) -> dict[str, Any]:
    own = ("account_id", "as_of", "revision", "state", "late")
    head = {name: getattr(row, name) for name in own} | {"id": row.id, "account": label}
    before = _previous(session, ctx, row) if row.revision > 1 else None
    if before is None or before.as_of != row.as_of:
        return head | dict.fromkeys(("added", "removed", "changed"))
    changes = difference(_lines(session, ctx, before.id or 0), _lines(session, ctx, row.id or 0))[
        "change"
    ]
    return head | {name: (changes == name).sum() for name in ("added", "removed", "changed")}


def difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return what changed between two situations of an account, line by line.

    Parameters
    ----------
    before, after
        Schema `situations.LINES`.

    Returns
    -------
    pl.DataFrame
        Schema `DIFFERENCE`: lines added, removed or changed, and nothing else.
    """
    sums = [pl.col("quantity", "value").sum(), pl.col("label").first()]
    old, new = (
        frame.group_by("instrument_id", maintain_order=True).agg(*sums) for frame in (before, after)
    )
    both = old.join(new, on="instrument_id", how="full", suffix="_after", coalesce=True)
    zero = Decimal(0)
    return (
        both.with_columns(
            change=pl.when(pl.col("label").is_null())
            .then(pl.lit("added"))
            .when(pl.col("label_after").is_null())
            .then(pl.lit("removed"))
            .otherwise(pl.lit("changed")),
            label=pl.coalesce("label_after", "label"),
        )
        .filter(
            (pl.col("change") != "changed")
            | (pl.col("quantity").fill_null(zero) != pl.col("quantity_after").fill_null(zero))
            | (pl.col("value").fill_null(zero) != pl.col("value_after").fill_null(zero))
        )
        .select(pl.col(name).cast(kind) for name, kind in DIFFERENCE.items())
    )


def _previous(session: Session, ctx: Context, row: Situation) -> Situation | None:
    """Return the revision before, else the active situation of an earlier day."""
    here = (Situation.firm_id == ctx.firm_id, Situation.account_id == row.account_id)
    corrected = session.exec(
        select(Situation)
        .where(*here, Situation.as_of == row.as_of, Situation.revision < row.revision)
        .order_by(col(Situation.revision).desc())
    ).first()
    earlier = (
        select(Situation)
        .where(*here, Situation.as_of < row.as_of, Situation.state == "active")
        .order_by(col(Situation.as_of).desc())
    )
    return corrected or session.exec(earlier).first()


def _lines(session: Session, ctx: Context, situation_id: int) -> pl.DataFrame:
    rows = session.exec(
        select(SituationLine, Instrument.isin, Instrument.kind)
        .join(Instrument, col(Instrument.id) == col(SituationLine.instrument_id))
        .where(SituationLine.firm_id == ctx.firm_id, SituationLine.situation_id == situation_id)
        .order_by(col(SituationLine.id))
    )
    table = [
        row.model_dump() | {"line_id": row.id, "isin": isin, "instrument_kind": kind}
        for row, isin, kind in rows
    ]
    return pl.DataFrame([{k: r[k] for k in LINES} for r in table], schema=LINES)


def _sums(session: Session, ctx: Context, account_id: int) -> dict[int, tuple[int, Decimal | None]]:
    """Return the number of lines and the reported value of each situation of an account."""
    rows = session.execute(
        columns(
            col(SituationLine.situation_id), col(SituationLine.value), col(SituationLine.currency)
        ).where(
            col(SituationLine.firm_id) == ctx.firm_id, col(SituationLine.account_id) == account_id
        )
    ).all()
    found: dict[int, list[tuple[Decimal | None, str]]] = {}
    for situation_id, value, currency in rows:
        found.setdefault(situation_id, []).append((value, currency))
    return {id_: (len(lines), _sum(lines)) for id_, lines in found.items()}


def _sum(lines: list[tuple[Decimal | None, str]]) -> Decimal | None:
    values = [value for value, _ in lines]
    one_currency = len({currency for _, currency in lines}) == 1
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if one_currency and len(known) == len(values) else None


def _row(row: Situation, lines: int, value: Decimal | None) -> dict[str, Any]:
    kept = ("as_of", "revision", "state", "source", "late", "currency", "reported_total",
            "received_at", "delivery_id", "note")  # fmt: skip
    return {name: getattr(row, name) for name in kept} | {
        "situation_id": row.id,
        "lines": lines,
        "value": value,
    }
