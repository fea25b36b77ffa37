"""Run every test: on SQLite with the browser, then the core again on PostgreSQL.

What the machine cannot run is said; under `CI=true` it is a failure.
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


def main() -> int:
    """Return the worst exit code of the runs."""
    has_browser = shutil.which("chromium") is not None
    has_postgres = any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    for there, what in ((has_browser, "Chromium"), (has_postgres, "PostgreSQL")):
        if not there:
            print(f"{what} absent : ses tests ne tournent pas.", file=sys.stderr)
    codes = [pytest("-n", "2", "-m", "not browser and not slow")]
    if has_browser:
        codes.append(pytest("-m", "browser and not slow"))
    if has_postgres:
        codes.append(
            pytest(
                "-n",
                "2",
                "-m",
                "not browser and not slow",
                "--ignore=tests/pages",
                "--ignore=tests/web",
                O2S_TEST_BACKEND="postgresql",
            )
        )
    complete = has_browser and has_postgres
    return max(codes) if complete or not CI else 1


if __name__ == "__main__":
    sys.exit(main())
