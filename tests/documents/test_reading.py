"""What each kind of file says, read apart (S-072)."""

import pytest

from o2s_core import documents
from tests.kit import papers

OFFICE = "application/vnd.openxmlformats-officedocument."
MAIL = (
    b"From: Banque <releves@banque.fr>\r\nTo: conseil@exemple.fr\r\nSubject: Votre arbitrage\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Il est <b>ex\xc3\xa9cut\xc3\xa9</b>.</p>"
)


@pytest.mark.parametrize(
    ("media", "data", "said"),
    [
        ("application/pdf", papers.pdf("Imprimé fiscal unique"), ["Imprimé fiscal unique"]),
        (f"{OFFICE}wordprocessingml.document", papers.docx("Clause", header="Cabinet Lys"), ["Clause", "Cabinet Lys"]),
        (f"{OFFICE}spreadsheetml.sheet", papers.xlsx(("Contrat", 71234567), ("Valeur", 1.5)), ["Relevé", "71234567", "1.5"]),
        ("message/rfc822", MAIL, ["Votre arbitrage", "releves@banque.fr", "exécuté"]),
        ("text/csv", "Libellé;Été".encode("cp1252"), ["Été"]),
    ],
)  # fmt: skip
def test_the_words_of_a_file_are_read(media, data, said):
    found = documents.read_document(data, media)
    assert all(word in found.text for word in said), found


def test_an_image_has_no_text_and_says_so():
    assert documents.read_document(papers.png(), "image/png").flags == ("scanned",)
