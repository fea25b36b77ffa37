"""A session ends when it should: idle, after a day's work, at a sign-out, with its owner's access."""

from datetime import timedelta

import pytest

from o2s_core import administration
from o2s_core.kernel.errors import NotFoundError, NotSignedInError
from o2s_core.kernel.permissions import Permission
from tests.kit.access import PASSWORD, give_passwords, visitor
from tests.kit.firm import NOW, TODAY


@pytest.fixture(autouse=True)
def _passwords(place):
    give_passwords(place)


def session_of(place, login="alice"):
    return administration.sign_in(visitor(place), login, PASSWORD).token


def holds(place, token, **after):
    return administration.signed_in(place, token, NOW + timedelta(**after)) is not None


def test_it_falls_idle_after_thirty_minutes(place):
    token = session_of(place)
    assert holds(place, token, minutes=29)
    assert not holds(place, token, minutes=30)


def test_activity_keeps_it(place):
    token = session_of(place)
    administration.touch(place, token, NOW + timedelta(minutes=20))
    assert holds(place, token, minutes=49)


def test_twelve_hours_end_it_whatever_one_does(place):
    token = session_of(place)
    for minutes in range(20, 12 * 60, 20):
        administration.touch(place, token, NOW + timedelta(minutes=minutes))
    assert holds(place, token, hours=11, minutes=59)
    assert not holds(place, token, hours=12)


def test_the_firm_may_close_sooner(firm, place):
    administration.save_setting(firm.operator, "firm", "session.idle_minutes", 5)
    token = session_of(place)
    assert not holds(place, token, minutes=6)


def test_signing_out_ends_it(place):
    token = session_of(place)
    administration.sign_out(place, token, NOW, TODAY)
    assert not holds(place, token)


def test_an_invented_secret_opens_nothing(place):
    session_of(place)
    assert administration.signed_in(place, "x" * 43, NOW) is None
    assert administration.signed_in(place, "", NOW) is None


def test_disabling_a_user_ends_theirs_at_once(firm, place):
    token = session_of(place)
    sid = administration.signed_in(place, token, NOW).sid
    assert administration.disable_user(firm.operator, firm.user_ids["alice"]) == 1
    assert not holds(place, token)
    with pytest.raises(NotSignedInError):
        administration.context_of_session(place, sid, NOW, TODAY)


def test_an_ending_is_noticed_without_asking_the_store(firm, place):
    """The guard asks every two seconds at most; what this process ends counts at once."""
    before = administration.last_ending()
    token = session_of(place)
    administration.sign_out(place, token, NOW, TODAY)
    assert administration.last_ending() > before


def test_i_see_my_sessions_and_close_one(firm, place):
    here, there = session_of(place), session_of(place)
    session_of(place, "bruno")
    sid = administration.signed_in(place, here, NOW).sid
    lines = administration.my_sessions(firm.alice, sid)
    assert [line.device for line in lines] == ["Firefox, Linux", "Firefox, Linux"]
    other = next(line for line in lines if not line.is_current)
    administration.close_my_session(firm.alice, other.sid)
    assert holds(place, here)
    assert not holds(place, there)


def test_the_session_of_a_colleague_is_not_mine_to_close(firm, place):
    token = session_of(place, "bruno")
    sid = administration.signed_in(place, token, NOW).sid
    with pytest.raises(NotFoundError) as theirs:
        administration.close_my_session(firm.alice, sid)
    with pytest.raises(NotFoundError) as nobodys:
        administration.close_my_session(firm.alice, sid[::-1])
    assert type(theirs.value) is type(nobodys.value)
    assert holds(place, token)


def test_rights_count_from_the_next_click(firm, place):
    """A context is read anew: a profile that changed meanwhile counts at once."""
    sid = administration.signed_in(place, session_of(place), NOW).sid
    file = administration.user(firm.operator, firm.user_ids["alice"])
    form = administration.UserForm("alice", "Alice", "lecture_seule", is_adviser=True)
    administration.edit_user(firm.operator, file.id, form, file.version)
    ctx = administration.context_of_session(place, sid, NOW, TODAY)
    assert not ctx.may(Permission.CONTACT_WRITE)
