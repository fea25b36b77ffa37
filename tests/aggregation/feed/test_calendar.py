"""When the next file of a feed is expected: French open days, then days of grace."""

from datetime import UTC, date, datetime

import pytest

from o2s_core.aggregation.feed.calendar import (
    day_of,
    expected_on,
    late_after,
    open_days_after,
    state_of,
)


@pytest.mark.parametrize(
    ("frequency", "last", "due"),
    [
        ("business_day", date(2026, 11, 23), date(2026, 11, 24)),
        ("business_day", date(2026, 11, 20), date(2026, 11, 23)),  # a Friday
        ("business_day", date(2026, 11, 21), date(2026, 11, 23)),  # a Saturday
        ("business_day", date(2026, 5, 7), date(2026, 5, 11)),  # 8 May, then a week-end
        ("business_day", date(2026, 12, 24), date(2026, 12, 28)),
        ("weekly", date(2026, 11, 3), date(2026, 11, 10)),
        ("weekly", date(2026, 11, 4), date(2026, 11, 12)),  # 11 November
        ("monthly", date(2026, 1, 31), date(2026, 3, 2)),  # 28 February is a Saturday
        ("monthly", date(2026, 12, 3), date(2027, 1, 4)),
        ("quarterly", date(2026, 11, 5), date(2027, 2, 5)),
        ("on_demand", date(2026, 11, 5), None),
    ],
)  # fmt: skip
def test_the_next_file_is_due_on_an_open_day(frequency, last, due):
    assert expected_on(frequency, last) == due


def test_days_of_grace_are_open_days():
    assert late_after("weekly", date(2026, 11, 4), 2) == date(2026, 11, 16)
    assert late_after("weekly", date(2026, 11, 4), 0) == date(2026, 11, 12)
    assert late_after("on_demand", date(2026, 11, 4), 2) is None


def test_no_day_of_grace_ends_on_a_closed_day():
    for n in range(400):
        day = date.fromordinal(date(2026, 1, 1).toordinal() + n)
        assert open_days_after(day, 3).weekday() < 5
        assert open_days_after(day, 1) > day


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 11, 10), "on_time"),
        (date(2026, 11, 12), "expected"),
        (date(2026, 11, 16), "expected"),
        (date(2026, 11, 17), "late"),
    ],
)
def test_a_feed_is_expected_then_late(today, state):
    assert state_of("weekly", date(2026, 11, 4), 2, today) == state


def test_a_feed_may_have_no_rhythm_no_file_or_no_life():
    today, last = date(2026, 11, 24), date(2020, 1, 1)
    assert state_of("on_demand", last, 2, today) == "on_demand"
    assert state_of("weekly", None, 2, today) == "never"
    assert state_of("weekly", last, 2, today, active=False) == "inactive"


def test_the_day_of_a_file_is_the_partner_s():
    at = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert day_of(at) == date(2026, 11, 24)
    assert day_of(at, "America/New_York") == date(2026, 11, 23)
