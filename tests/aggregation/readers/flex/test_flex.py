"""An Interactive Brokers query is read attribute by attribute; what repeats is counted once."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core.aggregation.readers.flex.statements import read_flex
from o2s_core.aggregation.statement import LINES, MOVEMENTS, Refusal, Statement

D = Decimal
TRADE = {
    "currency": "USD", "assetCategory": "STK", "symbol": "ABC", "description": "ABC CORP", "conid": "42",
    "isin": "XF0000000012", "tradeDate": "20260115", "settleDateTarget": "20260117", "transactionID": "t1",
    "quantity": "10", "tradePrice": "20", "proceeds": "-200", "ibCommission": "-1.5", "ibCommissionCurrency": "USD",
    "taxes": "-0.6", "netCash": "-202.1", "buySell": "BUY", "fxRateToBase": "0.8", "levelOfDetail": "EXECUTION",
}  # fmt: skip


def element(tag, cells):
    return f"<{tag} " + " ".join(f'{k}="{v}"' for k, v in cells.items()) + "/>"


def flex(*sections, count=1, account="U1", head=""):
    body = "".join(sections)
    statement = f'<FlexStatement accountId="{account}" fromDate="20260101" toDate="20260131">{body}</FlexStatement>'
    return (
        f'{head}<FlexQueryResponse queryName="q" type="AF"><FlexStatements count="{count}">'
        f"{statement}</FlexStatements></FlexQueryResponse>"
    ).encode()


def trades(*changes):
    return f"<Trades>{''.join(element('Trade', TRADE | c) for c in changes)}</Trades>"


def cash(**cells):
    said = {
        "currency": "USD",
        "dateTime": "20260120;202000",
        "settleDate": "20260121",
        "transactionID": "c1",
    }
    return f"<CashTransactions>{element('CashTransaction', said | cells)}</CashTransactions>"


def read(data):
    found = read_flex(data, "flex.xml")
    assert isinstance(found, Statement), found
    assert found.lines.schema == LINES
    assert found.movements.schema == MOVEMENTS
    return found


def rows(frame, *columns):
    return frame.select(columns).rows()


def sample(samples, number):
    path = samples / "ibkr_flex" / f"testIBFlexStatementFile{number}.xml"
    return read(path.read_bytes())


# ── the real files; every figure below was read in the file by hand ──────────────────────────


def test_a_day_with_its_positions_its_cash_and_its_fees(samples):
    found = sample(samples, "17")
    assert rows(found.accounts, "external_id", "currency", "opened_on") == [
        ("U1111111", "USD", date(2021, 7, 27))
    ]
    assert rows(found.situations, "as_of", "currency", "total") == [
        (date(2023, 3, 2), "USD", D("7678.15529753"))
    ]
    assert found.lines.height == 15
    shares, options = found.lines.filter(kind="share"), found.lines.filter(kind="option")
    assert sum(shares["value"]) == D("7612.42")
    assert sum(options["value"]) == D("-9.48")
    assert rows(options, "code_type", "quantity", "price", "price_factor", "value") == [
        ("conid", D(-1), D("0.0368"), D(100), D("-3.68")),
        ("conid", D(-2), D("0.029"), D(100), D("-5.80")),
    ]
    assert rows(found.lines.filter(kind="cash"), "label", "value") == [
        ("Liquidités", D("57.50529753")),
        ("Dividendes à recevoir", D("17.71")),
    ]
    assert sum(found.lines["value"]) == found.situations["total"][0]
    # 62.905297533 the day before: fees and their tax explain all of the cash
    assert sum(found.movements["net"]) == D("-5.40") == D("57.505297533") - D("62.905297533")
    assert set(found.anomalies["code"]) == {"A-PRECISION"}


def test_a_year_of_purchases_fees_and_operations_on_securities(samples):
    found = sample(samples, "01")
    moves = found.movements
    assert (moves.height, found.errors, found.ignored) == (26, 0, 0)
    bought = moves.filter(kind="buy")
    assert bought.height == 14
    granite = bought.filter(code="CA38501D2041")
    assert (sum(granite["quantity"]), sum(granite["net"])) == (D(12000), D("-3256.20"))
    # a split 1 for 25 takes 12 000 out and puts 480 of another code in
    split = moves.filter(kind="corporate_action", trade_on=date(2013, 6, 18))
    assert set(rows(split, "code", "quantity")) == {
        ("CA38501D5010", D(480)),
        ("CA38501D2041", D(-12000)),
    }
    sold = moves.filter(trade_on=date(2013, 10, 25))
    assert rows(sold, "kind", "code", "quantity", "net", "currency") == [
        ("corporate_action", "CA91701P1TN3", D(-12000), D(34320), "CAD")
    ]
    fees = moves.filter(kind="fee")
    assert rows(fees, "net", "currency") == [
        (D(-10), "CHF"), (D("-9.49"), "CHF"), (D("-9.18"), "USD"), (D("9.18"), "USD"),
    ]  # fmt: skip
    assert sum(moves.filter(kind="interest")["net"]) == D("-13.94")
    assert found.situations.is_empty()


def test_options_and_shares_of_two_currencies(samples):
    found = sample(samples, "02")
    assert found.movements.height == 13
    sold = found.movements.filter(kind="sell")
    assert rows(sold, "code", "quantity", "price", "gross", "fees", "net") == [
        ("268828466", D(-1), D("0.53"), D(53), D("3.5"), D("49.5")),
        ("286599259", D(-1), D("0.55"), D(55), D("3.5"), D("51.5")),
    ]
    euros = found.movements.filter(kind="buy", currency="EUR")
    assert sum(euros["net"]) == D("-22240.52007800")


def test_a_summary_is_not_counted_beside_its_detail(samples):
    found = sample(samples, "03")
    assert rows(found.movements, "external_id", "kind", "net") == [
        ("myaccountnumberhere", "interest", D("0.02"))
    ]
    assert found.accounts["external_id"].to_list() == ["myaccountnumberhere"]
    assert found.ignored == 1


def test_a_row_goes_to_the_account_that_it_names(samples):
    found = sample(samples, "05")
    assert rows(found.movements, "external_id", "kind", "net", "currency") == [
        ("U1234567", "buy", D("-1275.25"), "EUR"),
        ("U1234567", "buy", D("-2870"), "USD"),
        ("U1234567", "dividend", D("9.52"), "USD"),
        ("U2379850", "dividend", D("9.5"), "USD"),
    ]
    assert found.accounts["external_id"].to_list() == ["U1234567", "U2379850"]


def test_a_dividend_its_tax_and_its_fee(samples):
    found = sample(samples, "08")
    assert rows(found.movements, "partner_ref", "kind", "code", "net") == [
        ("13505500801", "tax", "US8688612048", D("-1.58")),
        ("13505500800", "dividend", "US8688612048", D("10.56")),
        ("13505500802", "fee", "US8688612048", D("-3.67")),
    ]


def test_a_trade_without_isin_nor_reference(samples):
    found = sample(samples, "11")
    assert rows(found.movements, "partner_ref", "code", "code_type", "trade_on", "net") == [
        (None, "74347B243", "cusip", date(2019, 12, 13), D("-350.175"))
    ]


def test_a_purchase_and_its_sale(samples):
    found = sample(samples, "16")
    assert rows(found.movements, "partner_ref", "kind", "quantity", "fees", "net") == [
        ("trade/0123456789", "buy", D(1), D("0.33"), D("-100.33")),
        ("trade/1234567890", "sell", D(-1), D("0.3"), D("199.7")),
    ]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_cut_anywhere_is_refused(samples, share):
    for path in sorted((samples / "ibkr_flex").glob("*.xml")):
        data = path.read_bytes().rstrip()
        found = read_flex(data[: int(len(data) * share)], path.name)
        assert isinstance(found, Refusal)
        assert (found.code, "coupé" in found.message) == ("F07", True)


def test_a_file_cut_at_any_byte_is_refused_never_read_in_part():
    data = flex(trades({}), cash(type="Dividends", amount="5"), "<OpenPositions/>")
    for length in range(len(data)):
        assert isinstance(read_flex(data[:length], "x.xml"), Refusal), length
    assert isinstance(read_flex(data, "x.xml"), Statement)


# ── built by hand ────────────────────────────────────────────────────────────────────────────


def test_a_purchase_by_hand():
    found = read(flex(trades({})))
    assert rows(found.movements, "partner_ref", "kind", "quantity", "price", "gross", "fees", "taxes", "net", "fx_rate") == [
        ("t1", "buy", D(10), D(20), D(-200), D("1.5"), D("0.6"), D("-202.1"), D("1.25"))
    ]  # fmt: skip
    assert rows(found.movements, "trade_on", "value_on") == [(date(2026, 1, 15), date(2026, 1, 17))]


def test_a_cancelled_purchase_takes_it_back():
    back = {"buySell": "BUY (Ca.)", "quantity": "-10", "netCash": "202.1", "proceeds": "200",
            "ibCommission": "1.5", "taxes": "0.6", "transactionID": "t2"}  # fmt: skip
    found = read(flex(trades({}, back)))
    assert set(found.movements["kind"]) == {"buy"}
    for column in ("quantity", "net", "fees", "taxes", "gross"):
        assert sum(found.movements[column]) == 0


def test_a_commission_in_another_currency_is_its_own_movement():
    found = read(flex(trades({"ibCommissionCurrency": "EUR", "netCash": "-200.6"})))
    assert rows(found.movements, "kind", "fees", "net", "currency", "partner_ref") == [
        ("buy", None, D("-200.6"), "USD", "t1"),
        ("fee", None, D("-1.5"), "EUR", "t1/commission"),
    ]


def test_an_exchange_moves_two_currencies():
    change = {"assetCategory": "CASH", "symbol": "EUR.USD", "quantity": "100", "proceeds": "-110",
              "ibCommission": "-2", "currency": "USD"}  # fmt: skip
    found = read(flex(trades(change)))
    assert rows(found.movements, "kind", "currency", "net") == [
        ("adjustment", "EUR", D(100)),
        ("adjustment", "USD", D(-110)),
        ("fee", "USD", D(-2)),
    ]
    assert len(set(found.movements["partner_ref"])) == 3


def test_orders_and_closed_lots_repeat_executions():
    found = read(flex(trades({}, {"levelOfDetail": "ORDER"}, {"levelOfDetail": "CLOSED_LOT"})))
    assert (found.movements.height, found.ignored) == (1, 2)


@pytest.mark.parametrize(
    ("said", "amount", "kind"),
    [
        ("Dividends", "5", "dividend"),
        ("Payment In Lieu Of Dividends", "5", "dividend"),
        ("Withholding Tax", "-5", "tax"),
        ("Broker Interest Paid", "-5", "interest"),
        ("Bond Interest Received", "5", "coupon"),
        ("Advisor Fees", "-5", "fee"),
        ("Deposits/Withdrawals", "5", "deposit"),
        ("Deposits &amp; Withdrawals", "-5", "withdrawal"),
        ("Price Adjustments", "5", "adjustment"),
    ],
)
def test_a_cash_transaction_is_told_by_its_type(said, amount, kind):
    found = read(flex(cash(type=said, amount=amount)))
    assert rows(found.movements, "kind", "net", "trade_on", "value_on") == [
        (kind, D(amount), date(2026, 1, 20), date(2026, 1, 21))
    ]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"type": "Miracle", "amount": "5"}, "L02"),
        ({"type": "Dividends", "amount": "cinq"}, "L01"),
        ({"type": "Dividends", "amount": ""}, "L01"),
        ({"type": "Dividends", "amount": "5", "dateTime": "2026-02-31"}, "L01"),
    ],
)
def test_a_row_that_cannot_be_read_is_left_out_and_told(cells, code):
    found = read(flex(trades({}), cash(**cells)))
    assert found.movements.height == 1
    assert rows(found.anomalies, "external_id", "code", "severity") == [("U1", code, "error")]


def test_securities_that_come_and_go():
    moves = [
        {"direction": "IN", "quantity": "5", "date": "20260110", "isin": "XF0000000012", "currency": "EUR"},
        {"direction": "OUT", "quantity": "-2", "date": "20260111", "isin": "XF0000000012", "currency": "EUR"},
        {"direction": "OUT", "cashTransfer": "100", "date": "20260112", "currency": "EUR"},
    ]  # fmt: skip
    found = read(flex(f"<Transfers>{''.join(element('Transfer', m) for m in moves)}</Transfers>"))
    assert rows(found.movements, "kind", "quantity", "net") == [
        ("transfer_in", D(5), None),
        ("transfer_out", D(-2), None),
        ("transfer_out", None, D(-100)),
    ]


def test_cash_by_currency_rather_than_their_sum():
    report = "".join(
        element("CashReportCurrency", {"currency": c, "endingCash": v})
        for c, v in (("BASE_SUMMARY", "30"), ("EUR", "10"), ("USD", "25"), ("CHF", "0"))
    )
    found = read(flex("<OpenPositions/>", f"<CashReport>{report}</CashReport>"))
    assert rows(found.lines, "value", "currency") == [(D(10), "EUR"), (D(25), "USD")]


def test_lots_are_read_only_where_no_summary_adds_them_up():
    def position(level, quantity):
        return element("OpenPosition", {
            "isin": "XF0000000012", "conid": "1", "position": quantity, "positionValue": quantity,
            "markPrice": "1", "levelOfDetail": level, "currency": "EUR", "assetCategory": "STK",
        })  # fmt: skip

    both = "".join([position("LOT", "4"), position("LOT", "6"), position("SUMMARY", "10")])
    assert read(flex(f"<OpenPositions>{both}</OpenPositions>")).lines["quantity"].to_list() == [
        D(10)
    ]
    lots = position("LOT", "4") + position("LOT", "6")
    assert sum(read(flex(f"<OpenPositions>{lots}</OpenPositions>")).lines["quantity"]) == D(10)


def test_without_open_positions_nothing_says_what_is_held():
    report = element("CashReportCurrency", {"currency": "EUR", "endingCash": "10"})
    found = read(flex(f"<CashReport>{report}</CashReport>"))
    assert found.situations.is_empty()
    assert found.lines.is_empty()


def test_a_wrong_count_of_statements_is_told():
    found = read(flex(trades({}), count=2))
    assert rows(found.anomalies, "code", "severity", "raw") == [("F06", "warning", "2")]
    assert found.movements.height == 1


def test_an_attribute_nobody_knows_changes_nothing():
    assert read(flex(trades({"newThing": "x"}))).movements.equals(read(flex(trades({}))).movements)


def test_every_figure_leads_to_its_cells():
    found = read(flex(trades({}), cash(type="Dividends", amount="5")))
    assert set(found.movements["locator"]) <= set(found.raw["locator"])
    assert found.movements["locator"][0] == "FlexStatement[1]/Trades/Trade[1]"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (flex(head='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "F04"),
        (flex(head='<!DOCTYPE lolz [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'), "F04"),
        (b'<FlexQueryResponse><FlexStatements count="0"/></FlexQueryResponse>', "F01"),
        (
            b"<FlexStatementResponse><Status>Fail</Status><ErrorMessage>Token expired</ErrorMessage></FlexStatementResponse>",
            "F04",
        ),
        (b"not xml", "F07"),
        (b"", "F07"),
        (b"<a>" * 400 + b"</a>" * 400, "F07"),
    ],
)
def test_a_hostile_or_empty_file_is_refused(data, code):
    found = read_flex(data, "x.xml")
    assert isinstance(found, Refusal)
    assert found.code == code
