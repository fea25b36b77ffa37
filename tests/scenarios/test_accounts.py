"""Story 4: an adviser adds, edits, gives and deletes accounts, by the rules."""

import pytest
from playwright.sync_api import expect

from tests import kit
from tests.kit.firm import TODAY
from tests.scenarios.somebody import another

pytestmark = pytest.mark.browser


def test_accounts_are_added_edited_given_to_their_holder_and_deleted(
    somebody, server, unique, browser, browser_context_args
):
    """S-049, S-050, S-051, S-058, S-118, S-119, S-121."""
    alice = server.firm.alice
    paul = kit.person(alice, f"Aubry{unique}", "Paul", file_code=f"CPT-{unique}")
    kit.person(alice, f"Zeller{unique}", "Nora", file_code=f"AUT-{unique}")
    bank = kit.provider(alice, f"banque-{unique}", f"Banque {unique}")
    fed = kit.account(
        alice, bank, [paul], label="Titres livrés", number=f"T{unique}", aggregated=True
    )
    kit.movement(alice, fed, TODAY, "deposit", net="750", label="Versement initial")

    # S-049: a contract is added.
    somebody.comes_in("alice", at=f"/portefeuille-comptes?contact=CPT-{unique}")
    somebody.presses("Ajouter un compte")
    with somebody.window("Ajouter un compte") as window:
        somebody.fills("Intitulé *", "PEA de Paul")
        somebody.fills("Numéro *", f"P{unique}")
        somebody.picks("Enveloppe *", "PEA")
        somebody.picks("Fournisseur *", f"Banque {unique}")
        somebody.dates("Date d'ouverture *", "05/03/2018")
        somebody.presses("Créer le compte")
        expect(window).to_be_hidden()
    somebody.sees("PEA de Paul", f"n° P{unique}", "05/03/2018")

    # S-050: while it is being changed here, the manager changes it too.
    somebody.on_row("PEA de Paul", "Modifier")
    with somebody.window("Modifier le compte") as window:
        somebody.fills("Intitulé *", "PEA principal")
        with another(browser, server, browser_context_args) as manager:
            manager.comes_in("manager", at=f"/portefeuille-comptes?contact=CPT-{unique}")
            manager.on_row("PEA de Paul", "Modifier")
            with manager.window("Modifier le compte") as theirs:
                manager.fills("Produit", "PEA Horizon")
                manager.presses("Enregistrer")
                expect(theirs).to_be_hidden()
        somebody.presses("Enregistrer")
        # Nothing is overwritten, nothing typed is lost: it says what changed, then saves.
        somebody.sees("a été modifié entre-temps", "Produit : enregistré « PEA Horizon »")
        expect(somebody.value_of("Intitulé *")).to_have_value("PEA principal")
        somebody.fills("Produit", "PEA Horizon")
        somebody.presses("Enregistrer")
        expect(window).to_be_hidden()
    somebody.sees("PEA principal")

    # S-051: what has a history is not deleted, and the message says what to do instead.
    somebody.on_row("Titres livrés", "Supprimer")
    with somebody.window("Supprimer le compte"):
        somebody.presses("Supprimer")
        somebody.sees("ne peut pas être supprimé", "Renseignez sa date de clôture")
        somebody.presses("Fermer")
    somebody.on_row("PEA principal", "Supprimer")
    with somebody.window("Supprimer le compte") as window:
        somebody.presses("Supprimer")
        expect(window).to_be_hidden()
    somebody.no_longer_sees("PEA principal")

    # The delivered account is Nora's: it goes to her, with its history.
    somebody.on_row("Titres livrés", "Réattribuer")
    with somebody.window("Réattribuer le compte") as window:
        somebody.presses(f"Retirer Aubry{unique} Paul")
        somebody.picks("Titulaires et droits *", f"Zeller{unique}")
        somebody.presses("Réattribuer")
        somebody.sees("Veuillez renseigner : Motif")
        somebody.fills("Motif *", "Erreur de titulaire chez le partenaire")
        somebody.presses("Réattribuer")
        expect(window).to_be_hidden()
    somebody.no_longer_sees("Titres livrés")
    somebody.opens(f"/mouvements?contact=AUT-{unique}")
    somebody.sees("Versement", "+750,00", "Titres livrés")
