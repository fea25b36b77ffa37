"""Whose clients a user sees: nobody's, one's own, the team's, the agency's, everybody's."""

import pytest

from o2s_core import administration, store
from o2s_core.administration import TeamForm
from o2s_core.administration.models import User
from o2s_core.kernel.permissions import Permission
from tests.kit.firm import NOW, TODAY


def perimeter(firm, login):
    return administration.context_as(firm.place, login, NOW, TODAY).perimeter


def change(firm, login, **values):
    with store.tx(firm.operator) as tx:
        user = tx.session.get_one(User, firm.user_ids[login])
        for key, value in values.items():
            setattr(user, key, value)


def seen(firm, login):
    back = {i: name for name, i in firm.user_ids.items()}
    return {back[i] for i in perimeter(firm, login).adviser_ids}


def team(firm, name, manager, *members):
    agency = administration.agencies(firm.operator)[0].id
    made = administration.add_team(
        firm.operator, TeamForm(name, agency, manager and firm.user_ids[manager])
    )
    for member in members:
        change(firm, member, team_id=made)
    return made


def test_an_adviser_sees_their_own_clients(firm):
    assert seen(firm, "alice") == {"alice"}


def test_the_administrator_sees_nobody(firm):
    assert seen(firm, "admin") == set()
    assert not perimeter(firm, "admin").everyone


def test_an_assistant_sees_those_of_the_advisers_assisted(firm):
    change(firm, "assistant", assists=f"{firm.user_ids['alice']},{firm.user_ids['bruno']}")
    assert seen(firm, "assistant") == {"assistant", "alice", "bruno"}


def test_the_agency_is_those_who_work_there(firm):
    change(firm, "alice", scope="agency")
    assert "bruno" not in seen(firm, "alice")
    assert {"alice", "manager", "assistant"} <= seen(firm, "alice")


def test_a_manager_sees_the_teams_they_lead(firm):
    team(firm, "Lyon 1", "manager", "alice")
    change(firm, "manager", scope="team")
    assert seen(firm, "manager") == {"manager", "alice"}


def test_a_manager_sees_through_a_manager_below(firm):
    team(firm, "Direction", "manager", "conformite")
    team(firm, "Terrain", "conformite", "bruno")
    change(firm, "manager", scope="team")
    assert seen(firm, "manager") == {"manager", "conformite", "bruno"}


def test_somebody_who_leads_no_team_sees_their_own_team(firm):
    team(firm, "Lyon 1", None, "alice", "bruno")
    change(firm, "alice", scope="team")
    assert seen(firm, "alice") == {"alice", "bruno"}


def test_the_clients_of_a_disabled_colleague_stay_inside(firm):
    team(firm, "Lyon 1", "manager", "alice")
    change(firm, "manager", scope="team")
    administration.disable_user(firm.operator, firm.user_ids["alice"])
    assert "alice" in seen(firm, "manager")


def test_the_firm_is_everybody(firm):
    assert perimeter(firm, "manager").everyone


def test_pickers_offer_the_advisers_inside_only(firm):
    names = [a.login for a in administration.advisers(firm.alice)]
    assert names == ["alice"]
    assert [a.login for a in administration.advisers(firm.operator)] == ["alice", "bruno"]


@pytest.mark.parametrize("login", ["admin", "analyste"])
def test_who_sees_no_client_has_no_right_on_clients_either(firm, login):
    """Two locks: an empty perimeter, and no right to read."""
    ctx = administration.context_as(firm.place, login, NOW, TODAY)
    assert not ctx.may(Permission.CONTACT_READ)
    assert not ctx.may(Permission.PORTFOLIO_READ)
    assert not ctx.may(Permission.MOVEMENT_READ)
