"""`o2s check` finds what is not as it must be, names it, and says what to do."""

from dataclasses import replace

import polars as pl
import pytest
from sqlalchemy import text

from o2s_core import store
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.store.checks import INVARIANTS
from tests import kit


def found(firm, *more):
    return [finding.invariant for finding in store.check(firm.operator, more).found]


def test_a_firm_at_work_is_in_order(firm):
    kit.account(firm.alice, kit.provider(firm.alice), [kit.person(firm.alice)])
    store.save_blob(firm.alice, b"x")
    store.publish(firm.alice, "quotes", "p", pl.DataFrame({"a": [1]}))
    findings = store.check(firm.operator)
    assert (findings.found, findings.ok) == ((), True)
    assert findings.as_document()["checked"] == [invariant.key for invariant in INVARIANTS]


def test_a_damaged_archive_is_found(firm):
    sha = store.save_blob(firm.alice, b"x")
    (firm.place.home / "blobs" / sha[:2] / sha).write_bytes(b"y")
    assert found(firm) == ["blobs"]


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(b"PAR1")])
def test_a_missing_or_altered_segment_is_found(firm, damage):
    store.publish(firm.alice, "quotes", "p", pl.DataFrame({"a": [1]}))
    damage(store.segments(firm.alice, "quotes")[0])
    assert found(firm) == ["segments"]


def test_a_link_to_nothing_is_found(firm):
    person = kit.person(firm.alice)
    kit.household(firm.alice, person)
    with store.engine(firm.place).connect() as connection:
        off = (
            "pragma foreign_keys=off"
            if store.is_sqlite(firm.place)
            else "set session_replication_role = replica"
        )
        if store.is_sqlite(firm.place):
            connection.connection.driver_connection.execute(off)
        else:
            connection.execute(text(off))
        connection.execute(text(f"delete from contact where id = {person}"))
        connection.commit()
        connection.invalidate()
    assert found(firm) == ["links"]


def test_a_link_to_another_firm_is_found(firm):
    person = kit.person(firm.alice)
    kit.household(firm.alice, person)
    with store.engine(firm.place).begin() as connection:
        connection.execute(text(f"update contact set firm_id = 2 where id = {person}"))
    assert "links" in found(firm)


def test_a_lost_key_is_found(firm):
    firm.place.key_path.unlink()
    assert set(found(firm)) == {"key", "audit"}


def test_other_packages_add_what_they_promise(firm):
    promise = store.Invariant(
        "shares", "Les parts font 1", lambda ctx: [store.Finding("shares", "Parts ≠ 1.", "warning")]
    )
    findings = store.check(firm.operator, [promise])
    assert (findings.found[0].message, findings.ok) == ("Parts ≠ 1.", True)


def test_it_takes_the_right_to_see_the_health_of_the_store(firm):
    with pytest.raises(PermissionDeniedError):
        store.check(replace(firm.alice, permissions=frozenset()))
