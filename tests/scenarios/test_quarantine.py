"""Story 5: one account of a file does not add up; the others are kept, that one waits, all comes back."""

import pytest
from playwright.sync_api import expect

from tests import kit
from tests.kit import documents as doc
from tests.kit.firm import TODAY
from tests.scenarios.somebody import another

pytestmark = pytest.mark.browser


def test_a_bad_account_waits_alone_is_accepted_with_a_reason_and_the_delivery_taken_back(
    somebody, server, unique, browser, browser_context_args
):
    """S-002, S-022, S-102, S-119, S-121."""
    alice = server.firm.alice
    anne = kit.person(alice, f"Lemoine{unique}", "Anne", file_code=f"QUA-{unique}")
    insurer = kit.provider(alice, f"q-{unique}", f"Quatre Saisons {unique}")
    fund = kit.instrument(alice, f"Saisons {unique}")
    for number in ("A", "B"):
        account = kit.account(
            alice, insurer, [anne], number=f"{number}{unique}", label=f"Contrat {number}",
            aggregated=True,
        )  # fmt: skip
        line = {"instrument_id": fund, "quantity": "5", "price": "100", "value": "500",
                "label": f"Saisons {unique}"}  # fmt: skip
        kit.situation(alice, account, TODAY.replace(month=9), [line])
    synthesis = f"/portefeuille-synthese?contact=QUA-{unique}"
    partner = (f"q-{unique}", f"Quatre Saisons {unique}")
    held = [doc.line(isin=None, label="Fonds en euros", kind="fonds_euros", quantity=None,
                     price=None, value="800.00")]  # fmt: skip
    sent = doc.document(
        doc.holding(f"A{unique}", held, total="800.00"),
        doc.holding(f"B{unique}", held, total="900.00"),
        partner=partner,
    )

    # The total that the partner announces for B is not the sum of its lines.
    somebody.comes_in("alice", at=synthesis)
    somebody.sees("1 000,00 €")
    somebody.opens("/livraisons")
    somebody.presses("Déposer un fichier")
    with somebody.window("Déposer des fichiers de partenaires"):
        somebody.gives(f"q-{unique}.json", sent)
        somebody.presses("Déposer")
    somebody.arrives("Livraison")
    address = somebody.page.url.removeprefix(server.url)
    somebody.sees("Validée en partie", "En quarantaine")
    expect(somebody.row(f"B{unique}")).to_contain_text("En quarantaine")
    said = somebody.reads()
    assert "900,00" in said
    assert "800,00" in said
    somebody.opens(synthesis)
    somebody.sees("1 300,00 €")

    # The partner confirms on the phone: accepted, with the reason kept.
    somebody.opens(address)
    somebody.on_row(f"B{unique}", "Accepter")
    with somebody.window("Accepter le compte") as window:
        somebody.presses("Accepter")
        somebody.sees("Veuillez renseigner : Motif.")
        somebody.fills("Motif *", "Total confirmé par l'assureur")
        somebody.presses("Accepter")
        expect(window).to_be_hidden()
    somebody.sees("Validée")
    somebody.sees("Total confirmé par l'assureur")
    somebody.opens(synthesis)
    somebody.sees("1 600,00 €")

    # It was the wrong file after all: the manager takes the whole delivery back.
    with another(browser, server, browser_context_args) as manager:
        manager.comes_in("manager", at=address)
        manager.presses("Annuler la livraison")
        with manager.window("Annuler la livraison") as window:
            manager.fills("Motif *", "Fichier du mois précédent")
            manager.presses("Annuler la livraison")
            expect(window).to_be_hidden()
        manager.sees("Annulée")
    somebody.opens(synthesis)
    somebody.sees("1 000,00 €")
    assert "800,00" not in somebody.reads()
