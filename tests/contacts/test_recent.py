"""The last files of a user: their own, the latest first, and only what they may still see."""

from dataclasses import replace
from datetime import timedelta

import pytest

from o2s_core import contacts
from o2s_core.kernel.errors import NotFoundError
from tests import kit


def opened(ctx, *codes):
    for n, code in enumerate(codes):
        contacts.note_opened(replace(ctx, now=ctx.now + timedelta(minutes=n)), code)
    return [ref.file_code for ref in contacts.recent_files(ctx)]


def test_the_latest_comes_first_and_once(firm):
    for code in ("A1", "B2", "C3"):
        kit.person(firm.alice, file_code=code)
    assert opened(firm.alice, "A1", "B2", "C3", "A1") == ["A1", "C3", "B2"]
    assert contacts.recent_files(firm.bruno) == ()


def test_eight_are_kept(firm):
    codes = [f"D{n}" for n in range(10)]
    for code in codes:
        kit.person(firm.alice, file_code=code)
    assert opened(firm.alice, *codes) == codes[:1:-1]


def test_a_file_that_is_not_mine_is_not_noted(firm):
    kit.person(firm.bruno, file_code="SEC1")
    with pytest.raises(NotFoundError):
        contacts.note_opened(firm.alice, "SEC1")


def test_a_file_that_left_my_perimeter_leaves_my_list(firm):
    kit.person(firm.alice, file_code="A1")
    assert opened(firm.alice, "A1") == ["A1"]
    elsewhere = replace(firm.alice, perimeter=firm.bruno.perimeter)
    assert contacts.recent_files(elsewhere) == ()
