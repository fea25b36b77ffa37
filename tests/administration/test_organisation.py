"""Agencies and teams: names are unique, and nobody stands above themselves."""

import pytest

from o2s_core import administration, store
from o2s_core.administration import AgencyForm, TeamForm
from o2s_core.administration.models import User
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from tests.kit.firm import NOW, TODAY


@pytest.fixture
def admin(firm):
    return administration.context_as(firm.place, "admin", NOW, TODAY)


@pytest.fixture
def lyon(admin):
    return administration.agencies(admin)[0].id


def join(firm, login, team_id):
    with store.tx(firm.operator) as tx:
        tx.session.get_one(User, firm.user_ids[login]).team_id = team_id


def test_the_tree_shows_agencies_teams_and_people(firm, admin, lyon):
    team = administration.add_team(admin, TeamForm("Patrimoine", lyon, firm.user_ids["manager"]))
    join(firm, "alice", team)
    first = administration.agencies(admin)[0]
    assert (first.name, first.people) == ("Lyon", 6)
    assert [(t.name, t.manager, t.members) for t in first.teams] == [
        ("Patrimoine", "Manager", ("Alice",))
    ]


def test_two_agencies_do_not_share_a_name(admin):
    with pytest.raises(InvalidInputError, match="existe déjà"):
        administration.add_agency(admin, AgencyForm(" lyon "))


def test_two_teams_do_not_share_a_name(admin, lyon):
    administration.add_team(admin, TeamForm("Patrimoine", lyon))
    with pytest.raises(InvalidInputError, match="existe déjà"):
        administration.add_team(admin, TeamForm("PATRIMOINE", lyon))


def test_a_team_needs_a_name_and_an_agency(admin):
    with pytest.raises(InvalidInputError, match="Nom de l'équipe"):
        administration.add_team(admin, TeamForm("", 0))
    with pytest.raises(NotFoundError, match="Agence introuvable"):
        administration.add_team(admin, TeamForm("Patrimoine", 999))


def test_a_manager_may_belong_to_the_team_they_lead(firm, admin, lyon):
    team = administration.add_team(admin, TeamForm("Patrimoine", lyon, firm.user_ids["alice"]))
    join(firm, "alice", team)
    card = administration.agencies(admin)[0].teams[0]
    administration.edit_team(
        admin, team, TeamForm("Patrimoine 2", lyon, firm.user_ids["alice"]), card.version
    )


def test_nobody_leads_their_own_chief(firm, admin, lyon):
    """Manager leads Alice's team; Alice may not lead the manager's."""
    terrain = administration.add_team(admin, TeamForm("Terrain", lyon, firm.user_ids["manager"]))
    join(firm, "alice", terrain)
    direction = administration.add_team(admin, TeamForm("Direction", lyon))
    join(firm, "manager", direction)
    card = next(t for t in administration.agencies(admin)[0].teams if t.id == direction)
    with pytest.raises(InvalidInputError, match="son propre supérieur"):
        administration.edit_team(
            admin, direction, TeamForm("Direction", lyon, firm.user_ids["alice"]), card.version
        )


def test_a_stale_edit_is_refused(admin):
    card = administration.agencies(admin)[0]
    administration.edit_agency(admin, card.id, AgencyForm("Lyon centre"), card.version)
    with pytest.raises(StaleEditError, match="Lyon centre"):
        administration.edit_agency(admin, card.id, AgencyForm("Lyon est"), card.version)


@pytest.mark.parametrize("login", ["alice", "manager", "conformite"])
def test_only_the_administrator_organises(firm, login, lyon):
    ctx = administration.context_as(firm.place, login, NOW, TODAY)
    for verb in (
        lambda: administration.add_agency(ctx, AgencyForm("Paris")),
        lambda: administration.add_team(ctx, TeamForm("Paris", lyon)),
        lambda: administration.edit_agency(ctx, lyon, AgencyForm("Paris"), 1),
        lambda: administration.edit_team(ctx, 1, TeamForm("Paris", lyon), 1),
    ):
        with pytest.raises(PermissionDeniedError):
            verb()
