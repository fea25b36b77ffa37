"""A price that somebody of the firm types, when no partner gives it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.kinds import INSTRUMENT_KINDS
from o2s_core.market.price_history import PRICE_INPUT
from o2s_core.market.prices import record_prices

SOURCE: Final = "cabinet"
#: Kinds whose value a partner reports as such: a price would say nothing.
BY_AMOUNT: Final = frozenset({"cash", "fonds_euros", "euro_croissance"})


def _past(value: date, _all: Mapping[str, Any], today: date) -> str | None:
    return "la date ne peut pas être dans le futur." if value > today else None


def _positive(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if value > 0 else "indiquez un nombre positif, par exemple 102,35."


PRICE_FORM: Final = FormSchema(
    "Cours",
    (
        FormField("day", "Date du cours", "day", required=True, check=_past),
        FormField("value", "Cours", "quantity", required=True, check=_positive),
    ),
)


def type_price(ctx: Context, instrument_id: int, day: date, value: Decimal) -> None:
    """Record a price of a support, in its currency; it wins over the others of that day.

    Raises
    ------
    InvalidInputError
        The day is to come, the price is not positive, or the support has no price by nature.
    """
    ctx.require(Permission.PRICE_WRITE)
    PRICE_FORM.require_valid({"day": day, "value": value}, ctx.today)
    with store.tx(ctx) as tx:
        row = one_instrument(ctx, tx.session, instrument_id)
        if row.kind in BY_AMOUNT:
            raise InvalidInputError(
                f"« {INSTRUMENT_KINDS[row.kind]} » n'a pas de cours : son montant vient de la "
                "situation du compte."
            )
        record_prices(
            ctx,
            pl.DataFrame(
                [(instrument_id, day, value, row.currency, "manual", SOURCE)],
                schema=PRICE_INPUT,
                orient="row",
            ),
        )
