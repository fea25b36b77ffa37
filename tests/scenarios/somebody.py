"""Somebody at a screen: what they press, what they type, what they see, in their words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Locator, Page, expect

from tests.kit.server import PASSWORD, Server, idle

expect.set_options(timeout=20_000)

#: The words of the page, those inside the components too.
WORDS = """() => {
  const hosts = (root) => [...root.querySelectorAll('*')].filter((e) => e.shadowRoot);
  const words = (root) => [root.body ? root.body.innerText
    : [...root.children].map((c) => c.innerText || '').join('\\n')]
    .concat(hosts(root).flatMap((e) => words(e.shadowRoot)));
  return words(document).join('\\n');
}"""


@dataclass
class Somebody:
    """One person before one tab; `clicks` counts what they pressed since they came in."""

    page: Page
    server: Server
    clicks: int = 0
    windows: list[Locator] = field(default_factory=list)

    # ── going somewhere ──

    def comes_in(self, login: str, *, at: str = "/", password: str = PASSWORD) -> "Somebody":
        """Sign in on screen, from the address that they had: the bare one by default."""
        self.page.goto(self.server.url + at)
        self.page.get_by_label("Identifiant").fill(login)
        self.page.get_by_label("Mot de passe").fill(password)
        self.page.get_by_role("button", name="Se connecter").click()
        self.page.wait_for_selector(".bar")
        idle(self.page)
        self.clicks = 0
        return self

    def opens(self, address: str) -> None:
        """Type an address of the application."""
        self.page.goto(self.server.url + address)
        self.page.wait_for_selector(".bar")
        idle(self.page)

    def goes_to(self, module: str) -> None:
        """Press the button of a module."""
        bar = self.page.locator("nav[aria-label=Modules]")
        self.clicks_on(bar.get_by_role("link", name=module))
        self.arrives(module)

    def turns_to(self, page: str) -> None:
        """Open another page of the same module, by the words on top."""
        self.clicks_on(self.page.get_by_label("Pages").get_by_role("link", name=page, exact=True))
        self.arrives(page)

    def arrives(self, title: str) -> None:
        """Wait for a page to be there, under its title."""
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
        idle(self.page)

    def asks(self, menu: str, entry: str) -> None:
        """Open a menu of the bar, and follow what it offers."""
        self.clicks_on(self.page.get_by_label(menu, exact=True))
        self.clicks_on(self.page.locator(".panel a").filter(has_text=entry).first)

    @contextmanager
    def window(self, title: str) -> Iterator[Locator]:
        """What is done in the block is done in the window of that title."""
        found = self.page.get_by_role("dialog").filter(has_text=title)
        expect(found).to_be_visible()
        self.windows.append(found)
        try:
            yield found
        finally:
            self.windows.pop()

    # ── doing ──

    @property
    def here(self) -> Locator | Page:
        """The window they are in, else the page."""
        return self.windows[-1] if self.windows else self.page

    def clicks_on(self, what: Locator) -> None:
        what.click()
        self.clicks += 1
        self.page.wait_for_timeout(80)
        idle(self.page)

    def presses(self, name: str) -> None:
        """Press a button, the last thing of that name on screen being in front."""
        self.clicks_on(self.here.get_by_role("button", name=name).first)

    def follows(self, name: str) -> None:
        """Follow a link: of a table, of a heading."""
        self.clicks_on(self.here.get_by_role("link", name=name).first)

    def chooses_view(self, name: str) -> None:
        """Choose one of a row of words."""
        self.clicks_on(self.here.get_by_role("radio", name=name).first)

    def on_row(self, text: str, action: str) -> None:
        """Press a button of a line of a table."""
        self.clicks_on(self.row(text).get_by_role("button", name=action))

    def row(self, text: str) -> Locator:
        return self.here.get_by_role("row").filter(has_text=text).first

    def looks_for(self, text: str) -> None:
        """Narrow a table to some text; a short one has no box for it, and shows all its lines."""
        box = self.page.get_by_role("searchbox", name="Filtrer ces lignes")
        if box.count():
            box.first.fill(text)
        expect(self.row(text)).to_be_visible()
        idle(self.page)

    def fills(self, label: str, text: str) -> None:
        """Type in a field, and leave it."""
        box = self.here.get_by_label(label, exact=True).first
        box.fill(text)
        box.press("Tab")
        idle(self.page)

    def dates(self, label: str, day: str) -> None:
        """Type a day, such as 01/02/2020, in a date field."""
        box = self.here.get_by_role("group", name=label, exact=True)
        for part, digits in zip(("jour", "mois", "année"), day.split("/"), strict=True):
            box.get_by_role("spinbutton", name=re.compile(part)).press_sequentially(digits)
        self.page.keyboard.press("Tab")
        idle(self.page)

    def gives(self, name: str, content: bytes) -> None:
        """Choose a file of their machine."""
        kind = "application/octet-stream"
        place = self.here.locator("input[type=file]")
        place.set_input_files({"name": name, "mimeType": kind, "buffer": content})
        expect(self.here.get_by_role("button", name=f"Retirer {name}")).to_be_visible()
        idle(self.page)

    def picks(self, label: str, *options: str) -> None:
        """Choose in a list: open it, take what is offered."""
        for option in options:
            self.here.get_by_label(label, exact=True).first.click()
            self.page.keyboard.type(option)
            self.page.get_by_role("option").filter(has_text=option).first.click()
            self.page.keyboard.press("Tab")
            idle(self.page)

    # ── seeing ──

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.here.get_by_text(text).first).to_be_visible()

    def no_longer_sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.here.get_by_text(text)).to_have_count(0)

    def reads(self) -> str:
        """Every word on screen, with plain spaces."""
        idle(self.page)
        return re.sub(r"\s+", " ", self.page.evaluate(WORDS))

    def value_of(self, label: str) -> Locator:
        return self.here.get_by_label(label, exact=True).first


@contextmanager
def another(browser: Browser, server: Server, arguments: dict) -> Iterator[Somebody]:
    """Somebody else, at a machine of their own."""
    context = browser.new_context(**arguments)
    try:
        yield Somebody(context.new_page(), server)
    finally:
        context.close()
