"""Whose documents are those of accounts: whoever may see the account."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import select
from sqlmodel import col

from o2s_core import documents, store
from o2s_core.documents import OwnerKind
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account
from o2s_core.portfolio.visibility import visible


def _named(ctx: Context, ids: Collection[int]) -> Mapping[int, str]:
    query = select(col(Account.id), col(Account.label), col(Account.number)).where(
        col(Account.firm_id) == ctx.firm_id, visible(ctx), col(Account.id).in_(sorted(ids))
    )
    with store.reading(ctx) as session:
        return {i: f"{label} {number}".strip() for i, label, number in session.execute(query)}


ACCOUNT_PAPERS: Final = documents.declare_owner(
    OwnerKind(
        "account",
        "Contrat",
        Permission.DOCUMENT_READ,
        Permission.DOCUMENT_WRITE,
        lambda ctx: select(col(Account.id)).where(
            col(Account.firm_id) == ctx.firm_id, visible(ctx)
        ),
        _named,
    )
)
