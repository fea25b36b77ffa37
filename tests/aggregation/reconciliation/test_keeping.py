"""Two figures of an account that contradict each other make a break, with an owner and an age."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from o2s_core import aggregation, store
from o2s_core.aggregation.models import Break, Feed
from o2s_core.aggregation.reconciliation.keeping import reconcile
from o2s_core.market.models import Instrument
from tests import kit
from tests.kit import documents as doc


@pytest.fixture
def anne(firm):
    return kit.person(
        firm.operator, "Martin", "Anne", file_code="C00001", adviser=firm.user_ids["alice"]
    )


class Months:
    """The files of one account, month after month."""

    def __init__(self, firm):
        self.firm, self.count = firm, 0

    def send(self, as_of, *lines, moves=(), on=None):
        self.count += 1
        ctx = replace(
            self.firm.fresh(self.firm.operator),
            now=self.firm.operator.now + timedelta(minutes=self.count),
            today=on or self.firm.operator.today,
        )
        account = doc.holding("A1", list(lines), as_of, movements=list(moves))
        return aggregation.receive(ctx, doc.document(account), contact="C00001")


@pytest.fixture
def months(firm, anne):
    return Months(firm)


def found(firm, *codes):
    with store.reading(firm.fresh(firm.operator)) as session:
        rows = session.exec(select(Break).order_by(Break.id)).all()
    return [row for row in rows if not codes or row.code in codes]


def worth(quantity, price="100", isin=doc.ACME, price_on=None, **more):
    value = str(Decimal(quantity) * Decimal(price))
    return doc.line(isin, str(quantity), price, value, price_on=price_on) | more


def buy(quantity, trade_on="2026-11-05", isin=doc.ACME, net="-100"):
    return doc.moved("buy", net, trade_on, quantity=str(quantity), isin=isin)


def test_units_that_movements_do_not_give_are_a_break(firm, months):
    """V03: 10 held, 2 bought, 15 reported."""
    months.send("2026-10-31", worth(10))
    report = months.send("2026-11-20", worth(15), moves=[buy(2)])
    (row,) = found(firm, "V03")
    assert (row.expected, row.reported, row.proposal) == (12, 15, "movement")
    assert (row.since, row.as_of) == (date(2026, 10, 31), date(2026, 11, 20))
    assert (row.state, row.delivery_id) == ("open", report.delivery_id)
    assert row.owner_id == firm.user_ids["alice"], "the adviser of the holder"
    assert row.opened_on == firm.operator.today


def test_units_that_movements_give_are_none(firm, months):
    months.send("2026-10-31", worth(10))
    months.send("2026-11-20", worth(12), moves=[buy(2)])
    assert found(firm, "V03") == []


def test_without_any_movement_nothing_is_contradicted(firm, months):
    months.send("2026-10-31", worth(10))
    months.send("2026-11-20", worth(15))
    assert found(firm, "V03", "V04") == []


def test_the_reported_position_is_kept_and_the_break_closes_when_the_movement_comes(firm, months):
    months.send("2026-10-31", worth(10))
    months.send("2026-11-20", worth(15), moves=[buy(2)])
    months.send("2026-11-20", worth(15), moves=[buy(2), buy(3, "2026-11-06", net="-300")])
    (row,) = found(firm, "V03")
    assert (row.state, row.closed_on) == ("closed", firm.operator.today)


def test_cash_is_rolled_forward_in_its_currency(firm, months):
    """V04: 50 + 100 deposited, 200 reported."""
    months.send("2026-10-31", worth(10), doc.cash("50"))
    months.send("2026-11-20", worth(10), doc.cash("200"), moves=[doc.moved(trade_on="2026-11-04")])
    (row,) = found(firm, "V04")
    assert (row.expected, row.reported, row.currency) == (150, 200, "EUR")
    months.send("2026-11-21", worth(10), doc.cash("200"))
    assert [r.state for r in found(firm, "V04")] == ["closed"], "the next statement follows"


def test_a_value_that_jumps_without_flow_and_a_fund_price_that_jumps_are_breaks(firm, months):
    months.send("2026-10-31", worth(10, kind="opcvm"))
    months.send("2026-11-20", worth(10, "121", kind="opcvm"), moves=[doc.moved("dividend", "1")])
    stopped = found(firm, "V05")
    assert stopped == [], "a jump at unchanged units waits in quarantine first"
    with store.reading(firm.operator) as session:
        from o2s_core.aggregation.models import DeliveryAccount

        row_id = session.exec(
            select(DeliveryAccount.id).where(DeliveryAccount.state == "quarantined")
        ).one()
    aggregation.accept(firm.fresh(firm.operator), row_id, "cours vérifié")
    codes = [(r.code, r.instrument_id is None) for r in found(firm, "V05")]
    assert sorted(codes) == [("V05", False), ("V05", True)]


def test_an_old_price_is_a_break_by_kind_of_support(firm, months):
    """V06: a fund may be 10 open days old, a SCPI 120 days."""
    months.send("2026-11-20", worth(1, isin=doc.BETA, kind="scpi", price_on="2026-10-01"))
    assert found(firm, "V06") == []
    months.send(
        "2026-11-21",
        worth(1, isin=doc.ACME, kind="opcvm", price_on="2026-10-01"),
        worth(1, isin=doc.BETA, kind="scpi", price_on="2026-10-01"),
    )
    (row,) = found(firm, "V06")
    assert (row.reported, row.as_of) == (1, date(2026, 10, 1))


def test_a_later_price_of_the_support_makes_the_line_recent(firm, months):
    """V06: what counts is the price that values the line, wherever it comes from."""
    months.send("2026-11-20", worth(1, isin=doc.ACME, kind="opcvm", price_on="2026-10-01"))
    assert [row.state for row in found(firm, "V06")] == ["open"]
    with store.reading(firm.operator) as session:
        acme = session.exec(select(Instrument.id).where(Instrument.isin == doc.ACME)).one()
    kit.price(firm.operator, acme, date(2026, 11, 20), "1")
    with store.tx(firm.fresh(firm.operator)) as tx:
        reconcile(tx)
    assert [row.state for row in found(firm, "V06")] == ["closed"]


def test_a_feed_says_how_old_its_prices_may_be(firm, months):
    """V06: 39 open days old, which the product refuses to a fund and this feed admits."""
    old = worth(1, isin=doc.ACME, kind="opcvm", price_on="2026-10-01")
    months.send("2026-11-20", old)
    assert [row.state for row in found(firm, "V06")] == ["open"]
    for days, state in (("60", "closed"), ("30", "open")):
        with store.tx(firm.fresh(firm.operator)) as tx:
            tx.session.exec(select(Feed)).one().tolerances = f'{{"fund_days": "{days}"}}'
            tx.touch("aggregation")
            tx.session.flush()
            reconcile(tx)
        assert found(firm, "V06")[-1].state == state


def test_a_currency_without_rate_is_a_break(firm, months):
    """V07: its lines are left out of the totals."""
    months.send("2026-11-20", worth(10, currency="RUB"))
    (row,) = found(firm, "V07")
    assert (row.currency, row.reported) == ("RUB", 1000)


@pytest.mark.parametrize(
    ("before", "after", "proposal", "ratio"),
    [
        ((10, "100"), (20, "50"), "split", 2),
        ((1000, "1"), (10, "100"), "split", Decimal("0.01")),
        ((10, "110"), (11, "100"), "free_shares", Decimal("1.1")),
        ((10, "100"), (17, "100"), "movement", None),
    ],
)
def test_what_multiplies_a_line_at_the_same_worth_is_proposed(
    firm, months, before, after, proposal, ratio
):
    months.send("2026-10-31", worth(*before), moves=[doc.moved(trade_on="2026-10-01")])
    months.send("2026-11-20", worth(*after))
    (row,) = found(firm, "V03")
    assert (row.proposal, row.ratio) == (proposal, ratio)


@pytest.mark.parametrize(
    ("units", "price", "proposal", "ratio"),
    [(10, "100", "isin_change", 1), (25, "40", "merger", Decimal("2.5"))],
)
def test_a_new_code_that_comes_as_another_leaves_is_a_probable_corporate_action(
    firm, months, units, price, proposal, ratio
):
    months.send("2026-10-31", worth(10), moves=[doc.moved(trade_on="2026-10-01")])
    months.send("2026-11-20", worth(units, price, doc.BETA))
    old, new = sorted(found(firm, "V03"), key=lambda r: r.expected, reverse=True)
    assert {old.proposal, new.proposal} == {proposal}
    assert (old.other_instrument_id, new.other_instrument_id) == (
        new.instrument_id, old.instrument_id,
    )  # fmt: skip
    assert old.ratio == ratio


def test_cancelling_the_delivery_closes_its_breaks(firm, months):
    months.send("2026-10-31", worth(10))
    report = months.send("2026-11-20", worth(15), moves=[buy(2)])
    aggregation.cancel(firm.fresh(firm.operator), report.delivery_id, "erreur")
    assert [row.state for row in found(firm, "V03")] == ["closed"]


def test_a_replay_leaves_breaks_and_their_age_alone(firm, months):
    months.send("2026-10-31", worth(10), on=date(2026, 11, 1))
    months.send("2026-11-20", worth(15), moves=[buy(2)], on=date(2026, 11, 21))
    (before,) = found(firm, "V03")
    aggregation.replay(firm.fresh(firm.operator))
    (after,) = found(firm, "V03")
    assert (before.id, before.opened_on, before.state) == (after.id, after.opened_on, after.state)
