"""Invented lives of contracts: payments, purchases, fees, income, and what partners saw of them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from o2s_core.demo.contracts import Contract, Market
from o2s_core.kernel.money import cents

#: Yearly rate credited to every fonds euros.
FONDS_EUROS_YEARLY: Final = "0.026"
Q4: Final = Decimal("0.0001")
#: The supports of a contract that follows a model: world shares, European shares, euro bonds,
#: flexible; ranks of `supports.yaml`.
BASKET: Final = (0, 1, 70, 115)
#: One contract with a fonds euros in so many is invested in the basket.
FOLLOWED: Final = 4


def live(contract: Contract, market: Market, draw: np.random.Generator, today: date) -> None:
    """Let a contract live from its opening to yesterday: payments, purchases, fees, income."""
    if not contract.offer.kinds:
        _live_as_savings(contract, draw, today)
        return
    supports = _choose(contract, market, draw)
    if follows_basket(contract):
        supports = list(BASKET)
    last_seen = today - timedelta(days=_silence(contract))
    day, month = contract.opened_on, 0
    first = Decimal(int(draw.integers(*contract.offer.first)))
    _pay(contract, market, supports, day, first)
    while True:
        month += 1
        day = contract.opened_on + timedelta(days=round(month * 30.4375))
        if last_seen < day and last_seen not in contract.situations:
            _observe(contract, market, last_seen)
        if day >= today:
            break
        _live_one_month(contract, market, supports, draw, day, month)
        if month % 3 == 0 and day < last_seen:
            _observe(contract, market, day)


def follows_basket(contract: Contract) -> bool:
    """Return whether a contract is invested in the supports of the model portfolios."""
    return contract.offer.fonds_euros and sum(map(ord, contract.number)) % FOLLOWED == 0


def _silence(contract: Contract) -> int:
    """Return how many days ago the partner last wrote: insurers monthly, banks within a week."""
    spread = sum(map(ord, contract.number))
    return 6 + spread % 24 if contract.offer.fonds_euros else 2 + spread % 5


def _choose(contract: Contract, market: Market, draw: np.random.Generator) -> list[int]:
    """Draw the supports of a contract among those that exist at its opening."""
    offer = contract.offer
    known = [
        rank
        for rank, kind in enumerate(market.kinds)
        if kind in offer.kinds and market.price(rank, contract.opened_on) is not None
    ]
    count = min(len(known), int(draw.integers(offer.lines[0], offer.lines[1] + 1)))
    return [int(r) for r in draw.choice(known, size=count, replace=False)]


def _live_one_month(
    contract: Contract, market: Market, supports: list[int], draw: np.random.Generator,
    day: date, month: int,
) -> None:  # fmt: skip
    if contract.monthly:
        _pay(contract, market, supports, day, contract.monthly)
    if contract.offer.fonds_euros and month % 6 == 0:
        _charge(contract, market, day)
    if contract.offer.fonds_euros and month % 12 == 0:
        _credit_euro_fund(contract, market, day)
    if not contract.offer.fonds_euros and month % 6 == 0:
        _receive_income(contract, market, day)
    if draw.integers(40) == 0:
        _switch(contract, market, supports, draw, day)


def _pay(
    contract: Contract, market: Market, supports: list[int], day: date, amount: Decimal
) -> None:
    """Pay in, then buy: a part on the fonds euros, the rest in equal parts."""
    _note(contract, day, "deposit", net=amount)
    contract.cash += amount
    euro_share = Decimal("0.4") if contract.offer.fonds_euros else Decimal(0)
    if euro_share:
        _buy_euro_fund(contract, market, day, cents(amount * euro_share))
    each = cents(amount * (1 - euro_share) / len(supports))
    for rank in supports:
        _buy(contract, market, rank, day, each)


def _buy_euro_fund(contract: Contract, market: Market, day: date, amount: Decimal) -> None:
    rank = market.euro_fund_rank[contract.provider]
    contract.euro_fund += amount
    contract.cash -= amount
    _note(contract, day, "buy", rank=rank, gross=-amount, net=-amount)


def _buy(contract: Contract, market: Market, rank: int, day: date, budget: Decimal) -> None:
    price = market.price(rank, day)
    if price is None or price <= 0:
        return
    quantity = (budget / price).quantize(Q4, "ROUND_DOWN")
    amount = cents(quantity * price)
    if quantity <= 0:
        return
    contract.positions[rank] = contract.positions.get(rank, Decimal(0)) + quantity
    contract.costs[rank] = contract.costs.get(rank, Decimal(0)) + amount
    contract.cash -= amount
    _note(
        contract, day, "buy", rank=rank, quantity=quantity, price=price, gross=-amount, net=-amount
    )


def _charge(contract: Contract, market: Market, day: date) -> None:
    """Take half a year's management fee in parts of each support, and on the fonds euros."""
    for rank, held in list(contract.positions.items()):
        parts = (held * Decimal("0.004")).quantize(Q4)
        price = market.price(rank, day)
        if parts <= 0 or price is None:
            continue
        contract.positions[rank] = held - parts
        contract.costs[rank] -= cents(contract.costs[rank] * Decimal("0.004"))
        _note(
            contract, day, "fee", rank=rank, quantity=-parts, price=price, fees=cents(parts * price)
        )


def _credit_euro_fund(contract: Contract, market: Market, day: date) -> None:
    """Credit the year's profit sharing to the fonds euros."""
    gain = cents(contract.euro_fund * Decimal(FONDS_EUROS_YEARLY))
    if gain <= 0:
        return
    contract.euro_fund += gain
    rank = market.euro_fund_rank[contract.provider]
    _note(contract, day, "profit_sharing", rank=rank, gross=gain, net=gain)


def _receive_income(contract: Contract, market: Market, day: date) -> None:
    """Receive half a year's dividends on shares and SCPI."""
    for rank, held in contract.positions.items():
        price = market.price(rank, day)
        if market.kinds[rank] not in {"share", "scpi"} or price is None:
            continue
        amount = cents(held * price * Decimal("0.014"))
        contract.cash += amount
        _note(contract, day, "dividend", rank=rank, gross=amount, net=amount)


def _switch(
    contract: Contract, market: Market, supports: list[int], draw: np.random.Generator, day: date
) -> None:
    """Move a third of one support to another one."""
    held = [rank for rank in supports if contract.positions.get(rank, Decimal(0)) > 1]
    if len(held) < 2:
        return
    source, target = (int(r) for r in draw.choice(held, size=2, replace=False))
    sold = (contract.positions[source] / 3).quantize(Q4)
    price, other = market.price(source, day), market.price(target, day)
    if price is None or other is None:
        return
    amount = cents(sold * price)
    bought = (amount / other).quantize(Q4, "ROUND_DOWN")
    contract.costs[source] -= cents(contract.costs[source] / 3)
    contract.costs[target] += amount
    contract.positions[source] -= sold
    contract.positions[target] += bought
    _note(
        contract,
        day,
        "switch_out",
        rank=source,
        quantity=-sold,
        price=price,
        gross=amount,
        net=amount,
    )
    _note(
        contract,
        day,
        "switch_in",
        rank=target,
        quantity=bought,
        price=other,
        gross=-amount,
        net=-amount,
    )


def _live_as_savings(contract: Contract, draw: np.random.Generator, today: date) -> None:
    """Let a savings account live: a balance, some payments, yearly interest."""
    low, high = contract.offer.first
    day, balance = contract.opened_on, Decimal(int(draw.integers(low, high + 1)))
    _note(contract, day, "deposit", net=balance)
    while (day := day + timedelta(days=91)) < today:
        if draw.integers(3) == 0:
            amount = Decimal(int(draw.integers(50, 800)))
            kind = "deposit" if balance + amount <= high else "withdrawal"
            signed = amount if kind == "deposit" else -min(amount, balance)
            balance += signed
            _note(contract, day, kind, net=signed)
        contract.situations[day] = [{"cash": balance}]
    contract.situations.setdefault(today - timedelta(days=10), [{"cash": balance}])


def _observe(contract: Contract, market: Market, day: date) -> None:
    """Write the situation of a day, as the partner would deliver it."""
    if day <= contract.opened_on:
        return
    lines: list[dict[str, Any]] = []
    for rank, quantity in contract.positions.items():
        price = market.price(rank, day)
        if quantity > 0 and price is not None:
            cost = (contract.costs[rank] / quantity).quantize(Q4)
            facts = {"rank": rank, "quantity": quantity, "unit_cost": cost, "price": price}
            value = cents(quantity * price)
            lines.append(facts | {"price_on": market.priced_on(rank, day), "value": value})
    if contract.euro_fund > 0:
        rank = market.euro_fund_rank[contract.provider]
        lines.append({"rank": rank, "value": contract.euro_fund})
    if contract.cash > 0 and not contract.offer.fonds_euros:
        lines.append({"cash": contract.cash})
    contract.situations[day] = lines


def _note(contract: Contract, day: date, kind: str, **facts: Any) -> None:  # noqa: ANN401
    """Write a movement."""
    contract.movements.append({"day": day, "kind": kind, **facts})
