"""A couple with two contracts, one of them joint, prices, payments, and one old price."""

from datetime import date, timedelta

import pytest

from o2s_core import contacts
from tests import kit

SINCE = date(2025, 12, 31)
#: What a careless model would take for its own language, or a spreadsheet for a formula.
HOSTILE = '#read("x") $a$ *b* _c_ @d <e> "f" \\ R-co « Valor » Œuf & fils // =1+1'


@pytest.fixture
def couple(firm):
    ctx = firm.alice
    anne = kit.person(ctx, "D'Aubigné", "Hélène", file_code="ANNE", civility="mme")
    marc = kit.person(ctx, "Martin", "Marc", file_code="MARC")
    kit.household(ctx, anne, marc, file_code="FOYER")
    fund, bond = (
        kit.instrument(ctx, HOSTILE),
        kit.instrument(ctx, "Obligations", asset_class="bond"),
    )
    old, lost = kit.instrument(ctx, "Ancien cours"), kit.instrument(ctx, "=Sans cours")
    insurer = kit.provider(ctx)
    vie = kit.account(ctx, insurer, [anne, marc], label="Vie commune", number="7-1")
    kit.situation(ctx, vie, SINCE, [held(fund, 10, 100), held(bond, 5, 200)])
    kit.situation(ctx, vie, date(2026, 6, 30), [held(fund, 20, 105), held(bond, 5, 190)])
    kit.movement(ctx, vie, date(2026, 6, 30), "deposit", net="1050")
    kit.movement(ctx, vie, date(2026, 7, 31), "fee", net="-12.50")
    pea = kit.account(ctx, insurer, [anne], label="PEA d'Hélène", number="7-2", envelope="pea")
    kit.situation(ctx, pea, SINCE, [held(old, 3, 50), {"instrument_id": lost, "quantity": "1"}])
    for week in range(47):
        kit.price(ctx, fund, SINCE + timedelta(weeks=week), f"{100 + week / 4:.2f}")
        kit.price(ctx, bond, SINCE + timedelta(weeks=week), f"{200 - week / 5:.2f}")
    return ctx


def held(instrument, quantity, price):
    return {"instrument_id": instrument, "quantity": str(quantity), "price": str(price),
            "unit_cost": "90"}  # fmt: skip


@pytest.fixture
def home(firm, couple):
    return contacts.scope(couple, "household", "FOYER")


@pytest.fixture
def alone(firm, couple):
    return contacts.scope(couple, "contact", "ANNE")
