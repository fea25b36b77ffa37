"""Services › Agrégation › Écarts: what contradicts itself, its evidence, and what is done."""

from dataclasses import replace
from datetime import timedelta

import pytest

from o2s_core import aggregation, portfolio
from o2s_core.portfolio import OverrideForm
from tests import kit
from tests.kit import documents as doc
from tests.kit import pages

BREAKS = "pages/aggregation/breaks.py"
ACCOUNT = "pages/portfolio/account.py"
DELIVERY = "pages/aggregation/delivery.py"


@pytest.fixture
def broken(firm):
    """A client of Alice: ten units, two bought, fifteen reported; then a correction of the day."""
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001", adviser=firm.user_ids["alice"])
    buy = doc.moved("buy", "-200", "2026-11-05", quantity="2", isin=doc.ACME)
    told = [
        doc.holding("A1", [doc.line(quantity="10")], "2026-10-31", movements=[buy]),
        doc.holding("A1", [doc.line(quantity="15", value="1500")], "2026-11-20"),
        doc.holding("A1", [doc.line(quantity="16", value="1600")], "2026-11-20"),
    ]
    report = None
    for n, account in enumerate(told):
        ctx = replace(firm.operator, now=firm.operator.now + timedelta(minutes=n))
        report = aggregation.receive(ctx, doc.document(account), contact="C00001")
    return report.delivery_id


def test_the_page_lists_the_breaks_with_both_figures_and_the_owner(firm, broken):
    at = pages.open_page(firm, "alice", BREAKS)
    assert not at.exception
    assert not at.error
    words = pages.shown(at)
    assert "Mouvement manquant" in words
    assert "Alice" in words
    (row,) = [r for r in pages.table(at) if r[1] == "Quantité"]
    assert "12" in str(row[3])
    assert "16" in str(row[4])


def test_another_adviser_sees_none(firm, broken):
    at = pages.open_page(firm, "bruno", BREAKS)
    assert "Aucun écart" in pages.shown(at)


def test_the_account_shows_its_breaks_and_its_corrections(firm, broken):
    account = int(aggregation.breaks(firm.alice)["account_id"][0])
    held = portfolio.holdings_of_account(firm.alice, account)
    fund = int(held.lines["instrument_id"][0])
    form = OverrideForm("unit_cost", "relevé fiscal", 80)
    portfolio.override(firm.fresh(firm.alice), account, fund, form)
    at = pages.open_page(firm, "alice", ACCOUNT, compte=account)
    assert "corrigé à la main" in pages.shown(at)
    tabs = [w for w in at.segmented_control if w.label == "Rubrique"] or at.button_group
    tabs[0].set_value("Écarts et corrections").run()
    words = pages.shown(at)
    assert "Mouvement manquant" in words
    assert "relevé fiscal" in words


def test_a_delivery_shows_what_a_corrected_situation_changed(firm, broken):
    at = pages.open_page(firm, "manager", DELIVERY, livraison=broken)
    assert not at.exception
    assert not at.error
    rows = [r for r in pages.table(at, 1) if "A1" in str(r)]
    assert rows
    assert str(rows[0][-1]) == "1", "one line changed"
