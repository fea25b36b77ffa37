"""Partners' lines bring the prices they are valued at, for everybody who holds the support."""

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from o2s_core import aggregation, market, store
from o2s_core.aggregation import carried_prices, receiving
from o2s_core.market.models import Instrument
from o2s_core.portfolio.models import Situation
from tests import kit
from tests.kit import documents as doc

ON = date(2026, 10, 31)


@pytest.fixture(autouse=True)
def anne(firm):
    return kit.person(
        firm.operator, "Martin", "Anne", file_code="C00001", adviser=firm.user_ids["alice"]
    )


@pytest.fixture
def acme(firm):
    return kit.instrument(firm.operator, "ACME", isin=doc.ACME)


def receive(firm, *accounts, name="assureur.json", **more):
    report = aggregation.receive(
        firm.operator, doc.document(*accounts, **more), name, contact="C00001"
    )
    assert report.state == "committed", report.anomalies
    return report


def series(firm, instrument):
    found = market.price_series(firm.operator, instrument, date(2026, 1, 1), firm.operator.today)
    return [tuple(row) for row in found.select("day", "value", "source").rows()]


def test_the_price_of_a_line_enters_the_history_with_its_partner(firm, acme):
    receive(firm, doc.holding(lines=[doc.line(), doc.cash()]))
    assert series(firm, acme) == [(ON, Decimal(100), "partner:assureur")]


def test_its_own_day_counts_when_the_file_says_it(firm, acme):
    receive(firm, doc.holding(lines=[doc.line(price_on="2026-10-29")]))
    assert [day for day, _, _ in series(firm, acme)] == [date(2026, 10, 29)]


def test_a_trade_price_is_not_a_valuation_price(firm, acme):
    bought = doc.moved(
        "buy", "-200", isin=doc.ACME, quantity="2", price="100", trade_on="2026-10-15"
    )
    receive(firm, doc.holding(lines=[doc.cash()], movements=[bought]))
    assert series(firm, acme) == []


@pytest.mark.parametrize(
    "line",
    [
        doc.line(quantity="10", price="100", value="1000", currency="USD"),
        doc.line(quantity="1000", price="98.5", value="985"),
        doc.line(quantity="0", price="0", value="0"),
    ],
    ids=["another currency", "quoted otherwise", "nothing"],
)
def test_a_line_whose_price_is_not_one_of_the_market_carries_none(firm, acme, line):
    aggregation.receive(
        firm.operator, doc.document(doc.holding(lines=[line])), "a.json", contact="C00001"
    )
    assert series(firm, acme) == []


def test_a_vendor_price_of_the_day_stays_before_the_partner_s(firm, acme):
    kit.price(firm.operator, acme, ON, "101", source="vendor:essai")
    receive(firm, doc.holding())
    assert series(firm, acme) == [(ON, Decimal(101), "vendor:essai")]


def test_a_corrected_file_corrects_the_price_and_keeps_the_old_one(firm, acme):
    receive(firm, doc.holding())
    receive(firm, doc.holding(lines=[doc.line(price="102", value="1020")]), name="b.json")
    assert series(firm, acme) == [(ON, Decimal(102), "partner:assureur")]
    assert market.price_corrections(firm.operator, acme)["value"].to_list() == [100]


def test_a_price_hundred_times_too_high_waits(firm, acme):
    """60: price jump × 100; the line itself keeps what its partner says."""
    receive(firm, doc.holding())
    receive(
        firm,
        doc.holding("AV-002", [doc.line(quantity="1", price="10000", value="10000")], "2026-11-02"),
        name="b.json",
    )
    assert [value for _, value, _ in series(firm, acme)] == [100]
    assert market.doubtful_prices(firm.operator)["value"].to_list() == [10000]


def test_cancelling_takes_the_price_back_unless_another_line_says_it(firm, acme):
    first = receive(firm, doc.holding())
    second = receive(firm, doc.holding("AV-002"), name="b.json")
    aggregation.cancel(firm.operator, first.delivery_id, "Essai")
    assert series(firm, acme) == [(ON, Decimal(100), "partner:assureur")]
    market.compact_prices(firm.operator)
    aggregation.cancel(firm.operator, second.delivery_id, "Essai")
    assert series(firm, acme) == []


def test_cancelling_a_correction_gives_the_old_price_back(firm, acme):
    receive(firm, doc.holding())
    second = receive(firm, doc.holding(lines=[doc.line(price="102", value="1020")]), name="b.json")
    aggregation.cancel(firm.operator, second.delivery_id, "Essai")
    assert series(firm, acme) == [(ON, Decimal(100), "partner:assureur")]


def test_a_rehearsal_keeps_no_price(firm, acme):
    aggregation.receive(
        firm.operator, doc.document(doc.holding()), "a.json", contact="C00001", dry_run=True
    )
    assert series(firm, acme) == []


def test_the_prices_of_an_account_attached_later_come_with_it(firm, acme, anne):
    report = aggregation.receive(firm.operator, doc.document(doc.holding()), "a.json")
    assert series(firm, acme) == []
    waiting = aggregation.accounts_to_attach(firm.operator)["id"][0]
    aggregation.attach_to_contact(firm.operator, waiting, anne)
    assert len(series(firm, acme)) == 1
    assert report.delivery_id


def test_a_provisional_support_gets_its_price_too(firm):
    receive(firm, doc.holding(lines=[doc.line(isin=doc.BETA)]))
    with store.reading(firm.operator) as session:
        made = session.exec(select(Instrument.id).where(Instrument.isin == doc.BETA)).one()
    assert len(series(firm, made)) == 1


def test_lines_carry_the_same_prices_from_memory_as_from_the_store(firm, acme, monkeypatch):
    """What a commit still holds is what a process that resumes it would read."""
    held = []
    whole = receiving.take_carried

    def taking(tx, delivery, brought):
        held.append(carried_prices.most_said(brought))
        return whole(tx, delivery, brought)

    monkeypatch.setattr(receiving, "take_carried", taking)
    lines = [
        doc.line(), doc.line(price="101", value="1010"), doc.line(value="1300"), doc.cash(),
        doc.line(price="200", value=None, price_on="2026-10-29"),
    ]  # fmt: skip
    report = receive(firm, doc.holding(lines=lines), doc.holding("A2", lines=[doc.line()]))
    stored = carried_prices.carried_prices(
        firm.operator, Situation.delivery_id == report.delivery_id
    )
    assert [row[:3] for row in stored.rows()] == [
        (acme, date(2026, 10, 29), Decimal(200)), (acme, ON, Decimal(100)),
    ]  # fmt: skip
    assert held[0].rows() == stored.rows()
