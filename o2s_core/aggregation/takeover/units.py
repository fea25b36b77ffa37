"""Which clients go together: those bound by an account or a household, whole or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from o2s_core.aggregation.takeover.plan import (
    STANDING,
    Client,
    Contract,
    Household,
    Item,
    Paper,
    Plan,
    Relation,
)

ItemT = TypeVar("ItemT", bound=Item)


@dataclass(slots=True)
class Unit:
    """Clients taken over together, and all that is theirs."""

    key: str  #: code of the first client, or ref of an account whose holders are not in the exports
    clients: list[Client] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)  #: accounts whose movements are recorded


def units_of(plan: Plan) -> list[Unit]:
    """Return the units of a plan, in the order of the exports; what is refused is in none."""
    found = _Groups()
    for code, client in plan.clients.items():
        if client.verdict in STANDING:
            found.add(code)
    for contract in _standing(plan.contracts.values()):
        found.bind([h.client for h in contract.holders])
    for home in _standing(plan.households):
        found.bind([code for code, _ in home.members])
    units: dict[str, Unit] = {}
    order = {code: n for n, code in enumerate(found.parents)}
    for code in found.parents:
        root = found.root(code)
        unit = units.setdefault(root, Unit(root))
        if code in plan.clients:
            unit.clients.append(plan.clients[code])
    _fill(plan, units, found)
    for relation in _standing(plan.relations):
        last = max((relation.client, relation.other), key=lambda c: order.get(c, -1))
        _unit(units, found, last).relations.append(relation)
    return list(units.values())


def _standing(items: Iterable[ItemT]) -> list[ItemT]:
    return [item for item in items if item.verdict in STANDING]


def _fill(plan: Plan, units: dict[str, Unit], found: "_Groups") -> None:
    for contract in _standing(plan.contracts.values()):
        unit = _unit(units, found, contract.client)
        unit.contracts.append(contract)
        unit.refs.append(contract.ref)
    for ref in plan.held:
        units.setdefault(ref, Unit(ref)).refs.append(ref)
    for home in _standing(plan.households):
        _unit(units, found, home.client).households.append(home)
    for paper in _standing(plan.papers):
        _unit(units, found, paper.client).papers.append(paper)


def _unit(units: dict[str, Unit], found: "_Groups", code: str) -> Unit:
    root = found.root(code)
    return units.setdefault(root, Unit(root))


class _Groups:
    """Codes gathered by what binds them; the first one told stands for its group."""

    def __init__(self) -> None:
        self.parents: dict[str, str] = {}
        self.ranks: dict[str, int] = {}

    def add(self, code: str) -> None:
        """Let a code be."""
        self.parents.setdefault(code, code)
        self.ranks.setdefault(code, len(self.ranks))

    def root(self, code: str) -> str:
        """Return which code stands for a group."""
        self.add(code)
        while self.parents[code] != code:
            self.parents[code] = self.parents[self.parents[code]]
            code = self.parents[code]
        return code

    def bind(self, codes: list[str]) -> None:
        """Put codes in one group."""
        for code in codes[1:]:
            first, last = sorted((self.root(codes[0]), self.root(code)), key=self.ranks.__getitem__)
            self.parents[last] = first
