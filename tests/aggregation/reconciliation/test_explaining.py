"""A break is explained by a corporate action that is shown, written, and can be taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from o2s_core import aggregation, portfolio, store
from o2s_core.aggregation import BreakFilter
from o2s_core.aggregation.models import Break
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.kit import documents as doc


@pytest.fixture
def exchanged(firm):
    """Ten units of one support became twenty-five of another, without any movement."""
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001", adviser=firm.user_ids["alice"])
    old = doc.line(doc.ACME, "10", "100", "1000", unit_cost="80")
    new = doc.line(doc.BETA, "25", "40", "1000")
    for n, (as_of, line) in enumerate((("2026-10-31", old), ("2026-11-20", new))):
        ctx = replace(firm.operator, now=firm.operator.now + timedelta(minutes=n))
        told = doc.holding("A1", [line], as_of, movements=[doc.moved(trade_on="2026-10-01")])
        aggregation.receive(ctx, doc.document(told), contact="C00001")
    return aggregation.breaks(firm.alice, BreakFilter(codes=("V03",)))


def states(firm):
    with store.reading(firm.fresh(firm.operator)) as session:
        return session.exec(select(Break.state).where(Break.code == "V03")).all()


def test_the_break_lists_both_figures_its_age_its_owner_and_what_is_proposed(firm, exchanged):
    row = exchanged.row(0, named=True)
    assert exchanged.height == 2
    assert (row["expected"], row["reported"], row["gap"]) == (10, 0, -10)
    assert (row["owner"], row["days"], row["proposal"]) == ("Alice", 0, "merger")
    card = aggregation.break_card(firm.alice, row["id"])
    assert (card.since, card.as_of) == (date(2026, 10, 31), date(2026, 11, 20))
    assert "OST probable" in card.proposed
    assert card.movements.is_empty()


def test_accepting_the_proposal_writes_the_pair_and_closes_both_breaks(firm, exchanged):
    break_id = exchanged["id"][0]
    action = aggregation.proposed_action(firm.alice, break_id)
    assert (action.kind, action.units, action.new_units) == ("merger", 10, 25)
    legs = aggregation.action_legs(firm.alice, break_id, action)
    assert legs.select("quantity", "gross").rows() == [(-10, 800), (25, -800)]
    aggregation.explain_by_action(firm.alice, break_id, action)
    assert set(states(firm)) == {"closed"}
    account = int(exchanged["account_id"][0])
    moves = portfolio.movements_of_account(firm.fresh(firm.alice), account)
    assert moves.filter(kind="corporate_action").height == 2
    aggregation.undo_action(firm.alice, break_id)
    assert states(firm).count("open") == 2


def test_an_action_that_was_written_survives_a_replay(firm, exchanged):
    action = aggregation.proposed_action(firm.alice, exchanged["id"][0])
    aggregation.explain_by_action(firm.alice, exchanged["id"][0], action)
    assert aggregation.replay(firm.fresh(firm.operator)).identical
    assert set(states(firm)) == {"closed"}


def test_its_day_is_between_both_figures(firm, exchanged):
    action = aggregation.proposed_action(firm.alice, exchanged["id"][0])
    with pytest.raises(InvalidInputError, match="entre les deux situations"):
        aggregation.explain_by_action(
            firm.alice, exchanged["id"][0], replace(action, on=date(2026, 10, 31))
        )
    assert states(firm).count("open") == 2


def test_a_break_is_assigned_explained_or_accepted_with_a_reason(firm, exchanged):
    first, second = exchanged["id"].to_list()
    aggregation.assign(firm.operator, first, firm.user_ids["bruno"])
    aggregation.explain(firm.operator, first, "fusion annoncée")
    aggregation.accept_break(firm.operator, second, "écart connu")
    listed = aggregation.breaks(firm.operator, BreakFilter(states=("explained", "accepted")))
    found = {row["id"]: (row["state"], row["reason"]) for row in listed.to_dicts()}
    assert found[first] == ("explained", "fusion annoncée")
    assert found[second] == ("accepted", "écart connu")
    with pytest.raises(InvalidInputError, match="Motif"):
        aggregation.accept_break(firm.operator, second, " ")


def test_a_break_belongs_to_the_perimeter_of_its_account(firm, exchanged):
    break_id = exchanged["id"][0]
    assert aggregation.breaks(firm.bruno).is_empty()
    for ask in (aggregation.break_card, aggregation.proposed_action, aggregation.undo_action):
        with pytest.raises(NotFoundError):
            ask(firm.bruno, break_id)
    without = firm.alice.permissions - {Permission.BREAK_DECIDE}
    with pytest.raises(PermissionDeniedError):
        aggregation.explain(replace(firm.alice, permissions=without), break_id, "motif")
