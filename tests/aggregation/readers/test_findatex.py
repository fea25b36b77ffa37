"""The files of management companies give their facts with their day, or say what is wrong."""

import io
import json
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
import xlsxwriter

from o2s_core import market
from o2s_core.aggregation.readers import read
from o2s_core.aggregation.readers.findatex import eet, emt, ept, read_findatex, tpt
from o2s_core.aggregation.readers.findatex.headers import field_of, template_of
from o2s_core.aggregation.statement import FUND_FACTS, FUND_LINES, FUNDS, Refusal, Statement
from o2s_core.market.funds.facts import FACTS, WORDS
from tests.kit import documents as doc

D = Decimal
DAY = date(2025, 12, 31)


def sample(samples, name):
    found = read((samples / "findatex" / name).read_bytes(), name)
    assert isinstance(found, Statement), found
    assert found.funds.schema == FUNDS
    assert found.fund_facts.schema == FUND_FACTS
    assert found.fund_lines.schema == FUND_LINES
    return found


def facts(found, fund):
    """Return what a file says of a fund: its numbers and its words, by name."""
    rows = found.fund_facts.filter(fund=fund).select("name", "number", "text").rows()
    return {name: number if number is not None else text for name, number, text in rows}


def codes(found, severity=None):
    anomalies = found.anomalies
    return (
        anomalies.filter(severity=severity)["code"].to_list()
        if severity
        else anomalies["code"].to_list()
    )


def csv(*rows, columns):
    return "\n".join(";".join(row) for row in (columns, *rows)).encode()


# ── the real files; every figure below was read in the file by hand ──────────────────────────


def test_a_real_file_of_the_manufacturer_gives_risk_horizon_and_costs(samples):
    """S-079: 22 share classes of one management company."""
    found = sample(samples, "captor_findatex-ept-captor-2023-12-29.xlsx")
    assert found.funds.height == 22
    assert (found.rows, found.mapped, found.errors) == (22, 22, 0)
    first = found.funds.row(0, named=True)
    assert first["fund"] == "SE0016075006"
    assert first["label"] == "Captor Dahlia Green Bond D"
    assert (first["currency"], first["kind"]) == ("EUR", "opcvm")
    assert (first["as_of"], first["edition"]) == (date(2024, 2, 16), "V21")
    assert first["locator"] == "Sheet1!2"
    assert facts(found, "SE0016075006") == {
        "risk.sri": 2,
        "risk.volatility": D("0.034293"),
        "risk.holding_years": 2,
        "cost.ongoing": D("0.0025"),
        "cost.transaction": D("0.000684"),
        "cost.performance": 0,
    }
    assert facts(found, "SE0011337187")["cost.ongoing"] == D("0.004")
    place = found.fund_facts.filter(fund="SE0016075006", name="risk.sri")["locator"][0]
    assert place == "Sheet1!2 › 01090_SRI"


def test_a_real_inventory_gives_its_lines_its_price_and_a_negative_cash_share(samples):
    """S-079: 30 lines, of which seven accounts and margins without ISIN."""
    found = sample(samples, "captor_20250829_TPTV6_SE0017832280_20250905.json")
    (fund,) = found.funds.rows(named=True)
    assert (fund["fund"], fund["currency"], fund["kind"]) == ("SE0017832280", "SEK", "opcvm")
    assert fund["as_of"] == date(2025, 8, 29)
    said = facts(found, "SE0017832280")
    assert said["fund.price"] == D("135.5109")
    assert said["fund.cash_ratio"] == D("-0.09436268")
    assert said["fund.assets"] == D("324420148.4199218")
    lines = found.fund_lines
    assert lines.height == 30
    assert lines.filter(code_type="")["label"].to_list()[0] == "Trading Bank Account EUR"
    assert lines.filter(pl.col("code_type") == "").height == 7
    assert abs(lines["weight"].sum() - 1) < D("0.0000001")
    margin = lines.filter(label="MS OmnibusClearing Margin EUR").row(0, named=True)
    assert (margin["asset"], margin["country"]) == ("7", "GB")
    assert margin["weight"] == D("-0.05940114")
    assert codes(found) == ["A-PRECISION"]


def test_a_target_market_file_gives_each_criterion_and_each_cost(samples):
    found = sample(samples, "emt_01_clean.xlsx")
    said = facts(found, "DE0007164600")
    assert {said[n] for n in ("target.retail", "target.basic", "target.no_loss")} == {"positive"}
    assert "target.expert" not in said
    assert said["target.horizon"] == D("0.5")
    assert said["cost.ongoing"] == 1
    days = found.fund_facts.select("name", "as_of").rows()
    assert {day for _, day in days} == {DAY}
    assert (said["past.ongoing"], said["past.incidental"]) == (1, 1)
    assert codes(found) == ["A-RATIO"] * 8, "four announced, four charged"


def test_what_an_emt_lacks_is_told_with_its_place(samples):
    found = sample(samples, "emt_02_missing_mandatory.xlsx")
    (fund,) = found.funds.rows(named=True)
    assert (fund["label"], fund["currency"], fund["as_of"]) == ("", "", DAY)
    missing = found.anomalies.filter(code="L01")
    assert missing["field"].to_list() == [
        "00050_General_Reference_Date",
        "00030_Financial_Instrument_Name",
        "00040_Financial_Instrument_Currency",
        "00060_Financial_Instrument_Product_Type",
    ]
    assert set(missing["locator"]) == {"EMT V4.3!2"}
    assert set(missing["severity"]) == {"warning"}


def test_a_durability_file_gives_its_article_and_its_minimum(samples):
    found = sample(samples, "eet_01_clean.xlsx")
    assert facts(found, "DE0007164600") == {
        "esg.sfdr": 8,
        "esg.sustainable": D("0.3"),
        "esg.pai": "no",
    }
    assert codes(found) == []


def test_an_inventory_of_several_funds_gives_each_its_lines(samples):
    found = sample(samples, "tpt_12_multi_fund_clean.xlsx")
    assert found.funds.select("fund", "label", "locator").rows() == [
        ("FR0010000001", "Demo Bond Fund", "TPT V7!2"),
        ("DE0010000002", "Demo Equity Fund DE", "TPT V7!5"),
        ("LU0010000003", "Demo Mixed Fund LU", "TPT V7!8"),
    ]
    held = found.fund_lines.filter(fund="DE0010000002")
    assert held.select("code", "asset", "country", "weight").rows() == [
        ("FR0000571085", "1", "FR", D("0.5")),
        ("DE0007164600", "3", "DE", D("0.3")),
        ("CASH-EUR-001", "7", "", D("0.2")),
    ]
    assert codes(found, "error") == ["L04"] * 3  # none of the three has a right check digit


def test_an_inventory_with_holes_takes_what_its_other_rows_say(samples):
    found = sample(samples, "tpt_02_missing_mandatory.csv")
    (fund,) = found.funds.rows(named=True)
    assert (fund["currency"], fund["as_of"]) == ("EUR", DAY)
    assert found.fund_lines.select("code", "label", "asset", "weight").rows() == [
        ("FR0000571085", "FR Treasury 1.5% 2030", "1", D("0.5")),
        ("", "", "3", D("0.3")),
        ("CASH-EUR-001", "Cash account EUR", "7", D("0.2")),
    ]
    told = found.anomalies.filter(severity="warning").select("locator", "field").rows()
    assert told == [
        ("ligne 2", "5_Net_asset_valuation_of_the_portfolio_or_the_share_class_in_portfolio_currency"),
        ("ligne 2", "6_Valuation_date"),
        ("ligne 2", "12_CIC_code_of_the_instrument"),
        ("ligne 3", "17_Instrument_name"),
        ("ligne 4", "4_Portfolio_currency_(B)"),
    ]  # fmt: skip


def test_a_line_whose_isin_is_wrong_is_kept_without_identity(samples):
    found = sample(samples, "tpt_05_bad_isin_checksum.xlsx")
    assert found.fund_lines.select("code", "code_type", "weight").rows() == [
        ("FR0000571086", "unidentified", D("0.5")),
        ("DE0007164601", "unidentified", D("0.3")),
        ("CASH-EUR-001", "", D("0.2")),
    ]
    wrong = found.anomalies.filter(code="L04", severity="warning")
    assert wrong["raw"].to_list() == ["FR0000571086", "DE0007164601"]


def test_weights_that_are_not_the_whole_are_told(samples):
    found = sample(samples, "tpt_07_weights_dont_sum.xlsx")
    assert found.fund_lines["weight"].sum() == D("0.7")
    (told,) = found.anomalies.filter(code="V02")["message"]
    assert "70,0\u00a0%" in told


@pytest.mark.parametrize(
    "name",
    ["EPT_V2.1_Final.json", "EPT_V2.1_Final.xlsx", "TPT_V7 20241125_updated.xlsx",
     "TPT_V7_20241125_updated.json"],
)  # fmt: skip
def test_the_description_of_a_template_is_not_a_file_of_funds(samples, name):
    refused = read((samples / "findatex" / name).read_bytes(), name)
    assert isinstance(refused, Refusal)
    assert refused.code == "F05"
    assert "décrit les champs" in refused.message


# ── rules ────────────────────────────────────────────────────────────────────────────────────

EMT = ("00001_EMT_Version", "00010_Financial_Instrument_Identifying_Data",
       "00020_Type_Of_Identification_Code", "00050_General_Reference_Date")  # fmt: skip


def read_emt(*more, version="V4.3", code=doc.ACME, day="2026-10-31"):
    """Read an EMT of one row; `more` are pairs of a column and its cell."""
    columns = (*EMT, *(column for column, _ in more))
    cells = (version, code, "1", day, *(cell for _, cell in more))
    return read_findatex(csv(cells, columns=columns), "emt.csv")


@pytest.mark.parametrize(
    ("column", "cell", "name", "word"),
    [
        ("01010_Investor_Type_Retail", "Y", "target.retail", "positive"),
        ("01010_Investor_Type_Retail", "N", "target.retail", "negative"),
        ("02010_Basic_Investor", "Neutral", "target.basic", "neutral"),
        ("01020_Investor_Type_Professional", "P", "target.professional", "per_se"),
        ("01020_Investor_Type_Professional", "E", "target.professional", "elective"),
        ("06030_Investment_Advice", "R", "target.advice", "retail"),
        ("06030_Investment_Advice", "P", "target.advice", "professional"),
        ("06040_Portfolio_Management", "B", "target.management", "both"),
        ("06040_Portfolio_Management", "Both", "target.management", "both"),
        ("06040_Portfolio_Management", "Neither", "target.management", "negative"),
        ("02020_Informed_Investor", "yes", "target.informed", "positive"),
        ("06010_Execution_Only", "N", "target.execution_only", "negative"),
        ("05080_Minimum_Recommended_Holding_Period", "M", "target.horizon", "medium"),
        ("05080_Minimum_Recommended_Holding_Period", "5", "target.horizon", 5),
        ("04010_Risk_Tolerance_PRIIPS_Methodology", "4", "risk.sri", 4),
        ("07020_Gross_One-off_Cost_Maximum_Entry_Cost", "0.03", "cost.entry", D("0.03")),
        ("07100_Financial_Instrument_Gross_Ongoing_Costs", "0,0152", "cost.ongoing", D("0.0152")),
        ("08030_Financial_Instrument_Ongoing_Costs_Ex_Post", "0.0147", "past.ongoing", D("0.0147")),
        ("08080_Incidental_Costs_Ex_Post", "0", "past.incidental", 0),
    ],
)
def test_a_field_is_known_by_its_number_and_its_codes_by_the_template(column, cell, name, word):
    found = read_emt((column, cell))
    assert facts(found, doc.ACME)[name] == word
    assert codes(found, "error") == []


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("01010_Investor_Type_Retail", "Peut-être", "L02"),
        ("04010_Risk_Tolerance_PRIIPS_Methodology", "9", "L01"),
        ("07100_Financial_Instrument_Gross_Ongoing_Costs", "1,5 %", "L01"),
        ("07100_Financial_Instrument_Gross_Ongoing_Costs", "NaN", "L01"),
    ],
)
def test_what_cannot_be_read_is_left_out_and_told(column, cell, code):
    found = read_emt((column, cell))
    assert facts(found, doc.ACME) == {}
    told = found.anomalies.filter(field=column).row(0, named=True)
    assert (told["code"], told["raw"], told["locator"]) == (code, cell, "ligne 2")


def test_a_cost_written_as_a_percentage_is_told():
    found = read_emt(("07100_Gross_Ongoing_Costs", "1.5"))
    assert codes(found).count("A-RATIO") == 1
    assert facts(found, doc.ACME)["cost.ongoing"] == D("1.5")


def test_a_column_that_the_template_does_not_know_changes_nothing():
    plain = read_emt(("01010_Investor_Type_Retail", "Y"))
    more = read_emt(
        ("01010_Investor_Type_Retail", "Y"), ("Note interne", "x"), ("99999_New_Field", "1")
    )
    assert more.fund_facts.equals(plain.fund_facts)
    assert json.loads(more.raw["cells"][0])["Note interne"] == "x"


def test_columns_may_come_in_any_order_and_a_repeated_one_is_told():
    columns = ("01010_Retail", *reversed(EMT), "01010_Retail_Again")
    cells = ("Y", "2026-10-31", "1", doc.ACME, "V4.2", "N")
    found = read_findatex(csv(cells, columns=columns), "emt.csv")
    assert facts(found, doc.ACME) == {"target.retail": "positive"}
    assert "A-COLONNE" in codes(found)


def test_a_wrong_check_digit_is_an_error_with_its_place():
    found = read_emt(("01010_Investor_Type_Retail", "Y"), code="FR0010000001")
    (told,) = found.anomalies.filter(severity="error").rows(named=True)
    assert (told["code"], told["external_id"], told["locator"]) == (
        "L04",
        "FR0010000001",
        "ligne 2",
    )


def test_a_wrong_row_does_not_stop_the_others():
    good = ("V4.3", doc.BETA, "1", "2026-10-31", "Y")
    rows = (("V4.3", "", "1", "2026-10-31", "Y"), ("V4.3", doc.ACME, "1", "", "Y"), good)
    found = read_findatex(csv(*rows, columns=(*EMT, "01010_Retail")), "emt.csv")
    assert found.funds["fund"].to_list() == [doc.BETA]
    assert (found.rows, found.mapped, found.errors) == (3, 1, 2)
    errors = found.anomalies.filter(severity="error").select("code", "locator").rows()
    assert errors == [("L03", "ligne 2"), ("L01", "ligne 3")]


def test_the_same_support_twice_is_read_once_and_told():
    rows = [("V4.3", doc.ACME, "1", "2026-10-31", answer) for answer in ("Y", "N")]
    found = read_findatex(csv(*rows, columns=(*EMT, "01010_Retail")), "emt.csv")
    assert facts(found, doc.ACME) == {"target.retail": "positive"}
    assert (codes(found).count("L08"), found.ignored) == (1, 1)


@pytest.mark.parametrize("version", ["V4", "V4.1", "V4.3", "4.2", ""])
def test_every_edition_four_of_an_emt_is_read(version):
    assert isinstance(read_emt(("01010_Retail", "Y"), version=version), Statement)


@pytest.mark.parametrize("version", ["V3.1", "V5"])
def test_another_edition_is_refused_with_its_reason(version):
    refused = read_emt(("01010_Retail", "Y"), version=version)
    assert isinstance(refused, Refusal)
    assert refused.code == "U01"
    assert version in refused.message


def test_a_target_market_that_the_file_says_it_does_not_report_is_not_taken():
    found = read_emt(("00006_EMT_Data_Reporting_Target_Market", "N"), ("01010_Retail", "Y"),
                     ("07100_Ongoing", "0.01"))  # fmt: skip
    assert facts(found, doc.ACME) == {"cost.ongoing": D("0.01")}


EET = ("00010_EET_Version", "20000_Financial_Instrument_Identifying_Data",
       "20010_Type_Of_Identification_Code", "10040_General_Reference_Date",
       "20040_Financial_Instrument_SFDR_Product_Type")  # fmt: skip


def read_eet(article, *more):
    columns = (*EET, *(column for column, _ in more))
    cells = ("V1.1.2", doc.ACME, "1", "2026-10-31", article, *(cell for _, cell in more))
    return read_findatex(csv(cells, columns=columns), "eet.csv")


def test_an_article_9_fund_gives_its_own_commitments_only():
    found = read_eet(
        "9",
        ("20180_Minimal_Proportion_Of_Sustainable_Investments_Art_8", "0.5"),
        ("20220_Minimum_Environmental_Objective_Art_9", "0.6"),
        ("20250_Minimum_Social_Objective_Art_9", "0.2"),
        ("20600_Minimum_Aligned_EU_Taxonomy_Incl_Sovereign_Bonds", "0.05"),
    )
    assert facts(found, doc.ACME) == {
        "esg.sfdr": 9,
        "esg.environmental": D("0.6"),
        "esg.social": D("0.2"),
        "esg.taxonomy": D("0.05"),
    }


def test_the_adverse_impacts_weighed_are_known_one_by_one():
    found = read_eet(
        "8",
        ("20100_Does_This_Product_Consider_Principle_Adverse_Impact", "Y"),
        ("30010_PAI_Reference_Date", "2026-09-30"),
        ("30030_GHG_Emissions_Scope_1_Considered_In_The_Investment_Strategy", "Y"),
        ("30910_Water_Emissions_Considered_In_The_Investment_Strategy", "N"),
    )
    said = facts(found, doc.ACME)
    assert (said["esg.pai"], said["pai.30030"], said["pai.30910"]) == ("yes", "yes", "no")
    day = found.fund_facts.filter(name="pai.30030")["as_of"][0]
    assert day == date(2026, 9, 30)


@pytest.mark.parametrize(("article", "said"), [("0", 0), ("6", 6), ("8.0", 8)])
def test_the_article_may_be_out_of_scope(article, said):
    assert facts(read_eet(article), doc.ACME) == {"esg.sfdr": said}


def test_an_article_that_does_not_exist_is_left_out_and_told():
    found = read_eet("7")
    assert facts(found, doc.ACME) == {}
    assert "L02" in codes(found)


TPT = ("1_Portfolio_identifying_data", "2_Type_of_identification_code", "3_Portfolio_name",
       "4_Portfolio_currency_(B)", "5_Net_asset_valuation", "6_Valuation_date", "8_Share_price",
       "12_CIC_code_of_the_instrument", "14_Identification_code_of_the_instrument",
       "15_Type_of_identification_code", "17_Instrument_name", "21_Quotation_currency_(A)",
       "24_Market_valuation", "26_Valuation_weight", "52_Issuer_country", "1000_TPT_Version")  # fmt: skip


def line(weight="1", *, fund=doc.ACME, price="100", day="2026-10-31", cic="FR31", value="1000"):
    return (fund, "1", "Fonds", "EUR", "1000", day, price, cic, doc.BETA, "1", "Titre", "EUR",
            value, weight, "FR", "V6.0")  # fmt: skip


def test_a_weight_that_is_not_given_is_the_value_over_the_net_assets():
    found = read_findatex(csv(line("", value="600"), line("0.4"), columns=TPT), "tpt.csv")
    assert found.fund_lines["weight"].to_list() == [D("0.6"), D("0.4")]
    assert codes(found) == []


def test_rows_that_contradict_each_other_stop_their_fund_only():
    rows = (line("0.5"), line("0.5", price="101"), line(fund=doc.GAMMA))
    found = read_findatex(csv(*rows, columns=TPT), "tpt.csv")
    stopped = found.anomalies.filter(severity="error")
    assert set(stopped["external_id"]) == {doc.ACME}
    assert stopped["code"].to_list() == ["L08"]
    assert found.funds["fund"].to_list() == [doc.ACME, doc.GAMMA]


def test_a_line_without_a_readable_category_is_not_classified():
    found = read_findatex(csv(line(cic="?"), columns=TPT), "tpt.csv")
    assert found.fund_lines["asset"].to_list() == [""]
    assert codes(found) == ["L01"]


@pytest.mark.parametrize("price", ["0", "-3"])
def test_a_share_that_is_worth_nothing_gives_no_price(price):
    found = read_findatex(csv(line(price=price), columns=TPT), "tpt.csv")
    assert "fund.price" not in facts(found, doc.ACME)
    assert codes(found) == ["L06"]


def test_a_workbook_and_a_csv_say_the_same():
    """The sheet of a real file bears a trailing space in its name."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet("TPT V7 ")
        for at, row in enumerate((TPT, line("0.5"), line("0.5"))):
            sheet.write_row(at + 2, 0, row)
    from_book = read(held.getvalue(), "inventaire.xlsx")
    from_text = read(csv(line("0.5"), line("0.5"), columns=TPT), "inventaire.csv")
    assert from_book.fund_lines["locator"].to_list() == ["TPT V7 !4", "TPT V7 !5"]
    drop = ("locator",)
    assert from_book.fund_facts.drop(drop).equals(from_text.fund_facts.drop(drop))
    assert from_book.fund_lines.drop(drop).equals(from_text.fund_lines.drop(drop))


def test_a_header_alone_and_a_cut_json_are_refused():
    empty = read_findatex(csv(columns=TPT), "tpt.csv")
    assert isinstance(empty, Refusal)
    assert empty.code == "F01"
    cut = read_findatex(b'[{"12_CIC_code_of_the_instrument": "FR31", "1_Portf', "tpt.json")
    assert isinstance(cut, Refusal)
    assert cut.code == "F07"


@pytest.mark.parametrize(
    ("column", "number"),
    [
        ("00010_EET_Version", "10"),
        ("8b_Total_number_of_shares", "8b"),
        ("1000_TPT_Version", "1000"),
        (" 12_CIC_code_of_the_instrument ", "12"),
        ("Version", ""),
        ("2025-12-31", ""),
    ],
)
def test_a_column_bears_the_number_of_its_field(column, number):
    assert field_of(column)[0] == number


def test_the_version_decides_between_templates_that_share_numbers():
    assert template_of(["00010_X", "00001_EPT_Version", "00030_Y"]).code == "ept"
    assert template_of(["00010_Financial_Instrument_Identifying_Data", "00020_X"]).code == "emt"
    assert template_of(["00010_X", "00020_Y", "00030_Z"]) is None


def test_every_fact_that_is_read_has_a_name_on_screen():
    named = {
        *emt.CRITERIA.values(),
        *emt.COSTS.values(),
        *ept.COSTS.values(),
        *tpt.FIGURES.values(),
    }
    named |= {name for shares in eet.SHARES.values() for name in shares.values()}
    named |= {*eet.TAXONOMY.values(), "risk.sri", "risk.srri", "risk.volatility"}
    assert named <= set(FACTS)
    words = {*emt.SENSES.values(), *emt.HORIZONS.values(), *eet.ANSWERS.values()}
    words |= {word for answers in emt.ALSO.values() for word in answers.values()}
    assert words <= set(WORDS)
    assert set(market.ASSETS) == tpt.ASSETS
