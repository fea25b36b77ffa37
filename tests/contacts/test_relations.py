"""Two contacts are related once, and each side reads it its own way."""

import pytest

from o2s_core import contacts
from o2s_core.contacts import RelationForm
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from tests import kit


@pytest.fixture
def pair(firm) -> tuple[int, int]:
    return kit.person(firm.alice, "Martin", "Anne"), kit.person(firm.alice, "Martin", "Zoé")


def test_a_child_of_one_is_a_parent_for_the_other(firm, pair):
    anne, zoe = pair
    made = contacts.save_relation(firm.alice, RelationForm(anne, zoe, "child"))
    assert contacts.relations(firm.alice, anne)["relation"].to_list() == ["Enfant"]
    assert contacts.relations(firm.alice, zoe)["relation"].to_list() == ["Parent"]
    assert contacts.save_relation(firm.alice, RelationForm(zoe, anne, "parent")) == made


def test_a_relation_is_taken_back(firm, pair):
    made = contacts.save_relation(firm.alice, RelationForm(*pair, "spouse"))
    contacts.delete_relation(firm.alice, made)
    assert contacts.relations(firm.alice, pair[0]).is_empty()


@pytest.mark.parametrize("kind", ["nothing", "spouse"])
def test_a_relation_must_make_sense(firm, pair, kind):
    other = pair[0] if kind == "spouse" else pair[1]
    with pytest.raises(InvalidInputError):
        contacts.save_relation(firm.alice, RelationForm(pair[0], other, kind))


def test_a_colleague_neither_reads_nor_ends_it(firm, pair):
    made = contacts.save_relation(firm.alice, RelationForm(*pair, "spouse"))
    with pytest.raises(NotFoundError):
        contacts.relations(firm.bruno, pair[0])
    with pytest.raises(NotFoundError):
        contacts.delete_relation(firm.bruno, made)
