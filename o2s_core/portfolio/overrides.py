"""Which figures did somebody correct by hand? With what the partner says of them now."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import polars as pl
from sqlalchemy import Select, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from o2s_core import store
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Instrument
from o2s_core.portfolio.held_accounts import held_account
from o2s_core.portfolio.models import (
    Account,
    PositionOverride,
    Situation,
    SituationLine,
)
from o2s_core.portfolio.projections import mark
from o2s_core.portfolio.visibility import visible

EXACT: Final = pl.Decimal(38, 8)
#: code -> how the screen says it.
OVERRIDABLE: Final = MappingProxyType(
    {
        "price": "Cours",
        "unit_cost": "Prix de revient",
        "quantity": "Quantité",
        "label": "Libellé",
    }
)
#: One row per correction of an account, newest first. `differs`: the partner says something
#: else than when it was made.
OVERRIDES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "account_id": pl.Int64(),
        "instrument_id": pl.Int64(),
        "support": pl.String(),
        "field": pl.String(),
        "field_label": pl.String(),
        "value": EXACT,
        "text": pl.String(),
        "told": pl.String(),
        "told_now": pl.String(),
        "differs": pl.Boolean(),
        "since": pl.Date(),
        "until": pl.Date(),
        "active": pl.Boolean(),
        "reason": pl.String(),
        "author": pl.String(),
        "made_at": pl.Datetime("us", "UTC"),
    }
)


@dataclass(frozen=True, slots=True)
class OverrideForm:
    """A figure to put in the place of the partner's; `text` is for a label, `value` for the rest.

    It holds from `since` (today when absent) to `until` (nobody ends it when absent).
    """

    field: str
    reason: str
    value: Decimal | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None


def overrides(ctx: Context, account_id: int, *, ended: bool = False) -> pl.DataFrame:
    """Return the corrections of an account, with what the partner says now (`OVERRIDES`)."""
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        held_account(session, ctx, account_id)
        query = (
            select(PositionOverride, Instrument.label)
            .join(Instrument, col(Instrument.id) == col(PositionOverride.instrument_id))
            .where(
                PositionOverride.firm_id == ctx.firm_id, PositionOverride.account_id == account_id
            )
            .order_by(col(PositionOverride.id).desc())
        )
        if not ended:
            query = query.where(_in_force(ctx.today))
        rows = session.exec(query).all()
        told = _told(session, ctx, account_id)
    return pl.DataFrame([_row(ctx, row, label, told) for row, label in rows], OVERRIDES)


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A correction in force of which the partner says something else than when it was made."""

    account_id: int
    instrument_id: int
    field: str  #: key of `OVERRIDABLE`
    value: Decimal | None  #: the firm's own figure; None for a label
    told: Decimal | None  #: the partner's figure now; None for a label
    since: date
    as_of: date  #: of the partner's last situation
    delivery_id: int | None  #: that brought it
    author_id: int | None


def contradicted_overrides(
    ctx: Context, account_ids: Collection[int] | None = None
) -> tuple[Contradicted, ...]:
    """Return the corrections that the partner contradicts anew, in some accounts or in all.

    No right is asked: it feeds the breaks of the firm, whoever looks at them then.
    """
    with store.reading(ctx) as session:
        query = select(PositionOverride).where(
            PositionOverride.firm_id == ctx.firm_id, _in_force(ctx.today)
        )
        if account_ids is not None:
            query = query.where(store.among(ctx, col(PositionOverride.account_id), account_ids))
        by_account: dict[int, list[PositionOverride]] = {}
        for row in session.exec(query.order_by(col(PositionOverride.id))):
            by_account.setdefault(row.account_id, []).append(row)
        return tuple(
            one
            for account_id, rows in by_account.items()
            for one in _contradicted(session, ctx, account_id, rows)
        )


def _contradicted(
    session: Session, ctx: Context, account_id: int, rows: list[PositionOverride]
) -> Iterator[Contradicted]:
    said = _said(session, ctx, account_id)
    head = session.exec(_last(ctx, account_id)).first()
    for row in rows:
        now = said.get((row.instrument_id, row.field))
        if head is None or not now or _as_text(now) == row.told:
            continue
        yield Contradicted(
            account_id, row.instrument_id, row.field, row.value,
            now if isinstance(now, Decimal) else None, row.since, head.as_of, head.delivery_id,
            row.created_by,
        )  # fmt: skip


def _row(
    ctx: Context, row: PositionOverride, label: str, told: Mapping[tuple[int, str], str]
) -> dict[str, Any]:
    now = told.get((row.instrument_id, row.field), "")
    own = ("id", "account_id", "instrument_id", "field", "value", "text", "told", "since", "until",
           "reason", "author")  # fmt: skip
    return {name: getattr(row, name) for name in own} | {
        "support": label,
        "field_label": OVERRIDABLE[row.field],
        "told_now": now,
        "differs": bool(now) and now != row.told,
        "active": row.ended_at is None and (row.until is None or row.until >= ctx.today),
        "made_at": row.created_at,
    }


def _in_force(on: date) -> Any:  # noqa: ANN401
    return (
        (col(PositionOverride.since) <= on)
        & or_(col(PositionOverride.until).is_(None), col(PositionOverride.until) >= on)
        & col(PositionOverride.ended_at).is_(None)
    )


def override(
    ctx: Context, account_id: int, instrument_id: int, form: OverrideForm, *, key: str | None = None
) -> int:
    """Put a figure in the place of the partner's on one line; return the correction.

    One correction of a figure at a time: the one before ends. The partner's
    figure stays stored, and the next deliveries change nothing to this one.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, or the account does not hold the support.
    """
    ctx.require(Permission.POSITION_CORRECT)
    _require_sound(form)
    with store.tx(ctx) as tx:
        return store.idempotent(tx, key, lambda: _made(tx, account_id, instrument_id, form))


def _require_sound(form: OverrideForm) -> None:
    problems = []
    if form.field not in OVERRIDABLE:
        problems.append(FieldProblem("field", "Donnée", "choisissez une donnée à corriger."))
    if not form.reason.strip():
        problems.append(FieldProblem("reason", "Motif", "à renseigner."))
    if form.field == "label" and not form.text.strip():
        problems.append(FieldProblem("text", "Libellé", "à renseigner."))
    if form.field != "label" and form.value is None:
        problems.append(FieldProblem("value", "Valeur", "à renseigner."))
    if form.value is not None and form.value < 0 and form.field != "quantity":
        problems.append(FieldProblem("value", "Valeur", "doit être positive."))
    if form.since and form.until and form.until < form.since:
        problems.append(FieldProblem("until", "Jusqu'au", "vient avant le début."))
    if problems:
        raise InvalidInputError(problems)


def _made(tx: store.Tx, account_id: int, instrument_id: int, form: OverrideForm) -> int:
    ctx = tx.ctx
    account = held_account(tx.session, ctx, account_id)
    told = _told(tx.session, ctx, account_id)
    if (instrument_id, "label") not in told:
        raise InvalidInputError(
            "Ce compte ne détient pas ce support dans sa dernière situation : rien à corriger."
        )
    _end_before(tx, account_id, instrument_id, form.field)
    row = PositionOverride(
        firm_id=ctx.firm_id,
        account_id=account_id,
        instrument_id=instrument_id,
        field=form.field,
        value=None if form.field == "label" else form.value,
        text=form.text.strip() if form.field == "label" else "",
        told=told.get((instrument_id, form.field), ""),
        since=form.since or ctx.today,
        until=form.until,
        reason=form.reason.strip(),
        author=ctx.actor,
    )
    tx.add(row)
    tx.audit(
        "override",
        "account",
        account_id,
        before={"field": form.field, "told": row.told},
        after={"instrument": instrument_id, "value": form.value, "text": row.text},
        subject=account.holders[0].contact_id,
    )
    tx.touch("portfolio")
    mark(tx, [account_id])
    return row.id or 0


def _end_before(tx: store.Tx, account_id: int, instrument_id: int, field: str) -> None:
    rows = tx.session.exec(
        select(PositionOverride).where(
            PositionOverride.firm_id == tx.ctx.firm_id,
            PositionOverride.account_id == account_id,
            PositionOverride.instrument_id == instrument_id,
            PositionOverride.field == field,
            col(PositionOverride.ended_at).is_(None),
        )
    )
    for row in rows:
        row.ended_at, row.ended_by = tx.ctx.now, tx.ctx.user_id
    tx.session.flush()


def end_override(ctx: Context, override_id: int) -> int:
    """End a correction: the partner's figure is read again; return whose account it was on.

    The correction stays readable.
    """
    ctx.require(Permission.POSITION_CORRECT)
    with store.tx(ctx) as tx:
        row = tx.session.exec(
            select(PositionOverride)
            .join(Account, col(Account.id) == col(PositionOverride.account_id))
            .where(
                PositionOverride.firm_id == ctx.firm_id,
                PositionOverride.id == override_id,
                visible(ctx),
            )
        ).first()
        if row is None:
            raise NotFoundError("Correction", override_id)
        if row.ended_at is None:
            row.ended_at, row.ended_by = ctx.now, ctx.user_id
            tx.audit("end_override", "account", row.account_id, after={"override": override_id})
            tx.touch("portfolio")
            mark(tx, [row.account_id])
        return row.account_id


def _told(session: Session, ctx: Context, account_id: int) -> dict[tuple[int, str], str]:
    """Return what the partner says of each line in its last situation, as text."""
    return {key: _as_text(value) for key, value in _said(session, ctx, account_id).items()}


def _last(ctx: Context, account_id: int) -> SelectOfScalar[Situation]:
    return (
        select(Situation)
        .where(
            Situation.firm_id == ctx.firm_id,
            Situation.account_id == account_id,
            Situation.state == "active",
        )
        .order_by(col(Situation.as_of).desc())
        .limit(1)
    )


def _said(
    session: Session, ctx: Context, account_id: int
) -> dict[tuple[int, str], Decimal | str | None]:
    """Return what the partner says of each line in its last situation."""
    asked: list[Any] = [
        SituationLine.instrument_id, SituationLine.price, SituationLine.unit_cost,
        SituationLine.quantity, SituationLine.label,
    ]  # fmt: skip
    last = _last(ctx, account_id).with_only_columns(col(Situation.id))
    query: Select[Any] = columns(*asked).where(
        col(SituationLine.firm_id) == ctx.firm_id, col(SituationLine.situation_id).in_(last)
    )
    found: dict[tuple[int, str], Decimal | str | None] = {}
    for instrument_id, *values in session.execute(query):
        for name, value in zip(("price", "unit_cost", "quantity", "label"), values, strict=True):
            found[instrument_id, name] = value
    return found


def _as_text(value: Decimal | str | None) -> str:
    if isinstance(value, Decimal):
        return french.number(value.normalize() if value else Decimal(0))
    return value or ""
