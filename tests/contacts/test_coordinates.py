"""Where and how a contact is reached: addresses, telephones, e-mails and RIB (S-038)."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from o2s_core import contacts, store
from o2s_core.contacts import AddressForm, BankForm, ReachForm
from o2s_core.contacts.coordinates import towns
from o2s_core.contacts.models import BankDetails
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from o2s_core.kernel.permissions import Permission
from tests import kit

IBAN = "FR14 2004 1010 0505 0001 3M02 606"
HOME = AddressForm("12 rue Garibaldi", "69006", "Lyon")


@pytest.fixture
def anne(firm) -> int:
    return kit.person(firm.alice, "Martin", "Anne", email="anne@exemple.fr", phone="+33612000001")


def mains(firm, contact_id):
    frame = contacts.reaches(firm.alice, contact_id)
    return {row["channel"]: row["value"] for row in frame.to_dicts() if row["is_main"]}


def test_the_first_address_is_the_main_one_until_another_is_said_to_be(firm, anne):
    """S-038"""
    contacts.save_address(firm.alice, anne, HOME)
    contacts.save_address(
        firm.alice, anne, AddressForm("1 Grand Place", "1000", "Bruxelles", "BE", "tax")
    )
    assert contacts.addresses(firm.alice, anne)["is_main"].to_list() == [True, False]
    contacts.save_address(
        firm.alice, anne, AddressForm("3 quai Sud", "44000", "Nantes", is_main=True)
    )
    shown = contacts.addresses(firm.alice, anne)
    assert shown["written"].to_list()[0] == "3 quai Sud, 44000 Nantes"
    assert shown["is_main"].sum() == 1
    assert "1 Grand Place, 1000 Bruxelles, Belgique" in shown["written"].to_list()


def test_an_address_that_ended_is_a_former_one(firm, anne):
    over = replace(HOME, since=date(2020, 1, 1), until=firm.alice.today)
    contacts.save_address(firm.alice, anne, over)
    assert contacts.addresses(firm.alice, anne)["is_current"].to_list() == [False]


def test_taking_the_main_address_away_promotes_the_next(firm, anne):
    contacts.save_address(firm.alice, anne, HOME)
    contacts.save_address(firm.alice, anne, AddressForm("3 quai Sud", "44000", "Nantes"))
    first = contacts.addresses(firm.alice, anne)["id"][0]
    contacts.remove_address(firm.alice, anne, first)
    left = contacts.addresses(firm.alice, anne)
    assert (left["town"].to_list(), left["is_main"].to_list()) == (["Nantes"], [True])


@pytest.mark.parametrize(
    ("postcode", "town", "warned"),
    [("75008", "Paris", False), ("69006", "Paris", True), ("69006", "Lyon 6e", False),
     ("33000", "LYON CEDEX 03", True), ("12345", "Trifouilly", False)],
)  # fmt: skip
def test_a_postcode_of_another_town_is_warned_of(postcode, town, warned):
    assert bool(towns.doubtful_town(postcode, town, "FR")) == warned


def test_a_doubtful_town_is_saved_with_its_warning(firm, anne):
    assert "n'est pas celui de Paris" in contacts.save_address(
        firm.alice, anne, replace(HOME, town="Paris")
    )
    assert contacts.addresses(firm.alice, anne)["doubt"][0]


@pytest.mark.parametrize(
    "wrong",
    [{"postcode": "6900"}, {"postcode": "99999"}, {"town": ""}, {"country": "ZZ"},
     {"since": date(2024, 1, 1), "until": date(2023, 1, 1)}],
)  # fmt: skip
def test_a_wrong_address_is_refused(firm, anne, wrong):
    with pytest.raises(InvalidInputError):
        contacts.save_address(firm.alice, anne, replace(HOME, **wrong))
    assert contacts.addresses(firm.alice, anne).is_empty()


def test_an_address_edited_over_somebody_elses_is_refused(firm, anne):
    contacts.save_address(firm.alice, anne, HOME)
    row = contacts.addresses(firm.alice, anne).row(0, named=True)
    asked = {"address_id": row["id"], "expected_version": row["version"]}
    contacts.save_address(firm.alice, anne, replace(HOME, lines="14 rue Garibaldi"), **asked)
    with pytest.raises(StaleEditError):
        contacts.save_address(firm.alice, anne, replace(HOME, lines="16 rue Garibaldi"), **asked)


def test_another_telephone_becomes_the_main_one_and_the_former_stays(firm, anne):
    contacts.save_reach(
        firm.alice, anne, ReachForm("phone", "+32 470 12 34 56", "work", is_main=True)
    )
    assert mains(firm, anne)["phone"] == "+32470123456"
    assert contacts.contact_by_id(firm.alice, anne).form.phone == "+32470123456"
    both = contacts.reaches(firm.alice, anne)["value"].to_list()
    assert {"+33612000001", "+32470123456"} <= set(both)
    assert contacts.find(firm.alice, "+32 470 12 34 56")[0].id == anne


def test_taking_the_main_one_away_leaves_the_next(firm, anne):
    contacts.save_reach(firm.alice, anne, ReachForm("email", "A.Martin@Travail.fr", "work"))
    assert mains(firm, anne)["email"] == "anne@exemple.fr"
    contacts.remove_reach(firm.alice, anne, "email", "anne@exemple.fr")
    assert contacts.contact_by_id(firm.alice, anne).form.email == "a.martin@travail.fr"
    with pytest.raises(NotFoundError):
        contacts.remove_reach(firm.alice, anne, "email", "anne@exemple.fr")


def test_the_same_number_twice_and_an_unknown_one_are_refused(firm, anne):
    for wrong in ("06 12 00 00 01", "12"):
        with pytest.raises(InvalidInputError):
            contacts.save_reach(firm.alice, anne, ReachForm("phone", wrong))


def test_correcting_the_identity_corrects_the_main_one_here(firm, anne):
    """No former e-mail is left behind by a typing mistake put right in Général."""
    contacts.save_reach(
        firm.alice, anne, ReachForm("email", "anne@exemple.fr", "personal"), known="anne@exemple.fr"
    )
    card = contacts.contact_by_id(firm.alice, anne)
    contacts.edit_contact(
        firm.alice,
        anne,
        replace(card.form, email="annie@exemple.fr"),
        card.version,
        incomplete=True,
    )
    emails = contacts.reaches(firm.alice, anne).filter(channel="email")
    assert emails.select("value", "kind", "is_main").rows() == [
        ("annie@exemple.fr", "personal", True)
    ]


def test_an_iban_is_sealed_and_whole_only_for_who_may_see_it(firm, anne):
    contacts.add_bank_details(firm.alice, anne, BankForm(IBAN, holder="Anne Martin"))
    assert contacts.bank_details(firm.alice, anne)["iban"].to_list() == [IBAN]
    less = replace(firm.alice, permissions=firm.alice.permissions - {Permission.CONTACT_SENSITIVE})
    assert contacts.bank_details(less, anne)["iban"].to_list() == ["FR •••• 2606"]
    with store.reading(firm.alice) as session:
        stored = session.exec(select(BankDetails)).one()
    assert "20041010" not in stored.iban_sealed
    reader = replace(firm.alice, permissions=firm.alice.permissions - {Permission.CONTACT_BANK})
    with pytest.raises(PermissionDeniedError):
        contacts.add_bank_details(reader, anne, BankForm(IBAN, holder="x"))


@pytest.mark.parametrize("iban", ["FR14 2004 1010 0505 0001 3M02 607", "n'importe quoi"])
def test_an_iban_whose_key_is_wrong_is_refused(firm, anne, iban):
    with pytest.raises(InvalidInputError, match="clé de contrôle"):
        contacts.add_bank_details(firm.alice, anne, BankForm(iban, holder="Anne Martin"))


def test_the_same_rib_is_kept_once_and_may_go(firm, anne):
    made = contacts.add_bank_details(firm.alice, anne, BankForm(IBAN, holder="Anne Martin"))
    with pytest.raises(InvalidInputError, match="déjà"):
        contacts.add_bank_details(firm.alice, anne, BankForm(IBAN, holder="Anne Martin"))
    contacts.remove_bank_details(firm.alice, anne, made)
    assert contacts.bank_details(firm.alice, anne).is_empty()


def test_each_change_is_in_the_history_of_the_file(firm, anne):
    contacts.save_address(firm.alice, anne, HOME)
    told = contacts.history(firm.alice, anne).row(0, named=True)
    assert (told["action"], told["field"], told["after"]) == (
        "Coordonnées", "Adresse", "12 rue Garibaldi, 69006 Lyon",
    )  # fmt: skip


def test_a_colleague_neither_reads_nor_writes_them(firm, anne):
    for ask in (contacts.addresses, contacts.reaches, contacts.bank_details):
        with pytest.raises(NotFoundError):
            ask(firm.bruno, anne)
    with pytest.raises(NotFoundError):
        contacts.save_address(firm.bruno, anne, HOME)
