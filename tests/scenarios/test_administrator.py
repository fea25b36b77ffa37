"""Story 8: an administrator opens an access, reads the trail, keeps a copy; sees no client."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import kit
from tests.kit.firm import TODAY
from tests.kit.server import ROOT
from tests.scenarios.somebody import another

pytestmark = pytest.mark.browser
NEW_PASSWORD = "quatre nuages sous la table"


def work_is_done(server) -> None:
    """Let the worker do what waits, once."""
    known = os.environ | {
        "O2S_HOME": str(server.place.home),
        "O2S_DATABASE_URL": server.place.database_url,
        "O2S_TODAY": TODAY.isoformat(),
    }
    command = [sys.executable, "-m", "o2s_core.cli", "worker", "--once"]
    subprocess.run(command, cwd=ROOT, env=known, check=True, capture_output=True)


def test_an_administrator_opens_an_access_reads_the_trail_and_keeps_a_copy(
    somebody, server, unique, browser, browser_context_args
):
    """S-001, S-015, S-093, S-118, S-119, S-120, S-121."""
    hidden = f"Discret{unique}"
    kit.person(server.firm.alice, hidden, "Client", file_code=f"DIS-{unique}")
    login = f"nora{unique}"

    # A team, then somebody in it.
    somebody.comes_in("admin")
    somebody.sees("À regarder", "Double authentification")
    assert hidden not in somebody.reads()
    somebody.asks("Votre menu", "Administration")
    somebody.arrives("Administration")
    somebody.turns_to("Agences et équipes")
    somebody.presses("Nouvelle équipe")
    with somebody.window("Équipe") as window:
        somebody.presses("Enregistrer")
        somebody.sees("Veuillez renseigner : Nom de l'équipe, Agence.")
        somebody.fills("Nom de l'équipe *", f"Équipe {unique}")
        somebody.picks("Agence *", "Lyon")
        somebody.presses("Enregistrer")
        expect(window).to_be_hidden()
    somebody.sees(f"Équipe {unique}")
    somebody.turns_to("Utilisateurs")
    somebody.presses("Nouvel utilisateur")
    with somebody.window("Nouvel utilisateur") as window:
        somebody.fills("Identifiant *", login)
        somebody.fills("Nom *", "Vidal")
        somebody.fills("Prénom *", "Nora")
        somebody.fills("E-mail *", f"{login}@exemple.fr")
        somebody.picks("Profil *", "Conseiller junior")
        somebody.picks("Agence *", "Lyon")
        somebody.picks("Équipe", f"Équipe {unique}")
        somebody.presses("Créer")
        given = somebody.here.get_by_text(
            re.compile(r"^[a-z2-9]{4}(-[a-z2-9]{4}){3}$")
        ).inner_text()
        somebody.presses("Terminé")
        expect(window).to_be_hidden()
    expect(somebody.row(login)).to_contain_text("Conseiller junior")
    expect(somebody.row(login)).to_contain_text(f"Équipe {unique}")

    # What that profile may do is written, right by right.
    somebody.turns_to("Profils et droits")
    somebody.chooses_view("Contacts")
    somebody.sees("Conseiller junior")

    # The newcomer chooses a password of their own before anything else, and finds no client.
    with another(browser, server, browser_context_args) as nora:
        page = nora.page
        page.goto(f"{server.url}/contacts")
        page.get_by_label("Identifiant").fill(login)
        page.get_by_label("Mot de passe").fill(given)
        page.get_by_role("button", name="Se connecter").click()
        page.get_by_label("Nouveau mot de passe").fill(NEW_PASSWORD)
        page.get_by_label("Le même, une seconde fois").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Enregistrer et continuer").click()
        nora.sees("Contacts suivis")
        assert page.url == f"{server.url}/contacts"
        assert hidden not in nora.reads()

    # The trail says who did it, and that nothing of it was touched since.
    somebody.turns_to("Journal d'audit")
    somebody.presses("Vérifier le chaînage")
    somebody.sees("Chaîne intacte")
    expect(somebody.row("Changement de mot de passe")).to_contain_text(login)
    assert hidden not in somebody.reads()

    # A copy of everything, made by the worker, taken away by a link that works once.
    somebody.turns_to("Sauvegardes")
    somebody.presses("Sauvegarder maintenant")
    somebody.sees("en cours")
    work_is_done(server)
    somebody.presses("Actualiser")
    somebody.sees("à jour")
    somebody.clicks_on(somebody.page.get_by_role("button", name="Télécharger").first)
    with somebody.page.expect_download() as started:
        somebody.page.get_by_role("link", name="Télécharger").first.click()
    kept = Path(started.value.path()).read_bytes()
    assert len(kept) > 10_000
    assert hidden.encode() not in kept

    # Clients are not an administrator's business.
    for address in ("/contacts", f"/dossier-general?contact=DIS-{unique}", "/agregation"):
        somebody.opens(address)
        somebody.sees("Votre profil ne donne pas le droit")
        assert hidden not in somebody.reads()
