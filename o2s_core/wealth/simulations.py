"""What would a loan cost if it were repaid sooner, or taken again elsewhere? Side by side."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core.analytics import loans as schedules_of
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.money import ZERO, cents
from o2s_core.kernel.permissions import Permission
from o2s_core.wealth.loan_forms import LoanEventForm
from o2s_core.wealth.loans import LoanCard, loan
from o2s_core.wealth.schedules import early_penalty, lines_of, standing

CENTS: Final = pl.Decimal(38, 2)
#: One row per way of going on with a loan. `cost` is what is still to pay besides the
#: capital, penalty and fees included; `saved` what it costs less than going on.
OPTIONS: Final = pl.Schema(
    {
        "option": pl.String(),
        "instalment": CENTS,  #: the next one, insurance included
        "ends_on": pl.Date(),
        "left": pl.Int64(),  #: instalments
        "interest": CENTS,
        "insurance": CENTS,
        "penalty": CENTS,  #: and fees
        "cost": CENTS,
        "saved": CENTS,
    }
)


def early_repayment(ctx: Context, loan_id: int, on: date, amount: Decimal) -> pl.DataFrame:
    """Return what a repayment in advance would change: shorter, or lower (`OPTIONS`).

    The penalty is the most that the law lets a lender ask of a consumer.
    """
    ctx.require(Permission.WEALTH_READ)
    card = loan(ctx, loan_id, on)
    here = standing(card.form, card.lines, on)
    whole = amount >= here.outstanding
    repaid = min(amount, here.outstanding)
    penalty = early_penalty(_rate(card), repaid, here.outstanding, on)
    ways = (("early_total", "", "Remboursement total"),) if whole else (
        ("early_partial", "instalment", "Durée réduite"),
        ("early_partial", "duration", "Échéance réduite"),
    )  # fmt: skip
    past = [event for _, event in card.events if event.on <= on]
    rows = [_going_on(here.left)]
    for kind, keeps, label in ways:
        event = LoanEventForm(on, kind, repaid, keeps)
        left = standing(card.form, lines_of(card.form, [*past, event]), on).left
        rows.append(_option(label, left, penalty))
    return _compared(rows)


def renegotiation(
    ctx: Context,
    loan_id: int,
    on: date,
    rate: Decimal,
    *,
    months: int | None = None,
    fees: Decimal = ZERO,
) -> pl.DataFrame:
    """Return a loan as it goes on, beside one at another rate that repays it (`OPTIONS`).

    The new loan lends what is still owed; penalty and fees are paid apart. It lasts as long
    as the old one unless `months` says otherwise, and keeps its insurance.
    """
    ctx.require(Permission.WEALTH_READ)
    card = loan(ctx, loan_id, on)
    here = standing(card.form, card.lines, on)
    if here.left.is_empty() or not here.outstanding:
        raise InvalidInputError("Ce prêt est entièrement remboursé : il n'y a rien à renégocier.")
    if not 0 <= rate < 1:
        raise InvalidInputError("Indiquez un taux annuel, de 0 à 99 %, par exemple 3,5.")
    form = card.form
    penalty = early_penalty(_rate(card), here.outstanding, here.outstanding, on)
    try:
        new = schedules_of.schedule(
            here.outstanding, rate, months or here.left.height * form.step, here.left["due"][0],
            form.kind, form.insurance_rate, form.insurance_base, step=form.step,  # type: ignore[arg-type]
        )  # fmt: skip
    except ValueError as error:
        raise InvalidInputError("La durée doit être un nombre entier d'échéances.") from error
    return _compared([_going_on(here.left), _option("Nouveau prêt", new, cents(penalty + fees))])


def _rate(card: LoanCard) -> Decimal:
    """Return the rate in force: the last one that an event gave."""
    known = [e.rate for _, e in card.events if e.kind == "rate" and e.on <= card.on and e.rate]
    return known[-1] if known else card.form.rate


def _going_on(left: pl.DataFrame) -> dict[str, Any]:
    return _option("Sans changement", left, ZERO)


def _option(label: str, left: pl.DataFrame, penalty: Decimal) -> dict[str, Any]:
    interest, insurance = sum(left["interest"], ZERO), sum(left["insurance"], ZERO)
    return {
        "option": label,
        "instalment": left["total"][0] if left.height else ZERO,
        "ends_on": left["due"][-1] if left.height else None,
        "left": left.height,
        "interest": interest,
        "insurance": insurance,
        "penalty": penalty,
        "cost": interest + insurance + penalty,
    }


def _compared(rows: list[dict[str, Any]]) -> pl.DataFrame:
    first = rows[0]["cost"]
    return pl.DataFrame([row | {"saved": first - row["cost"]} for row in rows], OPTIONS)
