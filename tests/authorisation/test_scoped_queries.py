"""Every query says which firm, and two firms on one store never see each other."""

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from o2s_core.kernel.errors import O2SError
from o2s_core.kernel.permissions import Permission
from tests.authorisation import asked, books, matrix, spy

CORE = Path(__file__).parents[2] / "o2s_core"
#: A record reached by its own key from one that was checked: table -> why that is enough.
BY_KEY = {
    "app_user": "the user's own row, or one whose firm is compared in Python (`owned`)",
    "firm": "the firm of the context, by its id",
    "agency": "its firm is compared in Python (`owned`)",
    "team": "its firm is compared in Python (`owned`)",
    "user_session": "by the hash of its secret, or for one's own id",
    "recovery_code": "for one's own id",
    "feed": "the feed of a delivery of the firm",
    "provider": "the provider of a feed or an account of the firm",
    "contact": "read back by its id, just after it was written",
    "audit_event": "one chain for the whole store: only the hash of its last line is read",
    "person_key": "by the id of a contact of the firm, which is its primary key",
    "idempotency_key": "firm and key are its primary key",
}

KEYED = re.compile(
    r"WHERE \w+\.(id|contact_id|user_id|token_hash|sid) = |ORDER BY audit_event.seq DESC LIMIT"
)


def run_all(world, ctx, book) -> None:
    """Ask every question and every verb once, with the asker's own things."""
    for function in matrix.functions().values():
        given = asked.arguments(function, world, book)
        with suppress(O2SError, IntegrityError), asked.asker(function, ctx) as under:
            function(under, **given)


def anything(world):
    """Somebody who sees the whole firm and may do everything."""
    return replace(world.of("manager"), permissions=frozenset(Permission))


def test_every_reading_says_which_firm(world):
    """Those that do not look for one record by its own key, reached from one that was checked."""
    with spy.statements(world.place) as seen:
        run_all(world, world.of("alice"), world.alice)
        run_all(world, anything(world), world.bruno)
    loose = {text: tables for text in seen if (tables := spy.unscoped(text))}
    assert not sorted({t for tables in loose.values() for t in tables} - set(BY_KEY))
    assert not [text for text in loose if not KEYED.search(text)]
    assert len(seen) > 500


@pytest.mark.parametrize("whole", [True, False], ids=["whole firm", "one adviser"])
def test_two_firms_on_one_store_never_see_each_other(world, whole):
    """Every answer of one firm is searched for the words and figures of the other."""
    firm = books.second_firm(world.firm)
    next_door = books.fill(firm, books.NEXT_DOOR)
    here = (*books.ALICE, *books.BRUNO)
    there = [word for said in books.NEXT_DOOR for word in said]
    for home, own, foreign in ((world, here, there), (next_door, there, here)):
        ctx = home.firm.operator if whole else home.firm.alice
        answers = "\n".join(told(home, ctx, home.alice))
        assert own[0] in answers, "the answers speak of one's own clients"
        assert not [word for word in foreign if word in answers]


def told(world, ctx, book):
    """What every question answers, as text; verbs are left out."""
    for name, function in matrix.functions().items():
        if is_question(name):
            given = asked.arguments(function, world, book)
            with suppress(O2SError), asked.asker(function, ctx) as under:
                yield asked.text(function(under, **given))


def is_question(name: str) -> bool:
    rights = matrix.rows("function")[name].permissions
    return all(p.endswith(("read", "view", "export")) for p in rights) and rights != ()


def queries():
    return sorted(CORE.rglob("*.sql"))


@pytest.mark.parametrize("path", queries(), ids=lambda p: p.stem)
def test_a_query_over_segments_names_the_perimeter(path):
    """A segment lies in the folder of its firm; within the firm, the text says who may see."""
    text = re.sub(r"--.*", "", path.read_text("utf-8"))
    assert "$everyone" in text
    assert "$adviser_ids" in text
    assert not re.search(r"read_parquet|read_csv|attach|\bfrom '", text, re.IGNORECASE)


def test_there_are_queries_to_look_at():
    assert queries()
