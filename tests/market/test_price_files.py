"""Prices and rates arrive by file: each wrong row is named, the right ones are stored."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core import market
from o2s_core.kernel.errors import FeedError, InvalidInputError
from o2s_core.kernel.identifiers import isin_with_check_digit
from tests import kit

ISIN = isin_with_check_digit("XF999900001")
DAY = date(2026, 11, 20)


@pytest.fixture
def fund(firm):
    return kit.instrument(firm.operator, isin=ISIN, currency="USD")


def price(firm, fund):
    row = market.last_prices(firm.alice, [fund], DAY).to_dicts()[0]
    return row["value"], row["currency"], row["day"]


@pytest.mark.parametrize(
    "text",
    [
        "isin,day,value\n{},2026-11-20,12.345\n",
        "\ufeffisin,day,value,currency\r\n{},2026-11-20,12.345,\r\n",
    ],
)
def test_a_price_is_in_the_currency_of_its_support_unless_it_says(firm, fund, text):
    loaded = market.load_prices(firm.operator, text.format(ISIN).encode())
    assert (loaded.stored, loaded.refused) == (1, ())
    assert price(firm, fund) == (Decimal("12.345"), "USD", DAY)


def test_a_price_in_pence_is_kept_in_pounds(firm):
    share = kit.instrument(firm.operator, isin=ISIN, kind="share", currency="GBP")
    market.load_prices(
        firm.operator, f"isin,day,value,currency\n{ISIN},2026-11-20,250,GBX".encode()
    )
    assert price(firm, share) == (Decimal("2.5"), "GBP", DAY)


def test_a_price_in_another_currency_than_its_support_is_refused(firm, fund):
    text = f"isin,day,value,currency\n{ISIN},2026-11-20,10,EUR"
    loaded = market.load_prices(firm.operator, text.encode())
    assert loaded.stored == 0
    assert "support est en USD" in loaded.refused[0]


def test_a_fund_price_far_from_the_one_before_is_stored_and_said(firm, fund):
    """Whoever loads a file by hand decides; the sentence says what to look at."""
    text = f"isin,day,value\n{ISIN},2026-11-19,10\n{ISIN},2026-11-20,12"
    loaded = market.load_prices(firm.operator, text.encode())
    assert loaded.stored == 2
    assert "+20,0" in loaded.jumps[0]
    assert price(firm, fund)[0] == 12


def test_wrong_rows_are_named_the_others_are_stored(firm, fund):
    text = "\n".join([
        "isin,day,value", f"{ISIN},2026-11-20,10", "FR0000000001,2026-11-20,10",
        f"{ISIN},20/11/2026,10", f"{ISIN},2026-11-19,dix", f"{ISIN},2026-11-18,-1", f"{ISIN},2026-11-17,nan",
    ])  # fmt: skip
    loaded = market.load_prices(firm.operator, text.encode())
    assert loaded.stored == 1
    assert [reason.split(" : ")[0] for reason in loaded.refused] == [
        f"Ligne {n}" for n in (3, 4, 5, 6, 7)
    ]
    assert "support inconnu" in loaded.refused[0]
    assert "AAAA-MM-JJ" in loaded.refused[1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "Colonne absente"),
        (b"isin;day;value\n", "Colonne absente"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused(firm, data, message):
    with pytest.raises(FeedError, match=message):
        market.load_prices(firm.operator, data)


def test_rates_are_loaded_once(firm):
    text = (
        b"currency,day,units_per_euro\nUSD,2026-11-20,1.0912\nEUR,2026-11-20,1\nQQQ,2026-11-20,1\n"
    )
    for _ in range(2):
        loaded = market.load_rates(firm.operator, text)
        assert loaded.stored == 1
        assert len(loaded.refused) == 2
    rate = market.euro_rate(firm.alice, "USD", DAY)
    assert (rate.units_per_euro, rate.source) == (Decimal("1.0912"), "fichier")


def test_a_typed_price_wins_and_needs_a_support_that_has_prices(firm, fund):
    market.load_prices(firm.operator, f"isin,day,value\n{ISIN},2026-11-20,10".encode())
    market.type_price(firm.operator, fund, DAY, Decimal("11.5"))
    assert price(firm, fund)[0] == Decimal("11.5")
    euro = kit.instrument(firm.operator, isin=None, kind="fonds_euros")
    with pytest.raises(InvalidInputError, match="n'a pas de cours"):
        market.type_price(firm.operator, euro, DAY, Decimal(1))
    with pytest.raises(InvalidInputError, match="futur"):
        market.type_price(firm.operator, fund, date(2030, 1, 1), Decimal(1))
    with pytest.raises(InvalidInputError, match="positif"):
        market.type_price(firm.operator, fund, DAY, Decimal(0))


def test_the_path_of_a_price_by_hand(firm, fund):
    text = "\n".join(
        ["isin,day,value", f"{ISIN},2026-11-16,10", f"{ISIN},2026-11-17,8", f"{ISIN},2026-11-18,12"]
    )
    market.load_prices(firm.operator, text.encode())
    kit.price(firm.operator, fund, date(2026, 11, 15), "9", currency="EUR")
    path = market.price_path(firm.alice, fund, date(2026, 11, 1), DAY)
    assert (path.first, path.last, path.lowest, path.highest) == (10, 12, 8, 12)
    assert path.change == pytest.approx(0.2)
    assert (path.currency, path.others) == ("USD", 1)
    empty = market.price_path(firm.alice, fund, date(2026, 11, 19), DAY)
    assert (empty.first, empty.change, empty.prices.height) == (None, None, 0)


def test_a_silence_longer_than_the_delay_of_its_kind_is_a_gap_that_no_line_bridges(firm, fund):
    """A fund may be silent ten open days."""
    for day, value in (
        (date(2026, 9, 1), "10"),
        (date(2026, 9, 15), "11"),
        (date(2026, 10, 20), "12"),
    ):
        kit.price(firm.operator, fund, day, value, currency="USD")
    path = market.price_path(firm.alice, fund, date(2026, 8, 1), DAY)
    assert path.gaps.rows() == [(date(2026, 9, 15), date(2026, 10, 20), 35)]
    assert path.curve.select("day", "value").rows()[2] == (date(2026, 9, 16), None)
    assert path.prices.height == 3
