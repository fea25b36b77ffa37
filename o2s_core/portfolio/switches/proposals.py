"""The proposals kept on accounts: what each one says, whether it still holds, what was decided."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import polars as pl
from sqlalchemy import delete, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core import contacts, market, store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError, StaleEditError
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Instrument, ModelPortfolio
from o2s_core.portfolio.counting import EUROS
from o2s_core.portfolio.held_accounts import HeldAccount, held_account, holders_of
from o2s_core.portfolio.models import Account, SwitchLine, SwitchProposal
from o2s_core.portfolio.switches.portrait import model_versions, portraits
from o2s_core.portfolio.switches.terms import SwitchTerms, read_terms
from o2s_core.portfolio.visibility import visible

PROPOSAL_STATES: Final = MappingProxyType(
    {"draft": "Brouillon", "to_review": "À revoir", "kept": "Retenue", "dismissed": "Écartée"}
)
#: State -> the states that may follow it.
NEXT_STATES: Final = MappingProxyType(
    {
        "draft": ("to_review", "kept", "dismissed"),
        "to_review": ("kept", "dismissed"),
        "kept": ("to_review", "dismissed"),
        "dismissed": ("to_review",),
    }
)
#: One row per proposal, newest first.
PROPOSALS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "account_id": pl.Int64(),
        "account": pl.String(),
        "number": pl.String(),
        "holders": pl.String(),
        "model_id": pl.Int64(),
        "model": pl.String(),
        "state": pl.String(),
        "made_on": pl.Date(),
        "total_eur": EUROS,
        "moved_eur": EUROS,
        "orders": pl.Int64(),
        "fees_eur": EUROS,
        "tax_eur": EUROS,
    }
)
WEIGHT: Final = pl.Decimal(38, 8)
#: The lines of a proposal; weights are ratios of the account before and after, `drift` is
#: weight - target; `missing_eur` is what could not be placed, `note` says why.
SWITCH_LINES: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "isin": pl.String(),
        "label": pl.String(),
        "asset_class": pl.String(),
        "before_eur": EUROS,
        "weight_before": pl.Float64(),
        "target": WEIGHT,
        "drift": pl.Float64(),
        "side": pl.String(),
        "sell_eur": EUROS,
        "buy_eur": EUROS,
        "share": WEIGHT,
        "after_eur": EUROS,
        "weight_after": pl.Float64(),
        "missing_eur": EUROS,
        "indicative": pl.Boolean(),
        "note": pl.String(),
    }
)
CHANGED: Final = (
    "Les données du compte ou le modèle ont changé depuis le calcul : recalculez la proposition."
)


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """One proposal with its lines (schema `SWITCH_LINES`); `stale` says why it is out of date."""

    id: int
    version: int
    account: HeldAccount
    holders: str
    model_id: int
    model: str
    state: str
    made_on: date
    total_eur: Decimal
    sold_eur: Decimal
    bought_eur: Decimal
    switch_fee_eur: Decimal | None
    entry_fee_eur: Decimal | None
    gain_eur: Decimal | None
    tax_eur: Decimal | None
    tax_note: str
    notes: tuple[str, ...]
    by_solver: bool
    terms: SwitchTerms
    reason: str
    decided_at: datetime | None
    stale: str
    lines: pl.DataFrame

    @property
    def sold_share(self) -> Decimal | None:
        """Return the part of the account that is sold."""
        return self.sold_eur / self.total_eur if self.total_eur else None

    @property
    def fees_eur(self) -> Decimal:
        """Return the fees that are known, together."""
        return (self.switch_fee_eur or ZERO) + (self.entry_fee_eur or ZERO)

    def by_class(self) -> pl.DataFrame:
        """Return the weight of each asset class before and after, largest first."""
        return (
            self.lines.group_by("asset_class")
            .agg(pl.col("weight_before").sum(), pl.col("weight_after").sum())
            .sort("weight_after", "asset_class", descending=[True, False])
        )


def switch_proposals(
    ctx: Context, account_ids: tuple[int, ...] | None = None, *, state: str | None = None
) -> pl.DataFrame:
    """Return the proposals on visible accounts, on some of them or in a state (`PROPOSALS`)."""
    ctx.require(Permission.PORTFOLIO_READ)
    moved: Any = (
        columns(col(SwitchLine.proposal_id).label("id"), func.count().label("orders"))
        .where(col(SwitchLine.firm_id) == ctx.firm_id, col(SwitchLine.side) != "")
        .group_by(col(SwitchLine.proposal_id))
        .subquery()
    )
    query: Any = (
        columns(
            SwitchProposal, col(Account.label), col(Account.number),
            col(ModelPortfolio.name).label("model"), moved.c.orders,
        )
        .join(Account, col(Account.id) == col(SwitchProposal.account_id))
        .join(ModelPortfolio, col(ModelPortfolio.id) == col(SwitchProposal.model_id))
        .outerjoin(moved, moved.c.id == col(SwitchProposal.id))
        .where(col(SwitchProposal.firm_id) == ctx.firm_id, visible(ctx))
        .order_by(col(SwitchProposal.made_on).desc(), col(SwitchProposal.id).desc())
    )  # fmt: skip
    if account_ids is not None:
        query = query.where(col(SwitchProposal.account_id).in_(list(account_ids)))
    if state is not None:
        query = query.where(col(SwitchProposal.state) == state)
    with store.reading(ctx) as session:
        rows = session.execute(query).all()
        sold = _sold(session, ctx)
        held = holders_of(session, ctx, [row[0].account_id for row in rows])
    names = contacts.names_of(ctx, {h.contact_id for people in held.values() for h in people})
    return pl.DataFrame(
        [
            {
                "id": p.id,
                "account_id": p.account_id,
                "account": label,
                "number": number,
                "holders": ", ".join(names[h.contact_id] for h in held[p.account_id]),
                "model_id": p.model_id,
                "model": model,
                "state": p.state,
                "made_on": p.made_on,
                "total_eur": p.total_eur,
                "moved_eur": sold.get(p.id, ZERO),
                "orders": orders or 0,
                "fees_eur": _fees(p),
                "tax_eur": p.tax_eur,
            }
            for p, label, number, model, orders in rows
        ],
        schema=PROPOSALS,
    )


def _fees(row: SwitchProposal) -> Decimal | None:
    known = [fee for fee in (row.switch_fee_eur, row.entry_fee_eur) if fee is not None]
    return sum(known, ZERO) if known else None


def _sold(session: Session, ctx: Context) -> dict[int, Decimal]:
    rows = session.execute(
        columns(col(SwitchLine.proposal_id), col(SwitchLine.amount_eur)).where(
            col(SwitchLine.firm_id) == ctx.firm_id, col(SwitchLine.side) == "sell"
        )
    )
    found: dict[int, Decimal] = {}
    for id_, amount in rows:
        found[id_] = found.get(id_, ZERO) + (amount or ZERO)
    return found


def switch_proposal(ctx: Context, proposal_id: int) -> ProposalCard:
    """Return one proposal, and whether what it was made from has changed since.

    Raises
    ------
    NotFoundError
        It is not there, or not for this user.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        row, account = _one(session, ctx, proposal_id)
        lines = _lines(session, ctx, row)
    names = contacts.names_of(ctx, {h.contact_id for h in account.holders})
    return ProposalCard(
        id=proposal_id,
        version=row.version,
        account=account,
        holders=", ".join(names[h.contact_id] for h in account.holders),
        model_id=row.model_id,
        model=market.model_portfolio(ctx, row.model_id).name,
        state=row.state,
        made_on=row.made_on,
        total_eur=row.total_eur,
        sold_eur=sum(lines["sell_eur"].drop_nulls(), ZERO),
        bought_eur=sum(lines["buy_eur"].drop_nulls(), ZERO),
        switch_fee_eur=row.switch_fee_eur,
        entry_fee_eur=row.entry_fee_eur,
        gain_eur=row.gain_eur,
        tax_eur=row.tax_eur,
        tax_note=row.tax_note,
        notes=tuple(row.notes.splitlines()),
        by_solver=row.by_solver,
        terms=read_terms(row.terms),
        reason=row.reason,
        decided_at=row.decided_at,
        stale=_stale(ctx, row),
        lines=lines,
    )


def _one(session: Session, ctx: Context, proposal_id: int) -> tuple[SwitchProposal, HeldAccount]:
    row = session.exec(
        select(SwitchProposal).where(
            SwitchProposal.firm_id == ctx.firm_id, SwitchProposal.id == proposal_id
        )
    ).first()
    if row is None:
        raise NotFoundError("Proposition", proposal_id)
    try:
        return row, held_account(session, ctx, row.account_id)
    except NotFoundError:
        raise NotFoundError("Proposition", proposal_id) from None


def _lines(session: Session, ctx: Context, row: SwitchProposal) -> pl.DataFrame:
    found = session.exec(
        select(SwitchLine, Instrument.isin, Instrument.asset_class)
        .outerjoin(Instrument, col(Instrument.id) == col(SwitchLine.instrument_id))
        .where(SwitchLine.firm_id == ctx.firm_id, SwitchLine.proposal_id == row.id)
        .order_by(col(SwitchLine.rank))
    ).all()
    whole = sum((line.before_eur for line, _, _ in found), ZERO)
    after = sum((line.after_eur for line, _, _ in found), ZERO)
    own = ("instrument_id", "label", "target", "side", "share", "missing_eur", "indicative", "note",
           "before_eur", "after_eur")  # fmt: skip
    rows = []
    for line, isin, asset_class in found:
        before = float(line.before_eur / whole) if whole else None
        rows.append(
            {name: getattr(line, name) for name in own}
            | {
                "isin": isin,
                "asset_class": asset_class or "unknown",
                "weight_before": before,
                "weight_after": float(line.after_eur / after) if after else None,
                "drift": None
                if before is None or line.target is None
                else before - float(line.target),
                "sell_eur": line.amount_eur if line.side == "sell" else None,
                "buy_eur": line.amount_eur if line.side == "buy" else None,
            }
        )
    return pl.DataFrame(rows, schema=SWITCH_LINES)


def _stale(ctx: Context, row: SwitchProposal) -> str:
    versions = model_versions(ctx, [row.model_id])
    if row.model_id not in versions:
        return CHANGED
    now = portraits(ctx, {row.account_id: versions[row.model_id]}, [row.account_id])
    same = row.account_id in now and now[row.account_id].fingerprint == row.fingerprint
    return "" if same else CHANGED


def decide_switch(
    ctx: Context, proposal_id: int, state: str, expected_version: int, *, reason: str = ""
) -> None:
    """Bring a proposal to another state: to review, kept, or dismissed with a reason.

    Raises
    ------
    InvalidInputError
        The state does not follow the present one, the reason of a dismissal is missing, or
        what the proposal was made from has changed: it is made again before it is kept.
    """
    ctx.require(Permission.SWITCH_PROPOSE)
    with store.tx(ctx) as tx:
        row, account = _one(tx.session, ctx, proposal_id)
        if row.version != expected_version:
            raise StaleEditError("La proposition", [])
        if state not in NEXT_STATES.get(row.state, ()):
            known = PROPOSAL_STATES[row.state].lower()
            raise InvalidInputError(f"Une proposition « {known} » ne passe pas à cet état.")
        if state == "dismissed" and not reason.strip():
            raise InvalidInputError([FieldProblem("reason", "Motif", "")])
        if state == "kept" and (changed := _stale(ctx, row)):
            raise InvalidInputError(changed)
        before, row.state = row.state, state
        row.reason = reason.strip()[:500]
        row.decided_at, row.decided_by = ctx.now, ctx.user_id
        tx.add(row)
        subject = account.holders[0].contact_id if account.holders else None
        tx.audit("decide", "switch", proposal_id, before={"state": before},
                 after={"state": state}, subject=subject)  # fmt: skip
        tx.touch("portfolio")


def drop_switch_draft(ctx: Context, proposal_id: int) -> None:
    """Throw away a draft; a proposal that was reviewed is dismissed instead."""
    ctx.require(Permission.SWITCH_PROPOSE)
    with store.tx(ctx) as tx:
        row, account = _one(tx.session, ctx, proposal_id)
        if row.state != "draft":
            raise InvalidInputError("Seul un brouillon se supprime : écartez cette proposition.")
        tx.session.execute(delete(SwitchLine).where(col(SwitchLine.proposal_id) == proposal_id))
        tx.session.delete(row)
        tx.session.flush()
        subject = account.holders[0].contact_id if account.holders else None
        tx.audit("delete", "switch", proposal_id, subject=subject)
        tx.touch("portfolio")
