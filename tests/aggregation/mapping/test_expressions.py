"""Expressions add and compare fields; they cannot do anything else."""

import re
from decimal import Decimal

import polars as pl
import pytest

from o2s_core.aggregation.mapping.expressions import names, parse, to_polars
from o2s_core.aggregation.statement import EXACT

ROW = {
    "net": "-1021.95",
    "fees": "1.95",
    "price": "25.5",
    "quantity": "40",
    "zero": "0",
    "absent": None,
}


def value(text: str):
    frame = pl.DataFrame(
        {name: [None if v is None else Decimal(v)] for name, v in ROW.items()},
        schema=dict.fromkeys(ROW, EXACT),
    ).with_columns(kind=pl.lit("buy"))
    return frame.select(to_polars(parse(text)).alias("v"))["v"][0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("net + fees", "-1020"), ("quantity * price", "1020"), ("-quantity * price - fees", "-1021.95"),
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("10 - 3 - 2", "5"), ("12 / 4 / 3", "1"),
        ("1 / 3", "0.33333333"), ("abs(net)", "1021.95"), ("min(price, quantity)", "25.5"),
        ("max(price, quantity, 100)", "100"), ("coalesce(absent, fees)", "1.95"),
        ('if(kind = "buy", -1, 1)', "-1"), ("if(net < 0, 1, 2)", "1"), ("if(net >= 0, 1, 2)", "2"),
        ("if(kind != 'buy', 1, 2)", "2"), ("--5", "5"),
    ],
)  # fmt: skip
def test_the_value_of(text, expected):
    assert value(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["net / zero", "net + absent", "absent"])
def test_what_cannot_be_computed_is_null(text):
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "incomplet"), ("net +", "incomplet"), ("net fees", "à partir de « fees »"),
        ("(net", "« ) » attendu"), ("__import__('os')", "fonction inconnue"), ("net.real", "inattendu"),
        ("net[0]", "inattendu"), ("lambda: 1", "inattendu"), ("eval(net)", "fonction inconnue"),
        ("min(net)", "arguments"), ("(" * 100 + "1" + ")" * 100, "imbriqué"), ("1" * 500, "trop long"),
        ("net ** 2", "inattendu"),
    ],
)  # fmt: skip
def test_anything_else_is_refused(text, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        parse(text)


def test_the_fields_that_an_expression_reads_are_known():
    assert names(parse('if(kind = "buy", net - fees, 0)')) == {"kind", "net", "fees"}
