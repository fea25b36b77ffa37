"""Services shows every setting with who decided it, and lets change what one may (S-117 to S-119)."""

from o2s_core import administration
from tests.kit import pages
from tests.kit.windows import open_window

WINDOW = "o2s_core.ui.setting_dialog.change_setting"


def test_each_setting_says_its_value_and_where_it_comes_from(firm):
    at = pages.open_page(firm, "alice", "services/home.py")
    assert ["Tableaux", "Lignes par page", "50", "valeur par défaut"] in pages.table(at)


def test_a_setting_changed_for_oneself_holds_for_oneself(firm):
    window = open_window(firm, "alice", WINDOW, '"table.page_size"')
    window.selectbox[1].select(20)
    window.button[0].click().run()
    assert not window.error
    at = pages.open_page(firm, "alice", "services/home.py")
    assert ["Tableaux", "Lignes par page", "20", "défini par vous"] in pages.table(at)
    at = pages.open_page(firm, "bruno", "services/home.py")
    assert ["Tableaux", "Lignes par page", "50", "valeur par défaut"] in pages.table(at)


def test_an_inherited_value_comes_back(firm):
    administration.save_setting(firm.alice, "user", "table.page_size", 20)
    window = open_window(firm, "alice", WINDOW, '"table.page_size"')
    window.selectbox[1].select_index(0)
    window.button[0].click().run()
    assert administration.setting(firm.alice, "table.page_size").origin == "default"


def test_a_setting_of_the_firm_is_not_offered_to_an_adviser(firm):
    window = open_window(firm, "alice", WINDOW, '"session.idle_minutes"')
    assert not window.selectbox
    assert "administrateur" in window.info[0].value


def test_where_one_arrives_is_one_s_own_choice(firm):
    administration.save_setting(firm.alice, "user", "landing.page", "contacts")
    at = pages.app(firm, "alice").run()
    assert pages.components(at, "head")[0]["title"] == "Contacts"
