"""Workbooks: typed cells, merged cells, error cells, the right sheet."""

from datetime import date
from decimal import Decimal

from o2s_core.aggregation.mapping import detect, explain, guess
from o2s_core.aggregation.readers.xlsx import read_xlsx
from o2s_core.aggregation.statement import Refusal, Statement
from tests.aggregation.mapping.builders import (
    HEADER,
    anomalies,
    facts,
    file,
    line,
    read,
    spec,
    workbook,
)

NAMES = HEADER.split(";")
DAY = date(2025, 12, 31)


def row(account="A1", quantity=10, price=100, value=1000, label="Fonds Patrimoine", day=DAY):
    return [account, "MARTIN Anne", "FR0010135103", label, "", quantity, price, value, "EUR", day]


def said(data, mapping=None) -> Statement:
    result = read_xlsx(data, "positions.xlsx", mapping or spec())
    assert isinstance(result, Statement), result
    return result


def test_a_workbook_tells_what_the_same_csv_tells():
    assert facts(said(workbook(NAMES, row()))) == facts(read(file(line())))


def test_locators_name_the_sheet_and_its_row():
    found = said(workbook(["Relevé"], [], NAMES, row(), row("A2")))
    assert found.lines["locator"].to_list() == ["Positions!4", "Positions!5"]
    assert set(found.raw["locator"]) == {"Positions!4", "Positions!5"}


def test_number_cells_are_exact_whatever_the_decimal_mark_of_the_mapping():
    found = said(workbook(NAMES, row(quantity=0.1 + 0.2, price=3900.987654, value=1e-7)))
    assert found.lines.select("quantity", "price", "value").rows() == [
        (Decimal("0.3"), Decimal("3900.987654"), Decimal("0.0000001"))
    ]
    assert anomalies(found) == []


def test_a_number_without_end_is_rounded_and_said():
    assert [a[0] for a in anomalies(said(workbook(NAMES, row(price=100 / 3))))] == ["A-PRECISION"]


def test_text_cells_follow_the_mapping():
    assert said(workbook(NAMES, row(value="1 000,50"))).lines["value"].to_list() == [
        Decimal("1000.5")
    ]


def test_day_cells_are_days_and_text_days_too():
    assert said(workbook(NAMES, row(), row(day="30/12/2025"))).lines["as_of"].to_list() == [
        date(2025, 12, 31), date(2025, 12, 30),
    ]  # fmt: skip


def test_an_excel_serial_that_is_not_a_day_cell_is_an_error():
    found = said(workbook(NAMES, row(day=46022), *[row("A2")] * 5))
    assert anomalies(found) == [("L01", "Positions!2", "as_of", "46022")]


def test_error_cells_are_errors_with_their_place():
    found = said(workbook(["x"], NAMES, row(value="=NA()"), *[row("A2")] * 4))
    assert anomalies(found) == [("L01", "Positions!3", "value", "#N/A")]
    assert found.anomalies["external_id"].to_list() == ["A1"]
    assert "formule" in found.anomalies["message"][0]


def test_a_merged_account_covers_its_rows():
    data = workbook(NAMES, row(), row(""), row(""), merge={"A2:A4": "A1"})
    assert said(data).lines["external_id"].to_list() == ["A1"] * 3


def test_merged_cells_may_be_left_alone():
    text_spec = spec().model_copy(
        update={"reading": spec().reading.model_copy(update={"merged_cells": "ignore"})}
    )
    data = workbook(NAMES, row(), row(""), merge={"A2:A3": "A1"})
    assert said(data, text_spec).errors == 1


def test_a_long_account_number_keeps_its_digits():
    assert said(workbook(NAMES, row(123457890123))).accounts["external_id"].to_list() == [
        "123457890123"
    ]


def test_a_missing_sheet_is_named():
    mapping = spec().model_copy(
        update={"reading": spec().reading.model_copy(update={"sheet": "^Avoirs$"})}
    )
    result = read_xlsx(workbook(NAMES, row()), "x.xlsx", mapping)
    assert isinstance(result, Refusal)
    assert "Positions" in result.message


def test_a_workbook_is_detected_guessed_and_previewed():
    data = workbook(["Assureur"], NAMES, row())
    assert [c.spec.code for c in detect(data, "x.xlsx", [spec()])] == ["assureur_test"]
    draft = guess(data, "Avoirs clients 2025.xlsx")
    assert not isinstance(draft, Refusal)
    assert draft.spec is not None, draft.problems
    assert explain(data, "Avoirs clients 2025.xlsx", draft.spec).mapped == 1


def test_an_unknown_workbook_is_refused():
    result = read_xlsx(workbook(["a", "b"], [1, 2]), "x.xlsx")
    assert isinstance(result, Refusal)
    assert result.code == "F02"


def test_an_empty_workbook_and_a_damaged_one_are_refused():
    for data in (b"", b"\xd0\xcf\x11\xe0" + b"x" * 600):
        result = read_xlsx(data, "x.xlsx", spec())
        assert isinstance(result, Refusal)
