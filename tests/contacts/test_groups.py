"""A named group gathers contacts beyond a household."""

import pytest

from o2s_core import contacts
from o2s_core.contacts import GROUPS, GroupForm
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, StaleEditError
from tests import kit


@pytest.fixture
def pair(firm):
    return kit.person(firm.alice, "Martin"), kit.company(firm.alice, "SCI des Lilas")


def test_a_group_is_made_listed_and_opened(firm, pair):
    made = contacts.save_group(firm.alice, GroupForm("Famille Martin", pair))
    listed = contacts.groups(firm.alice)
    assert listed.schema == GROUPS
    assert listed.select("name", "members").rows() == [("Famille Martin", 2)]
    card = contacts.group(firm.alice, made.id)
    assert [m.id for m in card.members] == list(pair)
    assert contacts.groups_of(firm.alice, pair[0]) == (made,)


def test_a_group_needs_a_name_and_members(firm):
    with pytest.raises(InvalidInputError, match="Nom du regroupement, Membres"):
        contacts.save_group(firm.alice, GroupForm(" "))


def test_two_groups_may_not_share_a_name(firm, pair):
    contacts.save_group(firm.alice, GroupForm("Famille", pair))
    with pytest.raises(InvalidInputError, match="existe déjà"):
        contacts.save_group(firm.alice, GroupForm("Famille", pair))
    assert contacts.groups(firm.alice).height == 1


def test_members_come_and_go_outsiders_stay(firm, pair):
    stranger = kit.person(firm.bruno, "Secret")
    made = kit.group(firm.alice, pair[0], stranger)
    card = contacts.group(firm.alice, made)
    contacts.save_group(
        firm.alice, GroupForm("Famille", (pair[1],)), group_id=made, expected_version=card.version
    )
    assert {m.id for m in contacts.group(firm.alice, made).members} == {pair[1], stranger}


def test_a_stale_group_is_refused(firm, pair):
    made = contacts.save_group(firm.alice, GroupForm("Famille", pair))
    version = contacts.group(firm.alice, made.id).version
    contacts.save_group(
        firm.alice, GroupForm("Autre", pair), group_id=made.id, expected_version=version
    )
    with pytest.raises(StaleEditError):
        contacts.save_group(
            firm.alice, GroupForm("Mien", pair), group_id=made.id, expected_version=version
        )


def test_deleting_a_group_keeps_its_members(firm, pair):
    made = contacts.save_group(firm.alice, GroupForm("Famille", pair))
    contacts.delete_group(firm.alice, made.id, contacts.group(firm.alice, made.id).version)
    with pytest.raises(NotFoundError):
        contacts.group(firm.alice, made.id)
    assert contacts.contact_by_id(firm.alice, pair[0]).name == "Martin Anne"
