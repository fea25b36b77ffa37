"""The budget: what comes in, goes out and is left; loans and rents come by themselves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from o2s_core import wealth
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, StaleEditError
from o2s_core.wealth import BudgetForm, OwnerShare
from tests import kit
from tests.kit.firm import TODAY
from tests.wealth.test_balance import alone, house, mortgage, scope

D = Decimal


@pytest.fixture
def anne(firm) -> int:
    return kit.person(firm.alice, "Martin", "Anne")


def line(contact, side="income", category="salary", amount="4000", **more) -> BudgetForm:
    return BudgetForm(contact, side, category, D(amount), date(2026, 1, 1), **more)


def test_what_is_left_is_income_less_charges_less_loans(firm, anne):
    """S-041."""
    ctx = firm.alice
    wealth.save_budget_item(ctx, line(anne))
    wealth.save_budget_item(ctx, line(anne, "charge", "taxes", "3000", frequency="yearly"))
    wealth.add_loan(ctx, mortgage(alone(anne)))
    found = wealth.budget(firm.fresh(ctx), scope(ctx, anne))
    assert (found.income_eur, found.charges_eur, found.loans_eur) == (4_000, 250, D("1159.92"))
    assert found.saved_eur == D("2590.08")
    assert found.saved_yearly_eur == D("31080.96")
    taxes = found.lines.filter(category="Impôts").row(0, named=True)
    assert (taxes["monthly_eur"], taxes["yearly_eur"]) == (250, 3_000)


def test_the_debt_ratio_alerts_strictly_above_the_limit(firm, anne):
    """Case 36: 1 400 of 4 000 is 35,0 %: no alert; a cent more alerts."""
    ctx = firm.alice
    wealth.save_budget_item(ctx, line(anne))
    # 16 800 without interest over a year: 1 400 a month
    form = mortgage(
        alone(anne), capital=D(16_800), rate=D(0), months=12, first_due=date(2026, 11, 5)
    )
    made = wealth.add_loan(ctx, form)
    found = wealth.budget(firm.fresh(ctx), scope(ctx, anne))
    assert (found.loans_eur, found.ratio, found.too_high) == (1_400, 0.35, False)
    wealth.edit_loan(ctx, made, replace(form, capital=D("16800.12")), 1)
    assert wealth.budget(firm.fresh(ctx), scope(ctx, anne)).too_high


def test_rents_and_charges_of_goods_come_by_themselves(firm, anne):
    ctx = firm.alice
    paul = kit.person(ctx, "Martin", "Paul")
    rights = (OwnerShare(anne, D("0.5")), OwnerShare(paul, D("0.5")))
    wealth.add_asset(ctx, house(*rights, income=D(12_000), charges=D(1_200), property_tax=D(600)))
    found = wealth.budget(firm.fresh(ctx), scope(ctx, anne))
    assert (found.income_eur, found.charges_eur) == (500, 75)
    assert found.lines["id"].null_count() == 3


def test_the_fruits_are_the_usufructuarys(firm, anne):
    ctx = firm.alice
    paul = kit.person(ctx, "Martin", "Paul")
    rights = (OwnerShare(anne, D(1), "usufruct"), OwnerShare(paul, D(1), "bare"))
    wealth.add_asset(ctx, house(*rights, income=D(12_000)))
    ctx = firm.fresh(ctx)
    assert wealth.budget(ctx, scope(ctx, anne)).income_eur == 1_000
    assert wealth.budget(ctx, scope(ctx, paul)).income_eur == 0


def test_the_months_ahead_see_what_falls_in_each(firm, anne):
    ctx = firm.alice
    wealth.save_budget_item(ctx, line(anne))
    wealth.save_budget_item(ctx, line(anne, "charge", "taxes", "1200", frequency="quarterly"))
    wealth.save_budget_item(ctx, line(anne, "charge", "children", "100", until=date(2026, 12, 31)))
    ahead = wealth.budget(firm.fresh(ctx), scope(ctx, anne)).projection
    assert ahead["month"].to_list()[:3] == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert ahead["charges_eur"].to_list()[:4] == [100, 100, 1_200, 0]
    assert ahead["cumulated_eur"][-1] == ahead["saved_eur"].sum()


def test_the_capital_of_a_bullet_loan_weighs_on_its_last_month_alone(firm, anne):
    ctx = firm.alice
    form = mortgage(
        alone(anne),
        kind="bullet",
        capital=D(12_000),
        rate=D("0.04"),
        months=12,
        first_due=date(2026, 2, 5),
    )
    wealth.add_loan(ctx, form)
    found = wealth.budget(firm.fresh(ctx), scope(ctx, anne))
    assert found.loans_eur == 40
    assert found.projection["loans_eur"].to_list()[:4] == [40, 40, 12_040, 0]


def test_a_line_outside_its_days_does_not_count(firm, anne):
    ctx = firm.alice
    wealth.save_budget_item(ctx, line(anne, until=date(2026, 10, 31)))
    wealth.save_budget_item(ctx, replace(line(anne), since=date(2027, 1, 1)))
    assert wealth.budget(firm.fresh(ctx), scope(ctx, anne)).lines.is_empty()


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "-1"}, {"amount": "0"}, {"category": "taxes"}, {"side": "charge"},
     {"until": date(2025, 1, 1)}, {"frequency": "daily"}],
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_refused(firm, anne, wrong):
    with pytest.raises(InvalidInputError):
        wealth.save_budget_item(firm.alice, line(anne, **wrong))


def test_a_line_is_changed_by_who_sees_its_holder(firm, anne):
    made = wealth.save_budget_item(firm.alice, line(anne))
    form, version = wealth.budget_item(firm.alice, made)
    wealth.save_budget_item(
        firm.alice, replace(form, amount=D(4_100)), item_id=made, expected_version=version
    )
    with pytest.raises(StaleEditError):
        wealth.delete_budget_item(firm.alice, made, version)
    with pytest.raises(NotFoundError):
        wealth.budget_item(firm.bruno, made)
    with pytest.raises(NotFoundError):
        wealth.save_budget_item(firm.bruno, line(anne))
    wealth.delete_budget_item(firm.alice, made, version + 1)
    assert wealth.budget(firm.fresh(firm.alice), scope(firm.alice, anne), TODAY).lines.is_empty()
