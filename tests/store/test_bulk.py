"""Rows inserted by the thousand are the rows that were given, in order."""

from datetime import date

from sqlmodel import select

from o2s_core import store
from o2s_core.market.models import PendingPrice, Provider
from o2s_core.store.bulk import insert_rows
from tests import kit


def test_ids_follow_the_order_of_the_rows(firm):
    with store.tx(firm.operator) as tx:
        ids = insert_rows(tx, Provider, [{"code": c, "name": c.upper()} for c in "abc"])
    with store.reading(firm.operator) as session:
        rows = {p.id: p for p in session.exec(select(Provider)).all()}
    assert [rows[i].code for i in ids] == ["a", "b", "c"]
    assert rows[ids[0]].created_at == firm.operator.now


def test_ids_do_not_meet_those_of_single_rows(firm):
    kit.provider(firm.operator, "x")
    with store.tx(firm.operator) as tx:
        insert_rows(tx, Provider, [{"code": "y", "name": "Y"}])
    assert kit.provider(firm.operator, "z") > 0


def test_amounts_stay_exact(firm):
    support = kit.instrument(firm.operator)
    row = {
        "instrument_id": support,
        "day": date(2026, 1, 2),
        "currency": "EUR",
        "recorded_at": firm.operator.now,
    }
    from decimal import Decimal

    value = Decimal("99999999.12345678")
    with store.tx(firm.operator) as tx:
        insert_rows(tx, PendingPrice, [row | {"value": value}])
    with store.reading(firm.operator) as session:
        assert session.exec(select(PendingPrice.value)).one() == value
