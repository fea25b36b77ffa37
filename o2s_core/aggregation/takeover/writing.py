"""How a unit of clients is written, through the verbs that the screens use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import orjson
import polars as pl
from sqlmodel import func, select

from o2s_core import contacts, market, portfolio, store
from o2s_core.aggregation.exclusion import take_import_turn
from o2s_core.aggregation.instrument_matching import match_instruments
from o2s_core.aggregation.models import TakeoverStep, TakeoverUnit
from o2s_core.aggregation.takeover.archive import Archive, open_archive
from o2s_core.aggregation.takeover.facts import facts_of, situations_of
from o2s_core.aggregation.takeover.opening import TakeoverCard
from o2s_core.aggregation.takeover.plan import Client, Contract, Household, Paper, Plan, Relation
from o2s_core.aggregation.takeover.planned_bonds import known_id
from o2s_core.aggregation.takeover.units import Unit
from o2s_core.contacts import ContactForm, HouseholdForm, KnownFile, RelationForm
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import search_key
from o2s_core.market import ProviderForm
from o2s_core.market.models import Instrument
from o2s_core.portfolio import LINE_INPUT, MOVEMENT_INPUT, AccountForm, HolderShare
from o2s_core.portfolio.models import Account

WRITTEN = frozenset({"new", "updated"})


@dataclass(slots=True)
class Step:
    """One thing made or changed, so that it can be taken back."""

    entity: str
    entity_id: int
    action: str
    before: Mapping[str, Any] = field(default_factory=dict)
    row_version: int = 0


@dataclass(slots=True)
class Written:
    """What the batch under way made: committed together, or forgotten together."""

    contacts: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    providers: dict[str, int] = field(default_factory=dict)
    steps: dict[str, list[Step]] = field(default_factory=dict)  #: by unit


@dataclass(slots=True)
class Writer:
    """Writes units of a plan, batch after batch; remembers the identities it gave."""

    ctx: Context
    card: TakeoverCard
    plan: Plan
    kept: Written = field(default_factory=Written)
    now: Written = field(default_factory=Written)
    archives: dict[str, Archive] = field(default_factory=dict)
    due: set[str] | None = None

    def is_due(self, unit: Unit) -> bool:
        """Return whether a unit has something to write."""
        items = (*unit.clients, *unit.households, *unit.contracts, *unit.relations, *unit.papers)
        return any(i.verdict in WRITTEN for i in items) or bool(set(unit.refs) & self.due_refs())

    def due_refs(self) -> set[str]:
        """Return the accounts that get movements or situations; the plan does not change."""
        if self.due is None:
            self.due = set()
            for rows in (self.plan.movements, self.plan.positions):
                if rows.height:
                    some = rows.filter(pl.col("verdict").is_in(list(WRITTEN)))
                    self.due |= set(some["ref"].unique())
        return self.due

    def write(self, units: Sequence[Unit]) -> None:
        """Write some units in one transaction: all of it, or nothing."""
        self.now = Written()
        with store.tx(self.ctx) as tx:
            take_import_turn(tx)
            self._people(units)
            self._contracts(tx, units)
            self._homes(units)
            for unit in units:
                steps = self.now.steps[unit.key]
                for relation in unit.relations:
                    steps += self._relation(relation)
                for paper in unit.papers:
                    steps += self._paper(paper)
            self._facts(tx, units)
            self._keep_steps(tx, units)
        self.kept.contacts |= self.now.contacts
        self.kept.accounts |= self.now.accounts
        self.kept.providers |= self.now.providers

    def _people(self, units: Sequence[Unit]) -> None:
        """Write the contacts of a batch: those that are new all at once."""
        new: list[tuple[str, str, ContactForm]] = []
        for unit in units:
            steps = self.now.steps.setdefault(unit.key, [])
            for client in unit.clients:
                if client.form is None or client.verdict not in WRITTEN:
                    continue
                if client.known is None:
                    new.append((unit.key, client.client, client.form))
                else:
                    steps.append(self._changed_client(client, client.form, client.known))
        for (unit_key, code, _), made in zip(
            new, contacts.add_contacts(self.ctx, [form for *_, form in new]), strict=True
        ):
            self.now.contacts[code] = made
            self.now.steps[unit_key].append(Step("contact", made, "create", row_version=1))

    def _contracts(self, tx: store.Tx, units: Sequence[Unit]) -> None:
        """Write the accounts of a batch: those that are new all at once."""
        new: list[tuple[str, str, AccountForm]] = []
        for unit in units:
            steps = self.now.steps[unit.key]
            for item in unit.contracts:
                if item.known is not None:
                    self.now.accounts[item.ref] = item.known.id
                if item.form is None or item.verdict not in WRITTEN:
                    continue
                if item.known is not None:
                    steps += self._changed_contract(tx, item, self._holders(item))
                    continue
                provider_id, made_provider = self._provider(item)
                steps += made_provider
                form = replace(item.form, holders=self._holders(item), provider_id=provider_id)
                new.append((unit.key, item.ref, form))
        for (unit_key, ref, _), made in zip(
            new, portfolio.add_accounts(self.ctx, [form for *_, form in new]), strict=True
        ):
            self.now.accounts[ref] = made
            self.now.steps[unit_key].append(Step("account", made, "create", row_version=1))

    def _homes(self, units: Sequence[Unit]) -> None:
        """Write the households of a batch: those that are new all at once."""
        new: list[tuple[str, HouseholdForm]] = []
        for unit in units:
            for home in unit.households:
                if home.verdict not in WRITTEN:
                    continue
                form = self._household(home)
                if home.known is None:
                    new.append((unit.key, form))
                else:
                    self.now.steps[unit.key].append(self._changed_household(home, form))
        for (unit_key, _), made in zip(
            new, contacts.add_households(self.ctx, [form for _, form in new]), strict=True
        ):
            self.now.steps[unit_key].append(Step("household", made, "create", row_version=1))

    def contact_id(self, code: str) -> int:
        """Return the contact that a code of the exports means, once it is written."""
        made = self.now.contacts.get(code) or self.kept.contacts.get(code)
        return made or known_id(self.plan, code) or 0

    def _changed_client(self, client: Client, form: ContactForm, known: KnownFile) -> Step:
        contacts.edit_contact(self.ctx, known.id, form, known.version, incomplete=True)
        before = {name: _plain(pair[0]) for name, pair in client.changes.items()}
        return Step("contact", known.id, "update", before, known.version + 1)

    def _holders(self, item: Contract) -> tuple[HolderShare, ...]:
        return tuple(
            HolderShare(self.contact_id(h.client), h.share or Decimal(1), h.right, h.role)
            for h in item.holders
        )

    def _changed_contract(
        self, tx: store.Tx, item: Contract, holders: tuple[HolderShare, ...]
    ) -> list[Step]:
        known, form = item.known, item.form
        if known is None or form is None:
            return []
        given = {name: getattr(form, name) for name in item.given}
        wanted = replace(known.form, **given, holders=holders)
        portfolio.edit_account(
            self.ctx, known.id, wanted, known.version, reason=f"Reprise « {self.card.name} »"
        )
        before = account_facts(known.form)
        return [
            Step(
                "account", known.id, "update", before, tx.session.get_one(Account, known.id).version
            )
        ]

    def _provider(self, item: Contract) -> tuple[int, list[Step]]:
        key = search_key(item.provider)
        found = item.provider_id or self.now.providers.get(key) or self.kept.providers.get(key)
        if found:
            return found, []
        made = market.add_provider(self.ctx, ProviderForm(item.provider)).id
        self.now.providers[key] = made
        return made, [Step("provider", made, "create")]

    def _household(self, home: Household) -> HouseholdForm:
        members = [(self.contact_id(code), role) for code, role in home.members]
        head = self.plan.clients.get(home.client)
        facts = head.form if head and head.form else None
        standing = home.known.members if home.known else ()
        roles = dict(standing) | dict(members)
        return HouseholdForm(
            home.known.form.last_name if home.known else home.name,
            tuple(roles.items()),
            facts.adviser_id if facts else self.card.default_adviser_id,
            facts.stage if facts else "client",
            home.code,
        )

    def _changed_household(self, home: Household, form: HouseholdForm) -> Step:
        known = home.known
        if known is None:
            raise RuntimeError("a household that stands")
        kept = replace(form, stage=known.form.stage, adviser_id=known.form.adviser_id)
        contacts.save_household(
            self.ctx, kept, household_id=known.id, expected_version=known.version
        )
        standing = [list(m) for m in known.members]
        before = {"members": standing, "after": [list(m) for m in form.members]}
        return Step("household", known.id, "update", before, known.version)

    def _relation(self, item: Relation) -> list[Step]:
        if item.verdict not in WRITTEN:
            return []
        ids = (self.contact_id(item.client), self.contact_id(item.other))
        form = RelationForm(*ids, item.relation, item.since, item.until, item.comment)
        return [Step("relation", contacts.save_relation(self.ctx, form), "create", row_version=1)]

    def _paper(self, item: Paper) -> list[Step]:
        if item.form is None or item.verdict not in WRITTEN:
            return []
        if item.archive not in self.archives:
            self.archives[item.archive] = open_archive(store.blob(self.ctx, item.archive))
        account = self.now.accounts.get(item.account) or self.kept.accounts.get(item.account)
        form = replace(item.form, account_id=account)
        data = self.archives[item.archive].read(item.member)
        made = contacts.add_paper(self.ctx, self.contact_id(item.client), form, data)
        return [Step("document", made, "create", row_version=1)]

    def _facts(self, tx: store.Tx, units: Sequence[Unit]) -> None:
        """Record the movements and situations of the accounts of a batch."""
        owners = {ref: unit.key for unit in units for ref in unit.refs}
        due = owners.keys() & self.due_refs()
        held = {ref: known.id for ref, known in self.plan.held.items()}
        ids = {ref: self.now.accounts.get(ref) or held.get(ref) or 0 for ref in due}
        if not ids:
            return
        facts = facts_of(self.plan, ids)
        last = (
            tx.session.exec(
                select(func.max(Instrument.id)).where(Instrument.firm_id == self.ctx.firm_id)
            ).one()
            or 0
        )
        made: set[int] = set()
        for provider_id, some in _by_provider(tx, list(ids.values())).items():
            own = pl.col("account_id").is_in(some)
            made |= self._record(
                tx, provider_id, facts.movements.filter(own), facts.lines.filter(own)
            )
        for ref, account_id in ids.items():
            self.now.steps[owners[ref]].append(Step("facts", account_id, "create"))
        first = self.now.steps[next(iter(owners.values()))]
        first += [Step("instrument", id_, "create") for id_ in sorted(made) if id_ > last]

    def _record(
        self, tx: store.Tx, provider_id: int, movements: pl.DataFrame, lines: pl.DataFrame
    ) -> set[int]:
        matched = match_instruments(tx, provider_id, lines, movements)
        if matched.movements.height:
            told = matched.movements.select(MOVEMENT_INPUT.names())
            portfolio.record_movements(tx, told, delivery_id=None, takeover_id=self.card.id)
        if matched.lines.height:
            told = matched.lines.select(LINE_INPUT.names())
            portfolio.record_situations(
                tx, situations_of(told), told, delivery_id=None, source="takeover",
                takeover_id=self.card.id,
            )  # fmt: skip
        frames = (matched.movements, matched.lines)
        return {i for f in frames if f.height for i in f["instrument_id"].drop_nulls().unique()}

    def _keep_steps(self, tx: store.Tx, units: Sequence[Unit]) -> None:
        common = {
            "takeover_id": self.card.id,
            "turn": self.card.turn,
            "state": "done",
            "message": "",
        }
        ids = store.insert_rows(tx, TakeoverUnit, [common | {"client": u.key} for u in units])
        rows = [
            {
                "unit_id": unit_id,
                "entity": step.entity,
                "entity_id": step.entity_id,
                "action": step.action,
                "before": orjson.dumps(step.before).decode() if step.before else "",
                "after": "",
                "row_version": step.row_version,
            }
            for unit_id, unit in zip(ids, units, strict=True)
            for step in self.now.steps[unit.key]
        ]
        store.insert_rows(tx, TakeoverStep, rows)


def _by_provider(tx: store.Tx, ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    query = select(Account.id, Account.provider_id).where(
        Account.firm_id == tx.ctx.firm_id,
        Account.id.in_(ids),  # type: ignore[union-attr]
    )
    for id_, provider_id in tx.session.exec(query).all():
        found.setdefault(provider_id, []).append(id_ or 0)
    return found


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def account_facts(form: AccountForm) -> dict[str, Any]:
    """Return an account as a step keeps it."""
    values = {name: _plain(value) for name, value in form.values().items() if name != "holders"}
    holders = [[h.contact_id, str(h.share), h.right, h.role] for h in form.holders]
    return values | {"holders": holders}
