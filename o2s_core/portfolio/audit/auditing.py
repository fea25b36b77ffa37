"""What does the audit say of a portfolio? Key figures first, then the rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.audit.audited import Audited
from o2s_core.portfolio.audit.catalogue import RULES
from o2s_core.portfolio.audit.findings import (
    FAMILIES,
    SEVERITIES,
    STATES,
    Finding,
    State,
    unknown,
)
from o2s_core.portfolio.audit.gathered import gathered
from o2s_core.portfolio.audit.key_figures import KeyFigures, key_figures
from o2s_core.portfolio.audit.score import score_of
from o2s_core.portfolio.audit.thresholds import Thresholds, thresholds
from o2s_core.portfolio.holdings import holdings
from o2s_core.portfolio.performance import start_of
from o2s_core.portfolio.performance.figures import performance_over

#: One row per rule, those to look at first, the gravest first.
FINDINGS = pl.Schema(
    {
        "code": pl.String(),
        "title": pl.String(),
        "family": pl.String(),
        "severity": pl.String(),
        "state": pl.String(),
        "said": pl.String(),
        "limits": pl.String(),
        "lines": pl.Int64(),
        "why": pl.String(),
        "do": pl.String(),
        "missing": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit of a portfolio on a day.

    `score` is internal: None when too little could be judged, or when the user has not
    the right to see it (`scored` tells which).
    """

    scope_name: str
    on: date
    figures: KeyFigures
    findings: tuple[Finding, ...]
    view: Audited
    score: int | None
    scored: bool

    def of_state(self, state: State) -> tuple[Finding, ...]:
        """Return the findings of one verdict, the gravest first."""
        return tuple(finding for finding in self.findings if finding.state == state)

    @property
    def table(self) -> pl.DataFrame:
        """Return the findings as rows, schema `FINDINGS`, with their French words."""
        return pl.DataFrame([_row(finding) for finding in self.findings], FINDINGS)


def audit(ctx: Context, scope: Scope) -> Audit | None:
    """Return the audit of what a contact, a household or a group holds today.

    Everything is read once; then each rule looks at the same view. A rule that lacks its
    facts says so and is no pass. The score needs the right to see it.

    Returns
    -------
    Audit | None
        None when the scope holds nothing, and nothing is left out of its total.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    ctx.require(Permission.MARKET_READ)
    held = holdings(ctx, scope)
    if held.lines.is_empty() and held.excluded.is_empty():
        return None
    starts = [start_of("1y", ctx.today, date.min), None]
    year, origin = performance_over(ctx, scope, starts)
    view = gathered(ctx, scope, held, year)
    findings = judged(view, thresholds(ctx.today))
    scored = ctx.may(Permission.PORTFOLIO_SCORE)
    return Audit(
        scope_name=scope.name,
        on=held.on,
        figures=key_figures(view, held, origin, year),
        findings=findings,
        view=view,
        score=score_of(findings) if scored else None,
        scored=scored,
    )


def judged(view: Audited, limits: Thresholds) -> tuple[Finding, ...]:
    """Return what every rule says of a portfolio, real or proposed, the gravest first."""
    found = [_finding(view, limits, n) for n in range(len(RULES))]
    states, severities = list(STATES), list(SEVERITIES)
    place = {rule.code: n for n, rule in enumerate(RULES)}
    return tuple(
        sorted(
            found,
            key=lambda f: (
                states.index(f.state), severities.index(f.rule.severity), place[f.rule.code]
            ),
        )
    )  # fmt: skip


def _finding(view: Audited, limits: Thresholds, number: int) -> Finding:
    rule = RULES[number]
    said = tuple(f"{limits[code].label} : {limits[code].said}" for code in rule.limits)
    if view.total_eur <= 0 and rule.family != "data":
        return Finding(rule, unknown("un total positif"), said)
    return Finding(rule, rule.judge(view, limits), said)


def _row(finding: Finding) -> dict[str, object]:
    rule, measure = finding.rule, finding.measure
    return {
        "code": rule.code,
        "title": rule.title,
        "family": FAMILIES[rule.family],
        "severity": SEVERITIES[rule.severity],
        "state": STATES[finding.state],
        "said": measure.said,
        "limits": " · ".join(finding.limits),
        "lines": len(measure.evidence),
        "why": rule.why,
        "do": rule.do,
        "missing": measure.missing,
    }


def evidence_of(findings: Sequence[Finding] | Iterable[Finding]) -> pl.DataFrame:
    """Return every line concerned with the rule that names it: what an export holds."""
    frames = [
        finding.evidence.select(pl.lit(finding.rule.title).alias("rule"), pl.all())
        for finding in findings
        if finding.measure.evidence
    ]
    return pl.concat(frames) if frames else pl.DataFrame()
