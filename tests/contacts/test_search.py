"""The quick search of contacts: any writing finds, a colleague's client keeps its secrets."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2s_core import contacts
from o2s_core.kernel.errors import PermissionDeniedError
from tests import kit


@pytest.fixture
def directory(firm):
    """Three clients of alice, one of bruno."""
    alice = firm.alice
    kit.person(
        alice,
        "Lefèvre-Dubois",
        "Zoé",
        file_code="QUI1",
        phone="+33612345678",
        email="zoe@exemple.fr",
        client_number="CL-77",
    )
    kit.person(alice, "Martin", "Anne", file_code="MAR2")
    kit.person(alice, "Dumartin", "Luc", file_code="LUC3")
    kit.person(firm.bruno, "Martinez", "Paul", file_code="SEC9", phone="+33699999999")
    return firm


def found(ctx, text, **asked):
    return [(c.name, c.file_code) for c in contacts.search_contacts(ctx, text, **asked)]


@pytest.mark.parametrize(
    "typed",
    [
        "lefev", "LEFÈVRE", "dubois zoé", "  zoe   lefevre ", "qui1", "QUI1",
        "06 12 34 56 78", "06.12.34.56.78", "+33 6 12 34 56 78", "345678",
    ],
)  # fmt: skip
def test_a_name_a_code_or_a_telephone_in_any_writing_finds(directory, typed):
    """S-104, S-105, S-106: by name, by file code, by telephone."""
    assert found(directory.alice, typed) == [("Lefèvre-Dubois Zoé", "QUI1")]


def test_an_exact_code_comes_before_a_name_that_begins_so_before_one_that_holds_it(firm):
    kit.person(firm.alice, "Dumartin", "Luc", file_code="L1")
    kit.person(firm.alice, "Martin", "Anne", file_code="L2")
    kit.person(firm.alice, "Zola", "Martin", file_code="L3")
    assert [code for _, code in found(firm.alice, "martin")] == ["L2", "L3", "L1"]
    kit.person(firm.alice, "L2bis", "Homonyme", file_code="A0")
    assert [code for _, code in found(firm.alice, "l2")] == ["L2", "A0"]


@pytest.mark.parametrize("typed", ["mratin", "marin", "maartin", "martyn"])
def test_one_slip_of_the_finger_still_finds(firm, typed):
    kit.person(firm.alice, "Martin", "Anne", file_code="MAR2")
    assert found(firm.alice, typed) == [("Martin Anne", "MAR2")]
    assert found(firm.alice, "zorglub") == []


def test_who_is_added_is_found_with_a_slip_at_once(firm):
    assert found(firm.alice, "berthelto") == []
    kit.person(firm.alice, "Berthelot", "Jean", file_code="BER1")
    assert found(firm.fresh(firm.alice), "berthelto") == [("Berthelot Jean", "BER1")]


def test_a_colleague_s_client_shows_a_name_and_an_adviser_and_leads_nowhere(directory):
    names = contacts.search_contacts(directory.alice, "martin")
    assert [(c.name, c.file_code) for c in names] == [
        ("Martin Anne", "MAR2"), ("Dumartin Luc", "LUC3"), ("Martinez Paul", ""),
    ]  # fmt: skip
    secret = names[-1]
    assert secret.adviser
    assert (secret.birth_date, secret.stage, secret.archived) == (None, "", False)


@pytest.mark.parametrize("typed", ["0699999999", "SEC9", "sec", "aul", "ma"])
def test_nothing_but_a_name_reaches_beyond_the_perimeter(directory, typed):
    assert "Martinez Paul" not in [name for name, _ in found(directory.alice, typed)]


def test_archived_files_answer_only_when_asked(firm):
    kit.person(firm.alice, "Ancien", "Jules", file_code="OLD1", archived_at=firm.alice.now)
    assert found(firm.alice, "ancien") == []
    assert found(firm.alice, "ancien", archived=True) == [("Ancien Jules", "OLD1")]


def test_every_telephone_and_e_mail_of_a_contact_finds_it(firm):
    who = kit.person(firm.alice, "Martin", "Anne", file_code="MAR2", phone="+33612345678")
    contacts.save_reach(firm.alice, who, contacts.ReachForm("phone", "+33478112233", "work"))
    contacts.save_reach(firm.alice, who, contacts.ReachForm("email", "anne@bureau.fr"))
    for typed in ("04 78 11 22 33", "06 12 34 56 78", "anne@bureau.fr"):
        assert found(firm.alice, typed) == [("Martin Anne", "MAR2")]
    contacts.remove_reach(firm.alice, who, "phone", "+33478112233")
    assert found(firm.alice, "04 78 11 22 33") == []


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_text_and_nothing_else(directory, typed):
    answers = contacts.search_contacts(directory.alice, typed.replace("\x00", ""), limit=3)
    assert len(answers) <= 3
    assert all(c.file_code or c.name.startswith("Martinez") for c in answers)


@pytest.mark.parametrize("typed", ["%", "_", "%%", "__", "' or 1=1 --", "\\", "/"])
def test_wildcards_are_letters(directory, typed):
    assert found(directory.alice, typed) == []


def test_it_needs_the_right_to_read_contacts(firm):
    with pytest.raises(PermissionDeniedError):
        contacts.search_contacts(replace(firm.alice, permissions=frozenset()), "martin")
