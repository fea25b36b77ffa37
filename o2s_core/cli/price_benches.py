"""How fast prices become values, each beside the least that the same run could do it in."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from o2s_core import contacts, portfolio, store
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import DataError
from o2s_core.market.price_index import lay_out
from o2s_core.portfolio.daily_values import sum_of
from o2s_core.portfolio.held_accounts import held_accounts, inside_members
from o2s_core.portfolio.stretches import Stretch, stretches

FIVE_YEARS: Final = timedelta(days=1826)
CLIENTS: Final = 50
#: What the SQL of the same question answers.
VALUES: Final = pl.Schema({"day": pl.Date(), "value": pl.Float64()})
LINES: Final = pl.Schema({"account_id": pl.Int64(), "line": pl.Int64(), "value": pl.Float64()})
#: Accounts of a client, as the SQL of its holdings joins them.
MINE: Final = pl.Schema({"account_id": pl.Int64(), "adviser_id": pl.Int64(), "share": pl.Float64()})
Run = Callable[[], object]


def drawn(codes: Sequence[str]) -> list[str]:
    """Return some clients, at even steps from the largest to the smallest."""
    return list(codes[:: max(1, len(codes) // CLIENTS)][:CLIENTS])


def client_holdings(ctx: Context, codes: Sequence[str]) -> list[tuple[Run, Run]]:
    """Return, for each client, its holdings today, ours and in SQL over the published copies.

    The SQL does less: it is told the client's accounts and shares, keeps floats, converts no
    currency, and says nothing of costs, gains or freshness.
    """
    scopes = [contacts.scope(ctx, "contact", code) for code in drawn(codes)]
    if not scopes:
        raise DataError("Aucun client avec des avoirs : créez le cabinet de démonstration.")
    return [(_held_today(ctx, scope), _lines_in_sql(ctx, scope)) for scope in scopes]


def _held_today(ctx: Context, scope: Scope) -> Run:
    return lambda: portfolio.holdings(ctx, scope)


def _lines_in_sql(ctx: Context, scope: Scope) -> Run:
    lines = portfolio.holdings(ctx, scope).lines
    mine = lines.select("account_id", pl.lit(0, pl.Int64).alias("adviser_id"), "share").unique()
    frames = {"mine": mine.cast(MINE)}
    return lambda: store.query(ctx, "cli/client_holdings", LINES, frames=frames)


def client_values(ctx: Context, codes: Sequence[str]) -> list[tuple[Run, Run]]:
    """Return, for each client, its daily values over five years, ours and in SQL.

    What the client held is read before: both only price it. The SQL does less:
    it neither keeps reported values nor converts currencies.
    """
    found = [_held(ctx, contacts.scope(ctx, "contact", code)) for code in drawn(codes)]
    days = np.arange(np.datetime64(ctx.today - FIVE_YEARS), np.datetime64(ctx.today) + 1)
    pairs = [(_ours(ctx, days, held), _sql(ctx, days, held)) for held in found if held]
    if not pairs:
        raise DataError("Aucun client avec des avoirs : créez le cabinet de démonstration.")
    return pairs


def _held(ctx: Context, scope: Scope) -> list[Stretch]:
    with store.reading(ctx) as session:
        members = inside_members(session, ctx, scope.member_ids)
        held = held_accounts(session, ctx, scope.member_ids)
        return stretches(session, ctx, held, members, ctx.today)


def _ours(ctx: Context, days: np.ndarray, held: Sequence[Stretch]) -> Run:
    return lambda: sum_of(ctx, days, held)


def _sql(ctx: Context, days: np.ndarray, held: Sequence[Stretch]) -> Run:
    rows = [
        (s.position.instrument_id, s.start, s.end, float(s.position.quantity or 0) * s.share, 0)
        for s in held
        if s.position.instrument_id and not s.position.by_value
    ]
    shape: dict[str, Any] = {
        "instrument_id": pl.Int64, "start_on": pl.Date, "end_on": pl.Date, "units": pl.Float64,
        "adviser_id": pl.Int64,
    }  # fmt: skip
    frames = {
        "held": pl.DataFrame(rows, shape, orient="row"),
        "days": pl.DataFrame({"day": pl.Series(days).cast(pl.Date)}),
    }
    return lambda: store.query(ctx, "cli/client_values", VALUES, frames=frames)


def client_performance(ctx: Context, codes: Sequence[str]) -> list[tuple[Run, Run]]:
    """Return, for each client, every figure of performance over five years, beside the reading.

    The reading is that of what the client held, which the figures stand on and begin with.
    """
    scopes = [contacts.scope(ctx, "contact", code) for code in drawn(codes)]
    if not scopes:
        raise DataError("Aucun client avec des avoirs : créez le cabinet de démonstration.")
    return [(_figures(ctx, scope), _reading(ctx, scope)) for scope in scopes]


def _figures(ctx: Context, scope: Scope) -> Run:
    return lambda: portfolio.performance(ctx, scope, ctx.today - FIVE_YEARS)


def _reading(ctx: Context, scope: Scope) -> Run:
    return lambda: _held(ctx, scope)


def matrix(ctx: Context) -> tuple[Run, Run, int]:
    """Return the laying out of every published price, beside a bare scan of them; and how many."""
    paths = store.segments(ctx, "prices")
    if not paths:
        raise DataError("Aucun cours publié : créez le cabinet de démonstration.")
    aside = Path(tempfile.mkdtemp(prefix="o2s-bench-"))

    def ours() -> None:
        shutil.rmtree(aside, ignore_errors=True)
        lay_out(aside, paths, again=True)

    def scan() -> object:
        return pl.scan_parquet(paths).select(pl.col("value").sum(), pl.len()).collect()

    rows = pl.scan_parquet(paths).select(pl.len()).collect().item()
    return ours, scan, int(rows)


def coverage(ctx: Context) -> tuple[Run, Run, int]:
    """Return the coverage of the firm, beside a bare scan of the published lines."""
    portfolio.price_coverage(ctx)
    paths = store.segments(ctx, portfolio.PROJECTIONS[0].name)
    rows = pl.scan_parquet(paths).select(pl.len()).collect().item() if paths else 0

    def scan() -> object:
        return pl.scan_parquet(paths).collect() if paths else None

    return lambda: portfolio.price_coverage(ctx), scan, int(rows)


def assets_over_time(ctx: Context) -> tuple[Run, Run, int]:
    """Return the assets of the firm at each month end, beside a bare sum of what is published."""
    if not store.segments(ctx, portfolio.MONTHLY.name):
        portfolio.publish_monthly_values(ctx)
    paths = store.segments(ctx, portfolio.MONTHLY.name)
    if not paths:
        raise DataError("Aucun client avec des avoirs : créez le cabinet de démonstration.")

    def scan() -> object:
        return pl.scan_parquet(paths).group_by("day").agg(pl.col("cents").sum()).collect()

    rows = pl.scan_parquet(paths).select(pl.len()).collect().item()
    return lambda: portfolio.assets_over_time(ctx), scan, int(rows)
