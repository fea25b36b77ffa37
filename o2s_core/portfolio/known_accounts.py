"""Which of these contracts are known already, and what is known of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, StaleEditError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.account_changes import remove_account
from o2s_core.portfolio.account_checks import PLAIN, own_account
from o2s_core.portfolio.account_forms import AccountForm
from o2s_core.portfolio.held_accounts import holders_of
from o2s_core.portfolio.models import Account, AccountHolder, Movement, Situation
from o2s_core.portfolio.visibility import visible

#: Numbers asked to the database at once.
BATCH: Final = 500
#: A contract by what it is at its provider: provider, number without punctuation.
AccountKey = tuple[int, str]


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """A contract as it stands: its identity, its version and all that is known of it."""

    id: int
    version: int
    form: AccountForm


def known_accounts(ctx: Context, numbers: Collection[str]) -> dict[AccountKey, KnownAccount | None]:
    """Return the accounts that bear some numbers, at whichever provider.

    Numbers as `compact` gives them. None for an account outside the perimeter; a
    number that no account bears is absent.
    """
    ctx.require(Permission.ACCOUNT_WRITE)
    wanted = sorted(set(numbers))
    found: dict[AccountKey, KnownAccount | None] = {}
    with store.reading(ctx) as session:
        for start in range(0, len(wanted), BATCH):
            found |= _borne(session, ctx, wanted[start : start + BATCH])
    return found


def _borne(
    session: Session, ctx: Context, numbers: list[str]
) -> dict[AccountKey, KnownAccount | None]:
    mine = (Account.firm_id == ctx.firm_id, col(Account.number_key).in_(numbers))
    rows = session.exec(select(Account).where(*mine)).all()
    seen = set(session.exec(select(Account.id).where(*mine, visible(ctx))).all())
    holders = holders_of(session, ctx, [row.id or 0 for row in rows])
    return {
        (row.provider_id, row.number_key): KnownAccount(
            row.id or 0, row.version, _form(row, tuple(holders[row.id or 0]))
        )
        if row.id in seen
        else None
        for row in rows
    }


def _form(row: Account, holders: tuple) -> AccountForm:  # type: ignore[type-arg]
    plain = {name: getattr(row, name) for name in PLAIN}
    return AccountForm(
        number=row.number,
        provider_id=row.provider_id,
        holders=holders,
        adviser_id=row.adviser_id,
        aggregated=row.aggregated,
        taken_over=True,
        **plain,
    )


def posted_keys(ctx: Context, account_ids: Collection[int]) -> dict[tuple[int, str, int], str]:
    """Return the posted movements of some accounts: account, key and rank -> content hash."""
    ctx.require(Permission.MOVEMENT_READ)
    names = ("account_id", "key", "ordinal", "content_hash")
    wanted = [col(getattr(Movement, name)) for name in names]
    found: dict[tuple[int, str, int], str] = {}
    with store.reading(ctx) as session:
        for some in _some(account_ids):
            query = columns(*wanted).where(
                col(Movement.firm_id) == ctx.firm_id,
                col(Movement.account_id).in_(_seen(ctx, some)),
                col(Movement.state) == "posted",
            )
            found |= {(a, k, o): digest for a, k, o, digest in session.execute(query)}
    return found


def situation_hashes(ctx: Context, account_ids: Collection[int]) -> dict[tuple[int, date], str]:
    """Return the active situations of some accounts: account and day -> content hash."""
    ctx.require(Permission.PORTFOLIO_READ)
    found: dict[tuple[int, date], str] = {}
    with store.reading(ctx) as session:
        for some in _some(account_ids):
            query = columns(
                col(Situation.account_id), col(Situation.as_of), col(Situation.content_hash)
            ).where(
                col(Situation.firm_id) == ctx.firm_id,
                col(Situation.account_id).in_(_seen(ctx, some)),
                col(Situation.state) == "active",
            )
            found |= {(account, day): digest for account, day, digest in session.execute(query)}
    return found


def _seen(ctx: Context, ids: list[int]) -> Any:  # noqa: ANN401
    """Return the query of the visible accounts among some."""
    return select(Account.id).where(
        Account.firm_id == ctx.firm_id, visible(ctx), col(Account.id).in_(ids)
    )


def _some(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]


def unopen(tx: store.Tx, account_id: int, takeover_id: int, expected_version: int) -> None:
    """Erase an account that a takeover opened, with what the takeover brought to it.

    Raises
    ------
    StaleEditError
        Somebody changed the account since.
    InvalidInputError
        Something else happened on it since.
    """
    tx.ctx.require(Permission.DATA_TAKEOVER)
    kept = own_account(tx.session, tx.ctx, account_id)
    if kept.version != expected_version:
        raise StaleEditError(f"Le compte {kept.number}", [])
    for model, what in ((Movement, "des mouvements"), (Situation, "une situation")):
        others = select(model.id).where(
            model.firm_id == tx.ctx.firm_id,
            model.account_id == account_id,
            (col(model.takeover_id) != takeover_id) | col(model.takeover_id).is_(None),
        )
        if tx.session.exec(others.limit(1)).first() is not None:
            raise InvalidInputError(f"Le compte {kept.number} a reçu {what} depuis la reprise.")
    remove_account(tx, kept, "delete", {"takeover": takeover_id})


def put_account_back(
    tx: store.Tx, account_id: int, before: AccountForm, expected_version: int
) -> None:
    """Give an account the facts and holders that it had, inside the open write.

    Refused when somebody changed it after `expected_version`.
    """
    tx.ctx.require(Permission.DATA_TAKEOVER)
    kept = own_account(tx.session, tx.ctx, account_id)
    if kept.version != expected_version:
        raise StaleEditError(f"Le compte {kept.number}", [])
    for name in (*PLAIN, "adviser_id"):
        setattr(kept, name, getattr(before, name))
    store.stamp(tx.ctx, kept)
    tx.session.execute(delete(AccountHolder).where(col(AccountHolder.account_id) == account_id))
    rows = [
        {
            "account_id": account_id,
            "contact_id": holder.contact_id,
            "share": holder.share,
            "right": holder.right,
            "role": holder.role,
            "rank": rank,
        }
        for rank, holder in enumerate(before.holders)
    ]
    store.insert_rows(tx, AccountHolder, rows)
    tx.audit("update", "account", account_id, after={"put_back": True},
             subject=before.holders[0].contact_id)  # fmt: skip
    tx.touch("portfolio")
