"""Performance by contract, support, class and holder: the parts make the whole, to the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from o2s_core import contacts, portfolio
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.portfolio import PART_AXES
from tests import kit

START, END = date(2025, 11, 24), date(2026, 11, 23)
MIDDLE = date(2026, 5, 25)
NOTHING = Decimal(0)


@pytest.fixture
def anne(firm):
    return kit.person(firm.alice, file_code="ANNE")


@pytest.fixture
def fund(firm):
    return kit.instrument(firm.alice, "Monde")


@pytest.fixture
def insurer(firm):
    return kit.provider(firm.alice)


@pytest.fixture
def two_contracts(firm, anne, fund, insurer):
    """1 000 € in each; the first gives 400 € to the second half-way; the fund earns 10 % then."""
    other = kit.instrument(firm.alice, "Obligations", asset_class="bond")
    one = kit.account(firm.alice, insurer, [anne], label="Un")
    two = kit.account(firm.alice, insurer, [anne], label="Deux")
    kit.situation(firm.alice, one, START, line(fund, 10, 100))
    kit.situation(firm.alice, two, START, line(other, 10, 100))
    kit.situation(firm.alice, one, MIDDLE, line(fund, 6, 100))
    kit.situation(firm.alice, two, MIDDLE, [*line(other, 10, 100), *line(fund, 4, 100)])
    kit.movement(firm.alice, one, MIDDLE, "withdrawal", net="-400")
    kit.movement(firm.alice, two, MIDDLE, "deposit", net="400")
    kit.price(firm.alice, fund, END, "110")
    kit.price(firm.alice, other, END, "99")
    return one, two


def line(fund, quantity, price):
    return [{"instrument_id": fund, "quantity": str(quantity), "price": str(price)}]


def parts(firm, by="account", code="ANNE", kind="contact", **options):
    scope = contacts.scope(firm.alice, kind, code)
    return portfolio.performance_parts(firm.alice, scope, START, END, by=by, **options)


def whole(firm, code="ANNE", kind="contact", **options):
    scope = contacts.scope(firm.alice, kind, code)
    return portfolio.performance(firm.alice, scope, START, END, **options)


def makes_the_whole(found, said):
    for row in found.iter_rows(named=True):
        assert row["opening_eur"] + row["flows_eur"] + row["gain_eur"] == row["closing_eur"]
    assert sum(found["opening_eur"], NOTHING) == said.opening_eur
    assert sum(found["closing_eur"], NOTHING) == said.closing_eur
    assert sum(found["gain_eur"], NOTHING) == said.gain_eur
    assert sum(found["flows_eur"], NOTHING) == said.net_flows_eur
    assert found["contribution"].sum() == pytest.approx(said.twr, abs=1e-9)


def test_what_passes_from_one_contract_to_another_is_no_flow_of_the_whole(firm, two_contracts):
    """By hand: 600 € earn 60; 1 000 € lose 10 and 400 € earn 40."""
    found = parts(firm)
    rows = found.select("label", "opening_eur", "flows_eur", "gain_eur", "closing_eur").rows()
    assert [tuple(map(str, row)) for row in rows] == [
        ("Deux", "1000.00", "400.00", "30.00", "1430.00"),
        ("Un", "1000.00", "-400.00", "60.00", "660.00"),
    ]
    assert whole(firm).net_flows_eur == 0
    assert found["twr"].to_list() == pytest.approx([30 / 1400, 0.10])
    makes_the_whole(found, whole(firm))


@pytest.mark.parametrize("by", list(PART_AXES))
@pytest.mark.parametrize("gross", [False, True])
def test_every_axis_makes_the_whole(firm, two_contracts, by, gross):
    kit.movement(firm.alice, two_contracts[0], MIDDLE - timedelta(9), "fee", net="-7.77")
    makes_the_whole(parts(firm, by, gross=gross), whole(firm, gross=gross))


def test_a_class_earns_what_its_supports_earn(firm, two_contracts):
    found = parts(firm, "asset_class")
    gains = dict(found.select("label", "gain_eur").iter_rows())
    assert gains["Actions"] == Decimal("100.00")
    assert gains["Obligations"] == Decimal("-10.00")
    assert dict(found.select("label", "twr").iter_rows())["Actions"] == pytest.approx(0.10)


def test_a_support_in_two_contracts_is_two_rows(firm, two_contracts):
    found = parts(firm, "instrument").filter(label="Monde")
    assert sorted(found["sub"]) == ["Deux", "Un"]


def test_a_contract_that_starts_later_enters_with_its_value(firm, anne, fund, insurer):
    one = kit.account(firm.alice, insurer, [anne], label="Un")
    late = kit.account(firm.alice, insurer, [anne], label="Tard")
    kit.situation(firm.alice, one, START, line(fund, 10, 100))
    kit.situation(firm.alice, late, MIDDLE, line(fund, 5, 100))
    kit.price(firm.alice, fund, END, "110")
    row = parts(firm).filter(label="Tard").row(0, named=True)
    assert (row["opening_eur"], row["flows_eur"]) == (NOTHING, Decimal("500.00"))
    assert row["gain_eur"] == Decimal("50.00")
    makes_the_whole(parts(firm), whole(firm))


def test_each_holder_has_their_share_of_a_joint_contract(firm, anne, fund, insurer):
    paul = kit.person(firm.alice, "Martin", "Paul")
    kit.household(firm.alice, anne, paul, file_code="FOYER")
    joint = kit.account(firm.alice, insurer, {anne: "0.75", paul: "0.25"})
    kit.situation(firm.alice, joint, START, line(fund, 10, 100))
    kit.price(firm.alice, fund, END, "110")
    found = parts(firm, "owner", "FOYER", "household")
    assert found["closing_eur"].to_list() == [Decimal("825.00"), Decimal("275.00")]
    assert found["twr"].to_list() == pytest.approx([0.10, 0.10])
    makes_the_whole(found, whole(firm, "FOYER", "household"))


def test_nothing_known_is_no_row(firm):
    kit.person(firm.alice, file_code="VIDE")
    assert parts(firm, code="VIDE").is_empty()


def test_an_unknown_axis_is_refused(firm, two_contracts):
    with pytest.raises(InvalidInputError, match="Axe de performance inconnu"):
        parts(firm, "colour")


def test_another_advisers_client_is_not_found(firm):
    kit.person(firm.bruno, file_code="BOB")
    with pytest.raises(NotFoundError):
        parts(firm, code="BOB")
