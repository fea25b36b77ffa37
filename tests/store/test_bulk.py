"""Rows inserted by the thousand are the rows that were given, in order."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from sqlalchemy import text
from sqlmodel import select

from o2s_core import store
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.market.models import PendingPrice, Provider
from o2s_core.store.bulk import ROOM, insert_frame, insert_rows, upsert_frame
from o2s_core.store.engine import ROOM as USUAL
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
    value = Decimal("99999999.12345678")
    with store.tx(firm.operator) as tx:
        insert_rows(tx, PendingPrice, [row | {"value": value}])
    with store.reading(firm.operator) as session:
        assert session.exec(select(PendingPrice.value)).one() == value


def prices(firm, support, *values):
    """Prices of one support on the days that follow."""
    days = [date(2026, 1, 2 + n) for n in range(len(values))]
    frame = pl.DataFrame({"day": days, "value": [Decimal(v) for v in values]})
    return frame.with_columns(
        pl.col("value").cast(store.EXACT_FRAME),
        instrument_id=pl.lit(support),
        currency=pl.lit("EUR"),
        recorded_at=pl.lit(firm.operator.now),
    )


def test_a_frame_is_stored_to_the_last_digit_and_the_defaults_are_filled(firm):
    support = kit.instrument(firm.operator)
    said = ("99999999.12345678", "-0.00000001")
    with store.tx(firm.operator) as tx:
        ids = insert_frame(tx, PendingPrice, prices(firm, support, *said))
    with store.reading(firm.operator) as session:
        rows = {row.id: row for row in session.exec(select(PendingPrice))}
    assert [str(rows[i].value.normalize()) for i in ids][:1] == ["99999999.12345678"]
    assert rows[ids[1]].value == Decimal("-0.00000001")
    assert {(row.kind, row.source, row.firm_id) for row in rows.values()} == {("nav", "", firm.id)}
    assert {row.recorded_at for row in rows.values()} == {firm.operator.now}


def test_a_frame_gives_stamps_and_nulls_as_single_rows_do(firm):
    frame = pl.DataFrame({"code": ["a", "b"], "name": ["A", "l'«été»\t\\N"]})
    with store.tx(firm.alice) as tx:
        insert_frame(tx, Provider, frame)
    with store.reading(firm.operator) as session:
        rows = session.exec(select(Provider).where(Provider.code.in_(["a", "b"]))).all()
    assert {row.name for row in rows} == {"A", "l'«été»\t\\N"}
    assert {(row.version, row.created_by, row.active) for row in rows} == {
        (1, firm.user_ids["alice"], True)
    }


def test_a_frame_put_again_takes_the_place_of_what_its_key_held(firm):
    support = kit.instrument(firm.operator)
    said = prices(firm, support, "1", "2.00000001").with_columns(source=pl.lit("x"))
    again = prices(firm, support, "3").with_columns(source=pl.lit("x"), kind=pl.lit("close"))
    key = ("firm_id", "instrument_id", "day", "source")
    with store.tx(firm.operator) as tx:
        upsert_frame(tx, PendingPrice, said, key)
        upsert_frame(tx, PendingPrice, again, key)
    with store.reading(firm.operator) as session:
        rows = session.exec(select(PendingPrice).order_by(PendingPrice.day)).all()
    assert [(row.value, row.kind) for row in rows] == [
        (Decimal(3), "close"), (Decimal("2.00000001"), "nav"),
    ]  # fmt: skip
    assert all(row.id for row in rows)


def test_the_room_of_a_large_write_is_given_back_with_its_connection(firm, monkeypatch):
    if not store.is_sqlite(firm.operator):
        pytest.skip("a setting of SQLite")
    monkeypatch.setattr("o2s_core.store.bulk.MANY", 1)
    size = text("pragma cache_size")
    support = kit.instrument(firm.operator)
    with store.tx(firm.operator) as tx:
        insert_frame(tx, PendingPrice, prices(firm, support, "1"))
        assert tx.session.execute(size).scalar_one() == -ROOM
    with store.tx(firm.operator) as tx:
        assert tx.session.execute(size).scalar_one() == -USUAL


def test_an_amount_too_large_is_refused_and_nothing_is_stored(firm):
    support = kit.instrument(firm.operator)
    with pytest.raises(InvalidInputError, match="trop grand"), store.tx(firm.operator) as tx:
        insert_frame(tx, PendingPrice, prices(firm, support, "1", "92000000001"))
    with store.reading(firm.operator) as session:
        assert not session.exec(select(PendingPrice.id)).all()


def test_many_values_are_asked_as_one_parameter(firm):
    """More than a list of parameters may hold."""
    kit.provider(firm.operator, "x")
    asked = select(Provider.code).where(
        store.among(firm.operator, Provider.code, [f"p{n}" for n in range(300_000)] + ["x"])
    )
    none = select(Provider.code).where(store.among(firm.operator, Provider.id, []))
    with store.reading(firm.operator) as session:
        assert session.exec(asked).all() == ["x"]
        assert session.exec(none).all() == []
