"""Models of statement: shipped ones, the firm's own, what they refuse."""

from datetime import date

import pytest

from o2s_core import reporting
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, StaleEditError
from o2s_core.reporting import StatementForm, StatementModelForm
from o2s_core.reporting.statements.saved_models import period_start


def form(**other):
    return StatementModelForm(**{"name": "Le nôtre", "sections": ("costs", "synthesis")} | other)


def test_two_models_are_shipped(firm):
    names = [card.form.name for card in reporting.statement_models(firm.alice)]
    assert names[:2] == ["Rendez-vous annuel", "Trimestriel"]


def test_the_firms_own_keeps_its_sections_in_their_order_and_its_words(firm):
    code = reporting.save_model(firm.alice, form(letter="Au {{date}}", period="1y"))
    kept = reporting.statement_model(firm.bruno, code)
    assert kept.own
    assert kept.form == form(letter="Au {{date}}", period="1y")
    reporting.save_model(firm.alice, form(name="Autre nom"), code, kept.version)
    with pytest.raises(StaleEditError):
        reporting.save_model(firm.bruno, form(name="Encore"), code, kept.version)
    reporting.delete_model(firm.alice, code)
    with pytest.raises(NotFoundError):
        reporting.statement_model(firm.alice, code)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Nom"),
        ({"name": "rendez-vous annuel"}, "déjà"),
        ({"sections": ()}, "Rubriques"),
        ({"sections": ("nothing",)}, "Rubriques"),
        ({"letter": "Cher {{prenom}}"}, "prenom"),
        ({"comment": "x" * 4001}, "Commentaire"),
    ],
)
def test_what_a_model_refuses_is_said(firm, wrong, said):
    with pytest.raises(InvalidInputError, match=said):
        reporting.save_model(firm.alice, form(**wrong))


def test_a_shipped_model_is_not_changed(firm):
    with pytest.raises(NotFoundError):
        reporting.save_model(firm.alice, form(), "annual")


def test_the_period_begins_where_the_last_statement_ended(firm, couple, alone):
    on = date(2026, 11, 24)
    assert period_start(couple, alone.id, "since_last", on) == date(2025, 12, 31)
    reporting.issue_statement(couple, alone, StatementForm("holdings", date(2026, 9, 30)))
    assert period_start(couple, alone.id, "since_last", on) == date(2026, 9, 30)
    assert period_start(couple, alone.id, "3m", on) == date(2026, 8, 24)
    assert period_start(couple, alone.id, "1y", on) == date(2025, 11, 24)
