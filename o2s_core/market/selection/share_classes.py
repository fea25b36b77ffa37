"""The other shares of a fund, the supports of its category, and which one costs less."""

import re
from typing import Final

import polars as pl

from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.comparison.question import require_known
from o2s_core.market.selection.screen import SCREEN, screen

#: What names a share at the end of a label: a letter or two, capitalisation, currency, hedge.
SHARE: Final = re.compile(
    r"(?:\s+(?:part\s+)?(?:[a-z]|[a-z][0-9a-z]|acc|dist|cap|dis|eur|usd|gbp|chf|hedged|h))+$"
)
#: Supports of the same category that are shown at once.
MOST: Final = 10
KINDS: Final = frozenset({"opcvm", "etf"})


def share_classes(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return the other shares of a fund, the cheapest first (schema `SCREEN`).

    Same manager, same name once the letters of the share are left out: nothing
    else in the files says that two shares are of one fund, so read the labels.
    """
    ctx.require(Permission.MARKET_READ)
    require_known(ctx, instrument_id)
    rows = screen(ctx)
    own = rows.row(by_predicate=pl.col("id") == instrument_id, named=True)
    if own["kind"] not in KINDS or not own["manager"]:
        return SCREEN.to_frame()
    near = rows.filter(pl.col("manager") == own["manager"], pl.col("id") != instrument_id)
    root = fund_name(own["label"])
    same = [fund_name(label) == root for label in near["label"]]
    found = near.filter(pl.Series(same, dtype=pl.Boolean))
    return found.sort("ongoing", nulls_last=True, maintain_order=True)


def similar_supports(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return the supports of the same category, the cheapest first (schema `SCREEN`).

    Same family, class and zone, neither put aside nor excluded by the firm, and no more
    than one class of risk (SRI) apart; the other shares of the same fund are left out.
    Only those whose ongoing charge is known, ten at most: what is dearer is no answer
    unless the support's own charge is unknown.
    """
    ctx.require(Permission.MARKET_READ)
    require_known(ctx, instrument_id)
    rows = screen(ctx)
    own = rows.row(by_predicate=pl.col("id") == instrument_id, named=True)
    if own["asset_class"] == "unknown" or own["kind"] not in KINDS:
        return SCREEN.to_frame()
    near = rows.filter(
        pl.col("id") != instrument_id,
        pl.col("status") == "active",
        pl.col("kind").is_in(sorted(KINDS)),
        pl.col("asset_class") == own["asset_class"],
        pl.col("zone") == own["zone"],
        pl.col("decision") != "excluded",
        pl.col("ongoing").is_not_null(),
    )
    if own["sri"] is not None:
        near = near.filter((pl.col("sri") - own["sri"]).abs() <= 1)
    if own["ongoing"] is not None:
        near = near.filter(pl.col("ongoing") < own["ongoing"])
    root = fund_name(own["label"])
    other = [fund_name(label) != root for label in near["label"]]
    found = near.filter(pl.Series(other, dtype=pl.Boolean))
    return found.sort("ongoing", maintain_order=True).head(MOST)


def fund_name(label: str) -> str:
    """Return the name of a fund without the letters of its share."""
    return SHARE.sub("", search_key(label))
