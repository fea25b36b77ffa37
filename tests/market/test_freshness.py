"""How old a price may be depends on what it prices."""

from datetime import date, timedelta

import pytest

from o2s_core.market import is_stale
from o2s_core.market.freshness import LIMITS
from o2s_core.market.kinds import CLASS_OF_KIND, INSTRUMENT_KINDS, WITHOUT_ISIN

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("kind", "priced_on", "on", "stale"),
    [
        ("share", date(2026, 11, 16), MONDAY, False),  # five open days
        ("share", date(2026, 11, 13), MONDAY, True),  # six
        ("share", date(2026, 12, 23), date(2026, 12, 31), False),  # Christmas is no open day
        ("share", date(2026, 12, 22), date(2026, 12, 31), True),
        ("opcvm", date(2026, 11, 9), MONDAY, False),
        ("opcvm", date(2026, 11, 6), MONDAY, True),
        ("scpi", MONDAY - timedelta(120), MONDAY, False),
        ("scpi", MONDAY - timedelta(121), MONDAY, True),
        ("fonds_euros", MONDAY - timedelta(400), MONDAY, False),
        ("fonds_euros", MONDAY - timedelta(401), MONDAY, True),
        ("fcpi", MONDAY - timedelta(401), MONDAY, True),
        ("cash", date(1990, 1, 1), MONDAY, False),
        ("share", None, MONDAY, False),  # unpriced, which is said otherwise
        ("share", MONDAY + timedelta(1), MONDAY, False),
        ("never heard of", date(2026, 11, 6), MONDAY, True),
    ],
)
def test_stale(kind, priced_on, on, stale):
    assert is_stale(kind, priced_on, on) is stale


def test_every_kind_has_its_limit():
    assert set(INSTRUMENT_KINDS) - set(LIMITS) == {"cash", "other"}


def test_codes_of_kinds_are_kinds():
    assert set(CLASS_OF_KIND) | WITHOUT_ISIN <= set(INSTRUMENT_KINDS)
