"""A network firm is taken over within minutes and bounded memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import func, select

from o2s_core import store
from o2s_core.store import AuditEvent

PROCESS = Path(__file__).with_name("large_process.py")


def taken_over(firm, clients):
    """Done by a process of its own, whose memory is its own."""
    done = subprocess.run(
        [sys.executable, str(PROCESS), str(firm.place.home), str(clients)],
        env=os.environ | {"O2S_DATABASE_URL": firm.place.database_url},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert (told["state"], told["errors"]) == ("done", 0)
    assert told["done"] == told["units"] == clients // 2
    return told


def lines(firm):
    with store.reading(firm.fresh(firm.operator)) as session:
        return session.exec(select(func.count()).select_from(AuditEvent)).one()


def test_a_batch_of_clients_is_a_few_lines_of_audit(firm):
    before = lines(firm)
    taken_over(firm, 60)
    assert lines(firm) - before < 30, "sixty clients, a hundred and eighty accounts"


@pytest.mark.slow
def test_twenty_thousand_clients_are_taken_over_within_minutes(firm):
    """20,000 clients, 60,000 accounts, 500,000 movements."""
    told = taken_over(firm, 20_000)
    assert told["rehearsal"] < 120, told
    assert told["import"] < 300, told
    assert told["peak_mb"] < 1_500, told
    print(told)
