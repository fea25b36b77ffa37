"""The other shares of a fund, and which one costs less."""

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


def fund_name(label: str) -> str:
    """Return the name of a fund without the letters of its share."""
    return SHARE.sub("", search_key(label))
