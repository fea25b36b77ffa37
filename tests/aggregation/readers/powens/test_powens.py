"""An answer of Powens gives accounts, lines and movements to the cent, or says what is wrong."""

import json
from datetime import date
from decimal import Decimal

import pytest

from o2s_core.aggregation.readers.powens.statements import read_powens
from o2s_core.aggregation.statement import LINES, MOVEMENTS, Refusal, Statement

D = Decimal
IBAN = "FR1420041010050500013M02606"  # a public example whose key is right
COLLECTED = "2026-07-01 06:00:00"


def connection(**said):
    bank = {"id": 40, "name": "Ma Banque"}
    return {"id": 1, "state": None, "last_update": COLLECTED, "connector": bank} | said


def account(id_=10, **said):
    return {
        "id": id_, "id_connection": 1, "name": "Mon PEA", "type": "pea", "balance": "1100.00",
        "currency": {"id": "EUR"}, "number": f"N{id_}", "last_update": COLLECTED,
    } | said  # fmt: skip


def investment(id_=1, **said):
    return {
        "id": id_, "id_account": 10, "label": "ETF World", "code": "IE00B4L5Y983",
        "code_type": "ISIN", "quantity": "10", "unitprice": "100", "unitvalue": "110",
        "valuation": "1100", "vdate": "2026-06-30", "last_update": "2026-07-01 05:00:00",
    } | said  # fmt: skip


def transaction(id_=1, **said):
    return {
        "id": id_, "id_account": 10, "date": "2026-06-15", "vdate": "2026-06-17", "value": "-12.50",
        "type": "unknown", "original_wording": "Achat", "coming": False,
    } | said  # fmt: skip


def order(**said):
    return {
        "id": 7, "id_account": 10, "label": "ETF World", "code": "IE00B4L5Y983", "state": "Executed",
        "order_direction": {"id": 1, "name": "BUY"}, "quantity": "10", "unitprice": "109.5",
        "amount": "1095", "date": "2026-06-10 09:00:00", "execution_date": "2026-06-11 10:00:00",
    } | said  # fmt: skip


def answer(**lists):
    return json.dumps({"connections": [connection()], "accounts": [account()]} | lists).encode()


def read(data):
    found = read_powens(data, "powens.json")
    assert isinstance(found, Statement), found
    assert found.lines.schema == LINES
    assert found.movements.schema == MOVEMENTS
    return found


def codes(found):
    return found.anomalies.select("code", "severity").rows()


def test_the_accounts_of_the_sample_have_the_balances_and_the_bank_of_their_connection(samples):
    """Figures read in the file by hand; every IBAN of it has a wrong key."""
    found = read((samples / "json_powens" / "accounts_connections.json").read_bytes())
    said = found.accounts.join(found.situations, on="external_id")
    assert said.select("label", "envelope", "as_of", "total", "currency_right").rows() == [
        ("Compte courant", "compte_courant", date(2026, 7, 1), D(2500), "EUR"),
        ("Livret", "livret_a", date(2026, 7, 1), D(15000), "EUR"),
        ("PEA", "pea", date(2026, 7, 1), D(42000), "EUR"),
        ("Compte USD", "compte_courant", date(2026, 7, 1), D(800), "USD"),
    ]
    assert set(found.partners.select("code", "name").rows()) == {("ma_banque", "Ma Banque")}
    assert codes(found) == [("L04", "error")] * 4


def test_the_investments_of_the_sample_add_up_to_the_total_of_the_answer(samples):
    found = read((samples / "json_powens" / "investments_list.json").read_bytes())
    assert found.situations.select("external_id", "as_of", "total").rows() == [
        ("10", date(2024, 1, 1), D(2200))
    ]
    assert found.lines.select("label", "quantity", "unit_cost", "price", "value").rows() == [
        ("ETF World", D(10), D(100), D(110), D(1100)),
        ("ETF World", D(10), D(100), D(110), D(1100)),
    ]
    assert codes(found) == [("A-DEVISE", "warning")]


def test_a_situation_is_of_the_day_of_collection_and_a_price_of_its_own_day():
    found = read(answer(investments=[investment()]))
    (line,) = found.lines.rows(named=True)
    assert (line["as_of"], line["price_on"]) == (date(2026, 7, 1), date(2026, 6, 30))
    assert (line["code"], line["code_type"], line["currency"]) == ("IE00B4L5Y983", "isin", "EUR")
    assert found.anomalies.is_empty()


def test_numbers_may_be_text_or_numbers_and_are_exact():
    same = investment(quantity=10, unitvalue=110.1, valuation="1.101E3")
    (line,) = read(answer(investments=[same])).lines.rows(named=True)
    assert (line["quantity"], line["price"], line["value"]) == (D(10), D("110.1"), D(1101))


def test_what_the_aggregator_deleted_is_left_out():
    found = read(
        answer(
            accounts=[account(), account(11, deleted="2026-01-01 00:00:00")],
            investments=[
                investment(),
                investment(2, deleted="2026-06-01"),
                investment(3, id_account=11),
            ],
            transactions=[
                transaction(deleted="2026-06-20 00:00:00"),
                transaction(2, id_account=11),
            ],
        )
    )
    assert found.accounts["external_id"].to_list() == ["N10"]
    assert found.lines.height == 1
    assert found.movements.is_empty()
    assert found.errors == 0


def test_the_currency_of_the_account_counts_before_the_original_one():
    foreign = {
        "original_currency": {"id": "USD"},
        "original_valuation": "1200",
        "original_unitvalue": "120",
    }
    (line,) = read(answer(investments=[investment(**foreign)])).lines.rows(named=True)
    assert (line["value"], line["price"], line["currency"]) == (D(1100), D(110), "EUR")
    alone = investment(**foreign, valuation=None, unitvalue=None)
    (line,) = read(answer(investments=[alone])).lines.rows(named=True)
    assert (line["value"], line["price"], line["currency"]) == (D(1200), D(120), "USD")


def test_the_cash_of_an_account_is_a_line_of_cash():
    cash = investment(2, code="XX-liquidity", label="Liquidités", valuation="12.34", quantity=None)
    found = read(answer(investments=[investment(), cash]))
    assert found.lines.select("kind", "value").rows() == [(None, D(1100)), ("cash", D("12.34"))]


def test_a_code_that_is_no_isin_is_one_of_the_partner():
    amf = investment(code="QS0009087", code_type="AMF")
    assert read(answer(investments=[amf])).lines.select("code", "code_type").rows() == [
        ("QS0009087", "partner")
    ]


def test_a_failed_connection_is_told_for_each_of_its_accounts_and_they_stay():
    failed = connection(state="wrongpass")
    other = connection(id=2, state=None)
    found = read(
        answer(connections=[failed, other], accounts=[account(), account(11, id_connection=2)])
    )
    (told,) = found.anomalies.rows(named=True)
    assert (told["external_id"], told["code"], told["severity"]) == (
        "N10",
        "A-CONNEXION",
        "warning",
    )
    assert "Ma Banque, le mot de passe est refusé" in told["message"]
    assert "01/07/2026" in told["message"]
    assert found.situations.height == 2


def test_an_account_is_called_by_its_iban_and_two_of_one_number_are_told_apart():
    found = read(
        answer(accounts=[account(iban=IBAN), account(11, number="7"), account(12, number="7")])
    )
    assert found.accounts["external_id"].to_list() == [IBAN, "7", "7/12"]
    assert found.anomalies.is_empty()


def test_a_loan_is_told_and_a_card_left_out():
    loan = account(11, type="loan", balance="-95000", loan={"rate": "1.2"})
    found = read(answer(accounts=[account(), loan, account(12, type="card")]))
    assert found.accounts["external_id"].to_list() == ["N10"]
    assert codes(found) == [("A-PRET", "warning")]


def test_transactions_are_movements_of_cash_and_one_to_come_is_not_yet():
    found = read(
        answer(
            transactions=[
                transaction(),
                transaction(2, value="30", type="profit"),
                transaction(3, value=5, type="fee", original_wording="Droits de garde"),
                transaction(4, coming=True),
            ]
        )
    )
    names = ("partner_ref", "kind", "trade_on", "value_on", "net", "label", "external_id")
    assert found.movements.select(names).rows() == [
        ("1", "withdrawal", date(2026, 6, 15), date(2026, 6, 17), D("-12.5"), "Achat", "N10"),
        ("2", "dividend", date(2026, 6, 15), date(2026, 6, 17), D(30), "Achat", "N10"),
        ("3", "fee", date(2026, 6, 15), date(2026, 6, 17), D(5), "Droits de garde", "N10"),
    ]


def test_an_order_carried_out_is_a_movement_and_its_cash_is_not_counted_twice():
    found = read(
        answer(
            marketorders=[order(), order(id=8, state="Cancelled", execution_date=None)],
            transactions=[transaction(value="-1095", type="market_order"), transaction(2)],
        )
    )
    names = ("partner_ref", "kind", "trade_on", "quantity", "price", "gross", "net")
    assert found.movements.select(names).rows() == [
        ("order/7", "buy", date(2026, 6, 11), D(10), D("109.5"), D(-1095), None),
        ("2", "withdrawal", date(2026, 6, 15), None, None, D("-12.5"), D("-12.5")),
    ]


def test_pockets_part_a_line_and_must_add_up_to_it():
    def pocket(value):
        return {"id": 1, "id_investment": 1, "id_account": 10, "quantity": "10", "value": value}

    whole = read(answer(investments=[investment()], pockets=[pocket("1000"), pocket("100")]))
    assert whole.lines.height == 1
    assert whole.anomalies.is_empty()
    part = read(answer(investments=[investment()], pockets=[pocket("1000")]))
    assert codes(part) == [("V02", "warning")]


@pytest.mark.parametrize(
    ("lists", "code"),
    [
        ({"investments": [investment(valuation=None)]}, "L01"),
        ({"investments": [investment(valuation="dix")]}, "L01"),
        ({"investments": [investment(vdate="2026-02-31")]}, "L01"),
        ({"investments": [investment()], "valuation": "1200"}, "F06"),
        ({"accounts": [account(balance="NaN")]}, "L01"),
        ({"accounts": [account(last_update=None)], "connections": []}, "L01"),
        ({"accounts": [{"type": "pea"}], "transactions": [transaction()]}, "L01"),
        ({"transactions": [transaction(value=None)]}, "L01"),
        ({"marketorders": [order(order_direction={"name": "SWAP"})]}, "L02"),
        ({"investments": ["dix"]}, "L01"),
    ],
)
def test_what_cannot_be_read_or_does_not_add_up_is_told(lists, code):
    assert (code, "error") in codes(read(answer(**lists)))


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b'{"accounts": [{"id": 1', "F07", "coupé"),
        (b"[" * 100_000, "F07", "coupé"),
        (b'{"investmentvalues": [{"id": 1, "id_investment": 7}]}', "F05", "cours"),
        (b'{"loanamortizations": [{"id_account": 1}]}', "F05", "prêt"),
        (b'{"pockets": [{"id_account": 1}]}', "F05", "poches"),
        (b'{"id_user": 1}', "F01", "aucun compte"),
        (b'"texte"', "F01", "aucun compte"),
    ],
)
def test_an_answer_that_says_nothing_of_a_portfolio_is_refused(data, code, word):
    refused = read_powens(data, "powens.json")
    assert isinstance(refused, Refusal)
    assert (refused.code, word in refused.message) == (code, True)


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: x])
def test_a_bare_list_and_a_bare_object_are_read_too(wrap):
    assert read(json.dumps(wrap(account())).encode()).accounts["external_id"].to_list() == ["N10"]
    assert read(json.dumps(wrap(investment())).encode()).lines.height == 1


def test_lists_inside_objects_are_read_too():
    nested = connection(accounts=[account(investments=[investment()])])
    found = read(json.dumps({"connections": [nested]}).encode())
    assert found.lines["locator"].to_list() == ["/connections/0/accounts/0/investments/0"]


def test_past_prices_are_kept_where_the_answer_lists_the_investment():
    values = [
        {"id": 1, "id_investment": 1, "vdate": "2026-05-29", "unitvalue": "108.25"},
        {"id": 2, "id_investment": 1, "vdate": "2026-06-30", "unitvalue": "110"},
        {"id": 3, "id_investment": 1, "vdate": "2026-06-30", "unitvalue": "1", "deleted": "x"},
        {"id": 4, "id_investment": 99, "vdate": "2026-06-30", "unitvalue": "12"},
    ]
    found = read(answer(investments=[investment()], investmentvalues=values))
    assert found.prices.select("code", "code_type", "day", "value", "currency", "kind").rows() == [
        ("IE00B4L5Y983", "isin", date(2026, 5, 29), D("108.25"), "EUR", "nav"),
        ("IE00B4L5Y983", "isin", date(2026, 6, 30), D(110), "EUR", "nav"),
    ]
    (told,) = found.anomalies.filter(field="id_investment").rows(named=True)
    assert (told["code"], told["raw"]) == ("L01", "99")
    assert found.lines["value"].to_list() == [D(1100)], "the rest of the file is read"
