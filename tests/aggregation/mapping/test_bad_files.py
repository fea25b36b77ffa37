"""Bad files: no crash, the right code, a French message that says what to do.

The numbers are those of the list of bad inputs of the aggregation specification.
"""

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from o2s_core.aggregation.mapping import detect, shipped
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.aggregation.readers.xlsx import read_xlsx
from o2s_core.aggregation.statement import Refusal
from tests.aggregation.mapping.builders import (
    HEADER,
    MOVEMENTS,
    anomalies,
    codes,
    file,
    line,
    read,
    refused,
    spec,
    workbook,
)

LOGIN = (
    b"<!DOCTYPE html><html><body><form>Mot de passe <input type='password'></form></body></html>"
)


@pytest.mark.parametrize(
    ("story", "data", "code", "says"),
    [
        ("1 empty", b"", "F01", "vide"),
        ("1 only blank lines", b"\r\n \r\n", "F01", "vide"),
        ("2 header only", file(), "F01", "aucune donnée"),
        ("7 NUL bytes", file(line()).replace(b"Fonds", b"Fo\x00ds"), "F04", "binaires"),
        ("7 binary", bytes(range(256)) * 20, "F04", "binaires"),
        ("7 PDF renamed", b"%PDF-1.7\n%\xe2\xe3", "F04", "un PDF"),
        ("8 web page", b"<html><body>Erreur 500</body></html>", "F04", "page web"),
        ("75 login page", LOGIN, "F04", "page de connexion"),
        ("75 error JSON", b'{"error": "unauthorized"}', "F04", "JSON"),
        ("XML", b"<?xml version='1.0'?><a/>", "F04", "XML"),
        ("no header at all", b"un;deux\n1;2\n", "F02", "en-t\u00eates"),
        ("11 column renamed", file(line()).replace(b";Valorisation;", b";Evaluation;"), "F03", "Valorisation"),
        ("19 unclosed quote", file(line(), line(label='"Fonds')), "F07", "guillemet ouvert"),
        ("19 unclosed quote at the start", file(line(label='"Fonds'), *[line()] * 60), "F07", "ligne 2"),
        ("39 last line cut", file(line(), line())[:-25], "F07", "tronqué"),
        ("42 10 MB on one line", file(line(label="a" * 10_000_000)), "F07", "1 Mo"),
        ("2 million columns", b";".join([b"c"] * 2_000_000) + b"\n", "F02", "en-t\u00eates"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(story, data, code, says):
    refusal = refused(data)
    assert refusal.code == code, (story, refusal)
    assert says in refusal.message, (story, refusal.message)


def test_7_a_workbook_named_csv_is_said_to_be_one():
    refusal = refused(workbook(["a"]), spec(MOVEMENTS))
    assert (refusal.code, "classeur Excel" in refusal.message) == ("F04", True)


def test_too_many_columns_are_refused():
    wide = HEADER + ";" + ";".join(f"c{i}" for i in range(600))
    assert refused(file(line(), header=wide)).code == "F04"


@pytest.mark.parametrize(
    ("story", "data"),
    [
        ("3 BOM", "\ufeff".encode() + file(line())),
        ("4 cp1252", file(line()).decode().encode("cp1252")),
        ("5 UTF-16 with a mark", file(line()).decode().encode("utf-16")),
        ("5 UTF-16 without", file(line()).decode().encode("utf-16-le")),
        ("9 comma", file(line(quantity="10", price='"100,00"', value='"1000,00"')).replace(b";", b",")),
        ("9 tab", file(line()).replace(b";", b"\t")),
        ("18 CRLF", file(line(), end="\r\n")),
        ("18 CR", file(line(), end="\r")),
        ("18 no end of line", file(line()).rstrip(b"\n")),
        ("14 preamble of nine lines", b"Releve\n" + b"\n" * 8 + file(line())),
        ("blank rows between", file("", line(), ";;;", "")),
    ],
)  # fmt: skip
def test_the_same_facts_however_the_file_is_written(story, data):
    said = read(data)
    assert said.errors == 0, (story, anomalies(said))
    assert said.lines.select("code", "quantity", "value", "label").rows() == [
        ("FR0010135103", 10, 1000, "Fonds Patrimoine")
    ], story
    assert said.accounts["holder"].to_list() == ["MARTIN Anne"]


def test_6_mixed_encodings_are_read_line_by_line_and_said():
    data = file(line(holder="LÉGER Zoé")) + line("A2", holder="NOËL Éric").encode("cp1252") + b"\n"
    said = read(data)
    assert said.accounts["holder"].to_list() == ["LÉGER Zoé", "NOËL Éric"]
    assert said.anomalies.select("code", "severity").rows() == [("F04", "warning")]


def test_10_columns_reordered_and_12_a_new_column():
    names = HEADER.split(";")
    values = line().split(";")
    order = [7, 2, 0, 9, 5, 1, 3, 4, 6, 8]
    header = ";".join([*(names[i] for i in order), "Nouveauté"])
    row = ";".join([*(values[i] for i in order), "x"])
    assert (
        read(file(row, header=header))
        .lines.drop("locator")
        .equals(read(file(line())).lines.drop("locator"))
    )


def test_13_duplicate_and_unnamed_columns_keep_their_cells():
    said = read(file(line() + ";un;deux;trois", header=HEADER + ";;Devise;"))
    assert said.lines["currency"].to_list() == ["EUR"], "the first of the two is read"
    assert said.raw["cells"][0].endswith('"#11":"un","Devise (2)":"deux","#13":"trois"}')


def test_15_a_footer_total_is_not_a_line_and_is_checked():
    good = read(file(line(), line(isin="FR0000120271"), "Total;;;;;;;2000,00"))
    assert (good.lines.height, codes(good)) == (2, [])
    wrong = read(file(line(), "Total;;;;;;;1500,00"))
    assert wrong.anomalies.select("code", "severity").rows() == [("F06", "fatal")]


def test_15_a_fund_whose_name_starts_like_the_footer_is_a_line():
    header = "Libellé;Contrat;ISIN;Quantité;Valorisation;Date"
    rows = [
        "TotalEnergies;A1;FR0000120271;10;500;31/12/2025",
        "Air;A1;FR0000120073;1;100;31/12/2025",
    ]
    assert read(file(*rows, header=header)).lines.height == 2


def test_16_short_and_long_rows_are_named_with_their_account():
    said = read(
        file(line(), "A2;DUPONT;FR0000120271;x", line("A3") + ";de;trop", *[line("A4")] * 4)
    )
    assert said.anomalies.select("external_id", "code", "locator").rows() == [
        ("A2", "L03", "ligne 3"),
        ("A3", "L03", "ligne 4"),
    ]
    assert said.lines["external_id"].to_list() == ["A1", *["A4"] * 4]
    assert (said.rows, said.mapped, said.errors) == (7, 5, 2)


def test_17_a_quoted_cell_may_run_over_lines():
    said = read(file(line(label='"Fonds\nPatrimoine; part A"'), line("A2")))
    assert said.lines["label"].to_list() == ["Fonds\nPatrimoine; part A", "Fonds Patrimoine"]
    assert said.lines["locator"].to_list() == ["ligne 2", "ligne 4"]


def test_19_a_misplaced_quote_that_swallows_a_row_is_an_error_not_a_silence():
    said = read(file(line("A1", label='"Fonds'), line("A2", label='"Autre"'), *[line("A3")] * 8))
    assert ("L03", "ligne 2") in said.anomalies.select("code", "locator").rows()
    assert "A2" not in said.lines["external_id"].to_list()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2 000,00", 2000), ("2\u00a0000,00", 2000), ("2\u202f000,00", 2000), ("2\u2009000", 2000),
        ("1'234,50", Decimal("1234.5")), ("1.234.567,89", Decimal("1234567.89")),
        ("1.234,5", Decimal("1234.5")), ("(12,50)", Decimal("-12.5")), ("12,50-", Decimal("-12.5")),
        ("\u221212,50", Decimal("-12.5")), ("-12,50", Decimal("-12.5")), ("+12,50", Decimal("12.5")),
        (",5", Decimal("0.5")), ("12,", 12), ("0,00000001", Decimal("0.00000001")), ("-0", 0),
    ],
)  # fmt: skip
def test_20_22_numbers_as_people_write_them(written, value):
    assert read(file(line(value=written))).lines["value"].to_list() == [value]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1.234", "A-NUM-AMBIGU"), ("1e5", "L01"), ("NaN", "L01"), ("inf", "L01"), ("#N/A", "L01"),
        ("#REF!", "L01"), ("=1+1", "L01"), ("12O,50", "L01"), ("1,2,3", "L01"), ("--5", "L01"),
        ("12.50", "L01"), ("1 2 3,00", "L01"), ("12,50 €", "L01"), ("10 %", "L01"),
        ("93000000000,00", "L01"), ("9" * 60, "L01"), ("(5", "L01"),
    ],
)  # fmt: skip
def test_21_23_a_number_in_doubt_is_never_guessed(written, code):
    said = read(file(line(value=written), *[line("A2")] * 4))
    assert said.anomalies.select("external_id", "code", "locator", "field", "raw").rows() == [
        ("A1", code, "ligne 2", "value", written)
    ]
    assert written in said.anomalies["message"][0]
    assert said.lines["external_id"].to_list() == ["A2"] * 4
    assert "ligne 2" in said.raw["locator"].to_list(), "the row itself is kept"


def test_23_a_formula_in_a_label_stays_a_text():
    assert read(file(line(label="=cmd|' /C calc'!A0"))).lines["label"][0] == "=cmd|' /C calc'!A0"


def test_more_than_eight_decimals_is_a_warning_and_the_text_stays():
    said = read(file(line(quantity="33,333333333")))
    assert said.lines["quantity"].to_list() == [Decimal("33.33333333")]
    assert said.anomalies.select("code", "severity", "raw").rows() == [
        ("A-PRECISION", "warning", "33,333333333")
    ]
    assert said.errors == 0


def test_24_pence_become_pounds():
    said = read(file(line(price="496", value="4960", currency="GBX")))
    assert said.lines.select("price", "value", "currency").rows() == [
        (Decimal("4.96"), Decimal("49.6"), "GBP")
    ]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("30/02/2025", "n'est pas une date"), ("13/25/2025", "n'est pas une date"),
        ("00/00/0000", "n'est pas une date"), ("31/12/25", "deux chiffres"),
        ("46022", "numéro de jour"), ("2025-12-31", "n'est pas une date"), ("", "obligatoire"),
    ],
)  # fmt: skip
def test_25_a_date_that_is_not_one_is_an_error(written, says):
    said = read(file(line(on=written), *[line("A2")] * 5))
    assert said.anomalies.select("external_id", "code", "field", "raw").rows() == [
        ("A1", "L01", "as_of", written)
    ]
    assert says in said.anomalies["message"][0]


def test_25_a_month_first_file_in_a_day_first_feed_is_refused_whole():
    said = read(file(line(on="01/02/2025"), line("A2", on="02/25/2025")))
    assert codes(said) == ["L01", "L01", "F08"]
    assert "inversés" in said.anomalies["message"][0]
    assert said.lines.is_empty(), "even the rows that could be read are not trusted"


FILE_DAY = {"as_of": '{file: day, date: "%d-%m-%Y"}'}


def test_26_the_day_may_be_only_in_the_file_name():
    mapping = spec("file_name: 'positions-(?P<day>\\d\\d-\\d\\d-\\d{4})'\n" + spec_text(**FILE_DAY))
    said = read(file(line()), mapping, "positions-23-09-2026_17-50-30.csv")
    assert said.situations["as_of"].to_list() == [date(2026, 9, 23)]
    renamed = refused(file(line()), mapping, "mes positions.csv")
    assert (renamed.code, "nom du fichier" in renamed.message) == ("F03", True)
    given = read(file(line()), mapping, "mes positions.csv", given={"as_of": date(2026, 9, 23)})
    assert given.situations.drop("locator").equals(said.situations.drop("locator"))


def spec_text(**changes):
    from tests.aggregation.mapping.builders import POSITIONS

    lines = POSITIONS.strip().split("\n")
    return "\n".join(
        next((f"  {k}: {v}" for k, v in changes.items() if row.strip().startswith(f"{k}:")), row)
        for row in lines
    )


def test_29_one_more_blank_line_changes_no_fact():
    from tests.aggregation.mapping.builders import facts

    once, twice = file(line(), line("A2")), file(line(), "", line("A2"), "")
    assert facts(read(once)) == facts(read(twice))


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_40_a_truncated_workbook_is_refused(cut):
    whole = workbook(HEADER.split(";"), line().split(";"))
    result = read_xlsx(whole[: int(len(whole) * cut)], "positions.xlsx", spec())
    assert isinstance(result, Refusal)
    assert (result.code, "tronqué" in result.message) == ("F07", True)


def test_41_a_zip_bomb_is_not_opened():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50_000_000)
    result = read_xlsx(out.getvalue(), "bombe.xlsx", spec())
    assert isinstance(result, Refusal)
    assert "compressé" in result.message


def test_41_another_archive_is_not_a_workbook():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", b"bonjour")
    result = read_xlsx(out.getvalue(), "x.xlsx", spec())
    assert isinstance(result, Refusal)
    assert "pas un classeur" in result.message


def test_46_a_fonds_euros_has_no_isin():
    said = read(
        file(
            line(
                isin="",
                label="Fonds Euros Sécurité",
                nature="Fonds en euros",
                quantity="",
                price="",
            )
        )
    )
    assert said.lines.select("code", "code_type", "kind", "quantity", "value").rows() == [
        ("Fonds Euros Sécurité", "label", "fonds_euros", None, 1000)
    ]


def test_47_the_same_isin_twice_in_an_account_gives_two_lines():
    assert read(file(line(quantity="4"), line(quantity="6"))).lines["quantity"].to_list() == [4, 6]


def test_48_negative_positions_and_cash_are_kept():
    rows = [
        line(quantity="-5", value="-500"),
        line(isin="", label="Espèces", nature="Liquidités", quantity="", price="", value="-12,30"),
    ]
    said = read(file(*rows))
    assert said.lines.select("kind", "quantity", "value").rows() == [
        (None, -5, -500),
        ("cash", None, Decimal("-12.30")),
    ]


def test_49_a_quantity_of_zero_is_a_quantity():
    assert read(file(line(quantity="0", value="0"))).lines["quantity"].to_list() == [0]


def test_50_a_bond_in_per_cent_and_an_option_multiplier_have_a_factor():
    mapping = spec(
        spec_text() + '\n  price_factor: {column: Nature, table: [[oblig, "0.01"], [option, 100]], '
        'default: 1, number: {decimal: "."}}'
    )
    rows = [line(nature="Obligation", quantity="10000", price="98,50", value="9850"), line(nature="Option", quantity="1", price="5", value="500"), line()]  # fmt: skip
    said = read(file(*rows), mapping)
    assert said.lines["price_factor"].to_list() == [Decimal("0.01"), 100, 1]
    worth = said.lines.select(
        (said.lines["quantity"] * said.lines["price"] * said.lines["price_factor"]).alias("v")
    )
    assert worth["v"].to_list() == said.lines["value"].to_list()


def test_51_a_missing_currency_takes_the_default_and_an_odd_one_stays_verbatim():
    said = read(file(line(currency=""), line("A2", currency="XXX")))
    assert said.lines["currency"].to_list() == ["EUR", "XXX"]


@pytest.mark.parametrize("number", ["1,23457E+11", "1.23457E+11", "1,23457e11"])
def test_54_an_account_number_abridged_by_a_spreadsheet_is_an_error(number):
    said = read(file(line(number), *[line("A2")] * 4))
    assert said.anomalies.select("code", "field", "raw").rows() == [("L01", "account", number)]
    assert "tableur" in said.anomalies["message"][0]


def test_54_zeros_kept_by_a_formula_are_kept():
    assert read(file(line('="00123"'), line("'00456"))).accounts["external_id"].to_list() == [
        "00123",
        "00456",
    ]


def test_65_one_bad_row_in_many_leaves_the_others():
    rows = [line(f"A{i}") for i in range(1000)]
    rows[500] = line("A500", value="douze")
    said = read(file(*rows))
    assert (said.mapped, said.errors, codes(said)) == (999, 1, ["L01"])
    assert said.anomalies["external_id"].to_list() == ["A500"]


@pytest.mark.parametrize(("bad", "fatal"), [(30, False), (31, True)])
def test_66_beyond_thirty_per_cent_of_bad_rows_all_is_refused(bad, fatal):
    said = read(file(*[line(value="?")] * bad, *[line("A2")] * (100 - bad)))
    assert (said.anomalies["code"].to_list()[-1] == "F08") == fatal
    assert ("fatal" in said.anomalies["severity"].to_list()) == fatal


@pytest.mark.parametrize(
    "name",
    ["relevé à l'été 2025.csv", "a" * 251 + ".csv", "deux\nlignes.csv", "../../etc/passwd", ""],
)
def test_72_the_file_name_changes_nothing(name):
    assert read(file(line()), name=name).lines.height == 1


def test_5_another_export_of_the_partner_is_named():
    operations = (
        b"dateOp;dateVal;label;category;categoryParent;supplierFound;amount;accountNum;accountLabel;"
        b"accountBalance\n2026-01-02;2026-01-02;VIR;x;y;z;-10,00;123;Compte;100\n"
    )
    positions = next(s for s in shipped() if s.code == "boursobank_positions")
    refusal = refused(operations, positions, "export-operations.csv")
    assert refusal.code == "F05"
    assert "opérations bancaires" in refusal.message
    assert "positions" in refusal.message
    alone = read_csv(operations, "export-operations.csv")
    assert isinstance(alone, Refusal)
    assert alone.code == "F05"


def test_an_unknown_flat_file_says_where_to_map_it():
    result = read_csv(b"a;b\n1;2\n", "x.csv")
    assert isinstance(result, Refusal)
    assert (result.code, "Correspondances" in result.message) == ("F02", True)
    assert detect(b"a;b\n1;2\n", "x.csv", shipped()) == ()


def test_a_movement_of_unknown_kind_is_an_error_and_a_cancelled_row_is_ignored():
    header = "Compte;Date;Type;Libellé;ISIN;Quantité;Montant"
    rows = ["C1;02/01/2025;Achat;F;FR0010135103;10;1000", "C1;02/01/2025;Magie;F;;;5", "C1;02/01/2025;ANNUL. achat;F;;x;y", *["C1;03/01/2025;Versement;V;;;50"] * 3]  # fmt: skip
    said = read(file(*rows, header=header), spec(MOVEMENTS))
    assert anomalies(said) == [("L02", "ligne 3", "kind", "Magie")]
    assert (said.rows, said.mapped, said.ignored, said.errors) == (6, 4, 1, 1)
    assert said.movements.select("kind", "quantity", "net").rows()[:2] == [
        ("buy", 10, -1000),
        ("deposit", None, 50),
    ]
