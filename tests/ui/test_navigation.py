"""Pages are reached by the addresses that the browser shows."""

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


def test_every_script_of_a_page_has_its_address():
    scripts = {path.relative_to(pages.ROOT).as_posix() for path in pages.ROOT.glob("*/*.py")}
    assert scripts - {spec.file for spec in pages.PAGES} == set()


def test_every_address_has_its_page():
    assert [spec.file for spec in pages.PAGES if not spec.path.is_file()] == []
