"""A process may die at any step, or two may come at once: nothing is half done, nothing twice."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from o2s_core import aggregation, portfolio, store
from o2s_core.aggregation.models import Delivery
from o2s_core.contacts import scope
from tests import kit
from tests.aggregation.receiving_process import POINTS
from tests.kit import documents as doc
from tests.kit.facts import facts

PROCESS = Path(__file__).with_name("receiving_process.py")


def command(firm, file, point):
    return [sys.executable, str(PROCESS), str(firm.place.home), str(file), point]


def environment(firm):
    import os

    return os.environ | {"O2S_DATABASE_URL": firm.place.database_url}


@pytest.fixture
def file(firm, tmp_path):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    path = tmp_path / "assureur.json"
    accounts = [doc.holding(f"A{n}", movements=[doc.moved(net=str(n))]) for n in (1, 2, 3)]
    path.write_bytes(doc.document(*accounts))
    return path


def assert_whole(firm):
    ctx = firm.fresh(firm.operator)
    held = portfolio.holdings(ctx, scope(ctx, "contact", "C00001"), ctx.today)
    assert held.total_eur == Decimal("3000.00")
    assert sorted(m[5] for m in facts(ctx)[1]) == [1, 2, 3]
    with store.reading(ctx) as session:
        (delivery,) = session.exec(select(Delivery).where(Delivery.state != "duplicate")).all()
    assert delivery.state == "committed"
    assert (delivery.situations_new, delivery.movements_new) == (3, 3)


@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_at_any_step_is_resumed_to_the_same_end(firm, file, point):
    """69: killed, then the worker goes on; then the file comes again."""
    died = subprocess.run(command(firm, file, point), env=environment(firm), check=False)
    assert died.returncode == -9
    held, _ = facts(firm.operator)
    assert len(held) in {0, 1, 3}, "an account is whole, or not there"
    aggregation.resume(firm.operator)
    aggregation.receive(firm.operator, file, contact="C00001")
    assert_whole(firm)


def test_two_processes_that_receive_the_same_file_give_one_delivery(firm, file):
    """68."""
    both = [
        subprocess.Popen(command(firm, file, "end"), env=environment(firm), stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    said = sorted(p.communicate(timeout=120)[0].decode().strip() for p in both)
    assert said == ["committed", "duplicate"]
    assert_whole(firm)
