"""Which supports did a file describe? What became of each, in the order of the file."""

from collections.abc import Sequence
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.aggregation.models import DeliveryFund
from o2s_core.kernel.context import Context
from o2s_core.market.models import Instrument

#: One row per support of a delivery, in the order of its file.
DELIVERY_FUNDS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "fund": pl.String(),
        "label": pl.String(),
        "template": pl.String(),
        "as_of": pl.Date(),
        "state": pl.String(),
        "instrument_id": pl.Int64(),
        "instrument": pl.String(),
        "facts": pl.Int64(),
        "lines": pl.Int64(),
        "locator": pl.String(),
        "reason": pl.String(),
    }
)
#: State of a support in a delivery -> how it is told, one then several.
TOLD: Final = {
    "committed": ("validé", "validés"),
    "unchanged": ("inchangé", "inchangés"),
    "quarantined": ("en quarantaine", "en quarantaine"),
    "ignored": ("ignoré", "ignorés"),
}


def funds_of(ctx: Context, delivery_id: int) -> pl.DataFrame:
    """Return the supports that a delivery describes (schema `DELIVERY_FUNDS`).

    They are public facts about funds: whoever may see deliveries sees them.
    """
    own = [n for n in DELIVERY_FUNDS if n != "instrument"]
    query = (
        select(
            *(col(getattr(DeliveryFund, name)) for name in own),
            col(Instrument.label).label("instrument"),
        )
        .outerjoin(Instrument, col(Instrument.id) == col(DeliveryFund.instrument_id))
        .where(
            col(DeliveryFund.firm_id) == ctx.firm_id, col(DeliveryFund.delivery_id) == delivery_id
        )
        .order_by(col(DeliveryFund.id))
    )
    return store.frame(ctx, query, DELIVERY_FUNDS)


def fund_states(session: Session, ctx: Context, delivery_id: int) -> Sequence[str]:
    """Return the state of each support of a delivery."""
    query = select_rows(DeliveryFund.state).where(
        DeliveryFund.firm_id == ctx.firm_id, DeliveryFund.delivery_id == delivery_id
    )
    return session.exec(query).all()


def told_of_funds(states: Sequence[str]) -> str:
    """Return in one sentence what became of the supports."""
    counts = {state: states.count(state) for state in TOLD}
    parts = [f"{n} {TOLD[state][n > 1]}" for state, n in counts.items() if n]
    return f"Supports : {', '.join(parts)}. Aucun compte n'est concerné."
