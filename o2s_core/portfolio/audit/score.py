"""The internal score of a portfolio, from 0 to 100."""

from collections.abc import Iterable
from typing import Final

from o2s_core.portfolio.audit.findings import Finding

#: What a rule weighs by its severity.
POINTS: Final = {"high": 5, "medium": 3, "low": 1}
#: Below this share of the points, too little was judged to say a score.
ENOUGH: Final = 0.5
FORMULA: Final = (
    "Note = 100 × (1 − points des règles à examiner ÷ points des règles évaluées). Une règle "
    "importante vaut 5 points, à surveiller 3, d'information 1. Les règles non évaluées ne "
    "comptent pas ; sous la moitié des points évalués, la note est n.c. Usage interne."
)


def score_of(findings: Iterable[Finding]) -> int | None:
    """Return the score: 100 × (1 − points raised / points judged), rounded.

    A rule of high severity counts 5 points, medium 3, low 1. Rules that lack their facts
    count on neither side; None when less than half of all points could be judged.
    """
    points = {"raised": 0, "clear": 0, "unknown": 0}
    for finding in findings:
        points[finding.state] += POINTS[finding.rule.severity]
    judged = points["raised"] + points["clear"]
    if not judged or judged < ENOUGH * (judged + points["unknown"]):
        return None
    return round(100 * (1 - points["raised"] / judged))
