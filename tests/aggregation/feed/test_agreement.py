"""What a feed states of its files decides where they do not say it, and only there."""

from datetime import date

from sqlmodel import select

from o2s_core import aggregation, store
from o2s_core.aggregation.models import Feed
from o2s_core.market.models import Provider
from o2s_core.portfolio.models import Movement
from tests import kit

QIF = b"!Type:Bank\nD05/01/2026\nT-12.50\nPLoyer\n^\n"


def test_a_feed_states_the_order_of_the_days_of_its_qif(firm):
    kit.person(firm.operator, file_code="C00001")
    refused = aggregation.receive(firm.operator, QIF, "releve.qif", contact="C00001")
    assert (refused.state, refused.anomalies[0]["code"]) == ("rejected", "F04")
    with store.tx(firm.fresh(firm.operator)) as tx:
        partner = Provider(firm_id=firm.id, code="banque", name="Banque")
        tx.add(partner)
        tx.add(
            Feed(firm_id=firm.id, code="qif", label="QIF", provider_id=partner.id, format="qif",
                 date_order="mdy")
        )  # fmt: skip
        tx.touch("aggregation")
    data = QIF.replace(b"Loyer", b"Loyer mai")
    report = aggregation.receive(firm.fresh(firm.operator), data, "releve.qif", contact="C00001")
    assert report.state == "committed", report
    with store.reading(firm.fresh(firm.operator)) as session:
        assert session.exec(select(Movement.trade_on)).all() == [date(2026, 5, 1)]
    assert aggregation.replay(firm.fresh(firm.operator)).identical
