"""A correction by hand outlives the next delivery, and its author learns of another figure."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from o2s_core import aggregation, portfolio, store
from o2s_core.aggregation import BreakFilter
from o2s_core.aggregation.models import Break
from o2s_core.aggregation.reconciliation.keeping import reconcile
from o2s_core.portfolio import OverrideForm
from o2s_core.portfolio.models import PositionOverride
from tests import kit


@pytest.fixture
def held(firm):
    """An account of Alice's client: 10 units of a fund at 100, corrected to 90 by Alice."""
    anne = kit.person(firm.operator, file_code="C00001", adviser=firm.user_ids["alice"])
    fund = kit.instrument(firm.operator)
    account = kit.account(
        firm.operator, kit.provider(firm.operator), [anne], adviser=firm.user_ids["bruno"]
    )
    told(firm, account, fund, date(2026, 10, 31), "100")
    form = OverrideForm("unit_cost", "relevé fiscal", 90)
    portfolio.override(firm.fresh(firm.alice), account, fund, form)
    return account, fund


def told(firm, account, fund, as_of, cost):
    kit.situation(
        firm.operator, account, as_of,
        [{"instrument_id": fund, "quantity": 10, "unit_cost": cost, "value": 1000}],
    )  # fmt: skip


def compared(firm, account):
    with store.tx(firm.fresh(firm.operator)) as tx:
        reconcile(tx, [account])
        rows = tx.session.exec(select(Break).where(Break.code == "V08")).all()
        return [(r.currency, r.expected, r.reported, r.state, r.owner_id) for r in rows]


def test_another_figure_of_the_partner_is_a_break_of_who_corrected_it(firm, held):
    account, fund = held
    assert compared(firm, account) == []
    told(firm, account, fund, date(2026, 11, 15), "95")
    alice = firm.user_ids["alice"]
    assert compared(firm, account) == [("Prix de revient", 90, 95, "open", alice)]
    listed = portfolio.holdings_of_account(firm.fresh(firm.alice), account).lines
    assert listed["unit_cost"].to_list() == [90], "the correction outlives the delivery"


def test_the_same_figure_again_is_none(firm, held):
    account, fund = held
    told(firm, account, fund, date(2026, 11, 15), "100.00")
    assert compared(firm, account) == []


def test_it_closes_when_the_correction_ends(firm, held):
    account, fund = held
    told(firm, account, fund, date(2026, 11, 15), "95")
    compared(firm, account)
    with store.reading(firm.operator) as session:
        row = session.exec(select(PositionOverride.id)).one()
    portfolio.end_override(firm.fresh(firm.alice), row)
    assert [state for *_, state, _ in compared(firm, account)] == ["closed"]


def state_of(firm):
    with store.reading(firm.operator) as session:
        return session.exec(select(Break.state).where(Break.code == "V08")).all()


def test_it_closes_at_once_when_the_author_ends_the_correction(firm, held):
    account, fund = held
    told(firm, account, fund, date(2026, 11, 15), "95")
    compared(firm, account)
    with store.reading(firm.operator) as session:
        row = session.exec(select(PositionOverride.id)).one()
    aggregation.end_correction(firm.fresh(firm.alice), row)
    assert state_of(firm) == ["closed"]


def test_it_closes_at_once_when_the_correction_is_typed_anew(firm, held):
    account, fund = held
    told(firm, account, fund, date(2026, 11, 15), "95")
    compared(firm, account)
    form = OverrideForm("unit_cost", "confirmé par l'assureur", 90)
    aggregation.correct_position(firm.fresh(firm.alice), account, fund, form)
    assert state_of(firm) == ["closed"]
    assert compared(firm, account)[0][3] == "closed", "nor does the next comparison open it"


def test_another_correction_of_the_account_closes_nothing_else(firm, held):
    account, fund = held
    told(firm, account, fund, date(2026, 11, 15), "95")
    compared(firm, account)
    form = OverrideForm("label", "nom d'usage", text="Fonds d'Anne")
    aggregation.correct_position(firm.fresh(firm.alice), account, fund, form)
    assert state_of(firm) == ["open"]


def test_the_bell_counts_the_breaks_that_are_mine(firm, held):
    account, fund = held
    told(firm, account, fund, date(2026, 11, 15), "95")
    compared(firm, account)
    (line,) = [n for n in aggregation.news(firm.fresh(firm.alice)) if "écart" in n.text]
    assert line.text == "1 écart ouvert à votre nom"
    assert line.href == f"/ecarts?responsable={firm.user_ids['alice']}"
    assert aggregation.to_import(firm.fresh(firm.alice)).breaks == 1
    assert aggregation.to_import(firm.fresh(firm.bruno)).breaks == 0, "seen, but not theirs"
    (row,) = aggregation.breaks(firm.fresh(firm.alice), BreakFilter(codes=("V08",)))["id"]
    later = replace(firm.fresh(firm.operator), now=firm.operator.now + timedelta(hours=1))
    aggregation.explain(later, row, "l'assureur a corrigé la date")
    assert aggregation.to_import(firm.fresh(firm.alice)).breaks == 0
