"""The figures that come before any judgement (chiffres clés d'un portefeuille)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from o2s_core.portfolio.audit.audited import Audited, AuditedLine
from o2s_core.portfolio.audit.exposures import UNKNOWN, by_currency
from o2s_core.portfolio.audit.means import Mean, mean_cost, mean_sri
from o2s_core.portfolio.holdings import Holdings
from o2s_core.portfolio.performance import Performance


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """What a portfolio is in a few figures; None is n.c.

    `invested_eur` is what was put in less what was taken out since the day `since`, the
    opening value included; `invested_eur + earned_eur = total_eur`. `gain_eur` is the latent
    gain on the lines whose purchase cost is known. Shares are of the total.
    """

    total_eur: Decimal
    since: date | None
    invested_eur: Decimal | None
    earned_eur: Decimal | None
    gain_eur: Decimal | None
    gain_ratio: float | None
    gain_coverage: float | None
    twr_ytd: float | None
    twr_year: float | None
    volatility: float | None
    drawdown: float | None
    sri: Mean
    cost: Mean
    supports: int
    lines: int
    accounts: int
    euro_funds: float | None
    priced: float | None  #: valued within the delay of its kind
    foreign: float | None  #: not in euros
    foreign_unknown: float | None
    sfdr: tuple[tuple[str, float], ...]  #: article -> share, "n.c." last


def key_figures(
    view: Audited, held: Holdings, origin: Performance | None, year: Performance | None
) -> KeyFigures:
    """Return the key figures, each by the function of its own page."""
    currencies = {name: part.weight for name, part in by_currency(view).items()}
    foreign = sum(w for name, w in currencies.items() if name not in {"EUR", UNKNOWN})
    positive = view.total_eur > 0
    return KeyFigures(
        total_eur=held.total_eur,
        since=origin.start if origin else None,
        invested_eur=origin.opening_eur + origin.net_flows_eur if origin else None,
        earned_eur=origin.gain_eur if origin else None,
        gain_eur=held.gain_eur,
        gain_ratio=held.gain_ratio,
        gain_coverage=held.gain_coverage,
        twr_ytd=year.periods["ytd"] if year else None,
        twr_year=year.periods["1y"] if year else None,
        volatility=year.risk["volatility"] if year else None,
        drawdown=year.risk["max_drawdown"] if year else None,
        sri=mean_sri(view),
        cost=mean_cost(view),
        supports=len(view.supports()),
        lines=len(view.lines),
        accounts=held.accounts.height,
        euro_funds=_share(view, lambda line: line.asset_class == "euro_fund"),
        priced=None if held.stale_share is None else 1 - held.stale_share,
        foreign=foreign if positive else None,
        foreign_unknown=currencies.get(UNKNOWN, 0.0) if positive else None,
        sfdr=sfdr_split(view),
    )


def sfdr_split(view: Audited) -> tuple[tuple[str, float], ...]:
    """Return the share of each SFDR article among the funds, what nobody says last."""
    funds = [line for line in view.lines if line.fund]
    whole = view.share(funds)
    if not whole:
        return ()
    split = [
        (f"Article {article}", view.share(line for line in funds if line.sfdr == article) / whole)
        for article in sorted({line.sfdr for line in funds if line.sfdr}, reverse=True)
    ]
    silent = view.share(line for line in funds if not line.sfdr) / whole
    return (*split, ("n.c.", silent)) if silent else tuple(split)


def _share(view: Audited, counted: Callable[[AuditedLine], bool]) -> float | None:
    if view.total_eur <= 0:
        return None
    return view.share(line for line in view.lines if counted(line))
