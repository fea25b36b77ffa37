"""`o2s compare`: the figures of the page, in the shape of the contract."""

import json
from datetime import date
from functools import partial

import pytest

from tests import kit

DAYS = [date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 11), date(2026, 11, 12)]
CODES = ("XF0000000129", "XF0000000137")


@pytest.fixture
def run(terminal):
    return partial(terminal, "compare")


@pytest.fixture
def pair(firm):
    for code, values in zip(
        CODES, (("100", "110", "99", "108.9"), ("7", "8", "9", "10")), strict=True
    ):
        made = kit.instrument(firm.operator, code, isin=code)
        for day, value in zip(DAYS, values, strict=True):
            kit.price(firm.operator, made, day, value)


def test_the_document_holds_period_series_figures_and_correlation(run, pair):
    """S-085: the comparison of securities, on the command line."""
    done = run(*CODES, "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["start"], found["end"]) == ("2026-11-09", "2026-11-12")
    assert found["securities"][0]["isin"] == CODES[0]
    assert found["securities"][0]["period"] == pytest.approx(0.089)
    assert found["series"][CODES[0]][1] == ["2026-11-10", pytest.approx(110.0)]
    assert found["correlation"]["isins"] == list(CODES)
    assert found["years"][0]["returns"][CODES[1]] == pytest.approx(10 / 7 - 1)


def test_a_period_narrows_it(run, pair):
    found = json.loads(run(*CODES, "--from", "2026-11-10", "--to", "2026-11-11", "--json").stdout)
    assert found["securities"][0]["period"] == pytest.approx(-0.10)


def test_without_json_a_person_reads_it(run, pair):
    said = run(*CODES).stdout
    assert "Du 09/11/2026 au 12/11/2026, en EUR" in said
    assert "+8,90" in said
