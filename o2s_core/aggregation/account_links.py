"""Which account is each partner's number? Decided once, kept for the next deliveries."""

from collections.abc import Mapping

import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.models import AccountLink

Number = tuple[int, str]  #: the partner, and the compact number


def remember(tx: store.Tx, asked: Mapping[Number, int | None]) -> None:
    """Keep which account each partner's number is, so that nobody is asked again."""
    known = _links(tx, {key for _, key in asked})
    for (provider_id, key), account_id in asked.items():
        if known.get((provider_id, key), account_id) != account_id:
            link(tx, provider_id, key, account_id, "number")
    fresh = [(*place, account_id) for place, account_id in asked.items() if place not in known]
    schema = {"provider_id": pl.Int64, "external_key": pl.String, "account_id": pl.Int64}
    table = pl.DataFrame(fresh, schema, orient="row")
    store.insert_frame(tx, AccountLink, table.with_columns(rule=pl.lit("number")))


def _links(tx: store.Tx, keys: set[str]) -> dict[tuple[int, str], int | None]:
    """Return the decisions about some numbers, by partner and number."""
    query = select(AccountLink.provider_id, AccountLink.external_key, AccountLink.account_id).where(
        AccountLink.firm_id == tx.ctx.firm_id,
        store.among(tx.ctx, col(AccountLink.external_key), keys),
    )
    return {(provider_id, key): account for provider_id, key, account in tx.session.exec(query)}


def link(tx: store.Tx, provider_id: int, key: str, account_id: int | None, rule: str) -> None:
    """Write, or change, the account that a partner's number means."""
    known = tx.session.exec(
        select(AccountLink).where(
            AccountLink.firm_id == tx.ctx.firm_id,
            AccountLink.provider_id == provider_id,
            AccountLink.external_key == key,
        )
    ).first()
    if known is not None and known.account_id == account_id:
        return
    if known is not None:
        known.account_id, known.rule = account_id, rule
        return
    tx.add(
        AccountLink(
            firm_id=tx.ctx.firm_id,
            provider_id=provider_id,
            external_key=key,
            account_id=account_id,
            rule=rule,
        )
    )
