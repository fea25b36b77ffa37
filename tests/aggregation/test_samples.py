"""Every real file given is read, or recognised, or refused with its reason; nothing half done."""

import pytest

from o2s_core import aggregation
from tests import kit

#: Folder -> the code under which its formats are told to come later.
LATER = ("reference",)
#: Refused, and why.
REFUSED = {
    "EPT_V2.1_Final.json": "F05",
    "EPT_V2.1_Final.xlsx": "F05",
    "TPT_V7 20241125_updated.xlsx": "F05",
    "TPT_V7_20241125_updated.json": "F05",
    "SOURCES.md": "F02",
    "arkeadirectbank.json": "F04",
    "boursedirect.json": "F04",
    "boursobank.json": "F04",
    "gains_losses_test.xlsx": "F05",
    "libofx_failing-ofx-file1.xml": "F04",
    "ofxparse_date_missing.ofx": "F08",
    "ofxparse_decimal_error.ofx": "F08",
    "prowide_03_MT535_SwiftParserConsumeTagTest.fin": "F07",
    "test.qif": "F05",
    "test_oth_a.qif": "F05",
}
#: Read, with rows that the fixture's author made wrong on purpose, or of somebody else.
STOPPED = {
    "directa-export.csv": {"L01", "L02"},
    "openapi_accounts_get_example_1.json": {"L01"},
    "arkeadirectbank_Achat02.txt": {"A-TITULAIRE"},
    "arkeadirectbank_Dividende01.txt": {"A-TITULAIRE"},
    "arkeadirectbank_TaxesTreatment01.txt": {"A-TITULAIRE"},
    # The funds of these inventories bear ISINs whose check digit is wrong.
    "tpt_01_clean.xlsx": {"L04"},
    "tpt_02_missing_mandatory.csv": {"L01", "L03", "L04"},
    "tpt_05_bad_isin_checksum.xlsx": {"L04"},
    "tpt_07_weights_dont_sum.xlsx": {"L04", "V02"},
    "tpt_12_multi_fund_clean.xlsx": {"L04"},
}
#: Read, but for some accounts: the Deutsche Mark has no rate any more; a PEA comes without its
#: lines; two accounts do not add up and one has no day.
PARTLY = {
    "cmxl_mt940.sta": {"L05"},
    "accounts_connections.json": {"V02"},
    "openapi_investments_holdings_get_example_1.json": {"V02", "L01"},
}


def files(samples):
    return [path for path in sorted(samples.rglob("*")) if path.is_file()]


@pytest.fixture
def reports(firm, samples):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    found = {}
    for path in files(samples):
        (found[path],) = aggregation.receive_files(firm.operator, path, contact="C00001")
    return found


def test_every_file_has_an_end_and_says_it_in_french(firm, reports):
    """S-002."""
    for path, report in reports.items():
        codes = {a["code"] for a in report.anomalies}
        if path.parent.name in LATER:
            assert (report.state, codes) == ("rejected", {"U01"}), path.name
            assert "prochaine version" in report.message, path.name
        elif path.name in REFUSED:
            assert (report.state, codes) == ("rejected", {REFUSED[path.name]}), path.name
        elif path.name in STOPPED:
            assert report.state == "quarantined", path.name
            assert STOPPED[path.name] <= codes, path.name
        elif path.name in PARTLY:
            assert report.state == "partly_committed", path.name
            assert PARTLY[path.name] <= codes, path.name
        else:
            assert report.state == "committed", path.name
        assert report.message, path.name
    states = aggregation.deliveries(firm.operator)["state"]
    assert not set(states) & {"received", "read", "checked", "matched", "staged"}


def test_every_file_again_changes_nothing(firm, reports):
    before = aggregation.deliveries(firm.operator).height
    for path, report in reports.items():
        (again,) = aggregation.receive_files(firm.operator, path)
        assert again.state == ("rejected" if report.state == "rejected" else "duplicate"), path.name
    assert aggregation.deliveries(firm.operator).height == 2 * before


@pytest.mark.parametrize(
    ("name", "feed"),
    [
        ("mt53x/libfints_06_parses_DKB_statement_correctly.fin", "mt535"),
        ("mt940/sberbank_171011_01234945.sta", "mt940"),
        ("camt053/camt053_001_02.xml", "camt"),
        ("pdf_text_fr/boursobank_AChat01.txt", "boursobank_notices"),
        ("pdf_text_fr/boursedirect_ReleveDeCompte01.txt", "bourse_direct_notices"),
        ("pdf_text_fr/arkeadirectbank_Achat01.txt", "fortuneo_notices"),
        ("findatex/captor_findatex-ept-captor-2023-12-29.xlsx", "ept"),
        ("findatex/captor_20250829_TPTV6_SE0017832280_20250905.json", "tpt"),
        ("ibkr_flex/testIBFlexStatementFile01.xml", "ibkr_flex"),
        ("json_plaid/openapi_investments_holdings_get_example_1.json", "plaid"),
        ("json_powens/investments_list.json", "powens"),
    ],
)
def test_a_file_that_names_no_feed_goes_under_that_of_its_format(firm, samples, name, feed):
    (report,) = aggregation.receive_files(firm.operator, samples / name)
    assert report.feed == feed
