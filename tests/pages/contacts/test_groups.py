"""Foyers et regroupements: who is looked at together."""

from o2s_core import contacts
from tests import kit
from tests.kit import pages, windows

PAGE = "pages/contacts/groups.py"


def test_households_and_groups_are_listed_with_their_members(firm):
    one, two = kit.person(firm.alice), kit.person(firm.alice, "Martin", "Paul")
    kit.household(firm.alice, one, two, file_code="F1")
    gathered = kit.group(firm.alice, one, name="Famille Martin")
    kit.group(firm.bruno, kit.person(firm.bruno), name="Groupe secret")
    at = pages.open_page(firm, "alice", PAGE)
    assert not at.exception
    assert pages.table(at, 0)[0][:4] == ["Foyer Martin", "F1", "2", "Martin Anne, Martin Paul"]
    assert [row[0] for row in pages.table(at, 1)] == ["Famille Martin"]
    assert pages.components(at, "table")[1]["rows"][0]["href"] == (
        f"/dossier-general?groupe={gathered}"
    )


def test_a_group_is_made_in_a_window(firm):
    one = kit.person(firm.alice, "Martin")
    at = windows.open_window(firm, "alice", "o2s_core.ui.gatherings.edit_group")
    at.multiselect(key="group_new_members").set_value([one]).run()
    at.text_input(key="group_new_0_name").set_value("Famille Martin")
    at = windows.press(at, "Enregistrer")
    assert not at.exception
    assert contacts.groups(firm.alice)["name"].to_list() == ["Famille Martin"]


def test_a_household_is_made_with_roles(firm):
    ids = [kit.person(firm.alice, "Martin", n) for n in ("Anne", "Paul", "Zoé")]
    window = "o2s_core.ui.new_contact.new_contact"
    at = windows.open_window(firm, "alice", window, "'household'")
    at.multiselect(key="new_contact_household_members").set_value(ids).run()
    at.text_input(key="new_contact_household_0_last_name").set_value("Foyer Martin")
    at = windows.press(at, "Créer le contact")
    assert not at.exception
    home = contacts.find(firm.alice, "foyer")[0]
    assert [m.role for m in contacts.members(firm.alice, home.id)] == ["head", "spouse", "child"]


def test_who_only_reads_is_offered_no_button(firm):
    at = pages.open_page(firm, "conformite", PAGE)
    assert not at.exception
    assert [b.label for b in at.button if b.label.startswith("Nouveau")] == []
