"""Services › Agrégation › Codes courtier: codes to route first, then those that stand for somebody."""

import pytest

from o2s_core import aggregation
from o2s_core.aggregation import RouteForm
from tests import kit
from tests.kit import documents as doc
from tests.kit import pages, windows

PAGE = "aggregation/broker_codes.py"


@pytest.fixture
def codes(firm):
    partner = kit.provider(firm.operator)
    account = doc.holding("N1", total="1000") | {"broker_code": "C300"}
    aggregation.receive(firm.operator, doc.document(account), "contrats.json")
    form = RouteForm(partner, "C100", f"adviser:{firm.user_ids['alice']}")
    return partner, aggregation.route_code(firm.operator, form)


def test_the_page_shows_what_to_route_and_what_is_routed(firm, codes):
    """S-022."""
    at = pages.open_page(firm, "manager", PAGE)
    assert not at.exception
    assert not at.error
    assert pages.table(at, 0)[0][:3] == ["C300", "Assureur d'essai", "1"]
    assert "1\u202f000,00" in pages.table(at, 0)[0][3]
    assert pages.table(at, 1)[0][:4] == ["C100", "Assureur d'essai", "Alice", "En vigueur"]


def test_an_unknown_code_is_given_to_an_adviser(firm, codes):
    partner, _ = codes
    window = "o2s_core.ui.route_windows.route_code"
    at = windows.open_window(firm, "manager", window, f"{partner}, 'C300'")
    box = next(b for b in at.selectbox if b.label.startswith("Conseiller"))
    box.set_value(f"adviser:{firm.user_ids['bruno']}")
    at = windows.press(at, "Attribuer")
    assert not at.error
    assert aggregation.codes_to_route(firm.fresh(firm.operator)).is_empty()


def test_who_may_not_manage_feeds_reads_only(firm, codes):
    at = pages.open_page(firm, "alice", PAGE)
    assert "Attribuer un code" not in [b.label for b in at.button]
    assert "C300" not in pages.shown(at), "not hers"


@pytest.mark.parametrize("login", ["analyste", "admin"])
def test_who_may_not_is_told_so(firm, codes, login):
    at = pages.open_page(firm, login, PAGE)
    assert "droit" in at.error[0].value
