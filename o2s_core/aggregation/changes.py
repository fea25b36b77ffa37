"""Which accounts changed in value without a reason? (V05, against the situation before)."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import BigInteger, cast, type_coerce
from sqlmodel import col, func, select

from o2s_core import store
from o2s_core.aggregation.account_matching import Known
from o2s_core.aggregation.feed.tolerances import DEFAULT
from o2s_core.aggregation.statement import ANOMALIES, EXACT, Statement
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import day, percent
from o2s_core.portfolio.models import Situation, SituationLine

#: An amount is added up in two parts, as no sum of stored integers then is too large to be one.
HALF: Final = 10**8
#: What each account held just before: lines, sums of quantities and of values, each in two parts.
BEFORE: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "since": pl.Date(),
        "lines_before": pl.Int64(),
        **dict.fromkeys(("units_high", "units_low", "worth_high", "worth_low"), pl.Int64()),
    }
)


def unexplained_changes(
    ctx: Context,
    statement: Statement,
    known: Mapping[str, Known],
    limit: Decimal = DEFAULT.account_change,
) -> pl.DataFrame:
    """Return the accounts whose value moved by more than `limit` while no unit moved (V05).

    Compared with the active situation just before, when both give as many lines
    and the same number of units; anything else is a flow, not a jump.
    """
    ids = [(e, k.account_id) for e, k in known.items() if k.account_id is not None]
    table = pl.DataFrame(ids, {"external_id": pl.String, "account_id": pl.Int64}, orient="row")
    both = _now(statement).join(table, on="external_id", maintain_order="left")
    both = both.join(_before(ctx, table["account_id"]), on="account_id", maintain_order="left")
    same = (pl.col("lines") == pl.col("lines_before")) & (pl.col("units") == pl.col("units_before"))
    moved = both.filter(
        (pl.col("since") < pl.col("as_of"))
        & same
        & (pl.col("units") != 0)
        & (pl.col("worth_before") != 0)
        & (pl.col("worth") != pl.col("worth_before"))
    )
    told = moved.select("external_id", "worth", "worth_before", "since").iter_rows()
    jumps = [(e, now / before - 1, since) for e, now, before, since in told]
    rows = [_anomaly(*jump) for jump in jumps if abs(jump[1]) > limit]
    return pl.DataFrame(rows, ANOMALIES)


def _now(statement: Statement) -> pl.DataFrame:
    newest = statement.situations.sort("as_of").unique("external_id", keep="last")
    mine = statement.lines.join(newest.select("external_id", "as_of"), on=["external_id", "as_of"])
    return mine.group_by("external_id", "as_of").agg(
        lines=pl.len(), units=pl.col("quantity").sum(), worth=pl.col("value").sum()
    )


def _before(ctx: Context, ids: pl.Series) -> pl.DataFrame:
    """Return the newest active situation of each account, summed."""
    last = (
        select(Situation.account_id, func.max(Situation.as_of).label("as_of"))
        .where(
            Situation.firm_id == ctx.firm_id,
            Situation.state == "active",
            store.among(ctx, col(Situation.account_id), ids),
        )
        .group_by(col(Situation.account_id))
        .subquery()
    )
    held: Any = (
        select(
            col(Situation.account_id),
            col(Situation.as_of).label("since"),
            func.count().label("lines_before"),
            *_halves(col(SituationLine.quantity), "units"),
            *_halves(col(SituationLine.value), "worth"),
        )
        .join(SituationLine, col(SituationLine.situation_id) == col(Situation.id))
        .join(
            last,
            (col(Situation.account_id) == last.c.account_id)
            & (col(Situation.as_of) == last.c.as_of),
        )
        .where(Situation.firm_id == ctx.firm_id, Situation.state == "active")
        .group_by(col(Situation.id))
    )
    found = store.frame(ctx, held, BEFORE)
    return found.select(
        "account_id", "since", "lines_before",
        units_before=_whole("units"), worth_before=_whole("worth"),
    )  # fmt: skip


def _halves(amount: Any, name: str) -> Iterator[Any]:  # noqa: ANN401
    """Return the sums of the units, and of what is below a unit, of a stored amount."""
    stored = type_coerce(amount, BigInteger)
    parts = (("high", stored // HALF), ("low", stored % HALF))
    return (cast(func.sum(part), BigInteger).label(f"{name}_{end}") for end, part in parts)


def _whole(name: str) -> pl.Expr:
    high, low = (pl.col(f"{name}_{end}").fill_null(0).cast(EXACT) for end in ("high", "low"))
    return high + low / HALF


def _anomaly(external_id: str, jump: Decimal, since: date) -> dict[str, str]:
    return {
        "external_id": external_id,
        "code": "V05",
        "severity": "warning",
        "locator": "",
        "field": "value",
        "raw": f"{jump:.4f}",
        "message": f"La valeur change de {percent(jump, signed=True)} depuis le {day(since)} sans "
        "qu'aucune quantité ne bouge : vérifiez les cours, puis acceptez ou rejetez.",
    }
