"""An adviser sees his own clients; another's, and nobody, read the same."""

import pytest

from o2s_core import contacts
from o2s_core.contacts import GroupForm, HouseholdForm
from o2s_core.kernel.errors import NotFoundError
from tests import kit


@pytest.fixture
def theirs(firm):
    """A client, a household and a group of Bruno."""
    person = kit.person(firm.bruno, "Secret", file_code="B1")
    return {
        "person": person,
        "household": kit.household(firm.bruno, person, file_code="B2"),
        "group": kit.group(firm.bruno, person, name="Groupe secret"),
    }


def test_lists_and_counters_stop_at_the_perimeter(firm, theirs):
    kit.person(firm.alice, "Martin")
    mine = contacts.contact_list(firm.alice)
    assert mine.rows["name"].to_list() == ["Martin"]
    assert (mine.total, mine.counters["all"], mine.counters["household"]) == (1, 1, 0)
    assert contacts.find(firm.alice, "secret") == ()
    assert contacts.groups(firm.alice).is_empty()


QUESTIONS = [
    lambda ctx, ids: contacts.contact_by_id(ctx, ids["person"]),
    lambda ctx, ids: contacts.history(ctx, ids["person"]),
    lambda ctx, ids: contacts.households_of(ctx, ids["person"]),
    lambda ctx, ids: contacts.groups_of(ctx, ids["person"]),
    lambda ctx, ids: contacts.members(ctx, ids["household"]),
    lambda ctx, ids: contacts.group(ctx, ids["group"]),
    lambda ctx, ids: contacts.scope(ctx, "group", ids["group"]),
    lambda ctx, ids: contacts.edit_contact(ctx, ids["person"], contacts.ContactForm(), 1),
    lambda ctx, ids: contacts.change_stage(ctx, ids["person"], "former", 1),
    lambda ctx, ids: contacts.archive(ctx, [ids["person"]]),
    lambda ctx, ids: contacts.delete_contact(ctx, ids["person"], 1),
    lambda ctx, ids: contacts.delete_group(ctx, ids["group"], 1),
    lambda ctx, ids: contacts.save_group(
        ctx, GroupForm("Pris", (ids["person"],)), group_id=ids["group"], expected_version=1
    ),
    lambda ctx, ids: contacts.save_household(
        ctx, HouseholdForm("Pris", ((ids["person"], "head"),))
    ),
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_not_yours_and_does_not_exist_answer_alike(firm, theirs, question):
    absent = {"person": 999_999, "household": 999_998, "group": 999_997}
    with pytest.raises(NotFoundError) as foreign:
        question(firm.alice, theirs)
    with pytest.raises(NotFoundError) as nowhere:
        question(firm.alice, absent)
    blurred = [
        str(error.value).translate(str.maketrans("0123456789", "##########")).replace("#", "")
        for error in (foreign, nowhere)
    ]
    assert blurred[0] == blurred[1]


@pytest.mark.parametrize("kind", ["contact", "household"])
def test_a_foreign_file_code_opens_no_scope(firm, theirs, kind):
    with pytest.raises(NotFoundError):
        contacts.scope(firm.alice, kind, "B1")
    with pytest.raises(NotFoundError):
        contacts.contact(firm.alice, "B2")


def test_a_name_is_all_that_is_given_of_somebody_elses_client(firm, theirs):
    assert contacts.names_of(firm.alice, [theirs["person"], 999_999]) == {
        theirs["person"]: "Secret Anne"
    }
