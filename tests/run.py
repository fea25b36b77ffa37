"""Run every test: on SQLite, beside it in the browser, then what has a store again on PostgreSQL.

What the machine cannot run is said; under `CI=true` it is a failure. A test that
fails is run once more when all else is done, by itself, since two cores are easily
out of breath; one that fails twice has failed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
CI = os.environ.get("CI") == "true"


@dataclass(frozen=True)
class Part:
    """A part of the suite, which remembers its own failures."""

    name: str
    arguments: tuple[str, ...]
    workers: int = 2
    environment: dict[str, str] = field(default_factory=dict)

    def passes(self, *more: str, output: IO[str] | None = None) -> bool:
        cache = ROOT / ".pytest_cache" / self.name
        command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={cache}", *self.arguments]
        command += ["--durations=40"]  # what takes long is in the log of every run
        return (
            subprocess.run(
                [*command, *(more or ("-n", str(self.workers)))],
                cwd=ROOT,
                env=os.environ | self.environment,
                stdout=output,
                stderr=output,
                check=False,
            ).returncode
            == 0
        )

    def passes_alone(self) -> bool:
        """Run again, one by one, what failed."""
        print(f"Un second essai, seul, de ce qui a échoué ({self.name}) :", flush=True)
        return self.passes("--last-failed", "--last-failed-no-failures=none")


SQLITE = Part("sqlite", ("-m", "not browser and not slow"))
BROWSER = Part("browser", ("-m", "browser and not slow"), workers=0)
ROOMS = (
    "store",
    "administration",
    "documents",
    "contacts",
    "market",
    "portfolio",
    "wealth",
    "messaging",
    "aggregation",
    "steering",
)
POSTGRES = Part(
    "postgresql",
    ("-m", "not browser and not slow", *(f"tests/{room}" for room in ROOMS)),
    environment={"O2S_TEST_BACKEND": "postgresql"},
)


def failing(parts: list[Part], beside: list[Part]) -> list[Part]:
    """Run some parts one after the other and the others beside them; return those that fail."""
    with ThreadPoolExecutor() as pool, tempfile.TemporaryFile("w+") as output:
        waiting = [(part, pool.submit(part.passes, output=output)) for part in beside]
        failed = [part for part in parts if not part.passes()]
        failed += [part for part, passed in waiting if not passed.result()]
        output.seek(0)
        shutil.copyfileobj(output, sys.stdout)
    return failed


def main() -> int:
    """Return 0 when everything that can run passes, and everything can under CI."""
    has_browser = shutil.which("chromium") is not None
    has_postgres = any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    for there, what in ((has_browser, "Chromium"), (has_postgres, "PostgreSQL")):
        if not there:
            print(f"{what} absent : ses tests ne tournent pas.", file=sys.stderr)
    parts = [SQLITE, POSTGRES] if has_postgres else [SQLITE]
    failed = failing(parts, [BROWSER] if has_browser else [])
    wrong = [part for part in failed if not part.passes_alone()]
    return 0 if not wrong and ((has_browser and has_postgres) or not CI) else 1


if __name__ == "__main__":
    sys.exit(main())
