"""The figures made from arrays are those of a plain sum, day by day, on portfolios drawn at random."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from o2s_core import contacts, portfolio
from tests import kit

START, DAYS = date(2026, 9, 1), 60
END = START + timedelta(DAYS)


def drawn(ctx, seed):
    """Two accounts of one person: deposits, purchases, sales and withdrawals over sixty days."""
    draw = random.Random(seed)
    anne, insurer = kit.person(ctx, file_code="ANNE"), kit.provider(ctx)
    funds = [kit.instrument(ctx, f"Fonds {n}") for n in range(3)]
    prices = {}
    for fund in funds:
        level = draw.uniform(20, 200)
        for n in range(0, DAYS + 1, draw.choice((1, 2, 7))):
            level *= draw.uniform(0.97, 1.03)
            prices[fund, START + timedelta(n)] = Decimal(f"{level:.4f}")
            kit.price(ctx, fund, START + timedelta(n), f"{level:.4f}")
    rows = []
    for account in (kit.account(ctx, insurer, [anne]) for _ in range(2)):
        rows.append((account, START, "deposit", None, Decimal(0), Decimal(10_000)))
        for _ in range(12):
            on = START + timedelta(draw.randrange(1, DAYS))
            fund, units = draw.choice(funds), Decimal(draw.randrange(1, 9))
            paid = Decimal(draw.randrange(10, 900))
            rows += draw.choice([
                [(account, on, "buy", fund, units, -paid)],
                [(account, on, "deposit", None, Decimal(0), paid)],
                [(account, on, "fee", None, Decimal(0), -paid / 100)],
                [(account, on, "withdrawal", None, Decimal(0), -paid / 4)],
            ])  # fmt: skip
    for account, on, kind, fund, units, net in rows:
        about = {"instrument_id": fund, "quantity": str(units)} if fund else {}
        kit.movement(ctx, account, on, kind, net=str(net), **about)
    return prices, rows


def worth(prices, rows, on):
    """Quantity × last price, plus the cash, of everything that happened until a day."""
    total = sum(net for _, day, _, _, _, net in rows if day <= on)
    for fund in {row[3] for row in rows if row[3]}:
        held = sum(row[4] for row in rows if row[3] == fund and row[1] <= on)
        total += held * prices[max(key for key in prices if key[0] == fund and key[1] <= on)]
    return total


def flows(rows, on):
    return sum(row[5] for row in rows if row[1] == on and row[2] in {"deposit", "withdrawal"})


@pytest.mark.parametrize("seed", [3, 17, 2026])
def test_a_random_portfolio_is_what_a_plain_sum_makes_of_it(firm, seed):
    prices, rows = drawn(firm.alice, seed)
    days = [START + timedelta(n) for n in range(DAYS + 1)]
    values = [worth(prices, rows, day) for day in days]
    grown = Decimal(1)
    for before, day, value in zip(values, days[1:], values[1:], strict=False):
        moved = flows(rows, day)
        grown *= (value + max(-moved, 0)) / (before + max(moved, 0))
    scope = contacts.scope(firm.alice, "contact", "ANNE")
    found = portfolio.performance(firm.alice, scope, None, END)
    daily = portfolio.daily_values(firm.alice, scope, START, END)
    assert daily.value.tolist() == pytest.approx([float(value) for value in values], abs=0.011)
    assert found.series["value_eur"].to_list() == pytest.approx(daily.value.tolist(), abs=0.011)
    assert found.closing_eur == portfolio.holdings(firm.alice, scope, END).total_eur
    assert found.net_flows_eur == sum(flows(rows, day) for day in days[1:])
    assert found.twr == pytest.approx(float(grown - 1), abs=1e-9)
    assert found.lines["gain_eur"].sum() == pytest.approx(float(found.gain_eur), abs=0.05)
