"""What a person sees and does with the shell, in a real browser."""

import re
from pathlib import Path

import pytest

from tests import kit
from tests.kit.server import COOKIE, idle

pytestmark = pytest.mark.browser
ICON = "summary[aria-label='Votre menu']"


@pytest.fixture(scope="module")
def clients(server):
    """Contacts of Alice, one of them with a name that tries to be markup."""
    alice = server.firm.alice
    for n in range(25):
        kit.person(alice, f"Écran{n:02d}", "Zoé", file_code=f"SCR{n:02d}")
    kit.person(alice, "<img src=x onerror=alert(1)>", "<b>Gras</b>", file_code="SCRX")
    return server


@pytest.fixture
def screen(clients, context, page):
    """A page of Alice's browser, signed in; what the console said is in `screen.said`."""
    page.said = []
    page.on("console", lambda line: page.said.append(line.text))
    page.on("dialog", lambda box: page.said.append(f"dialog: {box.message}"))
    with clients.signed_in("alice") as signed_in:
        token = signed_in.cookies[COOKIE]
    context.add_cookies([{"name": COOKIE, "value": token, "url": clients.url}])
    return page


def visit(screen, server, path: str, marker: str = ".bar") -> None:
    screen.goto(server.url + path)
    screen.wait_for_selector(marker)
    idle(screen)


def colour(screen, selector: str) -> str:
    return screen.locator(selector).first.evaluate("e => getComputedStyle(e).backgroundColor")


def test_the_button_of_the_module_is_coloured_and_one_click_opens_another(screen, clients):
    """S-012 to S-016."""
    visit(screen, clients, "/accueil")
    assert screen.locator("nav[aria-label=Modules] a[aria-current]").get_attribute("title") is None
    assert screen.locator("nav[aria-label=Modules] .icon").first.inner_text() == "home"
    screen.click("nav[aria-label=Modules] a:has-text('Contacts')")
    screen.wait_for_url("**/contacts")
    screen.wait_for_selector(".head h1:has-text('Contacts')")
    idle(screen)
    active = screen.locator("nav[aria-label=Modules] a[aria-current]")
    assert active.inner_text() == "Contacts"
    assert colour(screen, "nav[aria-label=Modules] a[aria-current]") != "rgba(0, 0, 0, 0)"
    assert screen.evaluate("document.documentElement.lang") == "fr"


def test_the_bar_stays_in_sight_when_the_page_is_scrolled(screen, clients):
    """S-099."""
    visit(screen, clients, "/contacts", "tbody tr")
    screen.set_viewport_size({"width": 1200, "height": 420})
    screen.locator("tbody tr").last.scroll_into_view_if_needed()
    assert screen.locator(".bar").bounding_box()["y"] < 10


def test_a_double_click_opens_the_file_and_so_do_enter_and_the_link(screen, clients):
    """S-036: a double click on the row opens the client's file (decision 5)."""
    for act in (
        lambda row: row.locator("td").nth(4).dblclick(),
        lambda row: row.press("Enter"),
        lambda row: row.locator("a").first.click(),
    ):
        visit(screen, clients, "/contacts", "tbody tr")
        act(screen.locator("tbody tr[data-href]").first)
        screen.wait_for_url(re.compile(r"/dossier-general\?contact="))


def test_what_a_person_typed_is_shown_as_text_and_never_run(screen, clients):
    visit(screen, clients, "/contacts", "tbody tr")
    screen.fill(".table input[type=search]", "onerror")
    screen.wait_for_selector(".count:has-text('1 sur')")
    assert "<img src=x onerror=alert(1)>" in screen.locator("tbody").inner_text()
    screen.locator("tbody a").first.click()
    screen.wait_for_selector("h1:has-text('<img src=x')")
    assert not [line for line in screen.said if line.startswith("dialog")]


def test_nothing_breaks_the_security_policy(screen, clients):
    for path in ("/accueil", "/contacts", "/services"):
        visit(screen, clients, path)
        screen.wait_for_timeout(500)
    assert not [line for line in screen.said if "Content Security Policy" in line]


def test_a_table_leaves_as_a_workbook_through_a_one_time_address(screen, clients):
    visit(screen, clients, "/contacts", "tbody tr")
    screen.click("summary:has-text('Exporter')")
    with screen.expect_download() as started:
        screen.click("button[data-export=xlsx]")
    assert started.value.suggested_filename == "contacts-2026-11-24.xlsx"
    assert Path(started.value.path()).read_bytes().startswith(b"PK")


def test_the_theme_is_chosen_once_for_every_page(screen, clients):
    visit(screen, clients, "/contacts", "tbody tr")
    screen.click(ICON)
    with screen.expect_navigation():
        screen.click(".themes button:has-text('Sombre')")
    idle(screen)
    visit(screen, clients, "/accueil")
    assert (
        screen.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme") == "dark"
    )
    assert colour(screen, ".stApp") == "rgb(16, 24, 27)"


@pytest.mark.parametrize("path", ["/accueil", "/contacts", "/services"])
def test_a_phone_shows_the_page_without_moving_sideways(screen, clients, path):
    screen.set_viewport_size({"width": 420, "height": 900})
    visit(screen, clients, path)
    screen.wait_for_timeout(300)
    width = screen.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 420
    assert screen.locator(ICON).is_visible()


def test_a_mandatory_field_is_tinted_and_its_absence_is_said_in_the_window(screen, clients):
    """S-119, S-120, S-121."""
    visit(screen, clients, "/contacts")
    screen.click('summary[aria-label="Menu d\'actions courantes"]')
    screen.click("a:has-text('Ajouter un contact')")
    window = screen.get_by_role("dialog")
    window.wait_for()
    screen.wait_for_selector("[class*=st-key-o2s_required_]")
    tinted = "[class*=st-key-o2s_required_] [data-testid=stTextInputRootElement]"
    plain = "[class*=st-key-o2s_optional_] [data-testid=stTextInputRootElement]"
    assert colour(screen, tinted) != colour(screen, plain)
    window.get_by_role("button", name="Créer le contact").click()
    window.get_by_text("Veuillez renseigner").wait_for()


def test_signing_out_from_the_menu_closes_the_application(screen, clients):
    visit(screen, clients, "/accueil")
    screen.click(ICON)
    screen.click("button:has-text('Se déconnecter')")
    screen.wait_for_url("**/login*")
