"""Which contracts lack a paper for a year: no IFU, no annual statement."""

from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import or_
from sqlalchemy import select as columns
from sqlmodel import col

from o2s_core import store
from o2s_core.documents.models import Document
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Provider
from o2s_core.portfolio.models import Account
from o2s_core.portfolio.visibility import visible

#: One row per contract that was open in the year and has no such paper.
MISSING_PAPERS: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "label": pl.String(),
        "number": pl.String(),
        "envelope": pl.String(),
        "provider": pl.String(),
    }
)


def papers_missing(ctx: Context, category: str, year: int) -> pl.DataFrame:
    """Return the contracts of the perimeter open in a year that lack a paper of a category.

    Schema `MISSING_PAPERS`. A paper counts when it is dated in the year, and filed with
    the contract, or with a contact and about the contract; sub-categories count too.
    """
    ctx.require(Permission.DOCUMENT_READ)
    first, last = date(year, 1, 1), date(year, 12, 31)
    kind = col(Document.category)
    has = (
        columns(col(Document.id))
        .where(
            col(Document.firm_id) == ctx.firm_id,
            or_(
                (col(Document.owner_kind) == "account")
                & (col(Document.owner_id) == col(Account.id)),
                col(Document.account_id) == col(Account.id),
            ),
            col(Document.discarded_at).is_(None),
            or_(kind == category, kind.startswith(f"{category}_", autoescape=True)),
            col(Document.dated_on).between(first, last),
        )
        .correlate(Account)
        .exists()
    )
    opened, closed = col(Account.opened_on), col(Account.closed_on)
    shown: list[Any] = [
        col(Account.id).label("account_id"), col(Account.label), col(Account.number),
        col(Account.envelope), col(Provider.name).label("provider"),
    ]  # fmt: skip
    query = (
        columns(*shown)
        .join(Provider, col(Provider.id) == col(Account.provider_id))
        .where(col(Account.firm_id) == ctx.firm_id, visible(ctx), ~has)
        .where(or_(opened.is_(None), opened <= last), or_(closed.is_(None), closed >= first))
        .order_by(col(Provider.name), col(Account.number))
    )  # fmt: skip
    return store.frame(ctx, query, MISSING_PAPERS)
