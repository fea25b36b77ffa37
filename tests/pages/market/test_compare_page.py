"""Outils › Comparateur: it compares what the address names, and says why it cannot."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import market
from o2s_core.market import DecisionForm, Shown
from tests import kit
from tests.kit import pages

PAGE = "pages/market/compare.py"


@pytest.fixture
def pair(firm):
    """Two funds priced each weekday for two months: one doubles, the other stands still."""
    today = firm.operator.today
    days = [today - timedelta(n) for n in range(60, 0, -1) if (today - timedelta(n)).weekday() < 5]
    made = []
    for label, last in (("Fonds vif", 200), ("Fonds plat", 100)):
        instrument_id = kit.instrument(firm.operator, label)
        step = Decimal(last - 100) / (len(days) - 1)
        rows = [
            (instrument_id, day, 100 + n * step, "EUR", "nav", "essai")
            for n, day in enumerate(days)
        ]
        market.record_prices(firm.operator, pl.DataFrame(rows, market.PRICE_INPUT, orient="row"))
        made.append(instrument_id)
    return made


def tables(at):
    return [pages.table(at, n) for n in range(len(pages.components(at, "table")))]


def test_securities_of_the_address_are_compared(firm, pair):
    """S-085: the comparison of securities opens by a link."""
    at = pages.open_page(firm, "analyste", PAGE, supports=",".join(map(str, pair)))
    assert not at.exception
    earned = next(t for t in tables(at) if len(t[0]) == 11)
    assert [row[0] for row in earned] == ["Fonds vif", "Fonds plat"]
    assert "+100,0" in earned[0][2]
    assert len(at.get("plotly_chart")) == 2
    assert "revenus distribués" in pages.shown(at)


def test_each_view_draws(firm, pair):
    at = pages.open_page(firm, "alice", PAGE, supports=",".join(map(str, pair)))
    for view in ("Années civiles", "12 mois glissants", "Rendement et risque"):
        at.segmented_control(key="compare_view").set_value(view).run()
        assert not at.exception


def test_one_security_is_not_a_comparison(firm, pair):
    at = pages.open_page(firm, "analyste", PAGE, supports=str(pair[0]))
    assert "au moins deux valeurs" in pages.shown(at)
    at.multiselect(key="compare_ids").set_value(pair).run()
    assert len(tables(at)) == 4  # two charts, two tables
    assert at.query_params["supports"] == ",".join(map(str, pair))


def test_a_security_without_price_says_why(firm, pair):
    silent = kit.instrument(firm.operator, "Sans cours")
    at = pages.open_page(firm, "analyste", PAGE, supports=f"{pair[0]},{silent}")
    assert "aucun cours" in pages.shown(at)


def test_the_picker_puts_favourites_first_and_names_what_is_excluded(firm, pair):
    """S-084: favourites come first where a support is chosen."""
    ctx = replace(firm.operator, user_id=firm.user_ids["analyste"])
    market.prefer(ctx, pair[0])  # the second by label
    market.decide(ctx, pair[1], DecisionForm("excluded", "Frais.", ctx.today))
    at = pages.open_page(firm, "analyste", PAGE)
    first, second = at.multiselect(key="compare_ids").options
    assert first.startswith("★ Fonds vif")
    assert second.endswith("· exclu")
    market.save_display(ctx, "favourites", Shown(first_in_pickers=False))
    at = pages.open_page(firm, "analyste", PAGE)
    assert at.multiselect(key="compare_ids").options[0].startswith("Fonds plat")
