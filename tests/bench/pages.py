"""How long the server works on each page of a running demonstration firm, in milliseconds.

    make run                                  # in another terminal
    .venv/bin/python -m tests.bench.pages     # every page, as the adviser

Each page is asked for several times after a first one; the figure is the time
between the question and the end of the script, the wire included. The bare
page of the same server (the sign-in's health address) is printed beside.
"""

import statistics
import sys
import time

import httpx

from o2s_core.demo import PASSWORD
from o2s_core.ui.pages import built
from tests.kit.bot import Bot

ROUNDS = 7


def signed_in(url: str, login: str) -> str:
    """Return the session cookie of a demo user."""
    said = {"step": "sign_in", "login": login, "password": PASSWORD, "next": "/"}
    with httpx.Client(base_url=url, headers={"Origin": url}) as browser:
        browser.post("/login", data=said)
        return browser.cookies["o2s_session"]


def main(url: str = "http://127.0.0.1:8501", login: str = "conseiller", query: str = "") -> None:
    """Print a line per page: name, median, worst."""
    bot = Bot(url, signed_in(url, login)).open().run()
    for spec in built():
        asked = query if spec.rubric else ""
        bot.run(spec.url, asked)
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            bot.run(spec.url, asked)
            times.append((time.perf_counter() - start) * 1000)
        print(f"{spec.url:24} {statistics.median(times):7.1f} ms   worst {max(times):7.1f} ms")
    start = time.perf_counter()
    httpx.get(f"{url}/healthz")
    print(f"{'healthz':24} {(time.perf_counter() - start) * 1000:7.1f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
