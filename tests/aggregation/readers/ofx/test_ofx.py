"""An OFX file is read whatever its age and its author; what cannot be read is told."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core.aggregation.readers.ofx.statements import read_ofx
from o2s_core.aggregation.readers.ofx.tree import ofx_tree
from o2s_core.aggregation.statement import LINES, MOVEMENTS, Refusal, Statement

D = Decimal


def bank(*movements, head="", balance="<BALAMT>100<DTASOF>20260131", account="<ACCTID>123"):
    """A bank statement whose movements are the fields of each `STMTTRN`."""
    listed = "".join(f"<STMTTRN>{m}</STMTTRN>" for m in movements)
    return (
        f"{head}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR"
        f"<BANKACCTFROM>{account}<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260101<DTEND>20260131{listed}</BANKTRANLIST>"
        f"<LEDGERBAL>{balance}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def broker(*transactions, positions="", balance="", securities=""):
    """A broker's statement in euros, account 9, at 31/01/2026."""
    return (
        "<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><DTASOF>20260131<CURDEF>EUR"
        "<INVACCTFROM><BROKERID>b<ACCTID>9</INVACCTFROM>"
        f"<INVTRANLIST><DTSTART>20260101<DTEND>20260131{''.join(transactions)}</INVTRANLIST>"
        f"{positions}{balance}</INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1>"
        f"<SECLISTMSGSRSV1><SECLIST>{securities}</SECLIST></SECLISTMSGSRSV1></OFX>"
    ).encode()


def traded(tag, wrapper, fields, ref="r1"):
    return (
        f"<{tag}><{wrapper}><INVTRAN><FITID>{ref}<DTTRADE>20260115<DTSETTLE>20260117</INVTRAN>"
        f"<SECID><UNIQUEID>XF0000000012<UNIQUEIDTYPE>ISIN</SECID>{fields}</{wrapper}></{tag}>"
    )


def read(data):
    found = read_ofx(data, "releve.ofx")
    assert isinstance(found, Statement), found
    assert found.lines.schema == LINES
    assert found.movements.schema == MOVEMENTS
    return found


def rows(frame, *columns):
    return frame.select(columns).rows()


def sample(samples, name):
    return read_ofx((samples / "ofx" / name).read_bytes(), name)


# ── the real files; every figure below was read in the file by hand ──────────────────────────


def test_the_example_of_the_standard(samples):
    found = sample(samples, "libofx_ofx-2.1.1-sect-13.12.ofx")
    assert rows(found.situations, "external_id", "as_of", "currency", "total") == [
        ("999988", date(2005, 8, 27), "USD", None)
    ]
    assert rows(found.lines, "code", "code_type", "label", "kind", "quantity", "price", "price_factor", "value") == [
        ("123456789", "cusip", "Acme Development, Inc.", "share", D(200), D("49.5"), D(1), D(9900)),
        ("000342222", "cusip", "Lucky Airlines Jan 97 Put", "option", D(1), D(5), D(100), D(500)),
        (None, None, "Liquidités", "cash", None, None, D(1), D(200)),
        (None, None, "Solde sur marge", "cash", None, None, D(1), D(-50)),
    ]  # fmt: skip
    assert rows(found.movements, "partner_ref", "trade_on", "value_on", "kind", "quantity", "gross", "fees", "net") == [
        ("23321", date(2005, 8, 25), date(2005, 8, 28), "buy", D(100), D(-5000), D(25), D(-5025)),
        ("12345", date(2005, 8, 25), None, "deposit", None, D(1000), None, D(1000)),
    ]  # fmt: skip
    assert found.window == (date(2005, 8, 24), date(2005, 8, 28))
    assert found.anomalies.is_empty()


def test_a_statement_without_line_breaks_nor_closed_tags(samples):
    found = sample(samples, "ofxparse_fidelity.ofx")
    assert rows(found.situations, "external_id", "as_of", "total") == [
        ("01234567890", date(2012, 9, 8), D("32993.79"))
    ]
    assert dict(rows(found.lines, "code", "value")) == {
        "G7945E105": D("5231.36"),
        "19421R200": D("1010.60"),
        "431571108": D("2176.95"),
        "458140100": D("2441.03"),
        "756577102": D("2957.50"),
        "98417P105": D("1102.36"),
        None: D("18073.98"),
    }
    assert sum(found.lines["value"]) == D("32993.78")  # the broker's own total is a cent more
    kinds = dict(found.movements.group_by("kind").len().iter_rows())
    assert kinds == {"buy": 8, "dividend": 4, "sell": 2, "interest": 2, "fee": 1}
    sold = found.movements.filter(kind="sell")
    assert rows(sold, "quantity", "net", "fees") == [
        (D(-8), D("1089.30"), D("7.95")),
        (D("-0.035"), D("4.80"), D(0)),
    ]
    assert sum(found.movements.filter(kind="interest")["net"]) == D("0.40")
    assert rows(found.movements.filter(kind="fee"), "net") == [(D("-0.97"),)]
    # 137.142857143 has nine decimals: rounded, and told
    assert rows(found.anomalies, "code", "severity", "raw") == [
        ("A-PRECISION", "warning", "000000137.142857143")
    ]


def test_securities_that_enter_and_leave_and_a_line_of_nothing(samples):
    found = sample(samples, "ofxparse_investment_401k.ofx")
    assert rows(found.lines, "code", "code_type", "label", "quantity", "value") == [
        ("FOO", "partner", "Foo Index Fund", D("17.604312"), D("396.4")),
        ("BAR", "partner", "BAR Index Fund", D("13.550983"), D("395.89")),
    ]
    assert rows(found.movements, "kind", "code", "quantity", "net") == [
        ("buy", "FOO", D("8.846699"), D("-197.2")),
        ("transfer_in", "BAR", D("6.800992"), None),
        ("transfer_out", "BAZ", D("-9.060702"), None),
    ]
    assert (found.ignored, found.errors) == (1, 0)


def test_positions_that_no_list_names(samples):
    found = sample(samples, "ofxparse_tiaacref.ofx")
    assert found.situations["as_of"].to_list() == [date(2017, 3, 8)]
    assert found.lines.height == 6
    assert sum(found.lines["value"]) == D("4899.3583")
    assert set(found.lines["price_on"]) == {date(2017, 3, 7)}
    assert found.movements.is_empty()  # its only transfer is of nothing


def test_two_lots_of_one_fund(samples):
    found = sample(samples, "ofxparse_vanguard.ofx")
    assert rows(found.lines, "code", "kind", "quantity", "price", "value") == [
        ("012345678", "opcvm", D(102), D(100), D(10200)),
        ("012345678", "opcvm", D("142.2"), D("100.42"), D("14279.72")),
    ]
    assert rows(found.movements, "kind", "quantity", "net") == [("sell", D("-42.123"), D("4212.3"))]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("reds_no_seclist.qfx", None),
        ("reds_with_ticker.qfx", "VANGUARD TARGET RETIREMENT 2050 INVESTOR CL"),
    ],
)
def test_a_qfx_with_or_without_its_list(samples, name, label):
    found = sample(samples, name)
    assert rows(found.lines, "code", "label", "quantity", "value") == [
        ("92202E862", label, D(10), D("588.50"))
    ]
    assert rows(found.movements, "partner_ref", "trade_on", "net") == [
        ("TEST001", date(2026, 3, 16), D("-588.50"))
    ]


def test_accents_of_windows_and_a_correction(samples):
    found = sample(samples, "lautosync_accented_characters_latin1.ofx")
    assert rows(found.movements, "partner_ref", "kind", "label", "net") == [
        ("201409206", "withdrawal", "Virement Interac à: Jean", D("-58.73"))
    ]
    assert rows(found.lines, "kind", "value", "currency") == [("cash", D("100.99"), "USD")]
    assert found.accounts["envelope"].to_list() == ["compte_courant"]


def test_amounts_with_a_comma(samples):
    found = sample(samples, "ofxtools_stmtrs_euro.ofx")
    assert found.movements["net"].to_list() == [D(-200), D(-300)]
    assert rows(found.situations, "as_of", "total") == [(date(2005, 10, 29), D("200.29"))]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("ofxparse_date_missing.ofx", ["date absente", "date absente", "20120231"]),
        ("ofxparse_decimal_error.ofx", ["201120000000"]),
    ],
)
def test_a_wrong_row_is_left_out_and_told(samples, name, wrong):
    found = sample(samples, name)
    assert found.movements.is_empty()
    assert found.errors == len(wrong)
    messages = found.anomalies["message"].to_list()
    assert all(part in message for part, message in zip(wrong, messages, strict=True))
    assert set(found.anomalies["severity"]) == {"error"}
    assert set(found.anomalies["external_id"]) == {"192639749"}


def test_what_is_no_ofx_is_refused(samples):
    found = sample(samples, "libofx_failing-ofx-file1.xml")
    assert isinstance(found, Refusal)
    assert found.code == "F04"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_anywhere_is_refused(samples, share):
    for path in sorted((samples / "ofx").glob("*fx")):
        data = path.read_bytes()
        found = read_ofx(data[: int(data.rindex(b"</OFX>") * share)], path.name)
        assert isinstance(found, Refusal), path.name
        assert found.code in {"F04", "F07"}
        assert "télécharg" in found.message.lower() or found.code == "F04"


def test_a_file_cut_at_any_byte_is_refused_never_read_in_part():
    data = broker(
        traded("BUYSTOCK", "INVBUY", "<UNITS>10<UNITPRICE>20<TOTAL>-200"),
        positions="<INVPOSLIST></INVPOSLIST>",
        balance="<INVBAL><AVAILCASH>10</INVBAL>",
    )
    for length in range(len(data)):
        assert isinstance(read_ofx(data[:length], "x.ofx"), Refusal), length
    assert isinstance(read_ofx(data, "x.ofx"), Statement)


def test_a_card_beside_a_bank_account_is_told_and_left_out():
    card = "<CREDITCARDMSGSRSV1><CCSTMTRS><STMTTRN><TRNAMT>-5</STMTTRN></CCSTMTRS></CREDITCARDMSGSRSV1>"
    found = read(
        bank("<DTPOSTED>20260110<TRNAMT>1<FITID>1").replace(b"</OFX>", f"{card}</OFX>".encode())
    )
    assert (found.movements.height, found.ignored) == (1, 1)
    assert rows(found.anomalies, "code", "severity") == [("A-CARTE", "warning")]


# ── built by hand ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "amount", "label", "kind"),
    [
        ("CREDIT", "10", "VIREMENT RECU", "deposit"),
        ("DEBIT", "-10", "CARTE", "withdrawal"),
        ("INT", "10", "", "interest"),
        ("DIV", "10", "", "dividend"),
        ("SRVCHG", "-10", "", "fee"),
        ("OTHER", "-10", "FRAIS DE TENUE DE COMPTE", "fee"),
        ("DEP", "10", "Intérêts annuels", "interest"),
        ("XFER", "-10", "INTEREST", "withdrawal"),
        ("", "-10", "", "withdrawal"),
    ],
)
def test_a_cash_movement_is_told_by_its_type_then_by_its_name(said, amount, label, kind):
    found = read(bank(f"<TRNTYPE>{said}<DTPOSTED>20260110<TRNAMT>{amount}<FITID>1<NAME>{label}"))
    assert rows(found.movements, "kind", "net") == [(kind, D(amount))]


def test_the_day_is_that_of_the_partner():
    found = read(bank("<DTPOSTED>20260131233000.000[-5:EST]<TRNAMT>1<FITID>1"))
    assert found.movements["trade_on"].to_list() == [date(2026, 1, 31)]


def test_an_empty_unclosed_field_swallows_nothing():
    found = read(bank("<TRNTYPE>DEBIT<DTPOSTED>20260110<MEMO>\n<NAME>Carte\n<TRNAMT>-5<FITID>1"))
    assert rows(found.movements, "label", "net") == [("Carte", D(-5))]


def test_an_account_without_number_is_told():
    found = read_ofx(bank("<DTPOSTED>20260110<TRNAMT>1", account=""), "x.ofx")
    assert isinstance(found, Refusal)


def test_a_reference_used_twice_identifies_nothing():
    found = read(
        bank(*["<DTPOSTED>20260110<TRNAMT>1<FITID>7"] * 2, "<DTPOSTED>20260110<TRNAMT>2<FITID>8")
    )
    assert found.movements["partner_ref"].to_list() == [None, None, "8"]


def test_a_correction_takes_the_reference_of_what_it_replaces():
    found = read(bank(
        "<DTPOSTED>20260110<TRNAMT>1<FITID>new<CORRECTFITID>old<CORRECTACTION>REPLACE",
        "<DTPOSTED>20260110<TRNAMT>1<FITID>x<CORRECTFITID>gone<CORRECTACTION>DELETE",
    ))  # fmt: skip
    assert found.movements["partner_ref"].to_list() == ["old"]
    assert rows(found.anomalies, "code", "raw") == [("A-ANNULATION", "gone")]


@pytest.mark.parametrize("text", ["abc", "1.2.3", "NaN", "Infinity", "1e40", "$120"])
def test_an_amount_that_is_none_leaves_its_row_out(text):
    found = read(
        bank(f"<DTPOSTED>20260110<TRNAMT>{text}<FITID>1", "<DTPOSTED>20260110<TRNAMT>2<FITID>2")
    )
    assert found.movements["net"].to_list() == [D(2)]
    assert found.anomalies["code"].to_list() == ["L01"]


def test_a_purchase_by_hand():
    found = read(
        broker(
            traded(
                "BUYSTOCK", "INVBUY", "<UNITS>10<UNITPRICE>20<COMMISSION>1.5<TAXES>0.6<TOTAL>-202.1"
            )
        )
    )
    assert rows(found.movements, "kind", "code", "code_type", "quantity", "price", "gross", "fees", "taxes", "net") == [
        ("buy", "XF0000000012", "isin", D(10), D(20), D(-200), D("1.5"), D("0.6"), D("-202.1"))
    ]  # fmt: skip


def test_a_sale_leaves_the_account_whatever_the_sign_of_its_units():
    for units in ("10", "-10"):
        found = read(broker(traded("SELLMF", "INVSELL", f"<UNITS>{units}<UNITPRICE>20<TOTAL>200")))
        assert rows(found.movements, "kind", "quantity", "net") == [("sell", D(-10), D(200))]


def test_income_reinvested_leaves_the_cash_as_it_was():
    fields = "<INCOMETYPE>DIV<TOTAL>-30<UNITS>1.5<UNITPRICE>20"
    text = traded("REINVEST", "X", fields).replace("<X>", "").replace("</X>", "")
    found = read(broker(text))
    assert rows(found.movements, "kind", "quantity", "net", "partner_ref") == [
        ("dividend", None, D(30), "r1"),
        ("buy", D("1.5"), D(-30), "r1/achat"),
    ]


def test_a_split_a_move_inside_and_an_unknown_transaction():
    split = "<SPLIT><INVTRAN><FITID>s<DTTRADE>20260110</INVTRAN><SECID><UNIQUEID>U<UNIQUEIDTYPE>X</SECID><OLDUNITS>10<NEWUNITS>30</SPLIT>"
    inside = "<JRNLFUND><INVTRAN><FITID>j<DTTRADE>20260110</INVTRAN><TOTAL>5</JRNLFUND>"
    strange = "<TELEPORT><INVTRAN><FITID>t<DTTRADE>20260110</INVTRAN><TOTAL>5</TELEPORT>"
    found = read(broker(split, inside, strange))
    assert rows(found.movements, "kind", "quantity") == [("corporate_action", D(20))]
    assert found.ignored == 1
    assert rows(found.anomalies, "code", "severity") == [("L02", "error")]


def test_a_price_in_another_currency_and_its_rate():
    fields = "<UNITS>1<UNITPRICE>8<TOTAL>-8<CURRENCY><CURRATE>0.8<CURSYM>USD</CURRENCY>"
    found = read(broker(traded("BUYSTOCK", "INVBUY", fields)))
    assert rows(found.movements, "currency", "fx_rate") == [("USD", D("1.25"))]


def test_a_bond_is_quoted_in_percent_and_a_short_position_is_negative():
    position = (
        "<INVPOSLIST>"
        "<POSDEBT><INVPOS><SECID><UNIQUEID>B<UNIQUEIDTYPE>CUSIP</SECID><POSTYPE>LONG<UNITS>1000<UNITPRICE>98.5<MKTVAL>985</INVPOS></POSDEBT>"
        "<POSSTOCK><INVPOS><SECID><UNIQUEID>S<UNIQUEIDTYPE>CUSIP</SECID><POSTYPE>SHORT<UNITS>10<UNITPRICE>5<MKTVAL>-50</INVPOS></POSSTOCK>"
        "</INVPOSLIST>"
    )
    found = read(broker(positions=position))
    assert rows(found.lines, "code", "quantity", "price_factor", "value") == [
        ("B", D(1000), D("0.01"), D(985)),
        ("S", D(-10), D(1), D(-50)),
    ]


def test_without_a_list_of_positions_nothing_says_what_is_held():
    found = read(broker(balance="<INVBAL><AVAILCASH>10<MARGINBALANCE>0<SHORTBALANCE>0</INVBAL>"))
    assert found.situations.is_empty()
    assert found.lines.is_empty()
    assert found.accounts["external_id"].to_list() == ["9"]


def test_each_row_keeps_its_cells_word_for_word():
    found = read(bank("<DTPOSTED>20260110<TRNAMT>+001,50<FITID>1"))
    assert rows(found.movements, "locator", "net") == [("STMTRS[1]/STMTTRN[1]", D("1.5"))]
    cells = dict(found.raw.iter_rows())
    assert '"TRNAMT":"+001,50"' in cells["STMTRS[1]/STMTTRN[1]"]
    assert set(found.movements["locator"]) | set(found.lines["locator"]) <= set(cells)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("<OFX></OFX>", "F01", "aucun relevé"),
        (
            "<OFX><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Signon invalid</STATUS></OFX>",
            "F04",
            "15500 Signon",
        ),
        ("<OFX><CCSTMTRS><CURDEF>EUR</CCSTMTRS></OFX>", "U01", "carte"),
        ("<html>Session expirée</html>", "F04", "pas un OFX"),
        ("", "F04", "pas un OFX"),
    ],
)
def test_a_file_without_statement_says_why(text, code, message):
    found = read_ofx(text.encode(), "x.ofx")
    assert isinstance(found, Refusal)
    assert (found.code, message in found.message) == (code, True), found


def test_a_very_deep_file_is_refused():
    found = ofx_tree(("<OFX>" + "<A>" * 500 + "</A></OFX>").encode())
    assert isinstance(found, Refusal)


def test_entities_are_never_expanded():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    found = read(bank("<DTPOSTED>20260110<TRNAMT>1<FITID>1<NAME>&b; &amp; Cie", head=bomb))
    assert found.movements["label"].to_list() == ["&b; & Cie"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_accents_survive_every_encoding(encoding):
    data = bank("<DTPOSTED>20260110<TRNAMT>1<FITID>1<NAME>Épargne d'été").decode().encode(encoding)
    assert read(data).movements["label"].to_list() == ["Épargne d'été"]


def test_reading_twice_gives_the_same(samples):
    for path in sorted((samples / "ofx").glob("*fx")):
        first, second = (read_ofx(path.read_bytes(), path.name) for _ in range(2))
        assert first.movements.equals(second.movements)
        assert first.lines.equals(second.lines)
