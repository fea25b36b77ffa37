"""Services › Cours: what is priced, what waits, the rates."""

from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import market, store
from o2s_core.market.price_intake import take_prices
from tests import kit
from tests.kit import pages, windows


@pytest.fixture
def fund(firm):
    return kit.instrument(firm.operator, "Fonds suivi")


@pytest.fixture
def jumped(firm, fund):
    """100 yesterday, 130 today: it waits."""
    kit.price(firm.operator, fund, firm.operator.today - timedelta(1), "100")
    rows = [(fund, firm.operator.today, Decimal(130), "EUR", "nav", "vendor:essai")]
    with store.tx(firm.operator) as tx:
        take_prices(tx, pl.DataFrame(rows, market.PRICE_INPUT, orient="row"))
    return market.doubtful_prices(firm.operator)["id"][0]


def test_the_coverage_shows_the_share_and_what_is_missing(firm, fund):
    """S-079, S-005."""
    today = firm.operator.today
    anne = kit.person(firm.alice, adviser=firm.user_ids["alice"])
    held = kit.account(firm.alice, kit.provider(firm.operator), [anne])
    kit.situation(
        firm.alice,
        held,
        today - timedelta(90),
        [{"instrument_id": fund, "quantity": "2", "value": "50"}],
    )
    from o2s_core.portfolio.projections import mark

    with store.tx(firm.operator) as tx:
        mark(tx, [held])
    at = pages.open_page(firm, "alice", "pages/market/price_coverage.py")
    assert not at.exception
    assert pages.table(at)[0][:2] == ["Fonds suivi", "50,00\u00a0€"]
    assert "Au cours du jour" in pages.shown(at)
    rows = pages.components(at, "table")[0]["rows"]
    assert rows[0]["href"] == f"/support?support={fund}"


def test_an_adviser_without_clients_reads_that_nothing_is_late(firm):
    at = pages.open_page(firm, "bruno", "pages/market/price_coverage.py")
    assert not at.exception
    assert "Chaque support détenu a un cours" in pages.shown(at)


def test_the_analyst_has_no_business_with_amounts(firm):
    at = pages.open_page(firm, "analyste", "pages/market/price_coverage.py")
    assert "Votre profil ne donne pas le droit" in pages.shown(at)


def test_a_price_that_waits_is_listed_with_its_distance(firm, jumped):
    at = pages.open_page(firm, "analyste", "pages/market/doubtful_prices.py")
    assert not at.exception
    assert "Fonds suivi" in pages.table(at)[0][0]
    assert "+30,0" in pages.shown(at)


@pytest.mark.parametrize(
    ("accept", "button", "value"), [(True, "Accepter", 130), (False, "Refuser", 100)]
)
def test_it_is_accepted_or_refused_with_a_reason(firm, fund, jumped, accept, button, value):
    at = windows.open_window(
        firm, "analyste", "o2s_core.ui.price_windows.decide_price", f"{jumped}, accept={accept}"
    )
    windows.press(at, button)
    assert "Motif" in at.error[0].value
    at.text_area[0].set_value("Vérifié auprès de la société")
    windows.press(at, button)
    assert market.doubtful_prices(firm.operator).is_empty()
    assert market.instrument(firm.operator, fund).price == value


def test_the_rates_say_their_day_and_their_age(firm):
    rows = pl.DataFrame(
        [("USD", firm.operator.today, Decimal("1.1"), "fichier")], market.RATE_INPUT, orient="row"
    )
    market.record_rates(firm.operator, rows)
    at = pages.open_page(firm, "analyste", "pages/market/rates.py")
    assert not at.exception
    found = {row[0]: row for row in pages.table(at)}
    assert found["USD"][1:4] == ["1,1000", "24/11/2026", "0"]
    assert found["USD"][5] == "fichier"
    assert "Trop ancien" in found["CHF"]
