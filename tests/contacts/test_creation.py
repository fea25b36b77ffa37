"""Adding a contact is quick, and says everything that is wrong at once."""

from o2s_core import contacts
from o2s_core.contacts import ContactForm
from tests import kit


def someone(**facts) -> ContactForm:
    return ContactForm(**({"last_name": "Durand", "first_name": "Léa"} | facts))


def test_a_prospect_needs_a_name_and_an_adviser_only(firm):
    """S-004"""
    made = contacts.add_contact(firm.alice, someone())
    card = contacts.contact(firm.alice, made.file_code)
    assert (card.name, card.stage, card.adviser_id) == (
        "Durand Léa",
        "prospect",
        firm.alice.user_id,
    )
    assert card.completeness == 1


def test_file_codes_follow_each_other_and_skip_those_taken(firm):
    kit.person(firm.alice, file_code="C00002")
    codes = [contacts.add_contact(firm.alice, someone(first_name=f)).file_code for f in "ABC"]
    assert codes == ["C00001", "C00003", "C00004"]
