"""Pages are reached by the addresses that the browser shows."""

import pytest

from o2s_core.ui import pages
from o2s_core.ui.navigation import fill, link


def test_an_address_keeps_what_is_asked_and_drops_what_is_not():
    assert link("compte", compte=3, groupe=None) == "/compte?compte=3"
    assert link("/contacts") == "/contacts"


def test_a_template_without_its_value_opens_nothing():
    assert fill("/compte?compte={id}", {"id": None}) == ""


def test_every_address_is_used_once():
    urls = [spec.url for spec in pages.PAGES]
    assert len(urls) == len(set(urls))


def test_every_page_lies_one_folder_down():
    assert all(len(spec.file.split("/")) == 2 for spec in pages.PAGES)


def test_a_breadcrumb_goes_up_to_the_page_of_the_module():
    spec = pages.by_url("livraison")
    assert [above.url for above in pages.trail(spec)] == ["services", "agregation", "livraisons"]


def everything(_permission):
    return True


@pytest.mark.parametrize(
    ("url", "first", "count"),
    [("services", "services", 6), ("flux", "agregation", 8), ("taux-de-change", "cours", 3)],
)
def test_the_tabs_are_the_pages_of_the_nearest_heading(url, first, count):
    tabs = pages.room(pages.by_url(url), everything)
    assert (tabs[0].url, len(tabs)) == (first, count)


def test_a_page_without_neighbours_shows_the_tabs_above():
    assert pages.room(pages.by_url("reprise"), everything)[0].url == "services"
    assert pages.room(pages.by_url("livraison"), everything)[0].url == "agregation"


def test_a_closed_page_is_no_tab():
    closed = pages.by_url("correspondances").needs
    tabs = pages.room(pages.by_url("flux"), lambda permission: permission != closed)
    assert "correspondances" not in {spec.url for spec in tabs}
    assert pages.room(pages.by_url("flux"), lambda _permission: False) == []


def test_every_script_of_a_page_has_its_address():
    scripts = {path.relative_to(pages.ROOT).as_posix() for path in pages.ROOT.glob("*/*.py")}
    assert scripts - {spec.file for spec in pages.PAGES} == set()


def test_every_address_has_its_page():
    assert [spec.file for spec in pages.PAGES if not spec.path.is_file()] == []
