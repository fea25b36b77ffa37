"""The list and the file agree on what a client's file lacks."""

from dataclasses import replace
from datetime import date

import pytest

from o2s_core import contacts
from o2s_core.contacts import ContactFilter
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.contacts.test_edition import COMPLETE

EMPTIED = [
    {},
    {"civility": ""},
    {"birth_date": None},
    {"birth_place": ""},
    {"nationality": ""},
    {"marital_status": "married"},
    {"marital_status": "married", "matrimonial_regime": "separation"},
    {"email": ""},
    {"email": "", "phone": "+33612345678"},
    {"profession": ""},
    {"birth_date": date(2019, 1, 1), "legal_capacity": "minor", "profession": "", "email": ""},
    {"pep": ""},
    {"us_person": ""},
    {"stage": "prospect", "pep": "", "nationality": ""},
]


@pytest.mark.parametrize("facts", EMPTIED)
@pytest.mark.parametrize("sensitive", [True, False])
def test_list_and_file_agree_about_a_person(firm, facts, sensitive):
    made = contacts.add_contact(firm.alice, replace(COMPLETE, **facts))
    agree(firm, made.id, sensitive)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"siren": ""},
        {"siren": "", "legal_form": "association"},
        {"siren": "", "tax_country": "BE"},
        {"legal_form": ""},
        {"email": ""},
    ],
)
def test_list_and_file_agree_about_a_company(firm, facts):
    known = {"siren": "732829320", "legal_form": "sci", "tax_country": "FR", "us_person": "no"}
    made = kit.company(firm.alice, **(known | {"email": "sci@essai.fr"} | facts))
    agree(firm, made, sensitive=True)


def agree(firm, contact_id, sensitive):
    hidden = set() if sensitive else {Permission.CONTACT_SENSITIVE}
    ctx = replace(firm.alice, permissions=firm.alice.permissions - hidden)
    lacking = contacts.contact_by_id(ctx, contact_id).missing
    listed = contacts.contact_list(ctx, ContactFilter(view="incomplete"))
    assert (listed.counters["incomplete"], listed.total) == (bool(lacking), bool(lacking)), lacking
