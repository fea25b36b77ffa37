"""What a rule of the audit says of a portfolio: verdict, lines concerned, what is missing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

if TYPE_CHECKING:
    from o2s_core.portfolio.audit.audited import Audited, AuditedLine
    from o2s_core.portfolio.audit.thresholds import Thresholds

State = Literal["raised", "unknown", "clear"]
#: Verdict -> how the screen says it.
STATES: Final = {"raised": "À examiner", "unknown": "Non évaluée", "clear": "Conforme"}
#: Severity -> how the screen says it, the gravest first.
SEVERITIES: Final = {"high": "Important", "medium": "À surveiller", "low": "Information"}
#: Family of rules -> how the screen says it.
FAMILIES: Final = {
    "concentration": "Concentration",
    "diversification": "Diversification",
    "liquidity": "Classes et liquidité",
    "cost": "Coûts",
    "risk": "Risque et performance",
    "suitability": "Profil et préférences",
    "data": "Qualité des données",
}
EUROS: Final = pl.Decimal(38, 2)
#: The page where one acts on what is held.
HOLDINGS: Final = "portefeuille-synthese"
#: One row per line concerned; `said` is what the rule measured on it.
EVIDENCE: Final = pl.Schema(
    {
        "part": pl.String(),
        "label": pl.String(),
        "account": pl.String(),
        "account_id": pl.Int64(),
        "instrument_id": pl.Int64(),
        "value_eur": EUROS,
        "weight": pl.Float64(),
        "said": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line concerned; `part` names what it belongs to when several lines are added up."""

    label: str
    said: str = ""
    part: str = ""
    account: str = ""
    account_id: int | None = None
    instrument_id: int | None = None
    value_eur: Decimal | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a rule found; `said` is the figure against its limit, `missing` what it lacks."""

    state: State
    said: str
    evidence: tuple[Evidence, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A question asked of every portfolio.

    `why` explains it to an adviser, `do` suggests what to do and `link` is the address of
    the page where one does it. `limits` names the thresholds that it reads.
    """

    code: str
    title: str
    severity: str
    judge: "Callable[[Audited, Thresholds], Measure]"
    limits: tuple[str, ...]
    why: str
    do: str
    link: str
    family: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule and what it says of a portfolio."""

    rule: Rule
    measure: Measure
    limits: tuple[str, ...]  #: the thresholds as they stood: « Poids d'une ligne : 20 % »

    @property
    def state(self) -> State:
        """Return the verdict."""
        return self.measure.state

    @property
    def evidence(self) -> pl.DataFrame:
        """Return the lines concerned, schema `EVIDENCE`, in the order of the rule."""
        rows = [{name: getattr(e, name) for name in EVIDENCE} for e in self.measure.evidence]
        return pl.DataFrame(rows, EVIDENCE)


def raised(said: str, evidence: Iterable[Evidence]) -> Measure:
    """Say that there is something to look at."""
    return Measure("raised", said, tuple(evidence))


def clear(said: str) -> Measure:
    """Say that the rule is kept."""
    return Measure("clear", said)


def unknown(missing: str, said: str = "") -> Measure:
    """Say that the facts are missing: never a pass."""
    return Measure("unknown", said, (), missing)


def of_line(line: "AuditedLine", said: str = "", part: str = "") -> Evidence:
    """Return a line of the portfolio as evidence."""
    return Evidence(
        line.label, said, part, line.account, line.account_id, line.instrument_id,
        line.value_eur, line.weight,
    )  # fmt: skip


def of_lines(lines: "Iterable[AuditedLine]", part: str = "") -> tuple[Evidence, ...]:
    """Return some lines as evidence, the largest first."""
    return tuple(of_line(ln, part=part) for ln in sorted(lines, key=lambda ln: -ln.value_eur))
