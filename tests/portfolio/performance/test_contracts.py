"""Each contract since it is known: what was paid in, taken out, gained, and what it cost."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core import contacts, portfolio
from tests import kit

OPENED, START, END = date(2024, 1, 10), date(2025, 12, 31), date(2026, 11, 23)


@pytest.fixture
def vie(firm):
    ctx = firm.alice
    anne, marc = kit.person(ctx, file_code="ANNE"), kit.person(ctx, "M", "Marc", file_code="MARC")
    kit.household(ctx, anne, marc, file_code="FOYER")
    fund = kit.instrument(ctx, "Monde")
    account = kit.account(ctx, kit.provider(ctx), [anne, marc], label="Horizon Vie", number="7-1")
    kit.movement(ctx, account, OPENED, "deposit", net="1000")
    kit.situation(ctx, account, OPENED, line(fund, 10, 98))
    kit.movement(ctx, account, date(2025, 3, 3), "withdrawal", net="-200")
    kit.situation(ctx, account, date(2025, 3, 3), line(fund, 8, 100))
    kit.movement(ctx, account, date(2025, 6, 30), "fee", net="-9")
    kit.movement(ctx, account, date(2026, 6, 30), "fee", net="-7.50")
    kit.movement(ctx, account, date(2026, 6, 30), "social_levy", net="-2")
    kit.price(ctx, fund, END, "125")
    return account


def line(fund, quantity, price):
    return [{"instrument_id": fund, "quantity": str(quantity), "price": str(price)}]


def contract(firm, code="FOYER", start=START, end=END):
    scope = contacts.scope(firm.alice, "contact", code)
    found = portfolio.performance(firm.alice, scope, start, end, by_contract=True)
    (row,) = found.contracts.iter_rows(named=True)
    return row


def test_paid_in_taken_out_and_gained_since_the_effect_date(firm, vie):
    """By hand: 1 000 paid in, 20 of entry fees, 200 taken out, 8 units at 125 are left."""
    row = contract(firm)
    assert (row["since"], row["start_eur"]) == (OPENED, Decimal("0.00"))
    assert (row["paid_in_eur"], row["withdrawn_eur"]) == (Decimal("1000.00"), Decimal("200.00"))
    assert (row["value_eur"], row["gain_eur"]) == (Decimal("1000.00"), Decimal("200.00"))
    assert row["twr"] == pytest.approx(125 / 98 - 1)
    assert row["twr_annual"] < row["twr"]


def test_the_costs_are_those_of_the_period(firm, vie):
    row = contract(firm)
    assert (row["fees_eur"], row["taxes_eur"]) == (Decimal("7.50"), Decimal("2.00"))
    assert contract(firm, start=OPENED)["fees_eur"] == Decimal("16.50")


def test_a_holder_sees_the_share_of_each_figure(firm, vie):
    row = contract(firm, "ANNE")
    assert (row["share"], row["value_eur"]) == (0.5, Decimal("500.00"))
    assert (row["paid_in_eur"], row["fees_eur"]) == (Decimal("500.00"), Decimal("3.75"))


def test_a_contract_taken_over_at_a_value_starts_from_it(firm):
    ctx = firm.alice
    anne, fund = kit.person(ctx, file_code="ANNE"), kit.instrument(ctx)
    account = kit.account(ctx, kit.provider(ctx), [anne])
    kit.situation(ctx, account, START, line(fund, 10, 100))
    kit.price(ctx, fund, END, "90")
    row = contract(firm, "ANNE")
    assert (row["start_eur"], row["paid_in_eur"]) == (Decimal("1000.00"), Decimal("0.00"))
    assert row["gain_eur"] == Decimal("-100.00")


def test_what_came_in_and_the_gain_make_the_value(firm, vie):
    for code in ("ANNE", "MARC", "FOYER"):
        row = contract(firm, code)
        parts = row["start_eur"] + row["paid_in_eur"] - row["withdrawn_eur"] + row["gain_eur"]
        assert parts == row["value_eur"]
