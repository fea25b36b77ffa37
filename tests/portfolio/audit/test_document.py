"""The audit as a file: the figures of the page, the reasons, and never the internal score."""

from dataclasses import replace
from datetime import timedelta

import fastexcel
import pypdfium2
import pytest

from o2s_core import contacts, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.errors import InvalidInputError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.kit.firm import TODAY


@pytest.fixture
def scope(firm):
    ctx = firm.alice
    anne = kit.person(ctx, file_code="ANNE")
    fund = kit.instrument(ctx, "Monde <b>*Indiciel*</b>", sri=4)
    vie = kit.account(ctx, kit.provider(ctx), [anne], label="Horizon Vie")
    for day in (TODAY - timedelta(500), TODAY - timedelta(2)):
        kit.situation(ctx, vie, day, [{"instrument_id": fund, "quantity": "10", "price": "100"}])
    return contacts.scope(ctx, "contact", "ANNE")


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return plain(text)


def plain(text: str) -> str:
    """The text without the blanks and the apostrophes that a page writes in its own way."""
    return "".join(text.replace("\u2019", "'").replace("\u200b", "").split())


def test_the_document_says_the_figures_of_the_page(firm, scope):
    ctx = firm.fresh(firm.alice)
    text = text_of(portfolio.audit_pdf(ctx, scope))
    found = portfolio.audit(ctx, scope)
    assert found.score is not None
    for strip in portfolio.figures_in_words(found.figures, found.on).strips:
        for _, value, _ in strip:
            assert plain(value) in text
    assert plain("Poids d'un même support") in text
    assert plain("Monde <b>*Indiciel*</b>") in text
    assert plain("le profil de risque du client") in text
    assert "Noteinterne" not in text
    assert "sur100" not in text


def test_the_same_audit_has_the_same_bytes(firm, scope):
    ctx = firm.fresh(firm.alice)
    assert portfolio.audit_pdf(ctx, scope) == portfolio.audit_pdf(ctx, scope)


def test_the_workbook_has_figures_rules_and_lines(firm, scope):
    ctx = firm.fresh(firm.alice)
    made = portfolio.audit_workbook(ctx, scope)
    book = fastexcel.read_excel(made)
    assert book.sheet_names == ["Chiffres clés", "Règles", "Lignes concernées"]
    figures, rules, lines = (book.load_sheet(name).to_polars() for name in book.sheet_names)
    found = portfolio.audit(ctx, scope)
    assert rules.height == len(found.findings)
    assert figures["Valeur"][0] == french.eur(found.figures.total_eur)
    assert "Monde <b>*Indiciel*</b>" in lines["Support"].to_list()


@pytest.mark.parametrize("made", [portfolio.audit_pdf, portfolio.audit_workbook])
def test_an_export_needs_its_right_and_something_to_say(firm, scope, made):
    ctx = firm.alice
    blind = replace(ctx, permissions=ctx.permissions - {Permission.PORTFOLIO_EXPORT})
    with pytest.raises(PermissionDeniedError):
        made(blind, scope)
    kit.person(ctx, file_code="VIDE")
    with pytest.raises(InvalidInputError, match="rien à auditer"):
        made(firm.fresh(ctx), contacts.scope(ctx, "contact", "VIDE"))
