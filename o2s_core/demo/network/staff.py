"""How a network hires beyond the people of the small firm: agencies, teams, advisers."""

from typing import Final

import numpy as np
from faker import Faker
from sqlmodel import select

from o2s_core.administration import passwords
from o2s_core.administration.models import Agency, Team, User
from o2s_core.demo import staff
from o2s_core.demo.network.size import Size
from o2s_core.demo.people import PASSWORD
from o2s_core.kernel.identifiers import search_key
from o2s_core.store import Tx
from o2s_core.store.bulk import insert_rows

TOWNS: Final = (
    "Bordeaux", "Lille", "Strasbourg", "Toulouse", "Rennes", "Dijon", "Nice", "Tours", "Metz",
    "Grenoble",
)  # fmt: skip


def hire(tx: Tx, size: Size, seed: int) -> list[int]:
    """Create everybody; return the ids of the advisers, those of the small firm first."""
    advisers = staff.hire(tx)
    teams = _open_agencies(tx, size.agencies)
    more = _colleagues(tx, size.advisers - len(advisers), teams, seed)
    return advisers + insert_rows(tx, User, more)


def _open_agencies(tx: Tx, wanted: int) -> list[Team]:
    """Open the agencies that the small firm does not have; return every team."""
    known = tx.session.exec(select(Team).where(Team.firm_id == tx.ctx.firm_id)).all()
    made = []
    for n in range(wanted - len(known)):
        town = TOWNS[n % len(TOWNS)] + (f" {n // len(TOWNS) + 1}" if n >= len(TOWNS) else "")
        agency = Agency(firm_id=tx.ctx.firm_id, name=f"{town} Centre")
        tx.add(agency)
        team = Team(firm_id=tx.ctx.firm_id, name=f"Équipe {town}", agency_id=agency.id or 0)
        tx.add(team)
        made.append(team)
    return [*known, *made]


def _colleagues(tx: Tx, count: int, teams: list[Team], seed: int) -> list[dict[str, object]]:
    draw, fake = np.random.default_rng(seed + 20), Faker("fr_FR")
    fake.seed_instance(seed + 20)
    secret = passwords.hashed(tx.ctx.place, PASSWORD)
    rows: list[dict[str, object]] = []
    for n in range(max(0, count)):
        first, last = fake.first_name(), fake.last_name()
        login = f"{search_key(first)[0]}.{search_key(last).replace(' ', '')}{n + 9}"
        team = teams[n % len(teams)]
        junior = draw.integers(8) == 0
        rows.append(
            {
                "login": login,
                "last_name": last,
                "first_name": first,
                "email": f"{login}@rivage.exemple.fr",
                "profile": "conseiller_junior" if junior else "conseiller",
                "scope": "own",
                "agency_id": team.agency_id,
                "team_id": team.id,
                "is_adviser": True,
                "password_hash": secret,
                "password_changed_at": tx.ctx.now,
            }
        )
    return rows
