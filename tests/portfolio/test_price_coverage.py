"""How much of the assets is priced, how recently, by whom: a perimeter's own assets."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from o2s_core import market, portfolio
from o2s_core.kernel.errors import PermissionDeniedError
from tests import kit

TODAY = date(2026, 11, 24)


@pytest.fixture
def book(firm):
    """Alice: 1 000 priced today, 500 stale, 300 of cash; Bruno: 200 of the stale one."""
    alice, bruno, operator = firm.alice, firm.bruno, firm.operator
    insurer = kit.provider(operator)
    fresh = kit.instrument(operator, "Frais")
    old = kit.instrument(operator, "Ancien")
    cash = kit.instrument(operator, "Espèces", isin=None, kind="cash", asset_class="cash")
    kit.price(operator, fresh, TODAY, "100", source="vendor:essai")
    kit.price(operator, old, TODAY - timedelta(days=20), "50", source="partner:assureur")
    anne = kit.person(alice, "Martin", "Anne", adviser=firm.user_ids["alice"])
    bob = kit.person(bruno, "Durand", "Bob", adviser=firm.user_ids["bruno"])
    mine = kit.account(alice, insurer, [anne])
    his = kit.account(bruno, insurer, [bob])
    as_of = TODAY - timedelta(days=60)
    kit.situation(
        alice, mine, as_of,
        [
            {"instrument_id": fresh, "quantity": "10", "value": "900"},
            {"instrument_id": old, "quantity": "10", "value": "400"},
            {"instrument_id": cash, "value": "300"},
        ],
    )  # fmt: skip
    kit.situation(bruno, his, as_of, [{"instrument_id": old, "quantity": "4", "value": "160"}])
    return {"fresh": fresh, "old": old, "mine": mine, "insurer": insurer, "anne": anne}


@pytest.fixture(autouse=True)
def published(firm, book):
    from o2s_core import store

    with store.tx(firm.operator) as tx:
        from o2s_core.portfolio.projections import mark

        mark(tx, range(32))


def parts(frame):
    return dict(frame.select("code", "value_eur").iter_rows())


def test_the_share_priced_today_and_in_time_by_hand(firm, book):
    """S-005. 1 000 today + 300 cash of 1 800; 500 late."""
    seen = portfolio.price_coverage(firm.alice)
    assert seen.total_eur == Decimal("1800.00")
    assert seen.today == pytest.approx(1000 / 1800)
    assert seen.in_time == pytest.approx(1300 / 1800)
    assert seen.late_eur == Decimal("500.00")
    assert parts(seen.by_age) == {"today": 1000, "stale": 500, "amount": 300}
    assert parts(seen.by_source) == {"vendor:essai": 1000, "partner:assureur": 500, "": 300}


def test_missing_prices_are_listed_by_amount_held(firm, book):
    row = portfolio.price_coverage(firm.alice).missing.to_dicts()
    assert [(r["instrument_id"], r["value_eur"], r["age"], r["lines"]) for r in row] == [
        (book["old"], Decimal("500.00"), "stale", 1)
    ]
    assert row[0]["source"] == "Situation de Assureur d'essai"
    assert (row[0]["priced_on"], row[0]["limit"]) == (TODAY - timedelta(20), "10 jours ouvrés")


def test_each_sees_the_share_of_their_own_clients(firm, book):
    """S-005: an adviser the own clients' assets, a manager the firm's."""
    bruno = portfolio.price_coverage(firm.bruno)
    assert (bruno.total_eur, bruno.today) == (Decimal("200.00"), 0.0)
    whole = portfolio.price_coverage(firm.operator)
    assert whole.total_eur == Decimal("2000.00")
    assert whole.missing["value_eur"].to_list() == [Decimal("700.00")]


@pytest.mark.parametrize("who", ["alice", "bruno", "operator"])
def test_the_parts_add_up_to_the_assets(firm, book, who):
    ctx = getattr(firm, who)
    seen = portfolio.price_coverage(ctx)
    assert seen.total_eur == portfolio.total_assets(ctx)
    for frame in (seen.by_age, seen.by_source, seen.by_kind):
        assert sum(frame["value_eur"].drop_nulls()) == seen.total_eur
        assert sum(frame["weight"].drop_nulls()) == pytest.approx(1)


def test_the_delay_is_that_of_the_family(firm, book):
    """V06: an SCPI priced three months ago is in time, a fund is not."""
    scpi = kit.instrument(firm.operator, "SCPI", kind="scpi", asset_class="real_estate")
    kit.price(firm.operator, scpi, TODAY - timedelta(days=90), "200")
    second = kit.account(firm.alice, book["insurer"], [book["anne"]])
    kit.situation(
        firm.alice, second, TODAY - timedelta(150), [{"instrument_id": scpi, "quantity": "1"}]
    )
    seen = portfolio.price_coverage(firm.alice)
    by_kind = {row["kind"]: row for row in seen.by_kind.to_dicts()}
    assert (by_kind["scpi"]["in_time"], by_kind["scpi"]["limit"]) == (1.0, "120 jours")
    assert by_kind["opcvm"]["in_time"] == pytest.approx(1000 / 1500)


def test_a_line_that_nothing_values_is_counted_apart(firm, book):
    blank = kit.instrument(firm.operator, "Sans cours")
    second = kit.account(firm.alice, book["insurer"], [book["anne"]])
    kit.situation(firm.alice, second, TODAY, [{"instrument_id": blank, "quantity": "3"}])
    seen = portfolio.price_coverage(firm.alice)
    assert (seen.total_eur, seen.unvalued) == (Decimal("1800.00"), 1)
    last = seen.missing.to_dicts()[-1]
    assert (last["label"], last["value_eur"], last["age"]) == ("Sans cours", None, "unvalued")


def test_typing_the_missing_price_mends_the_share(firm, book):
    market.type_price(firm.operator, book["old"], TODAY, Decimal(60))
    seen = portfolio.price_coverage(firm.fresh(firm.alice))
    assert seen.today == pytest.approx(1600 / 1900)
    assert seen.missing.is_empty()


def test_nothing_held_has_no_share(firm):
    nobody = replace(firm.alice, perimeter=replace(firm.alice.perimeter, adviser_ids=frozenset()))
    seen = portfolio.price_coverage(nobody)
    assert (seen.total_eur, seen.today, seen.in_time) == (0, None, None)
    assert seen.missing.is_empty()


def test_amounts_need_the_right_to_see_portfolios(firm):
    reader = replace(firm.alice, permissions=frozenset())
    with pytest.raises(PermissionDeniedError):
        portfolio.price_coverage(reader)
