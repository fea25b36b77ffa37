"""The audit log on screen and as a file, and the general page's figures."""

import pytest

from o2s_core import administration, store
from o2s_core.administration import SignInRefusedError
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.store import AuditFilter
from tests.kit.access import PASSWORD, give_passwords, visitor
from tests.kit.firm import NOW, TODAY


@pytest.fixture
def lived(firm):
    """A firm where somebody came in, somebody was refused, a setting changed."""
    give_passwords(firm.place)
    administration.sign_in(visitor(firm.place), "alice", PASSWORD)
    with pytest.raises(SignInRefusedError):
        administration.sign_in(visitor(firm.place), "bruno", "non")
    administration.save_setting(firm.operator, "firm", "table.page_size", 100)
    return firm


def test_lines_come_newest_first_and_say_what_changed(lived):
    frame, total = administration.audit_log(lived.operator)
    assert frame["action"].to_list()[:3] == ["save", "login_refused", "login"]
    assert frame["detail"][0] == "valeur : 100"
    assert total == frame.height


def test_what_changed_is_said_in_french(lived):
    admin = administration.context_as(lived.place, "admin", NOW, TODAY)
    agency = administration.agencies(admin)[0].id
    asked = administration.UserForm(
        login="nora", last_name="Vidal", first_name="Nora", email="nora@essai.fr",
        profile="conseiller_junior", scope="own", agency_id=agency, is_adviser=True,
    )  # fmt: skip
    administration.add_user(admin, asked)
    detail = administration.audit_log(lived.operator)[0]["detail"][0]
    assert detail == (
        f"agence : {agency} ; assiste : vide ; suit des clients : oui ; "
        "profil : Conseiller junior ; périmètre : Ses clients"
    )


def test_filters_narrow_it(lived):
    frame, total = administration.audit_log(lived.operator, AuditFilter(action="login"))
    assert (total, frame["actor"].to_list()) == (1, ["alice"])


def test_the_filters_offer_what_is_there_in_french(lived):
    offered = administration.audit_choices(lived.operator)
    assert offered["actions"]["login_refused"] == "Connexion refusée"
    assert "alice" in offered["actors"]


def test_the_export_holds_every_line_and_is_itself_in_the_trail(lived):
    officer = administration.context_as(lived.place, "conformite", NOW, TODAY)
    ticket = administration.export_audit_log(officer)
    found = administration.redeem(lived.place, ticket, officer.user_id, NOW, TODAY)
    text = found.data.decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + administration.audit_log(lived.operator)[1] - 2
    assert "Connexion refusée" in text
    assert administration.audit_log(lived.operator)[0]["action"].to_list()[:2] == [
        "download",
        "export",
    ]


@pytest.mark.parametrize("login", ["alice", "manager", "assistant", "analyste"])
def test_it_is_closed_to_who_may_not(lived, login):
    ctx = administration.context_as(lived.place, login, NOW, TODAY)
    for question in (
        administration.audit_log,
        administration.audit_choices,
        administration.export_audit_log,
    ):
        with pytest.raises(PermissionDeniedError):
            question(ctx)


def test_the_general_page_counts_people_sessions_and_refusals(lived):
    seen = administration.overview(administration.context_as(lived.place, "admin", NOW, TODAY))
    assert (seen.active_users, seen.disabled_users) == (7, 0)
    assert (seen.open_sessions, seen.refused_today, seen.without_second_factor) == (1, 1, 7)
    assert seen.sign_ins.height == 30
    assert seen.sign_ins.row(-1) == (TODAY, 1, 1)
    assert seen.by_profile["users"].sum() == 7
    assert store.verify_audit(lived.operator).ok
