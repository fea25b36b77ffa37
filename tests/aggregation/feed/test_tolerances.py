"""What a feed lets pass: the product's figures, or its own (controls V01, V02, V05, V06, V07)."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from o2s_core.aggregation.controls import controls
from o2s_core.aggregation.feed.tolerances import (
    DEFAULT,
    TOLERANCE_FIELDS,
    Tolerances,
    stored,
    tolerances_of,
    typed_tolerances,
)
from o2s_core.aggregation.models import Feed
from o2s_core.aggregation.statement import ACCOUNTS, LINES, SITUATIONS, Statement

DAY = date(2026, 10, 30)


def feed(text: str) -> Feed:
    return Feed(firm_id=1, code="f", label="F", provider_id=1, format="csv", tolerances=text)


def statement(*lines: dict, total: str = "1000") -> Statement:
    head = {"external_id": "A1", "as_of": DAY, "currency": "EUR", "locator": "1"}
    account = {"external_id": "A1", "envelope": "pea", "locator": "1"}
    rows = [
        head | {"code": f"L{n}", "price_factor": Decimal(1)} | one for n, one in enumerate(lines)
    ]
    return Statement(
        "csv",
        accounts=pl.DataFrame([account], ACCOUNTS),
        situations=pl.DataFrame([head | {"total": Decimal(total)}], SITUATIONS),
        lines=pl.DataFrame(rows, LINES),
    )


def line(value="1000", quantity="10", price="100", **more) -> dict:
    return {"value": Decimal(value), "quantity": Decimal(quantity), "price": Decimal(price)} | more


def codes(said: Statement, allowed: Tolerances = DEFAULT) -> list[str]:
    return controls(said, DAY, {}, allowed)["code"].to_list()


def test_a_feed_without_figures_of_its_own_has_those_of_the_product():
    assert tolerances_of(feed("")) == tolerances_of(None) == DEFAULT


def test_what_is_kept_is_only_what_differs():
    mine = replace(DEFAULT, line_share=Decimal("0.002"), listed_days=8)
    assert stored(mine) == '{"line_share":"0.002","listed_days":"8"}'
    assert tolerances_of(feed(stored(mine))) == mine
    assert stored(DEFAULT) == ""


def test_a_figure_that_no_longer_exists_is_left_out():
    assert tolerances_of(feed('{"gone": "1", "quantity": "0.5"}')).quantity == Decimal("0.5")


def test_an_empty_field_is_the_product_s_figure():
    assert typed_tolerances({"line_share": None, "fund_days": 3}) == replace(DEFAULT, fund_days=3)


def test_every_tolerance_can_be_typed():
    assert [f.key for f in TOLERANCE_FIELDS] == [f.name for f in fields(Tolerances)]


@pytest.mark.parametrize(("value", "told"), [("1001", False), ("1001.01", True)])
def test_a_line_may_be_off_by_a_thousandth(value, told):
    """V01: 10 × 100 = 1000; 0,1 % of 1001 is 1,001, of 1001,01 it is 1,00101 for a gap of 1,01."""
    assert ("V01" in codes(statement(line(value), total=value))) is told


def test_a_feed_may_let_more_pass_on_a_line():
    said = statement(line("1010"), total="1010")
    assert codes(said) == ["V01"]
    assert codes(said, replace(DEFAULT, line_amount=Decimal(10))) == []
    assert codes(said, replace(DEFAULT, line_share=Decimal("0.01"))) == []


def test_a_feed_may_let_more_pass_on_a_total():
    said = statement(line(), total="1001")
    assert codes(said) == ["V02"]
    assert codes(said, replace(DEFAULT, total_amount=Decimal(1))) == []


@pytest.mark.parametrize(
    ("kind", "priced_on", "told"),
    [
        ("share", date(2026, 10, 23), False),  # five open days
        ("share", date(2026, 10, 22), True),
        ("opcvm", date(2026, 10, 16), False),  # ten open days
        ("opcvm", date(2026, 10, 15), True),
        ("scpi", date(2026, 7, 2), False),  # 120 days
        ("scpi", date(2026, 7, 1), True),
        ("fonds_euros", date(2025, 12, 31), False),
        ("cash", date(2020, 1, 1), False),
    ],
)  # fmt: skip
def test_an_old_price_is_told_by_kind_of_support(kind, priced_on, told):
    """V06."""
    said = statement(line(kind=kind, price_on=priced_on, label="Fonds"))
    assert codes(said) == (["V06"] if told else [])


def test_a_feed_may_price_less_often():
    said = statement(line(kind="share", price_on=date(2026, 10, 1), label="Action"))
    assert codes(said) == ["V06"]
    assert codes(said, replace(DEFAULT, listed_days=30)) == []
