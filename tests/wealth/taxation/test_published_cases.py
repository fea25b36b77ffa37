"""The taxes against hand-computed and published cases, what holds for any amount, and refusals."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.parameters import MissingParameterError
from o2s_core.wealth.taxation.income_tax import gross_income_tax
from o2s_core.wealth.taxation.life_insurance import (
    death_levy,
    late_premiums_base,
    surrender_gain,
)
from o2s_core.wealth.taxation.wealth_tax import main_home_base, real_estate_tax

DAY = date(2026, 1, 1)
AMOUNTS = st.integers(0, 20_000_000).map(Decimal)


@pytest.mark.parametrize(
    ("taxable", "parts", "couple", "tax"),
    [
        (45_000, 1, False, "6603.99"),
        (90_000, 2, True, "13207.98"),
        (90_000, 3, True, "9593.98"),
        (200_000, 2, True, "49601.04"),
    ],
)
def test_the_scale_of_2025_incomes(taxable, parts, couple, tax):
    assert gross_income_tax(Decimal(taxable), Decimal(parts), couple=couple, year=2025) == Decimal(
        tax
    )


@given(AMOUNTS, AMOUNTS)
def test_more_income_never_pays_less_nor_more_than_the_income(one, other):
    low, high = sorted((one, other))
    taxes = [gross_income_tax(x, Decimal("2.5"), couple=True, year=2025) for x in (low, high)]
    assert 0 <= taxes[0] <= taxes[1]
    assert taxes[1] - taxes[0] <= (high - low) * Decimal("0.45") + Decimal("0.01")


@given(AMOUNTS)
def test_a_part_more_never_costs(income):
    taxes = [
        gross_income_tax(income, p, couple=True, year=2025)
        for p in (Decimal(2), Decimal("2.5"), Decimal(3))
    ]
    assert taxes == sorted(taxes, reverse=True)
    assert taxes[0] - taxes[2] <= 2 * 1807


def test_a_year_without_scale_is_refused():
    with pytest.raises(MissingParameterError, match="2026"):
        gross_income_tax(Decimal(45_000), Decimal(1), couple=False, year=2026)


def test_a_couple_has_two_parts_at_least():
    with pytest.raises(InvalidInputError, match="part"):
        gross_income_tax(Decimal(45_000), Decimal(1), couple=True, year=2025)


@pytest.mark.parametrize(
    ("base", "tax"),
    [(1_300_000, "0"), (1_350_000, "2225"), (2_000_000, "7400"), (6_000_000, "48190")],
)
def test_the_tax_on_real_estate(base, tax):
    assert real_estate_tax(Decimal(base), DAY) == Decimal(tax)


def test_the_smoothing_ends_without_a_step():
    before, after = (real_estate_tax(Decimal(base), DAY) for base in (1_399_999, 1_400_000))
    assert Decimal(0) <= after - before < Decimal("0.05")


def test_a_main_home_counts_for_seven_tenths():
    assert real_estate_tax(main_home_base(Decimal(2_000_000), DAY), DAY) == Decimal(3_200)


@pytest.mark.parametrize(
    ("surrender", "premiums", "value", "gain"),
    [
        (40_000, 100_000, 145_000, "12413.79"),
        (6_000, 20_000, 24_000, "1000.00"),
        (50_000, 100_000, 155_000, "17741.94"),
        (10_000, 100_000, 150_000, "3333.33"),
    ],
)
def test_the_gain_in_a_surrender(surrender, premiums, value, gain):
    assert surrender_gain(Decimal(surrender), Decimal(premiums), Decimal(value)) == Decimal(gain)


def test_a_surrender_above_the_value_is_refused():
    with pytest.raises(InvalidInputError, match="valeur du contrat"):
        surrender_gain(Decimal(2), Decimal(1), Decimal(1))


@pytest.mark.parametrize(
    ("capital", "levy"), [(152_500, "0"), (360_000, "41500"), (1_000_000, "186093.75")]
)
def test_the_levy_at_death(capital, levy):
    assert death_levy(Decimal(capital), DAY) == Decimal(levy)


def test_premiums_after_seventy_enter_the_estate_above_their_allowance():
    assert late_premiums_base(Decimal(100_000), DAY) == Decimal(69_500)
