"""The published copy of the current lines, by bucket of accounts, for firm-wide reads."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO, cents
from o2s_core.portfolio.corrections import corrected, corrections_on
from o2s_core.portfolio.models import Account
from o2s_core.portfolio.monthly_values import BUCKETS, MONTHLY, bucket_of, parts
from o2s_core.portfolio.positions import Position, reported_positions, situations_on
from o2s_core.portfolio.running_positions import computed_positions

SCALE: Final = 8

#: One row per line of each account's last situation. Amounts are integers of 10**-8:
#: `quantity` of units, `reported` and `accrued` of `currency`, `price_factor` of 1.
CURRENT_LINES: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "line": pl.Int64(),
        "provider_id": pl.Int64(),
        "envelope": pl.String(),
        "closed_on": pl.Date(),
        "instrument_id": pl.Int64(),
        "asset_class": pl.String(),
        "currency": pl.String(),
        "by_value": pl.Boolean(),
        "own_on": pl.Date(),
        "quantity": pl.Int64(),
        "price_factor": pl.Int64(),
        "accrued": pl.Int64(),
        "reported": pl.Int64(),
    }
)


def mark(tx: store.Tx, account_ids: Iterable[int]) -> None:
    """Say which buckets must be published again: lines after the commit, months at night."""
    for part in {bucket_of(account_id) for account_id in account_ids}:
        tx.dirty(PROJECTION.name, part)
        tx.dirty(MONTHLY.name, part)


def _build(ctx: Context, part: str) -> pl.DataFrame:
    """Return the current lines of one bucket, firm-wide."""
    with store.reading(ctx) as session:
        accounts = _accounts(session, ctx, int(part))
        heads = situations_on(session, ctx, accounts, ctx.today)
        positions = reported_positions(session, ctx, heads.values())
        without = [id_ for id_ in accounts if id_ not in heads]
        positions += computed_positions(session, ctx, without, ctx.today)
        corrections = corrections_on(session, ctx, accounts, ctx.today)
    positions = [corrected(position, corrections) for position in positions]
    rows = [_row(n, accounts[p.account_id], p) for n, p in enumerate(positions) if not p.unknown]
    return pl.DataFrame(rows, schema=CURRENT_LINES)


def _accounts(session: Session, ctx: Context, bucket: int) -> dict[int, Account]:
    rows = session.exec(
        select(Account).where(
            Account.firm_id == ctx.firm_id,
            col(Account.id) % BUCKETS == bucket,
            col(Account.archived_at).is_(None),
        )
    )
    return {row.id: row for row in rows if row.id}


def _row(line: int, account: Account, position: Position) -> dict[str, Any]:
    return {
        "account_id": account.id,
        "line": line,
        "provider_id": account.provider_id,
        "envelope": account.envelope,
        "closed_on": account.closed_on,
        "instrument_id": position.instrument_id,
        "asset_class": position.asset_class,
        "currency": position.currency,
        "by_value": position.by_value or position.fixed,
        "own_on": position.price_on or position.as_of,
        "quantity": _scaled(position.quantity),
        "price_factor": _scaled(position.price_factor),
        "accrued": _scaled(position.accrued or ZERO),
        "reported": _scaled(_posted(position)),
    }


def _posted(position: Position) -> Decimal | None:
    """Return the reported value, euros to the cent as a valuation rounds them."""
    amount = position.reported
    return cents(amount) if amount is not None and position.currency == "EUR" else amount


def _scaled(amount: Decimal | None) -> int | None:
    """Return an amount as an integer of 10**-8."""
    return None if amount is None else round(amount.scaleb(SCALE))


PROJECTION: Final = store.Projection(
    "current_lines", CURRENT_LINES, parts, _build, sort_by=("account_id",)
)
