"""What did the clients of a perimeter own, month after month? (Encours sur cinq ans)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import polars as pl

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.portfolio.assets import axis_names, holder_frame
from o2s_core.portfolio.monthly_values import MONTHLY, month_ends

LARGEST: Final = 6
OTHERS: Final = "others"
WHOLE: Final = "Encours"
#: What the history can be cut by; empty: not cut.
HISTORY_AXES: Final = ("", "asset_class", "provider", "envelope")
#: One row per month end and part. Floats: for a chart.
ASSETS_OVER_TIME: Final = pl.Schema(
    {"day": pl.Date(), "part": pl.String(), "label": pl.String(), "value_eur": pl.Float64()}
)
#: One row per month end: accounts of which something was known, lines that no price valued.
COVERAGE_OVER_TIME: Final = pl.Schema(
    {"day": pl.Date(), "value_eur": pl.Float64(), "accounts": pl.Int64(), "unpriced": pl.Int64()}
)
_CELLS: Final = pl.Schema(
    {
        "day": pl.Date(),
        "asset_class": pl.String(),
        "provider_id": pl.Int64(),
        "envelope": pl.String(),
        "value_eur": pl.Float64(),
        "accounts": pl.Int64(),
        "unpriced": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class AssetsOverTime:
    """The assets of a perimeter at each of sixty month ends.

    Shares and advisers are those of today: a client that left counts no more, one that came
    counts over all that is known of them. Before an account is known it counts for nothing.
    """

    on: date
    cells: pl.DataFrame  #: by month end, class, provider and envelope
    coverage: pl.DataFrame  #: schema `COVERAGE_OVER_TIME`
    made_at: datetime | None  #: when the oldest of the months was computed; None: not yet
    labels: Mapping[str, Mapping[str, str]]  #: axis -> how the screen calls each part

    def points(self, by: str = "", owned: pl.DataFrame | None = None) -> pl.DataFrame:
        """Return the months cut by one of `HISTORY_AXES`, largest part of the last day first.

        Schema `ASSETS_OVER_TIME`. `owned` is the answer of `assets`: it adds the day itself.
        """
        if by not in HISTORY_AXES:
            raise InvalidInputError(f"Axe de répartition inconnu : {by}.")
        cells = self.cells if owned is None else pl.concat([self.cells, self._day(owned)])
        key = {"": pl.lit(""), "provider": pl.col("provider_id")}.get(by, pl.col(by or "day"))
        summed = (
            cells.with_columns(part=key.cast(pl.String).fill_null(""))
            .group_by("day", "part")
            .agg(pl.col("value_eur").sum().round(2))
            .with_columns(label=pl.col("part").replace(dict(self.labels[by])))
        )
        newest = pl.col("day") == summed["day"].max()
        last = pl.col("value_eur").filter(newest).sum().over("part")
        ordered = summed.with_columns(last=last).sort(
            "last", "part", "day", descending=[True, False, False]
        )
        return store.conform(ordered, ASSETS_OVER_TIME, source="assets over time")

    def drawn(
        self, by: str = "", owned: pl.DataFrame | None = None
    ) -> tuple[pl.DataFrame, dict[str, str]]:
        """Return `points` as one row per day, one column per part, and what to call each.

        The six largest parts of the last day, then the others together. A part that is not
        known on a day is worth 0.
        """
        points = self.points(by, owned)
        parts = points.select("part", "label").unique(maintain_order=True)
        called = {f"part_{part}": label for part, label in parts.head(LARGEST).iter_rows()}
        column = pl.lit("part_") + pl.col("part")
        kept = pl.when(column.is_in(list(called))).then(column).otherwise(pl.lit(OTHERS))
        wide = points.with_columns(column=kept).pivot(
            "column", index="day", values="value_eur", aggregate_function="sum"
        )
        rest = {OTHERS: "Autres"} if parts.height > LARGEST else {}
        return wide.sort("day").fill_null(0.0), called | rest

    def _day(self, owned: pl.DataFrame) -> pl.DataFrame:
        """Return the cells of the day itself, exact."""
        cells = owned.group_by("asset_class", "provider_id", "envelope").agg(
            value_eur=pl.col("cents").sum() / 100
        )
        known = cells.with_columns(day=pl.lit(self.on), accounts=None, unpriced=None)
        return store.conform(known, _CELLS, source="assets")


def assets_over_time(ctx: Context) -> AssetsOverTime:
    """Return what the clients of the perimeter owned at the end of each of sixty months.

    As the last night's publication valued them; it says when that was.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    made = _made(ctx)
    frames = {"holders": holder_frame(ctx)}
    months = _whole(store.query(ctx, "portfolio/assets_over_time", _CELLS, frames=frames), made)
    known = ("value_eur", "accounts", "unpriced")
    covered = months.group_by("day").agg(pl.col(known).sum()).sort("day")
    return AssetsOverTime(
        on=ctx.today,
        cells=months,
        coverage=store.conform(covered, COVERAGE_OVER_TIME, source="assets over time"),
        made_at=min(made, default=None),
        labels={"": {"": WHOLE}} | {axis: axis_names(ctx, axis) for axis in HISTORY_AXES if axis},
    )


def _made(ctx: Context) -> list[datetime]:
    """Return when the parts were made; nothing until each was made once."""
    if not set(MONTHLY.parts_of(ctx)) <= store.published_once(ctx, MONTHLY.name):
        return []
    return list(store.published_at(ctx, MONTHLY.name).values())


def _whole(months: pl.DataFrame, made: Sequence[datetime]) -> pl.DataFrame:
    """Return the month ends that every part knows: others would lack some of the accounts."""
    if not made:
        return months.clear()
    newest, oldest = (at.astimezone(PARIS).date() for at in (max(made), min(made)))
    return months.filter(pl.col("day").is_between(month_ends(newest)[0], month_ends(oldest)[-1]))
