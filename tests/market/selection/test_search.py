"""S-079: supports are found by every facet, and what is not known to fit does not fit."""

from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import market, store
from o2s_core.kernel.identifiers import isin_with_check_digit
from o2s_core.market import DecisionForm, SupportFilter
from o2s_core.market.funds.recording import (
    FACT_INPUT,
    FUND_LINE_INPUT,
    REPORT_INPUT,
    record_funds,
)
from tests import kit

ISIN = isin_with_check_digit("XF777700001")


def said(firm, instrument_id, **facts):
    """What a manufacturer's file says of a support."""
    day = firm.operator.today - timedelta(30)
    report = {"fund": "f", "instrument_id": instrument_id, "template": "ept", "edition": "V2.1",
              "as_of": day, "locator": "", "label": "", "manufacturer": "", "currency": "EUR"}  # fmt: skip
    rows = [
        {"fund": "f", "name": n.replace("_", ".", 1), "number": Decimal(v), "text": None,
         "as_of": day, "locator": ""} for n, v in facts.items()
    ]  # fmt: skip
    with store.tx(firm.operator) as tx:
        record_funds(tx, pl.DataFrame([report], REPORT_INPUT), pl.DataFrame(rows, FACT_INPUT),
                     FUND_LINE_INPUT.to_frame(), delivery_id=None)  # fmt: skip


@pytest.fixture
def shelf(firm):
    ctx = firm.operator
    cheap = kit.instrument(ctx, "Monde Actions I", isin=ISIN, manager="Alpage", zone="world",
                           eligible="pea,assurance_vie", sri=4, sfdr=8)  # fmt: skip
    dear = kit.instrument(ctx, "Monde Actions R", manager="Alpage", zone="world", sri=4)
    bond = kit.instrument(ctx, "Crédit Court Terme", asset_class="bond", manager="Boréal", sri=2)
    gone = kit.instrument(ctx, "Vieux fonds", status="inactive")
    said(firm, cheap, cost_ongoing="0.006")
    said(firm, dear, cost_ongoing="0.018")
    for back, value in ((1900, "50"), (1200, "80"), (400, "100"), (1, "110")):
        kit.price(ctx, cheap, ctx.today - timedelta(back), value)
    return {"cheap": cheap, "dear": dear, "bond": bond, "gone": gone}


def found(firm, **asked):
    return market.supports(firm.operator, SupportFilter(**asked))["label"].to_list()


CHEAP, DEAR, BOND = "Monde Actions I", "Monde Actions R", "Crédit Court Terme"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [BOND, CHEAP, DEAR]),
        ({"text": "monde actions"}, [CHEAP, DEAR]),
        ({"text": "MONDE élan"}, []),
        ({"text": ISIN}, [CHEAP]),
        ({"asset_classes": ("bond",)}, [BOND]),
        ({"zones": ("world",)}, [CHEAP, DEAR]),
        ({"managers": ("Alpage",)}, [CHEAP, DEAR]),
        ({"eligible": ("pea",)}, [CHEAP]),
        ({"eligible": ("pea", "per")}, []),
        ({"sri_at_most": 3}, [BOND]),
        ({"sfdr_at_least": 8}, [CHEAP]),
        ({"ongoing_at_most": 0.01}, [CHEAP]),
        ({"perf_1y_at_least": 0.05}, [CHEAP]),
        ({"perf_1y_at_least": 0.15}, []),
        ({"perf_5y_at_least": 1.0}, [CHEAP]),
        ({"volatility_at_most": 0.5}, []),
        ({"statuses": ("inactive",)}, ["Vieux fonds"]),
        ({"in_catalogue": True}, []),
    ],
)
def test_a_facet_keeps_what_is_known_to_fit(firm, shelf, asked, expected):
    assert found(firm, **asked) == expected


def test_a_list_of_supports_narrows(firm, shelf):
    assert found(firm, ids=frozenset({shelf["bond"]})) == [BOND]
    assert found(firm, ids=frozenset()) == []


def test_a_decision_and_a_range_are_seen_at_once(firm, shelf):
    ctx = firm.operator
    assert found(firm, decisions=("approved",)) == []
    market.decide(ctx, shelf["cheap"], DecisionForm("approved", "Suivi.", ctx.today))
    assert found(firm, decisions=("approved",)) == [CHEAP]
    made = market.add_range(ctx, "Prudente")
    market.fill_range(ctx, made, [shelf["bond"]], [])
    assert found(firm, in_catalogue=True) == [BOND]
    market.show_range(ctx, made, shown=False)
    assert found(firm, in_catalogue=True) == []


def test_a_price_in_another_currency_earns_nothing_known(firm, shelf):
    kit.price(
        firm.operator, shelf["dear"], firm.operator.today - timedelta(400), "10", currency="USD"
    )
    kit.price(firm.operator, shelf["dear"], firm.operator.today - timedelta(1), "20")
    row = market.supports(firm.operator, SupportFilter(text="actions r")).row(0, named=True)
    assert row["perf_1y"] is None


def test_the_other_shares_of_a_fund_come_cheapest_first(firm, shelf):
    other = market.share_classes(firm.operator, shelf["dear"])
    assert other["label"].to_list() == [CHEAP]
    assert other["ongoing"][0] == pytest.approx(0.006)
    assert market.share_classes(firm.operator, shelf["bond"]).is_empty()
