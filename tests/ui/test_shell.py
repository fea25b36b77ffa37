"""The bar is on every page: where one is, where one can go, what is new (S-011 to S-016, S-099)."""

from dataclasses import replace

import pytest

from o2s_core import administration, store
from o2s_core.administration.models import User, UserSession
from o2s_core.aggregation.models import Delivery, DeliveryAccount
from o2s_core.kernel.settings import Settings
from o2s_core.ui import notices
from o2s_core.ui import pages as registry
from tests import kit
from tests.kit import pages


def modules(at) -> dict[str, bool]:
    (bar,) = pages.components(at, "bar")
    return {entry["label"]: entry["current"] for entry in bar["modules"]}


def own_menu(at) -> list[str]:
    (bar,) = pages.components(at, "bar")
    return [entry["label"] for entry in bar["person"]["entries"]]


def test_the_home_page_opens_under_the_bar(firm):
    """S-011, S-012: the module bar; S-116: each module has its page."""
    at = pages.open_page(firm, "alice", "home/home.py")
    assert not at.exception
    assert modules(at)["Accueil"] is True


def test_home_is_shown_by_its_icon(firm):
    """S-016."""
    (bar,) = pages.components(pages.open_page(firm, "alice", "home/home.py"), "bar")
    home = bar["modules"][0]
    assert (home["icon"], home["bare"], home["href"]) == ("home", True, "/accueil")


def test_the_module_one_is_in_is_the_only_one_coloured(firm):
    """S-013, S-014: one click to a module, whose button is then coloured."""
    at = pages.open_page(firm, "alice", "contacts/contacts.py")
    assert [name for name, current in modules(at).items() if current] == ["Contacts"]


def test_a_breadcrumb_says_where_one_is(firm):
    """S-015."""
    at = pages.open_page(firm, "alice", "contacts/groups.py")
    head = pages.components(at, "head")[0]
    assert [crumb["label"] for crumb in head["crumbs"]] == ["Contacts"]
    assert head["title"] == "Foyers et regroupements"


@pytest.mark.parametrize("spec", [s for s in registry.built() if not s.rubric], ids=lambda s: s.url)
def test_every_page_carries_the_bar_whoever_opens_it(firm, spec):
    """S-099: whatever the module, the bar and what it holds are there, even on a refusal."""
    at = pages.open_page(firm, "assistant", spec.file)
    assert len(pages.components(at, "bar")) == 1
    assert not at.exception


def test_the_menu_of_the_person_offers_only_what_the_profile_may_open(firm):
    assert "Administration" in own_menu(pages.open_page(firm, "admin", "home/home.py"))
    assert "Administration" not in own_menu(pages.open_page(firm, "alice", "home/home.py"))


def test_a_refused_page_says_why_and_shows_nothing(firm):
    at = pages.open_page(firm, "admin", "contacts/contacts.py")
    assert len(at.error) == 1
    assert "Votre profil ne donne pas le droit" in at.error[0].value
    assert not pages.components(at, "table")


def test_nobody_without_a_session_sees_a_page(firm):
    at = pages.app(firm, "alice")
    at.user.clear()
    at.run()
    at.switch_page(str(pages.ROOT / "pages/home/home.py")).run()
    assert "Votre session est terminée" in at.warning[0].value
    assert not pages.components(at, "bar")


def test_a_revoked_session_shows_nothing_at_the_next_click(firm):
    at = pages.open_page(firm, "alice", "home/home.py")
    with store.tx(firm.operator) as tx:
        tx.session.get_one(UserSession, "sid-alice").revoked_at = Settings().clock()[0]
    at.run()
    assert "Votre session est terminée" in at.warning[0].value


def test_a_changed_profile_counts_at_the_next_click(firm):
    at = pages.open_page(firm, "alice", "contacts/contacts.py")
    assert not at.error
    with store.tx(firm.operator) as tx:
        tx.session.get_one(User, firm.user_ids["alice"]).profile = "administrateur"
    at.run()
    assert "Votre profil ne donne pas le droit" in at.error[0].value


def test_a_defect_gives_a_reference_and_no_trace(firm, monkeypatch):
    def broken(_ctx):
        raise ZeroDivisionError("secret 123")

    monkeypatch.setattr(administration, "me", broken)
    at = pages.open_page(firm, "alice", "home/home.py")
    said = " ".join(element.value for element in at.error)
    assert "Une erreur est survenue, référence" in said
    assert "secret" not in said
    assert not at.exception


@pytest.fixture
def delivered(firm):
    """A file that brought data to an account of Alice, and nothing to Bruno."""
    alice = firm.alice
    account = kit.account(alice, kit.provider(alice), [kit.person(alice)])
    with store.tx(firm.operator) as tx:
        file = Delivery(
            firm_id=firm.id,
            file_name="partenaire.csv",
            sha256="0" * 64,
            received_at=Settings().clock()[0],
            state="committed",
        )
        tx.add(file)
        tx.add(
            DeliveryAccount(
                firm_id=firm.id,
                delivery_id=file.id,
                external_id="N1",
                account_id=account,
                state="committed",
            )
        )
    return firm


def news(at) -> list[str]:
    (bar,) = pages.components(at, "bar")
    return [notice["text"] for notice in bar["news"]]


def test_the_bell_says_that_partners_brought_new_data(delivered):
    """S-102: technical alert, new aggregation data, for one's own accounts only."""
    expected = ["Nouvelles données d'agrégation : 1 compte"]
    assert news(pages.open_page(delivered, "alice", "contacts/contacts.py")) == expected
    assert news(pages.open_page(delivered, "bruno", "contacts/contacts.py")) == []


def test_the_bell_counts_afresh_once_it_was_read(delivered):
    """S-102."""
    notices.read(replace(delivered.alice, now=Settings().clock()[0]))
    assert news(pages.open_page(delivered, "alice", "contacts/contacts.py")) == []


def test_the_menu_of_everyday_actions_is_on_every_page(firm):
    (bar,) = pages.components(pages.open_page(firm, "alice", "services/home.py"), "bar")
    assert [entry["label"] for entry in bar["quick"]] == [
        "Ajouter un contact",
        "Ajouter un compte",
        "Rechercher un contact",
        "Rechercher un compte",
    ]
    (bar,) = pages.components(pages.open_page(firm, "analyste", "home/home.py"), "bar")
    assert bar["quick"] == []
