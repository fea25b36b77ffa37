"""`o2s init` and `o2s user`: a firm from nothing, and the people in it, from a terminal."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def o2s(tmp_path):
    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess:
        known = {k: v for k, v in os.environ.items() if not k.startswith("O2S_")}
        known["O2S_HOME"] = str(tmp_path / "home")
        command = [sys.executable, "-m", "o2s_core.cli", *arguments]
        return subprocess.run(command, env=known, input=typed, capture_output=True, text=True)

    return run


def test_a_firm_is_founded_once_and_its_people_are_added(o2s):
    before = o2s("user", "list", "--json")
    assert before.returncode == 2
    assert "o2s init" in before.stderr

    founded = o2s("init", "--name", "Cabinet Morel")
    assert founded.returncode == 0
    assert "Mot de passe provisoire" in founded.stderr
    again = o2s("init")
    assert again.returncode == 0
    assert "rien n'a été changé" in again.stderr

    added = o2s(
        "user",
        "add",
        "claire",
        "--profile",
        "conseiller",
        "--password-stdin",
        typed="une phrase assez longue\n",
    )
    assert added.returncode == 0, added.stderr
    weak = o2s(
        "user", "add", "paul", "--profile", "conseiller", "--password-stdin", typed="court\n"
    )
    assert (weak.returncode, "12 caractères" in weak.stderr) == (2, True)
    unknown = o2s("user", "add", "paul", "--profile", "roi")
    assert (unknown.returncode, "Profil introuvable" in unknown.stderr) == (2, True)

    listed = json.loads(o2s("user", "list", "--json").stdout)
    assert [(u["login"], u["profile"], u["scope"]) for u in listed] == [
        ("admin", "administrateur", "none"),
        ("claire", "conseiller", "own"),
    ]
