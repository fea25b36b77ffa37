"""A document as PDF: its texts are never markup, its bytes never vary, a reader can hear it."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pypdfium2
import pytest
from PIL import Image

from o2s_core.exports.pdf_file import ROOT, pdf
from o2s_core.kernel.errors import DataError

SPECIMEN = ROOT / "exports/typst/specimen.typ"
DAY = date(2026, 11, 24)
HOSTILE = (
    '#strong[x] $C$ *M&G* "q" <C> @a', "#read(\"/etc/passwd\")", "= Titre", "- point", "\\ #{", "// rien",
    "R-co Valor « C » œ É ’", "]] ) } #import \"@preview/x:1.0.0\"", "<svg onload=x>",
)  # fmt: skip


def content(**other):
    return {
        "house": {"name": "Cabinet d'essai", "colour": "#14505c", "footer": "ORIAS n° 07 001 234"},
        "title": "Relevé",
        "about": "Mme Essai",
        "note": "n.c.",
        "figures": [{"label": "Valeur", "value": "1\u202f234,56\u00a0€"}],
        "columns": [
            {"label": "Support", "width": 1, "right": False},
            {"label": "Valeur", "width": 0, "right": True},
        ],
        "rows": [{"kind": "line", "cells": ["Monde", "12,00\u00a0€"]}],
        "parts": [{"label": "Actions", "value": 3, "amount": "3 €", "share": "100 %"}],
        "centre": "3 €",
        "lines": [{"label": "Valeur", "values": [1, 2, 3]}],
        "marks": [{"at": 0, "label": "2025"}],
        "scale": [{"value": 0, "label": "0"}, {"value": 4, "label": "4"}],
        "bars": [{"label": "2025", "value": 0.1, "text": "+10 %"}],
    } | other


def words(data: bytes) -> str:
    """Every word of a PDF, in one line, without the marks at which a word may break."""
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data)]
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def test_a_text_is_shown_as_it_is_whatever_it_holds():
    rows = [{"kind": "line", "cells": [text, ""]} for text in HOSTILE]
    shown = words(pdf(SPECIMEN, content(rows=rows), DAY))
    assert not [text for text in HOSTILE if " ".join(text.split()) not in shown]


def test_the_same_data_and_day_are_the_same_bytes_from_any_thread():
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: pdf(SPECIMEN, content(), DAY), range(4)))
    assert len(set(made)) == 1
    assert pdf(SPECIMEN, content(), date(2026, 11, 25)) != made[0]


def test_a_document_is_tagged_in_french_titled_and_uses_its_own_fonts():
    made = pdf(SPECIMEN, content(), DAY)
    document = pypdfium2.PdfDocument(made)
    assert document.is_tagged()
    assert document.get_metadata_value("Title") == "Relevé — Mme Essai"
    assert document.get_metadata_value("CreationDate").startswith("D:20261124120000")
    assert b"pdfaid" in made
    assert b"pdfuaid" in made
    assert b"/Lang" in made
    assert "page 1 sur 1" in words(made)


def test_a_word_wider_than_its_column_breaks_and_unseen_marks_are_dropped():
    long = "Œ" * 300
    made = pdf(SPECIMEN, content(rows=[{"kind": "line", "cells": [long + "\x00\u202e", ""]}]), DAY)
    page = pypdfium2.PdfDocument(made)[0]
    text = page.get_textpage()
    right = max(text.get_charbox(n)[2] for n in range(text.count_chars()))
    assert right < page.get_width() - 40
    assert words(made).replace(" ", "").count("Œ") == 300


def test_the_logo_takes_the_place_of_the_name():
    drawn = io.BytesIO()
    Image.new("RGB", (300, 80), "#7a1f3d").save(drawn, "PNG")
    made = pdf(SPECIMEN, content(), DAY, pictures={"logo": drawn.getvalue()})
    assert "Cabinet d'essai" not in words(made)
    seen = pypdfium2.PdfDocument(made)[0].render().to_pil()
    assert (122, 31, 61) in {colour for _, colour in seen.getcolors(1_000_000)}


def test_a_model_without_what_it_shows_says_so():
    with pytest.raises(DataError, match="mis en page"):
        pdf(SPECIMEN, {"house": content()["house"]}, DAY)
