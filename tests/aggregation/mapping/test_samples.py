"""Every real file of the samples is read as an independent count of its cells says."""

import csv
import io
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest

from o2s_core.aggregation.mapping import detect, shipped
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.aggregation.readers.xlsx import read_xlsx
from o2s_core.aggregation.statement import Refusal, Statement


def cells(path, separator=",", encoding="utf-8-sig", skip=0):
    """The rows of a file as plain dictionaries, by the standard library alone."""
    text = path.read_bytes().decode(encoding)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))[skip:]
    names = [name or f"#{i}" for i, name in enumerate(rows[0], start=1)]
    return [dict(zip(names, row, strict=False)) for row in rows[1:]]


def amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def read(path) -> Statement:
    result = read_csv(path.read_bytes(), path.name)
    assert isinstance(result, Statement), result
    return result


def sums(statement: Statement, column="net") -> dict[str, Decimal]:
    total = defaultdict(Decimal)
    for currency, value in statement.movements.select("currency", column).rows():
        total[currency] += value or 0
    return dict(total)


def kinds(statement: Statement) -> Counter:
    return Counter(statement.movements["kind"].to_list())


def test_each_file_is_recognised_by_the_mapping_of_its_partner(samples):
    expected = {
        "degiro-export.csv": "degiro", "directa-export.csv": "directa",
        "finpension-3a-export.csv": "finpension", "saxo-export.csv": "saxo",
        "swissquote-export.csv": "swissquote", "TransactionExport02.csv": "trade_republic",
        "TransactionExport05.csv": "trade_republic", "TransactionExport06.csv": "trade_republic",
        "gains_losses_test.xlsx": "gains_losses",
    }  # fmt: skip
    for path in sorted(samples.glob("*/*")):
        found = detect(path.read_bytes(), path.name, shipped())
        if path.name in expected:
            assert [c.spec.code for c in found] == [expected[path.name]]
            assert found[0].reasons
        else:
            assert found == (), path.name


def test_trade_republic_signs_fees_and_taxes(samples):
    for name in ("02", "05", "06"):
        path = samples / "csv_traderepublic" / f"TransactionExport{name}.csv"
        rows, said = cells(path), read(path)
        expected = sum(
            (amount(r[k]) for r in rows for k in ("amount", "fee", "tax") if r[k]), Decimal(0)
        )
        assert sums(said) == {"EUR": expected}
        assert (said.rows, said.mapped, said.ignored, said.errors) == (len(rows), len(rows), 0, 0)
        assert said.movements["partner_ref"].to_list() == [r["transaction_id"] for r in rows]
        assert said.stable_refs
    assert said.movements["kind"].to_list() == ["tax"]


def test_trade_republic_buys_enter_and_sales_leave(samples):
    said = read(samples / "csv_traderepublic" / "TransactionExport02.csv")
    shares = {
        (k, c): q for k, c, q in said.movements.select("kind", "code", "quantity").rows() if q
    }
    assert shares == {
        ("buy", "US0378331005"): Decimal("0.223214"),
        ("sell", "US0378331005"): Decimal("-0.223214"),
        ("buy", "BTC"): Decimal("0.000849"),
    }
    assert kinds(said) == {"buy": 2, "sell": 1, "deposit": 4, "withdrawal": 2}


def test_trade_republic_dividend_reversed_then_booked_again_keeps_the_three(samples):
    said = read(samples / "csv_traderepublic" / "TransactionExport05.csv")
    rows = said.movements.select("kind", "gross", "taxes", "net", "quantity").rows()
    assert rows == [
        ("dividend", Decimal("29.58"), Decimal("7.56"), Decimal("22.02"), None),
        ("dividend", Decimal("-29.58"), Decimal("-7.56"), Decimal("-22.02"), None),
        ("dividend", Decimal("29.58"), Decimal("7.80"), Decimal("21.78"), None),
    ]


def test_degiro_amounts_are_in_the_unnamed_column(samples):
    path = samples / "csv_broker" / "degiro-export.csv"
    said = read(path)
    rows = [r for r in cells(path) if r["Datum"]]
    internal = ("Overboeking", "Degiro Cash Sweep", "Reservation iDEAL", "Processed Flatex")
    kept = [r for r in rows if not r["Omschrijving"].startswith(internal)]
    expected = defaultdict(Decimal)
    for row in kept:
        expected[row["Mutatie"]] += amount(row["#9"])
    assert sums(said) == dict(expected)
    assert (said.rows, said.mapped, said.ignored) == (len(rows), len(kept), len(rows) - len(kept))
    assert said.errors == 0


def test_degiro_quantities_are_in_the_text_in_six_languages(samples):
    said = read(samples / "csv_broker" / "degiro-export.csv")
    buys = [q for k, q in said.movements.select("kind", "quantity").rows() if k == "buy"]
    sales = [q for k, q in said.movements.select("kind", "quantity").rows() if k == "sell"]
    assert sorted(buys) == [Decimal(n) for n in (1, 1, 1, 1, 1, 1, 6, 6, 30, 500)]
    assert sorted(sales) == [Decimal(-4), Decimal(-1), Decimal(-1)]
    changed = said.movements.filter(kind="corporate_action")
    assert changed["quantity"].to_list() == [500, -500, 999]


def test_degiro_pence_are_pounds(samples):
    said = read(samples / "csv_broker" / "degiro-export.csv")
    aviva = said.movements.filter(code="GB00BPQY8M80")
    assert aviva.select("price", "currency", "net").rows() == [
        (Decimal("4.96"), "GBP", Decimal("19.84"))
    ]


def test_degiro_order_number_broken_over_two_rows_is_joined(samples):
    said = read(samples / "csv_broker" / "degiro-export.csv")
    of_order = said.movements.filter(partner_ref="5925d76b-eb36-46e3-b017-a61a6d03c3e7")
    assert Counter(of_order["kind"].to_list()) == {"adjustment": 2, "fee": 1, "buy": 1}
    assert {"ligne 18", "ligne 19"} <= set(said.raw["locator"]), "each row is kept as it was"


def test_directa_reads_its_preamble_and_reports_its_two_bad_rows(samples):
    path = samples / "csv_broker" / "directa-export.csv"
    said = read(path)
    rows = cells(path, skip=9)
    good = [r for r in rows if r["Tipo operazione"] not in {"", "Pippo"}]
    assert sums(said) == {"EUR": sum((amount(r["Importo euro"]) for r in good), Decimal(0))}
    assert said.accounts.select("external_id", "holder").rows() == [("CONTO", "COGNOME NOME")]
    assert said.window == (date(2022, 1, 1), date(2025, 1, 1))
    assert (said.rows, said.mapped, said.errors) == (25, 23, 2)
    found = said.anomalies.select("code", "locator", "field").rows()
    assert found == [
        ("L02", "ligne 34", "kind"), ("L01", "ligne 34", "value_on"), ("L01", "ligne 35", "kind"),
    ]  # fmt: skip
    assert set(said.anomalies["external_id"]) == {"CONTO"}
    sale = said.movements.filter(kind="sell").row(0, named=True)
    assert (sale["quantity"], sale["net"]) == (-200, 666)


def test_finpension_balance_is_found_again(samples):
    path = samples / "csv_broker" / "finpension-3a-export.csv"
    said, rows = read(path), cells(path, ";")
    assert sums(said) == {"CHF": sum((amount(r["Cash Flow"]) for r in rows), Decimal(0))}
    assert kinds(said) == {
        "buy": 11, "sell": 4, "dividend": 7, "fee": 2, "interest": 1, "deposit": 1,
    }  # fmt: skip
    moved = sum((amount(r["Number of Shares"]) for r in rows if r["Number of Shares"]), Decimal(0))
    assert said.movements["quantity"].sum() == moved


def test_saxo_reads_both_decimal_marks_of_one_column(samples):
    path = samples / "csv_broker" / "saxo-export.csv"
    said, rows = read(path), cells(path)
    expected = defaultdict(Decimal)
    for row in rows:
        expected[row["Instrument currency"]] += amount(row["Amount"])
    assert sums(said) == dict(expected)
    assert kinds(said)["buy"] == sum(r["Event"].startswith(("Buy", "Koop")) for r in rows)
    assert said.movements.filter(kind="sell")["quantity"].to_list() == [-3]
    assert said.movements["quantity"].max() == 17
    assert Decimal("1.5") in said.movements["quantity"].to_list()
    assert said.movements["trade_on"].max() == date(2025, 4, 2)


def test_swissquote_net_gross_and_costs_agree(samples):
    path = samples / "csv_broker" / "swissquote-export.csv"
    said, rows = read(path), cells(path, ";")
    expected = defaultdict(Decimal)
    for row in rows:
        expected[row["Currency"]] += amount(row["Net Amount"])
    assert sums(said) == dict(expected)
    for kind, quantity, price, gross in said.movements.select(
        "kind", "quantity", "price", "gross"
    ).rows():
        if kind in {"buy", "sell"}:
            assert abs(gross + quantity * price) < Decimal("0.02")
    dividends = said.movements.filter(kind="dividend")
    assert dividends["quantity"].null_count() == 3
    assert said.movements["partner_ref"].null_count() == 7


def test_the_gains_report_is_recognised_and_refused_with_its_reason(samples):
    path = samples / "xlsx_broker" / "gains_losses_test.xlsx"
    result = read_xlsx(path.read_bytes(), path.name)
    assert isinstance(result, Refusal)
    assert result.code == "F05"
    assert "plus-values réalisées" in result.message


@pytest.mark.parametrize("name", ["degiro-export.csv", "directa-export.csv", "saxo-export.csv"])
def test_every_row_keeps_its_cells_verbatim(samples, name):
    import orjson

    path = samples / "csv_broker" / name
    said = read(path)
    raw = {locator: orjson.loads(text) for locator, text in said.raw.rows()}
    lines = {
        f"ligne {n}": line for n, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1)
    }
    for locator in said.movements["locator"]:
        assert all(cell in lines[locator] for cell in raw[locator].values() if "- " not in cell)
