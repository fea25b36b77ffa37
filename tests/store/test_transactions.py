"""A verb is one transaction: everything it did, or nothing."""

import pytest
from sqlmodel import select

from o2s_core import store
from o2s_core.contacts.models import Contact
from tests import kit


def names(ctx):
    with store.reading(ctx) as session:
        return sorted(session.exec(select(Contact.last_name)).all())


def test_an_inner_verb_joins_the_outer_one(firm):
    with store.tx(firm.alice) as outer, store.tx(firm.alice) as inner:
        assert inner is outer


def test_a_stopped_script_leaves_nothing(firm):
    with pytest.raises(KeyboardInterrupt), store.tx(firm.alice):
        kit.person(firm.alice, "Durand")
        raise KeyboardInterrupt
    assert names(firm.alice) == []


def test_an_outer_write_steps_each_data_set_once(firm):
    before = store.versions(firm.place, 1).get("contacts", 0)
    with store.tx(firm.alice):
        kit.person(firm.alice, "Durand")
        kit.person(firm.alice, "Petit")
    assert store.versions(firm.place, 1)["contacts"] == before + 1
