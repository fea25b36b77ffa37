"""Files put in the folder of a feed are taken whole, once, and told on screen."""

import os
import threading
import time

import pytest

from o2s_core import aggregation
from o2s_core.aggregation import inbox
from o2s_core.aggregation.exclusion import alone
from tests import kit
from tests.kit import documents as doc


@pytest.fixture
def native(firm):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    aggregation.receive(firm.operator, doc.document(doc.holding("A1")), contact="C00001")
    folder = inbox.folder(firm.place) / "native"
    folder.mkdir(parents=True)
    return folder


def later(quantity="12"):
    return doc.document(
        doc.holding("A1", [doc.line(quantity=quantity, price="1", value=quantity)], "2026-11-15")
    )


def look(firm, pause=0.05):
    return aggregation.inbox_watch(firm.operator, pause=pause)


def test_a_whole_file_is_taken_archived_and_gone(firm, native):
    (native / "relevé du 15.json").write_bytes(later())
    (report,) = look(firm)
    assert (report.file, report.state) == ("relevé du 15.json", "committed")
    assert list(native.iterdir()) == []
    assert aggregation.deliveries(firm.operator)["file_name"][0] == "relevé du 15.json"


@pytest.mark.parametrize("name", ["a.json.part", "a.tmp", "a.crdownload", "~$a.xlsx", ".caché"])
def test_a_file_being_written_is_left(firm, native, name):
    (native / name).write_bytes(later())
    assert look(firm) == ()
    assert (native / name).exists()


def test_a_file_that_grows_is_left_until_it_stops(firm, native):
    """67."""
    path = native / "a.json"
    path.write_bytes(later()[:20])
    growing = threading.Thread(target=lambda: (time.sleep(0.1), path.write_bytes(later())))
    growing.start()
    assert look(firm, pause=0.4) == ()
    growing.join()
    assert [r.state for r in look(firm)] == ["committed"]


def test_a_companion_tells_that_a_file_is_whole(firm, native):
    (native / "a.json").write_bytes(later())
    (native / "a.json.ok").touch()
    assert [r.state for r in look(firm, pause=99)] == ["committed"]
    assert list(native.iterdir()) == []


def test_a_file_that_a_dead_process_had_taken_is_finished(firm, native):
    aside = firm.place.home / "processing" / "native"
    aside.mkdir(parents=True)
    (aside / "a.json").write_bytes(later())
    assert [r.state for r in look(firm)] == ["committed"]
    assert list(aside.iterdir()) == []


def test_a_feed_that_somebody_takes_is_left_to_them(firm, native):
    (native / "a.json").write_bytes(later())
    with alone(firm.place, f"feed-{firm.id}-native"):
        assert look(firm) == ()
    assert [r.state for r in look(firm)] == ["committed"]


def test_a_file_outside_any_feed_is_put_aside_and_said(firm, native):
    stray = native.parent / "perdu.json"
    stray.write_bytes(later())
    os.utime(stray, (1, 1))
    assert look(firm) == ()
    assert (native.parent / "_non_reconnu" / "perdu.json").exists()
    row = aggregation.deliveries(firm.operator).row(0, named=True)
    assert (row["state"], row["file_name"]) == ("rejected", "perdu.json")
    assert "hors du dossier d'un flux" in row["message"]
    (anomaly,) = aggregation.anomalies(firm.operator, delivery_id=row["id"]).to_dicts()
    assert (anomaly["code"], anomaly["severity"]) == ("F05", "fatal")


def test_a_link_is_never_followed(firm, native, tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_bytes(later())
    (native / "a.json").symlink_to(secret)
    assert look(firm) == ()


def test_the_worker_watches_the_folder_and_resumes(firm, native):
    from o2s_core import store

    (native / "a.json").write_bytes(later())
    (native / "a.json.ok").touch()
    store.enqueue(firm.operator, "aggregation.watch", {})
    done = store.run_due(firm.place, aggregation.HANDLERS, lambda: firm.operator.now)
    assert done == 1
    assert aggregation.deliveries(firm.operator)["state"][0] == "committed"


def test_a_large_upload_goes_by_the_worker_and_ends_the_same(firm, native):
    from o2s_core import store

    (job,) = aggregation.receive_later(firm.alice, later(), "gros.json")
    assert aggregation.uploads_under_way(firm.alice)["file_name"].to_list() == ["gros.json"]
    assert aggregation.uploads_under_way(firm.bruno).is_empty()
    assert "gros" not in store.job(firm.operator, job).payload
    store.run_due(firm.place, aggregation.HANDLERS, lambda: firm.operator.now)
    found = store.job(firm.operator, job)
    assert found.state == "done", found.message
    row = aggregation.deliveries(firm.operator).row(0, named=True)
    assert (row["file_name"], row["state"]) == ("gros.json", "quarantined"), "not Alice's client"
    assert aggregation.receive_later(firm.alice, later(), "encore.json") == ()


def test_a_delivery_resumed_by_the_worker_reaches_no_further_than_its_sender(firm, native):
    from o2s_core.aggregation.archiving import Sender, archived

    archived(firm.bruno, later(), "faux.json", Sender(channel="upload"))
    (report,) = aggregation.resume(firm.operator)
    assert [a.state for a in report.accounts] == ["to_attach"]


def test_a_folder_that_cannot_be_emptied_is_said_and_left(firm, native, monkeypatch):
    """71."""
    (native / "a.json").write_bytes(later())

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.rename", refused)
    (report,) = look(firm)
    assert (report.state, "droits du dossier" in report.message) == ("rejected", True)
    monkeypatch.undo()
    assert [r.state for r in look(firm)] == ["committed"]
