"""The quick search of accounts: by a number as it is written anywhere, by words of the title."""

from dataclasses import replace

import pytest

from o2s_core import portfolio
from o2s_core.kernel.errors import PermissionDeniedError
from tests import kit


@pytest.fixture
def joint(firm):
    """A contract of two spouses, one of whom is bruno's client, and another firm's sort of noise."""
    insurer = kit.provider(firm.alice)
    anne = kit.person(firm.alice, "Martin", "Anne", file_code="ANN1")
    paul = kit.person(firm.bruno, "Martin", "Paul", file_code="PAU2")
    kit.account(
        firm.alice, insurer, [anne, paul], number="AV-123 456.789", label="Épargne Sérénité"
    )
    kit.account(firm.bruno, insurer, [paul], number="PEA-55", label="PEA de Paul")
    return firm


def found(ctx, text, **asked):
    return [a.label for a in portfolio.search_accounts(ctx, text, **asked)]


@pytest.mark.parametrize(
    "typed",
    ["AV-123 456.789", "av123456789", "AV 123", "456789", "3456", "épargne", "EPARGNE sere"],
)
def test_a_number_in_any_writing_or_a_word_of_the_title_finds(joint, typed):
    """S-109: accounts by number or title."""
    assert found(joint.alice, typed) == ["Épargne Sérénité"]


def test_both_owners_are_named_and_only_mine_has_a_file(joint):
    (account,) = portfolio.search_accounts(joint.alice, "sérénité")
    assert [(o.name, o.file_code) for o in account.owners] == [
        ("Martin Anne", "ANN1"), ("Martin Paul", ""),
    ]  # fmt: skip


def test_the_account_of_a_colleague_s_client_is_not_found(joint):
    assert found(joint.alice, "PEA-55") == []
    assert found(joint.bruno, "PEA-55") == ["PEA de Paul"]


def test_a_title_that_changes_is_found_by_its_new_words(firm):
    anne = kit.person(firm.alice)
    insurer = kit.provider(firm.alice)
    form = portfolio.AccountForm.of(
        {
            "label": "Avant",
            "number": "Z1",
            "envelope": "assurance_vie",
            "provider_id": insurer,
            "currency": "EUR",
            "opened_on": firm.alice.today,
        },
        (portfolio.HolderShare(anne),),
    )
    made = portfolio.add_account(firm.alice, form).id
    card = portfolio.account(firm.alice, made)
    later = replace(form, label="Après coup")
    portfolio.edit_account(firm.alice, made, later, card.version)
    assert found(firm.alice, "avant") == []
    assert found(firm.alice, "apres") == ["Après coup"]


def test_a_whole_number_comes_before_one_that_begins_so(firm):
    anne, insurer = kit.person(firm.alice), kit.provider(firm.alice)
    kit.account(firm.alice, insurer, [anne], number="10045", label="A long")
    kit.account(firm.alice, insurer, [anne], number="1004", label="Z exact")
    assert found(firm.alice, "1004") == ["Z exact", "A long"]


def test_it_needs_the_right_to_read_portfolios(firm):
    with pytest.raises(PermissionDeniedError):
        portfolio.search_accounts(replace(firm.alice, permissions=frozenset()), "av")
