"""`/dl/<ticket>`: once, for whoever asked, as an attachment that nothing opens or keeps."""

import pytest

from o2s_core import administration, store
from tests.kit.server import Server


def ticket(server: Server, login: str, name="Relevé « été ».pdf", data=b"%PDF figures") -> str:
    ctx = administration.context_as(server.place, login, *server.clock())
    return administration.issue_ticket(ctx, store.save_blob(ctx, data), name, "application/pdf")


@pytest.fixture
def alice(server):
    with server.signed_in("alice") as client:
        yield client


def test_it_comes_once_as_an_attachment(server, alice):
    address = f"/dl/{ticket(server, 'alice')}"
    answer = alice.get(address)
    assert answer.content == b"%PDF figures"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert (
        "filename*=UTF-8''Relev%C3%A9%20%C2%AB%20%C3%A9t%C3%A9%20%C2%BB.pdf"
        in answer.headers["content-disposition"]
    )
    assert "no-store" in answer.headers["cache-control"]
    again = alice.get(address)
    assert again.status_code == 404
    assert "ne sert plus" in again.text


def test_it_is_of_no_use_to_a_colleague_nor_to_a_stranger(server, alice):
    address = f"/dl/{ticket(server, 'bruno')}"
    assert alice.get(address).status_code == 404
    with server.client() as anyone:
        assert anyone.get(address).status_code in {303, 401}
    with server.signed_in("bruno") as bruno:
        assert bruno.get(address).status_code == 200


def test_a_file_that_is_a_page_does_not_run(server, alice):
    ctx = administration.context_as(server.place, "alice", *server.clock())
    sha = store.save_blob(ctx, b"<script>alert(1)</script>")
    made = administration.issue_ticket(ctx, sha, 'x".html\r\nX-Y: z', "text/html")
    answer = alice.get(f"/dl/{made}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert "x-y" not in answer.headers
