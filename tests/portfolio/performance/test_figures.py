"""How a scope has done: what was paid in is no gain, whatever the accounts and their dates."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from o2s_core import contacts, portfolio
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.portfolio.performance.figures import performance_over
from tests import kit

START, END = date(2025, 11, 24), date(2026, 11, 23)
MIDDLE = date(2026, 5, 25)


@pytest.fixture
def anne(firm):
    return kit.person(firm.alice, file_code="ANNE")


@pytest.fixture
def fund(firm):
    return kit.instrument(firm.alice)


@pytest.fixture
def insurer(firm):
    return kit.provider(firm.alice)


def line(fund, quantity, price):
    return [{"instrument_id": fund, "quantity": str(quantity), "price": str(price)}]


def done(firm, start=None, end=END, code="ANNE", kind="contact", **options):
    return portfolio.performance(
        firm.alice, contacts.scope(firm.alice, kind, code), start, end, **options
    )


def parts_add_up(found):
    assert found.opening_eur + found.net_flows_eur + found.gain_eur == found.closing_eur


class TestOneContract:
    def test_prices_alone(self, firm, anne, fund, insurer):
        vie = kit.account(firm.alice, insurer, [anne])
        kit.situation(firm.alice, vie, START, line(fund, 10, 100))
        kit.price(firm.alice, fund, MIDDLE, "80")
        kit.price(firm.alice, fund, END, "110")
        found = done(firm)
        assert (found.start, found.end) == (START, END)
        assert (found.opening_eur, found.closing_eur) == (Decimal("1000.00"), Decimal("1100.00"))
        assert found.twr == pytest.approx(0.10)
        assert found.mwr == pytest.approx(0.10, abs=1e-4)
        assert found.risk["max_drawdown"] == pytest.approx(-0.20)
        assert found.method == "daily"
        parts_add_up(found)

    def test_several_periods_read_at_once_are_those_of_each_alone(self, firm, anne, fund, insurer):
        vie = kit.account(firm.alice, insurer, [anne])
        kit.situation(firm.alice, vie, START, line(fund, 10, 100))
        kit.movement(firm.alice, vie, MIDDLE, "fee", net="-7")
        kit.price(firm.alice, fund, MIDDLE, "80")
        kit.price(firm.alice, fund, END, "110")
        scope = contacts.scope(firm.alice, "contact", "ANNE")
        for start, found in zip(
            (MIDDLE, None), performance_over(firm.alice, scope, [MIDDLE, None]), strict=True
        ):
            alone = portfolio.performance(firm.alice, scope, start)
            assert found.series.equals(alone.series)
            assert replace(found, series=alone.series, flows=alone.flows, lines=alone.lines,
                           contracts=alone.contracts) == alone  # fmt: skip

    def test_a_deposit_seen_by_the_situation_of_its_day(self, firm, anne, fund, insurer):
        """By hand: 100 000 grows by 10 %, 100 000 comes in, then falls by 5 %: 4.5 %."""
        vie = kit.account(firm.alice, insurer, [anne])
        kit.situation(firm.alice, vie, START, line(fund, 1000, 100))
        kit.price(firm.alice, fund, MIDDLE - timedelta(1), "110")
        kit.situation(firm.alice, vie, MIDDLE, line(fund, Decimal("1909.09090909"), 110))
        kit.movement(firm.alice, vie, MIDDLE, "deposit", net="100000")
        kit.price(firm.alice, fund, END, "104.5")
        found = done(firm)
        assert found.twr == pytest.approx(1.10 * 0.95 - 1)
        assert found.net_flows_eur == Decimal("100000.00")
        assert found.closing_eur == Decimal("199500.00")
        assert found.mwr < 0
        assert found.method == "daily"
        parts_add_up(found)

    def test_a_deposit_between_two_situations_weighs_by_its_time(self, firm, anne, insurer, fund):
        """Modified Dietz: 1 000, then 1 000 paid in, 2 040 in the end."""
        vie = kit.account(firm.alice, insurer, [anne])
        days = (END - START).days
        paid = START + timedelta(days // 4)
        kit.situation(firm.alice, vie, START, line(fund, 10, 100))
        kit.situation(firm.alice, vie, END, line(fund, Decimal("20.4"), 100))
        kit.movement(firm.alice, vie, paid, "deposit", net="1000")
        found = done(firm)
        weight = (END - paid).days / days
        assert found.twr == pytest.approx(40 / (1000 + 1000 * weight))
        assert found.dietz == pytest.approx(found.twr)
        assert found.method == "linked_dietz"
        parts_add_up(found)

    def test_what_the_last_situation_does_not_show_counts_nowhere(self, firm, anne, fund, insurer):
        vie = kit.account(firm.alice, insurer, [anne])
        kit.situation(firm.alice, vie, START, line(fund, 10, 100))
        kit.movement(firm.alice, vie, MIDDLE, "deposit", net="500")
        kit.price(firm.alice, fund, END, "105")
        found = done(firm)
        assert found.twr == pytest.approx(0.05)
        assert found.net_flows_eur == 0

    def test_a_switch_a_fee_and_a_dividend_stay_inside(self, firm, anne, fund, insurer):
        vie = kit.account(firm.alice, insurer, [anne])
        other = kit.instrument(firm.alice, "Autre")
        kit.situation(firm.alice, vie, START, line(fund, 10, 100))
        kit.movement(firm.alice, vie, START - timedelta(9), "deposit", net="1000")
        kit.movement(
            firm.alice, vie, MIDDLE, "switch_out", instrument_id=fund, quantity="-5", net="500"
        )
        kit.movement(
            firm.alice, vie, MIDDLE, "switch_in", instrument_id=other, quantity="5", net="-500"
        )
        kit.movement(firm.alice, vie, MIDDLE, "fee", net="-20")
        kit.situation(
            firm.alice, vie, END, [*line(fund, 5, 100), *line(other, Decimal("4.8"), 100)]
        )
        assert done(firm).twr == pytest.approx(-0.02)
        assert done(firm, gross=True).twr == pytest.approx(0.0, abs=1e-3)

    def test_a_total_without_lines_is_what_the_account_is_worth(self, firm, anne, fund, insurer):
        """By hand: 1 000 of units, a total of 1 050, then units again at 1 100: 10 %."""
        vie = kit.account(firm.alice, insurer, [anne], label="Horizon Vie")
        kit.situation(firm.alice, vie, START, line(fund, 10, 100))
        kit.situation(firm.alice, vie, MIDDLE, [], total="1050")
        kit.situation(firm.alice, vie, END, line(fund, 10, 110))
        found = done(firm)
        by_day = dict(found.series.select("day", "value_eur").iter_rows())
        assert by_day[MIDDLE] == by_day[END - timedelta(1)] == 1050.0
        assert found.twr == pytest.approx(0.10)
        assert found.flows.is_empty()
        assert found.coverage.only_totals == ("Horizon Vie",)
        assert done(firm, end=MIDDLE).closing_eur == Decimal("1050.00")
        parts_add_up(found)

    def test_units_that_nobody_explains_were_paid_for(self, firm, anne, fund, insurer):
        vie = kit.account(firm.alice, insurer, [anne])
        kit.situation(firm.alice, vie, START, line(fund, 10, 100))
        kit.situation(firm.alice, vie, MIDDLE, line(fund, 30, 100))
        kit.price(firm.alice, fund, END, "110")
        found = done(firm)
        assert found.twr == pytest.approx(0.10)
        assert found.flows["kind"].to_list() == ["deduced"]
        assert found.coverage.deduced == 1

    def test_a_split_pays_nothing(self, firm, anne, fund, insurer):
        vie = kit.account(firm.alice, insurer, [anne])
        kit.situation(firm.alice, vie, START, line(fund, 10, 100))
        kit.situation(firm.alice, vie, END, line(fund, 20, 51))
        found = done(firm)
        assert found.net_flows_eur == 0
        assert found.twr == pytest.approx(0.02)

    def test_a_contract_closed_without_payment_leaves_at_its_worth(self, firm, anne, fund, insurer):
        open_one = kit.account(firm.alice, insurer, [anne])
        closed = kit.account(firm.alice, insurer, [anne], closed_on=MIDDLE)
        for account in (open_one, closed):
            kit.situation(firm.alice, account, START, line(fund, 10, 100))
        kit.price(firm.alice, fund, MIDDLE - timedelta(1), "110")
        kit.price(firm.alice, fund, END, "121")
        found = done(firm)
        assert found.twr == pytest.approx(0.21)
        assert found.flows.row(0)[3] == "exit"
        parts_add_up(found)

    def test_a_contract_surrendered_leaves_with_what_was_paid(self, firm, anne, fund, insurer):
        closed = kit.account(firm.alice, insurer, [anne], closed_on=MIDDLE)
        kit.situation(firm.alice, closed, START, line(fund, 10, 100))
        kit.movement(firm.alice, closed, MIDDLE, "withdrawal", net="-1050")
        found = done(firm)
        assert found.twr == pytest.approx(0.05)
        assert found.closing_eur == 0
        parts_add_up(found)


class TestMovementsOnly:
    def test_the_sum_of_movements_is_valued_each_day(self, firm, anne, fund, insurer):
        pea = kit.account(firm.alice, insurer, [anne], envelope="pea")
        kit.movement(firm.alice, pea, START, "deposit", net="1000")
        kit.movement(firm.alice, pea, START, "buy", instrument_id=fund, quantity="9", net="-900")
        kit.movement(firm.alice, pea, MIDDLE, "deposit", net="500")
        kit.price(firm.alice, fund, START, "100")
        kit.price(firm.alice, fund, END, "110")
        found = done(firm)
        assert found.twr == pytest.approx(90 / 1500)
        assert found.net_flows_eur == Decimal("500.00")
        assert found.method == "daily"
        parts_add_up(found)

    def test_purchases_without_cash_were_paid_from_outside(self, firm, anne, fund, insurer):
        pea = kit.account(firm.alice, insurer, [anne], envelope="pea")
        kit.movement(firm.alice, pea, START, "buy", instrument_id=fund, quantity="10", net="-1000")
        kit.movement(firm.alice, pea, MIDDLE, "buy", instrument_id=fund, quantity="10", net="-1000")
        kit.price(firm.alice, fund, START, "100")
        kit.price(firm.alice, fund, END, "120")
        found = done(firm)
        assert found.twr == pytest.approx(0.20)
        parts_add_up(found)

    def test_a_line_without_price_is_neither_loss_nor_gain(self, firm, anne, fund, insurer):
        pea = kit.account(firm.alice, insurer, [anne], envelope="pea")
        dark = kit.instrument(firm.alice, "Sans cours")
        kit.movement(firm.alice, pea, START, "deposit", net="2000")
        kit.movement(
            firm.alice,
            pea,
            START + timedelta(5),
            "buy",
            instrument_id=dark,
            quantity="10",
            net="-1000",
        )
        kit.price(firm.alice, dark, MIDDLE, "130")
        found = done(firm)
        assert found.twr == pytest.approx(0.0)
        assert found.flows["kind"].to_list() == ["hidden", "priced"]
        parts_add_up(found)


class TestTheScope:
    def test_an_account_that_opens_at_the_end_is_a_flow(self, firm, anne, fund, insurer):
        """100 grows to 110 while an account of 1 000 opens on the last day: 10 %."""
        old, new = (kit.account(firm.alice, insurer, [anne]) for _ in range(2))
        kit.situation(firm.alice, old, START, line(fund, 1, 100))
        kit.situation(firm.alice, old, END, line(fund, 1, 110))
        kit.situation(firm.alice, new, END, line(fund, Decimal("9.09090909"), 110))
        found = done(firm)
        assert found.twr == pytest.approx(0.10)
        assert found.flows["kind"].to_list() == ["entry"]
        parts_add_up(found)

    def test_a_transfer_between_two_contracts_changes_nothing(self, firm, anne, fund, insurer):
        a, b = (kit.account(firm.alice, insurer, [anne]) for _ in range(2))
        for account in (a, b):
            kit.situation(firm.alice, account, START, line(fund, 10, 100))
        kit.price(firm.alice, fund, MIDDLE, "110")
        kit.price(firm.alice, fund, END, "121")
        still = done(firm).twr
        kit.situation(firm.alice, a, MIDDLE, line(fund, 4, 110))
        kit.situation(firm.alice, b, MIDDLE, line(fund, 16, 110))
        kit.movement(firm.alice, a, MIDDLE, "transfer_out", net="-660")
        kit.movement(firm.alice, b, MIDDLE, "transfer_in", net="660")
        found = done(firm)
        assert found.twr == pytest.approx(still) == pytest.approx(0.21)
        assert found.net_flows_eur == 0

    def test_a_household_counts_a_joint_account_once(self, firm, anne, fund, insurer):
        marc = kit.person(firm.alice, "Martin", "Marc", file_code="MARC")
        kit.household(firm.alice, anne, marc, file_code="FOYER")
        joint = kit.account(firm.alice, insurer, {anne: "0.5", marc: "0.5"})
        kit.situation(firm.alice, joint, START, line(fund, 10, 100))
        kit.price(firm.alice, fund, END, "107")
        mine, ours = done(firm), done(firm, code="FOYER", kind="household")
        assert mine.closing_eur == Decimal("535.00")
        assert ours.closing_eur == Decimal("1070.00")
        assert mine.twr == pytest.approx(ours.twr) == pytest.approx(0.07)

    def test_another_advisers_client_is_not_found(self, firm, fund, insurer):
        kit.person(firm.bruno, file_code="BOB")
        with pytest.raises(NotFoundError):
            done(firm, code="BOB")


class TestThePeriod:
    @pytest.fixture
    def grown(self, firm, anne, fund, insurer):
        vie = kit.account(firm.alice, insurer, [anne])
        kit.situation(firm.alice, vie, START, line(fund, 10, 100))
        day, price = START, 100.0
        rng = np.random.default_rng(7)
        while day < END:
            day += timedelta(1)
            price *= 1 + rng.normal(0, 0.01) * (day.weekday() < 5)
            kit.price(firm.alice, fund, day, f"{price:.4f}")
        return price

    def test_every_figure_of_the_page_agrees(self, firm, grown):
        found = done(firm)
        assert found.series["value_eur"][-1] == pytest.approx(float(found.closing_eur))
        assert found.series["index"][-1] - 1 == pytest.approx(found.twr)
        assert found.periods["origin"] == found.twr
        for name, value in found.periods.items():
            if value is not None:
                start = portfolio.start_of(name, END, found.start)
                assert done(firm, start).twr == pytest.approx(value)
        assert found.periods["3y"] is None
        assert found.rhythm == "daily"
        assert found.risk["volatility"] == pytest.approx(0.16, abs=0.03)

    def test_a_period_that_ends_before_it_starts_is_refused(self, firm, grown):
        with pytest.raises(InvalidInputError, match="précéder"):
            done(firm, END, START)

    def test_nothing_known_has_no_performance(self, firm, anne):
        assert done(firm) is None
