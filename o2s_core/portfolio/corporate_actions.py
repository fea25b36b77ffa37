"""How a corporate action is written: units leave, units come, their cost goes with them (OST)."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Instrument
from o2s_core.portfolio.held_accounts import held_account
from o2s_core.portfolio.models import Movement, Situation, SituationLine
from o2s_core.portfolio.projections import mark

EXACT: Final = pl.Decimal(38, 8)
#: code -> how the screen says it, in the order of the pick list.
CORPORATE_ACTIONS: Final = MappingProxyType(
    {
        "split": "Division ou regroupement",
        "isin_change": "Changement de code ISIN",
        "merger": "Fusion ou échange",
        "spin_off": "Scission",
        "free_shares": "Attribution gratuite",
        "scrip_dividend": "Dividende en actions",
        "capital_return": "Remboursement de capital",
        "redemption": "Remboursement",
        "liquidation": "Liquidation",
    }
)
#: Actions that bring another support.
EXCHANGES: Final = frozenset({"isin_change", "merger", "spin_off"})
#: Actions after which nothing of the support is left.
ENDS: Final = frozenset({"redemption", "liquidation"})
#: Actions that pay cash by nature.
PAYING: Final = frozenset({"capital_return", *ENDS})
#: What an action writes: one row per leg. `quantity` is signed, `gross` the cost that goes
#: with it (null: unknown), `net` the cash that enters.
CORPORATE_ACTION_LEGS: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "label": pl.String(),
        "quantity": EXACT,
        "gross": EXACT,
        "net": EXACT,
    }
)


@dataclass(frozen=True, slots=True)
class CorporateAction:
    """An action on one line of an account: what leaves, what comes, the cash with it.

    `units` are held before, of `instrument_id`; `new_units` after it, of
    `other_instrument_id` where there is one. `cash` enters the account (soulte,
    fractions, repayment). `cost_share` is the part of the cost that goes to the
    new support of a spin-off.
    """

    kind: str
    on: date
    instrument_id: int
    units: Decimal
    new_units: Decimal = ZERO
    other_instrument_id: int | None = None
    cash: Decimal = ZERO
    cost_share: Decimal = ZERO
    note: str = ""


def corporate_action_legs(ctx: Context, account_id: int, action: CorporateAction) -> pl.DataFrame:
    """Return what an action would write on an account; nothing is stored.

    Schema `CORPORATE_ACTION_LEGS`.

    Raises
    ------
    InvalidInputError
        A field is missing or contradicts the nature of the action.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    _require_sound(action, ctx.today)
    with store.reading(ctx) as session:
        held_account(session, ctx, account_id)
        labels = dict(
            session.exec(
                select(col(Instrument.id), Instrument.label).where(
                    Instrument.firm_id == ctx.firm_id,
                    col(Instrument.id).in_([action.instrument_id, action.other_instrument_id or 0]),
                )
            ).all()
        )
    spent = _cost(ctx, account_id, action)
    rows = [
        (instrument_id, labels.get(instrument_id, ""), quantity, gross, net)
        for instrument_id, quantity, gross, net in _legs(action, spent)
    ]
    return pl.DataFrame(rows, CORPORATE_ACTION_LEGS, orient="row")


def _require_sound(action: CorporateAction, today: date) -> None:
    problems = []
    if action.kind not in CORPORATE_ACTIONS:
        problems.append(FieldProblem("kind", "Nature", "choisissez une nature d'opération."))
    if action.units <= 0:
        problems.append(FieldProblem("units", "Quantité avant", "doit être positive."))
    if action.new_units <= 0 and action.kind not in PAYING:
        problems.append(FieldProblem("new_units", "Quantité après", "doit être positive."))
    if action.kind in EXCHANGES and action.other_instrument_id is None:
        problems.append(FieldProblem("other_instrument_id", "Nouveau support", "à renseigner."))
    if action.kind in PAYING and action.cash <= 0:
        problems.append(FieldProblem("cash", "Espèces reçues", "doivent être positives."))
    if action.on > today:
        problems.append(FieldProblem("on", "Date", "ne peut pas être dans le futur."))
    if problems:
        raise InvalidInputError(problems)


def _legs(
    action: CorporateAction, spent: Decimal | None
) -> list[tuple[int, Decimal, Decimal | None, Decimal]]:
    old, new = action.instrument_id, action.other_instrument_id or action.instrument_id
    out = (old, -action.units, spent, ZERO)
    if action.kind == "capital_return":
        return [(old, ZERO, None, action.cash)]
    if action.kind in ENDS:
        return [(old, -action.units, spent, action.cash)]
    if action.kind != "spin_off":
        return [out, (new, action.new_units, _taken(spent, Decimal(1)), action.cash)]
    kept = Decimal(1) - action.cost_share
    return [
        out,
        (old, action.units, _taken(spent, kept), ZERO),
        (new, action.new_units, _taken(spent, action.cost_share), action.cash),
    ]


def _taken(spent: Decimal | None, share: Decimal) -> Decimal | None:
    """Return a part of the cost as what comes in bears it: signed as money that leaves."""
    return None if spent is None else -(spent * share).quantize(Decimal("0.00000001"))


def _cost(ctx: Context, account_id: int, action: CorporateAction) -> Decimal | None:
    """Return what the units cost, by the unit cost of the situation before the action."""
    query = (
        select(col(SituationLine.unit_cost), col(Instrument.price_factor))
        .join(Situation, col(Situation.id) == col(SituationLine.situation_id))
        .join(Instrument, col(Instrument.id) == col(SituationLine.instrument_id))
        .where(
            Situation.firm_id == ctx.firm_id,
            Situation.account_id == account_id,
            Situation.state == "active",
            Situation.as_of < action.on,
            SituationLine.instrument_id == action.instrument_id,
        )
        .order_by(col(Situation.as_of).desc())
    )
    with store.reading(ctx) as session:
        found = session.exec(query).first()
    if found is None or found[0] is None:
        return None
    return (found[0] * action.units * found[1]).quantize(Decimal("0.00000001"))


def record_corporate_action(
    ctx: Context, account_id: int, action: CorporateAction, *, key: str | None = None
) -> str:
    """Write an action on an account and return its reference, by which it can be undone.

    The movements bear the cost of the units over; `key` makes it once.
    """
    ctx.require(Permission.POSITION_CORRECT)
    legs = corporate_action_legs(ctx, account_id, action)
    reference = f"ost:{key or uuid.uuid4().hex}"
    with store.tx(ctx) as tx:
        account = held_account(tx.session, ctx, account_id)
        if _of(tx, account_id, reference):
            return reference
        store.insert_rows(
            tx,
            Movement,
            [
                _movement(tx, account_id, account.currency, action, reference, n, leg)
                for n, leg in enumerate(legs.iter_rows(named=True), 1)
            ],
        )
        said = {"account": account_id, "kind": action.kind, "reference": reference}
        tx.audit("record", "movement", reference, after=said)
        tx.touch("portfolio")
        mark(tx, [account_id])
    return reference


def _movement(
    tx: store.Tx,
    account_id: int,
    currency: str,
    action: CorporateAction,
    reference: str,
    ordinal: int,
    leg: dict[str, Any],
) -> dict[str, Any]:
    empty = dict.fromkeys(
        ("value_on", "price", "fees", "taxes", "fx_rate", "delivery_id", "reverses_id",
         "withdrawn_by")
    )  # fmt: skip
    return empty | {
        "account_id": account_id,
        "key": reference,
        "ordinal": ordinal,
        "revision": 1,
        "state": "posted",
        "trade_on": action.on,
        "kind": "corporate_action",
        "instrument_id": leg["instrument_id"],
        "label": f"{CORPORATE_ACTIONS[action.kind]} {action.note}".strip(),
        "quantity": leg["quantity"],
        "gross": leg["gross"],
        "net": leg["net"],
        "currency": currency,
        "content_hash": reference,
        "source": "manual",
        "locator": "",
        "recorded_at": tx.ctx.now,
    }


def undo_corporate_action(ctx: Context, account_id: int, reference: str) -> int:
    """Take back an action written by hand; its movements stay readable. Return how many."""
    ctx.require(Permission.POSITION_CORRECT)
    with store.tx(ctx) as tx:
        held_account(tx.session, ctx, account_id)
        rows = [row for row in _of(tx, account_id, reference) if row.state == "posted"]
        if not rows:
            raise NotFoundError("Opération sur titres", reference)
        for row in rows:
            row.state = "cancelled"
        tx.audit("cancel", "movement", reference, after={"account": account_id})
        tx.touch("portfolio")
        mark(tx, [account_id])
        return len(rows)


def _of(tx: store.Tx, account_id: int, reference: str) -> list[Movement]:
    query = select(Movement).where(
        Movement.firm_id == tx.ctx.firm_id,
        Movement.account_id == account_id,
        Movement.source == "manual",
        Movement.key == reference,
    )
    return list(tx.session.exec(query.order_by(col(Movement.ordinal))))
