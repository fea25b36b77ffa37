"""A query becomes a table with every digit, and a table that is not as declared is refused."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from sqlmodel import func, select

from o2s_core import store
from o2s_core.contacts.models import Contact
from o2s_core.portfolio.models import Account, SituationLine
from tests import kit

LINES = pl.Schema(
    {
        "label": pl.String(),
        "quantity": store.EXACT_FRAME,
        "value": store.EXACT_FRAME,
        "price_on": pl.Date(),
    }
)


@pytest.fixture
def account(firm):
    holder = kit.person(firm.alice)
    account = kit.account(firm.alice, kit.provider(firm.alice), [holder])
    fund = kit.instrument(firm.alice)
    kit.situation(
        firm.alice,
        account,
        date(2026, 1, 31),
        [
            {
                "instrument_id": fund,
                "label": "é",
                "quantity": "0.00000001",
                "value": "-91999999999.12345678",
                "price_on": date(2026, 1, 30),
            },
            {"instrument_id": fund, "label": "b", "quantity": None, "value": None},
        ],
    )
    return account


def test_every_digit_comes_out(firm, account):
    asked = select(
        SituationLine.label,
        SituationLine.quantity,
        SituationLine.value,
        SituationLine.price_on,
    ).order_by(SituationLine.id)
    rows = store.frame(firm.alice, asked, LINES)
    assert rows.schema == LINES
    assert rows.rows() == [
        ("é", Decimal("0.00000001"), Decimal("-91999999999.12345678"), date(2026, 1, 30)),
        ("b", None, None, None),
    ]


def test_sums_joins_and_instants_come_out(firm, account):
    asked = (
        select(
            Account.label.label("name"),
            Account.aggregated,
            Account.created_at,
            func.sum(SituationLine.quantity).label("total"),
        )
        .join(SituationLine, SituationLine.account_id == Account.id)
        .group_by(Account.label, Account.aggregated, Account.created_at)
    )
    schema = pl.Schema(
        {
            "name": pl.String(),
            "aggregated": pl.Boolean(),
            "created_at": pl.Datetime("us", "UTC"),
            "total": store.EXACT_FRAME,
        }
    )
    assert store.frame(firm.alice, asked, schema).rows() == [
        ("Contrat d'essai", False, firm.alice.now, Decimal("0.00000001"))
    ]


def test_no_row_has_its_columns_too(firm):
    schema = pl.Schema({"id": pl.Int64(), "last_name": pl.String()})
    rows = store.frame(firm.alice, select(Contact.id, Contact.last_name), schema)
    assert rows.is_empty()
    assert rows.schema == schema


@pytest.mark.parametrize(
    "wrong", [pl.DataFrame({"id": [1]}), pl.DataFrame({"id": ["x"], "last_name": ["y"]})]
)
def test_a_table_that_is_not_as_declared_is_refused(wrong):
    schema = pl.Schema({"id": pl.Int64(), "last_name": pl.String()})
    with pytest.raises(TypeError, match="prices"):
        store.conform(wrong, schema, source="prices")
