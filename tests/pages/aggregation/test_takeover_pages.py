"""Services › Données › Reprise: its list, its five steps, who may open it (S-021, S-022)."""

import pytest

from o2s_core import aggregation, contacts
from tests.aggregation.takeover import exports
from tests.kit import pages

PAGE = "aggregation/takeover.py"


def test_the_list_says_where_each_takeover_stands(firm):
    exports.opened(firm)
    at = pages.open_page(firm, "manager", "aggregation/data.py")
    assert not at.exception
    assert pages.table(at)[0][:4] == [
        "Ancien outil",
        "En préparation",
        "Export générique (CSV ou Excel)",
        "7",
    ]


@pytest.mark.parametrize("login", ["alice", "admin", "analyste", "conformite"])
def test_it_is_closed_to_who_lacks_the_right(firm, login):
    _, made = exports.opened(firm, {})
    at = pages.open_page(firm, login, PAGE, reprise=made)
    assert "Reprendre les données d'un autre outil" in pages.shown(at)
    assert not at.segmented_control


def test_the_steps_follow_the_work(firm):
    ctx, made = exports.opened(firm)
    at = pages.open_page(firm, "manager", PAGE, reprise=made)
    assert not at.exception
    assert "Pas encore de répétition" in pages.shown(at)
    next(b for b in at.button if b.label == "Répéter").click().run()
    assert not at.exception
    assert "Historique des mouvements" in pages.shown(at)
    at = pages.open_page(firm, "manager", PAGE, reprise=made, etape=4)
    assert "9\u202f000,00" in pages.shown(at)
    at = pages.open_page(firm, "manager", PAGE, reprise=made, etape=2)
    assert not at.exception
    assert "Toutes les lignes se lisent" in pages.shown(at)
    exports.done(firm, ctx, made)
    at = pages.open_page(firm, "manager", PAGE, reprise=made)
    assert not at.exception
    assert "D001" in pages.shown(at)
    assert any(b.label == "Annuler la reprise" for b in at.button)


def test_a_missing_column_is_asked_for_at_the_second_step(firm):
    _, made = exports.opened(firm, {"contacts.csv": b"Nom;Ville\nRoux;Lyon\n"})
    at = pages.open_page(firm, "manager", PAGE, reprise=made)
    assert "À choisir : Code de dossier." in pages.shown(at)


def test_an_unknown_takeover_is_said_in_french(firm):
    at = pages.open_page(firm, "manager", PAGE, reprise=999)
    assert "Reprise introuvable : 999." in pages.shown(at)


def test_the_documents_taken_over_are_in_the_client_s_file(firm):
    ctx, made = exports.opened(firm)
    exports.done(firm, ctx, made)
    at = pages.open_page(firm, "alice", "contacts/documents.py", contact="D001")
    assert not at.exception
    assert "Lettre de mission" in pages.shown(at)
    assert contacts.papers(firm.alice, contacts.contact(firm.alice, "D001").id).height == 2
    assert aggregation.takeover_card(ctx, made).state == "committed"
