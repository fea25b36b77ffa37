"""A statement says the figures of the pages, to the cent, and why one is missing."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core import contacts, portfolio, reporting
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from tests import kit

START, END = date(2025, 12, 31), date(2026, 11, 24)


@pytest.mark.parametrize("scope", ["home", "alone"])
def test_the_figures_are_those_of_holdings_performance_and_movements(couple, scope, request):
    """S-006."""
    scope = request.getfixturevalue(scope)
    said = reporting.statement(couple, scope)
    held = portfolio.holdings(couple, scope, END)
    found = portfolio.performance(couple, scope, START, END)
    assert (said.start, said.on) == (START, END)
    assert said.held.total_eur == held.total_eur
    assert said.held.lines.equals(held.lines)
    assert said.performance.gain_eur == found.gain_eur
    assert (said.performance.twr, said.performance.mwr) == (found.twr, found.mwr)
    asked = portfolio.MovementFilter(start=date(2026, 1, 1), end=END)
    assert said.movements.equals(portfolio.movements(couple, scope, asked))
    assert said.movements.height == 2


def test_the_contracts_add_up_to_the_total(couple, home):
    said = reporting.statement(couple, home)
    assert said.performance.contracts["value_eur"].sum() == said.held.total_eur
    assert said.performance.contracts["fees_eur"].sum() == Decimal("12.50")


def test_the_period_and_the_day_are_asked(couple, home):
    said = reporting.statement(couple, home, date(2026, 3, 31), date(2026, 9, 30))
    assert said.held.total_eur == portfolio.holdings(couple, home, date(2026, 9, 30)).total_eur
    assert said.performance.start == date(2026, 3, 31)
    with pytest.raises(InvalidInputError, match="précéder"):
        reporting.statement(couple, home, END, END)
    with pytest.raises(InvalidInputError, match="futur"):
        reporting.statement(couple, home, START, date(2026, 12, 31))


def test_a_letter_begins_as_one_addresses_a_person(couple, home, alone):
    said = reporting.statement(couple, alone)
    assert (said.addressee, said.salutation) == ("Mme Hélène D'Aubigné", "Madame")
    assert said.adviser == "Alice"
    assert reporting.statement(couple, home).salutation == "Madame, Monsieur"


def test_nothing_known_gives_no_performance_and_says_why(firm):
    kit.person(firm.alice, file_code="VIDE")
    said = reporting.statement(firm.alice, contacts.scope(firm.alice, "contact", "VIDE"))
    assert said.performance is None
    assert "rien n'est connu" in said.no_performance


def test_another_advisers_client_does_not_exist(firm, couple):
    with pytest.raises(NotFoundError):
        contacts.scope(firm.bruno, "contact", "ANNE")
