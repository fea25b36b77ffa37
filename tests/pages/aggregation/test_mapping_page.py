"""Services › Agrégation › Correspondances: the list, one mapping, who may change it."""

import pytest

from o2s_core import aggregation
from tests.aggregation.mapping.builders import POSITIONS
from tests.kit import pages

PAGE = "aggregation/mapping.py"


def test_the_list_shows_those_of_the_product_and_those_of_the_firm(firm):
    aggregation.save_mapping(firm.operator, "assureur_test", POSITIONS, "premier essai")
    at = pages.open_page(firm, "manager", PAGE)
    assert not at.exception
    rows = pages.table(at)
    assert next(row[:5] for row in rows if row[0] == "Assureur d'essai") == [
        "Assureur d'essai",
        "Tous",
        "Positions et comptes",
        "CSV ou Excel",
        "1",
    ]
    assert "du produit" in next(row for row in rows if row[0].startswith("DEGIRO"))


def test_a_mapping_opens_with_its_name_its_text_and_its_versions(firm):
    at = pages.open_page(firm, "manager", PAGE, code="saxo")
    assert not at.exception
    assert "Saxo, opérations" in pages.shown(at)
    assert "feed: saxo" in at.text_area[0].value
    assert [t.label for t in at.tabs] == [
        "Colonnes", "Types d'opération", "Lecture", "Texte", "Versions",
    ]  # fmt: skip


def test_an_unknown_mapping_is_said_in_french(firm):
    at = pages.open_page(firm, "manager", PAGE, code="inconnue")
    assert not at.exception
    assert "Correspondance introuvable : inconnue." in pages.shown(at)


def test_a_new_mapping_starts_from_a_file(firm):
    at = pages.open_page(firm, "manager", PAGE, code="nouvelle")
    assert not at.exception
    assert "Déposez un fichier" in pages.shown(at)


@pytest.mark.parametrize("login", ["conformite"])
def test_who_may_not_write_mappings_sees_no_button_to_save(firm, login):
    at = pages.open_page(firm, login, PAGE, code="saxo")
    assert not any(b.label.startswith("Enregistrer") for b in at.button)


def test_saving_without_a_change_says_so_and_keeps_the_version(firm):
    at = pages.open_page(firm, "manager", PAGE, code="saxo")
    next(b for b in at.button if b.label.startswith("Enregistrer")).click().run()
    assert "Rien n'a changé" in pages.shown(at)
    assert aggregation.mapping_card(firm.operator, "saxo").revision == 0


def test_a_change_of_the_text_becomes_the_next_version(firm):
    at = pages.open_page(firm, "manager", PAGE, code="saxo")
    at.text_area[0].set_value(at.text_area[0].value.replace("Saxo, opérations", "Saxo bis")).run()
    next(b for b in at.button if b.label == "Appliquer le texte").click().run()
    next(b for b in at.button if b.label.startswith("Enregistrer")).click().run()
    card = aggregation.mapping_card(firm.operator, "saxo")
    assert (card.revision, card.label) == (1, "Saxo bis")


def test_a_new_mapping_may_start_from_a_template_and_becomes_the_firm_s_own(firm):
    at = pages.open_page(firm, "manager", PAGE, code="nouvelle")
    at.selectbox(key="mapping_template").set_value("scpi_shares").run()
    assert not at.exception
    assert "Valeur de retrait" in at.text_area[0].value
    assert "Modèle à adapter" not in at.text_area[0].value
    next(t for t in at.text_input if t.label == "Code").set_value("scpi_maison").run()
    next(b for b in at.button if b.label == "Enregistrer la version 1").click().run()
    assert not at.error
    card = aggregation.mapping_card(firm.operator, "scpi_maison")
    assert (card.revision, card.label) == (1, "société de gestion, parts de SCPI")
