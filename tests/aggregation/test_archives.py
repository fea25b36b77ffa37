"""A hostile archive is refused by every way in, and told where nobody looks when it comes."""

import hashlib

import pytest

from o2s_core import aggregation, store
from o2s_core.aggregation import inbox
from o2s_core.kernel.errors import FeedError
from tests import kit
from tests.aggregation.test_limits import archive, encrypted
from tests.kit import documents as doc

HOSTILE = [
    ("a bomb", archive(("a.csv", b"0" * 40_000_000)), "prend trop de place"),
    ("a climbing name", archive(("../../etc/passwd", b"x")), "interdit"),
    ("an absolute name", archive(("/etc/passwd", b"x")), "interdit"),
    ("an archive in an archive", archive(("b.zip", archive(("a.csv", b"x")))), "en contient une"),
    ("a password", encrypted(), "mot de passe"),
    ("too many files", archive(*((f"{n}.csv", b"x") for n in range(51))), "plus de 50"),
]
STORIES = [story for story, _, _ in HOSTILE]


@pytest.fixture
def folder(firm):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    aggregation.receive(firm.operator, doc.document(doc.holding("A1")), contact="C00001")
    made = inbox.folder(firm.place) / "native"
    made.mkdir(parents=True)
    return made


@pytest.mark.parametrize(("story", "data", "words"), HOSTILE, ids=STORIES)
@pytest.mark.parametrize("channel", ["cli", "upload", "inbox", "sftp"])
def test_it_is_refused_by_every_way_in(firm, story, data, words, channel):
    (report,) = aggregation.receive_files(firm.operator, data, "lot.zip", channel=channel)
    assert (report.state, report.outcome) == ("rejected", 2)
    assert words in report.message


@pytest.mark.parametrize(("story", "data", "words"), HOSTILE, ids=STORIES)
def test_it_is_refused_when_the_worker_would_read_it(firm, story, data, words):
    with pytest.raises(FeedError, match=words):
        aggregation.receive_later(firm.operator, data, "lot.zip")


def test_one_from_the_folder_is_told_kept_and_never_opened_again(firm, folder):
    data = archive(("../../etc/passwd", b"x"))
    (folder / "lot.zip").write_bytes(data)
    (report,) = aggregation.inbox_watch(firm.operator, pause=0.05)
    card = aggregation.delivery(firm.operator, report.delivery_id)
    assert (card.state, card.channel, card.may_retry) == ("rejected", "inbox", False)
    assert store.blob(firm.operator, hashlib.sha256(data).hexdigest()) == data
    assert list(folder.iterdir()) == []
    aggregation.follow_alerts(firm.operator)
    assert aggregation.alerts(firm.fresh(firm.operator))["code"].to_list() == ["FEED_ERROR"]


def test_each_file_of_a_good_archive_of_the_folder_is_a_delivery(firm, folder):
    first, second = (
        doc.document(doc.holding(n, as_of="2026-11-15", lines=[doc.line()])) for n in ("A1", "A2")
    )
    (folder / "lot.zip").write_bytes(archive(("a.json", first), ("dossier/b.json", second)))
    (folder / "lot.zip.ok").touch()
    reports = aggregation.inbox_watch(firm.operator, pause=99)
    assert [r.file for r in reports] == ["a.json", "b.json"]
    assert list(folder.iterdir()) == []
