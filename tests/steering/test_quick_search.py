"""One box for people, accounts and supports: what a user may not read does not answer."""

from dataclasses import replace

import pytest

from o2s_core import steering
from o2s_core.kernel.permissions import Permission
from tests import kit


@pytest.fixture
def alpha(firm):
    """A person, an account and a support which all answer to "alpha"."""
    alice = firm.alice
    who = kit.person(alice, "Alpha", "Anne")
    kit.account(alice, kit.provider(alice), [who], label="Contrat Alpha")
    kit.instrument(alice, "Alpha Europe")
    return firm


def kinds(found):
    return [len(found.contacts), len(found.accounts), len(found.instruments)]


def test_one_text_answers_in_the_three_kinds(alpha):
    assert kinds(steering.quick_search(alpha.alice, "alpha")) == [1, 1, 1]


@pytest.mark.parametrize("typed", ["", " ", "a", "\x00a"])
def test_below_two_characters_nothing_is_asked(alpha, typed):
    assert kinds(steering.quick_search(alpha.alice, typed)) == [0, 0, 0]


def test_a_user_without_the_right_to_clients_finds_supports_only(alpha):
    analyst = replace(
        alpha.alice, permissions=frozenset({Permission.SELF_MANAGE, Permission.MARKET_READ})
    )
    assert kinds(steering.quick_search(analyst, "alpha")) == [0, 0, 1]


def test_never_more_than_fifty_of_a_kind(firm):
    for n in range(52):
        kit.instrument(firm.alice, f"Omega {n:02d}")
    assert len(steering.quick_search(firm.alice, "omega", limit=1_000).instruments) == 50
