"""A camt.053 gives its balances and its entries to the cent, or says what is wrong."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core.aggregation.readers.iso20022.camt import read_camt
from o2s_core.aggregation.statement import LINES, MOVEMENTS, Refusal, Statement

D = Decimal


def balance(code, amount, on, sign="CRDT"):
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def entry(amount, sign="CRDT", *, on="2026-01-05", status="<Sts>BOOK</Sts>", ref="", label="Loyer"):
    known = f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else ""
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{status}"
        f"<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>2026-01-06</Dt></ValDt>{known}"
        f"<AddtlNtryInf>{label}</AddtlNtryInf></Ntry>"
    )


def document(
    *entries, account="<IBAN>FR123</IBAN>", closing="100", version="02", tag="BkToCstmrStmt"
):
    """A statement of January 2026 that opens at 100 euros."""
    listed = balance("OPBD", "100", "2026-01-01") + balance("CLBD", closing, "2026-01-31")
    return (
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}'><{tag}><Stmt>"
        f"<Acct><Id>{account}</Id><Ccy>EUR</Ccy><Ownr><Nm>Anne Martin</Nm></Ownr></Acct>{listed}"
        f"{''.join(entries)}</Stmt></{tag}></Document>"
    ).encode()


def read(data):
    found = read_camt(data, "releve.xml")
    assert isinstance(found, Statement), found
    assert found.lines.schema == LINES
    assert found.movements.schema == MOVEMENTS
    return found


def codes(found):
    return found.anomalies["code"].to_list()


def test_the_sample_of_a_bank_is_read_to_the_cent(samples):
    """Figures read in the file by hand; its author made its entries of ten dollars each."""
    found = read((samples / "camt053" / "camt053_001_02.xml").read_bytes())
    assert found.situations.select("external_id", "as_of", "currency", "total").rows() == [
        ("DD01100056869", date(2023, 9, 30), "USD", D("-846665.15"))
    ]
    assert found.movements.height == 15
    first, second = found.movements.head(2).select("partner_ref", "trade_on", "net", "label").rows()
    assert first == (
        "B20092800002225",
        date(2023, 10, 1),
        D(10),
        "Sample Unstructured Remittance 123",
    )
    assert second == ("SPB20092845886394", date(2023, 10, 1), D(-10), "ACH Credit Payment")
    assert codes(found) == ["V04"]


def test_entries_and_balances_that_agree_are_not_commented():
    found = read(document(entry("30.50"), entry("10", "DBIT"), closing="120.50"))
    assert found.movements.select("trade_on", "value_on", "kind", "net").rows() == [
        (date(2026, 1, 5), date(2026, 1, 6), "deposit", D("30.50")),
        (date(2026, 1, 5), date(2026, 1, 6), "withdrawal", D(-10)),
    ]
    assert found.lines.select("as_of", "kind", "value").rows() == [
        (date(2026, 1, 31), "cash", D("120.50"))
    ]
    assert found.accounts.select("external_id", "holder", "currency").rows() == [
        ("FR123", "Anne Martin", "EUR")
    ]
    assert codes(found) == []


@pytest.mark.parametrize("version", ["02", "08", "99"])
def test_the_version_of_the_message_does_not_matter(version):
    assert read(document(entry("1"), closing="101", version=version)).movements.height == 1


@pytest.mark.parametrize("status", ["<Sts>PDNG</Sts>", "<Sts><Cd>PDNG</Cd></Sts>"])
def test_an_entry_not_booked_yet_is_left_out(status):
    found = read(document(entry("5", status=status)))
    assert (found.movements.height, codes(found)) == (0, [])


def test_a_number_in_the_file_is_no_reference_of_the_bank():
    numbered = entry("1").replace("<Ntry>", "<Ntry><NtryRef>1</NtryRef>")
    assert read(document(numbered, closing="101")).movements["partner_ref"].to_list() == [None]


def test_a_reference_used_twice_identifies_nothing():
    found = read(
        document(entry("1", ref="A"), entry("1", ref="A"), entry("2", ref="B"), closing="104")
    )
    assert found.movements["partner_ref"].to_list() == [None, None, "B"]


@pytest.mark.parametrize(
    "wrong", [entry("douze"), entry("5", "XXXX"), entry("5", on="2026-02-30"), entry("")]
)
def test_an_entry_that_cannot_be_read_is_left_out_and_told(wrong):
    found = read(document(wrong, entry("5"), closing="105"))
    assert found.movements["net"].to_list() == [D(5)]
    assert (found.errors, codes(found)) == (1, ["L01"])
    assert found.anomalies["locator"][0] == "Stmt[1]/Ntry[1]"


def test_statements_that_do_not_follow_each_other_are_told():
    one = document(closing="100").decode()
    stmt = one[one.index("<Stmt>") : one.index("</Stmt>") + 7]
    later = stmt.replace(">100<", ">90<").replace("2026-01", "2026-02").replace("-31<", "-28<")
    found = read(one.replace("</Stmt>", f"</Stmt>{later}").encode())
    assert codes(found) == ["V04"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (document()[:-40], "F07"),
        (document().replace(b"Stmt>", b"Rpt>"), "F05"),
        (document(account="<IBAN></IBAN>"), "F01"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + document(), "F04"),
    ],
)
def test_what_is_cut_of_another_kind_or_dangerous_is_refused(data, code):
    refused = read_camt(data, "releve.xml")
    assert isinstance(refused, Refusal)
    assert refused.code == code
