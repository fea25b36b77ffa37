"""The second factor: each code once, a lost phone has eight codes on paper, secrets are sealed."""

import pytest

from o2s_core import administration
from o2s_core.administration import SignInRefusedError
from o2s_core.kernel.errors import InvalidInputError, StoreError
from tests.kit.access import (
    PASSWORD,
    code,
    enrolled,
    give_passwords,
    require_second_factor,
    stored_user,
    visitor,
)


@pytest.fixture(autouse=True)
def _passwords(place):
    give_passwords(place)


def at_the_code(place, login="alice", after=60):
    return administration.sign_in(visitor(place, after=after), login, PASSWORD).token


def test_a_firm_that_requires_it_has_it_set_up_at_the_first_sign_in(place):
    token, _, codes = enrolled(place, "alice")
    assert len(codes) == len(set(codes)) == 8
    assert token
    step = administration.sign_in(visitor(place, after=60), "alice", PASSWORD)
    assert step.pending == "code"


def test_the_right_code_opens_the_session(place):
    _, secret, _ = enrolled(place, "alice")
    done = administration.prove(
        visitor(place, after=60), at_the_code(place), code(secret, after=60)
    )
    assert done.pending == ""


@pytest.mark.parametrize(
    ("story", "shift"), [("a clock half a minute late", -30), ("half a minute early", 30)]
)
def test_a_small_clock_difference_is_forgiven(place, story, shift):
    _, secret, _ = enrolled(place, "alice")
    typed = code(secret, after=120 + shift)
    assert administration.prove(
        visitor(place, after=120), at_the_code(place, after=120), typed
    ).token, story


@pytest.mark.parametrize("shift", [-90, 90])
def test_a_large_one_is_not(place, shift):
    _, secret, _ = enrolled(place, "alice")
    with pytest.raises(SignInRefusedError):
        administration.prove(
            visitor(place, after=300),
            at_the_code(place, after=300),
            code(secret, after=300 + shift),
        )


def test_a_code_works_once(place):
    """Seen over the shoulder or on the wire, a code that served opens nothing."""
    _, secret, _ = enrolled(place, "alice")
    administration.prove(visitor(place, after=60), at_the_code(place), code(secret, after=60))
    with pytest.raises(SignInRefusedError):
        administration.prove(
            visitor(place, after=61), at_the_code(place, after=61), code(secret, after=61)
        )


def test_the_code_of_the_enrolment_has_served(place):
    _, secret, _ = enrolled(place, "alice")
    with pytest.raises(SignInRefusedError):
        administration.prove(visitor(place, after=1), at_the_code(place, after=1), code(secret))


def test_an_earlier_code_than_the_last_is_refused(place):
    _, secret, _ = enrolled(place, "alice")
    administration.prove(visitor(place, after=60), at_the_code(place), code(secret, after=90))
    with pytest.raises(SignInRefusedError):
        administration.prove(visitor(place, after=60), at_the_code(place), code(secret, after=60))


def test_after_five_wrong_codes_one_waits(place):
    _, secret, _ = enrolled(place, "alice")
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            administration.prove(visitor(place, after=60), at_the_code(place), "000000")
    with pytest.raises(SignInRefusedError):
        administration.prove(visitor(place, after=60), at_the_code(place), code(secret, after=60))
    late = visitor(place, after=121)
    assert administration.prove(late, at_the_code(place, after=121), code(secret, after=121)).token


def test_a_recovery_code_replaces_the_phone_once(place):
    _, _, codes = enrolled(place, "alice")
    assert administration.prove(
        visitor(place, after=60), at_the_code(place), codes[3].upper()
    ).token
    with pytest.raises(SignInRefusedError):
        administration.prove(visitor(place, after=60), at_the_code(place), codes[3])


def test_codes_of_a_colleague_open_nothing(place):
    _, secret, codes = enrolled(place, "alice")
    enrolled(place, "bruno")
    for typed in (code(secret, after=60), codes[0]):
        with pytest.raises(SignInRefusedError):
            administration.prove(visitor(place, after=60), at_the_code(place, "bruno"), typed)


def test_a_wrong_first_code_stores_nothing(place):
    require_second_factor(place)
    step = administration.sign_in(visitor(place), "alice", PASSWORD)
    offer = administration.enrolment(visitor(place), step.token)
    with pytest.raises(InvalidInputError, match="heure du téléphone"):
        administration.enrol(visitor(place), step.token, offer.sealed, "000000")
    assert stored_user(place, "alice").totp_secret is None


def test_an_offer_made_to_another_session_is_refused(place):
    require_second_factor(place)
    mine = administration.sign_in(visitor(place), "alice", PASSWORD)
    other = administration.sign_in(visitor(place), "bruno", PASSWORD)
    offer = administration.enrolment(visitor(place), other.token)
    typed = code(offer.typed.replace(" ", ""))
    with pytest.raises(StoreError):
        administration.enrol(visitor(place), mine.token, offer.sealed, typed)


def test_the_secret_is_sealed_at_rest_and_bound_to_its_owner(place):
    _, secret, _ = enrolled(place, "alice")
    stored = stored_user(place, "alice").totp_secret
    assert stored.startswith("v1|")
    assert secret not in stored


def test_the_picture_is_drawn_here(place):
    """No outside service sees the secret: the image is in the page."""
    require_second_factor(place)
    step = administration.sign_in(visitor(place), "alice", PASSWORD)
    assert administration.enrolment(visitor(place), step.token).qr.startswith("data:image/svg+xml")


def test_an_administrator_takes_a_lost_factor_away_and_the_sessions_with_it(firm, place):
    token, _, _ = enrolled(place, "alice")
    administration.reset_second_factor(firm.operator, firm.user_ids["alice"])
    assert administration.signed_in(place, token, visitor(place).now) is None
    assert administration.sign_in(visitor(place), "alice", PASSWORD).pending == "enrol"


def test_one_may_set_it_up_alone_in_mon_compte(firm, place):
    offer = administration.propose_mine(firm.alice)
    codes = administration.adopt_mine(firm.alice, offer.sealed, code(offer.typed.replace(" ", "")))
    assert len(codes) == administration.codes_left(firm.alice) == 8
    assert administration.sign_in(visitor(place), "alice", PASSWORD).pending == "code"
