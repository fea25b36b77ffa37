"""What comes back is asked for once per turn, whoever watches the clock."""

from datetime import timedelta
from threading import Thread

from o2s_core import store
from tests.kit.firm import NOW

HOUR = timedelta(hours=1)


def asked(firm):
    return [job.kind for job in store.jobs(firm.operator)]


def plan(firm, now):
    return store.plan_due(firm.place, lambda: now)


def run(firm):
    store.run_due(firm.place, {"inbox": lambda work: None}, lambda: NOW + timedelta(days=9))


def test_it_is_asked_for_at_each_turn(firm):
    store.recur(firm.operator, "inbox", HOUR)
    for hours in range(3):
        plan(firm, NOW + hours * HOUR)
        run(firm)
    assert asked(firm) == ["inbox"] * 3


def test_it_is_not_asked_for_before_its_turn(firm):
    store.recur(firm.operator, "inbox", HOUR, first_at=NOW + HOUR)
    assert plan(firm, NOW) == 0
    assert plan(firm, NOW + HOUR) == 1


def test_turns_that_were_slept_through_are_one(firm):
    store.recur(firm.operator, "inbox", HOUR)
    plan(firm, NOW + 10 * HOUR + timedelta(minutes=5))
    assert asked(firm) == ["inbox"]
    assert store.recurrences(firm.operator)[0].next_at == NOW + 11 * HOUR


def test_a_job_still_waiting_is_not_asked_for_again(firm):
    store.recur(firm.operator, "inbox", HOUR)
    plan(firm, NOW)
    plan(firm, NOW + HOUR)
    assert asked(firm) == ["inbox"]


def test_two_workers_ask_once(firm):
    store.recur(firm.operator, "inbox", HOUR)
    threads = [Thread(target=plan, args=(firm, NOW)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked(firm) == ["inbox"]


def test_a_new_pace_keeps_the_next_turn(firm):
    store.recur(firm.operator, "inbox", HOUR, first_at=NOW + HOUR)
    store.recur(firm.operator, "inbox", 2 * HOUR)
    (row,) = store.recurrences(firm.operator)
    assert (row.every_seconds, row.next_at) == (7200, NOW + HOUR)
