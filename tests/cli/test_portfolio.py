"""`o2s holdings` and `o2s movements`: the figures of the pages, in the shape of the contract."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from o2s_core import contacts, portfolio
from o2s_core.cli import app
from tests import kit

MAY = date(2026, 5, 31)
PLAIN = re.compile(r"-?\d+(\.\d+)?")


@pytest.fixture
def run(terminal):
    """Run a command over the firm under test; its answer as JSON."""
    return lambda *words: json.loads(terminal(*words).stdout)


@pytest.fixture
def vie(firm):
    ctx = firm.alice
    anne = kit.person(ctx, file_code="ANNE")
    marc = kit.person(ctx, "Martin", "Marc", file_code="MARC")
    kit.household(ctx, anne, marc, file_code="FOYER")
    fund, lost = (
        kit.instrument(ctx, "Monde", isin="XF0000000129"),
        kit.instrument(ctx, "Sans cours"),
    )
    account = kit.account(ctx, kit.provider(ctx, "horizon"), [anne, marc], number="77-41")
    kit.situation(ctx, account, MAY, [
        {"instrument_id": fund, "quantity": "0.00000002", "price": "100000000", "value": "2"},
        {"instrument_id": fund, "quantity": "1000", "price": "28.5", "value": "28500"},
        {"instrument_id": lost, "quantity": "1"},
    ], delivery_id=None)  # fmt: skip
    kit.movement(
        ctx,
        account,
        date(2026, 6, 1),
        "buy",
        instrument_id=fund,
        quantity="2.50",
        price="28.5",
        fees="1.2",
        net="-72.45",
    )
    return account


def test_the_holdings_of_a_contact_and_of_the_household(firm, run, vie):
    alone = run("holdings", "--contact", "ANNE", "--json")
    home = run("holdings", "--contact", "ANNE", "--household", "--json")
    scope = contacts.scope(firm.alice, "contact", "ANNE")
    assert alone["total_eur"] == str(portfolio.holdings(firm.alice, scope).total_eur) == "14251.00"
    assert home["total_eur"] == "28502.00"
    assert (home["on"], home["oldest_data_on"]) == ("2026-11-24", "2026-05-31")
    assert sum(Decimal(line["value_eur"]) for line in home["lines"]) == Decimal(home["total_eur"])


def test_a_line_has_the_fields_of_the_contract_without_exponent(run, vie):
    tiny, line = run("holdings", "--contact", "FOYER", "--json")["lines"]
    assert list(line) == [
        "account", "provider", "isin", "label", "quantity", "kind", "price", "price_on",
        "currency", "value_eur", "weight", "asset_class", "origin",
    ]  # fmt: skip
    assert (line["account"], line["provider"], line["kind"]) == ("77-41", "horizon", "partner")
    assert (line["quantity"], line["price"], line["value_eur"]) == ("1000", "28.5", "28500.00")
    assert tiny["quantity"] == "0.00000002"
    assert all(PLAIN.fullmatch(tiny[name]) for name in ("quantity", "price", "value_eur"))
    assert line["origin"] == {"delivery": None, "locator": "ligne 2"}


def test_what_is_left_out_is_said(run, vie):
    (left,) = run("holdings", "--contact", "ANNE", "--json")["excluded"]
    assert left["label"] == "Sans cours"
    assert "aucun cours" in left["reason"]


def test_a_day_is_asked(run, vie):
    assert (
        run("holdings", "--contact", "ANNE", "--on", "2026-05-30", "--json")["total_eur"] == "0.00"
    )


def test_movements(run, vie):
    (row,) = run("movements", "--contact", "ANNE", "--json")
    assert list(row) == [
        "account", "trade_on", "value_on", "kind", "isin", "label", "quantity", "price", "gross",
        "fees", "taxes", "net", "currency", "origin",
    ]  # fmt: skip
    assert (row["kind"], row["quantity"], row["net"], row["fees"]) == (
        "buy",
        "2.5",
        "-72.45",
        "1.2",
    )


def test_as_somebody_else_it_does_not_exist(run, vie, firm):
    asked = CliRunner().invoke(app, ["holdings", "--contact", "ANNE", "--as", "bruno", "--json"])
    assert asked.exit_code != 0
    assert not asked.stdout
