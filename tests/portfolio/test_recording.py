"""What a partner delivers is kept once, corrected by revision, and can be taken back."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from o2s_core import portfolio, store
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.portfolio import LINE_INPUT, MOVEMENT_INPUT, SITUATION_INPUT
from o2s_core.portfolio.models import Movement, Situation
from tests import kit

MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)


@pytest.fixture
def held(firm):
    """An account with its instrument."""
    anne = kit.person(firm.alice)
    account = kit.account(firm.alice, kit.provider(firm.alice), [anne])
    return account, kit.instrument(firm.alice)


def frames(held, as_of, *quantities, total=None):
    account, instrument = held
    situations = pl.DataFrame(
        [{"account_id": account, "as_of": as_of, "currency": "EUR", "total": total}],
        schema=SITUATION_INPUT,
    )
    lines = [
        {"account_id": account, "as_of": as_of, "instrument_id": instrument, "label": "Fonds",
         "quantity": Decimal(q), "value": Decimal(q) * 10, "currency": "EUR", "locator": f"ligne {n}"}
        for n, q in enumerate(quantities, 1)
    ]  # fmt: skip
    return situations, pl.DataFrame(lines, schema=LINE_INPUT)


def deliver(firm, held, delivery, as_of, *quantities, **options):
    with store.tx(firm.operator) as tx:
        return portfolio.record_situations(
            tx, *frames(held, as_of, *quantities), delivery_id=delivery, **options
        )


def history(firm, held):
    found = portfolio.situations(firm.alice, held[0])
    return found.select("as_of", "revision", "state", "late").rows()


def test_a_new_situation_is_stored_with_its_lines(firm, held):
    assert deliver(firm, held, 1, MAY, "3", "4").new == 1
    (row,) = portfolio.situations(firm.alice, held[0]).rows(named=True)
    assert (row["lines"], row["value"], row["state"]) == (2, Decimal(70), "active")


def test_the_same_situation_again_changes_nothing_even_with_its_rows_permuted(firm, held):
    deliver(firm, held, 1, MAY, "3", "4")
    assert deliver(firm, held, 2, MAY, "4", "3").unchanged == 1
    assert history(firm, held) == [(MAY, 1, "active", False)]


def test_a_correction_becomes_active_and_the_old_one_stays_readable(firm, held):
    deliver(firm, held, 1, MAY, "3")
    assert deliver(firm, held, 2, MAY, "5").count("corrected") == 1
    assert history(firm, held) == [(MAY, 2, "active", False), (MAY, 1, "superseded", False)]
    newest = portfolio.situations(firm.alice, held[0])["situation_id"][0]
    changes = portfolio.situation(firm.alice, newest).changes
    assert changes.select("change", "quantity", "quantity_after").rows() == [
        ("changed", Decimal(3), Decimal(5))
    ]


def test_a_late_situation_is_kept_and_flagged(firm, held):
    deliver(firm, held, 1, JUNE, "3")
    assert deliver(firm, held, 2, MAY, "2").count("late") == 1
    assert history(firm, held) == [(JUNE, 1, "active", False), (MAY, 1, "active", True)]


def test_a_situation_of_the_future_is_refused(firm, held):
    with pytest.raises(InvalidInputError, match="futur"):
        deliver(firm, held, 1, firm.operator.today + timedelta(days=2), "3")
    assert history(firm, held) == []


def test_an_unknown_account_is_refused(firm, held):
    with pytest.raises(NotFoundError):
        deliver(firm, (987654, held[1]), 1, MAY, "3")


def test_a_cancelled_correction_gives_back_what_it_replaced(firm, held):
    deliver(firm, held, 1, MAY, "3")
    deliver(firm, held, 2, MAY, "5")
    with store.tx(firm.operator) as tx:
        undone = portfolio.cancel_delivery(tx, 2)
    assert history(firm, held) == [(MAY, 2, "cancelled", False), (MAY, 1, "active", False)]
    assert undone.gaps == frozenset()


def test_a_gap_left_by_a_cancelled_delivery_is_filled_from_one_that_said_the_same(firm, held):
    deliver(firm, held, 1, MAY, "3")
    deliver(firm, held, 2, MAY, "3")
    with store.tx(firm.operator) as tx:
        assert portfolio.cancel_delivery(tx, 1).gaps == {(held[0], MAY)}
    assert deliver(firm, held, 2, MAY, "3", fill_only=True).new == 1


# -- movements


def row(held, day=5, net="-10", **cells):
    account, instrument = held
    return {
        "account_id": account, "trade_on": date(2026, 6, day), "kind": "buy",
        "instrument_id": instrument, "code": "X", "label": "Achat", "quantity": Decimal(1),
        "net": Decimal(net), "currency": "EUR", "locator": "ligne",
    } | cells  # fmt: skip


def post(firm, delivery, *rows, **options):
    with store.tx(firm.operator) as tx:
        frame = pl.DataFrame(rows, schema=MOVEMENT_INPUT)
        return portfolio.record_movements(tx, frame, delivery_id=delivery, **options)


def posted(firm):
    with store.reading(firm.operator) as session:
        rows = session.exec(select(Movement).where(Movement.state == "posted")).all()
    return sorted((m.trade_on, m.net, m.ordinal) for m in rows)


def test_two_identical_rows_are_two_movements_and_the_file_again_is_none(firm, held):
    assert post(firm, 1, row(held), row(held)).new == 2
    again = post(firm, 2, row(held), row(held))
    assert (again.new, again.duplicate) == (0, 2)


def test_three_identical_rows_after_two_are_one_more(firm, held):
    post(firm, 1, row(held), row(held))
    assert post(firm, 2, row(held), row(held), row(held)).new == 1


def test_overlapping_windows_add_only_the_new(firm, held):
    post(firm, 1, row(held, 1), row(held, 2))
    later = post(firm, 2, row(held, 2), row(held, 3))
    assert (later.new, later.duplicate) == (1, 1)


def test_a_known_reference_with_other_content_is_a_correction(firm, held):
    post(firm, 1, row(held, partner_ref="T1"))
    fixed = post(firm, 2, row(held, partner_ref="T1", net="-11"))
    assert (fixed.new, fixed.corrected) == (0, 1)
    assert posted(firm) == [(date(2026, 6, 5), Decimal(-11), 1)]


def test_a_movement_gone_from_a_complete_window_is_withdrawn_not_deleted(firm, held):
    post(firm, 1, row(held, 1), row(held, 2), row(held, 20))
    window = (date(2026, 6, 1), date(2026, 6, 10))
    assert post(firm, 2, row(held, 1), window=window).withdrawn == 1
    assert [day.day for day, *_ in posted(firm)] == [1, 20]
    with store.tx(firm.operator) as tx:
        portfolio.cancel_delivery(tx, 2)
    assert [day.day for day, *_ in posted(firm)] == [1, 2, 20]


def test_a_movement_after_the_situation_is_marked(firm, held):
    """S-058."""
    deliver(firm, held, 1, date(2026, 6, 10), "3")
    post(firm, 1, row(held, 5), row(held, 15, net="-20"))
    ledger = portfolio.movements_of_account(firm.alice, held[0])
    assert ledger["after_situation"].to_list() == [False, True]
    assert ledger["held"].to_list() == [Decimal(1), Decimal(2)]
    assert ledger["cash"].to_list() == [Decimal(-10), Decimal(-30)]


days = st.integers(1, 28)
batches = st.lists(
    st.lists(st.tuples(days, st.sampled_from(["-1", "-2"])), max_size=5), min_size=1, max_size=4
)
slow = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@slow
@given(batch=st.lists(st.tuples(days, st.sampled_from(["-1", "-2"])), max_size=6), data=st.data())
def test_imported_twice_or_permuted_is_imported_once(firm, held, batch, data):
    _clear(firm)
    rows = [row(held, day, net) for day, net in batch]
    post(firm, 1, *rows)
    once = posted(firm)
    post(firm, 2, *data.draw(st.permutations(rows)))
    assert posted(firm) == once
    assert Counter(day.day for day, *_ in once) == Counter(day for day, _ in batch)


@slow
@given(first=batches, last=st.lists(st.tuples(days, st.sampled_from(["-1", "-3"])), max_size=5))
def test_a_cancelled_delivery_is_as_if_it_had_never_come(firm, held, first, last):
    _clear(firm)
    for n, batch in enumerate(first, 1):
        post(firm, n, *[row(held, day, net) for day, net in batch])
        deliver(firm, held, n, MAY, str(len(batch) + 1))
    before = (posted(firm), active(firm))
    post(firm, 99, *[row(held, day, net) for day, net in last],
         window=(date(2026, 6, 5), date(2026, 6, 20)))  # fmt: skip
    deliver(firm, held, 99, MAY, "77")
    with store.tx(firm.operator) as tx:
        portfolio.cancel_delivery(tx, 99)
    assert (posted(firm), active(firm)) == before


def active(firm):
    with store.reading(firm.operator) as session:
        rows = session.exec(select(Situation).where(Situation.state == "active")).all()
    return sorted((s.as_of, s.content_hash) for s in rows)


def _clear(firm):
    with store.tx(firm.operator) as tx:
        from sqlalchemy import delete

        from o2s_core.portfolio.models import SituationLine

        for model in (Movement, SituationLine, Situation):
            tx.session.execute(delete(model))
