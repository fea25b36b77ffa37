"""The guard: nothing runs and nothing leaves without a session, over the real wire."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select, update

from o2s_core import administration, store
from o2s_core.administration import UserForm
from o2s_core.administration.models import UserSession
from o2s_core.administration.sessions import fingerprint
from tests.kit import access
from tests.kit import server as application
from tests.kit.bot import Bot, Refused, bot_of
from tests.kit.server import COOKIE

UPLOAD = "/_stcore/upload_file/some-session/some-file"


@pytest.fixture
def alice(server):
    with server.signed_in("alice") as client:
        yield client


@pytest.fixture
def anyone(server):
    with server.client() as client:
        yield client


def test_the_application_really_starts_with_the_guard(anyone):
    """Streamlit finds the application by reading `app.py`; without the guard this would be 200."""
    answer = anyone.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/")


def test_an_anonymous_visitor_is_sent_to_the_sign_in_and_back(anyone):
    answer = anyone.get("/portefeuille-synthese?contact=C00001")
    assert answer.headers["location"] == "/login?next=/portefeuille-synthese%3Fcontact%3DC00001"


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/media/0123456789abcdef.csv"),
        ("GET", "/component/o2s.table/index.html"),
        ("GET", "/_stcore/host-config"),
        ("GET", "/_stcore/script-health-check-nothing"),
        ("PUT", UPLOAD),
        ("DELETE", UPLOAD),
        ("POST", "/contacts"),
    ],
)
def test_the_machinery_is_closed_to_the_anonymous(anyone, verb, path):
    assert anyone.request(verb, path, content=b"x" * 1000).status_code in {401, 403, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/interact",
        "/_stcore/script-health-check",
        "/app/static/secret.txt",
        "/auth/login",
        "/oauth2callback",
    ],
)
def test_doors_nobody_uses_are_closed_to_everybody(anyone, alice, path):
    assert anyone.get(path).status_code == 404
    assert alice.get(path).status_code == 404


def test_an_anonymous_wire_is_refused(server):
    with pytest.raises(Refused) as refusal:
        Bot(server.url).open()
    assert refusal.value.code == 403


def test_an_invented_cookie_opens_no_wire(server):
    with pytest.raises(Refused):
        Bot(server.url, cookie="x" * 43).open()


def test_headers_that_pretend_are_ignored(server):
    """The name comes from the guard, never from the browser."""
    with pytest.raises(Refused):
        Bot(server.url, headers={"X-O2s-Uid": "1", "X-O2s-Sid": "x"}).open()


def test_headers_that_pretend_do_not_change_who_one_is(server, alice):
    admin = str(server.firm.user_ids["admin"])
    bot = bot_of(alice, server.url, headers={"X-O2s-Uid": admin, "x-o2s-sid": "x"})
    bot.run("accueil")
    assert "Alice" in bot.text
    assert "Admin" not in bot.text
    bot.close()


@pytest.mark.parametrize("origin", ["http://ailleurs.example", "null", None])
def test_a_foreign_origin_opens_no_wire(server, alice, origin):
    with pytest.raises(Refused):
        bot_of(alice, server.url, origin=origin)


@pytest.mark.parametrize("origin", ["http://ailleurs.example", "null"])
def test_a_foreign_form_changes_nothing(server, alice, anyone, origin):
    said = {"step": "sign_in", "login": "alice", "password": "x"}
    assert anyone.post("/login", data=said, headers={"Origin": origin}).status_code == 403
    assert alice.post("/logout", headers={"Origin": origin}).status_code == 403
    assert alice.get("/").status_code == 200


def test_reading_a_page_signs_nobody_out(alice):
    assert alice.get("/logout").status_code == 200
    assert alice.get("/").status_code == 200


def test_a_session_of_somebody_else_cannot_be_taken_over(server, alice):
    """The tab's identifier is no key: it goes with the person."""
    bot = bot_of(alice, server.url).run("accueil")
    with server.signed_in("bruno") as bruno:
        thief = bot_of(bruno, server.url, resume=bot.session_id)
        try:
            thief.run("accueil")
            assert "Alice" not in thief.text
        except Refused:
            pass
    bot.run("accueil")
    assert "Alice" in bot.text


def test_signing_out_cuts_open_tabs_at_their_next_click(server):
    with server.signed_in("alice") as client:
        bot = bot_of(client, server.url).run("accueil")
        gone = client.post("/logout", headers={"Origin": server.url})
        assert (gone.status_code, gone.headers["location"]) == (303, "/login")
        with pytest.raises(Refused) as cut:
            bot.run("accueil", "x=1")
        assert cut.value.code == 4401
        assert bot.sent_to == "/login?next=/accueil%3Fx%3D1"
        assert bot.text == ""


def test_a_disabled_user_is_cut_within_two_seconds(server):
    """By another process: the guard asks the store every two seconds."""
    operator = server.firm.operator
    made = administration.add_user(
        operator, UserForm("ephemere", "Éphémère", "lecture_seule"), password=access.PASSWORD
    )
    with server.signed_in("ephemere") as client:
        bot = bot_of(client, server.url).run("accueil")
        administration.disable_user(operator, made.id)
        time.sleep(2.1)
        with pytest.raises(Refused):
            bot.run("accueil")
        assert client.get("/").status_code == 303


def test_a_page_that_refreshes_itself_is_no_activity(server):
    with server.signed_in("alice") as client:
        bot = bot_of(client, server.url).run("accueil")
        sid = fingerprint(client.cookies[COOKIE])
        early = server.clock()[0].replace(microsecond=0) - timedelta(minutes=10)
        with Session(store.engine(server.place)) as session:
            mine = UserSession.token_hash == sid
            session.exec(update(UserSession).where(mine).values(last_seen_at=early))
            session.commit()
            time.sleep(2.1)
            bot.run("accueil", auto=True)
            time.sleep(0.5)
            seen = session.exec(select(UserSession.last_seen_at).where(mine)).one()
        assert seen == early
        bot.close()


def test_what_is_no_message_ends_the_tab(server, alice):
    bot = bot_of(alice, server.url).run("accueil")
    bot.wire.send(b"\xff\xff\xff\xff")
    with pytest.raises(Refused):
        bot.run("accueil")


def test_the_cookie_is_out_of_reach_of_scripts(server, anyone):
    said = {"step": "sign_in", "login": "alice", "password": access.PASSWORD}
    answer = anyone.post("/login", data=said, headers={"Origin": server.url})
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags
    assert "path=/" in flags
    assert "secure" not in flags


def test_behind_tls_the_browser_pins_the_cookie_to_the_host(tmp_path):
    made = application.firm_with_passwords(tmp_path / "home")
    with application.running(made, O2S_SECURE_COOKIE="true") as secure, secure.client() as client:
        said = {"step": "sign_in", "login": "alice", "password": access.PASSWORD}
        answer = client.post("/login", data=said, headers={"Origin": secure.url})
        assert answer.headers["set-cookie"].startswith("__Host-o2s_session=")
        assert "secure" in answer.headers["set-cookie"].lower()
        assert answer.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/contacts",
        "/login",
        "/logout",
        "/healthz",
        "/dl/x",
        "/ics/x",
        "/media/x",
        "/nothing/at/all",
        "/_stcore/health",
        "/_stcore/metrics",
        "/static/nothing.js",
        "/favicon.png",
    ],
)
@pytest.mark.parametrize("who", ["anyone", "alice"])
def test_every_answer_says_what_to_refuse(request, who, path):
    headers = request.getfixturevalue(who).get(path).headers
    assert "frame-ancestors" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "x-frame-options" in headers
    if path.startswith(("/media", "/dl")) or path == "/":
        assert "no-store" in headers["cache-control"]


def test_scripts_come_from_us_alone_and_the_shell_speaks_french(alice):
    answer = alice.get("/contacts")
    assert '<html lang="fr">' in answer.text
    assert "agent/openapi" not in answer.text
    policy = answer.headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "'unsafe-inline'" not in scripts
    assert "'unsafe-eval'" not in scripts.replace("'wasm-unsafe-eval'", "")
    assert "sha256-" in scripts


def test_documents_of_users_run_nothing(alice):
    assert alice.get("/media/x.html").headers["content-security-policy"].startswith("sandbox")
    assert alice.get("/dl/x").headers["content-security-policy"].startswith("sandbox")


def test_nothing_says_how_the_server_is_made(anyone, alice):
    """No trace, no path, whatever is asked."""
    for client in (anyone, alice):
        for path in ("/dl/%00", "/ics/..%2f..%2fetc", "/media/..%2fx", "/login?next=%00", "/%ff"):
            text = client.get(path).text
            assert "Traceback" not in text
            assert str(Path.home()) not in text


def test_a_sign_of_life_needs_no_session(anyone):
    assert anyone.get("/healthz").text == "ok"


def test_nobody_publishes_an_agenda_yet(anyone):
    assert anyone.get("/ics/any-token").status_code == 404
