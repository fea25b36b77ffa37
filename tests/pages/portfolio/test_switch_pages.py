"""Model portfolios and switches on screen: followers, proposals, the decision."""

from datetime import timedelta
from decimal import Decimal

import pytest

from o2s_core import market, portfolio
from o2s_core.market import ModelForm, WeightedSupport
from o2s_core.portfolio import SwitchTerms
from tests import kit
from tests.kit import pages


@pytest.fixture
def world(firm):
    """A model half and half, an account of alice that follows it 60/40, and its proposal."""
    day = firm.operator.today
    funds = [
        kit.instrument(firm.operator, label, asset_class=kind)
        for label, kind in (("Actions", "equity"), ("Obligations", "bond"))
    ]
    for fund in funds:
        for back in range(1, 60):
            kit.price(firm.operator, fund, day - timedelta(back), str(100 - back % 7))
    model = market.add_model(firm.operator, ModelForm("Équilibré", "3"))
    half = [WeightedSupport(fund, Decimal("0.5")) for fund in funds]
    market.write_model_lines(firm.operator, model, half)
    market.publish_model(firm.operator, model, day, "")
    anne = kit.person(firm.alice, file_code="C90001")
    account = kit.account(firm.alice, kit.provider(firm.operator), [anne])
    kit.situation(firm.alice, account, day - timedelta(1), [
        {"instrument_id": fund, "quantity": q, "price": "100", "price_on": day, "value": f"{q}00"}
        for fund, q in zip(funds, ("60", "40"), strict=True)])  # fmt: skip
    portfolio.follow_model(firm.alice, account, model)
    made = portfolio.propose_switches(firm.alice, [account], SwitchTerms())
    return {"model": model, "account": account, "proposal": made}


def test_the_models_are_listed_and_open(firm, world):
    """S-077: Outils: consult and define model portfolios."""
    at = pages.open_page(firm, "analyste", "pages/market/model_portfolios.py")
    assert not at.exception
    assert pages.table(at)[0][:2] == ["Équilibré", "3 · Équilibré"]
    assert [b.label for b in at.button if b.label == "Ajouter"] == ["Ajouter"]
    at = pages.open_page(firm, "alice", "pages/market/model_portfolios.py")
    assert not [b.label for b in at.button if b.label == "Ajouter"]


def test_a_model_shows_its_lines_its_past_and_who_follows_it(firm, world):
    at = pages.open_page(firm, "manager", "pages/market/model_portfolio.py", modele=world["model"])
    assert not at.exception
    text = pages.shown(at)
    assert "Modifier les lignes" in [b.label for b in at.button]
    assert "Perte maximale" in text
    assert "ne préjugent pas" in text
    assert "Martin" in text
    assert "10,0" in text  # to switch


def test_the_analyst_edits_a_model_and_sees_no_client(firm, world):
    at = pages.open_page(firm, "analyste", "pages/market/model_portfolio.py", modele=world["model"])
    assert not at.exception
    assert "Martin" not in pages.shown(at)
    assert "Modifier les lignes" in [b.label for b in at.button]


def test_the_file_of_a_client_compares_each_account_with_its_model(firm, world):
    at = pages.open_page(firm, "alice", "pages/portfolio/switch.py", contact="C90001")
    assert not at.exception
    accounts, proposals = pages.table(at, 0), pages.table(at, 1)
    assert accounts[0][3] == "Équilibré"
    assert "Brouillon" in proposals[0]


def test_a_proposal_shows_sales_purchases_and_weights(firm, world):
    """S-009: a switch proposal on screen."""
    at = pages.open_page(
        firm, "alice", "pages/portfolio/proposal.py", proposition=world["proposal"]
    )
    assert not at.exception
    text = pages.shown(at)
    assert "proposition à revoir : aucun ordre" in text
    assert "est pas un rachat" in text
    assert len(at.get("plotly_chart")) == 2
    assert "Audit du compte" in text
    assert "Plus gros support" in text
    next(b for b in at.button if b.label == "Retenir").click().run()
    assert portfolio.switch_proposal(firm.alice, world["proposal"]).state == "kept"


def test_somebody_else_s_proposal_does_not_open(firm, world):
    at = pages.open_page(
        firm, "bruno", "pages/portfolio/proposal.py", proposition=world["proposal"]
    )
    assert "introuvable" in pages.shown(at)


def test_the_accounts_that_drift_are_listed_and_chosen(firm, world):
    at = pages.open_page(firm, "manager", "pages/portfolio/switches.py")
    assert not at.exception
    assert "Martin" in pages.shown(at)
    assert "Proposer (0)" in [b.label for b in at.button]
    other = pages.open_page(firm, "bruno", "pages/portfolio/switches.py")
    assert "Martin" not in pages.shown(other)
