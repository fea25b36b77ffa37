"""What can be done to a loan, and its card: terms, schedule, what is still owed, what it costs."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import contacts, store
from o2s_core.analytics.loans import due_day, taeg
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import (
    FieldChange,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    StaleEditError,
)
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.wealth.loan_forms import LOAN_FORM, LoanEventForm, LoanForm, event_schema
from o2s_core.wealth.models import Loan, LoanEvent
from o2s_core.wealth.owners import OwnerShare, owners_of, require_owners, write_owners
from o2s_core.wealth.schedules import lines_of, outstanding_on, standing
from o2s_core.wealth.visible import loans_inside, one_asset, one_loan

PLAIN: Final = tuple(f.name for f in fields(LoanForm) if f.name != "owners")
EVENT: Final = tuple(f.name for f in fields(LoanEventForm))


@dataclass(frozen=True, slots=True)
class LoanCard:
    """A loan with its schedule; amounts in its currency, rates as ratios a year."""

    id: int
    version: int
    form: LoanForm
    borrowers: tuple[str, ...]
    events: tuple[tuple[int, LoanEventForm], ...]  #: id and event, oldest first
    lines: pl.DataFrame  #: schema `schedules.LINES`
    on: date
    outstanding: Decimal
    repaid_share: float
    next_due: date | None  #: None once all is repaid
    next_total: Decimal | None
    ends_on: date
    interest: Decimal  #: over the whole life
    insurance: Decimal
    penalties: Decimal
    taeg: float | None  #: fees and insurance included

    @property
    def cost(self) -> Decimal:
        """Return what the loan costs over its life, capital aside."""
        return self.interest + self.insurance + self.penalties + self.form.fees


def loan(ctx: Context, loan_id: int, on: date | None = None) -> LoanCard:
    """Return the card of a loan of the perimeter, as it stands on a day."""
    ctx.require(Permission.WEALTH_READ)
    with store.reading(ctx) as session:
        row = one_loan(session, ctx, loan_id)
        owners = owners_of(session, ctx, "loan_id", [loan_id])[loan_id]
        events = events_of(session, ctx, [loan_id]).get(loan_id, ())
    names = contacts.names_of(ctx, {o.contact_id for o in owners})
    form = LoanForm(**{name: getattr(row, name) for name in PLAIN}, owners=owners)
    return _card(row, form, tuple(names[o.contact_id] for o in owners), events, on or ctx.today)


def _card(
    row: Loan,
    form: LoanForm,
    names: tuple[str, ...],
    events: tuple[tuple[int, LoanEventForm], ...],
    on: date,
) -> LoanCard:
    lines = lines_of(form, [event for _, event in events])
    here = standing(form, lines, on)
    coming = here.left.row(0, named=True) if here.left.height else {}
    penalties = sum((event.penalty for _, event in events), ZERO)
    owed = outstanding_on(form, lines, on)
    return LoanCard(
        row.id or 0, row.version, form, names, events, lines, on, owed,
        float(1 - here.outstanding / form.capital),
        coming.get("due"), coming.get("total"), lines["due"][-1],
        lines["interest"].sum(), lines["insurance"].sum(), penalties,  # type: ignore[arg-type]
        _taeg(form, lines, penalties),
    )  # fmt: skip


def _taeg(form: LoanForm, lines: pl.DataFrame, penalties: Decimal) -> float | None:
    start = due_day(form.first_due, -form.step)
    paid: list[tuple[date, Any]] = list(lines.select("due", "total").iter_rows())
    costs = [(start, form.fees), (lines["due"][-1], penalties)]
    return taeg([(start, form.capital)], [*paid, *(c for c in costs if c[1])])


def events_of(
    session: Session, ctx: Context, loan_ids: Collection[int]
) -> dict[int, tuple[tuple[int, LoanEventForm], ...]]:
    """Return what happened to some loans, oldest first, with the id of each event."""
    query = (
        select(LoanEvent)
        .where(LoanEvent.firm_id == ctx.firm_id, store.among(ctx, col(LoanEvent.loan_id), loan_ids))
        .order_by(col(LoanEvent.on), col(LoanEvent.id))
    )
    found: dict[int, tuple[tuple[int, LoanEventForm], ...]] = {}
    for row in session.exec(query):
        event = LoanEventForm(**{name: getattr(row, name) for name in EVENT})
        found[row.loan_id] = (*found.get(row.loan_id, ()), (row.id or 0, event))
    return found


def add_loan(ctx: Context, form: LoanForm, *, key: str | None = None) -> int:
    """Add a loan with its borrowers; return its id. `key` makes a button pressed twice add one."""
    ctx.require(Permission.WEALTH_WRITE)
    _require_sound(ctx, form)
    with store.tx(ctx) as tx:
        return store.idempotent(tx, key, lambda: _add(tx, form))


def _require_sound(ctx: Context, form: LoanForm) -> None:
    LOAN_FORM.require_valid(form.values(), ctx.today)
    require_owners(form.owners, full_only=True)
    lines_of(form)


def _add(tx: store.Tx, form: LoanForm) -> int:
    if form.asset_id is not None:
        one_asset(tx.session, tx.ctx, form.asset_id)
    row = Loan(firm_id=tx.ctx.firm_id, **{name: getattr(form, name) for name in PLAIN})
    tx.add(row)
    id_ = row.id or 0
    write_owners(tx, form.owners, loan_id=id_)
    _said(tx, "create", id_, form.owners, {"kind": form.kind})
    return id_


def _said(
    tx: store.Tx, action: str, loan_id: int, owners: tuple[OwnerShare, ...], after: dict[str, Any]
) -> None:
    tx.audit(action, "loan", loan_id, after=after, subject=owners[0].contact_id)
    tx.touch("wealth")


def edit_loan(ctx: Context, loan_id: int, form: LoanForm, expected_version: int) -> None:
    """Change the terms of a loan; what happened to it since must still be possible.

    Raises
    ------
    StaleEditError
        Somebody saved it after `expected_version` was read.
    """
    ctx.require(Permission.WEALTH_WRITE)
    _require_sound(ctx, form)
    with store.tx(ctx) as tx:
        kept = one_loan(tx.session, ctx, loan_id)
        _require_fresh(kept, form, expected_version)
        if form.asset_id not in {None, kept.asset_id}:
            one_asset(tx.session, ctx, form.asset_id or 0)
        known = events_of(tx.session, ctx, [loan_id]).get(loan_id, ())
        lines_of(form, [event for _, event in known])
        changed = [name for name in PLAIN if getattr(kept, name) != getattr(form, name)]
        for name in changed:
            setattr(kept, name, getattr(form, name))
        store.stamp(ctx, kept)
        write_owners(tx, form.owners, loan_id=loan_id)
        _said(tx, "update", loan_id, form.owners, {"fields": changed})


def _require_fresh(kept: Loan, form: LoanForm, expected_version: int) -> None:
    if kept.version == expected_version:
        return
    labels = {field.key: field.label for field in LOAN_FORM.fields}
    changes = [
        FieldChange(labels[name], getattr(kept, name), getattr(form, name))
        for name in PLAIN
        if getattr(kept, name) != getattr(form, name)
    ]
    raise StaleEditError("Ce prêt", changes)


def delete_loan(ctx: Context, loan_id: int, expected_version: int) -> None:
    """Delete a loan entered by mistake, with its events and pledges."""
    ctx.require(Permission.WEALTH_DELETE)
    with store.tx(ctx) as tx:
        kept = one_loan(tx.session, ctx, loan_id)
        if kept.version != expected_version:
            raise StaleEditError("Ce prêt", [])
        owners = owners_of(tx.session, ctx, "loan_id", [loan_id])[loan_id]
        tx.session.delete(kept)
        _said(tx, "delete", loan_id, owners, {"label": kept.label})


def add_loan_event(ctx: Context, loan_id: int, form: LoanEventForm) -> int:
    """Say what happened, or will, to a loan: its schedule follows; return the event's id.

    Raises
    ------
    InvalidInputError
        It cannot happen: nothing is left to repay, or the instalment is below the interest.
    """
    ctx.require(Permission.WEALTH_WRITE)
    event_schema().require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:
        kept = one_loan(tx.session, ctx, loan_id)
        _require_within(kept, form)
        known = events_of(tx.session, ctx, [loan_id]).get(loan_id, ())
        lines_of(kept, [*(event for _, event in known), form])
        row = LoanEvent(firm_id=ctx.firm_id, loan_id=loan_id, **form.values())
        tx.add(row)
        owners = owners_of(tx.session, ctx, "loan_id", [loan_id])[loan_id]
        _said(tx, form.kind, loan_id, owners, {"on": form.on.isoformat()})
        return row.id or 0


def _require_within(kept: Loan, form: LoanEventForm) -> None:
    if form.on < due_day(kept.first_due, -kept.step):
        message = "la date précède le début du prêt."
        raise InvalidInputError([FieldProblem("on", "Date", message)])


def remove_loan_event(ctx: Context, loan_id: int, event_id: int) -> None:
    """Take back an event that was typed by mistake; those that follow must still be possible."""
    ctx.require(Permission.WEALTH_WRITE)
    with store.tx(ctx) as tx:
        kept = one_loan(tx.session, ctx, loan_id)
        known = dict(events_of(tx.session, ctx, [loan_id]).get(loan_id, ()))
        if known.pop(event_id, None) is None:
            raise NotFoundError("Évènement", event_id)
        lines_of(kept, list(known.values()))
        tx.session.delete(tx.session.get_one(LoanEvent, event_id))
        owners = owners_of(tx.session, ctx, "loan_id", [loan_id])[loan_id]
        _said(tx, "remove_event", loan_id, owners, {"event": event_id})


def loans_among(session: Session, ctx: Context, ids: Collection[int]) -> list[Loan]:
    """Return the loans of the perimeter among some, by label."""
    query = select(Loan).where(loans_inside(ctx), store.among(ctx, col(Loan.id), ids))
    return list(session.exec(query.order_by(col(Loan.label), col(Loan.id))))
