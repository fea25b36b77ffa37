"""In a real browser: a prospect is created, corrected, opened; two people edit one file."""

import pytest
from playwright.sync_api import Page, expect

from o2s_core import contacts
from tests import kit
from tests.kit import server

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    made = server.firm_with_passwords(tmp_path_factory.mktemp("office") / "home")
    kit.person(made.alice, "Martin", "Anne", file_code="M1")
    with server.running(made) as running:
        yield running


def filled(page: Page, label: str, text: str) -> None:
    page.get_by_role("dialog").get_by_label(label, exact=True).fill(text)


def ground(field) -> str:
    """The colour behind a field: its own, or that of the box around it."""
    return field.evaluate(
        """e => { for (; e; e = e.parentElement) {
            const c = getComputedStyle(e).backgroundColor;
            if (c !== "rgba(0, 0, 0, 0)") return c } }"""
    )


def test_a_prospect_with_missing_fields_is_refused_then_saved_and_opened(office, page: Page):
    """S-004, S-119, S-120, S-121"""
    office.login(page, "alice", at="/contacts")
    page.get_by_role("button", name="Ajouter").click()
    window = page.get_by_role("dialog")
    expect(window).to_contain_text("Nouveau contact")
    filled(page, "E-mail", "lea@")
    window.get_by_role("button", name="Créer le contact").click()
    expect(window).to_contain_text("Veuillez renseigner : Nom, Prénom.")
    expect(window).to_contain_text("E-mail : adresse e-mail invalide")
    expect(window.get_by_label("E-mail", exact=True)).to_have_value("lea@")
    assert ground(window.get_by_label("Nom *", exact=True)) != ground(
        window.get_by_label("E-mail", exact=True)
    )

    filled(page, "E-mail", "lea@essai.fr")
    filled(page, "Nom *", "Durand")
    filled(page, "Prénom *", "Léa")
    window.get_by_role("button", name="Créer le contact").click()
    expect(page.get_by_text("Dossier C00001", exact=True).last).to_be_visible()
    expect(page).to_have_url(f"{office.url}/dossier-general?contact=C00001")
    expect(page.get_by_label("Nom *", exact=True)).to_have_value("Durand")


def test_a_row_of_the_list_opens_the_file(office, page: Page):
    """S-036"""
    office.login(page, "alice", at="/contacts")
    page.get_by_role("cell", name="Martin").dblclick()
    expect(page).to_have_url(f"{office.url}/dossier-general?contact=M1")
    expect(page.get_by_label("Nom *", exact=True)).to_have_value("Martin")


def test_two_people_edit_one_file_and_nothing_is_lost(office, page: Page, context):
    made = contacts.find(office.firm.alice, "M1")[0]
    office.login(page, "alice", at="/dossier-general?contact=M1")
    page.get_by_label("Profession").fill("Notaire")
    card = contacts.contact_by_id(office.firm.alice, made.id)
    other = contacts.ContactForm.of({"profession": "Juge"}, card.form)
    contacts.edit_contact(office.firm.alice, made.id, other, card.version, incomplete=True)
    page.get_by_text("Dossier incomplet :").click()
    server.idle(page)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("enregistré « Juge »")).to_be_visible()
    expect(page.get_by_label("Profession")).to_have_value("Notaire")


def test_a_colleague_sees_nothing_of_it(office, page: Page):
    office.login(page, "bruno", at="/dossier-general?contact=M1")
    expect(page.get_by_text("Contact introuvable : M1.")).to_be_visible()
    expect(page.get_by_text("Martin")).to_have_count(0)
