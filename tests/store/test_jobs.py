"""Long work is taken by one worker, tried again when it breaks, and never lost."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

from o2s_core import store
from o2s_core.kernel.errors import FeedError, InvalidInputError, NotFoundError
from o2s_core.store import worker
from tests.kit.firm import NOW


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def pass_(self, **duration):
        self.now += timedelta(**duration)


@pytest.fixture
def clock():
    return Clock()


def run(firm, clock, handler, **more):
    return store.run_due(firm.place, {"import": handler}, clock, **more)


def test_a_job_is_done_and_its_answer_kept(firm, clock):
    asked = store.enqueue(firm.alice, "import", {"delivery": 7})
    assert run(firm, clock, lambda work: {"rows": work.payload["delivery"] * 2}) == 1
    done = store.job(firm.alice, asked)
    assert (done.state, done.result, done.created_by) == (
        "done",
        '{"rows":14}',
        firm.alice.user_id,
    )
    assert run(firm, clock, lambda work: None) == 0


def test_a_job_asked_twice_with_one_key_is_asked_once(firm):
    one = store.enqueue(firm.alice, "import", {}, key="k")
    assert store.enqueue(firm.alice, "import", {}, key="k") == one
    assert store.enqueue(firm.alice, "import", {}) != one


def test_a_job_of_a_write_that_failed_does_not_exist(firm):
    with pytest.raises(KeyboardInterrupt), store.tx(firm.alice):
        asked = store.enqueue(firm.alice, "import", {})
        raise KeyboardInterrupt
    with pytest.raises(NotFoundError):
        store.job(firm.alice, asked)


def test_a_job_waits_for_its_time(firm, clock):
    store.enqueue(firm.alice, "import", {}, run_at=NOW + timedelta(hours=1))
    assert run(firm, clock, lambda work: None) == 0
    clock.pass_(hours=1)
    assert run(firm, clock, lambda work: None) == 1


def test_a_kind_that_nobody_handles_waits(firm, clock):
    asked = store.enqueue(firm.alice, "mailing", {})
    assert run(firm, clock, lambda work: None) == 0
    assert store.job(firm.alice, asked).state == "queued"


def test_an_incident_is_tried_again_later_then_given_up(firm, clock):
    asked = store.enqueue(firm.alice, "import", {})
    seen = []

    def broken(work):
        seen.append(work.attempt)
        raise ZeroDivisionError

    run(firm, clock, broken)
    waiting = store.job(firm.alice, asked)
    assert (waiting.state, waiting.run_at) == ("queued", NOW + worker.FIRST_WAIT)
    assert "référence" in waiting.message
    for _ in range(10):
        clock.pass_(hours=5)
        run(firm, clock, broken)
    assert seen == [1, 2, 3, 4, 5]
    assert store.job(firm.alice, asked).state == "failed"


def test_a_refusal_is_final_and_said(firm, clock):
    asked = store.enqueue(firm.alice, "import", {})

    def refuse(work):
        raise FeedError("Fichier vide.")

    run(firm, clock, refuse)
    assert (store.job(firm.alice, asked).state, store.job(firm.alice, asked).message) == (
        "failed",
        "Fichier vide.",
    )


def test_progress_is_on_screen_while_it_works(firm, clock):
    asked = store.enqueue(firm.alice, "import", {})
    seen = []

    def half(work):
        work.progress(1, 2, "Moitié")
        seen.append(store.job(firm.alice, asked).progress)

    run(firm, clock, half)
    assert seen == [0.5]


def test_a_running_job_stops_when_asked(firm, clock):
    asked = store.enqueue(firm.alice, "import", {})
    steps = []

    def slow(work):
        for step in range(10):
            work.progress(step, 10)
            steps.append(step)
            if step == 3:
                store.cancel_job(firm.alice, asked)

    run(firm, clock, slow)
    assert steps == [0, 1, 2, 3]
    assert store.job(firm.alice, asked).state == "cancelled"
    with pytest.raises(InvalidInputError):
        store.cancel_job(firm.alice, asked)


def test_a_waiting_job_is_cancelled_at_once(firm, clock):
    asked = store.enqueue(firm.alice, "import", {})
    store.cancel_job(firm.alice, asked)
    assert run(firm, clock, lambda work: None) == 0


def test_a_job_whose_worker_died_is_taken_over(firm, clock):
    asked = store.enqueue(firm.alice, "import", {})
    worker._claim(firm.place, clock, ("import",))  # and dies here
    assert run(firm, clock, lambda work: None) == 0
    clock.pass_(minutes=3)
    assert run(firm, clock, lambda work: {"attempt": work.attempt}) == 1
    assert store.job(firm.alice, asked).result == '{"attempt":2}'


def test_a_worker_that_lost_its_job_writes_nothing_more(firm, clock):
    asked = store.enqueue(firm.alice, "import", {})
    first = worker._claim(firm.place, clock, ("import",))
    clock.pass_(minutes=3)
    run(firm, clock, lambda work: {"by": "second"})
    worker._end(first, "failed", message="trop tard")
    with pytest.raises(store.JobCancelledError):
        first.progress(1, 2)
    assert store.job(firm.alice, asked).state == "done"


def test_a_job_that_always_kills_its_worker_is_given_up(firm, clock):
    asked = store.enqueue(firm.alice, "import", {})
    for _ in range(worker.ATTEMPTS):
        worker._claim(firm.place, clock, ("import",))
        clock.pass_(minutes=3)
    run(firm, clock, lambda work: pytest.fail("taken again"))
    assert store.job(firm.alice, asked).state == "failed"


def test_several_workers_never_take_the_same_job(firm, clock):
    asked = [store.enqueue(firm.alice, "import", {}) for _ in range(30)]
    done = []
    threads = [
        Thread(target=run, args=(firm, clock, lambda work: done.append(work.id))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == asked


def test_old_jobs_are_forgotten(firm, clock):
    store.enqueue(firm.alice, "import", {})
    run(firm, clock, lambda work: None)
    later = replace(firm.alice, now=NOW + timedelta(days=40))
    assert store.purge_jobs(later, timedelta(days=30)) == 1
    assert store.jobs(later) == []
