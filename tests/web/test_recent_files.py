"""`/files/…`: the bar notes the file that is open, and lists the last ones."""

import pytest

from tests import kit


@pytest.fixture
def alice(server):
    with server.signed_in("alice") as client:
        client.headers["Origin"] = server.url
        yield client


def test_what_was_opened_is_listed(server, alice, unique):
    code = f"R{unique}".upper()
    kit.person(server.firm.alice, f"Récent{unique}", "Léa", file_code=code)
    assert alice.post("/files/opened", json={"contact": code}).status_code == 200
    first = alice.post("/files/recent", json={}).json()[0]
    assert first == {
        "label": f"Récent{unique} Léa",
        "detail": code,
        "href": f"/dossier-general?contact={code}",
    }


def test_a_colleague_s_file_reads_as_one_that_does_not_exist(server, alice, unique):
    code = f"S{unique}".upper()
    kit.person(server.firm.bruno, file_code=code)
    foreign = alice.post("/files/opened", json={"contact": code})
    absent = alice.post("/files/opened", json={"contact": "RIEN"})
    assert (
        (foreign.status_code, foreign.text)
        == (absent.status_code, absent.text)
        == (404, "Introuvable.")
    )


@pytest.mark.parametrize("address", ["/files/opened", "/files/recent"])
def test_only_pages_of_ours_ask(alice, address):
    del alice.headers["Origin"]
    assert alice.post(address, json={}).status_code == 403


def test_a_question_without_its_file_is_refused(alice):
    assert alice.post("/files/opened", json={"contact": 3}).status_code == 400
