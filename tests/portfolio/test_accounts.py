"""Accounts are opened, edited, deleted and given to their real holders [Portefeuille > Comptes]."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from o2s_core import contacts, portfolio
from o2s_core.kernel.context import Perimeter
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import AccountForm, HolderShare
from tests import kit

OPENED = date(2020, 1, 15)


@pytest.fixture
def anne(firm):
    return kit.person(firm.alice, file_code="MARTIN")


@pytest.fixture
def insurer(firm):
    return kit.provider(firm.alice)


def form(contact, provider, **changes) -> AccountForm:
    values = {
        "label": "Horizon Vie",
        "number": "77.41-A",
        "envelope": "assurance_vie",
        "provider_id": provider,
        "opened_on": OPENED,
    }
    return AccountForm.sole(contact, **(values | changes))


def test_an_account_is_added_and_listed(firm, anne, insurer):
    """S-049."""
    ref = portfolio.add_account(firm.alice, form(anne, insurer))
    scope = contacts.scope(firm.alice, "contact", "MARTIN")
    row = portfolio.accounts(firm.alice, scope).row(0, named=True)
    assert (row["account_id"], row["label"], row["envelope_label"]) == (
        ref.id, "Horizon Vie", "Assurance-vie",
    )  # fmt: skip
    assert row["holders"] == "Martin Anne"


def test_every_missing_field_is_named_at_once(firm, anne):
    empty = AccountForm("", "", "", 0, (), currency="")
    with pytest.raises(InvalidInputError) as refused:
        portfolio.add_account(firm.alice, empty)
    for label in ("Intitulé", "Numéro", "Enveloppe", "Titulaires et droits", "Devise"):
        assert label in str(refused.value)
    assert "Date d'ouverture" in str(refused.value)


def test_the_number_is_unique_at_its_provider_whatever_its_punctuation(firm, anne, insurer):
    portfolio.add_account(firm.alice, form(anne, insurer))
    with pytest.raises(InvalidInputError, match="existe déjà"):
        portfolio.add_account(firm.alice, form(anne, insurer, number="77 41 a"))
    elsewhere = kit.provider(firm.alice, "banque", "Banque d'essai")
    portfolio.add_account(firm.alice, form(anne, elsewhere, number="77 41 a"))


def test_a_button_pressed_twice_opens_one_account(firm, anne, insurer):
    first = portfolio.add_account(firm.alice, form(anne, insurer), key="k1")
    again = portfolio.add_account(firm.alice, form(anne, insurer), key="k1")
    assert first == again


def test_an_account_is_edited(firm, anne, insurer):
    """S-050."""
    ref = portfolio.add_account(firm.alice, form(anne, insurer))
    before = portfolio.account(firm.alice, ref.id)
    wanted = form(anne, insurer, label="Horizon Vie 2", management="mandate")
    portfolio.edit_account(firm.alice, ref.id, wanted, before.version)
    after = portfolio.account(firm.alice, ref.id)
    assert (after.label, after.management, after.version) == (
        "Horizon Vie 2", "mandate", before.version + 1,
    )  # fmt: skip


def test_a_stale_edit_is_refused_with_what_changed(firm, anne, insurer):
    ref = portfolio.add_account(firm.alice, form(anne, insurer))
    opened = portfolio.account(firm.alice, ref.id).version
    portfolio.edit_account(firm.alice, ref.id, form(anne, insurer, label="Un"), opened)
    with pytest.raises(StaleEditError) as refused:
        portfolio.edit_account(firm.alice, ref.id, form(anne, insurer, label="Deux"), opened)
    assert [(c.label, c.stored, c.typed) for c in refused.value.changes] == [
        ("Intitulé", "Un", "Deux")
    ]
    assert portfolio.account(firm.alice, ref.id).label == "Un"


def test_other_holders_or_another_opening_date_ask_for_a_reason(firm, anne, insurer):
    marc = kit.person(firm.alice, "Martin", "Marc")
    ref = portfolio.add_account(firm.alice, form(anne, insurer))
    version = portfolio.account(firm.alice, ref.id).version
    joint = replace(
        form(anne, insurer),
        holders=(HolderShare(anne, Decimal("0.5")), HolderShare(marc, Decimal("0.5"))),
    )
    for wanted in (joint, form(anne, insurer, opened_on=date(2019, 1, 1))):
        with pytest.raises(InvalidInputError, match="motif"):
            portfolio.edit_account(firm.alice, ref.id, wanted, version)
    portfolio.edit_account(firm.alice, ref.id, joint, version, reason="Mariage")
    assert [h.share for h in portfolio.account(firm.alice, ref.id).holders] == [
        Decimal("0.5"),
        Decimal("0.5"),
    ]


def test_an_account_made_by_hand_is_deleted(firm, anne, insurer):
    """S-051."""
    ref = portfolio.add_account(firm.alice, form(anne, insurer))
    portfolio.delete_account(firm.alice, ref.id)
    with pytest.raises(NotFoundError):
        portfolio.account(firm.alice, ref.id)


def test_an_account_with_movements_is_closed_or_purged_not_deleted(firm, anne, insurer):
    ref = portfolio.add_account(firm.alice, form(anne, insurer))
    kit.movement(firm.alice, ref.id, date(2026, 1, 5), "deposit", net="100")
    with pytest.raises(InvalidInputError, match=r"1.mouvement"):
        portfolio.delete_account(firm.alice, ref.id)
    with pytest.raises(InvalidInputError, match="recopiez"):
        portfolio.purge_account(firm.alice, ref.id, "7742")
    archive = portfolio.purge_account(firm.alice, ref.id, "77.41-A")
    assert len(archive) == 64
    with pytest.raises(NotFoundError):
        portfolio.account(firm.alice, ref.id)


def test_the_number_of_a_fed_account_does_not_change(firm, anne, insurer):
    ref = portfolio.add_account(firm.alice, form(anne, insurer, aggregated=True, opened_on=None))
    version = portfolio.account(firm.alice, ref.id).version
    wanted = form(anne, insurer, number="9", aggregated=True, opened_on=None)
    with pytest.raises(InvalidInputError, match="Réattribuer"):
        portfolio.edit_account(firm.alice, ref.id, wanted, version)


def test_a_fed_account_is_given_to_its_real_holder(firm, anne, insurer):
    marc = kit.person(firm.alice, "Durand", "Marc", file_code="DURAND")
    ref = portfolio.add_account(firm.alice, form(anne, insurer, aggregated=True))
    version = portfolio.account(firm.alice, ref.id).version
    with pytest.raises(InvalidInputError, match="Motif"):
        portfolio.reassign_account(firm.alice, ref.id, [HolderShare(marc)], " ", version)
    portfolio.reassign_account(firm.alice, ref.id, [HolderShare(marc)], "Homonyme", version)
    durand = contacts.scope(firm.alice, "contact", "DURAND")
    martin = contacts.scope(firm.alice, "contact", "MARTIN")
    assert portfolio.accounts(firm.alice, durand).height == 1
    assert portfolio.accounts(firm.alice, martin).height == 0


def test_somebody_elses_account_does_not_exist(firm, anne, insurer):
    ref = portfolio.add_account(firm.alice, form(anne, insurer))
    calls = [
        lambda id_: portfolio.account(firm.bruno, id_),
        lambda id_: portfolio.delete_account(firm.bruno, id_),
        lambda id_: portfolio.situations(firm.bruno, id_),
        lambda id_: portfolio.movements_of_account(firm.bruno, id_),
        lambda id_: portfolio.holdings_of_account(firm.bruno, id_),
    ]
    for call in calls:
        with pytest.raises(NotFoundError) as mine:
            call(ref.id)
        with pytest.raises(NotFoundError) as nobody:
            call(987654)
        assert str(mine.value).replace(str(ref.id), "987654") == str(nobody.value)


def test_a_joint_account_is_visible_to_both_advisers_the_other_holder_by_name_only(firm, anne):
    insurer = kit.provider(firm.alice)
    paul = kit.person(firm.bruno, "Petit", "Paul", adviser=firm.user_ids["bruno"])
    joint = kit.account(firm.operator, insurer, [anne, paul], adviser=firm.user_ids["alice"])
    seen = portfolio.account(firm.bruno, joint)
    other, own = seen.holders
    assert (other.name, other.inside, other.file_code) == ("Martin Anne", False, None)
    assert (own.name, own.inside) == ("Petit Paul", True)


def test_a_holder_outside_the_perimeter_cannot_be_chosen(firm, insurer):
    paul = kit.person(firm.bruno, "Petit", "Paul", adviser=firm.user_ids["bruno"])
    with pytest.raises(NotFoundError):
        portfolio.add_account(firm.alice, form(paul, insurer))


@pytest.mark.parametrize(
    ("right", "call"),
    [
        (Permission.ACCOUNT_WRITE, lambda c, f: portfolio.add_account(c, f)),
        (Permission.ACCOUNT_DELETE, lambda c, f: portfolio.delete_account(c, 1)),
        (Permission.ACCOUNT_PURGE, lambda c, f: portfolio.purge_account(c, 1, "1")),
        (Permission.PORTFOLIO_READ, lambda c, f: portfolio.account(c, 1)),
    ],
)
def test_each_verb_asks_for_its_right(firm, anne, insurer, right, call):
    without = replace(firm.alice, permissions=firm.alice.permissions - {right})
    with pytest.raises(PermissionDeniedError):
        call(without, form(anne, insurer))


def test_nobody_without_perimeter_sees_an_account(firm, anne, insurer):
    ref = portfolio.add_account(firm.alice, form(anne, insurer))
    nobody = replace(firm.alice, perimeter=Perimeter())
    with pytest.raises(NotFoundError):
        portfolio.account(nobody, ref.id)


def test_an_account_follows_its_holder_to_another_adviser(firm, anne, insurer):
    """Handing a client over hands the accounts over: the former adviser sees them no more."""
    ref = portfolio.add_account(firm.alice, form(anne, insurer))
    contacts.reassign(firm.operator, [anne], firm.user_ids["bruno"], "Départ à la retraite")
    assert portfolio.account(firm.bruno, ref.id).number == ref.number
    with pytest.raises(NotFoundError):
        portfolio.account(firm.alice, ref.id)
