"""Autres > Documents and Outils > Documents: found, shown, filed, thrown away (S-072)."""

import pytest

from o2s_core import contacts, documents
from o2s_core.documents import DocumentForm
from tests import kit
from tests.kit import pages, papers, windows

PAGE = "pages/contacts/documents.py"
LIBRARY = "pages/market/library.py"


@pytest.fixture
def file(firm):
    anne = kit.person(firm.alice, "Martin", "Anne", file_code="D1")
    account = kit.account(firm.alice, kit.provider(firm.alice), [anne], number="AV-1")
    for kind, owner, title in (("contact", anne, "Passeport"), ("account", account, "Avenant 3")):
        form = DocumentForm(owner, title, f"{title}.txt", owner_kind=kind)
        documents.add_document(firm.alice, form, title.encode())
    return anne


def test_the_file_shows_its_papers_and_those_of_its_contracts(firm, file):
    at = pages.open_page(firm, "alice", PAGE, contact="D1")
    assert not at.exception
    words = pages.shown(at)
    assert "Passeport" in words
    assert "Avenant 3" in words
    assert "Contrat d'essai AV-1" in words
    assert [b.label for b in at.button if b.label == "Ajouter"]


def test_a_search_narrows_the_list(firm, file):
    at = pages.open_page(firm, "alice", PAGE, contact="D1")
    from tests.documents.test_library import work

    work(firm)
    at.text_input(key=f"papers_{file}_words").set_value("avenants").run()
    assert [row[0] for row in pages.table(at)] == ["Avenant 3"]
    at.text_input(key=f"papers_{file}_words").set_value("succession").run()
    assert "Aucun document ne contient tous ces mots" in pages.shown(at)


def test_compliance_reads_and_files_nothing(firm, file):
    at = pages.open_page(firm, "conformite", PAGE, contact="D1")
    assert not [b for b in at.button if b.label == "Ajouter"]
    actions = pages.components(at, "table")[0]["actions"]
    assert [a["name"] for a in actions] == ["show"]


def test_a_document_is_seen_with_what_is_known_of_it(firm, file):
    form = DocumentForm(file, "Contrat signé", "contrat.pdf", "contract", tags="notaire")
    made = documents.add_document(firm.alice, form, papers.pdf("Bonjour"))
    window = "o2s_core.ui.document_windows.show_document"
    at = windows.open_window(firm, "alice", window, f"{made}, may_write=True")
    assert not at.exception
    assert "notaire" in pages.shown(at)
    assert "Contrat, bulletin, avenant" in pages.shown(at)


def test_a_document_is_edited_in_its_window(firm, file):
    made = contacts.papers(firm.alice, file)["id"][0]
    window = "o2s_core.ui.document_windows.edit_document"
    at = windows.open_window(firm, "alice", window, str(made))
    at.text_input(key=f"document_{made}_0_title").set_value("Passeport 2026")
    at = windows.press(at, "Enregistrer")
    assert not at.exception
    assert contacts.papers(firm.alice, file)["title"].to_list() == ["Passeport 2026"]


def test_the_shelves_open_each_with_its_own(firm, file):
    """S-086, S-087"""
    form = DocumentForm(firm.id, "Procédure LCB-FT", "p.txt", "procedure", owner_kind="firm")
    documents.add_document(firm.operator, form, b"procedure")
    at = pages.open_page(firm, "alice", LIBRARY)
    assert not at.exception
    assert "Procédure LCB-FT" in pages.shown(at)
    assert "Passeport" not in pages.shown(at)
    for shelf in ("instrument", "product", "provider", "custodian", "", "contact"):
        at.segmented_control(key="shelf").set_value(shelf).run()
        assert not at.exception, shelf
    assert "Passeport" in pages.shown(at)


def test_the_firm_adds_a_sub_category(firm):
    """S-081"""
    window = "o2s_core.ui.document_categories.new_category"
    at = windows.open_window(firm, "admin", window, "'provider'")
    at.text_input(key="new_category_provider_0_label").set_value("Barème 2026")
    at.selectbox(key="new_category_provider_0_parent").set_value("commissions")
    at = windows.press(at, "Enregistrer")
    assert not at.exception
    labels = documents.category_labels(firm.alice, "provider")
    assert "Barème, commissions > Barème 2026" in labels.values()
