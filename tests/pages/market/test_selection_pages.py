"""Outils: search by facets, favourites, catalogue, products, requests, and a support's own page."""

from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest

from o2s_core import market, portfolio, store
from o2s_core.market import DecisionForm, ProductForm, RequestForm, Shown
from tests import kit
from tests.kit import pages, windows


@pytest.fixture
def shelf(firm):
    ctx = firm.operator
    world = kit.instrument(ctx, "Monde Actions A", manager="Alpage", zone="world", sri=4, sfdr=8)
    bond = kit.instrument(ctx, "Crédit Court", asset_class="bond", manager="Boréal", sri=2)
    for each in (world, bond):
        for back, value in ((400, "100"), (1, "110")):
            kit.price(ctx, each, ctx.today - timedelta(back), value)
    return world, bond


def tables(at):
    return [pages.table(at, n) for n in range(len(pages.components(at, "table")))]


def test_the_address_keeps_the_facets(firm, shelf):
    """S-079: a search of supports is a link."""
    at = pages.open_page(firm, "analyste", "pages/market/instruments.py", sri="3")
    assert not at.exception
    assert [row[0] for row in pages.table(at)] == ["Crédit Court"]
    at = pages.open_page(firm, "analyste", "pages/market/instruments.py")
    at.multiselect(key="instruments_zones").set_value(["world"]).run()
    assert [row[0] for row in pages.table(at)] == ["Monde Actions A"]
    assert at.query_params["zones"] == "world"


def test_columns_are_those_that_the_person_chose(firm, shelf):
    ctx = replace(firm.operator, user_id=firm.user_ids["analyste"])
    market.save_display(ctx, "supports", Shown(("label", "perf_1y"), "-sri"))
    at = pages.open_page(firm, "analyste", "pages/market/instruments.py")
    assert [row[:2] for row in pages.table(at)] == [
        ["Monde Actions A", "+10,0\u00a0%"], ["Crédit Court", "+10,0\u00a0%"],
    ]  # fmt: skip


def test_a_support_says_its_status_and_who_holds_it(firm, shelf):
    ctx, (world, _) = firm.alice, shelf
    market.decide(firm.operator, world, DecisionForm("watched", "Gérant parti.", ctx.today))
    anne = kit.person(ctx, "Durand", "Anne")
    account = kit.account(ctx, kit.provider(ctx), [anne])
    line = {"instrument_id": world, "quantity": "2", "price": "110", "value": "220"}
    kit.situation(ctx, account, ctx.today - timedelta(1), [line])
    store.rebuild(firm.operator, portfolio.PROJECTIONS)
    at = pages.open_page(firm, "alice", "pages/market/instrument.py", support=world)
    assert not at.exception
    text = pages.shown(at)
    assert "Sous surveillance" in text
    assert "Gérant parti." in text
    assert "220,00" in text
    assert "Durand" in text
    other = pages.open_page(firm, "bruno", "pages/market/instrument.py", support=world)
    assert "Durand" not in pages.shown(other)
    analyst = pages.open_page(firm, "analyste", "pages/market/instrument.py", support=world)
    assert "Détenu par mes clients" not in pages.shown(analyst)


def test_only_who_may_decide_is_offered_to(firm, shelf):
    labels = {
        login: {b.label for b in pages.open_page(
            firm, login, "pages/market/instrument.py", support=shelf[0]).button}
        for login in ("analyste", "alice")
    }  # fmt: skip
    assert "Statut" in labels["analyste"]
    assert "Statut" not in labels["alice"]
    assert "Préférer" in labels["alice"]


def test_favourites_are_shown_in_order(firm, shelf):
    """S-083: the favourite funds."""
    for each in reversed(shelf):
        market.prefer(firm.alice, each, "À revoir")
    market.prefer_for_firm(firm.operator, shelf[0])
    at = pages.open_page(firm, "alice", "pages/market/favourites.py")
    assert not at.exception
    mine, firms = tables(at)
    assert [row[0] for row in mine] == ["Crédit Court", "Monde Actions A"]
    assert [row[0] for row in firms] == ["Monde Actions A"]


def test_the_catalogue_shows_each_range_with_what_it_holds(firm, shelf):
    """S-082: the catalogue of the ranges chosen."""
    ctx, insurer = firm.operator, kit.provider(firm.operator)
    product = market.add_product(ctx, insurer, ProductForm("Vie", "assurance_vie"))
    made = market.add_range(ctx, "Gamme prudente", "Clients prudents")
    market.fill_range(ctx, made, [shelf[1]], [product])
    market.show_range(ctx, market.add_range(ctx, "Gamme fermée"), shown=False)
    at = pages.open_page(firm, "alice", "pages/market/catalogue.py")
    assert not at.exception
    text = pages.shown(at)
    assert "Gamme prudente" in text
    assert "Gamme fermée" not in text
    assert [t[0][0] for t in tables(at)] == ["Vie", "Crédit Court"]


def test_products_and_their_partner_are_found(firm):
    """S-078: distributors by what they offer, and their card."""
    ctx, insurer = firm.operator, kit.provider(firm.operator)
    market.add_product(ctx, insurer, ProductForm("Vie", "assurance_vie"))
    market.add_product(ctx, insurer, ProductForm("Retraite", "per_individuel"))
    at = pages.open_page(firm, "alice", "pages/market/offers.py")
    assert [row[0] for row in pages.table(at)] == ["Retraite", "Vie"]
    at.multiselect(key="offers_envelopes").set_value(["assurance_vie"]).run()
    assert [row[0] for row in pages.table(at)] == ["Vie"]
    card = pages.open_page(firm, "alice", "pages/market/provider.py", distributeur=insurer)
    assert not card.exception
    assert "Assureur d'essai" in unescape(pages.shown(card))
    assert [row[0] for row in pages.table(card)] == ["Retraite", "Vie"]


def test_a_product_is_changed_and_closed_from_the_card_of_its_partner(firm):
    """S-078."""
    ctx, insurer = firm.operator, kit.provider(firm.operator)
    market.add_product(ctx, insurer, ProductForm("Vie", "assurance_vie"))
    row = market.products(ctx).row(0, named=True)
    window = "o2s_core.ui.offers_view.edit_product"
    at = windows.open_window(firm, "analyste", window, str(row["id"]))
    at.text_input(key=f"product_{row['id']}_0_minimum_eur").set_value("1 000")
    windows.press(at, "Enregistrer")
    assert not at.exception
    assert market.products(ctx)["minimum_eur"].to_list() == [1000]
    window = "o2s_core.ui.offers_view.close_product"
    at = windows.open_window(firm, "analyste", window, str(row["id"]))
    windows.press(at, "Fermer")
    card = pages.open_page(firm, "analyste", "pages/market/provider.py", distributeur=insurer)
    assert "Fermé" in str(pages.table(card))


def test_the_card_of_a_support_has_its_notes_documents_and_description(firm):
    """S-079: what the firm says of a support, beside what its files say."""
    ctx = firm.operator
    fund = kit.instrument(ctx, "Europe Valeur")
    at = pages.open_page(firm, "analyste", "pages/market/instrument.py", support=fund)
    assert "Aucune note sur ce support." in pages.shown(at)
    at = windows.open_window(
        firm, "analyste", "o2s_core.ui.support_papers_view.new_note", str(fund)
    )
    at.text_area(key=f"new_note_{fund}_0_text").set_value("Gérant parti")
    windows.press(at, "Enregistrer")
    at = windows.open_window(
        firm, "analyste", "o2s_core.ui.support_papers_view.describe", str(fund)
    )
    at.checkbox(key=f"describe_{fund}_0_in_pea").check()
    at.text_input(key=f"describe_{fund}_0_source").set_value("Prospectus")
    windows.press(at, "Enregistrer")
    assert not at.exception
    paper = market.SupportPaper("DIC", "kid", address="https://exemple.fr/dic.pdf")
    market.add_support_paper(ctx, fund, paper)
    at = pages.open_page(firm, "analyste", "pages/market/instrument.py", support=fund)
    assert not at.exception
    shown = pages.shown(at)
    assert [text.value for text in at.text] == ["Gérant parti"]
    for said in ("analyste, le 24/11/2026", "Prospectus, 24/11/2026", "PEA"):
        assert said in shown
    assert "https://exemple.fr/dic.pdf" in str([c["rows"] for c in pages.components(at, "table")])


def test_an_absorbed_support_leads_to_its_heir(firm):
    ctx = firm.operator
    old, new = kit.instrument(ctx, "Ancien"), kit.instrument(ctx, "Nouveau")
    window = "o2s_core.ui.support_papers_view.new_absorption"
    at = windows.open_window(firm, "analyste", window, str(new))
    key = f"absorb_{new}"
    at.selectbox(key=f"{key}_old").set_value(old)
    at.date_input(key=f"{key}_0_since").set_value(date(2026, 5, 4))
    at.text_input(key=f"{key}_0_ratio").set_value("2")
    at.text_input(key=f"{key}_0_source").set_value("Avis")
    windows.press(at, "Enregistrer")
    assert not at.exception
    at = pages.open_page(firm, "analyste", "pages/market/instrument.py", support=old)
    assert "une part devient 2 parts de « Nouveau »" in unescape(pages.shown(at))


def test_requests_are_listed_by_state(firm):
    made = market.request_instrument(firm.alice, RequestForm("Relais", "fcpr"))
    market.request_instrument(firm.alice, RequestForm("Autocall", "structured"))
    market.answer_request(firm.operator, made, "refused", answer="Non distribué.")
    at = pages.open_page(firm, "alice", "pages/market/requests.py")
    assert not at.exception
    assert [row[0] for row in pages.table(at)] == ["Autocall", "Relais"]
    at.segmented_control(key="requests_state").set_value("done").run()
    assert [row[0] for row in pages.table(at)] == ["Relais"]
