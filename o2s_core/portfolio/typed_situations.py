"""How a situation typed or pasted by hand is kept, marked “déclaratif”."""

from datetime import date

import polars as pl
from sqlmodel import Session, select

from o2s_core import market, store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.market import Named
from o2s_core.portfolio.held_accounts import HeldAccount, held_account
from o2s_core.portfolio.models import Situation
from o2s_core.portfolio.projections import mark
from o2s_core.portfolio.recording import (
    LINE_INPUT,
    SITUATION_INPUT,
    record_situations,
    require_feeding,
)
from o2s_core.portfolio.situation_forms import SituationCheck, SituationForm, TypedLine, checked


def check_situation(ctx: Context, account_id: int, form: SituationForm) -> SituationCheck:
    """Return what is wrong or surprising in a situation, before anything is kept."""
    ctx.require(Permission.SITUATION_WRITE)
    with store.reading(ctx) as session:
        held_account(session, ctx, account_id)
        row = _active(session, ctx, account_id, form)
    delivered = row is not None and row.source == "partner"
    found = checked(form, ctx.today)
    refused = [_told_by_partner(form)] if delivered and not form.replace_partner else []
    return SituationCheck((*found.problems, *refused), found.warnings, delivered)


def type_situation(
    ctx: Context, account_id: int, form: SituationForm, *, key: str | None = None
) -> int:
    """Keep a typed situation of an account, and return its id; `key` makes it once.

    It obeys the checks of a delivered one and joins the same history: the same
    content again changes nothing, another content on the same day is a
    correction. Supports are found by ISIN or by the label that this provider
    gives them; the others are created, to be completed.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, the lines do not add up to the total given,
        or a partner delivered that very day and `replace_partner` is not set.
    """
    ctx.require(Permission.SITUATION_WRITE)
    check = check_situation(ctx, account_id, form)
    if check.problems:
        raise InvalidInputError(list(check.problems))
    with store.tx(ctx) as tx:
        return store.idempotent(tx, key, lambda: _keep(tx, account_id, form))


def _keep(tx: store.Tx, account_id: int, form: SituationForm) -> int:
    account = held_account(tx.session, tx.ctx, account_id)
    situations, lines = _frames(tx, account, form)
    recorded = record_situations(tx, situations, lines, delivery_id=None, source="manual")
    row = _active(tx.session, tx.ctx, account_id, form)
    if row is None or row.id is None:
        raise RuntimeError("situation without identity")
    if recorded.new:
        row.note = form.note.strip()
    tx.audit(
        "create",
        "situation",
        row.id,
        after={"account": account_id, "as_of": form.as_of, "lines": lines.height,
               "outcome": recorded.outcome[account_id, form.as_of]},
        subject=account.holders[0].contact_id,
    )  # fmt: skip
    return row.id


def _frames(
    tx: store.Tx, account: HeldAccount, form: SituationForm
) -> tuple[pl.DataFrame, pl.DataFrame]:
    head = {
        "account_id": account.id,
        "as_of": form.as_of,
        "currency": form.currency,
        "total": form.total,
    }
    typed = form.all_lines
    ids = _instruments(tx, account.provider_id, typed)
    rows = [
        _row(account.id, form, line, id_, n)
        for n, (line, id_) in enumerate(zip(typed, ids, strict=True), 1)
    ]
    return (
        pl.DataFrame([head], schema=SITUATION_INPUT),
        pl.DataFrame(rows, schema=LINE_INPUT),
    )


def _row(
    account_id: int, form: SituationForm, line: TypedLine, instrument_id: int, rank: int
) -> dict[str, object]:
    return {
        "account_id": account_id,
        "as_of": form.as_of,
        "instrument_id": instrument_id,
        "label": line.label.strip(),
        "quantity": line.quantity,
        "unit_cost": line.unit_cost,
        "price": line.price,
        "price_on": line.price_on or (form.as_of if line.price is not None else None),
        "accrued": line.accrued,
        "value": line.worth,
        "currency": line.currency,
        "locator": f"ligne {rank}",
    }


def _instruments(tx: store.Tx, provider_id: int, lines: tuple[TypedLine, ...]) -> list[int]:
    """Return the support of each line: chosen, found by its code, else created."""
    by_isin = market.instruments_by_isin(tx.ctx, [line.isin for line in lines if line.isin])
    labels = [("label", line.label) for line in lines if not line.isin]
    by_label = market.instruments_by_alias(tx.ctx, provider_id, labels)
    return [_instrument(tx, provider_id, line, by_isin, by_label) for line in lines]


def _instrument(
    tx: store.Tx,
    provider_id: int,
    line: TypedLine,
    by_isin: dict[str, int],
    by_label: dict[tuple[str, str], int],
) -> int:
    if line.instrument_id is not None:
        return market.instrument(tx.ctx, line.instrument_id).id
    if line.kind == "cash":
        return market.cash_instrument(tx, line.currency)
    if line.kind == "fonds_euros" and not line.isin:
        return market.euro_fund(tx, provider_id, "", line.label)
    known = by_isin.get(line.isin) if line.isin else by_label.get(("label", line.label))
    return known or _created(tx, provider_id, line)


def _created(tx: store.Tx, provider_id: int, line: TypedLine) -> int:
    code_type, code = ("isin", line.isin) if line.isin else ("label", line.label)
    named = Named(code_type, code, line.label, line.kind or None, line.currency, line.price_factor)
    return market.create_provisional_bulk(tx, provider_id, [named])[0]


def _told_by_partner(form: SituationForm) -> FieldProblem:
    message = (
        f"le partenaire a déjà transmis la situation du {form.as_of:%d/%m/%Y}. "
        "Cochez « Remplacer la situation du partenaire » si elle est fausse."
    )
    return FieldProblem("as_of", "Date de la situation", message)


def _active(
    session: Session, ctx: Context, account_id: int, form: SituationForm
) -> Situation | None:
    return session.exec(
        select(Situation).where(
            Situation.firm_id == ctx.firm_id,
            Situation.account_id == account_id,
            Situation.as_of == form.as_of,
            Situation.state == "active",
        )
    ).first()


def put_back(tx: store.Tx, situation_id: int, as_of: date) -> None:
    """Give a typed situation that was set aside its day again: the last word on it, for now."""
    require_feeding(tx.ctx)
    same_day = (
        Situation.firm_id == tx.ctx.firm_id,
        Situation.account_id
        == select(Situation.account_id).where(Situation.id == situation_id).scalar_subquery(),
        Situation.as_of == as_of,
    )
    others = tx.session.exec(select(Situation).where(*same_day)).all()
    row = tx.session.exec(
        select(Situation).where(Situation.firm_id == tx.ctx.firm_id, Situation.id == situation_id)
    ).one()
    for other in others:
        if other.state == "active":
            other.state = "superseded"
    row.as_of, row.state = as_of, "active"
    row.revision = max((other.revision for other in others), default=0) + 1
    tx.session.flush()
    tx.touch("portfolio")
    mark(tx, [row.account_id])
