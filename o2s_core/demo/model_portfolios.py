"""The model portfolios of the demonstration firm, who follows them, and some proposals."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from o2s_core import market, portfolio
from o2s_core.demo.clients import Life
from o2s_core.demo.life import BASKET, follows_basket
from o2s_core.demo.partners import Partners
from o2s_core.kernel.context import Context
from o2s_core.market import ModelForm, WeightedSupport
from o2s_core.portfolio import SwitchTerms

#: Name, level of risk, what it is for, percent of the fonds euros and of each support of the
#: basket (world shares, European shares, euro bonds, flexible).
MODELS: Final = (
    ("Prudent", "2", "Préserver le capital, trois ans au moins.", (50, 10, 0, 20, 20)),
    ("Équilibré", "3", "Faire croître un capital sur cinq ans.", (40, 15, 15, 15, 15)),
    ("Dynamique", "4", "Viser la performance sur huit ans et plus.", (20, 30, 25, 10, 15)),
)
#: What « Équilibré » said before.
FORMER: Final = (50, 10, 10, 15, 15)
ROOM: Final = Decimal("0.05")
#: Every contract of the basket takes the next of these; most are balanced.
TURNS: Final = (1, 1, 0, 1, 2)
REASON: Final = "Le client souhaite attendre la fin de l'année."


def define(ctx: Context, partners: Partners, lives: list[Life]) -> None:
    """Publish the models, let the contracts that hold their supports follow them, propose."""
    ids = [_publish(ctx, partners, *model) for model in MODELS]
    followers = [life for life in lives if not life.declared and follows_basket(life.contract)]
    for n, life in enumerate(followers):
        begun = replace(ctx, today=_since(ctx.today, life))
        portfolio.follow_model(begun, life.account_id, ids[TURNS[n % len(TURNS)]])
    _propose(ctx, [life.account_id for life in followers])


def _publish(
    ctx: Context,
    partners: Partners,
    name: str,
    risk_level: str,
    description: str,
    weights: tuple[int, ...],
) -> int:
    made = market.add_model(ctx, ModelForm(name, risk_level, description=description))
    years = [(weights, 380, "Version d'origine.")]
    if name == "Équilibré":
        years = [(FORMER, 1500, "Version d'origine."), (weights, 380, "Moins de fonds en euros.")]
    for said, ago, comment in years:
        market.write_model_lines(ctx, made, _supports(partners, said))
        market.publish_model(ctx, made, ctx.today - timedelta(ago), comment)
    return made


def _supports(partners: Partners, weights: tuple[int, ...]) -> list[WeightedSupport]:
    euro = min(partners.market.euro_fund_rank.values())
    ranks = (euro, *BASKET)
    return [
        WeightedSupport(
            partners.instrument_ids[rank],
            (share := Decimal(percent) / 100),
            max(share - ROOM, Decimal(0)),
            min(share + ROOM, Decimal(1)),
        )
        for rank, percent in zip(ranks, weights, strict=True)
        if percent
    ]


def _since(today: date, life: Life) -> date:
    return max(life.contract.opened_on, today - timedelta(370))


def _propose(ctx: Context, accounts: list[int]) -> None:
    """Leave proposals in each state."""
    terms = SwitchTerms(switch_fee=Decimal("0.005"), minimum_order=Decimal(150))
    for n, account_id in enumerate(accounts[:6]):
        made = portfolio.propose_switches(ctx, [account_id], terms)
        if n in {1, 2, 3}:
            portfolio.decide_switch(ctx, made, "to_review", 1)
        if n == 2:
            portfolio.decide_switch(ctx, made, "dismissed", 2, reason=REASON)
        if n == 3:
            portfolio.decide_switch(ctx, made, "kept", 2)
