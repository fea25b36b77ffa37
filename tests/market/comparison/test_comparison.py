"""S-085: securities are compared on the same days, in one currency, and what cannot be is said."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from math import sqrt

import fastexcel
import polars as pl
import pypdfium2
import pytest

from o2s_core import market
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from tests import kit

END = date(2026, 11, 23)


def quote(firm, instrument_id, prices, *, currency="EUR"):
    """Publish the prices of a support, given as {day: value}."""
    rows = [(instrument_id, day, Decimal(v), currency, "nav", "essai") for day, v in prices.items()]
    market.record_prices(firm.operator, pl.DataFrame(rows, market.PRICE_INPUT, orient="row"))
    return instrument_id


def fund(firm, label, prices, *, currency="EUR", **fields):
    made = kit.instrument(firm.operator, label, currency=currency, **fields)
    return quote(firm, made, prices, currency=currency)


def weekdays(start, *values):
    """One value per weekday from a Monday on."""
    days = (start + timedelta(n) for n in range(400))
    return dict(zip((d for d in days if d.weekday() < 5), values, strict=False))


def month_ends(start_year, *values):
    days = [date(year, month, 28) for year, month in product(range(start_year, 2030), range(1, 13))]
    return dict(zip(days, values, strict=False))


def ask(firm, *ids, **asked):
    return market.comparison(firm.operator, ids, **asked)


def row(found, instrument_id):
    return found.figures.row(by_predicate=pl.col("instrument_id") == instrument_id, named=True)


MONDAY = date(2026, 11, 9)


def test_figures_of_a_period_are_those_computed_by_hand(firm):
    a = fund(firm, "A", weekdays(MONDAY, "100", "110", "99", "108.9"))
    b = fund(firm, "B", weekdays(MONDAY, "50", "55", "49.5", "54.45"))
    found = ask(firm, a, b)
    assert (found.start, found.end) == (MONDAY, MONDAY + timedelta(3))
    said = row(found, a)
    assert said["period"] == pytest.approx(0.089)
    assert said["max_drawdown"] == pytest.approx(-0.10)
    # returns +10 %, -10 %, +10 %: mean 1/30, deviation (n - 1) 0.11547
    assert said["volatility"] == pytest.approx(0.115470054 * sqrt(252))
    assert said["sharpe"] == pytest.approx((0.1 / 3) / 0.115470054 * sqrt(252))
    assert found.correlation[str(b)].to_list() == pytest.approx([1.0, 1.0])


def test_everything_starts_at_a_hundred_on_the_day_of_rebasing(firm):
    a = fund(firm, "A", weekdays(MONDAY, "100", "110", "99", "108.9"))
    b = fund(firm, "B", weekdays(MONDAY, "7", "8", "9", "10"))
    on = MONDAY + timedelta(1)
    found = ask(firm, a, b, rebased_on=on)
    based = found.curve.filter(day=on).select(str(a), str(b)).row(0)
    assert based == pytest.approx((100.0, 100.0))
    assert found.curve[str(a)][0] == pytest.approx(100 / 110 * 100)


def test_scaling_the_prices_of_a_fund_changes_no_figure(firm):
    values = ("100", "104", "101", "103", "99", "107")
    a = fund(firm, "A", weekdays(MONDAY, *values))
    b = fund(firm, "B", weekdays(MONDAY, *(str(Decimal(v) * 3) for v in values)))
    found = ask(firm, a, b)
    same = [n for n in found.figures.columns if n not in {"instrument_id", "isin", "label"}]
    one, other = (row(found, each) for each in (a, b))
    assert [one[n] for n in same] == pytest.approx([other[n] for n in same])


def test_the_period_is_what_all_have_in_common_and_a_longer_one_is_cut(firm):
    old = fund(firm, "Ancien", weekdays(date(2026, 10, 5), *["100"] * 36))
    young = fund(firm, "Jeune", weekdays(MONDAY, *["10"] * 11))
    found = ask(firm, old, young)
    assert found.start == MONDAY
    cut = ask(firm, old, young, start=date(2026, 10, 5))
    assert cut.start == MONDAY
    assert any("dépasse ce que ces valeurs ont en commun" in note for note in cut.notes)


def test_usual_periods_use_what_is_known_before_the_common_one(firm):
    old = fund(firm, "Ancien", {date(2025, 11, 20): "50", date(2026, 11, 9): "100",
                                END - timedelta(4): "100", END: "100"})  # fmt: skip
    young = fund(firm, "Jeune", weekdays(MONDAY, *["10"] * 11))
    found = ask(firm, old, young)
    assert found.start == MONDAY
    assert row(found, old)["1y"] == pytest.approx(1.0)
    assert row(found, young)["1y"] is None
    assert row(found, young)["since"] == pytest.approx(0.0)


def test_a_security_without_common_day_is_named(firm):
    dead = fund(firm, "Fonds liquidé", weekdays(date(2020, 1, 6), *["100"] * 10))
    alive = fund(firm, "Fonds vivant", weekdays(MONDAY, *["10"] * 11))
    with pytest.raises(InvalidInputError, match=r"Aucune période commune.*Fonds liquidé"):
        ask(firm, dead, alive)


def test_a_dead_security_ends_the_comparison_and_is_named(firm):
    dead = fund(firm, "Fonds liquidé", weekdays(date(2026, 9, 7), *["100"] * 15))
    alive = fund(firm, "Fonds vivant", weekdays(date(2026, 9, 7), *["10"] * 56))
    found = ask(firm, dead, alive)
    assert found.end == date(2026, 9, 25)
    assert any("« Fonds liquidé » n'a plus de cours" in note for note in found.notes)


def test_a_rare_price_keeps_its_steps_and_has_no_volatility(firm):
    fip = fund(
        firm, "FIP Corse", {date(2025, 6, 30): "100", date(2025, 12, 31): "90",
                            date(2026, 6, 30): "99"}, kind="fip",
    )  # fmt: skip
    a = fund(firm, "A", weekdays(date(2025, 11, 3), *[str(100 + n % 7) for n in range(276)]))
    b = fund(firm, "B", weekdays(date(2025, 11, 3), *[str(100 + n % 5) for n in range(276)]))
    found = ask(firm, fip, a, b)
    said = row(found, fip)
    assert found.end == max(each.last_on for each in found.securities)
    assert said["period"] == pytest.approx(99 / 100 - 1)
    assert said["max_drawdown"] is None  # two prices inside the period measure nothing
    assert (said["volatility"], said["sharpe"], said["best_month"]) == (None, None, None)
    assert str(fip) not in found.correlation.columns
    assert found.correlation["instrument_id"].to_list() == [a, b]
    assert any("par paliers" in note and "FIP Corse" in note for note in found.notes)


def test_fewer_than_three_prices_measure_no_risk_and_it_is_said(firm):
    a = fund(firm, "A", {MONDAY: "100", MONDAY + timedelta(4): "104"})
    b = fund(firm, "B", weekdays(MONDAY, "10", "11", "12", "13", "14"))
    found = ask(firm, a, b)
    assert row(found, a)["volatility"] is None
    assert row(found, a)["period"] == pytest.approx(0.04)
    assert any("moins de 3 cours" in note for note in found.notes)


def test_currencies_are_converted_at_the_rate_of_each_day_and_it_is_said(firm):
    days = [MONDAY, MONDAY + timedelta(1), MONDAY + timedelta(2)]
    rates = pl.DataFrame(
        [("ZAR", day, Decimal(rate), "essai") for day, rate in zip(days, (20, 25, 20), strict=True)],
        market.RATE_INPUT, orient="row",
    )  # fmt: skip
    market.record_rates(firm.operator, rates)
    rand = fund(firm, "Rand", dict(zip(days, ("100", "100", "100"), strict=True)), currency="ZAR")
    euro = fund(firm, "Euro", dict(zip(days, ("100", "100", "100"), strict=True)))
    found = ask(firm, rand, euro)
    assert (found.currency, found.converted) == ("EUR", ("ZAR",))
    assert found.curve[str(rand)].to_list() == pytest.approx([100.0, 80.0, 100.0])
    assert any("Cours convertis (ZAR)" in note for note in found.notes)
    own = ask(firm, rand, euro, currency="own")
    assert own.curve[str(rand)].to_list() == pytest.approx([100.0, 100.0, 100.0])
    assert any("Chaque valeur est dans sa devise" in note for note in own.notes)


def test_a_year_cut_by_the_period_is_partial(firm):
    prices = month_ends(2023, *[str(100 + n) for n in range(47)])
    prices = {(d + timedelta(5)).replace(day=1) - timedelta(1): v for d, v in prices.items()}
    a, b = (fund(firm, label, prices) for label in ("A", "B"))
    found = ask(firm, a, b)
    years = found.years.filter(instrument_id=a)
    assert years.select("year", "whole").rows() == [
        (2023, False), (2024, True), (2025, True), (2026, False),
    ]  # fmt: skip
    assert years["return"][1] == pytest.approx(123 / 111 - 1)
    joined = (1 + years["return"]).product() - 1
    assert joined == pytest.approx(row(found, a)["period"])


def test_the_rolling_year_starts_after_twelve_months(firm):
    start = date(2025, 1, 6)
    a, b = (
        fund(firm, label, {start + timedelta(n): str(100 + n) for n in range(600)})
        for label in "AB"
    )
    found = ask(firm, a, b, end=date(2026, 2, 2))
    assert found.rolling["day"][0] == date(2026, 1, 6)
    assert found.rolling[str(a)][0] == pytest.approx(465 / 100 - 1)


def test_a_weekly_fund_makes_the_comparison_weekly(firm):
    mondays = {date(2026, 1, 5) + timedelta(7 * n): str(100 + n) for n in range(46)}
    weekly = fund(firm, "Hebdo", mondays, kind="structured")
    daily = fund(firm, "Quotidien", weekdays(date(2026, 1, 5), *["10"] * 226))
    assert ask(firm, weekly, daily).frequency == "weekly"
    finer = ask(firm, weekly, daily, frequency="daily")
    assert finer.frequency == "weekly"
    assert any("Fréquence ramenée" in note for note in finer.notes)
    assert ask(firm, weekly, daily, frequency="monthly").frequency == "monthly"


@pytest.mark.parametrize("many", [1, 11])
def test_two_to_ten_securities_are_compared(firm, many):
    ids = [fund(firm, f"F{n}", weekdays(MONDAY, "1", "2", "3")) for n in range(many)]
    with pytest.raises(InvalidInputError, match="de 2 à 10"):
        ask(firm, *ids)


def test_what_cannot_be_compared_is_refused(firm):
    priced = fund(firm, "A", weekdays(MONDAY, "1", "2", "3"))
    silent = kit.instrument(firm.operator, "Sans cours")
    with pytest.raises(InvalidInputError, match=r"Sans cours.*aucun cours"):
        ask(firm, priced, silent)
    with pytest.raises(NotFoundError):
        ask(firm, priced, 999_999)
    other = fund(firm, "B", weekdays(MONDAY, "1", "2", "3"))
    with pytest.raises(InvalidInputError, match="hors de la période commune"):
        ask(firm, priced, other, start=date(2027, 1, 1))
    with pytest.raises(InvalidInputError, match="période est vide"):
        ask(firm, priced, other, start=END, end=MONDAY)
    with pytest.raises(InvalidInputError, match="pas une devise"):
        ask(firm, priced, other, currency="EURO")


def test_the_workbook_holds_the_figures_and_what_limits_them(firm):
    a = fund(firm, "A", weekdays(MONDAY, "100", "110", "99", "108.9"))
    b = fund(firm, "B", weekdays(MONDAY, "50", "55", "49.5", "54.45"))
    book = market.comparison_workbook(firm.operator, ask(firm, a, b))
    read = fastexcel.read_excel(book)
    assert read.sheet_names[0] == "Comparaison"
    first = read.load_sheet("Comparaison").to_polars()
    assert first["Valeur"].to_list() == ["A", "B"]
    assert first["Période"].to_list() == pytest.approx([0.089, 0.089])
    assert "revenus distribués" in " ".join(read.load_sheet("Lecture").to_polars()["À savoir"])


def test_the_document_shows_each_support_its_figures_and_what_limits_them(firm):
    ids = [
        fund(firm, f"Fonds {n}", weekdays(MONDAY, "100", "110", "99", "108.9")) for n in range(10)
    ]
    found = ask(firm, *ids)
    made = market.comparison_document(firm.operator, found)
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(made)]
    shown = " ".join(" ".join(pages).replace("\xa0", " ").split())
    assert all(shown.count(f"Fonds {n}") >= 4 for n in range(10))
    assert shown.count("+8,9 %") >= 10
    assert "n.c." in shown
    assert "Corrélation" in shown
    assert "revenus distribués" in shown
    assert made == market.comparison_document(firm.operator, found)
