"""A PDF is read to the same values as its text; one without text, or protected, is refused."""

import pytest

from o2s_core import aggregation
from o2s_core.aggregation.readers.notices.confirmations import read_confirmation
from o2s_core.aggregation.readers.notices.pdf import read_pdf
from o2s_core.aggregation.statement import Refusal
from tests import kit
from tests.aggregation.readers.notices.test_confirmations import FORTUNEO, texts
from tests.kit.pdfs import pdf_of, scanned


@pytest.mark.parametrize("columns", [False, True])
def test_each_confirmation_is_read_in_its_pdf_as_in_its_text(samples, columns):
    count = 0
    for path, _, _ in texts(samples):
        text = path.read_text()
        said, found = (
            read_confirmation(text.encode(), "avis.txt"),
            read_pdf(pdf_of(text, columns=columns), "avis.pdf"),
        )
        assert not isinstance(found, Refusal), path.name
        names = [name for name in said.movements.columns if name not in {"label", "locator"}]
        assert found.movements.select(names).equals(said.movements.select(names)), path.name
        assert found.accounts["external_id"].to_list() == said.accounts["external_id"].to_list()
        count += 1
    assert count == 12


def test_an_operation_that_goes_on_over_the_page_is_read_whole():
    first, second = FORTUNEO.split("Montant Brut")
    found = read_pdf(pdf_of(first, f"Montant Brut{second}"), "avis.pdf")
    (row,) = found.movements.rows(named=True)
    assert (row["code"], row["net"]) == ("XF0000000012", 14590)


def test_an_operation_says_on_which_page_it_stands():
    found = read_pdf(pdf_of("Bonjour", FORTUNEO), "avis.pdf")
    assert found.movements["locator"].to_list() == ["page 2, ligne 3"]


def test_a_pdf_that_comes_in_becomes_a_movement_of_its_account(firm):
    kit.person(firm.operator, "Dupont", "Patrice", file_code="C00001")
    (report,) = aggregation.receive_files(
        firm.operator, pdf_of(FORTUNEO), "avis.pdf", contact="C00001"
    )
    assert (report.state, report.feed, report.counts["movements_new"]) == (
        "committed", "fortuneo_notices", 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (scanned(), "F04", "numérisé"),
        (pdf_of(FORTUNEO, protected=True), "F04", "mot de passe"),
        (b"%PDF-1.4 puis rien", "F07", "abîmé"),
        (pdf_of("Une lettre"), "U01", "BoursoBank"),
        (pdf_of(*["page"] * 201), "F04", "pages"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_refused_and_says_what_to_do(data, code, word):
    refused = read_pdf(data, "avis.pdf")
    assert isinstance(refused, Refusal)
    assert (refused.code, word in refused.message) == (code, True)
