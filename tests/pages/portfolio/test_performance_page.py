"""Contacts › Portefeuille › Performance: the figures of the core, where they come from, the method."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from o2s_core import contacts, market, portfolio
from o2s_core.kernel import french
from tests import kit
from tests.kit import pages

PAGE = "pages/portfolio/performance.py"
SINCE = date(2025, 6, 30)


@pytest.fixture
def anne(firm):
    ctx = firm.alice
    anne = kit.person(ctx, file_code="ANNE")
    fund = kit.instrument(ctx, "Monde Indiciel")
    index = kit.instrument(ctx, "Indice Monde", kind="index")
    vie = kit.account(ctx, kit.provider(ctx), [anne], label="Horizon Vie")
    kit.situation(ctx, vie, SINCE, [{"instrument_id": fund, "quantity": "10", "price": "100"}])
    kit.situation(ctx, vie, date(2026, 3, 31), [
        {"instrument_id": fund, "quantity": "15", "price": "104"},
    ])  # fmt: skip
    kit.movement(ctx, vie, date(2026, 3, 31), "deposit", net="520")
    for week in range(74):
        day = SINCE + timedelta(weeks=week)
        kit.price(ctx, fund, day, f"{100 + week / 5:.2f}")
        kit.price(ctx, index, day, f"{1000 - week:.2f}")
    return anne


def computed(firm, start=None, **options):
    scope = contacts.scope(firm.alice, "contact", "ANNE")
    return portfolio.performance(firm.alice, scope, start, firm.alice.today, **options)


def test_the_page_shows_the_figures_of_the_core(firm, anne):
    """S-062."""
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    assert not at.exception
    found = computed(firm, portfolio.start_of("1y", firm.alice.today, date.min))
    shown = pages.shown(at)
    assert french.percent(found.twr, 2, signed=True) in shown
    assert french.percent(found.mwr, 2, signed=True) in shown
    assert french.eur(found.gain_eur, signed=True) in shown
    assert french.eur(found.closing_eur) in shown
    assert at.get("plotly_chart")


def test_the_page_and_the_command_line_agree_to_the_cent(firm, anne, terminal):
    """S-062: every figure of the page is the one that `o2s performance --json` prints."""
    start = portfolio.start_of("1y", firm.alice.today, date.min)
    words = ["performance", "--contact", "ANNE", "--from", start.isoformat(), "--as", "alice"]
    said = json.loads(terminal(*words, "--json").stdout)
    shown = pages.shown(pages.open_page(firm, "alice", PAGE, contact="ANNE"))
    opening, flows, gain, closing = (
        Decimal(said[f"{name}_eur"]) for name in ("opening", "net_flows", "gain", "closing")
    )
    assert opening + flows + gain == closing
    assert f"Ouverture {french.eur(opening)} au" in shown
    assert f"flux nets {french.eur(flows, signed=True)}" in shown
    assert f"gain {french.eur(gain, signed=True)}" in shown
    assert f"clôture {french.eur(closing)} au" in shown
    for rate in (said["twr"], said["mwr"]):
        assert french.percent(rate, 2, signed=True) in shown
    assert said["periods"]["1y"] == said["twr"]


def test_each_period_and_each_curve_opens(firm, anne):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    id_ = contacts.contact(firm.alice, "ANNE").id
    at.segmented_control(key=f"perf_period_person_{id_}").set_value("origin").run()
    assert french.percent(computed(firm).twr, 2, signed=True) in pages.shown(at)
    for curve in ("En euros", "Par année", "Par mois", "Baisse depuis le plus haut"):
        at.segmented_control(key=f"perf_curve_person_{id_}").set_value(curve).run()
        assert not at.exception
        assert at.get("plotly_chart")


def test_an_index_is_compared_over_the_same_days(firm, anne):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    id_ = contacts.contact(firm.alice, "ANNE").id
    indices = market.instruments(firm.alice, market.InstrumentFilter(kinds=("index",)))
    at.session_state[f"perf_index_person_{id_}"] = indices["isin"][0]
    at.run()
    start = portfolio.start_of("1y", firm.alice.today, date.min)
    found = computed(firm, start, benchmark=indices["isin"][0])
    assert french.percent(found.reference_return, 2, signed=True) in pages.shown(at)
    assert "Bêta" in pages.shown(at)


def test_the_support_that_earned_is_named_with_its_gain(firm, anne):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    found = computed(firm, portfolio.start_of("1y", firm.alice.today, date.min))
    (line,) = (row for row in found.lines.iter_rows(named=True) if row["label"] == "Monde Indiciel")
    shown = pages.shown(at)
    assert "Monde Indiciel" in shown
    assert french.percent(line["contribution"], 2, signed=True) in shown


@pytest.mark.parametrize("axis", list(portfolio.PART_AXES))
def test_the_parts_are_those_of_the_core(firm, anne, axis):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    id_ = contacts.contact(firm.alice, "ANNE").id
    at.segmented_control(key=f"perf_axis_person_{id_}").set_value(axis).run()
    assert not at.exception
    start = portfolio.start_of("1y", firm.alice.today, date.min)
    scope = contacts.scope(firm.alice, "contact", "ANNE")
    found = portfolio.performance_parts(firm.alice, scope, start, firm.alice.today, by=axis)
    shown = pages.shown(at)
    for row in found.iter_rows(named=True):
        assert row["label"] in shown
        assert french.eur(row["gain_eur"], signed=True) in shown


def test_the_deposit_is_listed_as_a_flow(firm, anne):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    assert "Versement" in pages.shown(at)


def test_a_file_without_account_says_when_it_will_come(firm):
    kit.person(firm.alice, file_code="VIDE")
    at = pages.open_page(firm, "alice", PAGE, contact="VIDE")
    assert "connu des avoirs" in pages.shown(at)


def test_another_advisers_client_is_not_found(firm, anne):
    kit.person(firm.bruno, file_code="BOB")
    at = pages.open_page(firm, "alice", PAGE, contact="BOB")
    assert "introuvable" in pages.shown(at)
