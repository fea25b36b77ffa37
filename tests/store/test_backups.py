"""A backup taken while the firm works brings everything back, or says why it cannot."""

import shutil
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from sqlalchemy import MetaData, select

from o2s_core import store
from o2s_core.kernel.context import Place
from o2s_core.kernel.errors import StoreError
from o2s_core.store import housekeeping
from tests import kit

SECRET = "une phrase longue et secrète"


def table_hashes(place):
    """Every row of every table, as text."""
    with store.engine(place).connect() as connection:
        known = MetaData()
        known.reflect(connection)
        return {
            table.name: sorted(str(tuple(row)) for row in connection.execute(select(table)))
            for table in known.sorted_tables
            if table.name not in {"segment", "dirty_part"}
        }


@pytest.fixture
def lived(firm):
    """A firm with people, archived files, price history, a projection and an audit trail."""
    person = kit.person(firm.alice, "Durand")
    account = kit.account(firm.alice, kit.provider(firm.alice), [person])
    fund = kit.instrument(firm.alice)
    kit.situation(firm.alice, account, date(2026, 1, 1), [{"instrument_id": fund, "value": "1"}])
    with store.tx(firm.alice) as tx:
        tx.audit("create", "contact", person, after={"name": "Durand"}, subject=person)
    store.save_blob(firm.alice, b"releve" * 1000)
    history = pl.DataFrame({"day": [date(2026, 1, 1)], "value": [1.0]})
    store.publish(firm.alice, "history", "2026", history)
    store.publish(firm.alice, "derived", "p", history, kept=False)
    store.record_head(firm.operator)
    return firm


def restored(empty, firm):
    return replace(firm.operator, place=empty)


def test_everything_comes_back(lived, tmp_path, empty_place):
    before = table_hashes(lived.place)
    report = store.backup(lived.place, tmp_path / "b", SECRET, now=lived.operator.now)
    store.restore(empty_place, tmp_path / "b", SECRET)
    assert table_hashes(empty_place) == before
    assert report.rows > 10
    ctx = restored(empty_place, lived)
    assert store.blob(ctx, next(iter((lived.place.home / "blobs").rglob("*/*"))).name)
    assert pl.read_parquet(store.segments(ctx, "history")[0])["value"].to_list() == [1.0]
    assert store.check(ctx).found == ()
    assert store.audit_lines(ctx).lines[0].after == {"name": "Durand"}


def test_what_is_derived_is_left_out_and_marked_to_be_made_again(lived, tmp_path, empty_place):
    store.backup(lived.place, tmp_path / "b", SECRET)
    store.restore(empty_place, tmp_path / "b", SECRET)
    ctx = restored(empty_place, lived)
    assert store.segments(ctx, "derived") == []
    assert [part.part for part in store.dirty_parts(ctx, "derived")] == ["p"]


def test_the_restored_firm_goes_on(lived, tmp_path, empty_place):
    store.backup(lived.place, tmp_path / "b", SECRET)
    store.restore(empty_place, tmp_path / "b", SECRET)
    ctx = replace(lived.alice, place=empty_place)
    kit.person(ctx, "Petit")
    with store.tx(ctx) as tx:
        tx.audit("edit", "contact", 1)
    assert store.verify_audit(restored(empty_place, lived)).ok


def test_without_a_secret_the_key_file_opens_it(lived, tmp_path, empty_place):
    store.backup(lived.place, tmp_path / "b")
    with pytest.raises(StoreError, match="fichier de clés"):
        store.restore(empty_place, tmp_path / "b")
    empty_place.key_path.parent.mkdir(exist_ok=True)
    shutil.copy(lived.place.key_path, empty_place.key_path)
    store.restore(empty_place, tmp_path / "b")
    assert store.check(restored(empty_place, lived)).ok


def test_nothing_readable_lies_in_the_file(lived, tmp_path):
    path = store.backup(lived.place, tmp_path / "b", SECRET).path
    assert b"releve" not in path.read_bytes()
    assert b"SQLite" not in path.read_bytes()


def cut(data):
    return data[:-100]


def cut_at_a_chunk(data):
    return data[: len(data) // 2]


def flipped(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize(
    "damage", [cut, cut_at_a_chunk, flipped, lambda d: b"", lambda d: b"PK" + d]
)
def test_a_damaged_file_changes_nothing(lived, tmp_path, empty_place, damage):
    path = store.backup(lived.place, tmp_path / "b", SECRET).path
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(StoreError):
        store.restore(empty_place, path, SECRET)
    assert_untouched(empty_place)


def assert_untouched(place):
    assert not place.home.exists() or not any(p for p in place.home.iterdir() if p.is_file())
    assert not place.key_path.exists()
    assert [p.name for p in place.home.parent.glob(".o2s-*")] == []


@pytest.mark.parametrize("secret", ["une autre", None])
def test_a_wrong_key_changes_nothing(lived, tmp_path, empty_place, secret):
    path = store.backup(lived.place, tmp_path / "b", SECRET).path
    with pytest.raises(StoreError):
        store.restore(empty_place, path, secret)
    assert_untouched(empty_place)


def test_a_missing_file_says_so(empty_place, tmp_path):
    with pytest.raises(StoreError, match="illisible"):
        store.restore(empty_place, tmp_path / "nowhere", SECRET)


def test_a_firm_is_never_overwritten(lived, tmp_path):
    path = store.backup(lived.place, tmp_path / "b", SECRET).path
    before = table_hashes(lived.place)
    with pytest.raises(StoreError, match="n'est pas vide"):
        store.restore(lived.place, path, SECRET)
    assert table_hashes(lived.place) == before


def test_another_key_in_the_way_is_never_overwritten(lived, tmp_path, empty_place):
    path = store.backup(lived.place, tmp_path / "b", SECRET).path
    store.init_key(empty_place)
    with pytest.raises(StoreError, match="n'est pas celui de la sauvegarde"):
        store.restore(empty_place, path, SECRET)


def test_a_backup_of_the_other_kind_of_base_says_so(lived, tmp_path, empty_place):
    path = store.backup(lived.place, tmp_path / "b", SECRET).path
    other = Place(tmp_path / "x" / "home", "postgresql:///nowhere")
    if not store.is_sqlite(lived.place):
        other = Place(tmp_path / "x" / "home", f"sqlite:///{tmp_path}/x/home/o2s.sqlite3")
    with pytest.raises(StoreError):
        store.restore(other, path, SECRET)


def test_a_folder_that_cannot_be_written_says_so(lived, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="n'a pas pu être écrite"):
        store.backup(lived.place, tmp_path / "file" / "b", SECRET)


def test_a_backup_of_a_newer_program_is_refused(lived, tmp_path, empty_place, monkeypatch):
    path = store.backup(lived.place, tmp_path / "b", SECRET).path
    monkeypatch.setattr("o2s_core.store.restores.known_revisions", set)
    with pytest.raises(StoreError, match="plus récente"):
        store.restore(empty_place, path, SECRET)
    assert_untouched(empty_place)


def test_the_worker_backs_up_every_day(lived):
    store.plan(lived.operator)
    clock = lambda: lived.operator.now  # noqa: E731
    store.plan_due(lived.place, clock)
    assert store.run_due(lived.place, store.HANDLERS, clock) == 4
    assert {job.state for job in store.jobs(lived.operator)} == {"done"}
    made = store.backups_folder(lived.place) / "2026-11-24.o2sbackup"
    assert made.exists()


def test_old_backups_go_by_the_calendar():
    days = [date(2026, 11, 24) - timedelta(days=n) for n in range(800)]
    kept = housekeeping.kept(days)
    assert len([day for day in kept if day > date(2026, 11, 17)]) == 7
    assert min(kept) == date(2025, 12, 31)
    assert 17 <= len(kept) <= 23
    assert housekeeping.kept([]) == set()
