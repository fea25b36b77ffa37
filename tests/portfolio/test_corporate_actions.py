"""A corporate action is a pair of movements: units change, their cost goes with them."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core import portfolio
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.portfolio import CorporateAction
from tests import kit

ON = date(2026, 11, 10)


@pytest.fixture
def held(firm):
    """Ten units of one support that cost 80 each, and another support."""
    anne = kit.person(firm.alice, "Martin", "Anne", file_code="C00001")
    provider = kit.provider(firm.operator)
    old, new = (kit.instrument(firm.operator, name) for name in ("Ancien", "Nouveau"))
    account = kit.account(firm.alice, provider, [anne], number="CT-1")
    line = {"instrument_id": old, "quantity": "10", "price": "100", "value": "1000",
            "unit_cost": "80", "label": "ANCIEN"}  # fmt: skip
    kit.situation(firm.operator, account, date(2026, 10, 31), [line])
    return account, old, new


def legs(firm, held, kind, new_units=0, other=False, **more):
    account, old, new = held
    action = CorporateAction(
        kind, ON, old, Decimal(10), Decimal(new_units), new if other else None,
        **{k: Decimal(v) for k, v in more.items()},
    )  # fmt: skip
    found = portfolio.corporate_action_legs(firm.alice, account, action)
    return found.select("instrument_id", "quantity", "gross", "net").rows(), action


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("split", {"new_units": 20}, [(0, -10, 800, 0), (0, 20, -800, 0)]),
        ("split", {"new_units": 1}, [(0, -10, 800, 0), (0, 1, -800, 0)]),
        ("free_shares", {"new_units": 11}, [(0, -10, 800, 0), (0, 11, -800, 0)]),
        ("isin_change", {"new_units": 10, "other": True}, [(0, -10, 800, 0), (1, 10, -800, 0)]),
        (
            "merger", {"new_units": 25, "other": True, "cash": "3.2"},
            [(0, -10, 800, 0), (1, 25, -800, Decimal("3.2"))],
        ),
        (
            "spin_off", {"new_units": 5, "other": True, "cost_share": "0.25"},
            [(0, -10, 800, 0), (0, 10, -600, 0), (1, 5, -200, 0)],
        ),
        ("capital_return", {"cash": "40"}, [(0, 0, None, 40)]),
        ("liquidation", {"cash": "950"}, [(0, -10, 800, 950)]),
    ],
)  # fmt: skip
def test_what_an_action_writes_bears_the_cost_over(firm, held, kind, more, expected):
    """Ten units at 80: 800 of cost leave, and come with the new ones."""
    found, _ = legs(firm, held, kind, **more)
    assert found == [(held[1 + n], quantity, gross, net) for n, quantity, gross, net in expected]


def test_it_is_written_once_and_taken_back_whole(firm, held):
    _, action = legs(firm, held, "split", 20)
    reference = portfolio.record_corporate_action(firm.alice, held[0], action, key="k")
    assert portfolio.record_corporate_action(firm.alice, held[0], action, key="k") == reference
    rows = portfolio.movements_of_account(firm.alice, held[0])
    assert rows.select("kind", "quantity", "source").rows() == [
        ("corporate_action", -10, "manual"), ("corporate_action", 20, "manual"),
    ]  # fmt: skip
    assert portfolio.undo_corporate_action(firm.alice, held[0], reference) == 2
    assert portfolio.movements_of_account(firm.alice, held[0]).is_empty()
    with pytest.raises(NotFoundError):
        portfolio.undo_corporate_action(firm.alice, held[0], reference)


def test_an_action_that_contradicts_itself_is_refused(firm, held):
    with pytest.raises(InvalidInputError, match="Nouveau support"):
        legs(firm, held, "merger", 20)
    with pytest.raises(InvalidInputError, match="Espèces"):
        legs(firm, held, "liquidation")
    with pytest.raises(InvalidInputError, match="Quantité après"):
        legs(firm, held, "split", 0)
    _, action = legs(firm, held, "split", 20)
    with pytest.raises(NotFoundError):
        portfolio.record_corporate_action(firm.bruno, held[0], action)
