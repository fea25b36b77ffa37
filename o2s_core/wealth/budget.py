"""What comes in, what goes out, what is left to save? (budget)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import polars as pl
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core import contacts, store
from o2s_core.analytics.loans import due_day
from o2s_core.contacts import Scope
from o2s_core.contacts.visible import one_contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError, StaleEditError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.money import ZERO, cents
from o2s_core.kernel.parameters import Value, parameter
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.held_accounts import inside_members
from o2s_core.wealth.items import in_euros, no_rate
from o2s_core.wealth.kinds import CATEGORIES, EVERY, FREQUENCIES, SIDES
from o2s_core.wealth.loans import events_of, loans_among
from o2s_core.wealth.models import Asset, BudgetItem, Loan, RealEstate
from o2s_core.wealth.owners import OwnerShare, owners_of
from o2s_core.wealth.schedules import lines_of
from o2s_core.wealth.visible import assets_inside, held_by, items_inside

CENTS: Final = pl.Decimal(38, 2)
#: One row per line of a budget on a day. What goods and loans bring or cost comes by itself:
#: `id` is then null and `source` says from where. Amounts are positive, in euros.
BUDGET: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "key": pl.String(),
        "side": pl.String(),  #: income, charge
        "kind": pl.String(),  #: income, charge, loan: the heading of the screen
        "category": pl.String(),
        "label": pl.String(),
        "holder": pl.String(),
        "frequency": pl.String(),
        "amount_eur": CENTS,
        "monthly_eur": CENTS,
        "yearly_eur": CENTS,
        "until": pl.Date(),
        "source": pl.String(),
        "note": pl.String(),
    }
)
#: One row per month to come. `saved_eur` is what is left, `cumulated_eur` its running sum.
PROJECTION: Final = pl.Schema(
    {
        "month": pl.Date(),
        "income_eur": CENTS,
        "charges_eur": CENTS,
        "loans_eur": CENTS,
        "saved_eur": CENTS,
        "cumulated_eur": CENTS,
    }
)
MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class BudgetForm:
    """A line of somebody's budget, as typed; `amount` is each time."""

    contact_id: int
    side: str
    category: str
    amount: Decimal
    since: date
    frequency: str = "monthly"
    label: str = ""
    until: date | None = None

    def values(self) -> dict[str, Any]:
        """Return the fields by name, as the schema checks them."""
        names = ("side", "category", "amount", "since", "frequency", "label", "until")
        return {name: getattr(self, name) for name in names} | {"contact_id": str(self.contact_id)}


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of a scope on a day, a month on average, in euros.

    `ratio` is what loans take of the income, null without income; `limit` the ratio that
    lenders may not pass.
    """

    scope_name: str
    on: date
    lines: pl.DataFrame
    projection: pl.DataFrame
    income_eur: Decimal
    charges_eur: Decimal  #: loans aside
    loans_eur: Decimal
    limit: Value

    @property
    def saved_eur(self) -> Decimal:
        """Return what is left each month; negative when more goes out than comes in."""
        return self.income_eur - self.charges_eur - self.loans_eur

    @property
    def saved_yearly_eur(self) -> Decimal:
        """Return what is left each year: the lines of the year, income less the rest."""
        came = self.lines.filter(pl.col("side") == "income")["yearly_eur"].drop_nulls()
        went = self.lines.filter(pl.col("side") == "charge")["yearly_eur"].drop_nulls()
        return sum(came, ZERO) - sum(went, ZERO)

    @property
    def ratio(self) -> float | None:
        """Return the debt ratio (taux d'effort)."""
        return float(self.loans_eur / self.income_eur) if self.income_eur > 0 else None

    @property
    def too_high(self) -> bool:
        """Return whether loans take strictly more than the limit."""
        if self.income_eur <= 0:
            return self.loans_eur > 0
        return self.loans_eur > self.income_eur * self.limit.value


def _side(value: str, values: Mapping[str, Any], _today: date) -> str | None:
    known = values.get("category")
    if known in {*INCOME, None} or value == "charge":
        return None
    return "cette catégorie est une charge."


def _category(value: str, values: Mapping[str, Any], _today: date) -> str | None:
    if value in INCOME and values.get("side") == "charge":
        return "cette catégorie est un revenu."
    return None


def _until(value: date, values: Mapping[str, Any], _today: date) -> str | None:
    since = values.get("since")
    return "la fin ne peut pas précéder le début." if since and value < since else None


def _amount(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if value > 0 else "le montant doit être positif."


INCOME: Final = frozenset(
    {"salary", "pension", "self_employed", "dividends", "rents", "allowances", "other_income"}
)
_FIELDS: Final = (
    FormField("side", "Sens", "choice", required=True, choices=SIDES, check=_side),
    FormField("category", "Catégorie", "choice", required=True, choices=CATEGORIES,
              check=_category),
    FormField("label", "Libellé", maximum=120),
    FormField("amount", "Montant", "money", required=True, check=_amount),
    FormField("frequency", "Périodicité", "choice", required=True, choices=FREQUENCIES),
    FormField("since", "Début", "day", required=True),
    FormField("until", "Fin", "day", check=_until),
)  # fmt: skip
BUDGET_FORM: Final = FormSchema(
    "Ligne de budget", (*_FIELDS, FormField("contact_id", "Titulaire", required=True))
)


def budget_schema(people: Mapping[str, str]) -> FormSchema:
    """Return the form of the screen, the holder among some people."""
    holder = FormField("contact_id", "Titulaire", "choice", required=True, choices=people)
    return FormSchema(BUDGET_FORM.title, (*_FIELDS, holder))


def save_budget_item(
    ctx: Context, form: BudgetForm, *, item_id: int | None = None, expected_version: int = 0
) -> int:
    """Add a line to somebody's budget, or change one; return its id."""
    ctx.require(Permission.WEALTH_WRITE)
    BUDGET_FORM.require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:
        person = one_contact(ctx, tx.session, form.contact_id)
        if person.kind == "household":
            raise NotFoundError("Titulaire", form.contact_id)
        row = BudgetItem(firm_id=ctx.firm_id, contact_id=form.contact_id, side=form.side,
                         category=form.category, amount=form.amount, since=form.since)  # fmt: skip
        if item_id is not None:
            row = _one_item(tx.session, ctx, item_id, expected_version)
        for name in ("contact_id", "side", "category", "amount", "since", "frequency", "label",
                     "until"):  # fmt: skip
            setattr(row, name, getattr(form, name))
        tx.add(row)
        tx.audit("update" if item_id else "create", "budget_item", row.id,
                 after={"side": form.side, "category": form.category},
                 subject=form.contact_id)  # fmt: skip
        tx.touch("wealth")
        return row.id or 0


def _one_item(session: Session, ctx: Context, item_id: int, expected_version: int) -> BudgetItem:
    query = select(BudgetItem).where(items_inside(ctx), BudgetItem.id == item_id)
    row = session.exec(query).first()
    if row is None:
        raise NotFoundError("Ligne de budget", item_id)
    if row.version != expected_version:
        raise StaleEditError("Cette ligne", [])
    return row


def delete_budget_item(ctx: Context, item_id: int, expected_version: int) -> None:
    """Delete a line of a budget entered by mistake; one that ended gets a last day instead."""
    ctx.require(Permission.WEALTH_DELETE)
    with store.tx(ctx) as tx:
        row = _one_item(tx.session, ctx, item_id, expected_version)
        tx.session.delete(row)
        tx.audit("delete", "budget_item", item_id, subject=row.contact_id)
        tx.touch("wealth")


def budget_item(ctx: Context, item_id: int) -> tuple[BudgetForm, int]:
    """Return a line of the perimeter as it is typed, and its version."""
    ctx.require(Permission.WEALTH_READ)
    with store.reading(ctx) as session:
        row = session.exec(
            select(BudgetItem).where(items_inside(ctx), BudgetItem.id == item_id)
        ).first()
    if row is None:
        raise NotFoundError("Ligne de budget", item_id)
    form = BudgetForm(row.contact_id, row.side, row.category, row.amount, row.since,
                      row.frequency, row.label, row.until)  # fmt: skip
    return form, row.version


@dataclass(frozen=True, slots=True)
class Line:
    """A line with what it brings in each month to come."""

    row: dict[str, Any]
    months: tuple[Decimal, ...]


def budget(ctx: Context, scope: Scope, on: date | None = None) -> Budget:
    """Return the budget of a scope: typed lines, goods and loans, then twelve months ahead.

    A good or a loan counts by the share of the members; the fruits are the usufructuary's.
    A loan counts for its next instalment, by month; what repays a bullet loan at its end is in
    the months ahead alone.
    """
    ctx.require(Permission.WEALTH_READ)
    day = on or ctx.today
    starts = [due_day(day.replace(day=1), rank) for rank in range(MONTHS + 1)]
    with store.reading(ctx) as session:
        members = inside_members(session, ctx, scope.member_ids)
        names = contacts.names_of(ctx, members)
        lines = [
            *_typed(session, ctx, members, names, day, starts),
            *_of_goods(session, ctx, members, day),
            *_of_loans(session, ctx, members, day, starts),
        ]
    rows = pl.DataFrame([line.row for line in lines], BUDGET)
    income, charges, loans = (_monthly(rows, kind) for kind in ("income", "charge", "loan"))
    ahead, limit = _projection(lines, starts), parameter("loan.debt_ratio", day)
    return Budget(scope.name, day, rows, ahead, income, charges, loans, limit)


def _monthly(rows: pl.DataFrame, kind: str) -> Decimal:
    return sum(rows.filter(pl.col("kind") == kind)["monthly_eur"].drop_nulls(), ZERO)


def _line(
    key: str, kind: str, category: str, label: str, amount: Decimal | None, every: int,
    months: Iterable[Decimal], **more: Any,  # noqa: ANN401
) -> Line:  # fmt: skip
    side = "income" if kind == "income" else "charge"
    frequency = {1: "monthly", 3: "quarterly", 6: "half_yearly"}.get(every, "yearly")
    yearly = None if amount is None else amount * 12 / every
    row = {
        "id": None, "key": key, "side": side, "kind": kind, "category": category,
        "label": label or category, "holder": "", "frequency": frequency, "amount_eur": amount,
        "monthly_eur": None if yearly is None else cents(yearly / 12),
        "yearly_eur": None if yearly is None else cents(yearly), "until": None,
        "source": "", "note": "",
    }  # fmt: skip
    return Line(row | more, tuple(months))


def _typed(
    session: Session, ctx: Context, members: frozenset[int], names: Mapping[int, str], on: date,
    starts: list[date],
) -> list[Line]:  # fmt: skip
    query = select(BudgetItem).where(
        items_inside(ctx), col(BudgetItem.contact_id).in_(sorted(members))
    )
    rows = session.exec(query.order_by(col(BudgetItem.id))).all()
    return [
        _line(
            f"item-{row.id}", row.side, CATEGORIES[row.category], row.label, row.amount,
            EVERY[row.frequency], _occurrences(row, starts), id=row.id,
            holder=names.get(row.contact_id, ""), until=row.until,
        )
        for row in rows
        if row.since <= on and (row.until is None or row.until >= on)
    ]  # fmt: skip


def _occurrences(row: BudgetItem, starts: list[date]) -> Iterable[Decimal]:
    """Yield what a line brings in each month: every so often from its start, until its end."""
    every = EVERY[row.frequency]
    for start in starts[:-1]:
        elapsed = (start.year - row.since.year) * 12 + start.month - row.since.month
        due = elapsed >= 0 and elapsed % every == 0
        yield row.amount if due and (row.until is None or row.until >= start) else ZERO


def _share(owners: Iterable[OwnerShare], members: frozenset[int], *rights: str) -> Decimal:
    return sum((o.share for o in owners if o.contact_id in members and o.right in rights), ZERO)


def _of_goods(session: Session, ctx: Context, members: frozenset[int], on: date) -> list[Line]:
    ids = held_by(session, ctx, "asset_id", members)
    query = select(Asset).where(assets_inside(ctx), store.among(ctx, col(Asset.id), ids))
    rows = [r for r in session.exec(query.order_by(col(Asset.label))) if _owned_on(r, on)]
    owners = owners_of(session, ctx, "asset_id", [r.id or 0 for r in rows])
    taxes = _taxes(session, ctx, [r.id or 0 for r in rows])
    found = []
    for row in rows:
        share = _share(owners[row.id or 0], members, "full", "usufruct")
        said = (
            ("income", "Revenus du patrimoine", row.income),
            ("charge", "Charges du patrimoine", row.charges),
            ("charge", "Taxe foncière", taxes.get(row.id or 0, ZERO)),
        )
        found += [
            _of_good(ctx, row, kind, category, cents(amount * share), on)
            for kind, category, amount in said
            if amount and share
        ]
    return found


def _of_good(ctx: Context, row: Asset, kind: str, category: str, yearly: Decimal, on: date) -> Line:
    amount = in_euros(ctx, yearly, row.currency, on)
    note = "" if amount is not None else no_rate(row.currency, on)
    month = ZERO if amount is None else cents(amount / 12)
    key = f"asset-{row.id}-{category}"
    return _line(key, kind, category, row.label, amount, 12, [month] * MONTHS,
                 source="Actifs", note=note)  # fmt: skip


def _owned_on(row: Asset, on: date) -> bool:
    bought = row.acquired_on is None or row.acquired_on <= on
    return bought and (row.sold_on is None or row.sold_on > on)


def _taxes(session: Session, ctx: Context, ids: list[int]) -> dict[int, Decimal]:
    query = columns(col(RealEstate.asset_id), col(RealEstate.property_tax)).where(
        col(RealEstate.firm_id) == ctx.firm_id, store.among(ctx, col(RealEstate.asset_id), ids)
    )
    return {row.asset_id: row.property_tax for row in session.execute(query)}


def _of_loans(
    session: Session, ctx: Context, members: frozenset[int], on: date, starts: list[date]
) -> list[Line]:
    rows = loans_among(session, ctx, held_by(session, ctx, "loan_id", members))
    ids = [row.id or 0 for row in rows]
    owners, events = owners_of(session, ctx, "loan_id", ids), events_of(session, ctx, ids)
    found = [
        _of_loan(ctx, row, _share(owners[row.id or 0], members, "full"),
                 lines_of(row, [e for _, e in events.get(row.id or 0, ())]), on, starts)
        for row in rows
    ]  # fmt: skip
    return [line for line in found if line is not None]


def _of_loan(
    ctx: Context, row: Loan, share: Decimal, lines: pl.DataFrame, on: date, starts: list[date]
) -> Line | None:
    """Return a loan by its next instalment; the capital at the end of a bullet loan is apart."""
    regular = lines.filter(pl.col("n").is_not_null())
    left = regular.filter(pl.col("due") > on)
    if left.is_empty() or on < due_day(row.first_due, -row.step):
        return None
    first = left.row(0, named=True)
    bullet = row.kind == "bullet"
    each = first["interest"] + first["insurance"] + (ZERO if bullet else first["principal"])
    amount = in_euros(ctx, cents(each * share), row.currency, on)
    note = no_rate(row.currency, on) if amount is None else ""
    months = []
    for start, end in pairwise(starts):
        within = pl.col("due").is_between(start, end - timedelta(days=1))
        due = sum(regular.filter(within)["total"], ZERO)
        months.append(in_euros(ctx, cents(due * share), row.currency, on) or ZERO)
    return _line(f"loan-{row.id}", "loan", "Emprunts", row.label, amount, row.step, months,
                 source="Prêts", until=lines["due"][-1], note=note)  # fmt: skip


def _projection(lines: list[Line], starts: list[date]) -> pl.DataFrame:
    rows, cumulated = [], ZERO
    for rank, start in enumerate(starts[:-1]):
        sums = {
            kind: sum((li.months[rank] for li in lines if li.row["kind"] == kind), ZERO)
            for kind in ("income", "charge", "loan")
        }
        saved = sums["income"] - sums["charge"] - sums["loan"]
        cumulated += saved
        rows.append((start, sums["income"], sums["charge"], sums["loan"], saved, cumulated))
    return pl.DataFrame(rows, PROJECTION, orient="row")
