"""A statement as a file: its figures are read in it, its texts are texts, its bytes never vary."""

import dataclasses
from io import BytesIO
from zipfile import ZipFile

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from o2s_core import contacts, reporting
from o2s_core.kernel import french
from o2s_core.reporting import SECTIONS, Layout
from tests import kit
from tests.reporting.statements.conftest import HOSTILE


def words(data: bytes) -> str:
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data)]
    return plain(" ".join(pages))


def plain(text: str) -> str:
    """Text without its spaces: a line may break anywhere."""
    return "".join(text.replace("\u200b", "").replace("\xa0", "").split())


@pytest.fixture
def said(couple, home):
    return reporting.statement(couple, home)


def test_the_pdf_shows_every_section_and_the_figures(said):
    """S-052."""
    shown = words(reporting.pdf_of(said))
    titles = [title for code, title in SECTIONS.items() if code not in {"letter", "comment"}]
    assert not [title for title in titles if plain(title) not in shown]
    found = said.performance
    for figure in (
        french.eur(said.held.total_eur), french.eur(found.gain_eur, signed=True),
        french.percent(found.twr, 2, signed=True), french.percent(found.mwr, 2, signed=True),
        *(french.eur(value) for value in said.held.lines["value_eur"]),
        *(french.eur(value) for value in said.held.by("owner")["value_eur"]),
        *(french.eur(value, signed=True) for value in found.contracts["gain_eur"]),
    ):  # fmt: skip
        assert plain(figure) in shown
    assert "page1sur" in shown


def test_old_prices_and_what_is_not_counted_are_said_on_the_first_page(said):
    shown = words(reporting.pdf_of(said, Layout(("synthesis",))))
    assert "Coursanciens:Ancienscours" in shown or "Coursanciens:Anciencours" in shown
    assert plain("Non compté : =Sans cours (PEA d'Hélène)") in shown
    assert plain("cours du 31/12/2025 au") in shown


def test_a_label_is_shown_as_it_is_whatever_it_holds(said):
    assert plain(HOSTILE) in words(reporting.pdf_of(said, Layout(("positions",))))


def test_very_long_names_stay_on_the_page(firm, couple):
    name = "Œ" * 180
    contact = kit.person(firm.alice, name, "Zoé", file_code="LONG")
    account = kit.account(firm.alice, kit.provider(firm.alice, "x"), [contact], label=name)
    fund = kit.instrument(firm.alice, name)
    kit.situation(firm.alice, account, firm.alice.today, [
        {"instrument_id": fund, "quantity": "1000000", "price": "99999.99"},
    ])  # fmt: skip
    said = reporting.statement(firm.alice, contacts.scope(firm.alice, "contact", "LONG"))
    document = pypdfium2.PdfDocument(reporting.pdf_of(said))
    for page in document:
        text = page.get_textpage()
        boxes = [text.get_charbox(n) for n in range(text.count_chars())]
        assert max(box[2] for box in boxes) < page.get_width() - 40


def test_the_same_figures_are_the_same_bytes(couple, home, said):
    again = reporting.statement(couple, home)
    assert reporting.pdf_of(again) == reporting.pdf_of(said)
    assert reporting.xlsx_of(again) == reporting.xlsx_of(said)


def test_the_sections_are_those_chosen_in_their_order(said):
    shown = words(reporting.pdf_of(said, Layout(("costs", "synthesis"))))
    assert "Lexique" not in shown
    assert shown.index("Fraisetprélèvements") < shown.index("Synthèse")


def test_the_letter_says_the_figures_by_their_names(said):
    letter = "{{salutation}},\n\nAu {{date}} : {{valeur}}, {{performance}}. {{conseiller}}"
    shown = words(reporting.pdf_of(said, Layout(("letter",), letter)))
    assert plain(f"Au 24 novembre 2026 : {french.eur(said.held.total_eur)}") in shown
    assert "{{" not in shown
    assert "FoyerD'Aubigné" in shown or "FoyerMartin" in shown or "Foyer" in shown


def test_a_client_without_anything_still_gets_a_page_that_says_so(firm):
    kit.person(firm.alice, file_code="VIDE")
    said = reporting.statement(firm.alice, contacts.scope(firm.alice, "contact", "VIDE"))
    shown = words(reporting.pdf_of(said))
    assert plain("rien n'est connu des avoirs") in shown
    assert plain("Aucun mouvement transmis") in shown


def test_the_firm_signs_with_its_name_colour_and_mentions(said):
    firm = dataclasses.replace(
        said.letterhead, name="Cabinet *Rivage*", colour="#7a1f3d", mentions=(("ORIAS", "n° 1"),)
    )
    made = reporting.pdf_of(dataclasses.replace(said, letterhead=firm), Layout(("synthesis",)))
    assert "Cabinet*Rivage*" in words(made)
    seen = pypdfium2.PdfDocument(made)[0].render(scale=2).to_pil()
    assert (122, 31, 61) in {colour for _, colour in seen.getcolors(10_000_000)}


def test_the_workbook_holds_real_numbers_and_dates_and_nothing_that_runs(said):
    """S-053."""
    data = reporting.xlsx_of(said)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    assert book.sheet_names == ["Synthèse", "Répartition", "Positions", "Contrats", "Performance",
                                "Mouvements", "Frais", "Mentions"]  # fmt: skip
    rows = book.get_sheet_by_name("Positions").to_python()
    at = {name: n for n, name in enumerate(rows[0])}
    lines = said.held.lines
    assert [row[at["Valeur"]] for row in rows[1:-1]] == [float(v) for v in lines["value_eur"]]
    assert [row[at["Au"]] for row in rows[1:-1]] == lines["data_on"].to_list()
    assert rows[-1][at["Valeur"]] == float(said.held.total_eur)
    assert HOSTILE in [row[at["Support"]] for row in rows]
    with ZipFile(BytesIO(data)) as parts:
        inside = {name: parts.read(name).decode() for name in parts.namelist() if "xl/" in name}
    pages = [text for name, text in inside.items() if "worksheets/sheet" in name]
    assert not [page for page in pages if "<f>" in page or "<hyperlink" in page]
    assert all('state="frozen"' in page for page in pages)
    assert sum("charts/chart" in name for name in inside) == 2


def test_hidden_sections_have_no_sheet(said):
    data = reporting.xlsx_of(said, Layout(("positions",)))
    assert CalamineWorkbook.from_filelike(BytesIO(data)).sheet_names == ["Positions"]
