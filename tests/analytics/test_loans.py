"""Loans: what is due each month to the cent, what is left, what it costs."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2s_core.analytics import loans

FIRST = date(2025, 2, 5)
D = Decimal


def test_an_amortising_loan_follows_the_published_case():
    """S-065: 200 000 at 3,50 % over 240 months; case 17."""
    lines = loans.schedule(200_000, 0.035, 240, FIRST)
    assert lines["total"][0] == D("1159.92")
    assert lines["outstanding"][59] == D("162253.12")
    assert lines["outstanding"][-1] == 0
    # 240 unrounded instalments bear 78 380.66; rounded ones, a few cents of it
    assert abs(lines["interest"].sum() - D("78380.66")) < D("1.00")
    assert round(-loans.payment(0.035 / 12, 240, 200_000) * 240 - 200_000, 2) == 78_380.66


def test_a_loan_in_fine_pays_interest_then_the_capital():
    """S-064: 200 000 at 3,50 % over ten years; the last line bears the 0,40 of rounding; case 18."""
    lines = loans.schedule(200_000, 0.035, 120, FIRST, "bullet")
    assert set(lines["interest"][:-1]) == {D("583.33")}
    assert lines["interest"][-1] == D("583.73")
    assert lines["interest"].sum() == D("70000.00")
    assert set(lines["principal"][:-1]) == {D("0.00")}
    assert lines["total"][-1] == D("200583.73")


def test_a_loan_without_interest_repays_equal_parts():
    lines = loans.schedule(100, 0, 3, FIRST)
    assert lines["principal"].to_list() == [D("33.33"), D("33.33"), D("33.34")]
    assert lines["interest"].sum() == 0


def test_a_partial_deferral_pays_the_interest_alone():
    lines = loans.schedule(12_000, 0.06, 24, FIRST, deferral_months=12, deferral="partial")
    assert set(lines["total"][:12]) == {D("60.00")}
    assert set(lines["outstanding"][:12]) == {D("12000.00")}
    assert lines["total"][12] == D("1032.80")  # 12 000 at 0,5 % over 12 months


def test_a_total_deferral_adds_the_interest_to_what_is_owed():
    lines = loans.schedule(10_000, 0.12, 14, FIRST, deferral_months=2, deferral="total")
    assert lines["outstanding"][:2].to_list() == [D("10100.00"), D("10201.00")]
    assert lines["total"][:2].to_list() == [D("0.00"), D("0.00")]
    assert lines["principal"].sum() == 10_000


def test_insurance_bears_on_what_was_lent_or_on_what_is_owed():
    lent = loans.schedule(12_000, 0.06, 12, FIRST, insurance_rate=0.01)
    owed = loans.schedule(
        12_000, 0.06, 12, FIRST, insurance_rate=0.01, insurance_base="outstanding"
    )
    assert set(lent["insurance"]) == {D("10.00")}
    assert owed["insurance"][0] == D("10.00")
    assert owed["insurance"][1] == D("9.19")  # 1 % of 11 027.20, by twelfths
    assert lent["principal"].equals(owed["principal"])


def test_instalments_fall_on_the_same_day_or_at_the_end_of_the_month():
    days = loans.schedule(1_000, 0.01, 4, date(2024, 1, 31))["due"].to_list()
    assert days == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]


def test_quarterly_instalments_bear_three_twelfths_of_the_rate():
    lines = loans.schedule(10_000, 0.04, 12, FIRST, "bullet", step=3)
    assert lines["interest"].to_list() == [D("100.00")] * 4
    assert lines["due"][1] == date(2025, 5, 5)


def test_a_chosen_instalment_gives_the_duration():
    lines = loans.reschedule(200_000, 0.035, D("1159.92"), FIRST)
    assert lines.height in {240, 241}
    assert lines["outstanding"][-1] == 0
    assert loans.reschedule(200_000, 0.035, 2_000, FIRST).height < 130


amounts = st.integers(1, 100_000_000).map(lambda n: D(n) / 100)
rates = st.integers(0, 1500).map(lambda n: D(n) / 10_000)


@settings(max_examples=60, deadline=None)
@given(amounts, rates, st.integers(1, 360), st.sampled_from(["amortising", "bullet"]))
def test_every_loan_ends_at_nothing_and_repays_its_capital(capital, rate, months, kind):
    lines = loans.schedule(capital, rate, months, FIRST, kind)
    assert lines.height == months
    assert lines["outstanding"][-1] == 0
    assert lines["principal"].sum() == capital
    assert lines["outstanding"].is_sorted(descending=True)
    assert (lines["total"] == lines["principal"] + lines["interest"] + lines["insurance"]).all()
    assert lines["interest"].min() >= 0


@settings(max_examples=30, deadline=None)
@given(amounts, rates, st.integers(2, 120), st.data())
def test_a_deferred_loan_repays_its_capital_too(capital, rate, months, data):
    waits = data.draw(st.integers(0, months - 1))
    for deferral in ("partial", "total"):
        lines = loans.schedule(
            capital, rate, months, FIRST, deferral_months=waits, deferral=deferral
        )
        assert lines["outstanding"][-1] == 0
        assert lines["principal"].sum() == capital


@pytest.mark.parametrize(
    "wrong",
    [
        {"capital": -1},
        {"capital": 0},
        {"annual_rate": -0.01},
        {"months": 0},
        {"months": -12},
        {"months": 12.5},
        {"months": 1201},
        {"insurance_rate": -0.01},
        {"kind": "balloon"},
        {"insurance_base": "paid"},
        {"deferral": "some"},
        {"deferral": "total", "deferral_months": 240},
        {"deferral": "partial", "deferral_months": -1},
        {"step": 2},
        {"months": 10, "step": 3},
    ],
)
def test_a_loan_that_cannot_be_is_refused(wrong):
    sound = {"capital": 200_000, "annual_rate": 0.035, "months": 240, "first_due": FIRST}
    with pytest.raises(ValueError, match=r"\w"):
        loans.schedule(**sound | wrong)


def test_an_instalment_that_repays_nothing_is_refused():
    with pytest.raises(ValueError, match="cover"):
        loans.reschedule(200_000, 0.035, D("583.33"), FIRST)


def test_an_annuity_is_paid_when_money_was_received():
    assert round(loans.payment(0.035 / 12, 240, 200_000), 2) == -1159.92
    assert round(loans.payment(0.08 / 12, 10, 10_000, at="begin"), 2) == -1030.16
    assert round(loans.payment(0.06 / 12, 216, 0, 50_000), 2) == -129.08
    assert loans.payment(0, 10, 1_000) == -100
    with pytest.raises(ValueError, match="periods"):
        loans.payment(0.01, 0, 1_000)


def test_the_taeg_of_the_directives_own_examples():
    """Directive 98/7/CE, annex: 1 000 lent, repaid 1 200 after 546 days, with and without costs."""
    start, end = date(1994, 1, 1), date(1995, 7, 1)
    assert round(loans.taeg([(start, 1_000)], [(end, 1_200)]), 4) == 0.1296
    assert round(loans.taeg([(start, 1_000)], [(start, 50), (end, 1_200)]), 3) == 0.169
    twice = [(date(1995, 1, 1), 600), (date(1996, 1, 1), 600)]
    assert round(loans.taeg([(start, 1_000)], twice), 3) == 0.131


def test_the_taeg_of_a_loan_without_costs_is_its_compounded_rate():
    lines = loans.schedule(200_000, 0.035, 240, FIRST)
    paid = list(lines.select("due", "total").iter_rows())
    rate = loans.taeg([(date(2025, 1, 5), 200_000)], paid)
    assert rate == pytest.approx((1 + 0.035 / 12) ** 12 - 1, abs=2e-4)


def test_a_loan_never_repaid_has_no_taeg():
    assert loans.taeg([(FIRST, 1_000)], []) is None
