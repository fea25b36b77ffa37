"""A situation can be typed or pasted for any account; it obeys what a delivered one obeys."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from o2s_core import contacts, market, portfolio
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.identifiers import isin_with_check_digit
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import SituationForm, TypedLine
from tests import kit

MAY = date(2026, 5, 31)
ISIN = isin_with_check_digit("XF000000077")


@pytest.fixture
def account(firm):
    prospect = kit.person(firm.alice, "Nouveau", "Paul", stage="prospect", file_code="PAUL")
    return kit.account(firm.alice, kit.provider(firm.alice), [prospect])


def form(*lines, **more) -> SituationForm:
    return SituationForm(MAY, lines, **more)


def monde(**changes):
    values = {"quantity": Decimal(10), "price": Decimal(20), "value": Decimal(200)} | changes
    return TypedLine("Monde", ISIN, **values)


def test_a_prospect_has_holdings_marked_as_declared(firm, account):
    """S-060: the consolidated view of a client or of a prospect."""
    euro = TypedLine("Fonds en euros", kind="fonds_euros", value=Decimal(1000))
    portfolio.type_situation(firm.alice, account, form(monde(), euro, cash=Decimal("12.50")))
    view = portfolio.holdings(firm.alice, contacts.scope(firm.alice, "contact", "PAUL"))
    assert (view.total_eur, view.declared) == (Decimal("1212.50"), True)
    assert view.lines["kind"].unique().to_list() == ["manual"]
    assert view.by("asset_class")["label"].to_list() == [
        "Fonds en euros",
        "Non classé",
        "Liquidités",
    ]


def test_a_known_isin_finds_its_support_an_unknown_one_is_created_to_complete(firm, account):
    known = kit.instrument(firm.alice, "Monde", isin=ISIN)
    new = isin_with_check_digit("XF000000078")
    portfolio.type_situation(
        firm.alice,
        account,
        form(monde(), TypedLine("Autre", new, quantity=Decimal(1), price=Decimal(3))),
    )
    lines = portfolio.holdings_of_account(firm.alice, account).lines
    assert lines["instrument_id"][0] == known
    assert market.instrument(firm.alice, lines["instrument_id"][1]).status == "provisional"


def test_the_same_label_is_the_same_support_the_next_time(firm, account):
    for n in (0, 1):
        again = replace(
            form(TypedLine("SCPI Horizon", quantity=Decimal(5), price=Decimal(100 + n)))
        )
        portfolio.type_situation(firm.alice, account, replace(again, as_of=MAY + timedelta(days=n)))
    found = [portfolio.situation(firm.alice, s).lines["instrument_id"][0]
             for s in portfolio.situations(firm.alice, account)["situation_id"]]  # fmt: skip
    assert len(set(found)) == 1


def test_typed_again_it_changes_nothing_and_corrected_it_keeps_its_history(firm, account):
    first = portfolio.type_situation(firm.alice, account, form(monde()))
    assert portfolio.type_situation(firm.alice, account, form(monde())) == first
    wider = monde(quantity=Decimal(11), value=Decimal(220))
    portfolio.type_situation(firm.alice, account, form(wider))
    assert portfolio.situations(firm.alice, account).select("revision", "state").rows() == [
        (2, "active"), (1, "superseded"),
    ]  # fmt: skip


def test_a_button_pressed_twice_keeps_one(firm, account):
    first = portfolio.type_situation(firm.alice, account, form(monde()), key="k")
    assert portfolio.type_situation(firm.alice, account, form(monde()), key="k") == first
    assert portfolio.situations(firm.alice, account).height == 1


@pytest.mark.parametrize(
    ("story", "typed", "said"),
    [
        ("nothing", form(), "au moins une ligne"),
        ("a day to come", SituationForm(date(2027, 1, 1), (monde(),)), "futur"),
        ("a wrong check digit", form(TypedLine("X", "XF0000000009", value=Decimal(1))), "ISIN"),
        ("neither quantity nor value", form(TypedLine("X")), "une quantité ou une valeur"),
        ("no support", form(TypedLine("", value=Decimal(1))), "indiquez le support"),
        ("no quantity but a value", form(monde(quantity=Decimal(0))), "quantité nulle"),
        ("the total is another", form(monde(), total=Decimal(201)), "écart −1,00"),
        ("a currency of two letters", form(monde(currency="EU")), "devise"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(firm, account, story, typed, said):
    with pytest.raises(InvalidInputError) as refused:
        portfolio.type_situation(firm.alice, account, typed)
    assert said in str(refused.value), story
    assert portfolio.situations(firm.alice, account).is_empty()


@pytest.mark.parametrize(
    ("value", "warned"), [("200.05", False), ("200.30", True), ("199.70", True)]
)
def test_quantity_times_price_far_from_the_value_is_a_warning(firm, account, value, warned):
    """V01: beyond 0.05 and 0.1 %, both."""
    check = portfolio.check_situation(firm.alice, account, form(monde(value=Decimal(value))))
    assert bool(check.warnings) == warned
    assert not check.problems


def test_what_a_partner_delivered_that_day_is_replaced_only_on_purpose(firm, account):
    fund = kit.instrument(firm.alice, isin=ISIN)
    kit.situation(
        firm.alice, account, MAY, [{"instrument_id": fund, "quantity": "1", "value": "9"}]
    )
    with pytest.raises(InvalidInputError, match="partenaire a déjà transmis"):
        portfolio.type_situation(firm.alice, account, form(monde()))
    portfolio.type_situation(firm.alice, account, form(monde(), replace_partner=True))
    assert portfolio.holdings_of_account(firm.alice, account).total_eur == Decimal("200.00")


def test_somebody_elses_account_cannot_be_typed(firm, account):
    with pytest.raises(NotFoundError):
        portfolio.type_situation(firm.bruno, account, form(monde()))
    without = firm.alice.permissions - {Permission.SITUATION_WRITE}
    with pytest.raises(PermissionDeniedError):
        portfolio.type_situation(replace(firm.alice, permissions=without), account, form(monde()))
