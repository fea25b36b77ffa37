"""A button pressed twice creates once."""

import threading

from sqlmodel import select

from o2s_core import store
from o2s_core.contacts.models import Contact
from tests import kit


def create(ctx, key, name="Durand"):
    with store.tx(ctx) as tx:
        return store.idempotent(tx, key, lambda: kit.person(ctx, name))


def count(ctx):
    with store.reading(ctx) as session:
        return len(session.exec(select(Contact)).all())


def test_the_same_key_returns_what_was_made_first(firm):
    assert create(firm.alice, "k") == create(firm.alice, "k")
    assert count(firm.alice) == 1


def test_without_key_each_press_creates(firm):
    assert create(firm.alice, None) != create(firm.alice, None)


def test_a_creation_that_failed_can_be_asked_again(firm):
    def fail():
        raise ValueError

    try:
        with store.tx(firm.alice) as tx:
            store.idempotent(tx, "k", fail)
    except ValueError:
        pass
    create(firm.alice, "k")
    assert count(firm.alice) == 1


def test_ten_presses_at_once_create_once(firm):
    made = []
    threads = [
        threading.Thread(target=lambda: made.append(create(firm.alice, "k"))) for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 10
    assert len(set(made)) == 1
    assert count(firm.alice) == 1
