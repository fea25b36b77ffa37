"""Which statements of a bank account are missing between two that came? (V04)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

import polars as pl
from sqlalchemy import select as columns
from sqlmodel import col

from o2s_core import store
from o2s_core.aggregation.models import Delivery, DeliveryAccount, StatementNumber
from o2s_core.aggregation.reconciliation.finding import FOUND, breaks_of
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import NBSP

#: The statements that came of each account, whatever the file.
CAME: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "number": pl.Int64(),
        "as_of": pl.Date(),
        "delivery_id": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that a series of statements skips: both ends are missing."""

    first: int
    last: int
    since: date  #: day of the statement before
    as_of: date  #: day of the statement after
    delivery_id: int  #: that brought the statement after


def number_breaks(ctx: Context, account_ids: Collection[int] | None) -> pl.DataFrame:
    """V04: numbers that the statements of an account skip; one break for each gap (`FOUND`).

    `expected` is the first missing number, `reported` the one that came in its place.
    """
    rows = []
    came = _came(ctx, account_ids)
    for (account_id,), mine in came.group_by("account_id", maintain_order=True):
        rows += [{"account_id": account_id} | _said(gap) for gap in gaps(mine)]
    found = pl.DataFrame(rows, {**FOUND, "expected": pl.Int64(), "reported": pl.Int64()})
    return breaks_of(found, "V04")


def _came(ctx: Context, account_ids: Collection[int] | None) -> pl.DataFrame:
    own: list[Any] = [StatementNumber.number, StatementNumber.as_of, StatementNumber.delivery_id]
    query = (
        columns(col(DeliveryAccount.account_id).label("account_id"), *own)
        .join(
            DeliveryAccount,
            (col(DeliveryAccount.delivery_id) == col(StatementNumber.delivery_id))
            & (col(DeliveryAccount.external_id) == col(StatementNumber.external_id)),
        )
        .join(Delivery, col(Delivery.id) == col(StatementNumber.delivery_id))
        .where(
            col(StatementNumber.firm_id) == ctx.firm_id,
            col(Delivery.state) != "cancelled",
            col(DeliveryAccount.state).in_(("committed", "unchanged")),
        )
    )
    if account_ids is not None:
        query = query.where(store.among(ctx, col(DeliveryAccount.account_id), account_ids))
    return store.frame(ctx, query, CAME).sort("account_id", "as_of", "number", "delivery_id")


def gaps(came: pl.DataFrame) -> Iterator[Gap]:
    """Return what the statements of one account skip, in the order of their days (`CAME`).

    A number may start again at one when the year changes: what lacks then are the
    first ones of the year. Anywhere else a smaller number starts another series.
    """
    rows = came.select("number", "as_of", "delivery_id").iter_rows()
    for (before, since, _), (now, as_of, delivery_id) in pairwise(rows):
        first = before + 1
        if now < before:
            first = 1 if as_of.year > since.year else now
        if now > first:
            yield Gap(first, now - 1, since, as_of, delivery_id)


def _said(gap: Gap) -> dict[str, Any]:
    one = gap.first == gap.last
    which = f"le relevé n°{NBSP}{gap.first} manque"
    if not one:
        which = f"les relevés n°{NBSP}{gap.first} à {gap.last} manquent"
    ask = "Demandez-le à la banque" if one else "Demandez-les à la banque"
    return {
        "currency": f"Relevé n° {gap.first} ({gap.as_of.year})",
        "expected": gap.first,
        "reported": gap.last + 1,
        "since": gap.since,
        "as_of": gap.as_of,
        "delivery_id": gap.delivery_id,
        "message": f"Dans la suite des relevés de ce compte, {which}. {ask} et déposez-"
        f"{'le' if one else 'les'}{NBSP}: l'écart se fermera de lui-même.",
    }
