"""Dossier > Général: the identity of a contact, edited by one person at a time."""

from dataclasses import replace

import pytest

from o2s_core import contacts
from tests import kit
from tests.contacts.test_edition import COMPLETE
from tests.kit import pages, windows

PAGE = "pages/contacts/general.py"


@pytest.fixture
def card(firm):
    made = contacts.add_contact(firm.alice, replace(COMPLETE, file_code="D1"))
    return contacts.contact_by_id(firm.alice, made.id)


def save(at):
    return windows.press(at, "Enregistrer")


def test_the_file_says_who_it_is(firm, card):
    at = pages.open_page(firm, "alice", PAGE, contact="D1")
    assert not at.exception
    words = pages.shown(at)
    assert "Durand" in words
    assert "56 ans" in words
    assert at.text_input(key=f"contact_{card.id}_0_profession").value == "Pharmacienne"


def test_an_edit_is_saved_and_shown_in_the_history(firm, card):
    """S-118"""
    at = pages.open_page(firm, "alice", PAGE, contact="D1")
    at.text_input(key=f"contact_{card.id}_0_profession").set_value("Médecin")
    at = save(at)
    assert not at.exception
    assert contacts.contact_by_id(firm.alice, card.id).form.profession == "Médecin"
    assert ["Profession", "Pharmacienne", "Médecin"] in [row[3:] for row in pages.table(at)]


def test_a_mandatory_field_left_empty_blocks_the_save(firm, card):
    """S-121"""
    at = pages.open_page(firm, "alice", PAGE, contact="D1")
    at.text_input(key=f"contact_{card.id}_0_birth_place").set_value("")
    at = save(at)
    assert "Veuillez renseigner : Lieu de naissance." in at.error[0].value
    assert contacts.contact_by_id(firm.alice, card.id).form.birth_place == "Lyon"


def test_a_prospect_becoming_a_client_owes_what_a_client_owes(firm):
    someone = kit.person(firm.alice, stage="prospect", file_code="P1")
    at = pages.open_page(firm, "alice", PAGE, contact="P1")
    at.selectbox(key=f"contact_{someone}_0_stage").set_value("client")
    at = save(at)
    assert "Civilité" in at.error[0].value
    assert contacts.contact_by_id(firm.alice, someone).stage == "prospect"


def test_an_edit_over_somebody_elses_is_refused_and_nothing_is_lost(firm, card):
    at = pages.open_page(firm, "alice", PAGE, contact="D1")
    contacts.edit_contact(firm.alice, card.id, replace(card.form, profession="Juge"), card.version)
    at.text_input(key=f"contact_{card.id}_0_profession").set_value("Notaire")
    at = save(at)
    message = at.error[0].value
    assert "Profession : enregistré « Juge »" in message
    assert at.text_input(key=f"contact_{card.id}_0_profession").value == "Notaire"
    assert contacts.contact_by_id(firm.alice, card.id).form.profession == "Juge"


def test_an_incomplete_client_shows_what_is_missing_and_can_be_kept(firm):
    someone = kit.person(firm.alice, file_code="P1")
    at = pages.open_page(firm, "alice", PAGE, contact="P1")
    assert "Civilité" in pages.shown(at)
    at.toggle(key=f"contact_{someone}_partial").set_value(True).run()
    at.text_input(key=f"contact_{someone}_0_profession").set_value("Médecin")
    save(at)
    assert contacts.contact_by_id(firm.alice, someone).form.profession == "Médecin"


@pytest.mark.parametrize("code", ["S1", "NULLE-PART"])
def test_not_yours_and_nowhere_read_alike(firm, code):
    kit.person(firm.bruno, "Secret", file_code="S1")
    at = pages.open_page(firm, "alice", PAGE, contact=code)
    assert f"Contact introuvable : {code}." in at.error[0].value
    assert "Secret" not in pages.shown(at)


def test_without_a_contact_the_page_says_where_to_go(firm):
    assert "Aucun dossier choisi." in pages.shown(pages.open_page(firm, "alice", PAGE))


def test_a_household_and_a_group_open_like_a_contact(firm, card):
    kit.household(firm.alice, card.id, kit.person(firm.alice, "Durand", "Paul"), file_code="F1")
    gathered = kit.group(firm.alice, card.id, name="Famille Durand")
    home = pages.open_page(firm, "alice", PAGE, contact="F1")
    assert not home.exception
    assert pages.table(home, 1) == [["Durand Léa", "Tête de foyer"], ["Durand Paul", "Autre"]]
    at = pages.open_page(firm, "alice", PAGE, groupe=gathered)
    assert not at.exception
    assert "Famille Durand" in pages.shown(at)
    assert pages.table(at) == [["Durand Léa", "D1", "Personne physique", "Client", "1970"]]


def test_a_member_outside_the_perimeter_is_a_name(firm, card):
    stranger = kit.person(firm.bruno, "Secret", "Luc", file_code="S1")
    kit.household(firm.alice, card.id, stranger, file_code="F1")
    at = pages.open_page(firm, "alice", PAGE, contact="F1")
    row = pages.components(at, "table")[1]["rows"][1]
    assert row["cells"][0] == {"t": "Secret Luc", "sub": "hors périmètre"}
    assert "S1" not in pages.shown(at)


def test_who_only_reads_sees_the_facts_without_a_form(firm, card):
    at = pages.open_page(firm, "conformite", PAGE, contact="D1")
    assert not at.exception
    assert "Pharmacienne" in pages.shown(at)
    assert not [b for b in at.button if b.label == "Enregistrer"]


def test_a_prospect_signs_and_the_file_says_what_it_owes(firm):
    someone = kit.person(firm.alice, stage="prospect", file_code="P1")
    at = windows.press(pages.open_page(firm, "alice", PAGE, contact="P1"), "Passer en client")
    assert not at.exception
    assert contacts.contact_by_id(firm.alice, someone).stage == "client"
    assert "Complet à" in pages.shown(at)
    at.toggle(key=f"contact_{someone}_partial").set_value(True).run()
    at.text_input(key=f"contact_{someone}_1_profession").set_value("Médecin")
    save(at)
    assert contacts.contact_by_id(firm.alice, someone).form.profession == "Médecin"


def test_an_adviser_is_changed_for_several_contacts_with_a_reason(firm):
    """S-119"""
    ids = (kit.person(firm.alice), kit.person(firm.alice))
    at = windows.open_window(firm, "manager", "o2s_core.ui.contact_moves.change_adviser", f"{ids}")
    key = f"change_adviser_{ids[0]}_{ids[1]}_0"
    at = windows.press(at, "Changer")
    assert "Veuillez renseigner : Nouveau conseiller, Motif." in at.error[0].value
    at.selectbox(key=f"{key}_adviser_id").set_value(str(firm.user_ids["bruno"]))
    at.text_input(key=f"{key}_reason").set_value("Départ")
    windows.press(at, "Changer")
    assert len(contacts.contact_list(firm.bruno).rows) == 2


def test_contacts_are_archived_after_a_confirmation(firm):
    one = kit.person(firm.alice)
    window = "o2s_core.ui.contact_moves.archive_or_restore"
    windows.press(windows.open_window(firm, "alice", window, f"({one},), away=True"), "Archiver")
    assert contacts.contact_by_id(firm.alice, one).archived_at is not None
