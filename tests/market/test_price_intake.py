"""A file's price is kept, refused with its reason, or waits for somebody (V05)."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import market, store
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.market.price_intake import take_prices
from o2s_core.market.price_precedence import ORDERS, best_first
from tests import kit

ON = date(2026, 11, 20)
VENDOR = "vendor:essai"


def prices(*rows, currency="EUR", kind="nav", source=VENDOR):
    """Rows of (instrument, day, value)."""
    return pl.DataFrame(
        [(i, day, Decimal(value), currency, kind, source) for i, day, value in rows],
        schema=market.PRICE_INPUT,
        orient="row",
    )


def take(firm, table, delivery=None):
    with store.tx(firm.operator) as tx:
        return take_prices(tx, table, delivery_id=delivery)


def last(firm, fund, on=ON):
    row = market.last_prices(firm.operator, [fund], on).to_dicts()
    return (row[0]["value"], row[0]["source"]) if row else None


@pytest.fixture
def fund(firm):
    return kit.instrument(firm.operator, "Fonds en doute")


# --- which source wins ------------------------------------------------------------------


@pytest.mark.parametrize("order", ["as told", "backwards"])
@pytest.mark.parametrize("compacted", [False, True])
def test_one_order_says_which_source_counts_on_a_day(firm, fund, order, compacted):
    """Partner, publisher, vendor, withdrawal value, typed: whatever the order of arrival."""
    told = [
        ("partner:assureur", "nav", "10"),
        ("TPT", "nav", "11"),
        (VENDOR, "nav", "12"),
        ("societe", "withdrawal", "13"),
        ("cabinet", "manual", "14"),
    ]
    for rank, (source, kind, value) in enumerate(told if order == "as told" else told[::-1]):
        market.record_prices(firm.operator, prices((fund, ON, value), kind=kind, source=source))
        if compacted and rank % 2 == 0:
            market.compact_prices(firm.operator)
    assert last(firm, fund) == (Decimal(14), "cabinet")
    series = market.price_series(firm.operator, fund, ON, ON)
    assert series["value"].to_list() == [Decimal(14)]
    matrix = market.price_matrix(firm.operator, [fund], ON, ON)
    assert matrix.values.tolist() == [[14.0]]


def test_the_strongest_of_each_pair_counts():
    origins = ORDERS[-1][1]
    frame = pl.DataFrame(
        {
            "day": [ON] * 5,
            "kind": ["nav", "nav", "nav", "withdrawal", "manual"],
            "source": ["partner:a", "EMT", "fichier", "vendor:b", "partner:a"],
        }
    )
    assert frame.select(best_first()).to_series().to_list() == list(range(len(origins)))


# --- what is refused --------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0", "-3"])
def test_a_price_that_is_not_positive_is_refused_and_the_others_are_kept(firm, fund, value):
    other = kit.instrument(firm.operator)
    taken = take(firm, prices((fund, ON, value), (other, ON, "12")))
    assert (taken.new, taken.refused["refusal"].to_list()) == (1, ["value"])
    assert last(firm, fund) is None


def test_a_price_in_another_currency_than_the_support_is_refused(firm, fund):
    taken = take(firm, prices((fund, ON, "10"), currency="USD"))
    assert taken.refused["refusal"].to_list() == ["currency"]
    assert last(firm, fund) is None


@pytest.mark.parametrize(
    ("minor", "major"), [("GBX", "GBP"), ("GBp", "GBP"), ("ILA", "ILS"), ("ZAc", "ZAR")]
)
def test_a_price_in_pence_is_one_of_the_support_in_pounds(firm, minor, major):
    share = kit.instrument(firm.operator, kind="share", currency=major)
    assert take(firm, prices((share, ON, "250"), currency=minor)).new == 1
    row = market.last_prices(firm.operator, [share], ON).to_dicts()[0]
    assert (row["value"], row["currency"]) == (Decimal("2.5"), major)


def test_a_day_to_come_and_a_support_without_price_are_refused(firm, fund):
    euro = kit.instrument(firm.operator, isin=None, kind="fonds_euros", asset_class="euro_fund")
    later = firm.operator.today + timedelta(days=2)
    taken = take(firm, prices((fund, later, "10"), (euro, ON, "10"), (999_999, ON, "10")))
    assert taken.refused["refusal"].to_list() == ["day", "amount", "unknown"]


# --- what waits -------------------------------------------------------------------------


def test_a_fund_that_jumps_waits_and_does_not_count(firm, fund):
    """V05: 100 then 116 waits, 100 then 115 does not."""
    take(firm, prices((fund, ON - timedelta(1), "100")))
    taken = take(firm, prices((fund, ON, "116")))
    assert (taken.new, taken.doubtful) == (0, 1)
    assert last(firm, fund)[0] == 100
    row = market.doubtful_prices(firm.operator).to_dicts()[0]
    assert (row["label"], row["value"], row["previous_value"]) == ("Fonds en doute", 116, 100)
    assert row["change"] == pytest.approx(0.16)
    assert take(firm, prices((fund, ON, "115"))).new == 1
    assert market.doubtful_prices(firm.operator).is_empty()


def test_only_what_jumps_waits_in_a_file_of_several_days(firm, fund):
    days = [ON - timedelta(n) for n in (3, 2, 1, 0)]
    taken = take(firm, prices(*zip([fund] * 4, days, ["100", "10000", "101", "102"], strict=True)))
    assert (taken.new, taken.doubtful) == (3, 1)
    assert market.doubtful_prices(firm.operator)["value"].to_list() == [Decimal(10000)]


def test_a_share_may_jump_and_so_may_a_price_after_a_long_silence(firm, fund):
    share = kit.instrument(firm.operator, kind="share")
    take(firm, prices((share, ON - timedelta(1), "100"), (fund, ON - timedelta(200), "100")))
    taken = take(firm, prices((share, ON, "60"), (fund, ON, "160")))
    assert (taken.new, taken.doubtful) == (2, 0)


def test_an_accepted_price_counts_and_is_not_asked_again(firm, fund):
    take(firm, prices((fund, ON - timedelta(1), "100")))
    jump = prices((fund, ON, "50"))
    take(firm, jump, delivery=7)
    waiting = market.doubtful_prices(firm.operator)["id"][0]
    with pytest.raises(InvalidInputError, match="Motif"):
        market.accept_price(firm.operator, waiting, " ")
    market.accept_price(firm.operator, waiting, "Division de la part")
    assert last(firm, fund)[0] == 50
    assert take(firm, jump).unchanged == 1
    with pytest.raises(InvalidInputError, match="déjà"):
        market.refuse_price(firm.operator, waiting, "Non")


def test_a_refused_price_stays_out_when_it_comes_again(firm, fund):
    take(firm, prices((fund, ON - timedelta(1), "100")))
    jump = prices((fund, ON, "50"))
    take(firm, jump)
    market.refuse_price(firm.operator, market.doubtful_prices(firm.operator)["id"][0], "Erreur")
    taken = take(firm, jump)
    assert (taken.new, taken.doubtful) == (0, 0)
    assert last(firm, fund)[0] == 100
    assert take(firm, prices((fund, ON, "40"))).doubtful == 1


def test_deciding_needs_the_right_and_a_price_that_exists(firm, fund):
    from dataclasses import replace

    with pytest.raises(NotFoundError):
        market.accept_price(firm.operator, 12345, "Oui")
    reader = replace(firm.alice, permissions=frozenset())
    with pytest.raises(PermissionDeniedError):
        market.refuse_price(reader, 1, "Non")


# --- corrections ------------------------------------------------------------------------


@pytest.mark.parametrize("compacted", [False, True])
def test_a_correction_keeps_the_old_value_readable(firm, fund, compacted):
    take(firm, prices((fund, ON, "100")))
    if compacted:
        market.compact_prices(firm.operator)
    taken = take(firm, prices((fund, ON, "101")))
    assert (taken.new, taken.corrected) == (0, 1)
    assert last(firm, fund)[0] == 101
    old = market.price_corrections(firm.operator, fund)
    assert old.select("day", "value", "source").rows() == [(ON, Decimal(100), VENDOR)]


def test_the_same_price_again_is_neither_new_nor_a_correction(firm, fund):
    take(firm, prices((fund, ON, "100")))
    taken = take(firm, prices((fund, ON, "100")))
    assert (taken.new, taken.corrected, taken.unchanged) == (0, 0, 1)
    assert market.price_corrections(firm.operator, fund).is_empty()


def test_a_published_correction_keeps_the_old_value_too(firm, fund):
    market.record_prices(firm.operator, prices((fund, ON, "99")))
    market.publish_price_history(firm.operator, prices((fund, ON, "100")))
    market.publish_price_history(firm.operator, prices((fund, ON, "101")))
    assert last(firm, fund)[0] == 101
    assert market.price_corrections(firm.operator, fund)["value"].to_list() == [100, 99]
