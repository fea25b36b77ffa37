"""A MT940 gives its balances and its movements to the cent, or says what is wrong."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core.aggregation.readers.swift.mt940 import read_mt940
from o2s_core.aggregation.statement import LINES, MOVEMENTS, Refusal, Statement

D = Decimal


def message(
    *moved,
    account=":25:FR123",
    number="1/1",
    opened="60F:C260101EUR100,00",
    closed="62F:C260131EUR100,00",
):
    """A statement of account FR123 in January 2026; `moved` are its `:61:` and `:86:` lines."""
    return "\n".join(
        [":20:REF", account, f":28C:{number}", f":{opened}", *moved, f":{closed}", "-"]
    )


def read(*messages):
    found = read_mt940("\n".join(messages).encode(), "releve.sta")
    assert isinstance(found, Statement), found
    assert found.lines.schema == LINES
    assert found.movements.schema == MOVEMENTS
    return found


def sample(samples, name):
    return read_mt940((samples / "mt940" / name).read_bytes(), name)


def codes(found):
    return found.anomalies["code"].to_list()


# ── the real files; every figure below was read in the file by hand ──────────────────────────


def test_a_month_of_daily_statements_gives_each_day_its_balance(samples):
    found = sample(samples, "ASNB_mt940.txt")
    days = dict(found.situations.select("as_of", "total").rows())
    assert len(days) == 31
    assert days[date(2020, 1, 1)] == D("379.29")
    assert days[date(2020, 1, 31)] == D("501.23")
    assert found.movements["net"].sum() == D("501.23") - D("444.29")
    assert found.accounts["external_id"].to_list() == ["NL81ASNB9999999999"]
    assert codes(found) == []


def test_several_banks_in_one_file_are_several_accounts(samples):
    found = sample(samples, "cmxl_mt940.sta")
    assert found.situations.select("external_id", "as_of", "currency", "total").rows() == [
        ("45050050/76198810", date(2013, 10, 17), "DEM", D("84437.04")),
        ("10020030/1234567", date(2002, 11, 30), "EUR", D("4387.95")),
        ("BPHKPLPK/320000546101", date(2002, 3, 25), "PLN", D("50040")),
    ]
    assert found.movements.filter(external_id="10020030/1234567").select("trade_on", "net", "label").rows() == [
        (date(2002, 11, 2), D(-800), "DAUERAUFTRAG Miete November"),
        (date(2002, 11, 2), D(3000), "UEBERWEISUNG Gehalt Oktober FirmaMustermannGmbH"),
    ]  # fmt: skip
    assert codes(found) == []


def test_statements_that_do_not_add_up_are_kept_and_told(samples):
    found = sample(samples, "jejik_abnamro.sta")
    assert found.situations.select("as_of", "total").rows() == [(date(2011, 5, 23), D("876.84"))]
    assert codes(found) == ["V04", "V04", "V04"]
    (moved,) = found.movements.filter(net=D("-11.59")).rows(named=True)
    assert (moved["trade_on"], moved["value_on"]) == (date(2011, 5, 23), date(2011, 5, 21))


def test_a_bank_that_writes_its_own_narrative_is_read(samples):
    found = sample(samples, "sberbank_171011_01234945.sta")
    assert found.movements["net"].to_list() == [D(-2402), D(-3460), D(-3575)]
    assert "ERGO Versicherung" in found.movements["label"][0]
    assert codes(found) == []


# ── rules ────────────────────────────────────────────────────────────────────────────────────


def test_signs_say_what_enters_and_what_leaves():
    found = read(
        message(":61:260105C10,00NTRFA", ":61:260105D4,NTRFA", ":61:260106RC3,00NTRFA",
                ":61:260106RD1,50NTRFA", ":61:260107EC9,00NTRFA", closed="62F:C260131EUR104,50")
    )  # fmt: skip
    assert found.movements["net"].to_list() == [D(10), D(-4), D(-3), D("1.50")]
    assert found.ignored == 1
    assert codes(found) == []


def test_a_debit_balance_is_negative():
    found = read(message(":61:260105D150,00NTRFA", closed="62F:D260131EUR50,00"))
    assert found.lines.select("kind", "value").rows() == [("cash", D(-50))]
    assert codes(found) == []


def test_a_booking_day_next_to_new_year_takes_the_nearest_year():
    found = read(message(":61:2601021231C1,00NTRFA", closed="62F:C260131EUR101,00"))
    assert found.movements.select("trade_on", "value_on").row(0) == (
        date(2025, 12, 31),
        date(2026, 1, 2),
    )


def test_the_label_tells_interest_and_fees():
    found = read(
        message(
            ":61:260105C1,00NINTA",
            ":86:INTERETS CREDITEURS",
            ":61:260105D1,00NCHGA",
            ":86:FRAIS DE TENUE",
        )
    )
    assert found.movements["kind"].to_list() == ["interest", "fee"]


@pytest.mark.parametrize("line", [":61:260230C1,00NTRFA", ":61:2601021399C1,00NTRFA", ":61:rien"])
def test_an_operation_that_cannot_be_read_is_left_out_and_told(line):
    found = read(message(line, ":61:260103C5,00NTRFA"))
    assert found.movements["net"].to_list() == [D(5)]
    assert found.errors == 1
    assert codes(found)[0] in {"L01", "L03"}
    assert found.anomalies["locator"][0] == "ligne 5"


def test_a_missing_statement_is_told():
    found = read(
        message(number="1/1"),
        message(number="3/1", opened="60F:C260201EUR80,00", closed="62F:C260228EUR80,00"),
    )
    assert codes(found) == ["V04"]
    assert "un relevé manque" in found.anomalies["message"][0]


def test_pages_of_one_statement_make_one_situation():
    found = read(
        message(":61:260103C5,00NTRFA", number="1/1", closed="62M:C260110EUR105,00"),
        message(
            ":61:260113C5,00NTRFA",
            number="1/2",
            opened="60M:C260110EUR105,00",
            closed="62F:C260131EUR110,00",
        ),
    )
    assert found.situations.select("as_of", "total").rows() == [(date(2026, 1, 31), D(110))]
    assert found.movements.height == 2
    assert codes(found) == []


def test_a_file_cut_in_the_middle_is_refused_whole(samples):
    data = (samples / "mt940" / "ASNB_mt940.txt").read_bytes()
    cut = data[: data.index(b":61:", len(data) // 4)]
    refused = read_mt940(cut, "releve.sta")
    assert isinstance(refused, Refusal)
    assert refused.code == "F07"


def test_a_statement_without_account_is_left_out_and_told():
    refused = read_mt940(message(account=":25:").encode(), "releve.sta")
    assert isinstance(refused, Refusal)
    assert refused.code == "F01"
    found = read(message(account=":25:"), message())
    assert found.accounts["external_id"].to_list() == ["FR123"]
    assert found.errors == 1
