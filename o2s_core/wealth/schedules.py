"""What is due of a loan, given what happened to it: the signed schedule, then each event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from o2s_core.analytics import loans
from o2s_core.kernel import french
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.money import ZERO, cents
from o2s_core.kernel.parameters import parameter
from o2s_core.wealth.loan_forms import EVENTS, LoanEventForm, LoanForm
from o2s_core.wealth.models import Loan

#: The schedule of a loan; an early repayment is a line of its own, without number.
LINES: Final = pl.Schema({**loans.SCHEDULE, "event": pl.String()})
IN_ADVANCE: Final = frozenset({"early_partial", "early_total"})


#: What a schedule is made from: a loan as typed, or as stored.
Terms = LoanForm | Loan


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a loan stands on a day, before what happens then."""

    past: pl.DataFrame
    left: pl.DataFrame
    outstanding: Decimal

    @property
    def instalment(self) -> Decimal:
        """Return the next instalment, insurance apart."""
        first = self.left.row(0, named=True)
        return Decimal(first["principal"] + first["interest"])


def lines_of(terms: Terms, events: Sequence[LoanEventForm] = ()) -> pl.DataFrame:
    """Return every instalment of a loan, past and to come (`LINES`).

    An event takes effect after the instalments up to its day; the interest that runs from
    there to the next instalment is that of the lender's own count.

    Raises
    ------
    InvalidInputError
        The loan cannot be, or an event cannot happen to it.
    """
    try:
        lines = _marked(_signed(terms))
        rate = terms.rate
        for event in sorted(events, key=lambda e: e.on):
            rate = event.rate if event.kind == "rate" and event.rate is not None else rate
            lines = _after(terms, rate, lines, event)
    except ValueError as error:
        raise InvalidInputError(
            "L'échéancier ne peut pas s'établir : vérifiez que l'échéance couvre les intérêts, "
            "et que les durées tombent sur une échéance."
        ) from error
    return lines


def _signed(terms: Terms) -> pl.DataFrame:
    return loans.schedule(
        terms.capital, terms.rate, terms.months, terms.first_due, terms.kind,  # type: ignore[arg-type]
        terms.insurance_rate, terms.insurance_base, terms.deferral_months,  # type: ignore[arg-type]
        terms.deferral, step=terms.step,  # type: ignore[arg-type]
    )  # fmt: skip


def _marked(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.with_columns(event=pl.lit("")).select(LINES.names())


def standing(terms: Terms, lines: pl.DataFrame, on: date) -> Standing:
    """Return what was paid up to a day, what is left, and what is still owed."""
    past, left = lines.filter(pl.col("due") <= on), lines.filter(pl.col("due") > on)
    owed = past["outstanding"][-1] if past.height else cents(terms.capital)
    return Standing(past, left, owed)


def outstanding_on(terms: Terms, lines: pl.DataFrame, on: date) -> Decimal:
    """Return the capital still owed at the end of a day; nothing before the loan starts.

    A loan starts one period before its first instalment.
    """
    if on < loans.due_day(terms.first_due, -terms.step):
        return ZERO
    return standing(terms, lines, on).outstanding


def _after(terms: Terms, rate: Decimal, lines: pl.DataFrame, event: LoanEventForm) -> pl.DataFrame:
    here = standing(terms, lines, event.on)
    if here.left.is_empty() or not here.outstanding:
        raise InvalidInputError(
            f"{EVENTS[event.kind]} au {french.day(event.on)} : il ne reste alors rien à rembourser."
        )
    repaid = _repaid(here, event)
    paid = [_line_of(event, repaid, here.outstanding - repaid)] if event.kind in IN_ADVANCE else []
    past = pl.concat([here.past, pl.DataFrame(paid, LINES)])
    if here.outstanding == repaid:
        return past
    rest = _rest(terms, rate, here, event, here.outstanding - repaid)
    return pl.concat([past, _numbered(terms, _marked(rest), past["n"].max() or 0)])  # type: ignore[arg-type]


def _repaid(here: Standing, event: LoanEventForm) -> Decimal:
    if event.kind == "early_total":
        return here.outstanding
    if event.kind != "early_partial":
        return ZERO
    amount = cents(event.amount or ZERO)
    if amount >= here.outstanding:
        raise InvalidInputError(
            f"Le montant dépasse le capital restant dû ({french.eur(here.outstanding)}) : "
            "choisissez un remboursement total."
        )
    return amount


def _line_of(event: LoanEventForm, repaid: Decimal, left: Decimal) -> dict[str, object]:
    paid = f", indemnité {french.eur(event.penalty)}" if event.penalty else ""
    return {
        "n": None, "due": event.on, "principal": repaid, "interest": ZERO, "insurance": ZERO,
        "total": repaid, "outstanding": left, "event": f"{EVENTS[event.kind]}{paid}",
    }  # fmt: skip


def _rest(
    terms: Terms, rate: Decimal, here: Standing, event: LoanEventForm, owed: Decimal
) -> pl.DataFrame:
    """Return the instalments that follow an event, numbered from 1."""
    next_due = here.left["due"][0]
    insured = {"insured": terms.capital, "step": terms.step}
    by_instalment = event.kind == "instalment" or (
        event.kind == "early_partial" and event.keeps == "instalment"
    )
    if by_instalment and terms.kind == "amortising" and not _waiting(here):
        wanted = event.amount if event.kind == "instalment" else here.instalment
        return loans.reschedule(
            owed, rate, wanted or ZERO, next_due, terms.insurance_rate,
            terms.insurance_base, **insured,  # type: ignore[arg-type]
        )  # fmt: skip
    pause = (event.months or 0) if event.kind == "pause" else _waiting(here) * terms.step
    months = here.left.height * terms.step + (pause if event.kind == "pause" else 0)
    deferral = "total" if event.kind == "pause" else terms.deferral if pause else "none"
    return loans.schedule(
        owed, rate, months, next_due, terms.kind, terms.insurance_rate,  # type: ignore[arg-type]
        terms.insurance_base, pause, deferral, **insured,  # type: ignore[arg-type]
    )  # fmt: skip


def _waiting(here: Standing) -> int:
    """Return how many of the instalments left repay no capital yet, the last aside."""
    repays = (here.left["principal"] > 0).to_list()
    return repays.index(True) if True in repays[:-1] else 0


def _numbered(terms: Terms, rest: pl.DataFrame, before: int) -> pl.DataFrame:
    """Return the instalments with the numbers and the days of the loan itself."""
    days = [
        loans.due_day(terms.first_due, (before + rank) * terms.step) for rank in range(rest.height)
    ]
    return rest.with_columns(n=pl.col("n") + before, due=pl.Series(days, dtype=pl.Date))


def early_penalty(rate: Decimal, repaid: Decimal, outstanding: Decimal, on: date) -> Decimal:
    """Return the most that a lender may ask for an early repayment.

    Six months of interest on what is repaid, at most 3 % of what was owed (code de la
    consommation, art. R. 313-25); for a fixed or variable rate loan of a consumer.
    """
    interest = repaid * rate / 2 * parameter("loan.early_repayment.half_years", on).value
    return cents(min(interest, outstanding * parameter("loan.early_repayment.share", on).value))
