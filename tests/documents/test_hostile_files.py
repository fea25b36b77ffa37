"""Odd and hostile files: refused or flagged, whatever they are called (S-072)."""

import pytest

from o2s_core import documents
from o2s_core.documents import DocumentForm
from o2s_core.kernel.errors import InvalidInputError
from tests.kit import papers

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(scope="module")
def pdf():
    return papers.pdf("Relevé de situation")


def test_a_protected_pdf_is_kept_and_said(firm, pdf):
    found = documents.examine(firm.alice, "relevé.pdf", papers.protected(pdf))
    assert not found.refused
    assert "mot de passe" in found.warnings[0]


def test_a_pdf_that_runs_a_program_or_carries_files_is_flagged(pdf):
    found = documents.read_document(papers.with_script(pdf), "application/pdf")
    assert {"javascript", "attached"} <= set(found.flags)
    assert documents.read_document(pdf, "application/pdf").flags == ()


def test_a_broken_pdf_is_said_unreadable():
    found = documents.read_document(b"%PDF-1.4\nxref trailer %%EOF", "application/pdf")
    assert found == documents.Reading("", ("unreadable",))


def test_a_reading_that_lasts_is_stopped(pdf):
    assert "secondes" in documents.read_document(pdf, "application/pdf", seconds=0.0).refused


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Temp\\relevé.pdf", "relevé.pdf"),
        ("fac\u202efdp.exe.pdf", "facfdp.exe.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("e" * 300 + ".pdf", "e" * 116 + ".pdf"),
        ("..", "document"),
    ],
)
def test_a_name_is_never_a_path_nor_a_disguise(name, expected):
    assert documents.clean_name(name) == expected


@pytest.mark.parametrize(
    ("story", "name", "data", "why"),
    [
        ("a bomb", "bombe.docx", papers.docx("a" * 30_000_000), "démesuré"),
        ("an archive with no end", "coupé.docx", papers.docx("a")[:-30], "abîmé"),
        ("a huge image", "plan.png", papers.png(30_000, 6_000), "image"),
        ("a page", "page.html", b"<html>", "type de fichier"),
        ("a drawing with a script", "logo.svg", b"<svg onload='x'/>", "type de fichier"),
        ("a picture that is also a PDF", "photo.pdf", b"GIF89a%PDF-1.4", "type de fichier"),
        ("nothing", "vide.pdf", b"", "vide"),
    ],
)
def test_what_would_do_harm_is_refused_in_words(firm, story, name, data, why):
    assert why in documents.examine(firm.alice, name, data).refused
    with pytest.raises(InvalidInputError, match=why):
        documents.add_document(
            firm.operator, DocumentForm(1, "Essai", name, owner_kind="firm"), data
        )


def test_an_entity_reaches_no_file_of_the_machine():
    entity = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    found = documents.read_document(papers.docx("&x;", entity=entity), DOCX)
    assert "root" not in found.text
