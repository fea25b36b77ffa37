"""Signing in: password, second factor, a password of one's own; refusals say nothing and cost the same."""

from datetime import timedelta

import pytest

from o2s_core import administration, store
from o2s_core.administration import SignInRefusedError, passwords, sessions
from o2s_core.administration.tries import delay
from o2s_core.kernel.errors import InvalidInputError, NotSignedInError
from tests.kit.access import (
    PASSWORD,
    code,
    enrolled,
    give_passwords,
    require_second_factor,
    visitor,
)
from tests.kit.firm import NOW, TODAY

WRONG = "ce n'est pas celui-là"


@pytest.fixture(autouse=True)
def _passwords(place):
    give_passwords(place)


@pytest.fixture
def hashes(monkeypatch):
    """How many times bcrypt worked."""
    counted = []
    real = passwords._hasher().check_pw

    class Counting:
        @staticmethod
        def check_pw(password, stored):
            counted.append(stored)
            return stored != passwords.DUMMY and real(password, stored)

    monkeypatch.setattr(passwords, "_hasher", lambda: Counting)
    return counted


def refused(place, login, password=WRONG, **when):
    with pytest.raises(SignInRefusedError) as refusal:
        administration.sign_in(visitor(place, **when), login, password)
    return str(refusal.value)


def actions(firm):
    return [line.action for line in store.audit_lines(firm.operator).lines]


def test_the_right_password_opens_a_session(place):
    step = administration.sign_in(visitor(place), "alice", PASSWORD)
    assert step.pending == ""
    found = administration.signed_in(place, step.token, NOW)
    assert found is not None
    ctx = administration.context_of_session(place, found.sid, NOW, TODAY)
    assert ctx.actor == "alice"


def test_the_login_is_typed_in_any_case(place):
    assert administration.sign_in(visitor(place), " Alice ", PASSWORD).token


def test_a_wrong_password_and_an_unknown_login_read_the_same(place):
    assert refused(place, "alice") == refused(place, "personne")


def test_a_wrong_password_and_an_unknown_login_cost_the_same(place, hashes):
    """Constant work: one hash each, so that time tells nothing."""
    refused(place, "alice")
    assert len(hashes) == 1
    refused(place, "personne")
    assert len(hashes) == 2


def test_a_disabled_user_reads_as_unknown_and_costs_the_same(firm, place, hashes):
    administration.disable_user(firm.operator, firm.user_ids["bruno"])
    assert refused(place, "bruno", PASSWORD) == refused(place, "personne")
    assert len(hashes) == 2


def test_from_the_fifth_refusal_one_waits_longer_and_longer(place):
    for _ in range(5):
        refused(place, "alice")
    refused(place, "alice", PASSWORD, after=59)
    assert administration.sign_in(visitor(place, after=61), "alice", PASSWORD).token


def test_a_sixth_refusal_doubles_the_wait(place):
    for _ in range(5):
        refused(place, "alice")
    refused(place, "alice", after=61)
    refused(place, "alice", PASSWORD, after=61 + 119)
    assert administration.sign_in(visitor(place, after=61 + 121), "alice", PASSWORD).token


def test_nobody_is_locked_out_for_more_than_fifteen_minutes():
    assert [delay(n).seconds // 60 for n in range(5, 12)] == [1, 2, 4, 8, 15, 15, 15]


def test_a_login_nobody_has_must_wait_alike(place, hashes):
    """Otherwise the lock would say which logins exist."""
    for _ in range(5):
        refused(place, "personne")
    assert len(hashes) == 5
    refused(place, "personne")
    assert len(hashes) == 5


def test_hundreds_of_guesses_from_fifty_addresses_cost_at_most_twenty_hashes(place, hashes):
    """Over ten minutes; the rightful owner gets in as soon as the delay is over."""
    for n in range(400):
        refused(place, "alice", after=n * 1.5, address=f"192.0.2.{n % 50}")
    assert len(hashes) <= 20
    assert administration.sign_in(visitor(place, after=600 + 901), "alice", PASSWORD).token


def test_an_address_has_thirty_tries_a_minute(place, hashes):
    for n in range(35):
        refused(place, f"inconnu{n}", address="203.0.113.9")
    assert len(hashes) == 30
    assert administration.sign_in(visitor(place, address="203.0.113.10"), "alice", PASSWORD).token


def test_a_success_forgives_the_refusals_before_it(place):
    for _ in range(4):
        refused(place, "alice")
    administration.sign_in(visitor(place), "alice", PASSWORD)
    for _ in range(4):
        refused(place, "alice")
    assert administration.sign_in(visitor(place), "alice", PASSWORD).token


def test_sign_ins_and_refusals_are_in_the_trail_without_what_was_typed(firm, place):
    refused(place, "alice")
    refused(place, "un secret tapé au mauvais endroit")
    administration.sign_in(visitor(place), "alice", PASSWORD)
    assert actions(firm)[:3] == ["login", "login_refused", "login_refused"]
    lines = store.audit_lines(firm.operator).lines
    assert "secret" not in repr(lines)


def test_a_temporary_password_must_be_replaced_at_once(firm, place):
    given = administration.reset_password(firm.operator, firm.user_ids["alice"])
    step = administration.sign_in(visitor(place), "alice", given)
    assert step.pending == "password"
    assert administration.signed_in(place, step.token, NOW).pending == "password"
    with pytest.raises(InvalidInputError, match="différent"):
        administration.choose_password(visitor(place), step.token, given, given)
    with pytest.raises(InvalidInputError, match="diffèrent"):
        administration.choose_password(
            visitor(place), step.token, "des mots bien à moi", "autre chose"
        )
    done = administration.choose_password(
        visitor(place), step.token, "des mots bien à moi", "des mots bien à moi"
    )
    assert done.pending == ""
    assert administration.signed_in(place, step.token, NOW) is None
    assert administration.sign_in(visitor(place), "alice", "des mots bien à moi").pending == ""


def test_an_unfinished_sign_in_is_no_session(firm, place):
    require_second_factor(place)
    step = administration.sign_in(visitor(place), "alice", PASSWORD)
    found = administration.signed_in(place, step.token, NOW)
    with pytest.raises(NotSignedInError):
        administration.context_of_session(place, found.sid, NOW, TODAY)


def test_an_unfinished_sign_in_expires_after_ten_minutes(place):
    require_second_factor(place)
    step = administration.sign_in(visitor(place), "alice", PASSWORD)
    with pytest.raises(NotSignedInError):
        administration.enrolment(visitor(place, after=601), step.token)


def test_no_step_can_be_skipped(firm, place):
    """A temporary password and a required factor: both, in this order."""
    enrolled(place, "alice")
    given = administration.reset_password(firm.operator, firm.user_ids["alice"])
    step = administration.sign_in(visitor(place, after=60), "alice", given)
    assert step.pending == "code"
    with pytest.raises(NotSignedInError):
        administration.choose_password(
            visitor(place, after=60), step.token, "des mots bien à moi", "des mots bien à moi"
        )


def test_each_step_has_a_new_secret(place):
    """A cookie fixed before the sign-in opens nothing after it."""
    token, secret, _ = enrolled(place, "alice")
    step = administration.sign_in(visitor(place, after=60), "alice", PASSWORD)
    done = administration.prove(visitor(place, after=60), step.token, code(secret, after=60))
    assert len({token, step.token, done.token}) == 3
    assert administration.signed_in(place, step.token, NOW + timedelta(seconds=60)) is None


def test_only_the_trace_of_a_session_is_stored(place):
    from sqlmodel import Session, select

    from o2s_core.administration.models import UserSession

    token = administration.sign_in(visitor(place), "alice", PASSWORD).token
    with Session(store.engine(place)) as session:
        row = session.exec(select(UserSession)).one()
    assert token not in repr(row)
    assert row.token_hash == sessions.fingerprint(token)
    assert len(token) >= 43  # 256 bits


def test_changing_a_password_ends_the_other_sessions(firm, place):
    here = administration.sign_in(visitor(place), "alice", PASSWORD).token
    there = administration.sign_in(visitor(place), "alice", PASSWORD).token
    sid = administration.signed_in(place, here, NOW).sid
    administration.change_password(
        firm.alice, PASSWORD, "encore une autre phrase", "encore une autre phrase", keep_sid=sid
    )
    assert administration.signed_in(place, here, NOW) is not None
    assert administration.signed_in(place, there, NOW) is None


def test_changing_a_password_asks_for_the_present_one_and_waits_after_five(firm, place):
    for _ in range(5):
        with pytest.raises(InvalidInputError, match="actuel"):
            administration.change_password(
                firm.alice, WRONG, "une autre phrase", "une autre phrase"
            )
    with pytest.raises(InvalidInputError, match="actuel"):
        administration.change_password(firm.alice, PASSWORD, "une autre phrase", "une autre phrase")
