"""Documents are kept as they are, for whom may see the file, and no program among them."""

from datetime import date

import pytest

from o2s_core import contacts, documents
from o2s_core.documents import DocumentForm
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from tests import kit

PDF = b"%PDF-1.4\n%%EOF\n"


def added(firm, **more) -> tuple[int, int]:
    anne = kit.person(firm.alice, "Martin", "Anne")
    form = DocumentForm(anne, "Carte d'identité", "cni.pdf", "identity", **more)
    return anne, contacts.add_paper(firm.alice, anne, form, PDF)


def test_a_document_is_listed_in_its_file_with_its_signature(firm):
    anne, made = added(firm, signed_on=date(2026, 1, 2), signers="Anne Martin")
    (row,) = contacts.papers(firm.alice, anne).to_dicts()
    assert (row["id"], row["title"], row["signed_on"]) == (
        made,
        "Carte d'identité",
        date(2026, 1, 2),
    )


def test_the_same_bytes_under_the_same_title_are_one_document(firm):
    anne, made = added(firm)
    form = DocumentForm(anne, "Carte d'identité", "cni.pdf", "identity")
    assert contacts.add_paper(firm.alice, anne, form, PDF) == made


def test_a_colleague_sees_neither_the_list_nor_the_bytes(firm):
    anne, made = added(firm)
    with pytest.raises(NotFoundError):
        contacts.papers(firm.bruno, anne)
    with pytest.raises(NotFoundError, match="Document introuvable"):
        contacts.paper_ticket(firm.bruno, made)
    assert len(contacts.paper_ticket(firm.alice, made)) > 20


@pytest.mark.parametrize(
    ("story", "name", "data"),
    [
        ("a program", "setup.exe", b"MZ\x90\x00"),
        ("a program under another name", "cni.pdf", b"MZ\x90\x00"),
        ("a page", "note.html", b"<html></html>"),
        ("nothing", "cni.pdf", b""),
        ("bytes called text", "note.txt", b"a\x00b"),
        ("too much", "grand.pdf", PDF + b"x" * documents.MAX_BYTES),
    ],
)
def test_what_is_not_a_document_is_refused(firm, story, name, data):
    anne = kit.person(firm.alice)
    with pytest.raises(InvalidInputError, match=r"\w"):
        contacts.add_paper(firm.alice, anne, DocumentForm(anne, "Essai", name), data)


def test_a_contact_with_documents_is_not_deleted(firm):
    anne, _ = added(firm)
    card = contacts.contact_by_id(firm.alice, anne)
    with pytest.raises(InvalidInputError, match=r"contient 1.document"):
        contacts.delete_contact(firm.alice, anne, card.version)
