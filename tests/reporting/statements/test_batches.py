"""Many statements at once: each once, stopped or killed half way, with the rights of who asked."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from o2s_core import contacts, reporting, store
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.reporting import StatementForm
from tests import kit
from tests.kit.firm import NOW

DYING = Path(__file__).with_name("dying_batch.py")
FORM = StatementForm("holdings", date(2026, 11, 23))


@pytest.fixture
def clients(firm):
    """Three clients of Alice, one contract each."""
    ctx = firm.alice
    insurer, fund = kit.provider(ctx), kit.instrument(ctx)
    made = []
    for number in range(3):
        made.append(kit.person(ctx, f"Client{number}", file_code=f"C{number}"))
        account = kit.account(ctx, insurer, made[-1:], number=f"7-{number}")
        kit.situation(ctx, account, date(2026, 5, 31), [
            {"instrument_id": fund, "quantity": "10", "price": "100"},
        ])  # fmt: skip
    return made


def work(firm, later=timedelta()):
    return store.run_due(firm.place, reporting.HANDLERS, lambda: NOW + later)


def statements(firm, clients):
    return [reporting.issued_statements(firm.alice, id_).height for id_ in clients]


def test_each_client_gets_the_statement_of_the_page(firm, clients):
    reporting.request_statements(firm.alice, clients, FORM)
    assert work(firm) == 1
    assert statements(firm, clients) == [1, 1, 1]
    (row,) = reporting.statement_batches(firm.alice).to_dicts()
    assert (row["state"], row["done"], row["total"], row["refused"]) == ("Terminée", 3, 3, 0)
    scope = contacts.scope(firm.alice, "contact", "C1")
    (paper,) = contacts.papers(firm.alice, clients[1]).to_dicts()
    seen = reporting.make_statement(firm.alice, scope, FORM)
    assert store.blob(firm.alice, paper["sha256"]) == seen.data


def test_a_worker_killed_half_way_is_taken_over_and_nothing_is_made_twice(firm, clients):
    reporting.request_statements(firm.alice, clients, FORM)
    words = [firm.place.home, firm.place.database_url, firm.place.key_path, NOW.isoformat()]
    died = subprocess.run([sys.executable, DYING, *map(str, words)], check=False)
    assert died.returncode == 9
    assert statements(firm, clients) == [1, 0, 0]
    assert work(firm) == 0  # its lease still holds
    assert work(firm, timedelta(minutes=5)) == 1
    assert statements(firm, clients) == [1, 1, 1]
    assert [contacts.papers(firm.alice, id_).height for id_ in clients] == [1, 1, 1]


def test_the_same_request_sent_twice_is_one(firm, clients):
    first = reporting.request_statements(firm.alice, clients, FORM, key="once")
    assert reporting.request_statements(firm.alice, clients, FORM, key="once") == first


def test_a_batch_is_stopped_by_who_asked_it_alone(firm, clients):
    job = reporting.request_statements(firm.alice, clients, FORM)
    with pytest.raises(NotFoundError):
        reporting.stop_statements(firm.bruno, job)
    reporting.stop_statements(firm.alice, job)
    assert work(firm) == 0
    assert statements(firm, clients) == [0, 0, 0]
    assert reporting.statement_batches(firm.bruno).is_empty()


def test_who_left_the_perimeter_since_gets_none_and_is_counted(firm, clients):
    reporting.request_statements(firm.alice, clients, FORM)
    contacts.reassign(firm.operator, [clients[0]], firm.user_ids["bruno"], "essai")
    work(firm)
    assert statements(firm, clients[1:]) == [1, 1]
    assert reporting.statement_batches(firm.alice)["refused"].to_list() == [1]


def test_nobody_and_another_advisers_client_are_refused(firm, clients):
    with pytest.raises(InvalidInputError, match="Choisissez"):
        reporting.request_statements(firm.alice, [], FORM)
    with pytest.raises(NotFoundError):
        reporting.request_statements(firm.bruno, clients, FORM)
    with pytest.raises(NotFoundError):
        reporting.request_statements(firm.alice, clients, StatementForm("999"))
