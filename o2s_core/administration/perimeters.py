"""Whose clients a user may see, as a set of advisers and as a condition of a query."""

from typing import Any

from sqlalchemy import ColumnElement, false, true
from sqlmodel import Session, col, select

from o2s_core.administration.models import Team, User
from o2s_core.kernel.context import Context, Perimeter


def inside(ctx: Context, adviser_id: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Return the condition that a stored `adviser_id` lies in the user's perimeter.

    Every query about clients starts with it. A row without adviser is seen by
    those who see everybody.
    """
    if ctx.perimeter.everyone:
        return true()
    if not ctx.perimeter.adviser_ids:
        return false()
    return col(adviser_id).in_(sorted(ctx.perimeter.adviser_ids))


def perimeter_of(session: Session, user: User) -> Perimeter:
    """Return whose clients a user sees: by scope, plus those of the advisers they assist.

    `team` is the teams they manage, and those managed by their members; for
    somebody who manages none, the team they belong to. Clients of a disabled
    colleague stay inside.
    """
    if user.scope == "firm":
        return Perimeter(everyone=True)
    if user.scope == "none" or user.id is None:
        return Perimeter()
    colleagues = {"own": _nobody, "team": _team_mates, "agency": _same_agency}[user.scope]
    return Perimeter(
        adviser_ids=frozenset({user.id} | assisted_by(user) | colleagues(session, user))
    )


def assisted_by(user: User) -> set[int]:
    """Return the ids of the advisers that a user assists."""
    return {int(part) for part in user.assists.split(",") if part.strip()}


def _nobody(_session: Session, _user: User) -> set[int]:
    return set()


def _same_agency(session: Session, user: User) -> set[int]:
    if user.agency_id is None:
        return set()
    return _ids(session, user, col(User.agency_id) == user.agency_id)


def _team_mates(session: Session, user: User) -> set[int]:
    teams = _managed_teams(session, user)
    if not teams and user.team_id is not None:
        teams = {user.team_id}
    return _ids(session, user, col(User.team_id).in_(teams)) if teams else set()


def _managed_teams(session: Session, user: User) -> set[int]:
    """Return the teams under a manager, level after level."""
    found: set[int] = set()
    managers: set[int] = {user.id or 0}
    while managers:
        under = select(Team.id).where(
            Team.firm_id == user.firm_id, col(Team.manager_id).in_(managers)
        )
        fresh = {t for t in session.exec(under).all() if t is not None} - found
        found |= fresh
        managers = _ids(session, user, col(User.team_id).in_(fresh)) if fresh else set()
    return found


def _ids(session: Session, user: User, condition: ColumnElement[bool]) -> set[int]:
    query = select(User.id).where(User.firm_id == user.firm_id, condition)
    return {found for found in session.exec(query).all() if found is not None}
