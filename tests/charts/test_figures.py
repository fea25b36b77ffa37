"""A chart shows what its frame says, within what a screen can show."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import charts
from o2s_core.charts.lines import thinned


def shares(*rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {"label": [name for name, _ in rows], "value": [Decimal(v) for _, v in rows]}
    )


def days(n: int) -> pl.DataFrame:
    start = date(2000, 1, 1)
    return pl.DataFrame(
        {"day": [start + timedelta(d) for d in range(n)], "value_eur": [float(d) for d in range(n)]}
    )


def test_a_ring_draws_the_largest_slice_first():
    (pie,) = charts.donut(shares(("petit", "1"), ("grand", "3")), "label", "value").data
    assert list(pie.labels) == ["grand", "petit"]
    assert [text.replace("\xa0", " ") for text in pie.text] == ["75 %", "25 %"]


def test_a_ring_leaves_out_a_debt_and_an_empty_slice():
    (pie,) = charts.donut(shares(("a", "5"), ("b", "0"), ("c", "-2")), "label", "value").data
    assert list(pie.labels) == ["a"]


def test_a_ring_puts_the_smallest_slices_together_and_loses_nothing():
    many = shares(*[(f"s{n}", str(n)) for n in range(1, 13)])
    (pie,) = charts.donut(many, "label", "value").data
    assert len(pie.labels) == 8
    assert pie.labels[-1] == "Autres"
    assert sum(pie.values) == sum(range(1, 13))


def test_a_line_has_a_thousand_points_at_most_its_first_and_last_among_them():
    kept = thinned(days(5000), 1000)
    assert kept.height <= 1000
    assert (kept["day"][0], kept["day"][-1]) == (date(2000, 1, 1), days(5000)["day"][-1])


def test_a_short_line_keeps_every_point():
    assert thinned(days(10), 1000).equals(days(10))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_figure_writes_numbers_the_french_way_with_the_colours_of_the_theme(theme):
    for made in (
        charts.donut(shares(("a", "1")), "label", "value", theme=theme),
        charts.bars(shares(("a", "1")), "label", "value", theme=theme),
        charts.value_line(days(3), theme=theme),
    ):
        assert made.layout.separators == ",\u202f"
        assert tuple(made.layout.colorway) == charts.PALETTES[theme]


def test_an_axis_of_days_never_writes_the_name_of_a_month():
    stops = charts.value_line(days(30)).layout.xaxis.tickformatstops
    assert {stop.value for stop in stops} == {"%d/%m/%y", "%m/%Y", "%Y"}


def test_the_figure_of_the_longest_bar_has_its_room_on_any_screen():
    drawn = charts.bars(shares(("a", "29135294"), ("b", "1")), "label", "value")
    assert drawn.layout.xaxis.range == (0, 29135294)  # the bar ends where the margin begins
    assert drawn.layout.margin.r >= 7 * len("29 135 294 €")


@pytest.mark.parametrize(
    ("last", "form"), [("200", ",.0f"), ("102.2", ",.1f"), ("100.3", ",.2f"), ("100", ",.0f")]
)
def test_two_marks_of_an_axis_never_read_alike(last, form):
    frame = pl.DataFrame(
        {"day": [date(2026, 1, 1), date(2026, 1, 2)], "value_eur": ["100", last]}
    ).with_columns(pl.col("value_eur").cast(pl.Float64))
    assert charts.value_line(frame).layout.yaxis.tickformat == form


@pytest.mark.parametrize("name", ["value", "variable"])
def test_a_series_may_have_any_name(name):
    frame = days(30).rename({"value_eur": name})
    assert charts.value_line(frame, series={name: "Part C"}).data[0].name == "Part C"


def test_a_series_of_gaps_alone_still_draws():
    frame = days(30).with_columns(value_eur=pl.lit(None, pl.Float64))
    assert charts.value_line(frame).layout.yaxis.tickformat == ",.0f"


def test_bars_keep_the_order_of_the_frame_and_shorten_a_long_name():
    (bar,) = charts.bars(shares(("x" * 60, "1"), ("b", "2")), "label", "value").data
    assert bar.y[0].endswith("…")
    assert bar.y[1] == "b"


def test_no_row_is_an_empty_figure_and_no_error():

    frame = pl.DataFrame(schema={"label": pl.String, "value": pl.Float64})
    assert charts.bars(frame, "label", "value").data
    assert charts.donut(frame, "label", "value").data


def test_months_stand_in_a_grid_the_latest_year_on_top():
    frame = pl.DataFrame({"year": [2025, 2026], "month": [12, 1], "return": [0.012, -0.034]})
    (grid,) = charts.monthly_heatmap(frame).data
    assert list(grid.y) == ["2026", "2025"]
    assert grid.text[0][0] == "-3,4"
    assert grid.text[1][11] == "+1,2"
    assert grid.text[0][11] == ""


def test_years_stand_side_by_side_in_percent():
    frame = pl.DataFrame({"label": ["2025", "2026"], "return": [0.05, -0.02]})
    (bars,) = charts.return_columns(frame, "label", "return").data
    assert list(bars.y) == pytest.approx([5.0, -2.0])
    assert bars.marker.color[0] != bars.marker.color[1]


def test_steps_end_with_their_sum():
    (steps,) = charts.waterfall([("Actions", 3.0), ("Obligations", -1.0)], "Total").data
    assert list(steps.x) == ["Actions", "Obligations", "Total"]
    assert list(steps.measure) == ["relative", "relative", "total"]
