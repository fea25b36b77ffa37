"""The trail says who did what, and any line changed, moved or removed is seen."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from o2s_core import store
from o2s_core.kernel.errors import PermissionDeniedError
from tests import kit

NAMES = {"last_name": "Martin"}


def say(ctx, action="edit", subject=None, **after):
    with store.tx(ctx) as tx:
        tx.audit(action, "contact", 1, after=after or None, subject=subject)


def tamper(firm, *statements):
    """Change the table as somebody with the database in hand would, triggers out of the way."""
    disarm = ["drop trigger audit_event_no_update", "drop trigger audit_event_no_delete"]
    if not store.is_sqlite(firm.place):
        disarm = ["alter table audit_event disable trigger all"]
    with store.engine(firm.place).begin() as connection:
        for statement in (*disarm, *statements):
            connection.execute(text(statement))


def test_a_line_says_who_what_and_the_fields(firm):
    say(firm.alice, "create", stage="client")
    line = store.audit_lines(firm.operator).lines[0]
    assert (line.actor, line.action, line.fields, line.after) == (
        "alice",
        "create",
        ("stage",),
        {"stage": "client"},
    )


def test_lines_come_newest_first_by_page_and_filter(firm):
    for n in range(5):
        say(firm.alice if n % 2 else firm.bruno, f"edit{n}")
    page = store.audit_lines(firm.operator, limit=2, offset=1)
    assert [line.action for line in page.lines] == ["edit3", "edit2"]
    assert page.total == 5
    by = store.AuditFilter(actor="alice", start=date(2026, 11, 24), end=date(2026, 11, 24))
    assert [line.action for line in store.audit_lines(firm.operator, by).lines] == [
        "edit3",
        "edit1",
    ]
    before = store.AuditFilter(end=date(2026, 11, 23))
    assert store.audit_lines(firm.operator, before).total == 0


def test_another_firm_and_a_profile_without_the_right_see_nothing(firm):
    say(firm.alice)
    assert store.audit_lines(replace(firm.operator, firm_id=2)).total == 0
    with pytest.raises(PermissionDeniedError):
        store.audit_lines(replace(firm.operator, permissions=frozenset()))


def test_a_person_erased_is_unreadable_and_the_chain_whole(firm):
    person = kit.person(firm.alice)
    say(firm.alice, subject=person, **NAMES)
    with store.reading(firm.alice) as session:
        assert "Martin" not in session.exec(select(store.AuditEvent)).all()[-1].change
    assert store.audit_lines(firm.operator).lines[0].after == NAMES
    with store.tx(firm.alice) as tx:
        store.forget_person(tx.session, person)
    erased = store.audit_lines(firm.operator).lines[0]
    assert (erased.after, erased.fields, erased.erased) == (None, ("last_name",), True)
    assert store.verify_audit(firm.operator).ok


def test_a_verb_that_failed_left_no_line(firm):
    with suppress(ZeroDivisionError), store.tx(firm.alice) as tx:
        tx.audit("edit", "contact", 1)
        raise ZeroDivisionError
    assert store.audit_lines(firm.operator).total == 0


@pytest.mark.parametrize("verb", ["update audit_event set actor = 'x'", "delete from audit_event"])
def test_the_database_refuses_to_rewrite(firm, verb):
    say(firm.alice)
    with store.engine(firm.place).connect() as connection, pytest.raises(DatabaseError):
        connection.execute(text(verb))


@pytest.mark.parametrize(
    ("story", "statements", "broken_at"),
    [
        ("untouched", [], None),
        ("an edit", ["update audit_event set actor = 'bruno' where seq = 3"], 3),
        (
            "an edit of the time",
            ["update audit_event set at = '2020-01-01 00:00' where seq = 3"],
            3,
        ),
        ("a line removed", ["delete from audit_event where seq = 3"], 3),
        ("the first line removed", ["delete from audit_event where seq = 1"], 1),
        (
            "two lines exchanged",
            [
                "update audit_event set seq = 99 where seq = 2",
                "update audit_event set seq = 2 where seq = 3",
                "update audit_event set seq = 3 where seq = 99",
            ],
            2,
        ),
        (
            "a line added",
            [
                "insert into audit_event select 6, firm_id, at, user_id, actor, action, entity, "
                "entity_id, subject_id, fields, change, hash, hash from audit_event where seq = 5"
            ],
            6,
        ),
    ],
)
def test_any_change_is_seen_at_its_line(firm, story, statements, broken_at):
    for _ in range(5):
        say(firm.alice)
    tamper(firm, *statements)
    state = store.verify_audit(firm.operator)
    assert (state.ok, state.broken_at) == (broken_at is None, broken_at), story


def test_lines_cut_from_the_end_are_seen_against_the_head_outside(firm):
    for _ in range(5):
        say(firm.alice)
    store.record_head(firm.operator)
    tamper(firm, "delete from audit_event where seq > 3")
    state = store.verify_audit(firm.operator)
    assert (state.ok, state.broken_at) == (False, 4)


def test_lines_cut_and_written_again_are_seen(firm):
    for _ in range(3):
        say(firm.alice)
    assert store.verify_audit(firm.operator).ok
    tamper(firm, "delete from audit_event where seq > 2")
    say(firm.bruno)
    assert store.verify_audit(firm.operator).broken_at == 3


def test_writers_at_once_make_one_chain(firm):
    def several():
        for _ in range(5):
            say(firm.alice)

    threads = [Thread(target=several) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = store.verify_audit(firm.operator)
    assert (state.ok, state.lines) == (True, 30)


def test_an_empty_trail_is_whole(firm):
    assert store.verify_audit(firm.operator).ok


def test_the_chain_lives_through_a_clock_that_steps_back(firm):
    say(firm.alice)
    say(replace(firm.alice, now=firm.alice.now - timedelta(hours=1)))
    assert store.verify_audit(firm.operator).ok
