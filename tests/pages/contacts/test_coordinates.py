"""Dossier > Coordonnées: addresses, telephones, e-mails and RIB of a contact (S-038)."""

import pytest

from o2s_core import contacts
from o2s_core.contacts import AddressForm, BankForm
from tests import kit
from tests.kit import pages, windows

PAGE = "pages/contacts/coordinates.py"


@pytest.fixture
def anne(firm) -> int:
    made = kit.person(firm.alice, "Martin", "Anne", email="anne@exemple.fr", file_code="D1")
    contacts.save_address(firm.alice, made, AddressForm("12 rue Garibaldi", "69006", "Paris"))
    iban = "FR1420041010050500013M02606"
    contacts.add_bank_details(firm.alice, made, BankForm(iban, holder="Anne Martin"))
    return made


def test_the_page_shows_them_with_what_is_doubtful(firm, anne):
    """S-038"""
    at = pages.open_page(firm, "alice", PAGE, contact="D1")
    assert not at.exception
    words = pages.shown(at)
    assert "12 rue Garibaldi, 69006 Paris" in words
    assert "n'est pas celui de Paris" in words
    assert "anne@exemple.fr" in words
    assert "FR14 2004 1010" in words
    assert "dossier-coordonnees" in words


def test_the_compliance_officer_reads_without_buttons_and_the_analyst_not_at_all(firm, anne):
    at = pages.open_page(firm, "conformite", PAGE, contact="D1")
    assert "12 rue Garibaldi" in pages.shown(at)
    assert not [b for b in at.button if b.label in {"Adresse", "RIB"}]
    refused = pages.open_page(firm, "analyste", PAGE, contact="D1")
    assert "Garibaldi" not in pages.shown(refused)


def test_without_a_file_the_page_says_what_to_do(firm):
    at = pages.open_page(firm, "alice", PAGE)
    assert "Aucun dossier choisi" in pages.shown(at)


def test_an_address_is_added_in_its_window(firm, anne):
    at = windows.open_window(
        firm, "alice", "o2s_core.ui.coordinate_windows.edit_address", str(anne)
    )
    key = f"address_{anne}_new_0"
    at.text_input(key=f"{key}_lines").set_value("3 quai Sud")
    at.text_input(key=f"{key}_postcode").set_value("44000")
    at.text_input(key=f"{key}_town").set_value("Nantes")
    windows.press(at, "Enregistrer")
    assert "Nantes" in contacts.addresses(firm.alice, anne)["town"].to_list()
