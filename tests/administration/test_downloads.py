"""A file leaves once, within a minute, to whoever asked for it, and the trail says so."""

from datetime import timedelta

import pytest

from o2s_core import administration, store
from o2s_core.kernel.errors import NotFoundError
from tests.kit.firm import NOW, TODAY


@pytest.fixture
def ticket(firm):
    sha = store.save_blob(firm.alice, b"figures")
    return administration.issue_ticket(firm.alice, sha, "État de compte.pdf", "application/pdf")


def fetch(firm, ticket, login="alice", seconds=1):
    moment = NOW + timedelta(seconds=seconds)
    return administration.redeem(firm.place, ticket, firm.user_ids[login], moment, TODAY)


def test_it_fetches_the_file(firm, ticket):
    found = fetch(firm, ticket)
    assert (found.data, found.file_name, found.media_type) == (
        b"figures",
        "État de compte.pdf",
        "application/pdf",
    )


@pytest.mark.parametrize(
    ("story", "login", "seconds", "times"),
    [
        ("a second time", "alice", 1, 2),
        ("after a minute", "alice", 61, 1),
        ("by a colleague", "bruno", 1, 1),
    ],
)
def test_it_is_refused(firm, ticket, story, login, seconds, times):
    with pytest.raises(NotFoundError) as refusal:
        for _ in range(times):
            fetch(firm, ticket, login, seconds)
    with pytest.raises(NotFoundError) as invented:
        fetch(firm, "x" * 43)
    assert str(refusal.value) == str(invented.value), story


def test_a_colleague_who_tries_does_not_use_it_up(firm, ticket):
    with pytest.raises(NotFoundError):
        fetch(firm, ticket, "bruno")
    assert fetch(firm, ticket).data == b"figures"


def test_export_and_download_are_in_the_trail_without_the_name_of_the_file(firm, ticket):
    fetch(firm, ticket)
    lines = store.audit_lines(firm.operator).lines
    assert [line.action for line in lines[:2]] == ["download", "export"]
    assert "compte" not in repr(lines)
