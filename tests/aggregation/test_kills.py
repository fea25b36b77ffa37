"""A process is killed at any moment: what is stored stays true, and going on gives the same end."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from o2s_core import aggregation, portfolio, store
from o2s_core.aggregation.models import Delivery
from o2s_core.aggregation.replaying.fingerprint import fingerprint
from o2s_core.kernel.context import Place
from tests import kit
from tests.conftest import ON_POSTGRES
from tests.kit import documents as doc

PROCESS = Path(__file__).with_name("killable_process.py")
ACCOUNTS = 40
#: The last word that the process says before its end -> shares of its time at which it is killed.
FEW = (("ready", 0.5), ("read", 0.4), ("read", 0.8))
MANY = tuple(
    (word, (n + 0.5) / count) for word, count in (("ready", 14), ("read", 26)) for n in range(count)
)

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="each kill is on a copy of one SQLite home")


@pytest.fixture
def file(firm, tmp_path):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    path = tmp_path / "assureur.json"
    accounts = [
        doc.holding(f"A{n}", movements=[doc.moved(net=str(n))]) for n in range(1, ACCOUNTS + 1)
    ]
    path.write_bytes(doc.document(*accounts))
    store.close(firm.place)
    return path


def copy(firm, tmp_path, name):
    """A context on a copy of the firm's home."""
    there = tmp_path / name / "home"
    shutil.copytree(firm.place.home, there)
    shutil.copy(firm.place.key_path, tmp_path / name / "home.key")
    place = Place(there, f"sqlite:///{there / 'o2s.sqlite3'}")
    return replace(firm.operator, place=place, versions=store.versions(place, 1))


def started(ctx, *words):
    environment = os.environ | {
        "O2S_HOME": str(ctx.place.home), "O2S_DATABASE_URL": ctx.place.database_url,
        "O2S_TODAY": ctx.today.isoformat(),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, str(PROCESS), *map(str, words)], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def timed(process, *words):
    """How long an unbroken run takes from each word on: to the next one, and to its end."""
    at = {}
    for line in process.stdout:
        if line.strip() in words:
            at[line.strip()] = time.monotonic()
    assert process.wait() == 0
    ends = [*list(at.values())[1:], time.monotonic()]
    return {word: end - at[word] for word, end in zip(words, ends, strict=True)}


def killed(process, word, seconds):
    """Kill a process some time after it has said a word."""
    assert any(line.strip() == word for line in process.stdout)
    time.sleep(seconds)
    process.kill()
    process.wait()
    process.stdout.close()


def resumed(ctx, file):
    """Go on as the worker does, and receive again what had not been archived."""
    aggregation.resume(ctx)
    with store.reading(ctx) as session:
        known = session.exec(select(Delivery.id)).all()
    if not known:
        aggregation.receive(ctx, file, contact="C00001")
    return len(known)


def assert_sound(ctx):
    findings = store.check(ctx, portfolio.INVARIANTS)
    assert findings.ok, findings.found


def killed_at(firm, tmp_path, file, moments):
    whole = copy(firm, tmp_path, "whole")
    lasts = timed(started(whole, "receive", file), "ready", "read")
    expected = fingerprint(whole).hash
    for n, (word, share) in enumerate(moments):
        ctx = copy(firm, tmp_path, f"kill-{n}")
        killed(started(ctx, "receive", file), word, share * lasts[word])
        assert_sound(ctx)
        assert resumed(ctx, file) in {0, 1}
        assert fingerprint(ctx).hash == expected, f"{word} + {share:.2f}"
        assert_sound(ctx)
        assert store.verify_audit(ctx).ok
        store.close(ctx.place)
        shutil.rmtree(ctx.place.home)
    store.close(whole.place)


def test_a_killed_import_goes_on_to_the_same_end(firm, tmp_path, file):
    """69: at a few moments."""
    killed_at(firm, tmp_path, file, FEW)


@pytest.mark.slow
def test_an_import_killed_forty_times_goes_on_to_the_same_end(firm, tmp_path, file):
    """69: at moments spread over the whole of it."""
    assert len(MANY) == 40
    killed_at(firm, tmp_path, file, MANY)


def owned(ctx):
    """What every client owns, read from the published copies."""
    rows = portfolio.assets_by_contact(ctx).rows()
    assert rows
    return sorted(rows, key=repr)


def publishing_killed(firm, tmp_path, file, shares):
    ctx = copy(firm, tmp_path, "published")
    aggregation.receive(ctx, file, contact="C00001")
    store.publish_dirty(ctx, portfolio.PROJECTIONS)
    ctx = replace(ctx, versions=store.versions(ctx.place, 1))
    before = owned(ctx)
    lasts = timed(started(ctx, "publish"), "ready")["ready"]
    for share in shares:
        killed(started(ctx, "publish"), "ready", share * lasts)
        assert_sound(ctx)
        now = replace(ctx, versions=store.versions(ctx.place, 1))
        assert owned(now) == before, "what is read is whole at any moment"
        store.publish_dirty(now, portfolio.PROJECTIONS)
        assert not store.dirty_parts(now, portfolio.PROJECTIONS[0].name)
        assert owned(now) == before
    assert_sound(ctx)
    store.close(ctx.place)


def test_a_killed_publication_leaves_the_published_figures_whole(firm, tmp_path, file):
    publishing_killed(firm, tmp_path, file, (0.5,))


@pytest.mark.slow
def test_a_publication_killed_forty_times_leaves_the_published_figures_whole(firm, tmp_path, file):
    publishing_killed(firm, tmp_path, file, [(n + 0.5) / 40 for n in range(40)])
