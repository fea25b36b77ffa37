"""Documents of every owner: found by words inside the perimeter, replaced, thrown away, taken along."""

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest

from o2s_core import contacts, documents, portfolio, store
from o2s_core.documents import DocumentForm, DocumentSaid, Wanted
from o2s_core.documents.handing import bundle
from o2s_core.documents.models import Document, DocumentText
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from o2s_core.kernel.permissions import Permission
from tests import kit


def work(firm, at=None):
    """The background work on documents, done now or at another moment."""
    now = at or firm.operator.now
    for kind in documents.HANDLERS:
        store.enqueue(firm.operator, kind, {})
    store.run_due(firm.place, documents.HANDLERS, lambda: now)


def filed(ctx, owner, title="Courrier", said="Bonjour", **more):
    form = DocumentForm(owner, title, f"{title}.txt", **more)
    return documents.add_document(ctx, form, said.encode())


def found(ctx, words="", **more):
    return documents.library(ctx, Wanted(words, **more)).rows


@pytest.fixture
def anne(firm):
    return kit.person(firm.alice, "Martin", "Anne")


def test_each_owner_has_its_documents_and_its_right(firm, anne):
    """S-072, S-080, S-086, S-087"""
    insurer = kit.provider(firm.alice)
    account = kit.account(firm.alice, insurer, [anne], number="AV-1")
    fund = kit.instrument(firm.alice, "Fonds des Lys")
    mine = {
        "contact": anne, "account": account, "provider": insurer, "custodian": insurer,
        "instrument": fund, "firm": firm.id,
    }  # fmt: skip
    for kind, owner in mine.items():
        filed(firm.alice, owner, f"Pièce {kind}", owner_kind=kind)
    rows = found(firm.alice)
    assert dict(rows.select("owner_kind", "owner").iter_rows()) == {
        "contact": "Martin Anne", "account": "Contrat d'essai AV-1", "firm": "Cabinet",
        "provider": "Assureur d'essai", "custodian": "Assureur d'essai",
        "instrument": "Fonds des Lys",
    }  # fmt: skip
    shared = {"provider", "custodian", "instrument", "firm"}
    assert set(found(firm.bruno)["owner_kind"]) == shared
    reader = replace(firm.alice, permissions=frozenset({Permission.HOME_VIEW}))
    assert set(found(reader)["owner_kind"]) == {"firm"}
    with pytest.raises(PermissionDeniedError):
        filed(reader, firm.id, owner_kind="firm")
    with pytest.raises(NotFoundError):
        filed(firm.bruno, account, owner_kind="account")
    with pytest.raises(NotFoundError):
        filed(firm.alice, 999_999, owner_kind="provider")


def test_a_joint_account_shows_its_papers_to_both_advisers(firm, anne):
    luc = kit.person(firm.bruno, "Petit", "Luc")
    account = kit.account(firm.alice, kit.provider(firm.alice), [anne, luc])
    made = filed(firm.alice, account, owner_kind="account")
    assert documents.document(firm.bruno, made).id == made
    assert portfolio.ACCOUNT_PAPERS.label == "Contrat"
    assert contacts.CONTACT_PAPERS.label == "Contact"


def test_words_are_found_in_french_inside_the_perimeter(firm, anne):
    """S-072"""
    filed(firm.alice, anne, "Note", "Les fiscalités immobilières du cœur de ville")
    filed(firm.bruno, kit.person(firm.bruno, "Petit"), "Autre", "La fiscalité")
    work(firm)
    for words in ("fiscalité", "FISCALITE", "immobilier", "coeur", "fiscalites coeur", "vill"):
        rows = found(firm.alice, words)
        assert rows["title"].to_list() == ["Note"], words
    assert "fiscalités immobilières" in found(firm.alice, "fiscalité")["passage"][0]
    for absent in ("succession", "fiscalité succession", "'", '" OR 1', "*", "a:b"):
        assert found(firm.alice, absent).is_empty(), absent
    assert documents.library(firm.operator, Wanted("fiscalité")).total == 2


def test_a_document_is_found_by_its_new_title_and_tags_at_once(firm, anne):
    made = filed(firm.alice, anne, "Scan 12")
    work(firm)
    said = DocumentSaid("Avis de taxe foncière", "tax", tags=" 2026 , , impôt,2026")
    documents.edit_document(firm.alice, made, said, 1)
    assert found(firm.alice, "foncier 2026")["tags"].to_list() == ["2026, impôt"]
    assert found(firm.alice, "bonjour").height == 1
    with pytest.raises(StaleEditError):
        documents.edit_document(firm.alice, made, said, 1)
    with pytest.raises(InvalidInputError, match="Titre"):
        documents.edit_document(firm.alice, made, DocumentSaid(" ", "tax"))
    with pytest.raises(NotFoundError):
        documents.edit_document(firm.bruno, made, said)


def test_documents_filed_before_words_were_read_are_read_too(firm, anne):
    made = filed(firm.alice, anne, said="Avenant")
    with store.tx(firm.operator) as tx:
        tx.session.delete(tx.session.get(DocumentText, 1) or tx.session.query(DocumentText).first())
    work(firm)
    assert found(firm.alice, "avenants")["id"].to_list() == [made]


def test_a_new_version_takes_the_place_and_keeps_the_old_one(firm, anne):
    """S-072"""
    first = filed(firm.alice, anne, "Passeport", "un", category="identity")
    second = documents.new_version(firm.alice, first, "neuf.txt", b"deux")
    third = documents.new_version(firm.alice, second, "neuf.txt", b"trois")
    (row,) = found(firm.alice).to_dicts()
    assert (row["id"], row["title"], row["category"]) == (third, "Passeport", "identity")
    versions = documents.versions_of(firm.alice, third)
    assert versions["id"].to_list() == [third, second, first]
    assert versions["current"].to_list() == [True, False, False]
    assert documents.document_bytes(firm.alice, first) == b"un"
    with pytest.raises(InvalidInputError, match="plus récente"):
        documents.new_version(firm.alice, first, "a.txt", b"x")
    with pytest.raises(InvalidInputError, match="octet"):
        documents.new_version(firm.alice, third, "a.txt", b"trois")


def test_the_bin_gives_back_for_thirty_days_then_forgets(firm, anne):
    """S-072"""
    kept, lost = filed(firm.alice, anne, "Gardé"), filed(firm.alice, anne, "Perdu", "perdu")
    for made in (kept, lost):
        documents.discard(firm.alice, made)
    assert found(firm.alice).is_empty()
    assert contacts.papers(firm.alice, anne).is_empty()
    assert set(found(firm.alice, binned=True)["id"]) == {kept, lost}
    documents.take_back(firm.alice, kept)
    work(firm, firm.operator.now + timedelta(days=29))
    assert found(firm.alice, binned=True)["id"].to_list() == [lost]
    work(firm, firm.operator.now + timedelta(days=31))
    assert found(firm.alice, binned=True).is_empty()
    assert found(firm.alice)["id"].to_list() == [kept]
    with store.reading(firm.operator) as session:
        assert session.get(Document, lost) is None
    assert found(firm.alice, "perdu").is_empty()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"signed_on": date(2026, 1, 2)}, "signé"),
        ({"category": "identity"}, "vigilance"),
        ({"retention_until": date(2030, 1, 2)}, "02/01/2030"),
    ],
)
def test_proof_is_not_thrown_away(firm, anne, more, why):
    made = filed(firm.alice, anne, **more)
    assert why in found(firm.alice)["locked"][0]
    with pytest.raises(InvalidInputError, match=why):
        documents.discard(firm.alice, made)


def test_what_expires_is_said_ahead(firm, anne):
    today = firm.alice.today
    for title, days in (("passé", -1), ("bientôt", 30), ("loin", 90)):
        filed(firm.alice, anne, title, title, valid_until=today + timedelta(days=days))
    rows = found(firm.alice, expiring=True)
    assert dict(rows.select("title", "expiry").iter_rows()) == {
        "passé": "expired",
        "bientôt": "soon",
    }


def test_a_selection_leaves_in_an_archive_with_its_index(firm, anne):
    """S-072"""
    one, two = filed(firm.alice, anne, "Lettre", "un"), filed(firm.alice, anne, "Lettre", "deux")
    theirs = filed(firm.bruno, kit.person(firm.bruno, "Petit"), "Secret")
    assert len(documents.bundle_ticket(firm.alice, [one, two, theirs])) > 20
    made = bundle(firm.alice, found(firm.alice))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert sorted(archive.namelist()) == [
            "Martin Anne/Lettre (2).txt", "Martin Anne/Lettre.txt", "index.csv",
        ]  # fmt: skip
        index = archive.read("index.csv").decode("utf-8-sig")
    assert "Martin Anne/Lettre (2).txt;Lettre;Martin Anne;Autre" in index
    with pytest.raises(InvalidInputError, match="Cochez"):
        documents.bundle_ticket(firm.alice, [theirs])


def test_the_same_bytes_are_told_before_filing(firm, anne):
    filed(firm.alice, anne, "Courrier", "déjà vu")
    told = documents.examine(firm.alice, "autre nom.txt", "déjà vu".encode())
    assert told.warnings == ("Ce fichier est déjà classé : « Courrier »",)
    assert documents.examine(firm.bruno, "autre nom.txt", "déjà vu".encode()).warnings == ()
