"""A derived table follows its records, and can always be made again from them."""

import polars as pl
import pytest
from sqlmodel import select

from o2s_core import store
from o2s_core.contacts.models import Contact
from o2s_core.store import datasets
from tests import kit

SCHEMA = pl.Schema({"id": pl.Int64(), "last_name": pl.String()})


def initials(ctx):
    with store.reading(ctx) as session:
        return {name[0] for name in session.exec(select(Contact.last_name)).all()}


def build(ctx, part):
    asked = select(Contact.id, Contact.last_name).where(
        Contact.firm_id == ctx.firm_id, Contact.last_name.startswith(part)
    )
    return store.frame(ctx, asked, SCHEMA)


@pytest.fixture
def names(monkeypatch):
    monkeypatch.setattr(datasets, "_declared", dict(datasets._declared))
    return store.Projection("names", SCHEMA, initials, build, ("last_name",))


def known(ctx):
    paths = store.segments(ctx, "names")
    return sorted(pl.read_parquet(path)["last_name"].to_list() for path in paths)


def add(ctx, name):
    with store.tx(ctx) as tx:
        kit.person(ctx, name)
        tx.dirty("names", name[0])


def test_only_what_changed_is_published(firm, names):
    add(firm.alice, "Durand")
    add(firm.alice, "Petit")
    assert store.publish_dirty(firm.operator, [names]) == 2
    add(firm.alice, "Dupont")
    assert [part.part for part in store.dirty_parts(firm.operator, "names")] == ["D"]
    assert store.publish_dirty(firm.operator, [names]) == 1
    assert known(firm.operator) == [["Dupont", "Durand"], ["Petit"]]
    assert store.publish_dirty(firm.operator, [names]) == 0


def test_a_change_during_the_publication_is_published_next(firm, names):
    add(firm.alice, "Durand")
    late = []

    def slow(ctx, part):
        rows = build(ctx, part)
        if not late:
            late.append(add(firm.alice, "Dupont"))
        return rows

    moving = store.Projection("names", SCHEMA, initials, slow, ("last_name",))
    store.publish_dirty(firm.operator, [moving])
    assert known(firm.operator) == [["Durand"]]
    store.publish_dirty(firm.operator, [moving])
    assert known(firm.operator) == [["Dupont", "Durand"]]


def test_a_slow_publication_never_replaces_a_newer_one(firm, names):
    add(firm.alice, "Durand")
    nested = []

    def slow(ctx, part):
        rows = build(ctx, part)
        if not nested:
            nested.append(1)
            add(firm.alice, "Dupont")
            store.publish_dirty(ctx, [names])
        return rows

    store.publish_dirty(firm.operator, [store.Projection("names", SCHEMA, initials, slow)])
    assert known(firm.operator) == [["Dupont", "Durand"]]


def test_a_part_left_empty_disappears(firm, names):
    add(firm.alice, "Durand")
    store.publish_dirty(firm.operator, [names])
    with store.tx(firm.alice) as tx:
        tx.session.delete(tx.session.exec(select(Contact)).one())
        tx.dirty("names", "D")
    store.publish_dirty(firm.operator, [names])
    assert known(firm.operator) == []


def test_a_rebuild_gives_the_same(firm, names):
    for name in ("Durand", "Dupont", "Petit"):
        add(firm.alice, name)
    store.publish_dirty(firm.operator, [names])
    before = [pl.read_parquet(path) for path in store.segments(firm.operator, "names")]
    assert store.rebuild(firm.operator, [names]) == 2
    after = [pl.read_parquet(path) for path in store.segments(firm.operator, "names")]
    assert all(a.equals(b) for a, b in zip(after, before, strict=True))


def test_files_of_an_older_shape_are_made_again(firm, names):
    add(firm.alice, "Durand")
    old = pl.DataFrame({"id": [1]})
    store.publish(firm.operator, "names", "D", old, kept=False)
    store.publish_dirty(firm.operator, [names])
    store.publish(firm.operator, "names", "D", old, kept=False)
    assert store.publish_dirty(firm.operator, [names]) == 1
    assert known(firm.operator) == [["Durand"]]
