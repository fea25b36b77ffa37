"""A password is long, not known, not given away; only a peppered hash of it is kept."""

import pytest

from o2s_core import store
from o2s_core.administration import passwords
from o2s_core.kernel.context import Place


@pytest.mark.parametrize(
    ("story", "password"),
    [
        ("a sentence of a few words", "un cheval correct agrafé"),
        ("no class of characters is imposed", "quatre mots tout simples"),
        ("spaces around are part of it", "  espaces gardés  "),
        ("emoji count as characters", "🐎🔋🧷✅ mot de passe"),
        ("one hundred and twenty-eight characters", "abcd ef " * 16),
    ],
)
def test_a_good_password_is(story, password):
    assert passwords.refusal(password) is None, story


@pytest.mark.parametrize(
    ("story", "password"),
    [
        ("eleven characters", "onze caract"),
        ("one hundred and twenty-nine characters", "abcd ef " * 16 + "x"),
        ("one sign again and again", "aaaaaaaaaaaaaaaa"),
        ("what everybody types", "motdepasse123"),
        ("what everybody types, in capitals with spaces", "Mot De Passe 123"),
        ("the login with a few digits", "alice-martin 26"),
        ("the name of the firm", "Cabinet d'essai !"),
    ],
)
def test_a_bad_password_is(story, password):
    assert passwords.refusal(
        password, about=["alice", "Martin", "Cabinet d'essai", "Alice Martin"]
    ), story


def test_a_password_longer_than_bcrypt_reads_counts_to_its_last_sign(place):
    """bcrypt stops at 72 bytes; ours is the hash of an HMAC."""
    long = "x" * 72
    trace = passwords.hashed(place, long + "a")
    assert passwords.matches(place, long + "a", trace)
    assert not passwords.matches(place, long + "b", trace)


def test_spaces_and_capitals_count(place):
    trace = passwords.hashed(place, " Un mot de passe ")
    assert not passwords.matches(place, "Un mot de passe", trace)
    assert not passwords.matches(place, " un mot de passe ", trace)


def test_the_trace_is_worthless_without_the_key_file(place, tmp_path):
    trace = passwords.hashed(place, "un mot de passe")
    thief = Place(tmp_path / "copy", place.database_url, tmp_path / "another.key")
    store.init_key(Place(tmp_path / "new", f"sqlite:///{tmp_path}/new.sqlite3", thief.key_file))
    assert not passwords.matches(thief, "un mot de passe", trace)


def test_without_a_stored_password_none_is_right(place):
    assert not passwords.matches(place, "", "")


def test_a_drawn_password_is_good_and_never_the_same():
    drawn = {passwords.draw() for _ in range(50)}
    assert len(drawn) == 50
    assert all(passwords.refusal(one) is None for one in drawn)
