"""How the demonstration firm hires: agencies, teams, and users who share one printed password."""

from sqlmodel import select

from o2s_core.administration import passwords
from o2s_core.administration.models import Agency, Team, User
from o2s_core.demo.people import AGENCIES, COLLEAGUES, PASSWORD, Colleague
from o2s_core.store import Tx


def hire(tx: Tx) -> list[int]:
    """Create the agencies, their teams and everybody; return the ids of the advisers, in order."""
    teams = []
    for name in AGENCIES:
        agency = Agency(firm_id=tx.ctx.firm_id, name=name)
        tx.add(agency)
        team = Team(
            firm_id=tx.ctx.firm_id, name=f"Équipe {name.split()[0]}", agency_id=agency.id or 0
        )
        tx.add(team)
        teams.append(team)
    secret = passwords.hashed(tx.ctx.place, PASSWORD)
    ids = {c.login: _hire(tx, c, teams[c.agency], secret) for c in COLLEAGUES}
    for colleague in COLLEAGUES:
        if colleague.assists:
            _assist(tx, ids[colleague.login], ids[colleague.assists])
    for team in teams:
        team.manager_id = ids["manager"]
    tx.touch("administration")
    return [ids[c.login] for c in COLLEAGUES if c.is_adviser]


def _hire(tx: Tx, colleague: Colleague, team: Team, secret: str) -> int:
    """Create a user, or take over the administrator that the firm was founded with."""
    query = select(User).where(User.firm_id == tx.ctx.firm_id, User.login == colleague.login)
    user = tx.session.exec(query).first()
    if user is None:
        user = User(firm_id=tx.ctx.firm_id, login=colleague.login, last_name="", profile="")
    user.last_name, user.first_name = colleague.last_name, colleague.first_name
    user.email = f"{colleague.login}@rivage.exemple.fr"
    user.profile, user.scope = colleague.profile, colleague.scope
    user.agency_id, user.team_id = team.agency_id, team.id
    user.is_adviser = colleague.is_adviser
    user.password_hash, user.password_changed_at = secret, tx.ctx.now
    user.must_change_password = False
    tx.add(user)
    if user.id is None:
        raise RuntimeError("user without id")
    return user.id


def _assist(tx: Tx, assistant: int, adviser: int) -> None:
    user = tx.session.get_one(User, assistant)
    user.assists = str(adviser)
    tx.add(user)
