"""How the firm is organised [Agences & équipes]: places, teams, and who leads whom."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import polars as pl
from sqlmodel import Session, select

from o2s_core import store
from o2s_core.administration.identity import name_of
from o2s_core.administration.models import Agency, Team, User
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldChange, InvalidInputError, NotFoundError, StaleEditError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission

_RowT = TypeVar("_RowT", Agency, Team, User)

#: The teams of an agency, by name; `members` counts them, `people` names them.
TEAMS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "name": pl.String(),
        "manager": pl.String(),
        "members": pl.Int64(),
        "people": pl.String(),
    }
)
AGENCY_FORM: Final = FormSchema(
    "Agence",
    (
        FormField("name", "Nom de l'agence", required=True, maximum=80),
        FormField("address", "Adresse", kind="long_text", maximum=400),
    ),
)
TEAM_FORM: Final = FormSchema(
    "Équipe",
    (
        FormField("name", "Nom de l'équipe", required=True, maximum=80),
        FormField("agency_id", "Agence", required=True),
        FormField("manager_id", "Responsable"),
    ),
)


@dataclass(frozen=True, slots=True)
class AgencyForm:
    """What one says of an agency."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class TeamForm:
    """What one says of a team; its manager sees its members' clients."""

    name: str
    agency_id: int
    manager_id: int | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "TeamForm":
        """Return what was typed on screen; ids come as text, empty fields as None."""
        manager = values.get("manager_id")
        return cls(
            str(values.get("name") or ""),
            int(values.get("agency_id") or 0),
            int(manager) if manager else None,
        )


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team, its manager and its members."""

    id: int
    version: int
    name: str
    agency_id: int
    manager_id: int | None
    manager: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgencyCard:
    """An agency and its teams; `people` counts its active users."""

    id: int
    version: int
    name: str
    address: str
    people: int
    teams: tuple[TeamCard, ...]

    @property
    def aside(self) -> str:
        """Return what is said beside its name: address, people."""
        counted = f"{self.people} personne{'s' if self.people > 1 else ''}"
        return " · ".join(part for part in (self.address, counted) if part)

    @property
    def team_rows(self) -> pl.DataFrame:
        """Return its teams as TEAMS."""
        rows = [(t.id, t.name, t.manager, len(t.members), ", ".join(t.members)) for t in self.teams]
        return pl.DataFrame(rows, schema=TEAMS, orient="row")

    def team(self, team_id: int) -> TeamCard:
        """Return one of its teams."""
        return next(t for t in self.teams if t.id == team_id)


def agencies(ctx: Context) -> tuple[AgencyCard, ...]:
    """Return the agencies with their teams and people, by name."""
    ctx.require(Permission.FIRM_READ)
    with store.reading(ctx) as session:
        places = session.exec(select(Agency).where(Agency.firm_id == ctx.firm_id)).all()
        teams = session.exec(select(Team).where(Team.firm_id == ctx.firm_id)).all()
        users = session.exec(select(User).where(User.firm_id == ctx.firm_id)).all()
    cards = [_team_card(team, list(users)) for team in teams]
    return tuple(
        AgencyCard(
            place.id or 0,
            place.version,
            place.name,
            place.address,
            sum(u.active and u.agency_id == place.id for u in users),
            tuple(sorted((c for c in cards if c.agency_id == place.id), key=lambda c: c.name)),
        )
        for place in sorted(places, key=lambda p: p.name.casefold())
    )


def team_schema(ctx: Context) -> FormSchema:
    """Return the form of a team with the agencies and people of the firm to choose from."""
    ctx.require(Permission.FIRM_READ)
    with store.reading(ctx) as session:
        places = session.exec(select(Agency).where(Agency.firm_id == ctx.firm_id)).all()
        people = session.exec(select(User).where(User.firm_id == ctx.firm_id)).all()
    lists = {
        "agency_id": {str(a.id): a.name for a in places},
        "manager_id": {str(u.id): name_of(u) for u in people if u.active},
    }
    fields = (replace(f, choices=lists[f.key]) if f.key in lists else f for f in TEAM_FORM.fields)
    return FormSchema(TEAM_FORM.title, tuple(fields))


def add_agency(ctx: Context, form: AgencyForm) -> int:
    """Open an agency; return its id."""
    ctx.require(Permission.TEAM_WRITE)
    AGENCY_FORM.require_valid({"name": form.name, "address": form.address}, ctx.today)
    with store.tx(ctx) as tx:
        _require_free(tx.session, Agency, ctx.firm_id, form.name, but=None)
        row = Agency(firm_id=ctx.firm_id, name=form.name.strip(), address=form.address)
        tx.add(row)
        tx.audit("create", "agency", row.id, after={"name": row.name})
        tx.touch("administration")
    return row.id or 0


def edit_agency(ctx: Context, agency_id: int, form: AgencyForm, expected_version: int) -> None:
    """Change the name or the address of an agency."""
    ctx.require(Permission.TEAM_WRITE)
    AGENCY_FORM.require_valid({"name": form.name, "address": form.address}, ctx.today)
    with store.tx(ctx) as tx:
        row = owned(tx.session, Agency, ctx.firm_id, agency_id, "Agence")
        _require_fresh("L'agence", row, expected_version, form.name)
        _require_free(tx.session, Agency, ctx.firm_id, form.name, but=agency_id)
        before = {"name": row.name, "address": row.address}
        row.name, row.address = form.name.strip(), form.address
        store.stamp(ctx, row)
        tx.audit("update", "agency", agency_id, before=before, after={"name": row.name})
        tx.touch("administration")


def add_team(ctx: Context, form: TeamForm) -> int:
    """Make a team in an agency; return its id."""
    ctx.require(Permission.TEAM_WRITE)
    _require_valid_team(ctx, form)
    with store.tx(ctx) as tx:
        _require_possible(tx.session, ctx.firm_id, form, team_id=None)
        row = Team(
            firm_id=ctx.firm_id,
            name=form.name.strip(),
            agency_id=form.agency_id,
            manager_id=form.manager_id,
        )
        tx.add(row)
        tx.audit("create", "team", row.id, after={"manager_id": form.manager_id})
        tx.touch("administration")
    return row.id or 0


def edit_team(ctx: Context, team_id: int, form: TeamForm, expected_version: int) -> None:
    """Change a team; its new manager sees its members' clients from the next click on."""
    ctx.require(Permission.TEAM_WRITE)
    _require_valid_team(ctx, form)
    with store.tx(ctx) as tx:
        row = owned(tx.session, Team, ctx.firm_id, team_id, "Équipe")
        _require_fresh("L'équipe", row, expected_version, form.name)
        _require_possible(tx.session, ctx.firm_id, form, team_id=team_id)
        before = {"manager_id": row.manager_id, "agency_id": row.agency_id}
        row.name, row.agency_id = form.name.strip(), form.agency_id
        row.manager_id = form.manager_id
        store.stamp(ctx, row)
        after = {"manager_id": row.manager_id, "agency_id": row.agency_id}
        tx.audit("update", "team", team_id, before=before, after=after)
        tx.touch("administration")


def _require_valid_team(ctx: Context, form: TeamForm) -> None:
    typed = {"name": form.name, "agency_id": form.agency_id, "manager_id": form.manager_id}
    TEAM_FORM.require_valid(typed, ctx.today)


def _require_possible(
    session: Session, firm_id: int, form: TeamForm, *, team_id: int | None
) -> None:
    """Raise unless the agency and the manager are the firm's, and nobody leads their own chief."""
    owned(session, Agency, firm_id, form.agency_id, "Agence")
    _require_free(session, Team, firm_id, form.name, but=team_id)
    if form.manager_id is None:
        return
    owned(session, User, firm_id, form.manager_id, "Utilisateur")
    if team_id is not None and leads_himself(session, firm_id, team_id, form.manager_id):
        raise InvalidInputError(
            "Ce responsable dirigerait son propre supérieur : choisissez une autre personne, "
            "ou changez d'abord son équipe."
        )


def leads_himself(session: Session, firm_id: int, team_id: int, manager_id: int) -> bool:
    """Return whether, with `manager_id` leading `team_id`, somebody stands above themselves.

    Being a member of the team that one leads is not a loop.
    """
    teams = session.exec(select(Team).where(Team.firm_id == firm_id)).all()
    users = session.exec(select(User).where(User.firm_id == firm_id)).all()
    chief_of = {t.id: t.manager_id for t in teams} | {team_id: manager_id}
    team_of = {u.id: u.team_id for u in users}
    above, seen = manager_id, {manager_id}
    while (team := team_of.get(above)) is not None:
        chief = chief_of.get(team)
        if chief is None or chief == above:
            return False
        if chief in seen:
            return True
        seen.add(chief)
        above = chief
    return False


def _team_card(team: Team, users: list[User]) -> TeamCard:
    names = {u.id: name_of(u) for u in users}
    members = sorted(names[u.id] for u in users if u.team_id == team.id and u.active)
    return TeamCard(
        team.id or 0,
        team.version,
        team.name,
        team.agency_id,
        team.manager_id,
        names.get(team.manager_id, ""),
        tuple(members),
    )


def owned(session: Session, model: type[_RowT], firm_id: int, row_id: int, what: str) -> _RowT:
    """Return a record of the firm by its id; another firm's reads as none."""
    row = session.get(model, row_id)
    if row is None or row.firm_id != firm_id:
        raise NotFoundError(what, row_id)
    return row


def _require_free(
    session: Session, model: type[_RowT], firm_id: int, name: str, *, but: int | None
) -> None:
    """Raise when another agency or team has that name, capitals and spaces aside."""
    rows = session.exec(select(model).where(model.firm_id == firm_id)).all()
    if any(_plain(r) == name.strip().casefold() and r.id != but for r in rows):
        raise InvalidInputError(f"« {name.strip()} » existe déjà : choisissez un autre nom.")


def _plain(row: Agency | Team | User) -> str:
    return (name_of(row) if isinstance(row, User) else row.name).casefold()


def _require_fresh(what: str, row: Agency | Team, expected_version: int, name: str) -> None:
    if row.version != expected_version:
        raise StaleEditError(what, [FieldChange("Nom", row.name, name)])
