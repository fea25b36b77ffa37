"""What a feed states of its files decides where they do not say it, and only there."""

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from o2s_core import aggregation, store
from o2s_core.aggregation import FeedForm
from o2s_core.aggregation.models import Feed
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.market.models import Provider
from o2s_core.portfolio.models import Account, Movement
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


TWO = (
    b"!Account\nNCourant\nTBank\n^\n!Type:Bank\nD15/01/2026\nT-12.50\nPLoyer\n^\n"
    b"!Account\nNLivret\nTBank\n^\n!Type:Bank\nD16/01/2026\nT300.00\nPEpargne\n^\n"
)


def test_a_feed_numbers_the_accounts_of_its_qif_in_order(firm):
    kit.person(firm.operator, file_code="C00001")
    partner = kit.provider(firm.operator)
    form = FeedForm("Comptes de la banque", partner, "format:qif", "qif_banque",
                    account_numbers="0001 ; 0002")  # fmt: skip
    aggregation.declare_feed(firm.fresh(firm.operator), form)
    report = aggregation.receive(
        firm.fresh(firm.operator), TWO, "comptes.qif", feed="qif_banque", contact="C00001"
    )
    assert report.state == "committed", report
    with store.reading(firm.fresh(firm.operator)) as session:
        query = select(Account.number, Movement.net).join(Movement).order_by(Account.number)
        assert session.exec(query).all() == [("0001", Decimal("-12.5")), ("0002", Decimal(300))]
    assert aggregation.replay(firm.fresh(firm.operator)).identical


def test_a_number_given_twice_to_the_accounts_of_a_qif_is_refused(firm):
    form = FeedForm("Comptes", kit.provider(firm.operator), "format:qif",
                    account_numbers="0001, 00 01")  # fmt: skip
    with pytest.raises(InvalidInputError, match="figure deux fois"):
        aggregation.declare_feed(firm.operator, form)
