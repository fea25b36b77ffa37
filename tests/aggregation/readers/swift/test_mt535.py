"""A MT535 gives every line of a custodian, or says why it stops."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core.aggregation.readers.swift.mt535 import read_mt535
from o2s_core.aggregation.statement import LINES, Refusal, Statement

D = Decimal


def line(
    title="ISIN XF0000000012\nFonds d'essai",
    quantity="UNIT/10,",
    price="ACTU/EUR12,5",
    value="EUR125,",
    more="",
):
    """A line of a statement, closed."""
    return (
        f":16R:FIN\n:35B:{title}\n:90B::MRKT//{price}\n:98A::PRIC//20260130\n"
        f":93B::AGGR//{quantity}\n:19A::HOLD//{value}\n{more}:16S:FIN\n"
    )


def page(*lines, number="1/ONLY", kind="NEWM", account="12/34", total=":19A::HOLP//EUR125,\n"):
    """A page of the statement of account 12/34 at 31/01/2026."""
    added = f":16R:ADDINFO\n{total}:16S:ADDINFO\n" if total else ""
    return (
        f":16R:GENL\n:28E:{number}\n:20C::SEME//1\n:23G:{kind}\n:98A::STAT//20260131\n"
        f":97A::SAFE//{account}\n:16S:GENL\n{''.join(lines)}{added}-\n"
    )


def read(*pages):
    found = read_mt535("".join(pages).encode(), "titres.fin")
    assert isinstance(found, Statement), found
    assert found.lines.schema == LINES
    return found


def codes(found):
    return found.anomalies["code"].to_list()


def test_the_statement_of_a_bank_is_read_to_the_cent(samples):
    """Figures read in the file by hand."""
    name = "libfints_06_parses_DKB_statement_correctly.fin"
    found = read((samples / "mt53x" / name).read_text())
    assert found.situations.select("external_id", "as_of", "currency", "total").rows() == [
        ("12030000/123456789", date(2026, 1, 10), "EUR", D("18669.64"))
    ]
    columns = (
        "code",
        "code_type",
        "quantity",
        "unit_cost",
        "price",
        "price_on",
        "value",
        "currency",
    )
    assert found.lines.select(columns).rows() == [
        (
            "LU0950674332",
            "isin",
            D(652),
            D("21.2012438"),
            D("33.22"),
            date(2026, 1, 9),
            D("18669.64"),
            "EUR",
        )
    ]
    assert found.lines["label"][0].startswith("UBS MSCI WORLD")
    assert codes(found) == []


def test_an_account_that_holds_nothing_is_worth_nothing(samples):
    found = read((samples / "mt53x" / "prowide_02_MT535_MT535ParserTest.fin").read_text())
    assert found.situations.select("external_id", "total", "currency").rows() == [
        ("ABC", D(0), "USD")
    ]
    assert found.lines.is_empty()


def test_a_file_cut_in_the_middle_is_refused_whole(samples):
    name = "prowide_03_MT535_SwiftParserConsumeTagTest.fin"
    refused = read_mt535((samples / "mt53x" / name).read_bytes(), name)
    assert isinstance(refused, Refusal)
    assert refused.code == "F07"


def test_a_bond_quoted_in_percent_is_worth_a_hundredth_of_its_price():
    bond = line(
        quantity="FAMT/10000,", price="PRCT/98,50", value="EUR9850,", more=":19A::ACRU//EUR41,10\n"
    )
    (held,) = read(page(bond)).lines.rows(named=True)
    assert (held["kind"], held["quantity"], held["price_factor"]) == ("bond", D(10000), D("0.01"))
    assert held["quantity"] * held["price"] * held["price_factor"] == held["value"] == D(9850)
    assert held["accrued"] == D("41.10")


def test_a_short_position_and_a_negative_value_are_negative():
    (held,) = read(page(line(quantity="NUNIT/3,", value="NEUR37,5"))).lines.rows(named=True)
    assert (held["quantity"], held["value"]) == (D(-3), D("-37.5"))


@pytest.mark.parametrize(
    ("title", "code", "kind"),
    [
        ("ISIN XF0000000012\n/DE/A1W3CQ\nFonds", "XF0000000012", "isin"),
        ("/DE/A1W3CQ\nFonds", "A1W3CQ", "wkn"),
        ("/US/037833100\nFonds", "037833100", "cusip"),
        ("Fonds", None, None),
    ],
)
def test_a_security_is_known_by_its_best_code(title, code, kind):
    (held,) = read(page(line(title))).lines.rows(named=True)
    assert (held["code"], held["code_type"], held["label"]) == (code, kind, "Fonds")


def test_pages_make_one_situation():
    found = read(
        page(line(), number="1/MORE", total=""),
        page(
            line("ISIN XF0000000020\nAutre", value="EUR7,"),
            number="2/LAST",
            total=":19A::HOLP//EUR132,\n",
        ),
    )
    assert found.situations.select("as_of", "total").rows() == [(date(2026, 1, 31), D(132))]
    assert found.lines["value"].to_list() == [D(125), D(7)]
    assert codes(found) == []


@pytest.mark.parametrize(
    "numbers", [("1/MORE",), ("2/LAST",), ("1/MORE", "3/LAST"), ("1/MORE", "1/LAST")]
)
def test_a_missing_page_stops_the_account(numbers):
    found = read(*(page(line(), number=number) for number in numbers))
    assert found.anomalies.select("external_id", "code", "severity").row(-1) == (
        "12/34",
        "F07",
        "error",
    )


def test_a_cancellation_stops_the_account_and_says_what_to_do():
    found = read(page(line(), kind="CANC"))
    assert codes(found) == ["A-ANNULATION"]
    assert found.situations.is_empty()


@pytest.mark.parametrize(
    "wrong",
    [
        line(quantity="UNIT/dix"),
        line(price="EUR"),
        line(value="125"),
        line().replace("20260130", "20260231"),
    ],
)
def test_a_line_that_cannot_be_read_is_left_out_and_told(wrong):
    found = read(page(wrong, line()))
    assert found.lines.height == 1
    assert (found.errors, codes(found)) == (1, ["L01"])


def test_a_statement_without_account_is_refused():
    refused = read_mt535(page(line(), account="").encode(), "titres.fin")
    assert isinstance(refused, Refusal)
    assert refused.code == "F01"
