"""What does a loan cost, and what is left of it? (échéancier, mensualité, TAEG).

Schedules are posted amounts, exact and in cents; an annuity and a TAEG are floats.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

import polars as pl

from o2s_core.analytics.returns import xirr
from o2s_core.kernel.money import ZERO, cents

CENTS: Final = pl.Decimal(38, 2)
#: One row per instalment, from the first due day on. `total` is principal + interest +
#: insurance; `outstanding` what is still owed after it. A capitalised interest is a negative
#: principal, so that the principal always adds up to the capital.
SCHEDULE: Final = pl.Schema(
    {
        "n": pl.Int64(),
        "due": pl.Date(),
        "principal": CENTS,
        "interest": CENTS,
        "insurance": CENTS,
        "total": CENTS,
        "outstanding": CENTS,
    }
)
Kind = Literal["amortising", "bullet"]
Base = Literal["initial", "outstanding"]
Deferral = Literal["none", "partial", "total"]
Amount = Decimal | float | int
#: A century of months: beyond it an instalment repays nothing.
LONGEST: Final = 1200
YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Terms:
    """What all lines of a schedule have in common; rates per period, as ratios."""

    capital: Decimal
    insured: Decimal
    rate: Decimal
    insurance: Decimal
    base: Base
    first_due: date
    step: int  #: months from an instalment to the next


def schedule(  # noqa: PLR0913, PLR0917
    capital: Amount,
    annual_rate: Amount,
    months: int,
    first_due: date,
    kind: Kind = "amortising",
    insurance_rate: Amount = 0,
    insurance_base: Base = "initial",
    deferral_months: int = 0,
    deferral: Deferral = "none",
    *,
    step: int = 1,
    insured: Amount | None = None,
) -> pl.DataFrame:
    """Return what is due each period until nothing is owed (`SCHEDULE`).

    Parameters
    ----------
    capital
        In whole cents, positive.
    annual_rate, insurance_rate
        Ratios a year (0.035 is 3,50 %); a period bears its twelfths (taux proportionnel).
    months
        The whole life of the loan, deferral included.
    kind
        "amortising": constant instalments; "bullet": interest only, then the capital (in fine).
    insurance_base
        The capital lent, or what is owed before each instalment.
    deferral
        "partial": interest alone is paid; "total": it is added to what is owed.
    step
        Months between two instalments: 1, 3, 6 or 12.
    insured
        What an insurance on the initial capital bears on; the capital by default.

    Returns
    -------
    pl.DataFrame
        The last line absorbs the rounding: of the principal, and in fine of the interest.

    Raises
    ------
    ValueError
        An amount or a rate is negative, a duration is no whole number of periods.
    """
    _require_sound(capital, annual_rate, months, insurance_rate, step)
    waiting = _waiting(kind, deferral, deferral_months, months, insurance_base, step)
    terms = _terms(capital, annual_rate, insurance_rate, insurance_base, first_due, step)
    terms = terms if insured is None else replace(terms, insured=cents(_exact(insured)))
    return _frame(_lines(terms, kind, months // step, waiting, deferral))


def reschedule(  # noqa: PLR0913
    capital: Amount,
    annual_rate: Amount,
    instalment: Amount,
    first_due: date,
    insurance_rate: Amount = 0,
    insurance_base: Base = "initial",
    *,
    step: int = 1,
    insured: Amount | None = None,
) -> pl.DataFrame:
    """Return the schedule of what is owed when the instalment, insurance apart, is chosen.

    The duration follows from it; the last line is what is left.

    Raises
    ------
    ValueError
        The instalment does not cover the interest, or would last more than a century.
    """
    _require_sound(capital, annual_rate, step, insurance_rate, step)
    terms = _terms(capital, annual_rate, insurance_rate, insurance_base, first_due, step)
    terms = terms if insured is None else replace(terms, insured=cents(_exact(insured)))
    paid = cents(_exact(instalment))
    if paid <= cents(terms.capital * terms.rate):
        raise ValueError("The instalment does not cover the interest.")
    return _frame(_repaid_by(terms, paid))


def payment(
    rate_per_period: float,
    periods: int,
    present_value: float,
    future_value: float = 0,
    at: Literal["end", "begin"] = "end",
) -> float:
    """Return the constant payment of an annuity: what is received is positive, paid negative.

    >>> round(payment(0.035 / 12, 240, 200_000), 2)
    -1159.92
    """
    if periods <= 0 or rate_per_period <= -1:
        raise ValueError("An annuity has periods, and a rate above -100 %.")
    if abs(rate_per_period) < 1e-15:
        return -(present_value + future_value) / periods
    growth = (1 + rate_per_period) ** periods
    due = rate_per_period * (1 + rate_per_period if at == "begin" else 1)
    paid = (present_value * growth + future_value) * rate_per_period / (growth - 1)
    return -paid * rate_per_period / due


def taeg(
    drawdowns: Iterable[tuple[date, Amount]], payments: Iterable[tuple[date, Amount]]
) -> float | None:
    """Return the yearly rate at which what is paid equals what was lent (TAEG).

    All amounts are positive; fees kept back at the start are payments of that day.
    Actual/365, equivalent annual rate (code de la consommation, annexe à l'article
    R. 314-3). `None` when no rate fits.
    """
    lent = [(day, float(amount)) for day, amount in drawdowns]
    paid = [(day, -float(amount)) for day, amount in payments]
    flows = [*lent, *paid]
    return xirr([day for day, _ in flows], [amount for _, amount in flows])


def due_day(first_due: date, months: int) -> date:
    """Return the day some months later: the same of the month, or its last.

    >>> due_day(date(2025, 1, 31), 1)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(first_due.year * YEAR + first_due.month - 1 + months, YEAR)
    return date(year, month + 1, min(first_due.day, monthrange(year, month + 1)[1]))


def _require_sound(
    capital: Amount, annual_rate: Amount, months: int, insurance_rate: Amount, step: int
) -> None:
    if capital <= 0 or annual_rate < 0 or insurance_rate < 0:
        raise ValueError("A loan has a positive capital, and rates that are not negative.")
    if step not in {1, 3, 6, 12}:
        raise ValueError("Instalments are due every 1, 3, 6 or 12 months.")
    if isinstance(months, bool) or int(months) != months or not 0 < months <= LONGEST:
        raise ValueError("A loan lasts a whole number of months, at most a century.")
    if months % step:
        raise ValueError("A loan lasts a whole number of instalments.")


def _waiting(
    kind: str, deferral: str, deferral_months: int, months: int, base: str, step: int
) -> int:
    """Return during how many instalments no capital is repaid."""
    known = kind in {"amortising", "bullet"} and deferral in {"none", "partial", "total"}
    if not known or base not in {"initial", "outstanding"}:
        raise ValueError("This kind of loan, of deferral or of insurance does not exist.")
    if deferral == "none":
        return 0
    if not 0 <= deferral_months < months or deferral_months % step:
        raise ValueError("The deferral is a whole number of instalments, shorter than the loan.")
    return deferral_months // step


def _terms(
    capital: Amount, annual_rate: Amount, insurance: Amount, base: Base, first: date, step: int
) -> Terms:
    share = Decimal(step) / YEAR
    lent = cents(_exact(capital))
    rate, premium = _exact(annual_rate) * share, _exact(insurance) * share
    return Terms(lent, lent, rate, premium, base, first, step)


def _exact(value: Amount) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


#: principal, interest of a line
Line = tuple[Decimal, Decimal]


def _lines(
    terms: Terms, kind: Kind, periods: int, waiting: int, deferral: Deferral
) -> Iterator[dict[str, Any]]:
    owed = terms.capital
    for n in range(1, waiting + 1):
        interest = cents(owed * terms.rate)
        yield (
            line := _line(terms, n, owed, (-interest if deferral == "total" else ZERO, interest))
        )
        owed = line["outstanding"]
    left = periods - waiting
    repaid = _in_fine if kind == "bullet" else _amortised
    for n, paid in enumerate(repaid(owed, terms.rate, left), waiting + 1):
        yield (line := _line(terms, n, owed, paid))
        owed = line["outstanding"]


def _amortised(owed: Decimal, rate: Decimal, periods: int) -> Iterator[Line]:
    """Yield constant instalments; the last repays what is left."""
    instalment = cents(_annuity(owed, rate, periods))
    for n in range(1, periods + 1):
        interest = cents(owed * rate)
        principal = owed if n == periods else min(max(instalment - interest, ZERO), owed)
        yield principal, interest
        owed -= principal


def _in_fine(owed: Decimal, rate: Decimal, periods: int) -> Iterator[Line]:
    """Yield the interest alone, then the capital; the last interest absorbs the rounding."""
    interest = cents(owed * rate)
    for _ in range(periods - 1):
        yield ZERO, interest
    yield owed, max(cents(owed * rate * periods) - interest * (periods - 1), ZERO)


def _annuity(owed: Decimal, rate: Decimal, periods: int) -> Decimal:
    if not rate:
        return owed / periods
    growth = (1 + rate) ** periods
    return owed * rate * growth / (growth - 1)


def _repaid_by(terms: Terms, instalment: Decimal) -> Iterator[dict[str, Any]]:
    owed, n = terms.capital, 0
    while owed:
        n += 1
        if n * terms.step > LONGEST:
            raise ValueError("The instalment would be paid for more than a century.")
        interest = cents(owed * terms.rate)
        yield (line := _line(terms, n, owed, (min(instalment - interest, owed), interest)))
        owed = line["outstanding"]


def _line(terms: Terms, n: int, owed: Decimal, paid: Line) -> dict[str, Any]:
    principal, interest = paid
    insured = terms.insured if terms.base == "initial" else owed
    insurance = cents(insured * terms.insurance)
    return {
        "n": n,
        "due": due_day(terms.first_due, (n - 1) * terms.step),
        "principal": principal,
        "interest": interest,
        "insurance": insurance,
        "total": principal + interest + insurance,
        "outstanding": owed - principal,
    }


def _frame(lines: Iterable[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(lines), schema=SCHEDULE)
