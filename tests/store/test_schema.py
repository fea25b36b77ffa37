"""An older store becomes a newer one with all its data; a newer one is refused."""

import multiprocessing
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import MetaData, create_engine, insert, inspect, select, text

from o2s_core import store
from o2s_core.kernel.errors import StoreError
from o2s_core.portfolio.models import SituationLine
from o2s_core.store import schema
from o2s_core.store.columns import EXACT, Identity, Instant
from tests.kit import frozen
from tests.kit.firm import NOW

FROZEN = sorted(path.stem for path in frozen.FOLDER.glob("*.sql"))


@pytest.fixture
def older(empty_place, tmp_path):
    """Make a place as the program of a revision left it, on the database under test."""

    def make(revision):
        file = tmp_path / "frozen" / "o2s.sqlite3"
        frozen.thaw(revision, file)
        frozen.write_key(empty_place)
        if store.is_sqlite(empty_place):
            empty_place.home.mkdir()
            file.rename(empty_place.home / "o2s.sqlite3")
        else:
            schema.migrate(empty_place, revision)
            copy_rows(create_engine(f"sqlite:///{file}"), store.engine(empty_place))
        return empty_place

    return make


def copy_rows(source, target):
    known = MetaData()
    known.reflect(source)
    with source.connect() as reader, target.begin() as writer:
        for table in known.sorted_tables:
            rows = [dict(row) for row in reader.execute(select(table)).mappings()]
            if rows and table.name != "alembic_version":
                writer.execute(insert(table), rows)


def counts(place):
    with store.engine(place).connect() as connection:
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        count = "select count(*) from {}"
        return {n: connection.execute(text(count.format(n))).scalar_one() for n in names}


@pytest.mark.parametrize("revision", FROZEN)
def test_an_older_store_keeps_all_its_data(older, revision, firm):
    place = older(revision)
    before = counts(place)
    assert schema.migrate(place) == schema.head()
    after = counts(place)
    assert {name: after[name] for name in before} == before
    ctx = replace(firm.operator, place=place)
    with store.reading(ctx) as session:
        line = session.exec(select(SituationLine)).scalars().one()
    assert (line.quantity, line.value) == (Decimal("12.34567891"), Decimal("1234.57"))
    state = store.verify_audit(ctx)
    assert (state.ok, state.lines) == (True, 2)
    assert store.audit_lines(ctx).lines[1].after == {"last_name": "Martin"}
    assert store.check(ctx).found == ()
    with store.engine(place).connect() as connection:
        found = connection.execute(text("select search_key from account")).scalars().all()
    assert found == ["contrat d essai av1"]


def test_the_models_and_the_schema_agree(empty_place):
    """When it fails: `.venv/bin/python -m tests.kit.schema "What the step does"`."""
    schema.migrate(empty_place)
    assert schema.differences(empty_place) == []


@pytest.mark.parametrize(
    ("kind", "written"),
    [(Identity(), "sa.Integer()"), (EXACT, "sa.BigInteger()"), (Instant(), "sa.DateTime(timezone=True)")],
)  # fmt: skip
def test_a_step_names_plain_types_only(kind, written):
    """A step outlives the types of the program that wrote it."""
    assert schema.render("type", kind, None) == written


def test_every_revision_but_the_newest_is_frozen():
    known = schema.known_revisions() - {schema.head()}
    assert known <= set(FROZEN)


def test_a_second_time_changes_nothing(empty_place):
    schema.migrate(empty_place)
    assert schema.migrate(empty_place) == schema.head()
    schema.require_current(empty_place)


def test_the_trail_is_guarded_after_a_step(older, firm):
    place = older(FROZEN[0])
    schema.migrate(place)
    with store.engine(place).connect() as connection, pytest.raises(Exception, match="refused"):
        connection.execute(text("delete from audit_event"))


def test_a_step_that_fails_leaves_the_older_store(older, monkeypatch):
    place = older(FROZEN[0])
    before = counts(place)

    def broken(connection):
        raise StoreError("panne")

    monkeypatch.setattr(schema, "install_guards", broken)
    with pytest.raises(StoreError, match="panne"):
        schema.migrate(place)
    assert counts(place) == before
    with store.engine(place).connect() as connection:
        assert schema.current_revision(connection) == FROZEN[0]


def test_a_store_of_a_newer_program_is_refused(empty_place):
    schema.migrate(empty_place)
    with store.engine(empty_place).begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    for opening in (schema.migrate, schema.require_current):
        with pytest.raises(StoreError, match="plus récente"):
            opening(empty_place)


def test_a_place_without_a_store_says_what_to_do(empty_place):
    with pytest.raises(StoreError, match="o2s init"):
        schema.require_current(empty_place)


def test_an_older_store_is_not_opened_before_its_update(older):
    with pytest.raises(StoreError, match="version précédente"):
        schema.require_current(older(FROZEN[0]))


def test_an_older_store_is_backed_up_and_brought_up_to_date(older):
    place = older(FROZEN[0])
    before = counts(place)
    kept = store.bring_up_to_date(place, NOW)
    assert kept.stat().st_size > 0
    schema.require_current(place)
    assert {name: counts(place)[name] for name in before} == before
    assert kept.name.startswith(f"schema-{FROZEN[0]}-2026-")
    assert store.bring_up_to_date(place, NOW) is None  # nothing left to do


def test_going_back_is_refused(empty_place):
    from alembic import command

    schema.migrate(empty_place)
    with (
        store.engine(empty_place).connect() as connection,
        pytest.raises(StoreError, match="restaurez une sauvegarde"),
    ):
        command.downgrade(schema._config(connection), "0001")


def test_two_programs_that_start_together_take_turns(empty_place):
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(2) as pool:
        reached = pool.map(schema.migrate, [empty_place] * 4)
    assert reached == [schema.head()] * 4
