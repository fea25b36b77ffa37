"""Which breaks are open, how old, how large, and whose work are they? (page Écarts)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.administration.models import User
from o2s_core.aggregation.models import Break, Feed
from o2s_core.aggregation.reconciliation.proposals import PROPOSALS
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Instrument, Provider
from o2s_core.portfolio.held_accounts import held_account
from o2s_core.portfolio.models import Account, Movement
from o2s_core.portfolio.visibility import visible

EXACT: Final = pl.Decimal(38, 8)
#: One row per break, oldest first. `gap` is reported less expected, `days` its age.
BREAKS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "account_id": pl.Int64(),
        "account": pl.String(),
        "number": pl.String(),
        "partner": pl.String(),
        "code": pl.String(),
        "label": pl.String(),
        "instrument_id": pl.Int64(),
        "subject": pl.String(),  # the support, or the currency
        "expected": EXACT,
        "reported": EXACT,
        "gap": EXACT,
        "amount": EXACT,  # of the gap in the currency, where it is known: cash and values
        "as_of": pl.Date(),
        "opened_on": pl.Date(),
        "days": pl.Int64(),
        "state": pl.String(),
        "owner_id": pl.Int64(),
        "owner": pl.String(),
        "proposal": pl.String(),
        "proposed": pl.String(),  # as the screen says it
        "reason": pl.String(),
        "message": pl.String(),
        "delivery_id": pl.Int64(),
    }
)
#: Control -> what the screen calls it.
BREAK_CODES: Final = {
    "V03": "Quantité",
    "V04": "Espèces et relevés",
    "V05": "Valeur, cours ou compte absent",
    "V06": "Données anciennes",
    "V07": "Taux de change",
    "V08": "Correction contredite",
}
BREAK_STATES: Final = {
    "open": "Ouvert",
    "explained": "Expliqué",
    "accepted": "Accepté",
    "closed": "Disparu",
}
#: A currency, where a break names what it is about otherwise (a statement, the account itself).
ISO: Final = 3
CURRENCY: Final = "^[A-Z]{3}$"
OLD: Final = 30  #: days after which a break is counted apart
#: Movements shown as evidence of a break.
EVIDENCE: Final = pl.Schema(
    {
        "movement_id": pl.Int64(),
        "trade_on": pl.Date(),
        "kind": pl.String(),
        "label": pl.String(),
        "quantity": EXACT,
        "net": EXACT,
        "currency": pl.String(),
        "delivery_id": pl.Int64(),
        "locator": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class BreakFilter:
    """Which breaks are wanted; nothing given means all that are open."""

    states: tuple[str, ...] = ("open",)
    codes: tuple[str, ...] = ()
    owner_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class BreakCard:
    """A break with its evidence: both figures, and the movements between them."""

    id: int
    account_id: int | None  #: None: of a whole delivery; `account` then names its feed
    account: str
    code: str
    label: str
    subject: str
    currency: str
    instrument_id: int | None
    other_instrument_id: int | None
    other: str
    expected: Decimal | None
    reported: Decimal | None
    since: date | None
    as_of: date
    opened_on: date
    state: str
    owner_id: int | None
    reason: str
    proposal: str
    ratio: Decimal | None
    message: str
    action: str  #: reference of the corporate action that explains it
    delivery_id: int | None
    movements: pl.DataFrame  #: EVIDENCE

    @property
    def proposed(self) -> str:
        """Return what would explain it, as the screen says it."""
        return PROPOSALS.get(self.proposal, "")


def breaks(ctx: Context, wanted: BreakFilter | None = None) -> pl.DataFrame:
    """Return the breaks of the accounts that the user may see, oldest first (`BREAKS`)."""
    ctx.require(Permission.FEED_READ)
    asked = wanted or BreakFilter()
    found = store.frame(ctx, _query(ctx, asked), _STORED)
    gap = pl.col("reported") - pl.col("expected")
    money = pl.col("code").is_in(["V04", "V05"]) & pl.col("currency").str.contains(CURRENCY)
    money &= pl.col("instrument_id").is_null()
    full = found.with_columns(
        gap=gap,
        amount=pl.when(money).then(gap).when(pl.col("code") == "V07").then(pl.col("reported")),
        days=(pl.lit(ctx.today) - pl.col("opened_on")).dt.total_days(),
        label=pl.col("code").replace(BREAK_CODES),
        proposed=pl.col("proposal").replace(PROPOSALS),
        subject=pl.coalesce("support", "currency"),
        owner=pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
        .str.strip_chars(),
    )  # fmt: skip
    return full.select(pl.col(name).cast(kind) for name, kind in BREAKS.items())


_DERIVED: Final = ("gap", "amount", "days", "label", "proposed", "subject", "owner")
_STORED: Final = pl.Schema(
    {n: k for n, k in BREAKS.items() if n not in _DERIVED}
    | {"support": pl.String(), "currency": pl.String(), "first_name": pl.String(),
       "last_name": pl.String()}
)  # fmt: skip


def _query(ctx: Context, asked: BreakFilter) -> Select[Any]:
    own: list[Any] = [
        getattr(Break, name)
        for name in _STORED.names()
        if name in Break.model_fields and name != "id"
    ]
    query: Select[Any] = (
        columns(
            col(Break.id).label("id"),
            *own,
            func.coalesce(Account.label, Feed.label).label("account"),
            col(Account.number).label("number"),
            col(Provider.name).label("partner"),
            col(Instrument.label).label("support"),
            col(User.first_name).label("first_name"),
            col(User.last_name).label("last_name"),
        )
        .outerjoin(Account, col(Account.id) == col(Break.account_id))
        .outerjoin(Feed, col(Feed.id) == col(Break.feed_id))
        .join(Provider, col(Provider.id) == func.coalesce(Account.provider_id, Feed.provider_id))
        .outerjoin(Instrument, col(Instrument.id) == col(Break.instrument_id))
        .outerjoin(User, col(User.id) == col(Break.owner_id))
        .where(col(Break.firm_id) == ctx.firm_id, breaks_inside(ctx))
        .order_by(col(Break.opened_on), col(Break.id))
    )
    return query.where(*_conditions(asked))


def _conditions(asked: BreakFilter) -> list[Any]:
    found: list[Any] = []
    if asked.states:
        found.append(col(Break.state).in_(asked.states))
    if asked.codes:
        found.append(col(Break.code).in_(asked.codes))
    if asked.owner_id is not None:
        found.append(col(Break.owner_id) == asked.owner_id)
    if asked.account_id is not None:
        found.append(col(Break.account_id) == asked.account_id)
    return found


def break_counts(found: pl.DataFrame) -> dict[str, int]:
    """Return how many breaks there are of each control, and how many are `old` (30 days)."""
    counted = dict(found["code"].value_counts().iter_rows())
    old = found.filter(pl.col("days") > OLD).height
    return {code: counted.get(code, 0) for code in BREAK_CODES} | {"old": old}


def my_breaks(ctx: Context) -> int:
    """Return how many open breaks are the work of the user."""
    query = (
        select(func.count())
        .select_from(Break)
        .outerjoin(Account, col(Account.id) == col(Break.account_id))
        .where(
            Break.firm_id == ctx.firm_id,
            Break.state == "open",
            Break.owner_id == ctx.user_id,
            breaks_inside(ctx),
        )
    )
    with store.reading(ctx) as session:
        return session.exec(query).one() if ctx.user_id is not None else 0


def account_breaks(ctx: Context, account_id: int) -> pl.DataFrame:
    """Return the open breaks of one account, for its own page (`BREAKS`)."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        held_account(session, ctx, account_id)
    return breaks(ctx, BreakFilter(account_id=account_id))


def one_break(session: Session, ctx: Context, break_id: int) -> Break:
    """Return a break that the user may see."""
    found = session.exec(
        select(Break)
        .outerjoin(Account, col(Account.id) == col(Break.account_id))
        .where(Break.firm_id == ctx.firm_id, Break.id == break_id, breaks_inside(ctx))
    ).first()
    if found is None:
        raise NotFoundError("Écart", break_id)
    return found


def account_of(row: Break) -> int:
    """Return the account of a break; one of a whole delivery has none."""
    if row.account_id is None:
        raise InvalidInputError("Cet écart est celui d'un envoi entier, non d'un compte.")
    return row.account_id


def breaks_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a break is for the user.

    One of an account follows the account; one of a whole delivery is for the owner
    of its feed, and for those who manage feeds.
    """
    of_account = and_(col(Break.account_id).is_not(None), visible(ctx))
    of_feed: ColumnElement[bool] = col(Break.account_id).is_(None)
    if not ctx.may(Permission.FEED_WRITE):
        of_feed = and_(of_feed, col(Break.owner_id) == ctx.user_id)
    return or_(of_account, of_feed)


def break_card(ctx: Context, break_id: int) -> BreakCard:
    """Return a break with what proves it: both figures, the movements between, their origin."""
    ctx.require(Permission.FEED_READ)
    other = aliased(Instrument)
    with store.reading(ctx) as session:
        row = one_break(session, ctx, break_id)
        names: list[Any] = [func.coalesce(Account.label, Feed.label), Instrument.label, other.label]
        account, support, second = session.execute(
            columns(*names)
            .select_from(Break)
            .outerjoin(Account, col(Account.id) == col(Break.account_id))
            .outerjoin(Feed, col(Feed.id) == col(Break.feed_id))
            .outerjoin(Instrument, col(Instrument.id) == col(Break.instrument_id))
            .outerjoin(other, col(other.id) == col(Break.other_instrument_id))
            .where(col(Break.firm_id) == ctx.firm_id, col(Break.id) == break_id)
        ).one()
    own = (
        "account_id", "code", "currency", "instrument_id", "other_instrument_id", "expected",
        "reported", "since", "as_of", "opened_on", "state", "owner_id", "reason", "proposal",
        "ratio", "message", "action", "delivery_id",
    )  # fmt: skip
    return BreakCard(
        id=break_id,
        account=account,
        label=BREAK_CODES[row.code],
        subject=support or row.currency,
        other=second or "",
        movements=_evidence(ctx, row),
        **{name: getattr(row, name) for name in own},
    )


def _evidence(ctx: Context, row: Break) -> pl.DataFrame:
    """Return the movements that were counted between both figures."""
    if row.since is None:
        return EVIDENCE.to_frame()
    own: list[Any] = [getattr(Movement, name) for name in EVIDENCE.names() if name != "movement_id"]
    query = columns(col(Movement.id).label("movement_id"), *own).where(
        col(Movement.firm_id) == ctx.firm_id,
        col(Movement.account_id) == row.account_id,
        col(Movement.state) == "posted",
        col(Movement.trade_on) > row.since,
        col(Movement.trade_on) <= row.as_of,
    )
    if row.code == "V03":
        query = query.where(col(Movement.instrument_id) == row.instrument_id)
    if row.code == "V04" and len(row.currency) == ISO:
        query = query.where(col(Movement.currency) == row.currency)
    return store.frame(ctx, query.order_by(col(Movement.trade_on), col(Movement.id)), EVIDENCE)
