"""Run every test: on SQLite, in the browser, then the core again on PostgreSQL.

What the machine cannot run is said; under `CI=true` it is a failure. A test that
fails is run once more by itself, since two cores are easily out of breath; one that
fails twice has failed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CI = os.environ.get("CI") == "true"


def pytest(*arguments: str, **environment: str) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode


def passes(*arguments: str, workers: str = "2", **environment: str) -> bool:
    """Run a part of the suite; what failed is run again, alone."""
    if pytest("-n", workers, *arguments, **environment) == 0:
        return True
    print("Un second essai, seul, de ce qui a échoué :", flush=True)
    return pytest("--last-failed", "--last-failed-no-failures=none", *arguments, **environment) == 0


def main() -> int:
    """Return 0 when everything that can run passes, and everything can under CI."""
    has_browser = shutil.which("chromium") is not None
    has_postgres = any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    for there, what in ((has_browser, "Chromium"), (has_postgres, "PostgreSQL")):
        if not there:
            print(f"{what} absent : ses tests ne tournent pas.", file=sys.stderr)
    right = passes("-m", "not browser and not slow")
    if has_browser:
        right = passes("-m", "browser and not slow", workers="0") and right
    if has_postgres:
        rest = (
            "tests/store",
            "tests/administration",
            "tests/contacts",
            "tests/market",
            "tests/portfolio",
            "tests/aggregation",
        )
        right = (
            passes("-m", "not browser and not slow", *rest, O2S_TEST_BACKEND="postgresql") and right
        )
    complete = has_browser and has_postgres
    return 0 if right and (complete or not CI) else 1


if __name__ == "__main__":
    sys.exit(main())
