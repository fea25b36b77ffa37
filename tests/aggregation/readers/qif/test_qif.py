"""A QIF of one account gives its movements to the cent, or says why nothing can be told."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core import aggregation
from o2s_core.aggregation.readers.qif.statements import read_qif
from o2s_core.aggregation.statement import MOVEMENTS, Refusal, Statement
from tests import kit

D = Decimal
BANK = """!Account
NCompte joint
TBank
^
!Type:Bank
D31/01'2026
T-1 250,50
PLoyer
MJanvier
^
D02/02'2026
U1.000,00
PSalaire
^
"""
BROKER = """!Type:Invst
D2/14'2020
NBuy
YAcme
I32.00
Q376
T12,042.00
O10
^
D2/16'2020
NSellX
YAcme
I33.00
Q100
T3290.00
O10
^
D2/17'2020
NReinvDiv
YFonds
I10.00
Q2.5
T25.00
^
D2/18'2020
NBuy
YSans nom
Q1
^
!Type:Security
NAcme
SUS0378331005
TStock
^
NFonds
SFND
^
"""


def read(text):
    found = read_qif(text.encode(), "releve.qif")
    assert isinstance(found, Statement), found
    assert found.movements.schema == MOVEMENTS
    return found


def refused(text):
    found = read_qif(text.encode(), "releve.qif")
    assert isinstance(found, Refusal), found
    return found


def codes(found):
    return [c for c in found.anomalies.select("code", "severity").rows() if c[0] != "A-DEVISE"]


def test_the_movements_of_a_bank_account_are_read():
    found = read(BANK)
    assert found.movements.select("trade_on", "kind", "label", "net").rows() == [
        (date(2026, 1, 31), "withdrawal", "Loyer Janvier", D("-1250.5")),
        (date(2026, 2, 2), "deposit", "Salaire", D(1000)),
    ]
    assert found.accounts.select("external_id", "label", "envelope").rows() == [
        ("", "Compte joint", "compte_courant")
    ]
    assert found.situations.is_empty()
    assert codes(found) == []


def test_the_actions_of_a_broker_are_read_and_cash_that_left_elsewhere_is_told():
    names = ("kind", "code", "code_type", "quantity", "gross", "fees", "net")
    assert read(BROKER).movements.select(names).rows() == [
        ("buy", "US0378331005", "isin", D(376), D(-12032), D(10), D(-12042)),
        ("sell", "US0378331005", "isin", D(-100), D(3300), D(10), D(3290)),
        ("withdrawal", None, None, None, D(-3290), None, D(-3290)),
        ("dividend", "FND", "ticker", None, D(25), None, D(25)),
        ("buy", "FND", "ticker", D("2.5"), D(-25), None, D(-25)),
        ("buy", "Sans nom", "label", D(1), None, None, None),
    ]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("31/01/2026", date(2026, 1, 31)),
        ("31/01/26", date(2026, 1, 31)),
        ("1/31' 6", date(2006, 1, 31)),
        ("31/01/202", None),
        ("1/31'26", date(2026, 1, 31)),
        ("31.01.1998", date(1998, 1, 31)),
        ("31/01/98", date(1998, 1, 31)),
        ("2026-01-31", date(2026, 1, 31)),
    ],
)
def test_a_day_that_tells_its_month_is_read(written, day):
    found = read_qif(
        BANK.replace("31/01'2026", written).replace("02/02'2026", written).encode(), ""
    )
    if day is None:
        assert isinstance(found, Refusal)
    else:
        assert set(found.movements["trade_on"]) == {day}


def test_a_file_none_of_whose_days_tells_its_month_is_refused():
    said = refused(BANK.replace("31/01", "05/01"))
    assert (said.code, "après le 12" in said.message) == ("F04", True)
    mixed = refused(BANK.replace("02/02", "02/28"))
    assert (mixed.code, "un seul ordre" in mixed.message) == ("F04", True)


def test_amounts_that_do_not_tell_their_decimal_mark_are_refused():
    said = refused(BANK.replace("-1 250,50", "-1,250").replace("1.000,00", "1,000"))
    assert (said.code, "décimales" in said.message) == ("F04", True)
    assert read(BANK.replace("1 250,50", "1,250.50").replace("1.000,00", "1,000")).movements[
        "net"
    ].to_list() == [D("-1250.5"), D(1000)]


def test_an_opening_balance_is_no_movement():
    opening = "D01/01'2026\nT500,00\nPOpening Balance\nL[Compte joint]\n^\n"
    found = read(BANK.replace("!Type:Bank\n", f"!Type:Bank\n{opening}"))
    assert found.movements.height == 2
    assert codes(found) == [("A-SOLDE", "warning")]


def test_a_split_must_add_up():
    split = "SLoyer\n$-1 000,00\nSCharges\n$-250,50\n"
    whole = BANK.replace("MJanvier\n", f"MJanvier\n{split}")
    assert codes(read(whole)) == []
    assert codes(read(whole.replace("$-250,50", "$-250,00"))) == [("V02", "error")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BANK.replace("T-1 250,50\n", ""), "L01"),
        (BANK.replace("T-1 250,50", "Tbeaucoup"), "L01"),
        (BANK.replace("02/02'2026", "31/02'2026"), "L01"),
        (BROKER.replace("NSellX", "NMystère"), "L02"),
        (BROKER.replace("NSellX", "NStkSplit"), "L02"),
    ],
)
def test_what_cannot_be_read_is_told(text, code):
    assert codes(read(text)) == [(code, "error")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BANK[:-2], "F07"),
        (BANK + BROKER, "F05"),
        (BANK.replace("!Type:Bank", "!Type:CCard"), "F05"),
        ("!Type:Cat\nNLoyer\n^\n", "F01"),
    ],
)
def test_a_file_that_is_not_of_one_account_is_refused(text, code):
    assert refused(text).code == code


def test_the_samples_hold_two_accounts_that_nothing_numbers(samples):
    for path in sorted((samples / "qif").iterdir()):
        assert "que rien ne numérote" in refused(path.read_text()).message


def test_the_same_person_finds_the_account_again(firm):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    first, second = (
        aggregation.receive_files(firm.operator, text.encode(), "releve.qif", contact="C00001")[0]
        for text in (BANK, BANK.replace("Salaire", "Prime"))
    )
    assert (first.state, first.feed, first.counts["movements_new"]) == ("committed", "qif", 2)
    assert second.accounts[0].account_id == first.accounts[0].account_id
    assert (second.counts["movements_new"], second.counts["movements_duplicate"]) == (1, 1)


def test_the_feed_may_state_the_order_of_the_days():
    vague = BANK.replace("31/01", "05/01")
    for order, day in (("dmy", date(2026, 1, 5)), ("mdy", date(2026, 5, 1))):
        found = read_qif(vague.encode(), "releve.qif", order)
        assert isinstance(found, Statement), found
        assert found.movements["trade_on"].to_list()[0] == day


def test_a_file_that_contradicts_the_order_of_its_feed_is_refused():
    found = read_qif(BANK.encode(), "releve.qif", "mdy")
    assert isinstance(found, Refusal)
    assert (found.code, "fiche du flux" in found.message) == ("F04", True)
    assert isinstance(read_qif(BANK.encode(), "releve.qif", "dmy"), Statement)


TWO = (
    BANK
    + """!Account
NLivret
TBank
^
!Type:Bank
D15/02'2026
T300,00
PÉpargne
^
"""
)


def test_the_accounts_of_a_qif_take_the_numbers_that_its_feed_gives_in_order():
    said = read_qif(TWO.encode(), "comptes.qif", "", ("0001", "0002"))
    assert isinstance(said, Statement)
    assert said.accounts.select("external_id", "label").rows() == [
        ("0001", "Compte joint"), ("0002", "Livret"),
    ]  # fmt: skip
    assert said.movements.select("external_id", "net").rows() == [
        ("0001", D("-1250.50")), ("0001", D("1000")), ("0002", D("300")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((), "2 comptes que rien ne numérote : donnez leurs numéros"),
        (("0001",), "la fiche du flux en numérote 1"),
        (("0001", "0002", "0003"), "la fiche du flux en numérote 3"),
    ],
)
def test_another_count_of_accounts_than_the_feed_says_is_refused(numbers, words):
    said = read_qif(TWO.encode(), "comptes.qif", "", numbers)
    assert isinstance(said, Refusal)
    assert words in said.message
