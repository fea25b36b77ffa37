"""A figure corrected by hand is read over the partner's, which stays stored; it says so."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import contacts, portfolio, store
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import OverrideForm
from o2s_core.portfolio.models import SituationLine
from tests import kit

OCTOBER = date(2026, 10, 31)


@pytest.fixture
def line(firm):
    """Ten units at 100, which the market prices 110 since."""
    anne = kit.person(firm.alice, "Martin", "Anne", file_code="C00001")
    provider = kit.provider(firm.operator)
    fund = kit.instrument(firm.operator, "Fonds commun")
    account = kit.account(firm.alice, provider, [anne], number="AV-1")
    told = {"instrument_id": fund, "quantity": "10", "price": "100", "value": "1000",
            "price_on": OCTOBER, "unit_cost": "80", "label": "FDS COMMUN"}  # fmt: skip
    kit.situation(firm.operator, account, OCTOBER, [told])
    kit.price(firm.operator, fund, date(2026, 11, 20), "110")
    return account, fund


def row(firm, line, on=None):
    held = portfolio.holdings_of_account(firm.fresh(firm.alice), line[0], on)
    return held.lines.row(0, named=True)


def correct(firm, line, field, value=None, **more):
    form = OverrideForm(field, "relevé papier", value, **more)
    return portfolio.override(firm.fresh(firm.alice), *line, form)


def test_a_corrected_price_makes_the_value_and_stands_over_the_market(firm, line):
    assert row(firm, line)["value_eur"] == 1100
    correct(firm, line, "price", Decimal(90))
    found = row(firm, line)
    assert (found["value_eur"], found["price"], found["kind"]) == (900, 90, "manual")
    assert (found["known_by"], found["corrected"]) == ("partner", "price")
    assert found["situation_value_eur"] == 1000, "what the partner said is still told"


def test_a_corrected_quantity_a_cost_and_a_label_are_read_everywhere(firm, line):
    correct(firm, line, "quantity", Decimal(12))
    correct(firm, line, "unit_cost", Decimal(50))
    correct(firm, line, "label", text="Fonds commun, part R")
    found = row(firm, line)
    assert (found["quantity"], found["value_eur"]) == (12, 1320)
    assert (found["cost_eur"], found["label"]) == (600, "Fonds commun, part R")
    assert found["corrected"] == "label,quantity,unit_cost"


def test_page_firm_and_series_say_the_same_total(firm, line):
    correct(firm, line, "price", Decimal(90), since=date(2026, 11, 10))
    ctx = firm.fresh(firm.alice)
    scope = contacts.scope(ctx, "contact", "C00001")
    total = portfolio.holdings(ctx, scope).total_eur
    assert total == 900
    assert portfolio.total_assets(ctx) == total
    series = portfolio.value_series(ctx, scope, OCTOBER, ctx.today)
    days = series.points.filter(pl.col("value_eur").is_not_null())
    before = days.filter(pl.col("day") < date(2026, 11, 10))["value_eur"]
    since = days.filter(pl.col("day") >= date(2026, 11, 10))["value_eur"]
    assert set(before) == {1000}
    assert set(since) == {900}


def test_it_holds_between_its_days_and_until_somebody_ends_it(firm, line):
    made = correct(
        firm, line, "price", Decimal(90), since=date(2026, 11, 1), until=date(2026, 11, 10)
    )
    assert row(firm, line, date(2026, 11, 5))["value_eur"] == 900
    assert row(firm, line, date(2026, 11, 11))["value_eur"] == 1000
    assert row(firm, line)["value_eur"] == 1100
    portfolio.end_override(firm.fresh(firm.alice), made)
    assert row(firm, line, date(2026, 11, 5))["value_eur"] == 1000
    (told,) = portfolio.overrides(firm.fresh(firm.alice), line[0], ended=True).to_dicts()
    assert (told["active"], told["reason"], told["author"]) == (False, "relevé papier", "alice")


def test_the_partner_who_says_something_else_since_is_an_alert(firm, line):
    account, fund = line
    correct(firm, line, "price", Decimal(90))
    (told,) = portfolio.overrides(firm.fresh(firm.alice), account).to_dicts()
    assert (told["told"], told["differs"]) == ("100,00", False)
    newer = {"instrument_id": fund, "quantity": "10", "price": "105", "value": "1050",
             "price_on": date(2026, 11, 22), "label": "FDS"}  # fmt: skip
    kit.situation(firm.operator, account, date(2026, 11, 22), [newer])
    (told,) = portfolio.overrides(firm.fresh(firm.alice), account).to_dicts()
    assert (told["told_now"], told["differs"]) == ("105,00", True)
    assert row(firm, line)["value_eur"] == 900, "it survives the next delivery"


def test_the_partners_figure_stays_stored(firm, line):
    from sqlmodel import select

    correct(firm, line, "quantity", Decimal(12))
    with store.reading(firm.operator) as session:
        assert session.exec(select(SituationLine.quantity)).one() == 10


def test_a_second_correction_of_a_figure_ends_the_first(firm, line):
    correct(firm, line, "price", Decimal(90))
    correct(firm, line, "price", Decimal(95))
    assert row(firm, line)["value_eur"] == 950
    assert portfolio.overrides(firm.fresh(firm.alice), line[0]).height == 1


def test_it_takes_a_reason_a_value_the_right_and_the_perimeter(firm, line):
    with pytest.raises(InvalidInputError, match="Motif"):
        portfolio.override(firm.alice, *line, OverrideForm("price", " ", Decimal(1)))
    with pytest.raises(InvalidInputError, match="Valeur"):
        portfolio.override(firm.alice, *line, OverrideForm("price", "motif"))
    with pytest.raises(InvalidInputError, match="ne détient pas"):
        other = kit.instrument(firm.operator, "Autre")
        portfolio.override(firm.alice, line[0], other, OverrideForm("price", "m", Decimal(1)))
    with pytest.raises(NotFoundError):
        portfolio.override(firm.bruno, *line, OverrideForm("price", "motif", Decimal(1)))
    made = correct(firm, line, "price", Decimal(90))
    with pytest.raises(NotFoundError):
        portfolio.end_override(firm.bruno, made)
    without = firm.alice.permissions - {Permission.POSITION_CORRECT}
    with pytest.raises(PermissionDeniedError):
        portfolio.end_override(replace(firm.alice, permissions=without), made)
