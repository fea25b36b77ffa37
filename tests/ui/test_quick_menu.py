"""A contact is found by a few letters, from anywhere, inside the perimeter."""

from tests import kit
from tests.kit.windows import open_window

WINDOW = "o2s_core.ui.quick_menu.find_contact"


def found(window, text: str) -> list[str]:
    window.text_input[0].input(text).run()
    return [button.label for button in window.button]


def test_letters_find_a_contact_accents_aside(firm):
    kit.person(firm.alice, "Lefèvre", "Zoé", file_code="QUI1")
    window = open_window(firm, "alice", WINDOW)
    assert found(window, "lefev") == ["Lefèvre Zoé (QUI1)"]


def test_a_colleague_s_contact_is_not_found_and_the_window_says_so(firm):
    kit.person(firm.bruno, "Caché", "Paul")
    window = open_window(firm, "alice", WINDOW)
    assert found(window, "caché") == []
    assert "Aucun contact de votre périmètre" in window.html[0].value
