"""A file is changed by one person at a time, and remembers what changed."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from o2s_core import contacts, store
from o2s_core.contacts import ContactForm
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from o2s_core.kernel.permissions import Permission
from o2s_core.store.audit import AuditEvent
from tests import kit

COMPLETE = ContactForm(
    stage="client",
    civility="mme",
    last_name="Durand",
    first_name="Léa",
    birth_date=date(1970, 5, 2),
    birth_place="Lyon",
    nationality="FR",
    tax_country="FR",
    marital_status="single",
    profession="Pharmacienne",
    pep="no",
    us_person="no",
    email="lea@essai.fr",
)


@pytest.fixture
def card(firm):
    made = contacts.add_contact(firm.alice, COMPLETE)
    return contacts.contact_by_id(firm.alice, made.id)


def without(ctx, *permissions):
    return replace(ctx, permissions=ctx.permissions - set(permissions))


def test_a_complete_client_lacks_nothing(card):
    assert (card.completeness, card.missing) == (1, ())
    assert (card.title, card.age) == ("Mme Léa Durand", 56)


def test_an_edit_is_saved_and_written_in_the_history(firm, card):
    """S-004"""
    contacts.edit_contact(
        firm.alice, card.id, replace(card.form, profession="Médecin"), card.version
    )
    after = contacts.contact_by_id(firm.alice, card.id)
    assert (after.form.profession, after.version) == ("Médecin", card.version + 1)
    last = contacts.history(firm.alice, card.id).row(0, named=True)
    assert (last["field"], last["before"], last["after"], last["actor"]) == (
        "Profession",
        "Pharmacienne",
        "Médecin",
        "alice",
    )


def test_codes_and_days_are_readable_in_the_history(firm, card):
    changed = replace(card.form, marital_status="divorced", birth_date=date(1971, 6, 3))
    contacts.edit_contact(firm.alice, card.id, changed, card.version)
    said = contacts.history(firm.alice, card.id).select("field", "before", "after").rows()
    assert ("Situation familiale", "Célibataire", "Divorcé(e)") in said
    assert ("Date de naissance", "02/05/1970", "03/06/1971") in said


def test_saving_without_change_changes_nothing(firm, card):
    contacts.edit_contact(firm.alice, card.id, card.form, card.version)
    assert contacts.contact_by_id(firm.alice, card.id).version == card.version


def test_a_stale_edit_is_refused_and_says_what_differs(firm, card):
    contacts.edit_contact(firm.alice, card.id, replace(card.form, profession="Juge"), card.version)
    mine = replace(card.form, profession="Notaire")
    with pytest.raises(StaleEditError) as refused:
        contacts.edit_contact(firm.alice, card.id, mine, card.version)
    (change,) = refused.value.changes
    assert (change.label, change.stored, change.typed) == ("Profession", "Juge", "Notaire")
    assert contacts.contact_by_id(firm.alice, card.id).form.profession == "Juge"


def test_a_clients_mandatory_fields_may_not_be_emptied(firm, card):
    """S-121"""
    emptied = replace(card.form, nationality="", pep="", email="")
    with pytest.raises(InvalidInputError) as refused:
        contacts.edit_contact(firm.alice, card.id, emptied, card.version)
    assert str(refused.value) == (
        "Veuillez renseigner : Nationalité, Personne politiquement exposée, E-mail (ou téléphone)."
    )


def test_an_incomplete_client_is_kept_on_request_but_never_a_wrong_one(firm, card):
    emptied = replace(card.form, nationality="")
    contacts.edit_contact(firm.alice, card.id, emptied, card.version, incomplete=True)
    after = contacts.contact_by_id(firm.alice, card.id)
    assert after.missing == ("Nationalité",)
    with pytest.raises(InvalidInputError, match="Nom"):
        contacts.edit_contact(
            firm.alice, card.id, replace(after.form, last_name=""), after.version, incomplete=True
        )


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("prospect", "client", True),
        ("client", "former", True),
        ("former", "client", True),
        ("client", "prospect", False),
        ("former", "prospect", False),
        ("prospect", "ami", False),
    ],
)
def test_stages_follow_each_other(firm, before, after, allowed):
    """S-003, S-004: the sales relation starts with a prospect who becomes a client."""
    one = contacts.contact_by_id(firm.alice, kit.person(firm.alice, stage=before))
    if allowed:
        contacts.change_stage(firm.alice, one.id, after, one.version)
        assert contacts.contact_by_id(firm.alice, one.id).stage == after
        assert contacts.history(firm.alice, one.id)["action"][0] == "Changement de type"
    else:
        with pytest.raises(InvalidInputError, match="ne peut pas devenir"):
            contacts.change_stage(firm.alice, one.id, after, one.version)


def test_sensitive_facts_are_neither_shown_nor_lost_without_the_right(firm, card):
    discreet = without(firm.alice, Permission.CONTACT_SENSITIVE)
    seen = contacts.contact_by_id(discreet, card.id)
    assert (seen.form.pep, seen.form.us_person) == ("", "")
    assert seen.missing == ()
    contacts.edit_contact(discreet, card.id, replace(seen.form, profession="Juge"), seen.version)
    assert contacts.contact_by_id(firm.alice, card.id).form.pep == "no"


def test_a_person_has_an_age_and_a_state(firm):
    child = kit.person(firm.alice, birth_date=date(2015, 1, 1))
    late = kit.person(firm.alice, birth_date=date(1940, 1, 1), death_date=date(2020, 6, 1))
    ward = kit.person(firm.alice, birth_date=date(1950, 1, 1), legal_capacity="guardianship")
    cards = [contacts.contact_by_id(firm.alice, i) for i in (child, late, ward)]
    assert [c.age for c in cards] == [11, 80, 76]
    assert [c.is_minor for c in cards] == [True, False, False]
    assert [c.is_deceased for c in cards] == [False, True, False]
    assert [c.is_protected for c in cards] == [False, False, True]


def test_contacts_change_adviser_together_or_not_at_all(firm):
    both = [kit.person(firm.alice), kit.person(firm.alice, "Petit")]
    bruno = firm.user_ids["bruno"]
    everybody = replace(firm.operator, user_id=firm.user_ids["manager"])
    with pytest.raises(NotFoundError):
        contacts.reassign(everybody, [*both, 99999], bruno, "Départ")
    assert len(contacts.find(firm.alice, "m")) == 1
    assert contacts.reassign(everybody, both, bruno, "Départ en retraite") == 2
    assert contacts.find(firm.alice, "petit") == ()
    assert len(contacts.find(firm.bruno, "petit")) == 1
    assert contacts.history(firm.bruno, both[0])["action"][0] == "Changement de conseiller"


def test_the_reason_of_another_adviser_stays_in_the_file_and_out_of_the_audit_log(firm):
    person = kit.person(firm.alice)
    manager = replace(firm.operator, user_id=firm.user_ids["manager"])
    contacts.reassign(manager, [person], firm.user_ids["bruno"], "Divorce difficile")
    told = contacts.history(firm.bruno, person).filter(field="Motif")
    assert told["after"].to_list() == ["Divorce difficile"]
    with store.reading(firm.operator) as session:
        (entry,) = session.exec(select(AuditEvent).where(AuditEvent.action == "reassign")).all()
    assert str(firm.user_ids["bruno"]) in entry.change
    assert "Divorce" not in entry.change


def test_changing_adviser_needs_a_reason_and_the_right(firm, card):
    with pytest.raises(InvalidInputError, match="Motif"):
        contacts.reassign(firm.operator, [card.id], firm.user_ids["bruno"], " ")
    plain = without(firm.operator, Permission.CONTACT_REASSIGN)
    moved = replace(card.form, adviser_id=firm.user_ids["bruno"])
    with pytest.raises(PermissionDeniedError):
        contacts.reassign(plain, [card.id], firm.user_ids["bruno"], "Départ")
    with pytest.raises(PermissionDeniedError):
        contacts.edit_contact(plain, card.id, moved, card.version)


def test_an_archived_contact_leaves_the_lists_and_comes_back(firm, card):
    assert contacts.archive(firm.alice, [card.id]) == 1
    assert contacts.archive(firm.alice, [card.id]) == 0
    assert contacts.find(firm.alice, "durand") == ()
    assert contacts.contact_by_id(firm.alice, card.id).archived_at is not None
    assert contacts.restore(firm.alice, [card.id]) == 1
    assert len(contacts.find(firm.alice, "durand")) == 1


def test_a_contact_entered_by_mistake_is_deleted(firm, card):
    kit.household(firm.alice, card.id, kit.person(firm.alice))
    contacts.delete_contact(firm.alice, card.id, card.version)
    with pytest.raises(NotFoundError):
        contacts.contact_by_id(firm.alice, card.id)


def test_a_holder_is_archived_rather_than_deleted(firm, card):
    kit.account(firm.alice, kit.provider(firm.alice), [card.id])
    with pytest.raises(InvalidInputError, match="Archivez-le"):
        contacts.delete_contact(firm.alice, card.id, card.version)
    assert contacts.contact_by_id(firm.alice, card.id).name == "Durand Léa"


def test_one_save_is_one_version_however_many_facts_it_changes(firm):
    """Who takes an edit back later recognises the file by its version."""
    anne = kit.person(firm.alice, file_code="ONE1", email="avant@exemple.fr")
    contacts.save_reach(firm.alice, anne, contacts.ReachForm("phone", "+33478112233", "work"))
    card = contacts.contact(firm.alice, "ONE1")
    form = replace(card.form, email="apres@exemple.fr", profession="Notaire")
    contacts.edit_contact(firm.alice, anne, form, card.version, incomplete=True)
    assert contacts.contact(firm.alice, "ONE1").version == card.version + 1
