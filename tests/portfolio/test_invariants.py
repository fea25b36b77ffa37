"""What `o2s check` says of a store whose accounts are not what they must be."""

from datetime import date
from decimal import Decimal

from sqlmodel import select

from o2s_core import portfolio, store
from o2s_core.portfolio.models import AccountHolder, Situation
from tests import kit

DAY = date(2026, 10, 31)


def found(firm):
    return [
        f.invariant
        for f in store.check(firm.operator, portfolio.INVARIANTS).found
        if f.invariant in {"shares", "situations", "axes"}
    ]


def account(firm):
    made = kit.account(firm.alice, kit.provider(firm.alice), [kit.person(firm.alice)])
    support = kit.instrument(firm.alice)
    kit.situation(
        firm.alice,
        made,
        DAY,
        [{"instrument_id": support, "quantity": "3", "value": "300", "price": "100"}],
    )
    return made, support


def test_a_sound_firm_has_nothing_to_say(firm):
    account(firm)
    assert found(firm) == []


def test_a_share_that_went_missing_is_named(firm):
    made, _ = account(firm)
    with store.tx(firm.operator) as tx:
        holder = tx.session.exec(
            select(AccountHolder).where(AccountHolder.account_id == made)
        ).one()
        holder.share = Decimal("0.4")
    assert found(firm) == ["shares"]


def test_two_words_of_the_same_day_are_named(firm):
    made, support = account(firm)
    kit.situation(
        firm.alice,
        made,
        DAY,
        [{"instrument_id": support, "quantity": "4", "value": "400"}],
        revision=2,
    )
    with store.reading(firm.operator) as session:
        assert len(session.exec(select(Situation).where(Situation.account_id == made)).all()) == 2
    assert "situations" in found(firm)
