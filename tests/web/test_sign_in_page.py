"""The sign-in over HTTP: steps, refusals, where it leads."""

import re

import pyotp
import pytest
from sqlalchemy import update

from o2s_core import administration, store
from o2s_core.administration import UserForm
from o2s_core.administration.models import Firm
from tests.kit.access import PASSWORD
from tests.kit.server import COOKIE


@pytest.fixture
def door(server):
    with server.client() as client:

        def post(**said):
            return client.post("/login", data=said, headers={"Origin": server.url})

        client.say = post
        yield client


@pytest.fixture
def newcomer(server, unique):
    """A user whose password is temporary."""
    return administration.add_user(
        server.firm.operator, UserForm(f"n{unique}", "Nouveau", "lecture_seule")
    )


def secret_on(page: str) -> tuple[str, str]:
    """The secret that the enrolment page shows, and its sealed copy."""
    typed = re.search(r'class="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    return typed, re.search(r'name="sealed" value="([^"]+)"', page).group(1)


def test_the_page_speaks_french_and_runs_no_script(door):
    answer = door.get("/login")
    assert '<html lang="fr">' in answer.text
    assert "Identifiant" in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_refusal_keeps_the_login_and_says_what_to_do(door):
    answer = door.say(step="sign_in", login="al<ice", password="non", next="/contacts")
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert "patientez quelques minutes" in answer.text
    assert 'value="al&lt;ice"' in answer.text
    assert 'value="/contacts"' in answer.text
    assert COOKIE not in door.cookies


@pytest.mark.parametrize(
    ("story", "asked", "led_to"),
    [
        ("a page of ours", "/compte?compte=3", "/compte?compte=3"),
        ("another site", "https://ailleurs.example/", "/accueil"),
        ("another site without its scheme", "//ailleurs.example", "/accueil"),
        ("a backslash that browsers read as a slash", "/\\ailleurs.example", "/accueil"),
        ("a line break", "/x\r\nSet-Cookie: a=b", "/accueil"),
        ("the sign-in itself", "/login?next=/login", "/accueil"),
        ("a script", "javascript:alert(1)", "/accueil"),
    ],
)
def test_it_leads_only_to_a_page_of_ours(door, story, asked, led_to):
    answer = door.say(step="sign_in", login="alice", password=PASSWORD, next=asked)
    assert (answer.status_code, answer.headers["location"]) == (303, led_to), story


def test_who_is_in_is_sent_on(server, door):
    door.say(step="sign_in", login="alice", password=PASSWORD)
    assert door.get("/login?next=/contacts").headers["location"] == "/contacts"


def test_the_page_of_arrival_is_the_one_set(server, door):
    bruno = administration.context_as(server.place, "bruno", *server.clock())
    administration.save_setting(bruno, "user", "landing.page", "contacts")
    answer = door.say(step="sign_in", login="bruno", password=PASSWORD, next="/")
    assert answer.headers["location"] == "/contacts"
    administration.save_setting(bruno, "user", "landing.page", None)


def test_a_temporary_password_leads_to_the_choice_of_another(door, newcomer):
    answer = door.say(
        step="sign_in", login=newcomer.login, password=newcomer.password, next="/contacts"
    )
    assert answer.headers["location"] == "/login?next=/contacts"
    assert door.get("/").status_code == 303  # not in yet
    assert "Choisissez votre mot de passe" in door.get("/login?next=/contacts").text
    refused = door.say(step="password", new="court", again="court", next="/contacts")
    assert "12 caractères" in refused.text
    done = door.say(
        step="password", new="des mots bien à moi", again="des mots bien à moi", next="/contacts"
    )
    assert done.headers["location"] == "/contacts"
    assert door.get("/contacts").status_code == 200


def test_a_step_out_of_turn_starts_again(door, newcomer):
    answer = door.say(step="password", new="des mots bien à moi", again="des mots bien à moi")
    assert answer.headers["location"].startswith("/login")
    assert door.say(step="autre").status_code == 400


def test_a_form_too_long_is_not_read(door):
    assert door.say(step="sign_in", login="a" * 30_000, password="x").status_code == 413


def test_a_required_second_factor_is_set_up_then_asked_and_each_code_works_once(server, newcomer):
    """Password, picture, recovery codes; next time a code, which then has served."""
    operator = server.firm.operator
    administration.require_second_factor(operator, required=True)
    try:
        _enrol_and_return(server, newcomer)
    finally:
        administration.require_second_factor(operator, required=False)


def _enrol_and_return(server, newcomer):
    administration.set_password(server.firm.operator, newcomer.id, PASSWORD)
    origin = {"Origin": server.url}
    signing = {"step": "sign_in", "login": newcomer.login, "password": PASSWORD, "next": "/accueil"}
    with server.client() as client:
        client.post("/login", data=signing, headers=origin)
        secret, sealed = secret_on(client.get("/login").text)
        moment = server.clock()[0].timestamp()
        first = {"step": "enrol", "sealed": sealed, "code": pyotp.TOTP(secret).at(moment)}
        page = client.post("/login", data=first, headers=origin)
        assert len(re.findall(r"<li>[a-z0-9]{5}-[a-z0-9]{5}</li>", page.text)) == 8
        assert client.get("/accueil").status_code == 200
    with server.client() as client:
        client.post("/login", data=signing, headers=origin)
        assert "Code de vérification" in client.get("/login").text
        again = {"step": "code", "code": first["code"], "next": "/accueil"}
        assert client.post("/login", data=again, headers=origin).status_code == 401
        later = {"step": "code", "code": pyotp.TOTP(secret).at(moment + 30), "next": "/accueil"}
        assert client.post("/login", data=later, headers=origin).headers["location"] == "/accueil"


def test_after_five_refusals_the_right_password_waits_too(server, door, newcomer):
    for _ in range(5):
        door.say(step="sign_in", login=newcomer.login, password="non")
    answer = door.say(step="sign_in", login=newcomer.login, password=newcomer.password)
    assert answer.status_code == 401


def test_a_real_firm_lists_no_login_and_a_demonstration_one_a_profile(server, door):
    assert "analyste" not in door.get("/login").text

    def demo(value):
        with store.engine(server.place).begin() as connection:
            connection.execute(update(Firm).values(is_demo=value))

    demo(value=True)
    try:
        page = door.get("/login").text
    finally:
        demo(value=False)
    assert "Cabinet de démonstration" in page
    assert 'href="/login?login=analyste&amp;next=/"' in page
    assert "bruno" not in page  # one adviser is enough
