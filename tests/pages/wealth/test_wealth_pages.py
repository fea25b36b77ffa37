"""Contacts › Patrimoine and Immobilier & prêts: each page opens and shows the core's figures."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core import contacts, wealth
from o2s_core.kernel import french
from o2s_core.wealth import BudgetForm, LoanEventForm, OwnerShare, PledgeForm
from tests import kit
from tests.kit import pages
from tests.wealth.test_balance import house, mortgage

D = Decimal
FILE = {"contact": "ANNE"}


@pytest.fixture
def anne(firm):
    """A home that a loan finances, a pledged contract, a salary; Marc owns half of the home."""
    ctx = firm.alice
    anne = kit.person(ctx, file_code="ANNE")
    marc = kit.person(ctx, "Martin", "Marc", file_code="MARC")
    kit.household(ctx, anne, marc, file_code="FOYER")
    both = (OwnerShare(anne, D("0.5")), OwnerShare(marc, D("0.5")))
    home = wealth.add_asset(ctx, house(*both, value_on=date(2025, 1, 1), income=D(12_000)))
    loan = wealth.add_loan(ctx, mortgage(OwnerShare(anne), asset_id=home))
    contract = kit.account(ctx, kit.provider(ctx), [anne], label="Horizon Vie")
    kit.situation(
        ctx,
        contract,
        date(2026, 11, 1),
        [{"instrument_id": kit.instrument(ctx), "value": "81126.56"}],
    )
    wealth.pledge_account(ctx, loan, PledgeForm(contract, "Banque", date(2022, 1, 1), ratio=D(1)))
    wealth.save_budget_item(ctx, BudgetForm(anne, "income", "salary", D(2_000), date(2026, 1, 1)))
    return loan


def test_the_summary_shows_what_they_are_worth(firm, anne):
    """S-040: 150 000 and 81 126,56 less 162 253,12."""
    at = pages.open_page(firm, "alice", "wealth/summary.py", **FILE)
    text = pages.shown(at)
    ctx = firm.fresh(firm.alice)
    found = wealth.balance(ctx, contacts.scope(ctx, "contact", "ANNE"))
    assert found.net_eur == D("68873.44")
    assert french.eur(found.net_eur) in text
    assert "valeur fiscale (art. 669 du CGI)" in text
    assert "1\u00a0valeur de plus de 12 mois" in text
    assert not at.exception


def test_goods_and_debts_are_listed_by_nature(firm, anne):
    text = pages.shown(pages.open_page(firm, "alice", "wealth/goods.py", **FILE))
    for said in ("Maison de Lyon", "Horizon Vie", "Immobilier", "Emprunts", "plus de 12 mois"):
        assert said in text


def test_a_good_opens_on_its_history(firm, anne):
    at = pages.open_page(firm, "alice", "wealth/goods.py", **FILE, bien=1)
    assert not at.exception
    assert "Martin Marc" in pages.shown(at)


def test_the_budget_says_what_is_saved_and_warns_above_the_limit(firm, anne):
    """S-041: 2 000 and 500 of rent less 1 159,92: 46,4 % of the income."""
    at = pages.open_page(firm, "alice", "wealth/budget.py", **FILE)
    text = pages.shown(at)
    assert french.eur(D("1340.08")) in text
    assert "46,4" in text
    assert any("35" in warning.value for warning in at.warning)


def test_properties_and_loans_are_listed(firm, anne):
    """S-063."""
    at = pages.open_page(firm, "alice", "wealth/register.py", **FILE)
    text = pages.shown(at)
    for said in ("Maison de Lyon", "1 rue des Lilas", "Prêt maison", french.eur(D("162253.12"))):
        assert said in text
    assert not at.exception


def test_a_loan_shows_its_schedule_and_warns_of_a_short_guarantee(firm, anne):
    """S-065, S-066: the contract covers half of what is owed."""
    wealth.add_loan_event(
        firm.alice, anne, LoanEventForm(date(2030, 1, 10), "rate", rate=D("0.02"))
    )
    at = pages.open_page(firm, "alice", "wealth/loan.py", pret=anne)
    text = pages.shown(at)
    for said in ("05/12/2021", "Horizon Vie", "Changement de taux", "couverture 50"):
        assert said in text
    assert any("inférieure" in warning.value for warning in at.warning)
    assert not at.exception


def test_a_reader_changes_nothing(firm, anne):
    for page in ("summary", "goods", "budget", "register"):
        at = pages.open_page(firm, "conformite", f"wealth/{page}.py", **FILE)
        assert not [b.label for b in at.button if b.label.startswith("Ajouter")], page


def test_an_empty_file_says_what_fills_it(firm):
    kit.person(firm.alice, file_code="SEUL")
    at = pages.open_page(firm, "alice", "wealth/summary.py", contact="SEUL")
    assert "Actifs / Passifs" in pages.shown(at)


def test_somebody_else_s_loan_is_not_found(firm, anne):
    assert "introuvable" in pages.shown(pages.open_page(firm, "bruno", "wealth/loan.py", pret=anne))
