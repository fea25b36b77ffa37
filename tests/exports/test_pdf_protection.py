"""A PDF closed by a password: it opens with it alone, and shows what it showed."""

import io
import re

import pikepdf
import pytest

from o2s_core import exports
from tests.kit import pdfs


@pytest.fixture(scope="module")
def plain() -> bytes:
    return pdfs.pdf_of("Relevé de Anne Martin")


def test_without_the_password_it_does_not_open(plain):
    closed = exports.protected(plain, "K7PM-4XQD-WT2H")
    for wrong in ("", "k7pm-4xqd-wt2h"):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(closed), password=wrong)
    assert b"Anne" not in closed


def test_with_it_the_pages_are_those_of_before(plain):
    closed = exports.protected(plain, "K7PM-4XQD-WT2H")
    with pikepdf.open(io.BytesIO(closed), password="K7PM-4XQD-WT2H") as opened:
        assert (len(opened.pages), opened.encryption.bits) == (1, 256)
        assert not opened.owner_password_matched


def test_a_password_is_told_by_telephone_and_is_never_the_same():
    made = {exports.new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){2}", one) for one in made)
    assert not set("".join(made)) & set("01IOL")
