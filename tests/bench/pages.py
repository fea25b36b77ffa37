"""How long the server works on each page of a running demonstration firm, in milliseconds.

    make run                                  # in another terminal
    .venv/bin/python -m tests.bench.pages     # every page, as the adviser

Each page is asked for several times after a first one; the figure is the time
between the question and the end of the script, the wire included. The bare
page of the same server (the sign-in's health address) is printed beside. With
the number of the server's process, seconds of its processor are printed too, of
the first time and of the others: they hold on a machine that others use.
"""

import os
import statistics
import sys
import time
from pathlib import Path

import httpx

from o2s_core.demo import PASSWORD
from o2s_core.ui.pages import built
from tests.kit.bot import Bot

ROUNDS = 3


def signed_in(url: str, login: str) -> str:
    """Return the session cookie of a demo user."""
    said = {"step": "sign_in", "login": login, "password": PASSWORD, "next": "/"}
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=60) as browser:
        browser.post("/login", data=said)
        return browser.cookies["o2s_session"]


def worked(pid: str) -> float:
    """Return how many milliseconds of processor a process has had, 0 without process."""
    if not pid:
        return 0.0
    said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(said[11]) + int(said[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def main(
    url: str = "http://127.0.0.1:8501", login: str = "conseiller", query: str = "", pid: str = ""
) -> None:
    """Print a line per page: name, median, worst; then the processor, first and median."""
    bot = Bot(url, signed_in(url, login)).open().run()
    for spec in built():
        asked = query if spec.rubric else ""
        before = worked(pid)
        bot.run(spec.url, asked)
        first = worked(pid) - before
        times, worker = [], []
        for _ in range(ROUNDS):
            start, before = time.perf_counter(), worked(pid)
            bot.run(spec.url, asked)
            times.append((time.perf_counter() - start) * 1000)
            worker.append(worked(pid) - before)
        print(
            f"{spec.url:24} {statistics.median(times):7.1f} ms   worst {max(times):7.1f} ms"
            f"   processor {first:7.0f}, then {statistics.median(worker):5.0f} ms",
            flush=True,
        )
    start = time.perf_counter()
    httpx.get(f"{url}/healthz")
    print(f"{'healthz':24} {(time.perf_counter() - start) * 1000:7.1f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
