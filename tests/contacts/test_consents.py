"""What a contact accepted to receive: the last word holds, none is rewritten."""

from datetime import date, timedelta

import pytest

from o2s_core import contacts
from o2s_core.contacts import ConsentForm
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from tests import kit


@pytest.fixture
def anne(firm):
    return kit.person(firm.alice)


def test_nobody_accepted_before_being_asked(firm, anne):
    assert contacts.consent(firm.alice, anne) is None


def test_the_last_word_holds_with_its_proof_and_who_noted_it(firm, anne):
    day = date(2026, 3, 2)
    contacts.record_consent(firm.alice, anne, ConsentForm(given_on=day, proof="Lettre de mission"))
    said = contacts.consent(firm.alice, anne)
    assert (said.form.given, said.form.proof) == (True, "Lettre de mission")
    assert (said.recorded_by, said.recorded_at) == ("alice", firm.operator.now)
    contacts.record_consent(
        firm.alice, anne, ConsentForm(given=False, given_on=day + timedelta(days=1))
    )
    assert not contacts.consent(firm.alice, anne).form.given


def test_a_word_of_before_noted_late_does_not_undo_the_last_one(firm, anne):
    contacts.record_consent(firm.alice, anne, ConsentForm(given=False, given_on=date(2026, 5, 1)))
    contacts.record_consent(firm.alice, anne, ConsentForm(given_on=date(2026, 4, 1)))
    assert not contacts.consent(firm.alice, anne).form.given


def test_each_purpose_is_its_own(firm, anne):
    contacts.record_consent(firm.alice, anne, ConsentForm(given_on=date(2026, 5, 1)))
    assert contacts.consent(firm.alice, anne, purpose="offers") is None


@pytest.mark.parametrize(
    ("form", "why"),
    [
        (ConsentForm(), "Veuillez renseigner : Recueilli le"),
        (ConsentForm(given_on=date(2030, 1, 1)), "dans l'avenir"),
        (ConsentForm(channel="fax", given_on=date(2026, 1, 1)), "choisissez une valeur"),
    ],
)
def test_a_word_without_a_day_or_to_come_is_refused(firm, anne, form, why):
    with pytest.raises(InvalidInputError, match=why):
        contacts.record_consent(firm.alice, anne, form)


def test_another_adviser_s_client_is_not_found(firm, anne):
    with pytest.raises(NotFoundError):
        contacts.consent(firm.bruno, anne)
    with pytest.raises(NotFoundError):
        contacts.record_consent(firm.bruno, anne, ConsentForm(given_on=date(2026, 1, 1)))
