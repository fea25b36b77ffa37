"""One euro is so many units of a currency: the last rate known within seven days, or none."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from o2s_core import market
from o2s_core.kernel.errors import InvalidInputError, PermissionDeniedError

#: The bundled history ends here: 1 EUR = 1.1172 USD, 0.8338 GBP.
LAST = date(2026, 10, 30)


def rates(*rows):
    """Rows of (currency, day, units per euro)."""
    return pl.DataFrame(
        [(c, day, Decimal(units), "essai") for c, day, units in rows],
        schema=market.RATE_INPUT,
        orient="row",
    )


def test_the_rate_of_the_central_bank(firm):
    rate = market.euro_rate(firm.alice, "USD", LAST)
    assert (rate.units_per_euro, rate.on, rate.source) == (Decimal("1.1172"), LAST, "BCE")


def test_a_week_end_takes_the_rate_of_friday(firm):
    assert market.euro_rate(firm.alice, "USD", LAST + timedelta(2)).on == LAST


@pytest.mark.parametrize(("days", "known"), [(7, True), (8, False)])
def test_a_rate_is_none_beyond_seven_days(firm, days, known):
    found = market.euro_rate(firm.alice, "USD", LAST + timedelta(days))
    assert (found is not None) is known


@pytest.mark.parametrize("currency", ["ZZZ", "", "FRF"])
def test_an_unknown_currency_has_no_rate(firm, currency):
    assert market.euro_rate(firm.alice, currency, LAST) is None


def test_before_the_first_rate_there_is_none(firm):
    assert market.euro_rate(firm.alice, "USD", date(1998, 12, 31)) is None


def test_the_euro_is_worth_a_euro_on_any_day(firm):
    assert market.euro_rate(firm.alice, "EUR", date(1950, 1, 1)).units_per_euro == 1


def test_pence_are_a_hundredth_of_a_pound(firm):
    assert market.euro_rate(firm.alice, "GBX", LAST).units_per_euro == Decimal("83.38")


def test_a_loaded_rate_takes_over_and_is_loaded_once(firm):
    day = LAST + timedelta(20)
    for units in ("1.20", "1.25"):
        market.record_rates(firm.operator, rates(("USD", day, units), ("USD", LAST, "1.11")))
    rate = market.euro_rate(firm.alice, "USD", day + timedelta(1))
    assert (rate.units_per_euro, rate.on, rate.source) == (Decimal("1.25"), day, "essai")
    assert market.euro_rate(firm.alice, "USD", LAST).units_per_euro == Decimal("1.11")


def test_an_old_loaded_rate_does_not_hide_the_central_bank(firm):
    market.record_rates(firm.operator, rates(("USD", LAST - timedelta(3), "9")))
    assert market.euro_rate(firm.alice, "USD", LAST).units_per_euro == Decimal("1.1172")


@pytest.mark.parametrize(
    ("currency", "units", "message"),
    [("ZZZ", "1", "Devise inconnue"), ("EUR", "1", "EUR"), ("USD", "0", "nombre positif")],
)
def test_a_senseless_rate_is_refused(firm, currency, units, message):
    with pytest.raises(InvalidInputError, match=message):
        market.record_rates(firm.operator, rates((currency, LAST, units)))


def test_recording_a_rate_needs_the_right(firm):
    from dataclasses import replace

    with pytest.raises(PermissionDeniedError):
        market.record_rates(replace(firm.alice, permissions=frozenset()), rates())


def test_the_series_of_rates_is_the_rate_of_each_day(firm):
    market.record_rates(firm.operator, rates(("USD", LAST + timedelta(9), "1.2")))
    start, end = LAST - timedelta(20), LAST + timedelta(20)
    matrix = market.rate_matrix(firm.alice, ["USD", "EUR", "GBX", "ZZZ"], start, end)
    for j, day in enumerate(matrix.days.astype(object)):
        for i, currency in enumerate(["USD", "EUR", "GBX", "ZZZ"]):
            rate = market.euro_rate(firm.alice, currency, day)
            expected = np.nan if rate is None else float(rate.units_per_euro)
            np.testing.assert_allclose(matrix.values[i, j], expected, rtol=1e-12)
