"""Dossier > Rendez-vous: the figures of the core, since the day that the person chooses."""

from datetime import date

import pytest

from o2s_core import contacts, steering
from tests import kit
from tests.kit import pages

PAGE = "steering/meeting.py"


@pytest.fixture
def visited(firm):
    alice = firm.alice
    anne = kit.person(alice, "Martin", "Anne", file_code="ANN1")
    fund = kit.instrument(alice, "Monde")
    held = kit.account(alice, kit.provider(alice), [anne], label="Contrat d'Anne")
    kit.price(alice, fund, alice.today, "110")
    line = {"instrument_id": fund, "quantity": "11", "price": "110", "value": "1210"}
    kit.situation(alice, held, alice.today, [line])
    return firm


def test_it_opens_on_the_figures_of_the_core(visited):
    at = pages.open_page(visited, "alice", PAGE, contact="ANN1")
    ctx = visited.fresh(visited.alice)
    brief = steering.meeting_brief(ctx, contacts.scope(ctx, "contact", "ANN1"), date(2025, 11, 24))
    shown = " ".join(element.value for element in at.html)
    for figure in steering.figures_of(brief):
        assert figure["value"] in shown


def test_what_is_to_settle_leads_to_its_page(visited):
    at = pages.open_page(visited, "alice", PAGE, contact="ANN1")
    tables = str(pages.components(at, "table"))
    assert "informations à recueillir" in tables
    assert "/dossier-general?contact=ANN1" in tables


def test_a_client_without_holdings_is_prepared_too(firm):
    kit.person(firm.alice, "Neuf", "Paul", file_code="NEU1")
    at = pages.open_page(firm, "alice", PAGE, contact="NEU1")
    assert not at.exception
    assert "n.c." in " ".join(element.value for element in at.html)
