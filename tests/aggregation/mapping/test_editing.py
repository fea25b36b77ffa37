"""A mapping is edited as a table: what is not touched stays whole."""

import polars as pl
import pytest
import yaml

from o2s_core.aggregation.mapping import load, shipped_texts, write
from o2s_core.aggregation.mapping.editing import (
    field_rows,
    kind_of,
    kind_rows,
    said,
    with_field_rows,
    with_kind_rows,
)
from o2s_core.aggregation.mapping.loading import document
from tests.aggregation.mapping.builders import HEADER, MOVEMENTS, POSITIONS

COLUMNS = HEADER.split(";")


def change(rows: pl.DataFrame, field: str, **values) -> pl.DataFrame:
    here = pl.col("field") == field
    return rows.with_columns(
        pl.when(here).then(pl.lit(v)).otherwise(pl.col(k)).alias(k) for k, v in values.items()
    )


@pytest.mark.parametrize("code", [c for c, t in shipped_texts().items() if "refusal" not in t])
def test_a_mapping_opened_and_left_alone_is_unchanged(code):
    opened = document(shipped_texts()[code])
    columns = [n for r in opened["fields"].values() for n in _names(r)]
    assert with_field_rows(opened, columns, field_rows(opened, columns)) == opened
    assert load(write(opened)) == load(shipped_texts()[code])


def _names(rule):
    named = rule.get("column", [])
    return [named] if isinstance(named, str) else named


def test_rows_show_the_column_the_format_and_the_rule():
    rows = {r["field"]: r for r in field_rows(document(POSITIONS), COLUMNS).iter_rows(named=True)}
    assert (rows["account"]["label"], rows["account"]["column"]) == ("N° de compte", "Contrat")
    assert (rows["as_of"]["column"], rows["as_of"]["written"]) == ("Date", "31/12/2025")
    assert (rows["value"]["column"], rows["value"]["written"]) == ("Valorisation", "1 234,56")
    assert rows["instrument_kind"]["rule"] == "table sur Nature"
    assert rows["unit_cost"]["column"] == ""


def test_a_field_takes_another_column_a_format_or_a_fixed_value():
    opened = document(POSITIONS)
    rows = field_rows(opened, COLUMNS)
    rows = change(rows, "price", column="PRU", written="1,234.56")
    rows = change(rows, "unit_cost", column="PRU", written="1 234,56")
    rows = change(rows, "currency", column="", fixed="CHF")
    rows = change(rows, "label", column="")
    fields = with_field_rows(opened, COLUMNS, rows)["fields"]
    assert fields["price"] == {"column": "PRU", "number": {"decimal": "."}}
    assert fields["unit_cost"] == {"column": "PRU", "number": {"decimal": ","}}
    assert fields["currency"] == {"constant": "CHF"}
    assert "label" not in fields
    assert fields["instrument_kind"] == opened["fields"]["instrument_kind"]


def test_a_day_takes_its_format_and_an_amount_its_sign():
    opened = document(MOVEMENTS)
    columns = ["Compte", "Date", "Valeur", "Type", "Libellé", "ISIN", "Quantité", "Montant"]
    rows = change(field_rows(opened, columns), "value_on", column="Valeur", written="2025-12-31")
    rows = change(rows, "net", sign=False)
    fields = with_field_rows(opened, columns, rows)["fields"]
    assert fields["value_on"] == {"column": "Valeur", "date": "%Y-%m-%d"}
    assert fields["net"] == {"column": "Montant", "number": {"decimal": ","}}


def test_a_format_that_the_grid_does_not_offer_is_kept():
    opened = document(shipped_texts()["swissquote"])
    columns = ["Date", "Jour", "Costs", "Frais", "Net Amount"]
    rows = change(field_rows(opened, columns), "trade_on", column="Jour")
    rows = change(rows, "fees", column="Frais")
    fields = with_field_rows(opened, columns, rows)["fields"]
    assert fields["trade_on"] == {"column": "Jour", "date": "%d-%m-%Y %H:%M:%S"}
    assert fields["fees"] == {"column": "Frais", "number": {"decimal": "."}}


def test_kinds_are_those_of_the_table_then_the_likely_ones():
    wordings = pl.DataFrame({"wording": ["Achat comptant", "Rachat", "???"], "rows": [3, 2, 1]})
    rows = kind_rows(document(MOVEMENTS), wordings)
    assert rows["kind"].to_list() == ["buy", "withdrawal", "ERROR"]


def test_a_kind_that_is_chosen_comes_before_the_table():
    opened = document(MOVEMENTS)
    edited = pl.DataFrame(
        {
            "wording": ["Achat comptant", "Achat (frais)", "Prime [1]"],
            "kind": ["buy", "fee", "deposit"],
        }
    )
    changed = with_kind_rows(opened, edited)
    table = changed["fields"]["kind"]["table"]
    assert len(table) == len(opened["fields"]["kind"]["table"]) + 2, (
        "what was right is not repeated"
    )
    for wording, kind in edited.rows():
        assert kind_of(changed, wording) == kind
    assert not isinstance(load(write(changed)), list)


def test_a_rule_is_described_in_french():
    fields = yaml.safe_load(shipped_texts()["degiro"])["fields"]
    assert said(fields["net"]) == "colonne n° 9"
    assert said(fields["quantity"]).startswith("calcul if(")
    assert said(fields["label"]) == "première remplie Product, Produit"
