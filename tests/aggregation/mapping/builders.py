"""Small files written in a line, and the mappings that read them."""

import io

import polars as pl
import xlsxwriter

from o2s_core.aggregation.mapping import MappingSpec, load
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.aggregation.statement import Refusal, Statement

POSITIONS = """
version: 1
feed: assureur_test
label: Assureur d'essai
content: [positions, accounts]
completeness: full_snapshot
reading:
  type: flat
  separators: [";"]
  header: {required: [Contrat, ISIN, Quantité, Valorisation], max_before: 30}
  footer: {starts_with: [Total], controls: [{text: "Total;+([0-9, ]+)", equals: value}]}
fields:
  account: {column: Contrat}
  holder: {column: Souscripteur}
  as_of: {column: Date, date: "%d/%m/%Y"}
  isin: {column: ISIN}
  label: {column: Libellé}
  instrument_kind: {column: Nature, table: [[euro, fonds_euros], [liquid, cash]], default: ""}
  quantity: {column: Quantité, number: {decimal: ","}}
  price: {column: Cours, number: {decimal: ","}}
  value: {column: Valorisation, number: {decimal: ","}}
  currency: {column: Devise, default: EUR}
"""
HEADER = "Contrat;Souscripteur;ISIN;Libellé;Nature;Quantité;Cours;Valorisation;Devise;Date"
MOVEMENTS = """
version: 1
feed: mouvements_test
content: movements
reading: {header: {required: [Compte, Date, Type, Montant], max_before: 5}}
fields:
  account: {column: Compte}
  trade_on: {column: Date, date: "%d/%m/%Y"}
  kind: {column: Type, table: [["^achat", buy], ["^vente", sell], ["^versement", deposit], ["^annul", IGNORE]]}
  label: {column: Libellé}
  isin: {column: ISIN}
  quantity: {column: Quantité, number: {decimal: ","}, sign: by_kind}
  net: {column: Montant, number: {decimal: ","}, sign: by_kind}
  currency: {constant: EUR}
"""


def spec(text: str = POSITIONS, **changes: str) -> MappingSpec:
    """A mapping, with some of its lines replaced: `spec(as_of="{constant: 2025-12-31}")`."""
    for key, value in changes.items():
        lines = [
            f"  {key}: {value}" if line.strip().startswith(f"{key}:") else line
            for line in text.split("\n")
        ]
        text = "\n".join(lines)
    found = load(text)
    assert isinstance(found, MappingSpec), [str(p) for p in found]
    return found


def line(
    account="A1", isin="FR0010135103", quantity="10", price="100,00", value="1000,00", *,
    holder="MARTIN Anne", label="Fonds Patrimoine", nature="", currency="EUR", on="31/12/2025",
) -> str:  # fmt: skip
    cells = (account, holder, isin, label, nature, quantity, price, value, currency, on)
    return ";".join(cells)


def file(*lines: str, header: str = HEADER, end: str = "\n") -> bytes:
    return (end.join([header, *lines]) + end).encode()


def read(data: bytes, mapping: MappingSpec | None = None, name: str = "positions.csv", **more):
    """What the file says; the test fails if it is refused."""
    result = read_csv(data, name, mapping or spec(), **more)
    assert isinstance(result, Statement), result
    return result


def refused(data: bytes, mapping: MappingSpec | None = None, name="positions.csv", **more):
    result = read_csv(data, name, mapping or spec(), **more)
    assert isinstance(result, Refusal), result
    return result


def anomalies(statement: Statement) -> list[tuple[str, str, str, str]]:
    """(code, locator, field, raw) of every anomaly, in order."""
    return statement.anomalies.select("code", "locator", "field", "raw").rows()


def codes(statement: Statement) -> list[str]:
    return statement.anomalies["code"].to_list()


def facts(statement: Statement) -> tuple:
    """What a statement tells, without where it was read and in no order."""
    frames = (statement.accounts, statement.situations, statement.lines, statement.movements)
    return tuple(sorted(f.drop("locator").rows(), key=repr) for f in frames)


def workbook(*rows, sheet="Positions", merge=None) -> bytes:
    """An Excel workbook; a `(day, format)` cell is a day, `=NA()` an error."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell == "=NA()":
                    page.write_formula(r, c, "=NA()", None, "#N/A")
                elif hasattr(cell, "year"):
                    page.write_datetime(r, c, cell, day)
                else:
                    page.write(r, c, cell)
        for area, value in (merge or {}).items():
            page.merge_range(area, value)
    return out.getvalue()


def only(frame: pl.DataFrame, column: str):
    """The single value of a column."""
    (value,) = frame[column].to_list()
    return value
