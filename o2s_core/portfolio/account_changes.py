"""What can be done to an account: open, edit, delete, purge, give to other holders."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import (
    FieldProblem,
    InvalidInputError,
    StaleEditError,
)
from o2s_core.kernel.identifiers import compact
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.account_checks import (
    PLAIN,
    own_account,
    require_adviser,
    require_deletable,
    require_free_number,
    require_free_numbers,
    require_fresh,
    require_holders,
    require_key_kept,
    require_provider,
    require_reason,
)
from o2s_core.portfolio.account_forms import ACCOUNT_FORM, AccountForm
from o2s_core.portfolio.account_search import account_key
from o2s_core.portfolio.holders import HolderShare, share_problem
from o2s_core.portfolio.models import (
    Account,
    AccountHolder,
    Movement,
    MovementReason,
    Situation,
    SituationLine,
)
from o2s_core.portfolio.projections import mark
from o2s_core.portfolio.switches.following import forget_switches

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AccountRef:
    """What a verb gives back: enough to open the account."""

    id: int
    number: str
    label: str


def add_account(ctx: Context, form: AccountForm, *, key: str | None = None) -> AccountRef:
    """Open an account for one or several holders.

    The number is unique at its provider, whatever its spaces, dots and dashes.
    `key` makes a button pressed twice open one account. Without adviser the
    account follows the adviser of its first holder.
    """
    ctx.require(Permission.FEED_ATTACH if form.aggregated else Permission.ACCOUNT_WRITE)
    ACCOUNT_FORM.require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:
        made = store.idempotent(tx, key, lambda: _open(tx, form))
    return AccountRef(made, form.number, form.label)


def add_accounts(ctx: Context, forms: Sequence[AccountForm]) -> tuple[int, ...]:
    """Open many accounts at once, as `add_account` does one; return their ids, in the same order.

    One line of audit. Nothing is opened when one of them is refused.
    """
    ctx.require(Permission.ACCOUNT_WRITE)
    if any(form.aggregated for form in forms):
        ctx.require(Permission.FEED_ATTACH)
    if not forms:
        return ()
    for form in forms:
        ACCOUNT_FORM.require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:
        _require_openable(tx, forms)
        made = store.insert_rows(tx, Account, [_account_row(form) for form in forms])
        rows = [
            _holder_row(account_id, rank, holder)
            for account_id, form in zip(made, forms, strict=True)
            for rank, holder in enumerate(form.holders)
        ]
        store.insert_rows(tx, AccountHolder, rows)
        tx.audit("create", "account", None, after={"accounts": made})
        tx.touch("portfolio")
        mark(tx, made)
    return tuple(made)


def _require_openable(tx: store.Tx, forms: Sequence[AccountForm]) -> None:
    """Check together what each account asks of the firm: advisers, partners, holders, numbers."""
    ctx = tx.ctx
    for adviser_id in {form.adviser_id for form in forms}:
        require_adviser(ctx, adviser_id)
    for provider_id in {form.provider_id for form in forms}:
        require_provider(tx.session, ctx, provider_id)
    holders = {holder.contact_id for form in forms for holder in form.holders}
    require_holders(tx.session, ctx, sorted(holders))
    require_free_numbers(tx.session, ctx, forms)


def edit_account(
    ctx: Context, account_id: int, form: AccountForm, expected_version: int, *, reason: str = ""
) -> AccountRef:
    """Change an account; other holders or another opening date ask for a reason.

    Number and provider of an account fed by a partner do not change: they are
    how its deliveries find it.
    """
    ctx.require(Permission.ACCOUNT_WRITE)
    ACCOUNT_FORM.require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:
        kept = own_account(tx.session, ctx, account_id)
        before = _holders(tx.session, kept)
        require_fresh(kept, form, expected_version)
        require_key_kept(kept, form)
        require_reason(kept, before, form, reason)
        changed = _write(tx, kept, form)
        moved = _replace_holders(tx, kept, before, form.holders)
        tx.audit(
            "update",
            "account",
            account_id,
            after={"fields": changed, "holders": moved, "reason": bool(reason.strip())},
            before={"reason": reason.strip()} if reason.strip() else None,
            subject=form.holders[0].contact_id,
        )
        _published(tx, account_id)
    return AccountRef(account_id, form.number, form.label)


def reassign_account(
    ctx: Context,
    account_id: int,
    holders: Sequence[HolderShare],
    reason: str,
    expected_version: int,
) -> AccountRef:
    """Give an imported account to its real holders; the next deliveries follow it there."""
    ctx.require(Permission.ACCOUNT_REASSIGN)
    if not reason.strip():
        raise InvalidInputError([FieldProblem("reason", "Motif", "")])
    if problem := share_problem(holders):
        raise InvalidInputError([FieldProblem("holders", "Titulaires et droits", problem)])
    with store.tx(ctx) as tx:
        kept = own_account(tx.session, ctx, account_id)
        if kept.version != expected_version:
            raise StaleEditError("Le compte", [])
        before = _holders(tx.session, kept)
        _replace_holders(tx, kept, before, holders)
        kept.adviser_id = None
        store.stamp(ctx, kept)
        tx.audit(
            "reassign",
            "account",
            account_id,
            before={"holders": [h.contact_id for h in before], "reason": reason.strip()},
            after={"holders": [h.contact_id for h in holders]},
            subject=holders[0].contact_id,
        )
        _published(tx, account_id)
    return AccountRef(account_id, kept.number, kept.label)


def delete_account(ctx: Context, account_id: int) -> None:
    """Delete an account made by hand on which nothing ever happened.

    Its typed situations go with it. An account with movements, or fed by a
    partner, is refused: it is closed instead, or purged by who has the right.
    """
    ctx.require(Permission.ACCOUNT_DELETE)
    with store.tx(ctx) as tx:
        kept = own_account(tx.session, ctx, account_id)
        require_deletable(tx.session, kept)
        remove_account(tx, kept, "delete", {})


def purge_account(ctx: Context, account_id: int, typed_number: str) -> str:
    """Erase an account with all its facts, after archiving them; return the archive's SHA-256.

    `typed_number` is the account number, typed by the person as confirmation.
    """
    ctx.require(Permission.ACCOUNT_PURGE)
    with store.tx(ctx) as tx:
        kept = own_account(tx.session, ctx, account_id)
        if compact(typed_number) != kept.number_key:
            raise InvalidInputError(
                f"Pour purger ce compte, recopiez exactement son numéro : {kept.number}."
            )
        archive = store.save_blob(ctx, _archive(tx.session, kept))
        remove_account(tx, kept, "purge", {"archive": archive})
    return archive


def _open(tx: store.Tx, form: AccountForm) -> int:
    """Store the account and its holders, and say so in the trail."""
    ctx = tx.ctx
    require_adviser(ctx, form.adviser_id)
    require_provider(tx.session, ctx, form.provider_id)
    require_holders(tx.session, ctx, [h.contact_id for h in form.holders])
    require_free_number(tx.session, ctx, form, None)
    row = Account(firm_id=ctx.firm_id, **_account_row(form))
    tx.add(row)
    account_id = _id(row)
    _add_holders(tx, account_id, form.holders)
    tx.audit(
        "create",
        "account",
        account_id,
        after={"envelope": form.envelope, "provider": form.provider_id, "fed": form.aggregated},
        subject=form.holders[0].contact_id,
    )
    _published(tx, account_id)
    return account_id


def _account_row(form: AccountForm) -> dict[str, Any]:
    """Return what is stored of a form when its account is opened."""
    return _editable(form) | {"aggregated": form.aggregated}


def _editable(form: AccountForm) -> dict[str, Any]:
    """Return what is stored of a form and may change later."""
    return {
        "number": form.number.strip(),
        "number_key": compact(form.number),
        "search_key": account_key(form.label, form.number),
        "provider_id": form.provider_id,
        "adviser_id": form.adviser_id,
        **{name: getattr(form, name) for name in PLAIN},
    }


def _write(tx: store.Tx, kept: Account, form: AccountForm) -> list[str]:
    """Write the plain fields that differ; return their names."""
    ctx = tx.ctx
    require_adviser(ctx, form.adviser_id, kept=kept.adviser_id)
    require_provider(tx.session, ctx, form.provider_id)
    require_free_number(tx.session, ctx, form, kept.id)
    wanted = _editable(form)
    changed = [name for name, value in wanted.items() if getattr(kept, name) != value]
    for name in changed:
        setattr(kept, name, wanted[name])
    store.stamp(ctx, kept)
    tx.session.flush()
    return changed


def _holders(session: Session, kept: Account) -> list[HolderShare]:
    rows = session.exec(
        select(AccountHolder)
        .where(AccountHolder.firm_id == kept.firm_id, AccountHolder.account_id == kept.id)
        .order_by(col(AccountHolder.rank), col(AccountHolder.id))
    )
    return [HolderShare(h.contact_id, h.share, h.right, h.role) for h in rows]


def _replace_holders(
    tx: store.Tx, kept: Account, before: Sequence[HolderShare], after: Sequence[HolderShare]
) -> bool:
    """Write the holders when they differ; those already there may lie outside the perimeter."""
    if list(before) == list(after):
        return False
    known = {h.contact_id for h in before}
    require_holders(tx.session, tx.ctx, [h.contact_id for h in after if h.contact_id not in known])
    tx.session.execute(delete(AccountHolder).where(col(AccountHolder.account_id) == kept.id))
    _add_holders(tx, _id(kept), after)
    return True


def _add_holders(tx: store.Tx, account_id: int, holders: Sequence[HolderShare]) -> None:
    for rank, holder in enumerate(holders):
        row = _holder_row(account_id, rank, holder)
        tx.add(AccountHolder(firm_id=tx.ctx.firm_id, **row))


def _holder_row(account_id: int, rank: int, holder: HolderShare) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "contact_id": holder.contact_id,
        "share": holder.share.quantize(Decimal("1e-8")),
        "right": holder.right,
        "role": holder.role,
        "rank": rank,
    }


def remove_account(tx: store.Tx, kept: Account, action: str, after: dict[str, Any]) -> None:
    """Delete an account and everything under it, children first."""
    account_id = _id(kept)
    owner = _holders(tx.session, kept)[0].contact_id
    forget_switches(tx, account_id)
    for model in (SituationLine, Situation, MovementReason, Movement, AccountHolder):
        tx.session.execute(delete(model).where(col(model.account_id) == account_id))
    tx.session.execute(delete(Account).where(col(Account.id) == account_id))
    tx.audit(action, "account", account_id, after=after, subject=owner)
    _published(tx, account_id)
    log.info("account %s: %s", account_id, action)


def _archive(session: Session, kept: Account) -> bytes:
    """Return everything stored of an account, as JSON."""
    tables: dict[str, list[Any]] = {"account": [kept.model_dump(mode="json")]}
    for model in (AccountHolder, Situation, SituationLine, Movement, MovementReason):
        own = (col(model.firm_id) == kept.firm_id, col(model.account_id) == kept.id)
        rows = session.exec(select(model).where(*own))
        tables[model.__tablename__] = [_dump(row) for row in rows]
    return orjson.dumps(tables, option=orjson.OPT_INDENT_2)


def _dump(row: SQLModel) -> dict[str, Any]:
    return {k: _plain(v) for k, v in row.model_dump().items()}


def _plain(value: object) -> object:
    return (
        value.isoformat()
        if isinstance(value, date)
        else value
        if value is None or isinstance(value, int | str | bool)
        else str(value)
    )


def _published(tx: store.Tx, account_id: int) -> None:
    tx.touch("portfolio")
    mark(tx, [account_id])


def _id(row: Account) -> int:
    if row.id is None:
        raise RuntimeError("account without identity")
    return row.id
