"""Adding a contact is quick, and says everything that is wrong at once."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from o2s_core import contacts, store
from o2s_core.contacts import ContactForm, PossibleDuplicateError
from o2s_core.contacts.models import Contact
from o2s_core.kernel.errors import InvalidInputError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from tests import kit


def someone(**facts) -> ContactForm:
    return ContactForm(**({"last_name": "Durand", "first_name": "Léa"} | facts))


def how_many(firm) -> int:
    with store.reading(firm.operator) as session:
        return len(session.exec(select(Contact.id)).all())


def test_a_prospect_needs_a_name_and_an_adviser_only(firm):
    """S-004, S-060"""
    made = contacts.add_contact(firm.alice, someone())
    card = contacts.contact(firm.alice, made.file_code)
    assert (card.name, card.stage, card.adviser_id) == (
        "Durand Léa",
        "prospect",
        firm.alice.user_id,
    )
    assert (card.completeness, card.missing) == (1, ())


def test_everything_missing_is_named_at_once(firm):
    """S-121"""
    with pytest.raises(InvalidInputError) as refused:
        contacts.add_contact(firm.alice, ContactForm(email="lea", birth_date=date(2030, 1, 1)))
    message = str(refused.value)
    assert message.startswith("Veuillez renseigner : Nom, Prénom.")
    assert "E-mail : adresse e-mail invalide" in message
    assert "Date de naissance : la date doit être passée." in message
    assert how_many(firm) == 0


def test_a_client_may_be_created_in_a_hurry_and_the_file_says_what_it_lacks(firm):
    made = contacts.add_contact(firm.alice, someone(stage="client", email="lea@essai.fr"))
    card = contacts.contact(firm.alice, made.file_code)
    assert card.completeness < 1
    assert "Civilité" in card.missing
    assert "Nationalité" in card.missing
    assert "E-mail (ou téléphone)" not in card.missing


def test_a_married_client_needs_a_regime(firm):
    made = contacts.add_contact(firm.alice, someone(stage="client", marital_status="married"))
    assert "Régime matrimonial" in contacts.contact(firm.alice, made.file_code).missing


def test_a_company_has_a_legal_name_and_a_valid_siren(firm):
    with pytest.raises(InvalidInputError, match="Raison sociale"):
        contacts.add_contact(firm.alice, ContactForm(kind="company"))
    with pytest.raises(InvalidInputError, match="SIREN invalide"):
        contacts.add_contact(
            firm.alice, ContactForm(kind="company", legal_name="SCI", siren="123456789")
        )
    made = contacts.add_contact(
        firm.alice, ContactForm(kind="company", legal_name="SCI Lilas", siren="732 829 320")
    )
    assert contacts.contact_by_id(firm.alice, made.id).form.siren == "732829320"


def test_what_is_typed_is_tidied(firm):
    made = contacts.add_contact(
        firm.alice,
        someone(last_name="  de  la Tour ", email="Lea@Essai.FR", phone="06 12 34 56 78"),
    )
    form = contacts.contact_by_id(firm.alice, made.id).form
    assert (form.last_name, form.email, form.phone) == (
        "de la Tour",
        "lea@essai.fr",
        "+33612345678",
    )


def test_file_codes_follow_each_other_and_skip_those_taken(firm):
    kit.person(firm.alice, file_code="C00002")
    codes = [contacts.add_contact(firm.alice, someone(first_name=f)).file_code for f in "ABC"]
    assert codes == ["C00001", "C00003", "C00004"]


def test_a_file_code_is_used_once_in_the_firm(firm):
    contacts.add_contact(firm.bruno, someone(file_code="dur-01"))
    with pytest.raises(InvalidInputError, match="« DUR-01 » est déjà utilisé"):
        contacts.add_contact(firm.alice, someone(file_code="DUR-01"))


def test_the_same_click_twice_adds_one_contact(firm):
    first = contacts.add_contact(firm.alice, someone(), key="clic")
    again = contacts.add_contact(firm.alice, someone(), key="clic")
    assert (first.id, how_many(firm)) == (again.id, 1)


def test_the_same_person_twice_is_warned_then_allowed(firm):
    known = someone(birth_date=date(1970, 5, 2))
    contacts.add_contact(firm.alice, known)
    with pytest.raises(PossibleDuplicateError, match="même date de naissance") as warned:
        contacts.add_contact(firm.alice, replace(known, last_name="Durant"))
    assert warned.value.found[0].contact.name == "Durand Léa"
    contacts.add_contact(firm.alice, known, confirm_duplicates=True)
    assert how_many(firm) == 2


def test_a_couple_may_share_an_address_after_a_warning(firm):
    contacts.add_contact(firm.alice, someone(email="famille@essai.fr"))
    husband = someone(first_name="Paul", email="famille@essai.fr")
    with pytest.raises(PossibleDuplicateError, match="même e-mail"):
        contacts.add_contact(firm.alice, husband)
    contacts.add_contact(firm.alice, husband, confirm_duplicates=True)


@pytest.mark.parametrize(
    ("story", "other", "alike"),
    [
        ("an accent", {"last_name": "Dùrand"}, True),
        ("names the other way round", {"last_name": "Léa", "first_name": "Durand"}, True),
        ("one letter", {"last_name": "Durant"}, True),
        ("another person born the same day", {"last_name": "Nguyen", "first_name": "Minh"}, False),
        ("a homonym born another day", {"birth_date": date(1970, 5, 3)}, False),
    ],
)
def test_alike(firm, story, other, alike):
    contacts.add_contact(firm.alice, someone(birth_date=date(1970, 5, 2)))
    typed = someone(**({"birth_date": date(1970, 5, 2)} | other))
    assert bool(contacts.duplicates(firm.alice, typed)) is alike, story


def test_a_colleagues_client_is_never_revealed_as_a_duplicate(firm):
    contacts.add_contact(firm.bruno, someone(email="lea@essai.fr"))
    assert contacts.duplicates(firm.alice, someone(email="lea@essai.fr")) == ()


def test_an_adviser_may_not_create_for_a_colleague(firm):
    with pytest.raises(InvalidInputError, match="conseiller de votre périmètre"):
        contacts.add_contact(firm.alice, someone(adviser_id=firm.user_ids["bruno"]))


def test_the_command_line_may_leave_the_adviser_open(firm):
    made = contacts.add_contact(firm.operator, someone())
    assert contacts.contact_by_id(firm.operator, made.id).adviser_id is None
    assert contacts.find(firm.alice, "durand") == ()


def test_reading_does_not_let_one_write(firm):
    reader = replace(firm.alice, permissions=frozenset({Permission.CONTACT_READ}))
    with pytest.raises(PermissionDeniedError):
        contacts.add_contact(reader, someone())


def test_creation_leaves_one_audit_line_without_personal_data(firm):
    from o2s_core.store.audit import AuditEvent

    contacts.add_contact(firm.alice, someone(email="lea@essai.fr"))
    with store.reading(firm.alice) as session:
        lines = session.exec(select(AuditEvent)).all()
    assert [(line.action, line.entity) for line in lines] == [("create", "contact")]
    assert "Durand" not in lines[0].change
