"""`/search/quick`: for a page of ours and a session that holds; the text is in no address."""

import pytest

from tests import kit

ADDRESS = "/search/quick"


@pytest.fixture
def alice(server):
    with server.signed_in("alice") as client:
        client.headers["Origin"] = server.url
        yield client


def ask(client, text, **more):
    return client.post(ADDRESS, json={"text": text, **more})


def test_it_answers_by_kind_with_where_each_leads(server, alice, unique):
    ctx = server.firm.alice
    who = kit.person(ctx, f"Zorro{unique}", "Léa", file_code=f"Z{unique}".upper())
    held = kit.account(ctx, kit.provider(ctx, f"p{unique}"), [who], label=f"Plan zorro{unique}")
    fund = kit.instrument(ctx, f"Zorro{unique} Monde")
    groups = ask(alice, f"zorro{unique}").json()
    assert [(g["title"], [i["href"] for i in g["items"]], g["more"]) for g in groups] == [
        ("Contacts", [f"/dossier-general?contact=Z{unique.upper()}"], False),
        ("Comptes", [f"/compte?compte={held}"], False),
        ("Supports", [f"/support?support={fund}"], False),
    ]
    assert f"Zorro{unique} Léa" in groups[1]["items"][0]["detail"]


def test_a_colleague_s_client_leads_nowhere(server, alice, unique):
    kit.person(server.firm.bruno, f"Loin{unique}", "Paul", file_code=f"L{unique}".upper())
    (group,) = ask(alice, f"loin{unique}").json()
    (item,) = group["items"]
    assert item["label"] == f"Loin{unique} Paul"
    assert item["href"] == ""
    assert item["detail"].startswith("Accès restreint, suivi par ")


def test_five_first_then_the_rest(server, alice, unique):
    for n in range(7):
        kit.instrument(server.firm.alice, f"Suite{unique} {n}")
    (few,) = ask(alice, f"suite{unique}").json()
    (rest,) = ask(alice, f"suite{unique}", all=True).json()
    assert (len(few["items"]), few["more"]) == (5, True)
    assert (len(rest["items"]), rest["more"]) == (7, False)


def test_nobody_asks_without_a_session_nor_from_another_site(server, alice):
    with server.client() as anyone:
        answer = anyone.post(ADDRESS, json={"text": "ma"}, headers={"Origin": server.url})
        assert answer.status_code == 401
    assert (
        alice.post(ADDRESS, json={"text": "ma"}, headers={"Origin": "https://x.fr"}).status_code
        == 403
    )
    del alice.headers["Origin"]
    assert ask(alice, "ma").status_code == 403


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"text": 3}', b'"' + b"a" * 3_000 + b'"'])
def test_what_is_no_question_is_refused(alice, body):
    assert alice.post(ADDRESS, content=body).status_code == 400


def test_a_name_is_never_in_an_address(alice):
    assert "json" not in alice.get(f"{ADDRESS}?text=martin").headers["content-type"]
