"""A scope says whose holdings are added up, each person once."""

import pytest

from o2s_core import contacts
from o2s_core.kernel.errors import InvalidInputError
from tests import kit


def test_a_person_is_a_scope_of_one(firm):
    me = kit.person(firm.alice, stage="prospect", file_code="P1")
    found = contacts.scope(firm.alice, "contact", "p1")
    assert (found.kind, found.stage, found.member_ids) == ("person", "prospect", (me,))


def test_a_household_is_reached_by_its_code_or_by_a_member(firm):
    a, b = kit.person(firm.alice, file_code="P1"), kit.person(firm.alice, "Paul")
    home = kit.household(firm.alice, a, b, file_code="F1")
    for kind, code in (("contact", "F1"), ("household", "F1"), ("household", "P1")):
        found = contacts.scope(firm.alice, kind, code)
        assert (found.kind, found.id, found.member_ids) == ("household", home, (a, b))


def test_who_has_no_household_or_several_is_told(firm):
    a = kit.person(firm.alice, file_code="P1")
    with pytest.raises(InvalidInputError, match="aucun foyer"):
        contacts.scope(firm.alice, "household", "P1")
    kit.household(firm.alice, kit.person(firm.alice), a)
    kit.household(firm.alice, kit.person(firm.alice), a)
    with pytest.raises(InvalidInputError, match="plusieurs foyers"):
        contacts.scope(firm.alice, "household", "P1")


def test_a_group_counts_a_person_once_even_with_the_household(firm):
    a, b = kit.person(firm.alice), kit.person(firm.alice, "Paul", stage="prospect")
    home = kit.household(firm.alice, a, b)
    made = kit.group(firm.alice, a, home, kit.company(firm.alice))
    found = contacts.scope(firm.alice, "group", made)
    assert len(found.member_ids) == 3
    assert set(found.member_ids) >= {a, b}
    assert (found.kind, found.stage, found.file_code) == ("group", "client", None)


def test_a_member_outside_the_perimeter_is_named_and_not_counted(firm):
    a, stranger = kit.person(firm.alice), kit.person(firm.bruno, "Secret")
    kit.household(firm.alice, a, stranger, file_code="F1")
    found = contacts.scope(firm.alice, "contact", "F1")
    assert found.member_ids == (a,)
    assert [m.name for m in found.outside] == ["Secret Anne"]
