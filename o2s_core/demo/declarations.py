"""What the prospects of the demonstration firm say they hold elsewhere, typed by their adviser."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from o2s_core import portfolio
from o2s_core.demo.clients import Life
from o2s_core.demo.partners import Partners
from o2s_core.kernel.context import Context
from o2s_core.portfolio.situation_forms import SituationForm, TypedLine

#: How many of the last situations of each contract were typed.
KEPT: Final = 3


def declare(ctx: Context, partners: Partners, lives: list[Life]) -> None:
    """Type the last situations of the contracts held elsewhere («déclaratif»)."""
    for life in (life for life in lives if life.declared):
        for on in sorted(life.contract.situations)[-KEPT:]:
            held = life.contract.situations[on]
            lines = tuple(_typed(partners, line) for line in held if "cash" not in line)
            cash = sum((line["cash"] for line in held if "cash" in line), Decimal(0))
            day = min(on, ctx.today - timedelta(days=1))
            form = SituationForm(as_of=day, lines=lines, cash=cash or None)
            portfolio.type_situation(ctx, life.account_id, form)


def _typed(partners: Partners, line: dict[str, Any]) -> TypedLine:
    rank = line["rank"]
    return TypedLine(
        label=partners.labels[rank],
        isin=partners.isins[rank] or "",
        instrument_id=partners.instrument_ids[rank],
        quantity=line.get("quantity"),
        price=line.get("price"),
        price_on=line.get("price_on"),
        value=line.get("value"),
        unit_cost=line.get("unit_cost"),
    )
