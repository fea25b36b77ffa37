"""What all clients owned at the end of each month: the same sum as each client's own values."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from o2s_core import contacts, portfolio, store
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.portfolio import projections
from tests import kit
from tests.kit.firm import NOW

MAY, AUGUST = date(2026, 5, 31), date(2026, 8, 31)


@pytest.fixture
def shared(firm):
    """Anne, of Alice, and Paul, of Bruno, share an account known since the end of May."""
    anne = kit.person(firm.alice)
    paul = kit.person(firm.bruno, adviser=firm.user_ids["bruno"])
    fund = kit.instrument(firm.alice)
    euro = kit.instrument(firm.alice, isin=None, kind="fonds_euros", asset_class="euro_fund")
    account = kit.account(firm.operator, kit.provider(firm.alice), {anne: "0.25", paul: "0.75"})
    kit.situation(firm.operator, account, MAY, [
        {"instrument_id": fund, "quantity": "10", "price": "20"},
        {"instrument_id": euro, "value": "800"},
    ])  # fmt: skip
    kit.price(firm.operator, fund, date(2026, 8, 20), "24")
    store.rebuild(firm.operator, portfolio.PROJECTIONS)
    portfolio.publish_monthly_values(firm.operator)
    return firm, anne


def on(ctx, day: date, by: str = "") -> float:
    points = portfolio.assets_over_time(ctx).points(by, portfolio.assets(ctx))
    return points.filter(day=day)["value_eur"].sum()


def test_before_the_first_night_only_the_day_is_known(firm):
    found = portfolio.assets_over_time(firm.alice)
    assert found.made_at is None
    assert found.coverage.is_empty()


def test_a_month_end_is_worth_quantity_times_price_of_that_day(shared):
    firm, _ = shared
    operator = firm.operator
    assert on(operator, date(2026, 4, 30)) == 0
    assert on(operator, MAY) == 10 * 20 + 800
    assert on(operator, AUGUST) == 10 * 24 + 800
    assert on(operator, operator.today) == float(portfolio.total_assets(operator)) == 1040


def test_an_adviser_sees_the_share_of_their_own_clients(shared):
    firm, anne = shared
    assert on(firm.alice, MAY) == 250
    code = contacts.contact_by_id(firm.alice, anne).file_code
    scope = contacts.scope(firm.alice, "contact", code)
    assert portfolio.holdings(firm.alice, scope, MAY).total_eur == Decimal(250)
    assert on(firm.bruno, AUGUST) == 0.75 * 1040


def test_the_parts_of_an_axis_add_up_to_the_whole(shared):
    firm, _ = shared
    found = portfolio.assets_over_time(firm.operator)
    classes = found.points("asset_class").filter(day=AUGUST)
    said = dict(classes.select("label", "value_eur").iter_rows())
    assert said == {"Fonds en euros": 800, "Actions": 240}
    for axis in portfolio.HISTORY_AXES:
        assert on(firm.operator, AUGUST, axis) == 1040


def test_what_is_drawn_names_the_largest_parts_of_the_day_first(shared):
    firm, _ = shared
    drawn, names = portfolio.assets_over_time(firm.operator).drawn("asset_class")
    assert list(names.values()) == ["Fonds en euros", "Actions"]
    assert drawn.filter(day=AUGUST).select(list(names)).row(0) == (800, 240)


def test_an_account_counts_once_and_a_line_without_price_is_said(shared):
    firm, _ = shared
    other = kit.provider(firm.alice, code="other")
    late = kit.account(firm.operator, other, [kit.person(firm.alice)])
    unknown = kit.instrument(firm.alice, isin="FR0000120271")
    kit.situation(firm.operator, late, AUGUST, [{"instrument_id": unknown, "quantity": "3"}])
    with store.tx(firm.operator) as tx:
        projections.mark(tx, [late])
    portfolio.publish_monthly_values(firm.operator)
    covered = portfolio.assets_over_time(firm.operator).coverage
    assert covered.filter(day=MAY).row(0) == (MAY, 1000.0, 1, 0)
    assert covered.filter(day=AUGUST).row(0) == (AUGUST, 1040.0, 2, 1)


def test_a_second_night_without_change_makes_nothing_again(shared):
    firm, _ = shared
    made = store.published_at(firm.operator, portfolio.MONTHLY.name)
    portfolio.publish_monthly_values(firm.operator)
    assert store.published_at(firm.operator, portfolio.MONTHLY.name) == made


def test_nothing_is_told_before_every_account_was_valued_once(firm):
    """A first night that was interrupted would make the firm look poorer than it is."""
    anne, fund = kit.person(firm.alice), kit.instrument(firm.alice)
    for number in ("1", "2"):
        account = kit.account(firm.alice, kit.provider(firm.alice, number), [anne])
        kit.situation(firm.alice, account, MAY, [{"instrument_id": fund, "value": "100"}])
    store.rebuild(firm.operator, portfolio.PROJECTIONS)
    seen = []
    while portfolio.publish_monthly_values(firm.operator, most=1):
        seen.append(on(firm.operator, MAY))
    assert set(seen[:-1]) == {0}
    assert seen[-1] == 200


def test_as_a_month_turns_its_end_is_told_once_every_account_has_it(shared):
    """Two parts, of which one was made in December already: November is not whole."""
    firm, anne = shared
    december = replace(firm.operator, now=NOW + timedelta(days=10), today=date(2026, 12, 4))
    fund = kit.instrument(firm.alice, "Autre")
    account = kit.account(firm.alice, kit.provider(firm.alice, "b"), [anne])
    kit.situation(firm.alice, account, MAY, [{"instrument_id": fund, "value": "60"}])
    with store.tx(firm.operator) as tx:
        projections.mark(tx, [account])
    portfolio.publish_monthly_values(firm.operator)
    november = date(2026, 11, 30)
    seen = []
    while portfolio.publish_monthly_values(december, most=1):
        seen.append(on(december, november))
    assert set(seen) == {0, on(december, date(2026, 10, 31))}
    assert seen == sorted(seen)


def test_an_axis_that_nobody_knows_is_refused(firm):
    with pytest.raises(InvalidInputError, match="inconnu"):
        portfolio.assets_over_time(firm.alice).points("moon")
