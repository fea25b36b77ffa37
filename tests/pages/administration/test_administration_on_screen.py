"""An administrator makes a colleague, hands the password over, and closes the access again (S-093)."""

import re

import pytest
from playwright.sync_api import expect

from tests.kit.server import PASSWORD, idle

pytestmark = pytest.mark.browser


def test_a_colleague_is_created_comes_in_and_is_shut_out(
    server, page, browser, unique, browser_context_args
):
    login = f"c{unique}"
    server.login(page, "admin", at="/utilisateurs")
    page.get_by_role("button", name="Nouvel utilisateur").click()
    page.get_by_role("button", name="Créer").click()
    expect(
        page.get_by_text("Veuillez renseigner : Identifiant, Nom, Prénom, E-mail, Agence.")
    ).to_be_visible()
    page.get_by_label("Identifiant *").fill(login)
    page.get_by_label("Nom *", exact=True).fill("Morel")
    page.get_by_label("Prénom *").fill("Claire")
    page.get_by_label("E-mail *").fill(f"{login}@essai.fr")
    page.get_by_label("Agence *").click()
    page.get_by_role("option", name="Lyon").click()
    page.get_by_role("button", name="Créer").click()
    given = page.get_by_text(re.compile(r"^[a-z2-9]{4}(-[a-z2-9]{4}){3}$")).inner_text()
    page.get_by_role("button", name="Terminé").click()
    expect(page.get_by_text(login, exact=True)).to_be_visible()

    other = browser.new_context(**browser_context_args)
    theirs = other.new_page()
    theirs.goto(f"{server.url}/login")
    theirs.fill("#login", login)
    theirs.fill("#password", given)
    theirs.get_by_role("button", name="Se connecter").click()
    theirs.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    theirs.get_by_label("Le même, une seconde fois").fill(PASSWORD)
    theirs.get_by_role("button", name="Enregistrer et continuer").click()
    idle(theirs)
    assert theirs.url == f"{server.url}/accueil"

    row = page.get_by_role("row").filter(has_text=login)
    row.get_by_role("button", name="Ouvrir").click()
    page.get_by_role("button", name="Désactiver").click()
    expect(row.get_by_text("Désactivé")).to_be_visible()
    theirs.locator('a[href="/accueil"]').first.click()
    theirs.wait_for_url(re.compile(r"/login\?next="))
    other.close()


def test_a_second_factor_is_set_up_from_mon_compte(server, page):
    server.login(page, "analyste", at="/mon-compte")
    page.get_by_role("button", name="Double authentification").click()
    expect(page.get_by_role("img").first).to_be_visible()
    page.get_by_label("Code à six chiffres").fill("000000")
    page.get_by_role("button", name="Activer").click()
    expect(page.get_by_text("Ce code n'est pas celui attendu")).to_be_visible()
