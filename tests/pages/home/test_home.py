"""Accueil shows each profile what it may see (S-116, S-117)."""

from datetime import date

import pytest

from o2s_core import portfolio, store
from o2s_core.portfolio import projections
from tests import kit
from tests.kit import pages


@pytest.fixture
def clients(firm):
    alice = firm.alice
    anne = kit.person(alice, "Martin", "Anne", file_code="ACC1")
    kit.person(alice, "Lefèvre", "Zoé", file_code="ACC2", stage="prospect")
    kit.person(firm.bruno, "Caché", "Paul", file_code="ACC3")
    fund = kit.instrument(alice)
    account = kit.account(alice, kit.provider(alice), [anne])
    line = {"instrument_id": fund, "quantity": "10", "price": "123.45", "value": "1234.50"}
    kit.situation(alice, account, firm.alice.today, [line])
    with store.tx(alice) as tx:
        projections.mark(tx, [account])
    return firm


def figures(at) -> str:
    text = next(e.value for e in at.html if "o2s-figures" in e.value)
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_an_adviser_sees_the_clients_of_the_perimeter_and_what_they_own(clients):
    at = pages.open_page(clients, "alice", "home/home.py")
    assert not at.error
    assert "1 235 €" in figures(at)
    assert "ACC1" in pages.shown(at)


def test_a_colleague_s_client_is_not_there(clients):
    at = pages.open_page(clients, "alice", "home/home.py")
    assert "Caché" not in pages.shown(at)


def test_an_analyst_sees_no_client(clients):
    at = pages.open_page(clients, "analyste", "home/home.py")
    assert not at.error
    assert "Martin" not in pages.shown(at)
    assert "Supports à traiter" in pages.shown(at)


def test_an_administrator_sees_what_waits_and_no_client(clients):
    at = pages.open_page(clients, "admin", "home/home.py")
    assert not at.error
    assert "Double authentification" in pages.shown(at)
    assert "Martin" not in pages.shown(at)


def test_a_new_firm_is_told_what_to_do_first(firm):
    at = pages.open_page(firm, "alice", "home/home.py")
    assert "ajoutez un premier contact" in pages.shown(at)


def test_the_months_are_drawn_once_a_night_made_them(clients):
    at = pages.open_page(clients, "alice", "home/home.py")
    assert "la courbe apparaît dès" in pages.shown(at)
    alice = clients.alice
    owner = kit.person(alice, "Durand", "Luc", file_code="ACC4")
    account = kit.account(alice, kit.provider(alice, code="other"), [owner])
    cash = kit.instrument(alice, isin=None, kind="cash")
    kit.situation(alice, account, date(2026, 8, 31), [{"instrument_id": cash, "value": "500"}])
    portfolio.publish_monthly_values(clients.operator)
    at = pages.open_page(clients, "alice", "home/home.py")
    assert not at.error
    assert "Fins de mois calculées le 24/11/2026" in pages.shown(at)
    assert "Au 31/10/2026" in pages.shown(at)
