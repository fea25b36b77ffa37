"""What did the firm decide about a support? Approved, watched, excluded, why, until when."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.administration.models import User
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.kinds import DECISIONS
from o2s_core.market.models import FundStatus

#: One row per decision about a support, the newest first: the first one stands.
DECIDED: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "state": pl.String(),
        "reason": pl.String(),
        "decided_on": pl.Date(),
        "review_on": pl.Date(),
        "decided_at": pl.Datetime("us", "UTC"),
        "by": pl.String(),
    }
)
DECISION_FORM: Final = FormSchema(
    "Statut du cabinet",
    (
        FormField("state", "Statut", "choice", required=True, choices=DECISIONS),
        FormField("decided_on", "Décidé le", "day", required=True),
        FormField("review_on", "À revoir le", "day"),
        FormField("reason", "Motif", "long_text", required=True, maximum=500),
    ),
)


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """A decision as typed."""

    state: str
    reason: str
    decided_on: date
    review_on: date | None = None


def decide(ctx: Context, instrument_id: int, form: DecisionForm) -> None:
    """Write what the firm decides about a support; the decisions before it stay readable.

    Raises
    ------
    InvalidInputError
        The state or the reason is missing, or the review comes before the decision.
    """
    ctx.require(Permission.FUND_DECIDE)
    values = {name: getattr(form, name) for name in DecisionForm.__slots__}
    DECISION_FORM.require_valid(values, ctx.today)
    _require_days(ctx, form)
    with store.tx(ctx) as tx:
        one_instrument(ctx, tx.session, instrument_id)
        row = FundStatus(
            firm_id=ctx.firm_id,
            instrument_id=instrument_id,
            decided_at=ctx.now,
            decided_by=ctx.user_id,
            **values | {"reason": form.reason.strip()},
        )
        tx.add(row)
        said = {"state": form.state, "review_on": str(form.review_on or "")}
        tx.audit("decide", "instrument", instrument_id, after=said)
        tx.touch("market")


def _require_days(ctx: Context, form: DecisionForm) -> None:
    if form.decided_on > ctx.today:
        said = "indiquez au plus tard aujourd'hui."
        raise InvalidInputError([FieldProblem("decided_on", "Décidé le", said)])
    if form.review_on is not None and form.review_on <= form.decided_on:
        said = "indiquez un jour postérieur à la décision."
        raise InvalidInputError([FieldProblem("review_on", "À revoir le", said)])


def decisions(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return what was decided about a support, the newest first (schema `DECIDED`)."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        one_instrument(ctx, session, instrument_id)
    own = [name for name in DECIDED if name != "by"]
    query = (
        select(*(col(getattr(FundStatus, n)) for n in own), col(User.last_name).label("by"))
        .outerjoin(User, col(User.id) == col(FundStatus.decided_by))
        .where(
            col(FundStatus.firm_id) == ctx.firm_id,
            col(FundStatus.instrument_id) == instrument_id,
        )
        .order_by(col(FundStatus.id).desc())
    )
    return store.frame(ctx, query, DECIDED)
