"""Who follows a model, and how far each account has drifted from it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from o2s_core import contacts, market, store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.counting import EUROS
from o2s_core.portfolio.held_accounts import held_account, held_by_ids
from o2s_core.portfolio.switches.following import current
from o2s_core.portfolio.switches.portrait import Portrait, model_versions, portraits
from o2s_core.portfolio.switches.terms import SwitchTerms

#: One row per visible account that follows a model, furthest from it first. `drift` is the part
#: of the account to switch (half the sum of the gaps), `widest` the largest gap of a line,
#: `outside` how many lines are beyond their bounds (2 points where the model sets none).
FOLLOWERS: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "account": pl.String(),
        "number": pl.String(),
        "holders": pl.String(),
        "envelope": pl.String(),
        "provider": pl.String(),
        "model_id": pl.Int64(),
        "model": pl.String(),
        "since": pl.Date(),
        "value_eur": EUROS,
        "drift": pl.Float64(),
        "widest": pl.Float64(),
        "outside": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Following:
    """The model that an account follows."""

    account_id: int
    model_id: int
    model: str
    since: date


def following(ctx: Context, account_id: int) -> Following | None:
    """Return the model that an account follows, None when it follows none."""
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        held_account(session, ctx, account_id)
        kept = current(session, ctx, [account_id]).get(account_id)
    if kept is None:
        return None
    name = market.model_portfolio(ctx, kept.model_id).name
    return Following(account_id, kept.model_id, name, kept.since)


def model_followers(ctx: Context, model_id: int | None = None) -> pl.DataFrame:
    """Return the accounts of the perimeter that follow a model, or any (schema `FOLLOWERS`)."""
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        kept = current(session, ctx)
        asked = [id_ for id_, kept_ in kept.items() if model_id in {None, kept_.model_id}]
        seen = {account.id for account in held_by_ids(session, ctx, asked)}
    names = dict(market.model_portfolios(ctx).select("id", "name").iter_rows())
    names |= dict(market.model_portfolios(ctx, archived=True).select("id", "name").iter_rows())
    versions = model_versions(ctx, {kept[id_].model_id for id_ in seen})
    mine = {id_: versions[m] for id_ in seen if (m := kept[id_].model_id) in versions}
    found = portraits(ctx, mine, list(mine))
    people = contacts.names_of(
        ctx, {h.contact_id for p in found.values() for h in p.account.holders}
    )
    rows = [
        _row(portrait, people)
        | {"model_id": (f := kept[id_]).model_id, "model": names[f.model_id], "since": f.since}
        for id_, portrait in found.items()
    ]
    frame = pl.DataFrame(rows, schema=FOLLOWERS)
    return frame.sort("drift", "account_id", descending=[True, False], nulls_last=True)


def _row(portrait: Portrait, people: dict[int, str]) -> dict[str, Any]:
    account, gaps = portrait.account, portrait.drifts()
    band = SwitchTerms().band
    outside = sum(
        gap > (band if s.maximum is None else s.maximum - s.target)
        or -gap > (band if s.minimum is None else s.target - s.minimum)
        for s, gap in zip(portrait.supports, gaps, strict=False)
    )
    return {
        "account_id": account.id,
        "account": account.label,
        "number": account.number,
        "holders": ", ".join(people[h.contact_id] for h in account.holders),
        "envelope": account.envelope,
        "provider": account.provider,
        "value_eur": portrait.total_eur,
        "drift": float(sum(map(abs, gaps)) / 2) if gaps else None,
        "widest": float(max(map(abs, gaps))) if gaps else None,
        "outside": outside if gaps else None,
    }
