"""A file is kept byte for byte, found by what it holds, and its damage is seen."""

import hashlib

import pytest

from o2s_core import store
from o2s_core.kernel.errors import NotFoundError, StoreError


def test_bytes_come_back_as_they_were(firm):
    sha = store.save_blob(firm.alice, b"relev\xe9")
    assert sha == hashlib.sha256(b"relev\xe9").hexdigest()
    assert store.blob(firm.alice, sha) == b"relev\xe9"


def test_the_same_bytes_are_kept_once(firm):
    sha = store.save_blob(firm.alice, b"x")
    assert store.save_blob(firm.bruno, b"x") == sha
    assert len([p for p in (firm.place.home / "blobs").rglob("*") if p.is_file()]) == 1


def test_a_damaged_file_is_refused(firm):
    sha = store.save_blob(firm.alice, b"x")
    (firm.place.home / "blobs" / sha[:2] / sha).write_bytes(b"y")
    with pytest.raises(StoreError, match="abîmé"):
        store.blob(firm.alice, sha)


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", ""])
def test_what_was_never_kept_is_not_found(firm, name):
    with pytest.raises(NotFoundError):
        store.blob(firm.alice, name)
