"""The audit of a proposal: the same rules on both sides, and what changes between them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from o2s_core import contacts, market, portfolio
from o2s_core.kernel.errors import NotFoundError
from o2s_core.market import ModelForm, WeightedSupport
from o2s_core.portfolio import SwitchTerms
from tests import kit


def proposal(firm, weights, held):
    """A proposal that brings an account holding `held` (hundreds of euros) to some weights."""
    day = firm.operator.today
    funds = [kit.instrument(firm.operator, f"Fonds {n}") for n in range(len(weights))]
    for fund in funds:
        kit.price(firm.operator, fund, day - timedelta(1), "100")
    model = market.add_model(firm.operator, ModelForm("Équilibré", "3"))
    lines = [WeightedSupport(f, Decimal(w)) for f, w in zip(funds, weights, strict=True)]
    market.write_model_lines(firm.operator, model, lines)
    market.publish_model(firm.operator, model, day, "")
    anne = kit.person(firm.alice, file_code="ANNE")
    account = kit.account(firm.alice, kit.provider(firm.operator), [anne])
    kit.situation(firm.alice, account, day - timedelta(1), [
        {"instrument_id": fund, "quantity": str(q), "price": "100", "value": f"{q}00"}
        for fund, q in zip(funds, held, strict=True) if q])  # fmt: skip
    portfolio.follow_model(firm.alice, account, model)
    return portfolio.propose_switches(firm.alice, [account], SwitchTerms())


@pytest.fixture
def spread(firm):
    """90 % in one fund becomes a tenth in each of ten."""
    return proposal(firm, ["0.1"] * 10, [90, 10, *[0] * 8])


def test_a_rule_that_the_proposal_cures_changes_its_verdict(firm, spread):
    """By hand: the heaviest support goes from 90 % to 10 %."""
    found = portfolio.proposal_audit(firm.alice, spread)
    cured = found.rules.filter(before="À examiner", after="Conforme")
    assert "Concentration" in cured["family"].to_list()
    assert found.after < found.before
    figures = {row[0]: row[1:] for row in found.figures.iter_rows()}
    assert figures["Plus gros support, hors fonds en euros"] == ("90,0\xa0%", "10,0\xa0%")
    assert figures["Supports"] == ("2", "10")


def test_before_is_the_audit_of_the_account(firm, spread):
    """Every verdict before is the one of the audit page: it is the client's only account."""
    page = portfolio.audit(firm.alice, contacts.scope(firm.alice, "contact", "ANNE"))
    there = {f.rule.title: portfolio.STATES[f.state] for f in page.findings}
    rules = portfolio.proposal_audit(firm.alice, spread).rules
    assert rules.height
    for title, before in rules.select("title", "before").iter_rows():
        assert there[title] == before


def test_a_proposal_that_moves_nothing_changes_no_verdict(firm):
    made = proposal(firm, ["0.9", "0.1"], [90, 10])
    found = portfolio.proposal_audit(firm.alice, made)
    assert found.rules.is_empty()
    assert found.before == found.after
    assert all(before == after for _, before, after in found.figures.iter_rows())


def test_another_advisers_proposal_is_not_found(firm, spread):
    with pytest.raises(NotFoundError):
        portfolio.proposal_audit(firm.bruno, spread)
