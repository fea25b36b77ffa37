"""A new partner's file becomes a mapping, in a real browser, before anything is imported."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from o2s_core import aggregation
from tests.kit.server import idle

pytestmark = pytest.mark.browser
FIXTURES = Path(__file__).parents[2] / "aggregation" / "mapping" / "fixtures"


def test_a_file_is_tried_corrected_and_its_mapping_saved(server, page, tmp_path):
    text = (FIXTURES / "assureur_mouvements.csv").read_text("utf-8")
    sample = tmp_path / "plateforme inconnue.csv"
    sample.write_text(
        text.replace("Versement libre", "Opération 47").replace("15/09/2025;17", "hier;17", 1),
        "utf-8",
    )
    server.login(page, "manager", at="/correspondances")
    page.get_by_role("button", name="Nouvelle correspondance").click()
    expect(page.get_by_text("ses colonnes sont reconnues")).to_be_visible()
    page.set_input_files("input[type=file]", str(sample))
    expect(page.get_by_text("Lecture du fichier")).to_be_visible(timeout=30_000)
    idle(page)
    expect(page.get_by_text("point-virgule")).to_be_visible()
    expect(page.get_by_text("n'est pas une date du format attendu")).to_be_visible()
    expect(page.get_by_text("« Opération 47 » n'est pas prévu")).to_be_visible()
    page.get_by_label("Code", exact=True).fill("plateforme_inconnue")
    page.keyboard.press("Tab")
    idle(page)
    page.get_by_role("button", name="Enregistrer la version 1").click()
    expect(page.get_by_text("Correspondance enregistrée.")).to_be_visible(timeout=30_000)
    page.wait_for_url("**/correspondances?code=plateforme_inconnue")
    card = aggregation.mapping_card(server.firm.operator, "plateforme_inconnue")
    assert card.revision == 1
    assert aggregation.deliveries(server.firm.operator).is_empty(), "nothing was imported"
