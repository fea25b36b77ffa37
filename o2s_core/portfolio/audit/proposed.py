"""What does a switch proposal change in the audit of its account? (audit avant et après)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Instrument
from o2s_core.portfolio.audit.audited import Audited, AuditedLine
from o2s_core.portfolio.audit.auditing import judged
from o2s_core.portfolio.audit.exposures import UNKNOWN, by_currency
from o2s_core.portfolio.audit.findings import FAMILIES, SEVERITIES, STATES, Finding
from o2s_core.portfolio.audit.gathered import facts_of, known_of, surroundings
from o2s_core.portfolio.audit.means import mean_cost, mean_sri
from o2s_core.portfolio.audit.thresholds import thresholds
from o2s_core.portfolio.holdings import lines_of_accounts
from o2s_core.portfolio.switches.proposals import ProposalCard, switch_proposal

#: One row per rule whose verdict changes, the gravest first; `said_*` is what it measured.
CHANGED_RULES: Final = pl.Schema(
    {
        "code": pl.String(),
        "title": pl.String(),
        "family": pl.String(),
        "severity": pl.String(),
        "before": pl.String(),
        "after": pl.String(),
        "said_before": pl.String(),
        "said_after": pl.String(),
    }
)
#: One row per key figure, written in French; « n.c. » where it is unknown.
CHANGED_FIGURES: Final = pl.Schema(
    {"label": pl.String(), "before": pl.String(), "after": pl.String()}
)
#: One row per risk indicator (SRI), « n.c. » last, with its share of the account.
RISKS: Final = pl.Schema({"label": pl.String(), "before": pl.Float64(), "after": pl.Float64()})


@dataclass(frozen=True, slots=True, eq=False)
class ProposalAudit:
    """The audit of an account as it was, and as a proposal would make it.

    `before` and `after` count the rules to look at. Rules of data quality are left out:
    a proposal has no data of its own. A rule that lacks its facts is no pass on either side.
    """

    before: int
    after: int
    rules: pl.DataFrame
    figures: pl.DataFrame
    risks: pl.DataFrame


def proposal_audit(ctx: Context, proposal_id: int) -> ProposalAudit:
    """Return what a proposal changes in the audit of its account, by the rules of `audit`.

    Raises
    ------
    NotFoundError
        The proposal is not there, or not for this user.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    ctx.require(Permission.MARKET_READ)
    before, after = _views(ctx, switch_proposal(ctx, proposal_id))
    limits = thresholds(ctx.today)
    was, will = (_kept(judged(view, limits)) for view in (before, after))
    return ProposalAudit(
        before=sum(one.state == "raised" for one in was.values()),
        after=sum(one.state == "raised" for one in will.values()),
        rules=_changed(was, will),
        figures=_figures(before, after),
        risks=_risks(before, after),
    )


def _views(ctx: Context, card: ProposalCard) -> tuple[Audited, Audited]:
    """Return the account before and after, with what is known around the lines of both."""
    rows = card.lines.to_dicts()
    ids = {row["instrument_id"] for row in rows if row["instrument_id"] is not None}
    known, kinds = facts_of(ctx, ids), _kinds(ctx, ids)
    gains = _gains(ctx, card.account.id)
    lines = [
        _line(row, card, known, kinds) | {"gain_ratio": gains.get(row["instrument_id"])}
        for row in rows
    ]
    names = ("before_eur", "after_eur")
    before, after = (_lines(lines, [row[name] for row in rows]) for name in names)
    around = surroundings(ctx, (*before, *after))
    first, second = (
        Audited(card.holders, ctx.today, sum((x.value_eur for x in own), ZERO), own, **around)
        for own in (before, after)
    )
    return first, second


def _line(
    row: Mapping[str, Any], card: ProposalCard, known: Mapping[int, Any], kinds: Mapping[int, Any]
) -> dict[str, Any]:
    id_ = row["instrument_id"]
    kind, currency = kinds.get(id_, ("cash" if row["asset_class"] == "cash" else "opcvm", "EUR"))
    return {
        "label": row["label"],
        "account": card.account.label,
        "account_id": card.account.id,
        "provider": card.account.provider,
        "envelope": card.account.envelope,
        "instrument_id": id_,
        "isin": row["isin"] or "",
        "kind": kind,
        "asset_class": row["asset_class"],
        "currency": currency,
        **known_of(known.get(id_, {})),
    }


def _lines(lines: Iterable[dict[str, Any]], values: list[Decimal]) -> tuple[AuditedLine, ...]:
    total = sum(values, ZERO)
    return tuple(
        AuditedLine(**line, value_eur=value, weight=float(value / total) if total > 0 else 0.0)
        for line, value in zip(lines, values, strict=True)
        if value
    )


def _kinds(ctx: Context, ids: set[int]) -> dict[int, tuple[str, str]]:
    query = select(Instrument.id, Instrument.kind, Instrument.currency).where(
        Instrument.firm_id == ctx.firm_id, col(Instrument.id).in_(sorted(ids))
    )
    with store.reading(ctx) as session:
        return {id_ or 0: (kind, currency) for id_, kind, currency in session.exec(query)}


def _gains(ctx: Context, account_id: int) -> dict[int | None, float | None]:
    held = lines_of_accounts(ctx, [account_id]).lines
    return dict(held.select("instrument_id", "gain_ratio").iter_rows())


def _kept(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {one.rule.code: one for one in findings if one.rule.family != "data"}


def _changed(was: Mapping[str, Finding], will: Mapping[str, Finding]) -> pl.DataFrame:
    """Return the rules whose verdict changes, the gravest first."""
    order = list(SEVERITIES)
    pairs = [(old, will[code]) for code, old in was.items() if old.state != will[code].state]
    pairs.sort(key=lambda pair: order.index(pair[0].rule.severity))
    rows = [
        {
            "code": old.rule.code,
            "title": old.rule.title,
            "family": FAMILIES[old.rule.family],
            "severity": SEVERITIES[old.rule.severity],
            "before": STATES[old.state],
            "after": STATES[new.state],
            "said_before": old.measure.said or old.measure.missing,
            "said_after": new.measure.said or new.measure.missing,
        }
        for old, new in pairs
    ]
    return pl.DataFrame(rows, CHANGED_RULES)


def _figures(before: Audited, after: Audited) -> pl.DataFrame:
    rows = [(label, said(before), said(after)) for label, said in KEY_FIGURES.items()]
    return pl.DataFrame(rows, CHANGED_FIGURES, orient="row")


def _risk(view: Audited) -> str:
    value = mean_sri(view).value
    return "n.c." if value is None else french.number(value, 1)


def _foreign(view: Audited) -> str:
    """Return the share in other currencies, unknown when that of too much is unknown."""
    parts = {name: part.weight for name, part in by_currency(view).items()}
    unknown = parts.pop(UNKNOWN, 0.0)
    part = sum(weight for name, weight in parts.items() if name != "EUR")
    return french.percent(part) if unknown <= 0.2 else "n.c."


def _part(kept: Callable[[AuditedLine], bool]) -> Callable[[Audited], str]:
    return lambda view: french.percent(view.share(line for line in view.lines if kept(line)))


def _heaviest(view: Audited) -> str:
    return french.percent(max((line.weight for line in view.lines if not line.amount), default=0.0))


KEY_FIGURES: Final[Mapping[str, Callable[[Audited], str]]] = {
    "Valeur": lambda view: french.eur(view.total_eur),
    "Supports": lambda view: str(len(view.supports())),
    "Plus gros support, hors fonds en euros": _heaviest,
    "SRI moyen": _risk,
    "Coût courant moyen": lambda view: french.percent(mean_cost(view).value, 2),
    "Fonds en euros": _part(lambda line: line.asset_class == "euro_fund"),
    "Articles 8 et 9 (SFDR)": _part(lambda line: line.sfdr in {8, 9}),
    "Devises étrangères": _foreign,
}


def _risks(before: Audited, after: Audited) -> pl.DataFrame:
    """Return the share of each risk indicator among the securities, before and after."""
    names = [str(n) for n in range(1, 8)] + ["n.c."]
    parts = [_by_risk(view) for view in (before, after)]
    rows = [
        (f"SRI {name}", *(one.get(name, 0.0) for one in parts))
        for name in names
        if any(name in one for one in parts)
    ]
    return pl.DataFrame(rows, RISKS, orient="row")


def _by_risk(view: Audited) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in view.lines:
        if not line.amount:
            name = str(line.sri or "n.c.")
            found[name] = found.get(name, 0.0) + line.weight
    return found
