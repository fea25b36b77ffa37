"""A semt.002 gives what a custodian holds to the cent, or says why it cannot be told.

No complete public message with its valuation was found: these are written by hand
from the structure of the message definition, third version and later, and second.
"""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core import aggregation
from o2s_core.aggregation.readers.iso20022.semt import read_semt
from o2s_core.aggregation.statement import LINES, Refusal, Statement
from tests import kit

D = Decimal
SHARE = "FR0000133308"
BOND = "FR0013412020"


def price(value="<Amt Ccy='EUR'>10.5</Amt>", kind="MRKT", on="2026-06-29"):
    return (
        f"<PricDtls><Tp><Cd>{kind}</Cd></Tp><Val>{value}</Val><SrcOfPric/>"
        f"<QtnDt><Dt>{on}</Dt></QtnDt></PricDtls>"
    )


def amounts(value="1050", ccy="EUR", sign="true", accrued="", block="AcctBaseCcyAmts"):
    more = f"<AcrdIntrstAmt><Amt Ccy='{ccy}'>{accrued}</Amt></AcrdIntrstAmt>" if accrued else ""
    signed = f"<Sgn>{sign}</Sgn>" if sign else ""
    return f"<{block}><HldgVal><Amt Ccy='{ccy}'>{value}</Amt>{signed}</HldgVal>{more}</{block}>"


def line(
    isin=SHARE, quantity="<Unit>100</Unit>", side="LONG", priced=None, valued=None, tag="BalForAcct"
):
    return (
        f"<{tag}><FinInstrmId><ISIN>{isin}</ISIN><Desc>Orange</Desc></FinInstrmId>"
        f"<AggtBal><ShrtLngInd>{side}</ShrtLngInd><Qty><Qty><Qty>{quantity}</Qty></Qty></Qty></AggtBal>"
        f"{price() if priced is None else priced}{amounts() if valued is None else valued}</{tag}>"
    )


def report(*content, page="1", last="true", update="COMP", account="CA-1", total=""):
    totals = (
        f"<AcctBaseCcyTtlAmts><TtlHldgsValOfStmt><Amt Ccy='EUR'>{total}</Amt><Sgn>true</Sgn>"
        "</TtlHldgsValOfStmt></AcctBaseCcyTtlAmts>"
        if total
        else ""
    )
    return (
        f"<SctiesBalCtdyRpt><Pgntn><PgNb>{page}</PgNb><LastPgInd>{last}</LastPgInd></Pgntn>"
        f"<StmtGnlDtls><StmtDtTm><Dt>2026-06-30</Dt></StmtDtTm><UpdTp><Cd>{update}</Cd></UpdTp>"
        f"<ActvtyInd>true</ActvtyInd></StmtGnlDtls><AcctOwnr><Id><NmAndAdr><Nm>Anne Martin</Nm>"
        f"</NmAndAdr></Id></AcctOwnr><SfkpgAcct><Id>{account}</Id></SfkpgAcct>{''.join(content)}"
        f"{totals}</SctiesBalCtdyRpt>"
    )


def document(*reports, version="002.001.11"):
    name = f"urn:iso:std:iso:20022:tech:xsd:semt.{version}"
    bodies = "".join(f"<Document xmlns='{name}'>{one}</Document>" for one in reports)
    return f"<Messages>{bodies}</Messages>".encode() if len(reports) > 1 else bodies.encode()


def sub(number, *lines):
    return f"<SubAcctDtls><SfkpgAcct><Id>{number}</Id></SfkpgAcct>{''.join(lines)}</SubAcctDtls>"


OLD = b"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:semt.002.001.02"><CtdyStmtOfHldgsV02>
<MsgPgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></MsgPgntn>
<StmtGnlDtls><StmtDtTm><DtTm>2026-06-30T18:00:00</DtTm></StmtDtTm><UpdTp>COMP</UpdTp></StmtGnlDtls>
<AcctDtls><Id><SmplId><Id>CA-1</Id></SmplId></Id></AcctDtls>
<BalForAcct><AggtQty><Unit>100</Unit></AggtQty><HldgVal Ccy="EUR">1050</HldgVal>
<FinInstrmDtls><Id><ISIN>FR0000133308</ISIN></Id><Nm>Orange</Nm></FinInstrmDtls>
<PricDtls><Tp>MRKT</Tp><Val><Amt Ccy="EUR">10.5</Amt></Val></PricDtls></BalForAcct>
<TtlVals><TtlHldgsValOfStmt Ccy="EUR">1050</TtlHldgsValOfStmt></TtlVals>
</CtdyStmtOfHldgsV02></Document>"""


def read(data):
    found = read_semt(data, "releve.xml")
    assert isinstance(found, Statement), found
    assert found.lines.schema == LINES
    return found


def codes(found):
    return found.anomalies.select("code", "severity").rows()


@pytest.mark.parametrize(
    "data",
    [
        OLD,
        *(
            document(report(line(), total="1050"), version=f"002.001.{v}")
            for v in ("03", "04", "11")
        ),
        document(report(line(), total="1050"), version="002.002.11"),
    ],
)
def test_every_version_reads_alike(data):
    found = read(data)
    assert found.situations.select("external_id", "as_of", "currency", "total").rows() == [
        ("CA-1", date(2026, 6, 30), "EUR", D(1050))
    ]
    names = ("code", "label", "quantity", "price", "price_factor", "value", "currency")
    assert found.lines.select(names).rows() == [
        (SHARE, "Orange", D(100), D("10.5"), D(1), D(1050), "EUR")
    ]
    assert found.anomalies.is_empty()


def test_a_bond_is_a_face_amount_priced_in_percent_with_its_accrued_interest():
    bond = line(
        BOND, "<FaceAmt>10000</FaceAmt>", priced=price("<Rate>98.5</Rate>"),
        valued=amounts("9850", accrued="12.34"),
    )  # fmt: skip
    (row,) = read(document(report(bond))).lines.rows(named=True)
    assert (row["kind"], row["quantity"], row["price"], row["price_factor"]) == (
        "bond", D(10000), D("98.5"), D("0.01"),
    )  # fmt: skip
    assert (row["value"], row["accrued"], row["price_on"]) == (
        D(9850), D("12.34"), date(2026, 6, 29),
    )  # fmt: skip


def test_a_short_position_is_negative_and_needs_the_sign_of_its_value():
    (row,) = read(document(report(line(side="SHOR", valued=amounts(sign="false"))))).lines.rows(
        named=True
    )
    assert (row["quantity"], row["value"]) == (D(-100), D(-1050))
    unsigned = read(document(report(line(side="SHOR", valued=amounts(sign="")))))
    assert codes(unsigned) == [("L01", "error")]


def test_a_price_in_another_currency_than_the_value_is_left_out_and_told():
    dollars = line(priced=price("<Amt Ccy='USD'>12</Amt>"))
    found = read(document(report(dollars)))
    assert found.lines.select("price", "value", "currency").rows() == [(None, D(1050), "EUR")]
    assert codes(found) == [("A-DEVISE", "warning")]
    same = line(
        priced=price("<Amt Ccy='USD'>12</Amt>"),
        valued=amounts("1200", "USD", block="InstrmCcyAmts"),
    )
    assert read(document(report(same))).lines.select("price", "value", "currency").rows() == [
        (D(12), D(1200), "USD")
    ]


def test_sub_accounts_are_accounts_and_add_up_to_the_total():
    lines = (line(tag="BalForSubAcct"), line(BOND, tag="BalForSubAcct"))
    parts = (sub("01", lines[0]), sub("02", lines[1]))
    found = read(document(report(*parts, total="2100")))
    assert found.lines.select("external_id", "code").rows() == [
        ("CA-1/01", SHARE),
        ("CA-1/02", BOND),
    ]
    assert found.accounts["external_id"].to_list() == ["CA-1/01", "CA-1/02"]
    assert found.anomalies.is_empty()
    wrong = read(document(report(*parts, total="2200")))
    assert codes(wrong) == [("V02", "error")] * 2


def test_pages_are_put_together_and_a_missing_one_stops_the_account():
    first, second = report(line(), last="false"), report(line(BOND), page="2", total="2100")
    found = read(document(first, second))
    assert found.lines["code"].to_list() == [SHARE, BOND]
    assert found.situations["total"].to_list() == [D(2100)]
    assert found.anomalies.is_empty()
    for alone in (first, second):
        assert codes(read(document(alone))) == [("F07", "error")]


def test_a_security_without_isin_keeps_the_code_of_its_kind():
    code = "<OthrId><Id>A0X8ZS</Id><Tp><Cd>WKNR</Cd></Tp></OthrId>"
    found = read(document(report(line().replace(f"<ISIN>{SHARE}</ISIN>", code))))
    assert found.lines.select("code", "code_type").rows() == [("A0X8ZS", "wkn")]


def test_an_account_that_holds_nothing_has_an_empty_situation():
    found = read(document(report(total="0")))
    assert found.situations.select("external_id", "total").rows() == [("CA-1", D(0))]
    assert found.anomalies.is_empty()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (report(line(), update="DELT"), "A-DELTA"),
        (report(line(), update=""), "A-DELTA"),
        (report(line(), sub("01", line(tag="BalForSubAcct"))), "A-SOUS-COMPTE"),
        (report(line(), account=""), "L01"),
        (report(line()).replace("2026-06-30", "2026-06-31"), "L01"),
        (report(line(quantity="")), "L01"),
        (report(line(quantity="<Unit>1</Unit><FaceAmt>2</FaceAmt>")), "L01"),
        (report(line(quantity="<Unit>cent</Unit>")), "L01"),
        (report(line(side="BOTH")), "L01"),
        (report(line(priced=price() + price("<Amt Ccy='EUR'>11</Amt>"))), "L01"),
        (report(line(valued=amounts("1e400"))), "L01"),
        (report(line(), total="mille"), "L01"),
    ],
)
def test_what_is_ambiguous_or_cannot_be_read_is_told(content, code):
    other = report(line(), account="CA-2")
    found = read(document(content, other))
    assert (code, "error") in codes(found)
    assert "CA-2" not in found.anomalies["external_id"].to_list()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (document(report(line()))[:-30], "F07"),
        (document("<SctiesTxPstngRpt/>"), "F05"),
        (document(report(line(), account="")), "F01"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + document(report()), "F04"),
    ],
)
def test_a_message_that_is_no_statement_of_holdings_is_refused(data, code):
    refused = read_semt(data, "releve.xml")
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_a_statement_that_comes_in_becomes_the_situation_of_its_account(firm):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    data = document(report(line(), total="1050"))
    (report_,) = aggregation.receive_files(firm.operator, data, "releve.xml", contact="C00001")
    assert (report_.state, report_.feed, report_.counts["situations_new"]) == (
        "committed",
        "semt",
        1,
    )
