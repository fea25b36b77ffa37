"""What files said of supports, of prices and of rates comes again from the archive, the same."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete
from sqlmodel import select

from o2s_core import aggregation, market, store
from o2s_core.aggregation.replaying.fingerprint import fingerprint
from o2s_core.market.models import FundFact, FundReport, PendingPrice, PendingRate
from tests import kit
from tests.kit import documents as doc
from tests.kit import funds


@pytest.fixture
def fund(firm):
    """A support that the firm has since before any file."""
    return kit.instrument(firm.operator, "Fonds Équilibre", isin=doc.ACME, kind="opcvm")


@pytest.fixture
def receive(firm):
    count = 0

    def received(data, name="fichier.csv"):
        nonlocal count
        count += 1
        now = firm.operator.now + timedelta(minutes=count)
        return aggregation.receive(replace(firm.fresh(firm.operator), now=now), data, name)

    return received


def prices(*rows):
    head = "isin;date;vl;devise"
    return "\n".join([head, *(";".join([doc.ACME, *row, "EUR"]) for row in rows), ""]).encode()


def rates(*rows):
    return "\n".join(["currency;day;units_per_euro", *map(";".join, rows), ""]).encode()


def stored(firm, model, *names):
    with store.reading(firm.fresh(firm.operator)) as session:
        rows = session.exec(select(*(getattr(model, n) for n in names))).all()
    return sorted(map(str, rows))


def reports(firm):
    return stored(firm, FundReport, "template", "as_of", "state", "digest", "delivery_id")


def test_reports_about_supports_are_made_again_in_the_order_in_which_they_were_kept(
    firm, fund, receive
):
    receive(funds.ept(sri="3", ongoing="0.0152"))
    receive(funds.ept(sri="4", ongoing="0.0152"), "corrige.csv")
    wrong = receive(funds.ept(sri="5", ongoing="0.0152"), "erreur.csv")
    aggregation.cancel(firm.fresh(firm.operator), wrong.delivery_id, "erreur")
    before, known = fingerprint(firm.fresh(firm.operator)), reports(firm)
    ids = set(stored(firm, FundFact, "id"))
    done = aggregation.replay(firm.fresh(firm.operator))
    assert done.identical
    assert (done.before, done.deliveries) == (before.hash, 3)
    assert reports(firm) == known
    assert market.instrument(firm.fresh(firm.operator), fund).sri == 4
    assert set(stored(firm, FundFact, "id")) != ids, "written again, not left alone"


def test_a_fact_that_was_altered_comes_back_and_the_hash_says_so(firm, fund, receive):
    receive(funds.ept(sri="3", ongoing="0.0152"))
    good = fingerprint(firm.fresh(firm.operator)).hash
    with store.tx(firm.fresh(firm.operator)) as tx:
        row = tx.session.exec(select(FundFact).where(FundFact.name == "risk.sri")).one()
        row.number = Decimal(7)
        tx.touch("market")
    done = aggregation.replay(firm.fresh(firm.operator))
    assert not done.identical
    assert done.hash == good


def test_prices_and_rates_are_made_again_the_same(firm, fund, receive):
    receive(prices(("19/11/2026", "100"), ("20/11/2026", "101")), "cours.csv")
    receive(prices(("20/11/2026", "102")), "corrige.csv")
    receive(prices(("23/11/2026", "150")), "saut.csv")  # waits in « Cours à confirmer »
    receive(rates(("XDR", "2026-11-20", "0.8")), "taux.csv")
    held = stored(firm, PendingPrice, "day", "value", "source")
    done = aggregation.replay(firm.fresh(firm.operator))
    assert done.identical
    assert stored(firm, PendingPrice, "day", "value", "source") == held
    assert len(held) == 2, "what waits for a decision still waits"


def test_prices_and_rates_that_were_lost_or_altered_come_back_from_the_archive(firm, fund, receive):
    receive(prices(("19/11/2026", "100"), ("20/11/2026", "101")), "cours.csv")
    receive(rates(("XDR", "2026-11-20", "0.8")), "taux.csv")
    good = fingerprint(firm.fresh(firm.operator)).hash
    with store.tx(firm.fresh(firm.operator)) as tx:
        tx.session.exec(delete(PendingRate))
        row = tx.session.exec(select(PendingPrice).where(PendingPrice.value == 100)).one()
        tx.session.delete(row)
        other = tx.session.exec(select(PendingPrice).where(PendingPrice.value == 101)).one()
        other.value = Decimal(99)
        tx.touch("prices")
    assert aggregation.replay(firm.fresh(firm.operator)).hash == good


def test_a_price_of_a_support_that_the_firm_had_not_yet_stays_left(firm, receive):
    receive(prices(("20/11/2026", "101")), "cours.csv")
    later = firm.operator.now + timedelta(days=1)
    kit.instrument(replace(firm.fresh(firm.operator), now=later), "Fonds", isin=doc.ACME)
    assert aggregation.replay(firm.fresh(firm.operator)).identical
    assert stored(firm, PendingPrice, "day") == []


def test_a_typed_price_of_the_same_day_stays(firm, fund, receive):
    kit.price(firm.operator, fund, date(2026, 11, 20), "98")
    receive(prices(("20/11/2026", "101")), "cours.csv")
    before = stored(firm, PendingPrice, "day", "value", "source")
    assert aggregation.replay(firm.fresh(firm.operator)).identical
    assert stored(firm, PendingPrice, "day", "value", "source") == before


def carried(firm, *accounts, name="assureur.json"):
    """Receive lines of a partner for Anne: they carry the prices that value them."""
    report = aggregation.receive(
        firm.fresh(firm.operator), doc.document(*accounts), name, contact="C00001"
    )
    assert report.state == "committed", report.anomalies
    return report


@pytest.fixture
def anne(firm):
    return kit.person(firm.operator, "Martin", "Anne", file_code="C00001")


def values(firm):
    with store.reading(firm.fresh(firm.operator)) as session:
        return sorted(session.exec(select(PendingPrice.value)).all())


def lines(price):
    return [doc.line(price=price, value=str(10 * int(price)))]


def test_the_prices_that_partners_lines_carry_are_in_the_hash_and_come_back(firm, fund, anne):
    carried(firm, doc.holding(as_of="2026-09-30", lines=lines("99")))
    carried(firm, doc.holding(lines=lines("100")), name="octobre.json")
    carried(firm, doc.holding(lines=lines("102")), name="corrige.json")
    wrong = carried(firm, doc.holding(lines=lines("103")), name="erreur.json")
    aggregation.cancel(firm.fresh(firm.operator), wrong.delivery_id, "erreur")
    good = fingerprint(firm.fresh(firm.operator)).hash
    assert values(firm) == [99, 102]
    assert aggregation.replay(firm.fresh(firm.operator)).identical
    with store.tx(firm.fresh(firm.operator)) as tx:
        tx.session.exec(delete(PendingPrice))
        tx.touch("prices")
    assert fingerprint(firm.fresh(firm.operator)).hash != good
    assert aggregation.replay(firm.fresh(firm.operator)).hash == good
    assert values(firm) == [99, 102]


def test_a_carried_price_that_waits_still_waits_and_one_nobody_carries_goes(firm, fund, anne):
    carried(firm, doc.holding(lines=lines("100")))
    carried(firm, doc.holding("AV-002", lines("10000"), "2026-11-02"), name="saut.json")
    good = fingerprint(firm.fresh(firm.operator)).hash
    kit.price(firm.operator, fund, date(2026, 11, 3), "105", source="partner:assureur")
    done = aggregation.replay(firm.fresh(firm.operator))
    assert (done.identical, done.hash) == (False, good)
    assert values(firm) == [100]
