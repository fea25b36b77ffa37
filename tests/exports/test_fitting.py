"""A printed table is measured before its page: what holds on a line is never cut, nor wrapped."""

from datetime import date

import pypdfium2
import pytest

from o2s_core.exports import PAGE, fitted, pdf
from o2s_core.exports.fonts import width_of
from tests.exports.test_pdf_file import SPECIMEN, content

DAY = date(2026, 11, 24)
COLUMNS = (
    {"label": "Support", "width": 1, "right": False},
    {"label": "Valeur", "width": 0, "right": True},
)


def line(*cells, kind="line"):
    return {"kind": kind, "cells": list(cells)}


def test_a_digit_and_an_accented_capital_are_as_wide_as_the_font_says():
    # Source Sans: a digit is 0.497 em, in semibold 0.513 em; a point is 25.4 / 72 mm.
    assert width_of("12 345", 10) == pytest.approx((5 * 4.97 + 2.0) * 25.4 / 72, rel=0.01)
    assert width_of("7", 10, bold=True) == pytest.approx(5.13 * 25.4 / 72)
    assert width_of("一", 10) == pytest.approx(10 * 25.4 / 72)


def test_columns_of_figures_take_what_they_need_and_words_the_rest():
    made = fitted(COLUMNS, [line("Monde", "12,00 €"), line("Total", "1 234,00 €", kind="total")])
    words, figures = (column["mm"] for column in made["columns"])
    assert words + figures == pytest.approx(PAGE)
    assert figures == pytest.approx(width_of("1 234,00 €", 8.1, bold=True) + 3.3)


def test_a_row_is_given_its_height_unless_a_text_may_need_a_second_line():
    rows = [
        line("Monde", "1 €"),
        line({"text": "Monde", "small": "ISIN"}, ""),
        line("mot " * 80, ""),
    ]
    heading, one, two, wrapped = fitted(COLUMNS, rows)["heights"]
    assert heading < one < two
    assert wrapped is None


def test_figures_too_wide_for_the_page_are_left_to_the_engine():
    made = fitted(COLUMNS, [line("Monde", "9" * 200)])
    assert made["heights"] == []
    assert all("mm" not in column for column in made["columns"])


def test_what_was_measured_is_printed_whole_each_text_on_its_line():
    labels = ["WWWWWWW Œuvre É", "Atlas Obligations Euro A", "ÀÉÈÇ mmmm", "AVAVAV To Ty"]
    rows = [line(label, f"−{n}1 234 567,89 €") for n, label in enumerate(labels)]
    table = fitted(COLUMNS, rows, width=66)
    made = pypdfium2.PdfDocument(pdf(SPECIMEN, content(**table), DAY))
    shown = made[0].get_textpage().get_text_bounded().replace("\xa0", " ")
    assert not [label for label in labels if label not in shown]
    assert "−31 234 567,89 €" in shown


def test_a_table_has_no_upright_line():
    table = fitted(COLUMNS, [line("Monde", f"{n} €") for n in range(9)])
    drawn = pypdfium2.PdfDocument(pdf(SPECIMEN, content(**table), DAY))[0].render(scale=2)
    pixels = drawn.to_pil().convert("L")
    black = [
        sum(pixels.getpixel((x, y)) < 20 for y in range(0, pixels.height, 2))
        for x in range(0, pixels.width, 1)
    ]
    assert max(black) < 60
