"""A drop of many files: each finds its contract, the rest is filed by hand, all published at once (S-072)."""

from dataclasses import replace
from datetime import date

import pytest

from o2s_core import documents, portfolio, store
from o2s_core.documents import Wanted
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.portfolio import FilingForm
from o2s_core.portfolio.filing.numbers import contracts_named
from tests import kit
from tests.kit import papers

IFU = FilingForm("IFU", "tax", 2025)


def read(firm):
    store.run_due(firm.place, portfolio.HANDLERS, lambda: firm.operator.now)


@pytest.fixture
def accounts(firm):
    insurer, anne = kit.provider(firm.alice), kit.person(firm.alice, "Martin", "Anne")
    luc = kit.person(firm.bruno, "Petit", "Luc")
    made = {
        n: kit.account(firm.alice, insurer, [anne], number=n)
        for n in ("AV-2019/0012", "71 234 567")
    }
    made["99887766"] = kit.account(firm.bruno, insurer, [luc], number="99887766")
    return made


def test_a_number_is_read_however_it_is_written():
    known = {"AV20190012": (1,), "71234567": (2,), "12345": (3, 4)}
    for said in ("ifu_AV-2019-0012.pdf", "AV 2019 0012 2025.pdf", "av20190012.PDF"):
        assert contracts_named(said, "", known) == (1,)
    assert contracts_named("scan.pdf", "Contrat n° 71 234 567 du 3 mai", known) == (2,)
    assert contracts_named("71234567.pdf", "Contrat AV20190012", known) == (2,)
    assert contracts_named("x.pdf", "12345", known) == (3, 4)
    assert contracts_named("x.pdf", "7123456", known) == ()


def test_files_go_to_their_contracts_and_lacking_ones_are_listed(firm, accounts):
    files = [
        ("IFU_AV-2019-0012.pdf", papers.pdf("Sans numéro")),
        ("scan1.pdf", papers.pdf("Contrat 71 234 567")),
        ("scan2.pdf", papers.pdf("Rien ici")),
        ("theirs_99887766.pdf", papers.pdf("Autre conseiller")),
        ("virus.exe", b"MZ"),
    ]
    batch = portfolio.drop_papers(firm.alice, IFU, files)
    read(firm)
    states = dict(
        portfolio.filing_items(firm.alice, batch).select("file_name", "state").iter_rows()
    )
    assert states == {
        "IFU_AV-2019-0012.pdf": "found", "scan1.pdf": "found", "scan2.pdf": "unfiled",
        "theirs_99887766.pdf": "unfiled", "virus.exe": "refused",
    }  # fmt: skip
    assert portfolio.papers_missing(firm.alice, "tax", 2025).height == 2
    assert portfolio.publish_papers(firm.alice, batch) == 2
    assert portfolio.papers_missing(firm.alice, "tax", 2025).is_empty()
    assert portfolio.papers_missing(firm.alice, "tax", 2024).height == 2
    filed = documents.library(firm.alice, Wanted(owner_kinds=("account",))).rows
    assert set(filed["title"]) == {"IFU 2025"}
    assert set(filed["dated_on"]) == {date(2025, 12, 31)}
    (row,) = portfolio.filing_batches(firm.alice).to_dicts()
    assert (row["files"], row["filed"], row["unfiled"], row["refused"]) == (5, 2, 2, 1)
    with pytest.raises(InvalidInputError, match="Aucun fichier"):
        portfolio.publish_papers(firm.alice, batch)


def test_a_file_is_filed_by_hand_with_a_contract_of_one_s_own(firm, accounts):
    batch = portfolio.drop_papers(firm.alice, IFU, [("scan.txt", b"rien")])
    read(firm)
    item = portfolio.filing_items(firm.alice, batch)["id"][0]
    with pytest.raises(InvalidInputError, match="aucun de vos contrats"):
        portfolio.file_by_hand(firm.alice, item, "99887766")
    with pytest.raises(NotFoundError):
        portfolio.file_by_hand(firm.bruno, item, "99887766")
    portfolio.file_by_hand(firm.alice, item, "71234567")
    assert portfolio.publish_papers(firm.alice, batch) == 1


def test_a_colleague_sees_nothing_of_a_drop(firm, accounts):
    batch = portfolio.drop_papers(firm.alice, IFU, [("scan.txt", b"rien")])
    assert portfolio.filing_batches(firm.bruno).is_empty()
    assert portfolio.filing_items(firm.bruno, batch).is_empty()
    with pytest.raises(NotFoundError):
        portfolio.publish_papers(firm.bruno, batch)


def test_a_number_of_two_partners_is_left_to_a_person(firm, accounts):
    other = kit.provider(firm.alice, "banque", "Banque d'essai")
    anne = kit.person(firm.alice, "Durand")
    kit.account(firm.alice, other, [anne], number="71234567")
    batch = portfolio.drop_papers(firm.alice, IFU, [("71234567.txt", b"x")])
    read(firm)
    (row,) = portfolio.filing_items(firm.alice, batch).to_dicts()
    assert (row["state"], row["reason"]) == ("unfiled", "plusieurs contrats y sont nommés")


@pytest.mark.parametrize(
    "wrong", [{"title": " "}, {"category": "rien"}, {"year": 2031}, {"visibility": "tous"}]
)
def test_a_drop_without_sense_is_refused(firm, wrong):
    with pytest.raises(InvalidInputError):
        portfolio.drop_papers(firm.alice, replace(IFU, **wrong), [("a.txt", b"x")])


def test_a_drop_of_nothing_is_refused(firm):
    with pytest.raises(InvalidInputError, match="Fichiers"):
        portfolio.drop_papers(firm.alice, IFU, [])
