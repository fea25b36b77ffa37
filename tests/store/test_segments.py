"""A big table is replaced part by part, at once, and its readers never see half."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import polars as pl
import pytest

from o2s_core import store
from o2s_core.store.segments import folder, live

SCHEMA = pl.Schema({"fund": pl.Int64(), "value": store.EXACT_FRAME})


def rows(value, count=3):
    return pl.DataFrame({"fund": range(count), "value": [value] * count}).cast(dict(SCHEMA))


def read(ctx):
    return pl.concat([pl.read_parquet(path) for path in store.segments(ctx, "quotes")])


def files(ctx):
    return sorted(folder(ctx).rglob("*.parquet"))


def test_a_part_is_replaced(firm):
    store.publish(firm.alice, "quotes", "2026-11", rows(1), ["fund"])
    store.publish(firm.alice, "quotes", "2026-11", rows(2, 5), ["fund"])
    assert read(firm.alice)["value"].unique().to_list() == [2]
    assert read(firm.alice).height == 5


def test_other_parts_stay(firm):
    store.publish(firm.alice, "quotes", "2026-10", rows(1))
    store.publish(firm.alice, "quotes", "2026-11", rows(2))
    store.publish(firm.alice, "quotes", "2026-11", rows(3))
    assert sorted(read(firm.alice)["value"].unique().to_list()) == [1, 3]


def test_an_empty_frame_retires_the_part(firm):
    store.publish(firm.alice, "quotes", "2026-11", rows(1))
    store.publish(firm.alice, "quotes", "2026-11", rows(1).clear())
    assert store.segments(firm.alice, "quotes") == []


def test_rows_are_sorted_for_their_readers(firm):
    store.publish(firm.alice, "quotes", "p", rows(1).reverse(), ["fund"])
    assert read(firm.alice)["fund"].to_list() == [0, 1, 2]


def test_another_firm_sees_nothing(firm):
    store.publish(firm.alice, "quotes", "p", rows(1))
    assert store.segments(replace(firm.alice, firm_id=2), "quotes") == []


def test_a_publication_that_fails_changes_nothing(firm):
    store.publish(firm.alice, "quotes", "p", rows(1))
    with pytest.raises(KeyboardInterrupt), store.tx(firm.alice):
        store.publish(firm.alice, "quotes", "p", rows(2))
        raise KeyboardInterrupt
    assert read(firm.alice)["value"].unique().to_list() == [1]


@pytest.mark.parametrize("name", ["../x", "", "a/b", "é"])
def test_a_part_is_never_a_path(firm, name):
    with pytest.raises(ValueError, match="not the name"):
        store.publish(firm.alice, "quotes", name, rows(1))


def test_two_publishers_of_a_part_leave_one(firm):
    threads = [
        Thread(target=store.publish, args=(firm.alice, "quotes", "p", rows(n))) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(live(firm.alice, "quotes")) == 1
    assert read(firm.alice).height == 3


def test_replaced_and_orphan_files_go_after_a_grace(firm):
    store.publish(firm.alice, "quotes", "p", rows(1))
    store.publish(firm.alice, "quotes", "p", rows(2))
    orphan = files(firm.alice)[0].with_name("orphan.parquet.tmp")
    orphan.write_bytes(b"half")
    assert store.collect_garbage(firm.alice) == 0
    tomorrow = replace(firm.alice, now=firm.alice.now + timedelta(days=3000))
    assert store.collect_garbage(tomorrow) == 2
    assert files(firm.alice) == store.segments(firm.alice, "quotes")
    assert read(firm.alice)["value"].unique().to_list() == [2]
