"""Several programs work on one store; one killed at any moment loses nothing it acknowledged."""

import random
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from sqlmodel import func, select

from o2s_core import store
from o2s_core.contacts.models import Contact
from o2s_core.store.segments import live
from tests import kit

ROOT = Path(__file__).parents[2]


def start(firm, verb, actor="w", first=1):
    command = [sys.executable, "-m", "tests.store.writing_process", verb]
    arguments = [firm.place.home, firm.place.database_url, actor, str(first)]
    return subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def acknowledged_until_killed(process, seconds):
    """Return the numbers that the program acknowledged before it was killed."""
    said = [process.stdout.readline()]  # it works now
    time.sleep(seconds)
    process.kill()
    said += process.communicate()[0].split("\n")[:-1]  # a line without its end was not said
    return [int(line) for line in said]


def saved(firm):
    with store.reading(firm.operator) as session:
        codes = session.exec(select(Contact.file_code)).all()
        lines = session.exec(select(func.count()).select_from(store.AuditEvent)).one()
    return {code for code in codes if code.startswith("P")}, lines


def kill_while_saving(firm, times):
    moments, first = random.Random(7), 1
    for _ in range(times):
        said = acknowledged_until_killed(start(firm, "save", first=first), moments.uniform(0, 0.3))
        codes, lines = saved(firm)
        assert {f"P{n}-w-{rank}" for n in said for rank in "ab"} <= codes
        assert len(codes) == 2 * lines == 2 * store.versions(firm.place, 1)["contacts"]
        first = lines + 1
    assert store.check(firm.operator).found == ()


def kill_while_publishing(firm, times):
    moments, last = random.Random(7), 0
    for _ in range(times):
        process = start(firm, "publish", first=last + 1)
        said = acknowledged_until_killed(process, moments.uniform(0, 0.3))
        (segment,) = live(firm.operator, "quotes")
        rows = pl.read_parquet(store.segments(firm.operator, "quotes")[0])
        assert (rows.height, rows["number"].n_unique()) == (20_000, 1)
        assert segment.rows == 20_000
        assert said[-1] <= rows["number"][0] <= said[-1] + 1
        last = rows["number"][0]
    assert store.check(firm.operator).found == ()


def test_a_program_killed_while_saving_loses_nothing_it_acknowledged(firm):
    kill_while_saving(firm, 2)


def test_a_program_killed_while_publishing_leaves_one_whole_part(firm):
    kill_while_publishing(firm, 2)


@pytest.mark.slow
def test_twenty_kills_while_saving(firm):
    kill_while_saving(firm, 20)


@pytest.mark.slow
def test_twenty_kills_while_publishing(firm):
    kill_while_publishing(firm, 20)


def test_two_programs_write_while_a_third_reads(firm):
    writers = [start(firm, "save", actor) for actor in ("one", "two")]
    publisher = start(firm, "publish")
    for process in (*writers, publisher):
        process.stdout.readline()
    until, reads = time.monotonic() + 1, 0
    while time.monotonic() < until:
        codes, lines = saved(firm)
        assert len(codes) % 2 == 0
        numbers = pl.read_parquet(store.segments(firm.operator, "quotes")[0])["number"]
        assert (len(numbers), numbers.n_unique()) == (20_000, 1)
        kit.person(firm.alice)
        reads += 1
    for process in (*writers, publisher):
        process.kill()
        process.communicate()
    codes, lines = saved(firm)
    assert len(codes) == 2 * lines
    assert {code.split("-")[1] for code in codes} == {"one", "two"}
    assert store.verify_audit(firm.operator).ok
    assert reads
