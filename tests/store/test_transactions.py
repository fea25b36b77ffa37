"""A verb is one transaction: everything it did, or nothing."""

import pytest
from sqlmodel import select

from o2s_core import store
from o2s_core.contacts.models import Contact
from o2s_core.kernel.errors import StaleEditError
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


def test_an_inner_verb_that_fails_takes_back_its_own_work_only(firm):
    with store.tx(firm.alice) as tx:
        kit.person(firm.alice, "Durand")
        with pytest.raises(ValueError, match="trop tard"), store.tx(firm.alice) as inner:
            kit.person(firm.alice, "Petit")
            inner.audit("create", "contact", 2)
            raise ValueError("trop tard")
        assert tx.entries == []
    assert names(firm.alice) == ["Durand"]


def test_an_edit_based_on_an_old_reading_is_refused(firm):
    person = kit.person(firm.alice, "Durand")
    with store.reading(firm.alice) as session:
        old = session.get(Contact, person)
    with store.tx(firm.alice) as tx:
        tx.session.get(Contact, person).last_name = "Petit"
    with pytest.raises(StaleEditError), store.tx(firm.alice) as tx:
        tx.session.add(old)
        old.last_name = "Grand"
    assert names(firm.alice) == ["Petit"]


def test_an_edit_is_numbered_and_stamped(firm):
    person = kit.person(firm.alice, "Durand")
    with store.tx(firm.alice) as tx:
        tx.session.get(Contact, person).last_name = "Petit"
    with store.tx(firm.bruno) as tx:
        tx.session.get(Contact, person).first_name = "Jean"
    with store.reading(firm.alice) as session:
        edited = session.get(Contact, person)
    assert edited.version == 3
    assert (edited.created_by, edited.updated_by) == (firm.alice.user_id, firm.bruno.user_id)


def test_a_reading_asks_once_what_cannot_change_and_a_write_asks_again(firm):
    asked = []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    with store.reading(firm.alice):
        assert store.remembered(firm.alice, "how many", ask) == 1
        assert store.remembered(firm.bruno, "how many", ask) == 1
        with store.tx(firm.alice):
            assert store.remembered(firm.alice, "how many", ask) == 2
    assert store.remembered(firm.alice, "how many", ask) == 3
