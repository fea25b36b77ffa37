"""A confirmation of BoursoBank gives its operation to the cent, or says what is wrong."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core.aggregation.readers.notices.confirmations import read_confirmation
from o2s_core.aggregation.statement import MOVEMENTS, Refusal, Statement

D = Decimal

PURCHASE = """PDFBox Version: 1.8.17
Références de votre compte titres
00001 00002 00000000003 Compte PEA
ACHAT COMPTANT
29/05/2024 1 400 FONDS D'ESSAI Référence : 77
Code ISIN : XF0000000012 Cours exécuté : 10,0000 EUR
Montant brut Commission Frais (x) Montant net au débit de votre compte
14 000,00 EUR 5,00 EUR 42,00 EUR 14 047,00 EUR
"""
COUPONS = """PDFBox Version: 1.8.17
Références de votre compte titres
00001 00002 00000000003
 DETAIL COUPONS
15/02/2024 10 PREMIER (XF0000000012) 40,00 12,00 28,00 27,00
16/02/2024 20 SECOND (XF0000000020) 10,00 3,00 7,00 7,00
TOTAL EUR 0,00 15,00 35,00 1,00 34,00
"""


def read(text):
    found = read_confirmation(text.encode(), "avis.txt")
    assert isinstance(found, Statement), found
    assert found.movements.schema == MOVEMENTS
    return found


def test_a_purchase_takes_cash_and_tells_the_transaction_tax():
    (row,) = read(PURCHASE).movements.rows(named=True)
    assert (row["quantity"], row["price"], row["trade_on"]) == (D(1400), D(10), date(2024, 5, 29))
    assert (row["gross"], row["fees"], row["taxes"], row["net"]) == (
        D(-14000),
        D(5),
        D(42),
        D(-14047),
    )
    assert read(PURCHASE).accounts.select("external_id", "envelope").rows() == [
        ("00001 00002 00000000003", "pea")
    ]


SALE = """30/05/2024 1 200 AUTRE FONDS Référence : 78
Code ISIN : XF0000000020 Cours exécuté : 2,0000 EUR
Montant brut Commission Frais (x) Montant net au crédit de votre compte
2 400,00 EUR 5,00 EUR 2 395,00 EUR
"""


@pytest.mark.parametrize("title", ["VENTE COMPTANT\n", ""])
def test_each_operation_of_a_page_is_read_with_its_own_title_or_that_above(title):
    second = SALE if title else SALE.replace("crédit", "débit").replace("2 395", "2 405")
    found = read(PURCHASE + title + second)
    kind, sign = ("sell", 1) if title else ("buy", -1)
    assert found.movements.select("partner_ref", "kind", "quantity", "fees", "net").rows() == [
        ("77", "buy", D(1400), D(5), D(-14047)),
        ("78", kind, sign * D(-1200), D(5), sign * D(2400) - 5),
    ]
    assert found.anomalies.is_empty()


def test_each_coupon_is_a_movement_and_their_total_is_checked():
    found = read(COUPONS)
    assert found.movements.select("code", "gross", "taxes", "fees", "net").rows() == [
        ("XF0000000012", D(40), D(12), D(1), D(27)),
        ("XF0000000020", D(10), D(3), D(0), D(7)),
    ]
    assert found.anomalies.is_empty()
    wrong = read(COUPONS.replace("1,00 34,00", "1,00 35,00"))
    assert wrong.anomalies.select("code", "severity").rows() == [("F06", "error")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (PURCHASE.replace("29/05/2024", "31/02/2024"), "L01"),
        (PURCHASE.replace("14 047,00 EUR", "1,00 EUR"), "V02"),
        (PURCHASE.replace("14 000,00 EUR 5,00 EUR 42,00 EUR 14 047,00 EUR", "rien"), "L01"),
        (PURCHASE + "30/05/2024 3 AUTRE FONDS\n", "L01"),
        (COUPONS.replace(" 28,00 27,00", ""), "L01"),
    ],
)
def test_what_cannot_be_read_or_does_not_add_up_is_told(text, code):
    found = read(text)
    assert code in found.anomalies["code"].to_list()
    assert set(found.anomalies["severity"]) == {"error"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (PURCHASE.replace("00000000003", "3"), "F01"),
        (PURCHASE.replace("ACHAT COMPTANT", "VIREMENT"), "F05"),
        ("PDFBox Version: 1.8.17\nUne autre banque\n", "U01"),
    ],
)
def test_a_document_that_is_no_such_confirmation_is_refused(text, code):
    refused = read_confirmation(text.encode(), "avis.txt")
    assert isinstance(refused, Refusal)
    assert refused.code == code
