"""The process that forks one child for each file: what it gives, and what it survives."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from o2s_core.kernel import standby
from o2s_core.kernel.standby import Standby


@pytest.fixture(scope="module")
def asked():
    return Standby()


def told(folder):
    """The process of the child and of its parent, and the bytes it held."""
    return [int(word) for word in (folder / "result").read_text().split()]


def run(asked, folder: Path, order="tell"):
    folder.mkdir(exist_ok=True)
    (folder / "order").write_text(order)
    child = asked.child("tests.kernel.apart", folder)
    assert child.ended(60)
    child.end()
    return child


def test_each_file_has_a_process_of_its_own_and_they_share_a_parent(asked, tmp_path):
    first, second = run(asked, tmp_path / "a"), run(asked, tmp_path / "b")
    assert (first.returncode, second.returncode) == (0, 0)
    pid, parent, _ = told(tmp_path / "a")
    assert pid == first.pid != second.pid
    assert parent == told(tmp_path / "b")[1] != os.getpid()


def test_no_secret_of_the_application_passes(monkeypatch, tmp_path):
    monkeypatch.setenv("O2S_KEY", "hush")
    run(Standby(), tmp_path / "a")
    assert "hush" not in (tmp_path / "a" / "environment").read_text()


def test_a_child_that_fails_says_so_and_the_next_one_is_well(asked, tmp_path):
    assert run(asked, tmp_path / "a", "fail").returncode == 1
    assert run(asked, tmp_path / "b", "die").returncode == -signal.SIGSEGV
    assert run(asked, tmp_path / "c").returncode == 0


def test_the_memory_that_a_child_held_is_known_after_its_end(asked, tmp_path):
    small, large = run(asked, tmp_path / "a"), run(asked, tmp_path / "b", "eat")
    assert large.peak - small.peak > 90_000_000


def test_a_child_that_is_not_waited_for_is_killed(asked, tmp_path):
    (tmp_path / "order").write_text("sleep")
    child = asked.child("tests.kernel.apart", tmp_path)
    assert not child.ended(0.05)
    child.end()
    assert child.returncode == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


def test_children_run_beside_each_other(asked, tmp_path):
    (tmp_path / "order").write_text("sleep")
    waiting = asked.child("tests.kernel.apart", tmp_path)
    many = [
        threading.Thread(target=run, args=(asked, tmp_path / str(n)), daemon=True) for n in range(8)
    ]
    for thread in many:
        thread.start()
    for thread in many:
        thread.join(60)
    assert len({told(tmp_path / str(n))[0] for n in range(8)}) == 8
    assert not waiting.ended(0)
    waiting.end()


def test_when_the_process_that_forks_was_killed_another_takes_its_place(tmp_path):
    asked = Standby()
    run(asked, tmp_path / "a")
    gone = told(tmp_path / "a")[1]
    os.kill(gone, signal.SIGKILL)
    assert run(asked, tmp_path / "b").returncode == 0
    assert told(tmp_path / "b")[1] != gone


def test_when_the_application_is_gone_so_are_the_others(tmp_path):
    asked = Standby()
    (tmp_path / "order").write_text("sleep")
    child = asked.child("tests.kernel.apart", tmp_path)
    parent = asked._process
    asked._control.close()
    assert parent.wait(20) == 0
    assert child.ended(20)
    assert child.returncode == -signal.SIGKILL


def test_it_leaves_when_nothing_comes_for_long(monkeypatch):
    ours, theirs = standby.socket.socketpair()
    monkeypatch.setattr(standby, "IDLE", 0.01)
    started = time.monotonic()
    standby.Parent(theirs).serve()
    assert time.monotonic() - started < 5
    ours.close()
    theirs.close()
