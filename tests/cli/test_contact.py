"""`o2s contact`: what the terminal adds and lists is what the screen shows."""

import json
from functools import partial

import pytest

from o2s_core import contacts
from tests import kit


@pytest.fixture
def o2s(terminal):
    """The command `o2s contact`, on the firm under test."""
    return partial(terminal, "contact", catch_exceptions=False)


def test_add_prints_the_id_and_the_file_code(firm, o2s):
    done = o2s("add", "--last-name", "Durand", "--first-name", "Léa", "--stage", "client",
               "--adviser", "alice", "--json")  # fmt: skip
    assert done.exit_code == 0
    made = json.loads(done.stdout)
    card = contacts.contact(firm.alice, made["file_code"])
    assert (card.id, card.stage, card.name) == (made["id"], "client", "Durand Léa")


def test_list_prints_everybody_or_what_one_user_sees(firm, o2s):
    mine = kit.person(firm.alice, "Martin", "Anne", file_code="M1", stage="prospect")
    kit.person(firm.bruno, "Secret", "Luc", file_code="S1")
    everybody = json.loads(o2s("list", "--json").stdout)
    assert [row["file_code"] for row in everybody] == ["M1", "S1"]
    assert json.loads(o2s("list", "--as", "alice", "--json").stdout) == [
        {
            "id": mine,
            "file_code": "M1",
            "name": "Martin Anne",
            "stage": "prospect",
            "adviser": "Alice",
        }
    ]


def test_an_unknown_adviser_or_stage_is_refused_in_french(firm, o2s):
    from o2s_core.kernel.errors import O2SError

    for wrong, message in (("--adviser", "Conseiller introuvable"), ("--stage", "Type :")):
        with pytest.raises(O2SError, match=message):
            o2s("add", "--last-name", "D", "--first-name", "L", wrong, "personne")
