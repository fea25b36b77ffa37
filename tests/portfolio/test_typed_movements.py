"""A movement typed by hand counts like any other, once, and is corrected without being erased."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from threading import Thread

import pytest

from o2s_core import contacts, portfolio
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import MovementFilter, MovementForm
from tests import kit

MARCH = date(2026, 3, 10)
D = Decimal


@pytest.fixture
def account(firm):
    anne = kit.person(firm.alice, "Martin", "Anne", file_code="ANNE")
    return kit.account(firm.alice, kit.provider(firm.alice), [anne], label="Contrat papier")


@pytest.fixture
def fund(firm):
    made = kit.instrument(firm.alice, "Monde")
    kit.price(firm.alice, made, MARCH, "20")
    kit.price(firm.alice, made, date(2026, 11, 20), "25")
    return made


def deposit(amount="1000", **more) -> MovementForm:
    return MovementForm("deposit", MARCH, D(amount), **more)


def buy(fund, quantity="10", price="20", **more) -> MovementForm:
    return MovementForm(
        "buy", MARCH, instrument_id=fund, quantity=D(quantity), price=D(price), **more
    )


def ledger(firm, account, *, withdrawn=False):
    return portfolio.movements_of_account(firm.alice, account, MovementFilter(withdrawn=withdrawn))


def test_what_is_typed_makes_what_is_held_and_what_it_earned(firm, account, fund):
    """1,000 paid in, ten units at 20 with 5 of fees; at 25 the whole is worth 1,045: 45 earned."""
    portfolio.type_movement(firm.alice, account, deposit())
    portfolio.type_movement(
        firm.alice, account, replace(buy(fund, fees=D(5)), trade_on=date(2026, 3, 12))
    )
    rows = ledger(firm, account)
    assert rows.select("kind", "quantity", "gross", "net", "cash", "source").rows() == [
        ("deposit", None, D(1000), D(1000), D(1000), "manual"),
        ("buy", D(10), D(-200), D(-205), D(795), "manual"),
    ]
    assert portfolio.holdings_of_account(firm.alice, account).total_eur == D(1045)
    scope = contacts.scope(firm.alice, "contact", "ANNE")
    earned = portfolio.performance(firm.alice, scope, MARCH, firm.alice.today)
    assert earned.gain_eur == D(45)


@pytest.mark.parametrize(
    ("kind", "quantity", "net"),
    [
        ("sell", -2, 38), ("switch_out", -2, 38), ("withdrawal", -2, -38), ("transfer_out", -2, -38),
        ("buy", 2, -42), ("switch_in", 2, -42), ("deposit", 2, 40), ("transfer_in", 2, 40),
        ("dividend", 2, 40), ("fee", -2, -40), ("social_levy", -2, -40),
    ],
)  # fmt: skip
def test_the_nature_gives_the_signs_and_the_place_of_the_costs(kind, quantity, net):
    """Two units at 20 with 2 of fees: paid on top of a purchase, taken from a sale."""
    form = MovementForm(kind, MARCH, quantity=D(2), price=D(20), fees=D(2))
    stored = form.stored(D(1))
    assert (stored["quantity"], stored["net"]) == (quantity, net)


def test_a_movement_taken_back_leaves_every_figure_as_if_it_had_never_been(firm, account, fund):
    portfolio.type_movement(firm.alice, account, deposit())
    before = ledger(firm, account).drop("movement_id")
    wrong = portfolio.type_movement(firm.alice, account, buy(fund))
    portfolio.reverse_movement(firm.alice, wrong, "Ordre jamais passé")
    assert ledger(firm, account).drop("movement_id").equals(before)
    shown = ledger(firm, account, withdrawn=True).filter(kind="buy")
    assert shown.select("state", "quantity", "net", "reverses_id").rows() == [
        ("cancelled", D(10), D(-200), None),
        ("cancelled", D(-10), D(200), wrong),
    ]
    trace = portfolio.movement_trace(firm.alice, wrong)
    assert (trace.standing, trace.reversed_by, trace.reversed_why) == (
        False, "alice", "Ordre jamais passé",
    )  # fmt: skip


def test_a_correction_replaces_the_movement_and_says_why(firm, account):
    first = portfolio.type_movement(firm.alice, account, deposit("100"))
    right = portfolio.correct_movement(firm.alice, first, deposit("1000"), "Zéro oublié")
    assert ledger(firm, account)["net"].to_list() == [D(1000)]
    assert portfolio.movement_trace(firm.alice, right).reason == "Zéro oublié"
    assert portfolio.movement_trace(firm.alice, first).form.amount == D(100)
    with pytest.raises(InvalidInputError, match="déjà annulé"):
        portfolio.reverse_movement(firm.alice, first, "Encore")


def test_a_button_pressed_twice_makes_one_movement(firm, account):
    made = {portfolio.type_movement(firm.alice, account, deposit(), key="once") for _ in range(2)}
    assert len(made) == ledger(firm, account).height == 1


def test_two_tabs_that_type_the_same_make_one_unless_it_happened_twice(firm, account):
    portfolio.type_movement(firm.alice, account, deposit(), key="tab 1")
    with pytest.raises(InvalidInputError, match="existe déjà"):
        portfolio.type_movement(firm.alice, account, deposit(), key="tab 2")
    assert portfolio.check_movement(firm.alice, account, deposit()).twins == 1
    portfolio.type_movement(firm.alice, account, replace(deposit(), twin=True), key="tab 2")
    assert ledger(firm, account).height == 2


def test_two_tabs_at_the_same_moment_make_one(firm, account):
    said = []

    def type_it(key):
        try:
            portfolio.type_movement(firm.alice, account, deposit(), key=key)
        except InvalidInputError as error:
            said.append(str(error))

    tabs = [Thread(target=type_it, args=(key,)) for key in ("a", "b")]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert ledger(firm, account).height == 1
    assert "existe déjà" in said[0]


@pytest.mark.parametrize(
    ("story", "more", "said"),
    [
        ("a day to come", {"trade_on": date(2026, 12, 1)}, "futur"),
        ("a sign", {"amount": D(-5)}, "sans signe"),
        ("nothing", {"amount": D(0)}, "nul"),
        ("no amount", {"amount": None}, "Montant net"),
        ("another nature", {"kind": "corporate_action"}, "nature de la liste"),
        ("a trade without support", {"kind": "sell"}, "Support"),
        ("units of nothing", {"quantity": D(3)}, "de quel support"),
    ],
)
def test_what_contradicts_itself_is_refused(firm, account, story, more, said):
    with pytest.raises(InvalidInputError) as refused:
        portfolio.type_movement(firm.alice, account, replace(deposit(), **more))
    assert said in str(refused.value), story
    assert ledger(firm, account).is_empty()


def test_quantity_times_price_must_make_the_amount(firm, account, fund):
    with pytest.raises(InvalidInputError, match="donne 205,00 et le montant saisi est 250,00"):
        portfolio.type_movement(firm.alice, account, buy(fund, fees=D(5), amount=D(250)))


def test_what_surprises_is_said_and_does_not_refuse(firm, account, fund):
    check = portfolio.check_movement(
        firm.alice, account, MovementForm("sell", MARCH, D(60), fund, D(2), D(30))
    )
    assert not check.problems
    assert "ne détient que 0" in check.warnings[0]
    assert "plus de 10 %" in check.warnings[1]


def test_a_movement_outside_the_life_of_the_account_is_refused(firm, fund):
    anne = kit.person(firm.alice)
    young = kit.account(firm.alice, kit.provider(firm.alice), [anne], opened_on=date(2026, 6, 1))
    with pytest.raises(InvalidInputError, match="ouvert depuis le 01/06/2026"):
        portfolio.type_movement(firm.alice, young, deposit())


def test_an_account_that_a_partner_feeds_is_left_to_the_partner(firm):
    anne = kit.person(firm.alice)
    fed = kit.account(firm.alice, kit.provider(firm.alice), [anne], aggregated=True)
    with pytest.raises(InvalidInputError, match="alimenté par son partenaire"):
        portfolio.type_movement(firm.alice, fed, deposit())
    brought = kit.movement(firm.operator, fed, MARCH, "fee", net="-3")
    with pytest.raises(InvalidInputError, match="pas été saisi"):
        portfolio.reverse_movement(firm.alice, brought, "À tort")


def test_somebody_elses_account_reads_as_none_and_a_right_is_asked(firm, account):
    with pytest.raises(NotFoundError):
        portfolio.type_movement(firm.bruno, account, deposit())
    made = portfolio.type_movement(firm.alice, account, deposit())
    with pytest.raises(NotFoundError):
        portfolio.reverse_movement(firm.bruno, made, "À tort")
    reader = replace(firm.alice, permissions=firm.alice.permissions - {Permission.MOVEMENT_WRITE})
    with pytest.raises(PermissionDeniedError):
        portfolio.reverse_movement(reader, made, "À tort")


def test_an_account_purged_takes_its_reasons_with_it(firm, account):
    made = portfolio.type_movement(firm.alice, account, deposit())
    portfolio.reverse_movement(firm.alice, made, "À tort")
    number = portfolio.account(firm.alice, account).number
    boss = replace(firm.alice, permissions=frozenset(Permission))
    portfolio.purge_account(boss, account, number)
    with pytest.raises(NotFoundError):
        portfolio.movement_trace(boss, made)
