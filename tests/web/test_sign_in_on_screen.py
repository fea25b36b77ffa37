"""Signing in and out in a real browser, with its own idea of cookies, origins and policies."""

import pytest
from playwright.sync_api import expect

from tests.kit.server import PASSWORD, idle

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints(page):
    """What the browser refused for the sake of the content policy."""
    heard = []
    page.on("console", lambda m: heard.append(m.text) if "Content Security" in m.text else None)
    return heard


def test_a_deep_link_survives_the_sign_in(server, page, complaints):
    page.goto(f"{server.url}/accueil?vue=semaine")
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    page.get_by_label("Identifiant").fill("alice")
    page.get_by_label("Mot de passe").fill("ce n'est pas celui-là")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("alert")).to_contain_text("patientez quelques minutes")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    idle(page)
    assert page.url == f"{server.url}/accueil?vue=semaine"
    assert page.evaluate("document.cookie").count("o2s_session") == 0
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert not complaints


def test_signing_out_in_another_tab_sends_this_one_to_the_sign_in(server, page):
    server.login(page, "alice", at="/accueil")
    other = page.context.new_page()
    other.goto(f"{server.url}/logout")
    other.get_by_role("button", name="Se déconnecter").click()
    expect(other.get_by_role("heading", name="Connexion")).to_be_visible()
    page.locator('a[href="/accueil"]').first.click()
    page.wait_for_url(f"{server.url}/login?next=/accueil")
    page.go_back()
    page.wait_for_url(f"{server.url}/login?next=/accueil")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 420])
def test_the_page_fits_the_screen(server, browser, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server.url}/login")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("button", name="Se connecter")).to_be_in_viewport()
    context.close()
