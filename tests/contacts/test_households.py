"""A household is a set of people, each with a role."""

import pytest

from o2s_core import contacts
from o2s_core.contacts import HouseholdForm
from o2s_core.kernel.errors import InvalidInputError, StaleEditError
from tests import kit


@pytest.fixture
def family(firm):
    a = firm.alice
    return {n: kit.person(a, "Martin", n) for n in ("Anne", "Paul", "Zoé")}


def saved(firm, *members, **more):
    return contacts.save_household(
        firm.alice, HouseholdForm("Foyer Martin", tuple(members)), **more
    )


def test_a_household_has_a_file_and_members_in_order(firm, family):
    home = saved(
        firm, (family["Zoé"], "child"), (family["Paul"], "spouse"), (family["Anne"], "head")
    )
    assert home.file_code == "F00001"
    people = contacts.members(firm.alice, home.id)
    assert [(m.name, m.role) for m in people] == [
        ("Martin Anne", "head"),
        ("Martin Paul", "spouse"),
        ("Martin Zoé", "child"),
    ]
    assert contacts.households_of(firm.alice, family["Zoé"]) == (home,)
    assert contacts.history(firm.alice, family["Zoé"])["action"].to_list() == ["Foyer"]


def test_members_leave_and_change_roles(firm, family):
    home = saved(firm, (family["Anne"], "head"), (family["Paul"], "spouse"))
    version = contacts.contact_by_id(firm.alice, home.id).version
    saved(firm, (family["Anne"], "head"), (family["Zoé"], "child"),
          household_id=home.id, expected_version=version)  # fmt: skip
    assert [m.id for m in contacts.members(firm.alice, home.id)] == [family["Anne"], family["Zoé"]]


@pytest.mark.parametrize(
    ("story", "roles", "message"),
    [
        ("nobody", [], "Membres du foyer"),
        ("two heads", [("Anne", "head"), ("Paul", "head")], "Un seul membre"),
        ("the same person twice", [("Anne", "head"), ("Anne", "child")], "qu'une fois"),
        ("an unknown role", [("Anne", "cousin")], "Rôle inconnu"),
    ],
)
def test_refused(firm, family, story, roles, message):
    with pytest.raises(InvalidInputError, match=message):
        saved(firm, *((family[n], role) for n, role in roles))


def test_a_person_heads_one_household_but_a_child_may_have_two(firm, family):
    saved(firm, (family["Anne"], "head"), (family["Zoé"], "child"))
    other = kit.person(firm.alice, "Petit", "Luc")
    saved(firm, (other, "head"), (family["Zoé"], "child"))
    with pytest.raises(InvalidInputError, match="déjà tête de foyer"):
        saved(firm, (family["Anne"], "spouse"))
    assert len(contacts.households_of(firm.alice, family["Zoé"])) == 2


def test_a_member_outside_the_perimeter_is_a_name_and_stays(firm, family):
    stranger = kit.person(firm.bruno, "Secret", "Luc")
    home = kit.household(firm.alice, family["Anne"], stranger)
    outsider = contacts.members(firm.alice, home)[1]
    assert (outsider.name, outsider.inside) == ("Secret Luc", False)
    version = contacts.contact_by_id(firm.alice, home).version
    saved(firm, (family["Anne"], "head"), household_id=home, expected_version=version)
    assert len(contacts.members(firm.alice, home)) == 2


def test_a_stale_household_is_refused_whole(firm, family):
    home = saved(firm, (family["Anne"], "head"))
    version = contacts.contact_by_id(firm.alice, home.id).version
    renamed = HouseholdForm("Foyer Martin-Petit", ((family["Anne"], "head"),))
    contacts.save_household(firm.alice, renamed, household_id=home.id, expected_version=version)
    with pytest.raises(StaleEditError):
        saved(firm, (family["Paul"], "head"), household_id=home.id, expected_version=version)
    assert [m.id for m in contacts.members(firm.alice, home.id)] == [family["Anne"]]
