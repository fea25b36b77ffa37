"""The application as people use it: `streamlit run app.py` on a free port, over a firm of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from o2s_core import store
from o2s_core.kernel.context import Place
from o2s_core.kernel.settings import Settings
from tests.kit import access, firm, schema

ROOT = Path(__file__).parents[2]
PASSWORD = access.PASSWORD
COOKIE = "o2s_session"
CHROMIUM = "/usr/bin/chromium"
#: Alike on every machine, and nothing that calls home.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
]


@dataclass(frozen=True)
class Server:
    """A running application; `firm` is what it shows."""

    url: str
    firm: firm.Firm
    process: subprocess.Popen
    visits: list[int] = field(default_factory=lambda: [0])

    @property
    def place(self) -> Place:
        return self.firm.place

    def client(self, **options) -> httpx.Client:
        """A browser without screen, at the front door; each comes from an address of its own."""
        self.visits[0] += 1
        origin = f"198.51.{self.visits[0] // 250}.{self.visits[0] % 250 + 1}"
        headers = {"X-Forwarded-For": origin}
        return httpx.Client(base_url=self.url, headers=headers, timeout=20, **options)

    @contextmanager
    def signed_in(self, login: str) -> Iterator[httpx.Client]:
        """A browser without screen, signed in; its cookie is `client.cookies[COOKIE]`."""
        with self.client() as client:
            said = {"step": "sign_in", "login": login, "password": PASSWORD, "next": "/"}
            answer = client.post("/login", data=said, headers={"Origin": self.url})
            assert answer.status_code == 303, answer.text
            yield client

    def login(self, page, login: str, *, at: str = "/") -> None:
        """Sign in on screen, and wait until the page `at` is there."""
        page.goto(f"{self.url}/login?next={at}")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("button")
        idle(page)

    def clock(self):
        """The moment and the day that the server lives in."""
        return Settings(home=self.place.home, today=firm.TODAY).clock()


def idle(page) -> None:
    """Wait until the application has nothing left to draw."""
    page.wait_for_selector(
        "[data-testid=stApp][data-test-script-state=notRunning]"
        "[data-test-connection-state=CONNECTED]",
        timeout=30_000,
    )
    page.wait_for_selector('[data-stale="true"]', state="detached", timeout=30_000)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(made: firm.Firm, *, cwd: Path = ROOT, **environment: str) -> Iterator[Server]:
    """Start the application over a firm, and stop it after."""
    port = free_port()
    known = {k: v for k, v in os.environ.items() if not k.startswith("O2S_")}
    known |= {
        "O2S_HOME": str(made.place.home),
        "O2S_DATABASE_URL": made.place.database_url,
        "O2S_TODAY": firm.TODAY.isoformat(),
    } | environment
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    log = (made.place.home / "server.log").open("w")
    process = subprocess.Popen(
        [*command, "--server.port", str(port)], cwd=cwd, env=known, stdout=log, stderr=log
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process, Path(log.name))
        yield Server(url, made, process)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/healthz", timeout=5).text == "ok":
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError(f"the application did not start:\n{log.read_text()}")


def firm_with_passwords(home: Path) -> firm.Firm:
    """A firm on a SQLite store of its own, where everybody has the same password."""
    place = Place(home, f"sqlite:///{home / 'o2s.sqlite3'}")
    home.mkdir(parents=True)
    store.init_key(place)
    schema.prepare(place)
    made = firm.new_firm(place)
    access.give_passwords(place)
    return made
