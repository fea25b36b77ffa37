"""How the demonstration firm meets its clients, and the contracts they open."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

import numpy as np

from o2s_core.contacts.models import (
    Contact,
    ContactGroup,
    ContactGroupMember,
    FileCodeCounter,
    HouseholdMember,
)
from o2s_core.demo.contracts import Contract
from o2s_core.demo.families import Family, families
from o2s_core.demo.life import live
from o2s_core.demo.ownership import Owner, contracts
from o2s_core.demo.partners import Partners
from o2s_core.kernel.identifiers import compact, search_key
from o2s_core.portfolio import account_key
from o2s_core.portfolio.models import Account, AccountHolder
from o2s_core.store import Tx
from o2s_core.store.bulk import insert_rows

#: Columns of a contact that the families give, with what they hold when not said.
BLANK: dict[str, Any] = {
    "civility": "", "last_name": "", "first_name": "", "legal_name": "", "siren": "",
    "legal_form": "", "birth_date": None, "birth_place": "", "death_date": None,
    "nationality": "", "tax_country": "", "marital_status": "", "matrimonial_regime": "",
    "legal_capacity": "capable", "profession": "", "pep": "", "us_person": "", "email": "",
    "phone": "", "segment": "", "origin": "",
}  # fmt: skip


@dataclass(slots=True)
class People:
    """The contacts as stored: ids in order, their advisers, who may open contracts."""

    ids: list[int] = field(default_factory=list)
    advisers: list[int] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)
    prospects: list[Owner] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)  #: by rank, as partners write them


def meet(tx: Tx, advisers: list[int], count: int, seed: int, *, even: bool = False) -> People:
    """Create `count` people and companies, their households and their groups."""
    known = list(families(count, len(advisers), seed, tx.ctx.today, even=even))
    rows: list[dict[str, Any]] = []
    people = People()
    for family in known:
        start = len(rows)
        for member in [*family.people, *([family.company] if family.company else [])]:
            rows.append(_contact(len(rows) + 1, member, advisers[family.adviser]))
        (people.owners if family.stage == "client" else people.prospects).extend(
            _owners(family, start)
        )
    people.ids = insert_rows(tx, Contact, rows)
    people.advisers = [row["adviser_id"] for row in rows]
    people.names = {i: _written(row) for i, row in enumerate(rows)}
    made = _households(tx, known, people, advisers)
    total = len(rows) + made
    tx.add(FileCodeCounter(firm_id=tx.ctx.firm_id, prefix="D", next_number=total + 1))
    tx.touch("contacts")
    return people


def _contact(number: int, member: dict[str, Any], adviser: int) -> dict[str, Any]:
    code = f"D{number:05d}"
    row = BLANK | member | {"file_code": code, "adviser_id": adviser}
    said = (row["last_name"], row["first_name"], row["legal_name"], code, row["email"])
    return row | {"search_key": search_key(" ".join(filter(None, said)))}


def _written(row: dict[str, Any]) -> str:
    return row["legal_name"] or f"{row['last_name'].upper()} {row['first_name']}"


def _owners(family: Family, start: int) -> list[Owner]:
    """Return who of a family may open contracts; the deceased may not."""
    alive = [i for i, p in enumerate(family.people) if not p.get("death_date")]
    adults = [start + i for i in alive if family.roles[i] in {"head", "spouse"}]
    owners = []
    for i in alive:
        others = [rank for rank in adults if rank != start + i]
        is_child = family.roles[i] == "child"
        spouse = others[0] if others and not is_child else None
        owners.append(Owner(start + i, spouse, is_company=False, is_minor=is_child))
    if family.company:
        owners.append(Owner(start + len(family.people), None, is_company=True, is_minor=False))
    return owners


def _households(tx: Tx, known: list[Family], people: People, advisers: list[int]) -> int:
    """Create a household per family of two or more, and a group per family with a company."""
    starts = list(accumulate((_size(family) for family in known), initial=0))
    together = [(f, at) for f, at in zip(known, starts, strict=False) if len(f.people) > 1]
    rows = [
        _household(family, advisers[family.adviser], len(people.ids) + n)
        for n, (family, _) in enumerate(together, 1)
    ]
    made = insert_rows(tx, Contact, rows)
    links = [
        {"household_id": household, "contact_id": people.ids[at + n], "role": role}
        for household, (family, at) in zip(made, together, strict=True)
        for n, role in enumerate(family.roles)
    ]
    insert_rows(tx, HouseholdMember, links)
    owners = [(f, at) for f, at in zip(known, starts, strict=False) if f.company]
    _groups(tx, owners, people, advisers)
    return len(together)


def _size(family: Family) -> int:
    return len(family.people) + (family.company is not None)


def _household(family: Family, adviser: int, number: int) -> dict[str, Any]:
    name = f"Foyer {family.people[0]['last_name']}"
    member = {"kind": "household", "stage": family.stage, "last_name": name}
    return _contact(number, member, adviser)


def _groups(tx: Tx, owners: list[tuple[Family, int]], people: People, advisers: list[int]) -> None:
    """Create a group of each family and its company."""
    names: list[str] = []
    taken: set[str] = set()
    for family, _ in owners:
        name = f"Famille {family.people[0]['last_name']}"
        names.append(f"{name} ({len(taken) + 1})" if name in taken else name)
        taken.add(names[-1])
    rows = [
        {"name": name, "adviser_id": advisers[family.adviser]}
        for name, (family, _) in zip(names, owners, strict=True)
    ]
    groups = insert_rows(tx, ContactGroup, rows)
    links = [
        {"group_id": group, "contact_id": people.ids[at + n]}
        for group, (family, at) in zip(groups, owners, strict=True)
        for n in range(_size(family))
    ]
    insert_rows(tx, ContactGroupMember, links)


@dataclass(slots=True)
class Life:
    """A contract, its account, and whose word it is: a partner's, or the prospect's own."""

    contract: Contract
    account_id: int
    declared: bool


def open_contracts(tx: Tx, people: People, partners: Partners, count: int, seed: int) -> list[Life]:
    """Open the contracts of the clients and, held away, of the prospects; let them live."""
    today: date = tx.ctx.today
    opened = contracts(people.owners, count, seed, today, partners.years)
    elsewhere = contracts(people.prospects, len(people.prospects) // 3, seed + 50, today, 6)
    for n, contract in enumerate(elsewhere):
        contract.number = f"X{20_000_000 + n * 41}"
    draw = np.random.default_rng(seed + 4)
    for contract in [*opened, *elsewhere]:
        live(contract, partners.market, draw, today)
    both = [(c, False) for c in opened] + [(c, True) for c in elsewhere]
    ids = insert_rows(tx, Account, [_account(c, partners, d) for c, d in both])
    insert_rows(tx, AccountHolder, _holders(both, ids, people))
    tx.touch("portfolio")
    return [Life(c, i, d) for (c, d), i in zip(both, ids, strict=True)]


def _account(
    contract: Contract,
    partners: Partners,
    declared: bool,
) -> dict[str, Any]:
    label = f"{contract.offer.label} {partners.names[contract.provider].split()[0]}"
    return {
        "number": contract.number,
        "number_key": compact(contract.number),
        "search_key": account_key(label, contract.number),
        "label": label,
        "envelope": contract.offer.envelope,
        "provider_id": partners.provider_ids[contract.provider],
        "currency": "EUR",
        "opened_on": contract.opened_on,
        "managed": not declared,
        "aggregated": not declared,
    }


def _holders(
    both: list[tuple[Contract, bool]], ids: list[int], people: People
) -> list[dict[str, Any]]:
    rows = []
    for (contract, _), account_id in zip(both, ids, strict=True):
        for rank, (contact, share) in enumerate(contract.holders):
            role = "holder" if len(contract.holders) == 1 else "co_holder"
            facts = {"contact_id": people.ids[contact], "role": role, "share": Decimal(share)}
            rows.append(facts | {"account_id": account_id, "rank": rank})
    return rows
