"""What the partners of a network say of some contracts: tables as the portfolio records them."""

from typing import Final

import numpy as np
import polars as pl

from o2s_core.demo.contracts import offers
from o2s_core.demo.network.choices import Lines
from o2s_core.demo.network.contracts import Contracts
from o2s_core.demo.network.ledger import EURO_FUND
from o2s_core.demo.network.lives import TO_CENTS, Seen
from o2s_core.demo.network.partners import Partners
from o2s_core.demo.network.quotes import UNIT, Quotes
from o2s_core.portfolio.posting import MOVEMENT_INPUT
from o2s_core.portfolio.recording import LINE_INPUT, SITUATION_INPUT
from o2s_core.store import EXACT_FRAME

CENTS: Final = 100
#: The envelope whose lines are said in the currency of each support.
OWN_CURRENCY: Final = "compte_titres"


def movements(seen: Seen, contracts: Contracts, partners: Partners, quotes: Quotes) -> pl.DataFrame:
    """Return every movement of some contracts (schema `MOVEMENT_INPUT`)."""
    table = seen.movements
    contract = table["contract"].to_numpy()
    named = table["support"].is_not_null().to_numpy()
    support = table["support"].fill_null(0).to_numpy()
    euro = partners.euro_funds[contracts.provider[contract]]
    place = np.where(support == EURO_FUND, euro, support)
    day = _days(quotes, table["day"].to_numpy())
    order = pl.int_range(1, pl.len() + 1).over("contract")
    return table.select(
        pl.Series("account_id", contracts.ids[contract]),
        pl.format("{}-{}", pl.Series(contracts.numbers[contract]), order).alias("partner_ref"),
        day.alias("trade_on"),
        day.alias("value_on"),
        "kind",
        pl.when(pl.Series(named)).then(pl.Series(partners.ids[place])).alias("instrument_id"),
        pl.when(pl.Series(named)).then(pl.Series(np.array(partners.codes)[place])).alias("code"),
        pl.lit("").alias("label"),
        _exact("quantity", UNIT),
        _exact("price", UNIT),
        _exact("gross", CENTS),
        _exact("fees", CENTS),
        pl.lit(None, EXACT_FRAME).alias("taxes"),
        _exact("net", CENTS),
        pl.lit("EUR").alias("currency"),
        pl.lit(None, EXACT_FRAME).alias("fx_rate"),
        pl.lit("").alias("locator"),
    ).cast(dict(MOVEMENT_INPUT))  # type: ignore[arg-type]


def lines(
    seen: Seen, held: Lines, contracts: Contracts, partners: Partners, quotes: Quotes
) -> pl.DataFrame:
    """Return what the contracts held on their last statement (schema `LINE_INPUT`)."""
    frames = [
        _supports(seen, held, contracts, partners, quotes),
        _euro_funds(seen, contracts, partners, quotes),
        _cash(seen, contracts, partners, quotes),
    ]
    return pl.concat(frames)


def situations(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the heads of some lines (schema `SITUATION_INPUT`); a total in one currency only."""
    alone = pl.col("currency").n_unique() == 1
    heads = lines.group_by("account_id", "as_of", maintain_order=True).agg(
        currency=pl.when(alone).then(pl.col("currency").first()).otherwise(pl.lit("EUR")),
        total=pl.when(alone).then(pl.col("value").sum()),
    )
    return heads.select(SITUATION_INPUT.names())


def _supports(
    seen: Seen, held: Lines, contracts: Contracts, partners: Partners, quotes: Quotes
) -> pl.DataFrame:
    where = np.flatnonzero(seen.held.quantity > 0)
    contract, support = held.contract[where], held.support[where]
    day = seen.as_of[contract]
    own = np.array([o.envelope == OWN_CURRENCY for o in offers()])[contracts.offer][contract]
    price = np.where(own, quotes.own(support, day), quotes.euros(support, day))
    rate = np.where(own, quotes.per_euro[quotes.currency[support], day], 1.0)
    quantity = seen.held.quantity[where]
    value = (quantity * price + TO_CENTS // 2) // TO_CENTS
    cost = np.rint(seen.held.cost[where] * rate * TO_CENTS / quantity).astype(np.int64)
    codes = np.where(own, partners.families.currencies[support], "EUR")
    numbers = {"quantity": quantity, "unit_cost": cost, "price": price, "value": value}
    return _table(
        contracts.ids[contract], _days(quotes, day), support, partners, codes,
        pl.Series(quotes.dated(support, day)).cast(pl.Date), numbers,
    )  # fmt: skip


def _euro_funds(
    seen: Seen, contracts: Contracts, partners: Partners, quotes: Quotes
) -> pl.DataFrame:
    who = np.flatnonzero(seen.held.euro_fund > 0)
    place = partners.euro_funds[contracts.provider[who]]
    day = _days(quotes, seen.as_of[who])
    nothing = pl.Series([None], dtype=pl.Date).new_from_index(0, len(who))
    amounts = {"value": seen.held.euro_fund[who]}
    return _table(contracts.ids[who], day, place, partners, _euros(who), nothing, amounts)


def _cash(seen: Seen, contracts: Contracts, partners: Partners, quotes: Quotes) -> pl.DataFrame:
    who = np.flatnonzero(seen.held.cash > 0)
    place = np.full(len(who), len(partners.ids) - 1)
    day = _days(quotes, seen.as_of[who])
    cash = seen.held.cash[who]
    amounts = {"value": cash, "quantity": cash * (UNIT // CENTS), "price": np.full(len(who), UNIT)}
    return _table(contracts.ids[who], day, place, partners, _euros(who), day, amounts)


def _euros(who: np.ndarray) -> np.ndarray:
    return np.full(len(who), "EUR")


def _table(
    ids: np.ndarray, as_of: pl.Series, place: np.ndarray, partners: Partners, codes: np.ndarray,
    price_on: pl.Series, numbers: dict[str, np.ndarray],
) -> pl.DataFrame:  # fmt: skip
    """Return lines of the schema; amounts that are not given are null."""
    scales = {"quantity": UNIT, "unit_cost": UNIT, "price": UNIT, "value": CENTS}
    known = pl.DataFrame({name: pl.Series(numbers[name]) for name in numbers})
    given = known.select(_exact(name, scales[name]) for name in numbers)
    whole = given.with_columns(
        pl.Series("account_id", ids),
        as_of.alias("as_of"),
        pl.Series("instrument_id", partners.ids[place]),
        pl.Series("label", np.array(partners.labels)[place]),
        price_on.alias("price_on"),
        pl.Series("currency", codes),
        locator=pl.lit(""),
        **{
            n: pl.lit(None, EXACT_FRAME)
            for n in LINE_INPUT
            if n not in given.columns and LINE_INPUT[n] == EXACT_FRAME
        },
    )
    return whole.select(pl.col(name).cast(kind) for name, kind in LINE_INPUT.items())


def _days(quotes: Quotes, day: np.ndarray) -> pl.Series:
    return pl.Series(np.datetime64(quotes.first) + day.astype("timedelta64[D]")).cast(pl.Date)


def _exact(name: str, unit: int) -> pl.Expr:
    return (pl.col(name).cast(EXACT_FRAME) / unit).cast(EXACT_FRAME).alias(name)
