"""Contacts: the list, and the window that adds somebody to it."""

import pytest

from o2s_core import contacts
from tests import kit
from tests.kit import pages, windows

PAGE = "pages/contacts/contacts.py"


@pytest.fixture
def clients(firm):
    kit.person(firm.alice, "Martin", "Anne", file_code="M1")
    kit.person(firm.alice, "Durand", "Zoé", stage="prospect", file_code="D1")
    kit.person(firm.bruno, "Secret", "Luc", file_code="S1")


def names(at):
    return [row[0] for row in pages.table(at)]


def test_the_list_shows_my_contacts_and_opens_their_file(firm, clients):
    """S-036, S-116, S-117"""
    at = pages.open_page(firm, "alice", PAGE)
    assert not at.exception
    assert names(at) == ["Durand", "Martin"]
    rows = pages.components(at, "table")[0]["rows"]
    assert [row["href"] for row in rows] == [
        "/dossier-general?contact=D1",
        "/dossier-general?contact=M1",
    ]
    assert "Secret" not in pages.shown(at)
    assert len(at.get("plotly_chart")) >= 1


def test_a_view_narrows_the_list_and_says_how_many(firm, clients):
    at = pages.open_page(firm, "alice", PAGE, vue="prospect")
    assert names(at) == ["Durand"]
    at.segmented_control(key="contacts_view").set_value("client").run()
    assert names(at) == ["Martin"]
    assert at.query_params["vue"] == "client"
    assert "Clients\u00a01" in at.segmented_control(key="contacts_view").options


def test_an_empty_list_says_what_to_do(firm):
    at = pages.open_page(firm, "alice", PAGE)
    assert pages.components(at, "table")[0]["empty"].startswith("Aucun contact ici.")


def test_who_may_not_read_contacts_is_told(firm):
    at = pages.open_page(firm, "admin", PAGE)
    assert "Votre profil ne donne pas le droit" in pages.shown(at)
    assert pages.components(at, "table") == []


WINDOW = "o2s_core.ui.new_contact.new_contact"


def test_the_list_opens_the_window(firm):
    """S-119"""
    at = windows.press(pages.open_page(firm, "alice", PAGE), "Ajouter")
    assert not at.exception
    assert [b.label for b in at.button][-2:] == ["Annuler", "Créer le contact"]


def fill(at, **typed):
    for name, value in typed.items():
        at.text_input(key=f"new_contact_person_0_{name}").set_value(value)
    return at


def create(at):
    return windows.press(at, "Créer le contact")


@pytest.fixture
def window(firm):
    return windows.open_window(firm, "alice", WINDOW)


def test_a_contact_is_added_and_its_file_opens(firm, window):
    """S-004, S-119"""
    at = create(fill(window, last_name="Durand", first_name="Léa"))
    assert not at.exception
    (made,) = contacts.find(firm.alice, "durand")
    assert (made.stage, made.file_code) == ("prospect", "C00001")
    assert at.text_input(key=f"contact_{made.id}_0_last_name").value == "Durand"


def test_everything_missing_is_named_and_nothing_typed_is_lost(firm, window):
    """S-120, S-121"""
    at = create(fill(window, email="lea@"))
    assert "Veuillez renseigner : Nom, Prénom." in at.error[0].value
    assert "adresse e-mail invalide" in at.error[0].value
    assert at.text_input(key="new_contact_person_0_email").value == "lea@"
    assert contacts.find(firm.alice, "lea") == ()


def test_a_likely_duplicate_is_shown_before_it_is_made(firm, window):
    kit.person(firm.alice, "Durand", "Léa", email="lea@essai.fr", file_code="D1")
    at = create(fill(window, last_name="Durand", first_name="Léa", email="lea@essai.fr"))
    assert "existe peut-être déjà" in at.warning[0].value
    assert "même e-mail" in at.warning[0].value
    at = create(at)
    assert len(contacts.find(firm.alice, "durand")) == 1
    at.checkbox(key="new_contact_person_other").check().run()
    create(at)
    assert len(contacts.find(firm.alice, "durand")) == 2


def test_the_nature_changes_what_is_asked(firm, window):
    at = window.segmented_control(key="new_contact_kind").set_value("company").run()
    at.text_input(key="new_contact_company_0_siren").set_value("123456789")
    at = create(at)
    assert "Raison sociale" in at.error[0].value
    assert "SIREN invalide" in at.error[0].value
