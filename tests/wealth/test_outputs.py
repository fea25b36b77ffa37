"""What leaves the wealth pages says the same figures as they do, and how rights are valued."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import fastexcel
import pypdfium2
import pytest

from o2s_core import contacts, wealth
from o2s_core.kernel import french
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.wealth import AssetForm, LoanForm, OwnerShare
from tests import kit

D = Decimal


@pytest.fixture
def owned(firm):
    """Anne owns a home of 300 000 euros and owes 200 000 over twenty years."""
    ctx = firm.alice
    anne = kit.person(ctx, "Martin", "Anne", file_code="ANN1", birth_date=date(1961, 5, 2))
    mine = (OwnerShare(anne),)
    wealth.add_asset(
        ctx,
        AssetForm(
            owners=mine, kind="property", label="Maison de Lyon", value=D(300_000),
            value_on=date(2026, 6, 1), address="1 rue des Lilas", use="main_home",
            acquired_on=date(2020, 1, 1), price=D(250_000),
        ),
    )  # fmt: skip
    made = wealth.add_loan(
        ctx,
        LoanForm(
            owners=mine, label="Prêt maison", lender="Banque d'essai", kind="amortising",
            capital=D(200_000), rate=D("0.035"), months=240, first_due=date(2021, 12, 5),
        ),
    )  # fmt: skip
    return firm, made


def words(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    return "".join(c for c in text if c.isalnum() or c in ",.'-*")


def bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c in ",.'-*")


def test_the_printed_balance_sheet_says_the_figures_of_the_page(owned):
    """S-040: the balance sheet leaves as a PDF."""
    firm, _ = owned
    ctx = firm.fresh(firm.alice)
    scope = contacts.scope(ctx, "contact", "ANN1")
    page = wealth.balance(ctx, scope)
    made = wealth.balance_pdf(ctx, scope)
    assert made == wealth.balance_pdf(ctx, scope)
    said = words(made)
    for amount in (page.net_eur, page.assets_eur, page.debts_eur):
        assert bare(french.eur(amount)) in said
    assert bare("Maison de Lyon") in said
    assert bare(page.convention) in said


def test_the_workbook_has_real_numbers(owned):
    firm, _ = owned
    ctx = firm.fresh(firm.alice)
    scope = contacts.scope(ctx, "contact", "ANN1")
    book = fastexcel.read_excel(wealth.balance_workbook(ctx, scope, view="civil"))
    goods = book.load_sheet("Actif").to_polars()
    assert goods["Valeur entière (€)"].to_list() == [300_000.0]
    reading = book.load_sheet("Lecture").to_polars()["À savoir"].to_list()
    assert any("pleine valeur" in said for said in reading)


def test_the_schedule_is_printed_to_the_cent_line_by_line(owned):
    """S-065: the schedule of an amortising loan leaves as a PDF and a workbook."""
    firm, made = owned
    card = wealth.loan(firm.alice, made)
    said = words(wealth.schedule_pdf(firm.alice, made))
    for amount in (card.lines["total"][0], card.lines["interest"].sum(), card.outstanding):
        assert bare(french.number(amount)) in said
    sheet = (
        fastexcel.read_excel(wealth.schedule_workbook(firm.alice, made)).load_sheet(0).to_polars()
    )
    assert sheet.height == 240
    assert D(str(round(sheet["Capital"].sum(), 2))) == D("200000")


@pytest.mark.parametrize("name", ["balance_pdf", "balance_workbook"])
def test_a_balance_sheet_needs_the_right_to_leave(owned, name):
    firm, _ = owned
    poor = replace(firm.alice, permissions=firm.alice.permissions - {Permission.WEALTH_EXPORT})
    with pytest.raises(PermissionDeniedError):
        getattr(wealth, name)(poor, contacts.scope(poor, "contact", "ANN1"))
