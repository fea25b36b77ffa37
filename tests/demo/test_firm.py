"""The demonstration firm: whole, invented, the same for a seed and a day (S-001, S-002, S-005)."""

from datetime import UTC, date, datetime

import pytest

from o2s_core import administration, contacts, portfolio, store, wealth
from o2s_core.demo import LOGINS, build
from o2s_core.demo.families import families
from o2s_core.demo.supports import price_history, supports
from o2s_core.kernel.context import Place
from o2s_core.kernel.errors import StoreError
from o2s_core.kernel.identifiers import is_isin
from tests import kit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A small demonstration firm."""
    home = tmp_path_factory.mktemp("demo") / "home"
    place = Place(home, f"sqlite:///{home / 'o2s.sqlite3'}")
    built = build(place, NOW, TODAY, contacts=24)
    yield place, built
    store.close(place)


def test_every_profile_can_sign_in(demo):
    place, _ = demo
    logins = {
        row["login"]
        for row in administration.users(administration.operator(place, NOW, TODAY)).to_dicts()
    }
    assert set(LOGINS) <= logins


def test_clients_hold_something_and_every_total_is_the_sum_of_its_lines(demo):
    place, _ = demo
    ctx = administration.operator(place, NOW, TODAY)
    codes = contacts.contact_list(ctx, contacts.ContactFilter()).rows["file_code"].to_list()
    held = [portfolio.holdings(ctx, contacts.scope(ctx, "contact", code), None) for code in codes]
    assert sum(h.total_eur > 0 for h in held) > 5
    for view in held:
        assert sum(view.lines["value_eur"], start=0) == view.total_eur


def test_some_clients_own_a_home_and_owe_loans_that_contracts_guarantee(demo):
    """S-040, S-041, S-063, S-064: net worth, budget, property, a bullet loan and what it stands on."""
    place, _ = demo
    ctx = administration.operator(place, NOW, TODAY)
    codes = contacts.contact_list(ctx, contacts.ContactFilter()).rows["file_code"].to_list()
    scopes = [contacts.scope(ctx, "contact", code) for code in codes]
    registers = [wealth.register(ctx, scope) for scope in scopes]
    kinds = {kind for found in registers for kind in found.loans["kind"]}
    assert kinds == {"amortising", "bullet"}
    owning = [s for s, found in zip(scopes, registers, strict=True) if found.properties.height]
    assert len(owning) >= 4
    for scope in owning:
        found = wealth.balance(ctx, scope)
        assert found.assets_eur > 0
        assert found.unknown.is_empty()
        assert wealth.budget(ctx, scope).income_eur > 0


def test_a_second_time_changes_nothing(demo):
    place, _ = demo
    before = dict(store.versions(place, 1))
    assert build(place, NOW, TODAY, contacts=24).already
    assert dict(store.versions(place, 1)) == before


def test_a_firm_with_clients_is_never_touched(firm):
    kit.person(firm.alice)
    with pytest.raises(StoreError, match="contient déjà des clients"):
        build(firm.place, NOW, TODAY)


def test_the_same_seed_invents_the_same_people_and_prices():
    def story(seed):
        return [p for f in families(40, 8, seed, TODAY) for p in f.people]

    assert story(7) == story(7)
    assert story(7) != story(8)
    assert price_history(7, TODAY).equals(price_history(7, TODAY))


def test_supports_bear_valid_isins_that_belong_to_nobody():
    codes = [row["isin"] for row in supports(7)]
    assert len(set(codes)) == len(codes) >= 290
    assert all(code.startswith("XF") and is_isin(code) for code in codes)
