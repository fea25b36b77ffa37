"""A partner's file becomes situations and movements, once, whatever happens on the way."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core import aggregation, portfolio
from o2s_core.contacts import scope
from o2s_core.contacts.models import Contact
from tests import kit
from tests.kit import documents as doc


@pytest.fixture
def anne(firm):
    return kit.person(firm.operator, "Martin", "Anne", file_code="C00001", adviser=firm.user_ids["alice"])


def held(firm, code="C00001", on=date(2026, 11, 24)):
    ctx = firm.fresh(firm.operator)
    return portfolio.holdings(ctx, scope(ctx, "contact", code), on)


def test_a_document_becomes_the_holdings_of_the_contact_whom_the_sender_names(firm, anne):
    """S-002, S-005."""
    data = doc.document(doc.holding("AV-001", [doc.line(), doc.cash("50")], total="1050"))
    report = aggregation.receive(firm.operator, data, "assureur.json", contact="C00001")
    assert (report.state, report.outcome) == ("committed", 0)
    assert [a.state for a in report.accounts] == ["committed"]
    assert report.counts["situations_new"] == 1
    assert report.counts["instruments_created"] == 1
    assert held(firm).total_eur == Decimal("1050.00")
