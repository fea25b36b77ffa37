"""An answer of Plaid gives accounts, lines and movements to the cent, or says what is wrong."""

import json
from datetime import date
from decimal import Decimal

import pytest

from o2s_core.aggregation.readers.plaid.statements import read_plaid
from o2s_core.aggregation.statement import LINES, MOVEMENTS, Refusal, Statement

D = Decimal
HOLDINGS = "openapi_investments_holdings_get_example_1.json"
SECURITIES = (
    {"security_id": "S1", "type": "equity", "name": "Acme", "isin": "US0378331005", "ticker_symbol": "ACM"},
    {"security_id": "S2", "type": "cash", "name": "U S Dollar", "ticker_symbol": "USD"},
)  # fmt: skip


def account(id_="A", **said):
    balances = {"current": said.pop("current", 150), "iso_currency_code": "USD"}
    balances |= said.pop("balances", {})
    kind = {"type": "investment", "subtype": "brokerage"}
    return {"account_id": id_, "name": "Titres", "mask": "6666", "balances": balances} | kind | said


def holding(**said):
    return {
        "account_id": "A", "security_id": "S1", "quantity": 1.5, "cost_basis": 90,
        "institution_price": 100, "institution_value": 150, "iso_currency_code": "USD",
        "institution_price_as_of": "2026-06-30",
    } | said  # fmt: skip


def event(**said):
    return {
        "account_id": "A", "investment_transaction_id": "T1", "security_id": "S1", "type": "buy",
        "subtype": "buy", "date": "2026-06-10", "amount": 152.5, "fees": 2.5, "price": 100,
        "quantity": 1.5, "name": "BUY Acme", "iso_currency_code": "USD", "cancel_transaction_id": None,
    } | said  # fmt: skip


def answer(**said):
    return json.dumps(
        {"accounts": [account()], "securities": SECURITIES, "item": {}} | said
    ).encode()


def read(data, file_name="plaid.json"):
    found = read_plaid(data, file_name)
    assert isinstance(found, Statement), found
    assert found.lines.schema == LINES
    assert found.movements.schema == MOVEMENTS
    return found


def codes(found):
    return found.anomalies.select("code", "severity").rows()


def test_the_lines_of_the_sample_are_read_to_the_last_decimal(samples):
    """Figures read in the file by hand."""
    found = read((samples / "json_plaid" / HOLDINGS).read_bytes())
    assert found.lines.height == 9
    assert found.lines.select("code", "code_type", "kind", "quantity", "value").rows() == [
        (None, None, "cash", None, D("0.01")),
        ("NFLX180201C00355000", "ticker", "option", D(10000), D(110)),
        ("US00448Q2012", "isin", "share", D(1), D("2.11")),
        ("US2586201038", "isin", "opcvm", D(2), D("20.84")),
        ("US5771308344", "isin", "opcvm", D("23.567"), D("636.309")),
        ("NHX105509", "partner", "etf", D("100.05"), D("1373.6865")),
        ("912797HE0", "cusip", "bond", D(10), D("948.08")),
        (None, None, "cash", None, D("12345.67")),
        ("DOGE", "ticker", "crypto", D(25000), D("4437.35905")),
    ]
    totals = (
        found.lines.group_by("external_id")
        .agg(lines="value")
        .join(found.situations, on="external_id")
    )
    gaps = {row["external_id"][:3]: row["total"] - sum(row["lines"]) for row in totals.to_dicts()}
    assert gaps == {"JqM": D(0), "k67": D("9253.365"), "ax0": D("43762.67095")}
    assert set(found.partners["name"]) == {"Chase"}


def test_a_loan_and_a_day_that_nothing_tells_are_told_in_the_sample(samples):
    data = (samples / "json_plaid" / "openapi_accounts_get_example_1.json").read_bytes()
    found = read(data)
    assert found.accounts["label"].to_list() == ["Plaid Checking …0000", "Plaid 401k …6666"]
    assert codes(found) == [("A-PRET", "warning"), ("L01", "error"), ("L01", "error")]
    named = read(data, "comptes-2026-01-31.json")
    assert named.situations.select("as_of", "total").rows() == [
        (date(2026, 1, 31), D(110)),
        (date(2026, 1, 31), D("23631.9805")),
    ]


def test_a_line_has_the_day_of_its_price_and_what_each_unit_cost():
    found = read(answer(holdings=[holding()]))
    (line,) = found.lines.rows(named=True)
    assert (line["as_of"], line["price_on"]) == (date(2026, 6, 30), date(2026, 6, 30))
    assert (line["unit_cost"], line["price"], line["value"]) == (D(60), D(100), D(150))
    assert found.situations["total"].to_list() == [D(150)]
    assert found.anomalies.is_empty()


def test_a_cost_that_is_not_told_is_absent_and_a_balance_may_say_its_own_day():
    dated = account(balances={"last_updated_datetime": "2026-07-02T10:00:00Z"})
    found = read(answer(accounts=[dated], holdings=[holding(cost_basis=None)]))
    (line,) = found.lines.rows(named=True)
    assert (line["unit_cost"], line["as_of"]) == (None, date(2026, 7, 2))


def test_a_currency_that_is_not_official_is_kept_as_it_is():
    found = read(answer(holdings=[holding(iso_currency_code=None, unofficial_currency_code="BTC")]))
    assert found.lines["currency"].to_list() == ["BTC"]


def test_a_security_that_is_not_listed_keeps_its_line_and_is_told():
    found = read(answer(holdings=[holding(security_id="S9")]))
    assert found.lines.select("code", "code_type", "value").rows() == [("S9", "partner", D(150))]
    assert codes(found) == [("A-TITRE", "warning")]


def test_money_that_leaves_is_negative_and_fees_are_inside():
    sold = event(
        investment_transaction_id="T2",
        type="sell",
        subtype="sell",
        amount=-150,
        fees=0,
        quantity=-1.5,
    )
    paid = event(
        investment_transaction_id="T3", type="cash", subtype="dividend", amount=-4.2, fees=None,
        quantity=0, price=0,
    )  # fmt: skip
    found = read(answer(investment_transactions=[event(), sold, paid]))
    names = ("partner_ref", "kind", "code", "quantity", "price", "gross", "fees", "net")
    assert found.movements.select(names).rows() == [
        ("T1", "buy", "US0378331005", D("1.5"), D(100), D(-150), D("2.5"), D("-152.5")),
        ("T2", "sell", "US0378331005", D("-1.5"), D(100), D(150), D(0), D(150)),
        ("T3", "dividend", "US0378331005", None, None, D("4.2"), None, D("4.2")),
    ]


def test_a_cancellation_takes_the_kind_of_what_it_takes_back_and_both_are_kept():
    back = event(
        investment_transaction_id="T2", type="cancel", subtype="", cancel_transaction_id="T1",
        amount=-152.5, fees=-2.5, quantity=-1.5,
    )  # fmt: skip
    found = read(answer(investment_transactions=[event(), back]))
    assert found.movements["kind"].to_list() == ["buy", "buy"]
    assert [sum(found.movements[name]) for name in ("net", "quantity", "fees")] == [
        D(0),
        D(0),
        D(0),
    ]


def test_bank_transactions_are_movements_and_pending_ones_are_not_yet():
    def line(**said):
        return {
            "account_id": "A", "transaction_id": "B1", "amount": 12.5, "date": "2026-06-02",
            "name": "Loyer", "pending": False, "iso_currency_code": "EUR",
        } | said  # fmt: skip

    found = read(answer(transactions=[line(), line(transaction_id="B2", pending=True)]))
    assert found.movements.select("partner_ref", "kind", "net").rows() == [
        ("B1", "withdrawal", D("-12.5"))
    ]
    removed = read(answer(added=[line()], removed=[{"transaction_id": "B0", "account_id": "A"}]))
    assert codes(removed) == [("L01", "warning"), ("A-ANNULATION", "warning")]


def test_a_page_of_several_and_a_failed_connection_are_told():
    part = read(answer(investment_transactions=[event()], total_investment_transactions=3))
    assert codes(part) == [("L01", "warning"), ("F06", "warning")]
    failed = read(
        answer(holdings=[holding()], item={"error": {"error_code": "ITEM_LOGIN_REQUIRED"}})
    )
    assert codes(failed) == [("A-CONNEXION", "warning")]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"holdings": [holding(institution_value=None)]}, "L01"),
        ({"holdings": [holding(institution_value="1e999")]}, "L01"),
        ({"holdings": [holding(institution_price_as_of="2026-13-01")]}, "L01"),
        ({"holdings": [holding()], "accounts": [account(current="beaucoup")]}, "L01"),
        ({"accounts": [{"name": "sans numéro"}]}, "L01"),
        ({"investment_transactions": [event(type="mystery", subtype="")]}, "L02"),
        ({"investment_transactions": [event(amount=None)]}, "L01"),
    ],
)
def test_what_cannot_be_read_is_told(said, code):
    assert (code, "error") in codes(read(answer(**said)))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"accounts": [{"account_id"', "F07"),
        (b'{"item": {"item_id": "x"}}', "F01"),
        (b'{"error_code": "INVALID_ACCESS_TOKEN", "error_type": "INVALID_INPUT"}', "F04"),
    ],
)
def test_an_answer_without_data_is_refused(data, code):
    refused = read_plaid(data, "plaid.json")
    assert isinstance(refused, Refusal)
    assert refused.code == code
