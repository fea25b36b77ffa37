"""Contacts › Portefeuille › Audit: key figures first, then the rules and their lines in place."""

from datetime import date, timedelta

import pytest

from o2s_core import contacts, portfolio
from o2s_core.kernel import french
from tests import kit
from tests.kit import pages
from tests.kit.firm import TODAY

PAGE = "pages/portfolio/audit.py"


@pytest.fixture
def anne(firm):
    ctx = firm.alice
    anne = kit.person(ctx, file_code="ANNE")
    fund = kit.instrument(ctx, "Monde Indiciel", sri=4)
    vie = kit.account(ctx, kit.provider(ctx), [anne], label="Horizon Vie")
    for day in (date(2025, 6, 30), TODAY - timedelta(2)):
        kit.situation(ctx, vie, day, [{"instrument_id": fund, "quantity": "10", "price": "100"}])
    return anne


def test_the_page_opens_on_the_key_figures_of_the_core(firm, anne):
    """S-061."""
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    assert not at.exception
    scope = contacts.scope(firm.alice, "contact", "ANNE")
    found = portfolio.audit(firm.alice, scope)
    shown = pages.shown(at)
    assert french.eur(found.figures.total_eur) in shown
    assert french.eur(found.figures.invested_eur) in shown
    assert "SRI moyen" in shown
    assert "PRU inconnus" in shown


def test_a_rule_opens_on_the_lines_concerned(firm, anne):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    labels = [panel.label for panel in at.expander]
    assert any("Poids d'un même support" in label and "100,0" in label for label in labels)
    id_ = contacts.contact(firm.alice, "ANNE").id
    at.session_state[f"audit_LINE_person_{id_}"] = True
    at.run()
    shown = pages.shown(at)
    assert "Un seul support décide" in shown
    assert "une ligne : 20" in shown
    assert "Monde Indiciel" in str(pages.table(at))
    assert "Ouvrir Synthèse" in shown


def test_what_could_not_be_judged_says_what_is_missing(firm, anne):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    id_ = contacts.contact(firm.alice, "ANNE").id
    at.segmented_control(key=f"audit_state_person_{id_}").set_value("unknown").run()
    assert "le profil de risque du client" in str(pages.table(at))


def test_the_score_is_shown_to_who_may_see_it(firm, anne):
    shown = pages.shown(pages.open_page(firm, "alice", PAGE, contact="ANNE"))
    assert "Note interne" in shown
    assert "Usage interne" in shown
    kit.person(firm.operator, "Petit", file_code="ASSI", adviser=firm.user_ids["assistant"])
    shown = pages.shown(pages.open_page(firm, "assistant", PAGE, contact="ASSI"))
    assert "Note interne" not in shown


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
def test_the_audit_leaves_as_a_file_once(firm, anne, form):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    id_ = contacts.contact(firm.alice, "ANNE").id
    at.button(key=f"audit_{form}_person_{id_}").click().run()
    assert not at.exception
    assert [link.proto.url.startswith("/dl/") for link in at.get("link_button")] == [True]


def test_a_file_without_asset_says_when_it_will_come(firm):
    kit.person(firm.alice, file_code="VIDE")
    at = pages.open_page(firm, "alice", PAGE, contact="VIDE")
    assert "rien à auditer" in pages.shown(at)


def test_another_advisers_client_is_not_found(firm, anne):
    kit.person(firm.bruno, file_code="BOB")
    at = pages.open_page(firm, "alice", PAGE, contact="BOB")
    assert "introuvable" in pages.shown(at)


def test_an_analyst_is_refused(firm, anne):
    at = pages.open_page(firm, "analyste", PAGE, contact="ANNE")
    assert "Monde Indiciel" not in pages.shown(at)
