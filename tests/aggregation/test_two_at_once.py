"""Two processes import at once: nothing is lost, torn or doubled, whoever comes first."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from o2s_core import aggregation, portfolio, store
from o2s_core.aggregation import committing
from o2s_core.aggregation.models import Delivery
from o2s_core.portfolio.models import Account
from tests import kit
from tests.kit import documents as doc
from tests.kit.facts import facts

PROCESS = Path(__file__).with_name("receiving_process.py")
#: What both files say of October, and what each says alone.
SHARED = [doc.moved(net="7", trade_on="2026-09-30"), doc.moved(net="7", trade_on="2026-09-30")]
#: Where the first is stopped, outside and inside its writes, while the second runs.
STOPS = ("after_reading", "between_batches", "inside_commit", "before_the_end")
HELD = ("inside_commit", "before_the_end")  #: inside a write: the second waits for its end


@pytest.fixture
def files(firm, tmp_path):
    """Two months of one insurer: A2 and A3 are in both, with two movements of the same day."""
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    made = []
    for name, numbers, as_of, own in (
        ("septembre.json", (1, 2, 3), "2026-09-30", "2026-09-01"),
        ("octobre.json", (2, 3, 4), "2026-10-31", "2026-10-05"),
    ):
        moves = [*SHARED, doc.moved(net="50", trade_on=own)]
        accounts = [doc.holding(f"A{n}", as_of=as_of, movements=moves) for n in numbers]
        made.append(tmp_path / name)
        made[-1].write_bytes(doc.document(*accounts))
    return made


def started(firm, file, point="end"):
    return subprocess.Popen(
        [sys.executable, str(PROCESS), str(firm.place.home), str(file), point],
        env=os.environ | {"O2S_DATABASE_URL": firm.place.database_url},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process):
    said, wrong = process.communicate("\n", timeout=240)
    assert process.returncode == 0, wrong
    return said.split("\n")[-1].strip()


def assert_whole(firm):
    """The facts of both files, once each, whatever the order."""
    ctx = firm.fresh(firm.operator)
    held, moved = facts(ctx)
    with store.reading(ctx) as session:
        numbers = {a.id: a.number for a in session.exec(select(Account)).all()}
    assert sorted(numbers.values()) == ["A1", "A2", "A3", "A4"]
    days = {n: sorted(s[1] for s in held if numbers[s[0]] == n) for n in numbers.values()}
    september, october = date(2026, 9, 30), date(2026, 10, 31)
    assert days == {
        "A1": [september], "A2": [september, october], "A3": [september, october], "A4": [october],
    }  # fmt: skip
    nets = {n: sorted(m[5] for m in moved if numbers[m[0]] == n) for n in numbers.values()}
    assert nets == {
        "A1": [7, 7, 50], "A2": [7, 7, 50, 50], "A3": [7, 7, 50, 50], "A4": [7, 7, 50],
    }  # fmt: skip
    assert store.check(ctx, portfolio.INVARIANTS).ok
    assert store.verify_audit(ctx).ok
    with store.reading(ctx) as session:
        assert set(session.exec(select(Delivery.state)).all()) <= {"committed", "superseded"}


def crossed(firm, files, stop):
    first = started(firm, files[0], f"wait:{stop}")
    assert first.stdout.readline().strip() == "here"
    second = started(firm, files[1])
    if stop not in HELD:
        assert ended(second) == "committed"
    assert ended(first) in {"committed", "here"}
    if stop in HELD:
        assert ended(second) == "committed"
    assert_whole(firm)


def test_an_import_passes_another_that_stands_between_reading_and_writing(firm, files):
    """68: both have the same accounts to open; the second opens them first."""
    crossed(firm, files, "after_reading")


@pytest.mark.slow
@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("turned", [False, True])
def test_two_files_cross_wherever_the_first_stands(firm, files, stop, turned):
    crossed(firm, files[::-1] if turned else files, stop)


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(6))
def test_two_files_race_freely(firm, files, turn):
    both = [started(firm, file) for file in (files if turn % 2 else files[::-1])]
    assert [ended(process) for process in both] == ["committed", "committed"]
    assert_whole(firm)


def test_an_account_opened_meanwhile_by_another_delivery_is_taken_as_it_is(
    firm, files, monkeypatch
):
    """The second file is received whole while the first stands before its commit."""
    whole, past = committing._commit, []

    def late(*args):
        if not past:
            past.append(True)
            aggregation.receive(firm.operator, files[1], contact="C00001")
        return whole(*args)

    monkeypatch.setattr(committing, "_commit", late)
    report = aggregation.receive(firm.operator, files[0], contact="C00001")
    assert report.state in {"committed", "superseded"}
    assert_whole(firm)


def test_the_command_says_that_a_file_is_already_there(firm, files, terminal):
    first = terminal("feed", "receive", files[0], "--contact", "C00001")
    again = terminal("feed", "receive", files[0], "--contact", "C00001")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "Ce fichier a déjà été reçu le" in again.output
    assert "rien n'a changé" in again.output
