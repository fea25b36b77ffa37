"""Story 1: an adviser brings a partner's file in, says whose it is, and reads the figures back."""

import pytest
from playwright.sync_api import expect

from o2s_core.kernel.identifiers import isin_with_check_digit
from tests import kit

pytestmark = pytest.mark.browser

HORIZON = isin_with_check_digit("XF00000HRZ1")


def statement(number: str, holder: str) -> bytes:
    """The flat file of an insurer, as its extranet writes it."""
    lines = [
        "Etat des contrats;;;;;;;;;;",
        "N° contrat;Souscripteur;Date situation;Code ISIN;Support;Nature;Nombre de parts;"
        "Valeur liquidative;Date VL;Encours;Devise",
        f"{number};{holder};20/11/2026;{HORIZON};Horizon Monde;UC;12,5;160,00;19/11/2026;2 000,00;EUR",
        f"{number};{holder};20/11/2026;;Fonds en euros;Euro;;;;3 456,78;EUR",
    ]
    return "\r\n".join(lines).encode("cp1252")


def test_a_file_is_brought_in_attached_and_read_back_to_its_raw_cells(somebody, server, unique):
    """S-002, S-005, S-013, S-022, S-036, S-060."""
    alice = server.firm.alice
    name = f"Mercier{unique}"
    kit.person(alice, name, "Jeanne", file_code=f"IMP-{unique}")

    # From Accueil to the file on its way: the format is recognised without being told.
    somebody.comes_in("alice")
    somebody.presses("Importer un fichier")
    somebody.presses("Déposer un fichier")
    with somebody.window("Déposer des fichiers de partenaires"):
        somebody.gives(
            f"contrats-{unique}.csv", statement(f"AV {unique}", f"MERCIER{unique} Jeanne")
        )
        somebody.presses("Vérifier sans enregistrer")
        somebody.sees("simulation", "À rattacher")
        somebody.presses("Déposer")
    somebody.sees(f"contrats-{unique}.csv", "En quarantaine")

    # Whose is it? The one that looks like it is proposed, never chosen alone.
    somebody.on_row(f"AV {unique}", "Rattacher")
    with somebody.window("Rattacher un compte") as window:
        somebody.sees(f"MERCIER{unique} Jeanne")
        somebody.presses("Rattacher")
        expect(window).to_be_hidden()
    somebody.sees("Validée")

    # The next morning: from the sign-in to the client's figures.
    somebody.page.get_by_label("Votre menu").click()
    somebody.page.get_by_role("button", name="Se déconnecter").click()
    somebody.comes_in("alice")
    somebody.goes_to("Contacts")
    somebody.follows(name)
    somebody.sees("5 456,78 €")
    assert somebody.clicks + len(["Se connecter"]) <= 5
    somebody.presses("Voir la synthèse")
    assert somebody.clicks + len(["Se connecter"]) <= 5
    somebody.sees("Horizon Monde", "3 456,78 €")

    # Where does this figure come from? Down to the cells, as they were received.
    somebody.on_row("Horizon Monde", "Origine du chiffre")
    with somebody.window("Origine du chiffre"):
        somebody.sees("2 000,00 €", "12,5 × 160,0000 EUR", f"contrats-{unique}.csv")
        for cell in ("Valeur liquidative", "160,00", "Nombre de parts", "Encours", HORIZON):
            somebody.sees(cell)


def test_a_broker_s_real_file_is_read_for_its_client(somebody, server, unique, samples):
    """S-002, S-022, S-058: with the holder named at once, nothing waits."""
    name = f"Royer{unique}"
    kit.person(server.firm.alice, name, "Paul", file_code=f"TR-{unique}")
    data = (samples / "csv_traderepublic" / "TransactionExport06.csv").read_bytes()

    somebody.comes_in("alice", at="/agregation")
    somebody.presses("Déposer un fichier")
    with somebody.window("Déposer des fichiers de partenaires"):
        somebody.gives("TransactionExport06.csv", data)
        somebody.picks("Titulaire des comptes inconnus", name)
        somebody.presses("Déposer")
    somebody.sees("TransactionExport06.csv", "Validée")
    somebody.opens(f"/mouvements?contact=TR-{unique}")
    somebody.clicks_on(somebody.page.get_by_role("button", name="Origine du chiffre").first)
    with somebody.window("Origine du chiffre"):
        somebody.sees("TransactionExport06.csv", "sans aucune transformation")
