"""An account that a complete delivery leaves out is a break until it comes back."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from o2s_core import aggregation, store
from o2s_core.aggregation import BreakFilter
from o2s_core.aggregation.models import Break, Feed
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account
from tests import kit
from tests.kit import documents as doc


@pytest.fixture
def send(firm):
    """Send the accounts of a partner, all of them; each is known, and worth 1 000 by line."""
    anne = kit.person(firm.operator, file_code="C00001", adviser=firm.user_ids["alice"])
    partner = kit.provider(firm.operator)
    for number in ("A1", "A2", "A3"):
        kit.account(firm.operator, partner, [anne], number=number, adviser=firm.user_ids["alice"])
    count = 0

    def sent(as_of, *numbers, units=10, **more):
        nonlocal count
        count += 1
        ctx = replace(firm.fresh(firm.operator), now=firm.operator.now + timedelta(minutes=count))
        line = doc.line(quantity=str(units), value=str(units * 100))
        held = [doc.holding(n, [line], as_of) for n in numbers]
        data = doc.document(*held, completeness="full_snapshot")
        report = aggregation.receive(ctx, data, f"complet{count}.json", **more)
        assert report.state in {"committed", "partly_committed"}, report
        return report

    return sent


def found(firm, about="Compte absent"):
    with store.reading(firm.fresh(firm.operator)) as session:
        rows = session.exec(select(Break).where(Break.currency == about).order_by(Break.id)).all()
    return [row for row in rows if row.code == "V05"]


def test_an_account_left_out_is_a_break_of_its_adviser_that_its_return_closes(firm, send):
    send("2026-10-30", "A1", "A2")
    report = send("2026-11-06", "A1")
    (row,) = found(firm)
    assert (row.since, row.as_of) == (date(2026, 10, 30), date(2026, 11, 6))
    assert (row.state, row.delivery_id) == ("open", report.delivery_id)
    assert (row.owner_id, row.opened_on) == (firm.user_ids["alice"], firm.operator.today)
    send("2026-11-13", "A1", "A2")
    assert [r.state for r in found(firm)] == ["closed"]


def test_it_stays_one_break_while_the_account_is_away(firm, send):
    send("2026-10-30", "A1", "A2")
    send("2026-11-06", "A1")
    send("2026-11-13", "A1")
    assert [(r.state, r.since) for r in found(firm)] == [("open", date(2026, 10, 30))]


def test_an_account_that_somebody_closed_is_not_missing(firm, send):
    send("2026-10-30", "A1", "A2")
    with store.tx(firm.fresh(firm.operator)) as tx:
        row = tx.session.exec(select(Account).where(Account.number == "A2")).one()
        row.closed_on = date(2026, 11, 2)
        tx.touch("portfolio")
    send("2026-11-06", "A1")
    assert found(firm) == []


def test_cancelling_the_short_delivery_closes_its_breaks(firm, send):
    send("2026-10-30", "A1", "A2")
    report = send("2026-11-06", "A1")
    aggregation.cancel(firm.fresh(firm.operator), report.delivery_id, "envoi incomplet")
    assert {r.state for r in found(firm)} == {"closed"}
    assert {r.state for r in found(firm, "Nombre de comptes")} == {"closed"}


def test_the_file_of_one_client_leaves_nobody_out(firm, send):
    kit.person(firm.operator, "Roux", "Luc", file_code="C00002", adviser=firm.user_ids["bruno"])
    send("2026-10-30", "A1", contact="C00001")
    send("2026-11-06", "B1", contact="C00002")
    assert found(firm) == []


def test_a_delivery_that_falls_is_a_break_of_the_owner_of_its_feed(firm, send):
    """Two accounts of three: a third less, 10 % admitted; the level before stays the measure."""
    send("2026-10-30", "A1", "A2", "A3")
    with store.tx(firm.fresh(firm.operator)) as tx:
        tx.session.exec(select(Feed)).one().owner_id = firm.user_ids["bruno"]
        tx.touch("aggregation")
    send("2026-11-06", "A1", "A2")
    (count,), (total,) = found(firm, "Nombre de comptes"), found(firm, "Total de l'envoi")
    assert (count.expected, count.reported, count.owner_id) == (3, 2, firm.user_ids["bruno"])
    assert (total.expected, total.reported, total.account_id) == (3000, 2000, None)
    assert "33,3" in total.message
    send("2026-11-13", "A1", "A2")
    assert [r.state for r in found(firm, "Nombre de comptes")] == ["open"], "low is no new rule"
    send("2026-11-20", "A1", "A2", "A3")
    assert [r.state for r in found(firm, "Total de l'envoi")] == ["closed"]
    assert [r.state for r in found(firm)] == ["closed"]


def test_a_feed_says_how_far_its_total_may_fall(firm, send):
    send("2026-10-30", "A1")
    with store.tx(firm.fresh(firm.operator)) as tx:
        tx.session.exec(select(Feed)).one().tolerances = '{"total_drop": "0.20"}'
        tx.touch("aggregation")
    send("2026-11-06", "A1", units=9)
    assert found(firm, "Total de l'envoi") == []
    send("2026-11-13", "A1", units=6)
    assert [r.reported for r in found(firm, "Total de l'envoi")] == [Decimal(600)]


def test_a_break_of_a_whole_delivery_is_for_who_manages_feeds_and_its_owner(firm, send):
    send("2026-10-30", "A1", "A2")
    send("2026-11-06", "A1")
    codes = BreakFilter(codes=("V05",))
    seen = aggregation.breaks(firm.fresh(firm.operator), codes)
    assert set(seen["subject"]) == {"Compte absent", "Nombre de comptes", "Total de l'envoi"}
    plain = {
        name: replace(ctx, permissions=ctx.permissions - {Permission.FEED_WRITE})
        for name in ("alice", "bruno")
        if (ctx := firm.fresh(getattr(firm, name)))
    }
    assert set(aggregation.breaks(plain["alice"], codes)["subject"]) == {"Compte absent"}
    assert aggregation.breaks(plain["bruno"], codes).is_empty()
    with store.tx(firm.fresh(firm.operator)) as tx:
        for row in tx.session.exec(select(Break).where(Break.currency == "Nombre de comptes")):
            row.owner_id = firm.user_ids["bruno"]
        tx.touch("aggregation")
    assert aggregation.breaks(firm.fresh(plain["bruno"]), codes)["subject"].to_list() == [
        "Nombre de comptes"
    ]
