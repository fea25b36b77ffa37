"""Each bench asks the same question both ways, on the store that is there."""

from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import market, portfolio, store
from o2s_core.cli import price_benches
from tests import kit


@pytest.fixture
def client(firm):
    """Ten units of a fund for a hundred days; its price is published."""
    ctx = firm.operator
    fund = kit.instrument(ctx)
    rows = [
        (fund, ctx.today - timedelta(n), Decimal(100 + n), "EUR", "nav", "essai") for n in range(90)
    ]
    market.publish_price_history(ctx, pl.DataFrame(rows, market.PRICE_INPUT, orient="row"))
    anne = kit.person(ctx, file_code="C00001", adviser=firm.user_ids["alice"])
    account = kit.account(ctx, kit.provider(ctx), [anne])
    line = {"instrument_id": fund, "quantity": "10", "value": "1"}
    kit.situation(ctx, account, ctx.today - timedelta(100), [line])
    return fund


def test_a_client_s_lines_are_worth_the_same_in_sql(firm, client):
    store.rebuild(firm.operator, portfolio.PROJECTIONS)
    ((ours, reference),) = price_benches.client_holdings(firm.operator, ["C00001"])
    assert [float(v) for v in ours().lines["value_eur"]] == reference()["value"].to_list() == [1000]


def test_clients_are_drawn_from_the_largest_to_the_smallest():
    codes = [f"C{n:05}" for n in range(1_000)]
    assert price_benches.drawn(codes)[:2] == ["C00000", "C00020"]
    assert len(price_benches.drawn(codes)) == len(price_benches.drawn(codes[:60])) == 50
    assert price_benches.drawn(codes[:3]) == codes[:3]


def test_a_client_s_days_are_the_same_in_sql(firm, client):
    ((ours, reference),) = price_benches.client_values(firm.operator, ["C00001"])
    mine, sql = ours(), reference()
    assert sql["value"].to_list()[-80:] == mine.value[-80:].tolist()
    assert sql["value"][-1] == 1000


def test_the_performance_of_a_client_stands_on_the_lines_read(firm, client):
    ((figures, reading),) = price_benches.client_performance(firm.operator, ["C00001"])
    assert float(figures().closing_eur) == 1000
    assert [line.position.instrument_id for line in reading()] == [client]


def test_the_matrix_is_laid_out_again_each_time(firm, client):
    ours, scan, rows = price_benches.matrix(firm.operator)
    ours()
    ours()
    assert rows == 90
    assert scan()["len"][0] == 90
