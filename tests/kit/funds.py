"""Files of management companies in a few lines: EPT, EMT, EET and TPT as CSV."""

from datetime import date

from tests.kit import documents as doc

DAY = date(2026, 10, 31)

EPT = ("00001_EPT_Version", "00030_Portfolio_Identifying_Data", "00040_Type", "00050_Portfolio_Name",
       "00060_Currency", "00070_PRIIPs_KID_Publication_Date", "00090_Fund_CIC_Code", "01090_SRI",
       "03060_Ongoing_Costs")  # fmt: skip
TPT = ("1_Portfolio_identifying_data", "2_Type", "3_Portfolio_name", "4_Portfolio_currency_(B)",
       "5_Net_asset_valuation", "6_Valuation_date", "8_Share_price", "12_CIC_code", "14_Identification",
       "15_Type", "17_Instrument_name", "21_Quotation_currency_(A)", "26_Valuation_weight",
       "52_Issuer_country", "1000_TPT_Version")  # fmt: skip


def rows(*lines) -> bytes:
    return "\n".join(";".join(map(str, line)) for line in lines).encode()


def ept_row(
    *, code=doc.ACME, code_type="1", label="Fonds", currency="EUR", day=DAY, sri="", ongoing=""
) -> bytes:
    return rows(("V21", code, code_type, label, currency, day, "FR41", sri, ongoing))


def ept(**said) -> bytes:
    """An EPT of one share class."""
    return rows(EPT) + b"\n" + ept_row(**said)


def emt(*more, code=doc.ACME, day=DAY) -> bytes:
    """An EMT of one share class; `more` are pairs of a column and its cell."""
    head = {
        "00001_EMT_Version": "V4.3",
        "00010_Financial_Instrument_Identifying_Data": code,
        "00020_Type": "1",
        "00030_Name": "Fonds",
        "00040_Currency": "EUR",
        "00050_General_Reference_Date": day,
        "00060_Product_Type": "U",
    } | dict(more)
    return rows(head, head.values())


def eet(*more, code=doc.ACME, article="8", day=DAY) -> bytes:
    """An EET of one share class; `more` are pairs of a column and its cell."""
    head = {
        "00010_EET_Version": "V1.1.3",
        "20000_Financial_Instrument_Identifying_Data": code,
        "20010_Type": "1",
        "20020_Name": "Fonds",
        "20030_Currency": "EUR",
        "10040_General_Reference_Date": day,
        "20040_SFDR_Product_Type": article,
    } | dict(more)
    return rows(head, head.values())


def tpt(*lines, code=doc.ACME, price="100", currency="EUR", day=DAY) -> bytes:
    """An inventory of one fund; a line is a CIC code, a label, a currency, a weight, a country."""
    head = (code, "1", "Fonds", currency, "", day, price)
    told = [
        (*head, cic, label, "99", label, quoted, weight, country, "V7.0 (official)")
        for cic, label, quoted, weight, country in lines
    ]
    return rows(TPT, *told)
