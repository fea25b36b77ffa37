"""Which supports fit? Every facet that an analyst sorts by (Recherche de supports)."""

from dataclasses import dataclass

import polars as pl

from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.selection.screen import screen


@dataclass(frozen=True, slots=True)
class SupportFilter:
    """Which supports are asked; an empty field asks for all.

    A bound leaves out the supports whose figure is not known: what is not
    known to fit does not fit. `ids` narrows to some supports (those held, the
    favourites).
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    asset_classes: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ("active", "provisional", "unidentified")
    decisions: tuple[str, ...] = ()
    eligible: tuple[str, ...] = ()  #: all of them
    labels: tuple[str, ...] = ()  #: one of them
    sri_at_most: int | None = None
    sfdr_at_least: int | None = None
    taxonomy_at_least: float | None = None  #: ratio
    ongoing_at_most: float | None = None  #: ratio
    perf_1y_at_least: float | None = None
    perf_3y_at_least: float | None = None
    perf_5y_at_least: float | None = None
    volatility_at_most: float | None = None
    in_catalogue: bool = False
    ids: frozenset[int] | None = None


#: Field of the filter -> column, one of several values.
AMONG = {
    "kinds": "kind", "asset_classes": "asset_class", "zones": "zone", "currencies": "currency",
    "managers": "manager", "statuses": "status", "decisions": "decision",
}  # fmt: skip
#: Field of the filter -> column that it bounds.
AT_MOST = {"sri_at_most": "sri", "ongoing_at_most": "ongoing", "volatility_at_most": "volatility"}
AT_LEAST = {
    "sfdr_at_least": "sfdr", "taxonomy_at_least": "taxonomy", "perf_1y_at_least": "perf_1y",
    "perf_3y_at_least": "perf_3y", "perf_5y_at_least": "perf_5y",
}  # fmt: skip


def supports(ctx: Context, asked: SupportFilter | None = None) -> pl.DataFrame:
    """Return the supports that fit (schema `SCREEN`), by label."""
    ctx.require(Permission.MARKET_READ)
    wanted = asked or SupportFilter()
    return screen(ctx).filter(*_conditions(wanted))


def _conditions(wanted: SupportFilter) -> list[pl.Expr]:
    words = search_key(wanted.text).split()
    found = [pl.col("search").str.contains(word, literal=True) for word in words]
    for name, column in AMONG.items():
        if chosen := getattr(wanted, name):
            found.append(pl.col(column).is_in(list(chosen)))
    for name, column in AT_MOST.items():
        if (most := getattr(wanted, name)) is not None:
            found.append(pl.col(column) <= most)
    for name, column in AT_LEAST.items():
        if (least := getattr(wanted, name)) is not None:
            found.append(pl.col(column) >= least)
    return [*found, *_memberships(wanted)]


def _memberships(wanted: SupportFilter) -> list[pl.Expr]:
    """Return the conditions on what a support belongs to: envelopes, the catalogue, a list."""
    held = pl.col("eligible").str.split(",")
    found = [held.list.contains(envelope) for envelope in wanted.eligible]
    if wanted.labels:
        given = pl.col("labels").str.split(",")
        found.append(pl.any_horizontal(given.list.contains(label) for label in wanted.labels))
    if wanted.in_catalogue:
        found.append(pl.col("in_catalogue"))
    if wanted.ids is not None:
        found.append(pl.col("id").is_in(sorted(wanted.ids)))
    return found
