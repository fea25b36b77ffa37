"""États de compte: chosen, seen, kept, listed; in series from Services."""

from datetime import date

import pytest

from o2s_core import contacts, reporting
from tests import kit
from tests.kit import pages

PAGE, SERIES = "pages/reporting/statements.py", "pages/reporting/statement_batches.py"


@pytest.fixture
def anne(firm):
    ctx = firm.alice
    anne, fund = kit.person(ctx, file_code="ANNE"), kit.instrument(ctx, "Monde")
    account = kit.account(ctx, kit.provider(ctx), [anne])
    kit.situation(ctx, account, date(2026, 5, 31), [
        {"instrument_id": fund, "quantity": "10", "price": "100"},
    ])  # fmt: skip
    return anne


def test_the_page_shows_the_pdf_and_files_it(firm, anne):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    assert not at.exception
    assert "Rendez-vous annuel" in str(at.selectbox[0].options)
    assert at.get("bidi_component")
    at.button(key=f"statement_person_{anne}").click().run()
    assert not at.exception
    (paper,) = contacts.papers(firm.alice, anne).to_dicts()
    assert paper["category"] == "client_statement"
    assert "24/11/2026" in pages.shown(at)


def test_a_download_gives_a_one_time_link(firm, anne):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    at.button(key=f"statement_person_{anne}_download").click().run()
    assert not at.exception
    assert "etat-de-compte-ANNE-2026-11-24.pdf" in pages.shown(at)
    assert at.get("link_button")


def test_another_advisers_client_is_not_found(firm, anne):
    kit.person(firm.bruno, file_code="BOB")
    assert "introuvable" in pages.shown(pages.open_page(firm, "alice", PAGE, contact="BOB"))


def test_a_series_is_asked_for_all_ones_clients(firm, anne):
    at = pages.open_page(firm, "alice", SERIES)
    assert not at.exception
    at.toggle(key="statement_batch_all").set_value(True).run()
    next(b for b in at.button if b.label.startswith("Établir")).click().run()
    assert not at.exception
    (row,) = reporting.statement_batches(firm.alice).to_dicts()
    assert (row["state"], row["total"]) == ("En attente", 1)


def test_the_models_are_listed(firm):
    at = pages.open_page(firm, "alice", SERIES)
    at.segmented_control(key="statement_tab").set_value("Modèles").run()
    assert not at.exception
    assert "Trimestriel" in pages.shown(at)
