"""Which contracts guarantee a loan, and is it enough? (contrats nantis)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import portfolio, store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.money import ZERO, cents
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.held_accounts import held_account, held_by_ids
from o2s_core.wealth.models import Pledge
from o2s_core.wealth.owners import owners_of
from o2s_core.wealth.visible import one_loan

CENTS: Final = pl.Decimal(38, 2)
#: One row per pledge of a loan. `value_eur` is the whole contract, `pledged_eur` what the
#: creditor may take of it; null where the contract is outside the perimeter.
PLEDGES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "account_id": pl.Int64(),
        "account": pl.String(),
        "number": pl.String(),
        "creditor": pl.String(),
        "since": pl.Date(),
        "released_on": pl.Date(),
        "value_eur": CENTS,
        "pledged_eur": CENTS,
        "free_eur": CENTS,
    }
)


@dataclass(frozen=True, slots=True)
class PledgeForm:
    """A contract given in guarantee, for an amount in euros or a share of its value."""

    account_id: int
    creditor: str
    since: date
    amount: Decimal | None = None
    ratio: Decimal | None = None

    def values(self) -> dict[str, Any]:
        """Return the fields by name, as the schema checks them."""
        return {name: getattr(self, name) for name in ("creditor", "since", "amount", "ratio")} | {
            "account_id": str(self.account_id)
        }


def _amount(value: Decimal, values: Any, _today: date) -> str | None:  # noqa: ANN401
    if value <= 0:
        return "le montant doit être positif."
    both = values.get("ratio") is not None
    return "indiquez un montant ou une part, pas les deux." if both else None


def _ratio(value: Decimal, _all: Any, _today: date) -> str | None:  # noqa: ANN401
    return None if 0 < value <= 1 else "la part doit être comprise entre 0 et 100 %."


PLEDGE_FORM: Final = FormSchema(
    "Contrat nanti",
    (
        FormField("account_id", "Contrat", required=True),
        FormField("creditor", "Créancier", required=True, maximum=120),
        FormField("since", "Début", "day", required=True),
        FormField("amount", "Montant nanti", "money", check=_amount,
                  required_if=lambda values: values.get("ratio") is None),
        FormField("ratio", "ou part du contrat (%)", "percent", check=_ratio),
    ),
)  # fmt: skip


def pledge_account(ctx: Context, loan_id: int, form: PledgeForm) -> int:
    """Give a visible contract in guarantee of a loan; return the pledge's id."""
    ctx.require(Permission.WEALTH_WRITE)
    PLEDGE_FORM.require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:
        one_loan(tx.session, ctx, loan_id)
        held_account(tx.session, ctx, form.account_id)
        row = Pledge(
            firm_id=ctx.firm_id, loan_id=loan_id, account_id=form.account_id,
            creditor=form.creditor, since=form.since, amount=form.amount, ratio=form.ratio,
        )  # fmt: skip
        tx.add(row)
        _said(tx, "pledge", loan_id, {"account": form.account_id})
        return row.id or 0


def _said(tx: store.Tx, action: str, loan_id: int, after: dict[str, Any]) -> None:
    owners = owners_of(tx.session, tx.ctx, "loan_id", [loan_id])[loan_id]
    tx.audit(action, "loan", loan_id, after=after, subject=owners[0].contact_id)
    tx.touch("wealth")


def release_pledge(ctx: Context, loan_id: int, pledge_id: int, on: date) -> None:
    """Say that the creditor gave the contract back on a day (mainlevée)."""
    ctx.require(Permission.WEALTH_WRITE)
    with store.tx(ctx) as tx:
        one_loan(tx.session, ctx, loan_id)
        row = tx.session.get(Pledge, pledge_id)
        if row is None or row.firm_id != ctx.firm_id or row.loan_id != loan_id:
            raise NotFoundError("Nantissement", pledge_id)
        if on < row.since:
            message = "la mainlevée ne peut pas précéder le nantissement."
            raise InvalidInputError([FieldProblem("on", "Date de mainlevée", message)])
        row.released_on = on
        _said(tx, "release", loan_id, {"account": row.account_id})


def pledges(ctx: Context, loan_id: int, on: date | None = None) -> pl.DataFrame:
    """Return the contracts that guarantee a loan, valued as Portefeuille › Synthèse does.

    Schema `PLEDGES`, in force first.
    """
    ctx.require(Permission.WEALTH_READ)
    with store.reading(ctx) as session:
        one_loan(session, ctx, loan_id)
        query = select(Pledge).where(Pledge.firm_id == ctx.firm_id, Pledge.loan_id == loan_id)
        rows = session.exec(query.order_by(col(Pledge.released_on), col(Pledge.id))).all()
        seen = {a.id: a for a in held_by_ids(session, ctx, [r.account_id for r in rows])}
        found = [_row(ctx, row, seen.get(row.account_id), on) for row in rows]
    return pl.DataFrame(found, PLEDGES)


def _row(ctx: Context, row: Pledge, account: Any, on: date | None) -> dict[str, Any]:  # noqa: ANN401
    known: dict[str, Any] = {"value_eur": None, "pledged_eur": None, "free_eur": None}
    if account is not None:
        value = portfolio.holdings_of_account(ctx, account.id, on).total_eur
        taken = ZERO if row.released_on is not None else pledged_of(row, value)
        known = {"value_eur": value, "pledged_eur": taken, "free_eur": value - taken}
    return known | {
        "id": row.id,
        "account_id": row.account_id if account else None,
        "account": account.label if account else "Contrat hors périmètre",
        "number": account.number if account else "",
        "creditor": row.creditor,
        "since": row.since,
        "released_on": row.released_on,
    }


def pledged_of(row: Pledge, value: Decimal) -> Decimal:
    """Return what the creditor may take of a contract's value: never more than there is."""
    return min(row.amount if row.amount is not None else cents(value * (row.ratio or 1)), value)


def coverage(found: pl.DataFrame, outstanding_eur: Decimal | None) -> float | None:
    """Return what the pledged contracts in force are worth over what is still owed.

    1 is 100 %; null without pledge, without debt, or where a value is not known.
    """
    active = found.filter(pl.col("released_on").is_null())
    if active.is_empty() or not outstanding_eur or active["pledged_eur"].null_count():
        return None
    return float(sum(active["pledged_eur"], ZERO) / outstanding_eur)


def pledged_accounts(session: Session, ctx: Context, ids: Collection[int]) -> frozenset[int]:
    """Return which of some visible accounts are pledged now."""
    query = select(Pledge.account_id).where(
        Pledge.firm_id == ctx.firm_id,
        store.among(ctx, col(Pledge.account_id), ids),
        col(Pledge.since) <= ctx.today,
        col(Pledge.released_on).is_(None),
    )
    return frozenset(session.exec(query))
