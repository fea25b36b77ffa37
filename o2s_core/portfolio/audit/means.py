"""The mean of a figure over a portfolio, and over how much of it it is known (couverture)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from o2s_core.portfolio.audit.audited import Audited, AuditedLine


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean weighted by value; None when nothing is known.

    `coverage` is the share of the value concerned of which the figure is known, None when
    no line is concerned.
    """

    value: float | None
    coverage: float | None


def mean(lines: Iterable[AuditedLine], figure: Callable[[AuditedLine], float | None]) -> Mean:
    """Return the mean of a figure over some lines, by their value."""
    rows = [(float(line.value_eur), figure(line)) for line in lines]
    whole = sum(value for value, _ in rows)
    known = [(value, said) for value, said in rows if said is not None]
    part = sum(value for value, _ in known)
    if whole <= 0:
        return Mean(None, None)
    return Mean(sum(v * said for v, said in known) / part if part > 0 else None, part / whole)


def mean_sri(view: Audited) -> Mean:
    """Return the mean risk indicator of the securities: fonds euros and cash have none."""
    return mean((line for line in view.lines if not line.amount), _sri)


def _sri(line: AuditedLine) -> float | None:
    return None if line.sri is None else float(line.sri)


def mean_cost(view: Audited) -> Mean:
    """Return the mean ongoing cost a year of the funds: other supports charge none."""
    return mean((line for line in view.lines if line.fund), lambda line: line.ongoing)
