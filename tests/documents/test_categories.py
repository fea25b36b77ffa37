"""Categories of documents: those that come with the application, and the firm's own (S-081)."""

import pytest

from o2s_core import documents
from o2s_core.documents import DocumentForm, Wanted
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from tests import kit


def test_a_sub_category_stands_under_its_parent(firm):
    """S-081"""
    code = documents.add_category(firm.operator, "provider", "Barème 2026", "commissions")
    rows = documents.document_categories(firm.alice, "provider")
    codes = rows["code"].to_list()
    assert codes[codes.index("commissions") + 1] == code
    assert rows.filter(code=code)["title"][0] == "Barème, commissions > Barème 2026"
    assert code in documents.category_labels(firm.alice, "custodian")


def test_a_document_of_a_sub_category_is_found_under_the_parent(firm):
    code = documents.add_category(firm.operator, "contact", "IFU", "tax")
    anne = kit.person(firm.alice)
    form = DocumentForm(anne, "IFU 2025", "ifu.txt", code)
    documents.add_document(firm.alice, form, b"ifu")
    (row,) = documents.library(firm.alice, Wanted(category="tax")).rows.to_dicts()
    assert row["category_label"] == "Fiscalité > IFU"


def test_a_shipped_category_is_renamed_and_closed_and_old_papers_keep_it(firm):
    code = documents.add_category(firm.operator, "contact", "Notaire")
    documents.change_category(firm.operator, "contact", code, closed=True)
    documents.change_category(firm.operator, "contact", "mail", label="Courrier client")
    assert documents.category_labels(firm.alice, "account")["mail"] == "Courrier client"
    assert code not in documents.category_labels(firm.alice, "contact", closed=False)
    with pytest.raises(InvalidInputError, match="Catégorie"):
        form = DocumentForm(kit.person(firm.alice), "Acte", "a.txt", code)
        documents.add_document(firm.alice, form, b"acte")
    documents.change_category(firm.operator, "contact", code, closed=False)
    assert documents.category_labels(firm.alice, "contact", closed=False)[code] == "Notaire"


def test_a_category_without_sense_is_refused(firm):
    for label, parent in (("", ""), ("RIB", "rien"), ("Bank", ""), ("x" * 61, "")):
        with pytest.raises(InvalidInputError):
            documents.add_category(firm.operator, "contact", label, parent)
    with pytest.raises(InvalidInputError):
        documents.add_category(firm.operator, "planète", "Essai")
    with pytest.raises(NotFoundError):
        documents.change_category(firm.operator, "contact", "rien", label="x")
