"""The prices that the lines of partners carry, made again from the lines that stand."""

from o2s_core import store
from o2s_core.aggregation.carried_prices import KEY, carried_by_turn
from o2s_core.market.doubtful_prices import undecided
from o2s_core.market.price_history import PRICE_INPUT, normalised, sourced_prices, withdraw_prices
from o2s_core.market.price_intake import judged
from o2s_core.market.price_precedence import PARTNER
from o2s_core.market.prices import put_prices


def carried_again(tx: store.Tx) -> None:
    """Keep the prices that partners' lines carry, the last word on a day, and no other.

    Inside the open write, once situations are made again. A price that waits or was
    refused stays so: the word before it holds.
    """
    seen = judged(tx.ctx, normalised(carried_by_turn(tx.ctx)))
    sound = seen.filter(seen["refusal"].is_null())
    settled = sound.join(undecided(tx.ctx), on=[*KEY, "value"], how="anti", maintain_order="left")
    last = settled.unique(KEY, keep="last", maintain_order=True)
    gone = sourced_prices(tx.ctx, PARTNER).join(last, on=KEY, how="anti")
    withdraw_prices(tx, gone.select(KEY))
    put_prices(tx, last.select(PRICE_INPUT.names()))
