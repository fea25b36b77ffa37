"""Where a sign-in may lead: pages of ours, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2s_core.ui.web.addresses import next_of


@pytest.mark.parametrize(
    "page", ["/", "/contacts", "/compte?compte=3&onglet=Lignes", "/accueil?q=caf%C3%A9"]
)
def test_a_page_of_ours_is_kept(page):
    assert next_of(page) == page


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "contacts",
        "//a.example",
        "///a.example",
        "/\\a.example",
        "\\\\a",
        "http://a.example",
        "/a b",
        "/x\n",
        "/login",
        "/logout",
        "/dl/x",
        "/media/x",
        "/" + "x" * 500,
    ],
)
def test_anything_else_leads_to_the_start(elsewhere):
    assert next_of(elsewhere) == "/"


@given(st.text(max_size=40))
def test_whatever_is_asked_the_answer_is_one_path_of_this_site(asked):
    led = next_of(asked)
    assert led.startswith("/")
    assert not led.startswith(("//", "/\\"))
    assert led.isprintable() or all(ord(c) > 32 for c in led)
