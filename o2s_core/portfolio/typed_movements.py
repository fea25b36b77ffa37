"""How a movement typed by hand is kept, taken back and corrected; nothing is ever erased."""

import hashlib
from typing import Any, Final

from sqlalchemy import func
from sqlmodel import col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.held_accounts import held_account
from o2s_core.portfolio.models import Account, Movement, MovementReason
from o2s_core.portfolio.movement_checks import Typed, check_of, typed_movement_of
from o2s_core.portfolio.movement_forms import MovementCheck, MovementForm
from o2s_core.portfolio.movement_traces import visible_movement
from o2s_core.portfolio.projections import mark

#: Amounts that a counter-entry gives back.
REVERSED: Final = ("quantity", "gross", "fees", "taxes", "net")
#: What a counter-entry says as the movement that it takes back.
KEPT: Final = ("account_id", "key", "ordinal", "trade_on", "value_on", "kind", "instrument_id",
               "label", "price", "currency", "fx_rate", "content_hash", "source")  # fmt: skip


def check_movement(
    ctx: Context, account_id: int, form: MovementForm, *, corrects: int | None = None
) -> MovementCheck:
    """Return what is wrong or surprising in a movement, before anything is kept."""
    ctx.require(Permission.MOVEMENT_WRITE)
    with store.reading(ctx) as session:
        account = held_account(session, ctx, account_id)
        return check_of(session, ctx, typed_movement_of(session, ctx, account, form), corrects)


def type_movement(
    ctx: Context, account_id: int, form: MovementForm, *, key: str | None = None
) -> int:
    """Keep a movement that somebody typed on an account, and return its id; `key` makes it once.

    Raises
    ------
    InvalidInputError
        The account is fed by a partner, a field is missing or contradicts another, or
        the account already has this movement and `form.twin` is not set.
    """
    ctx.require(Permission.MOVEMENT_WRITE)
    with store.tx(ctx) as tx:
        return store.idempotent(tx, key, lambda: _keep(tx, account_id, form))


def reverse_movement(ctx: Context, movement_id: int, reason: str) -> int:
    """Take back a typed movement by a counter-entry, and return the counter-entry's id.

    Both stay readable and neither counts any more: every figure is as if the
    movement had never been typed.

    Raises
    ------
    NotFoundError
        It is of no account of the perimeter.
    InvalidInputError
        A partner brought it, it is already taken back, or no reason is given.
    """
    ctx.require(Permission.MOVEMENT_WRITE)
    with store.tx(ctx) as tx:
        return _reverse(tx, _typed_one(tx, movement_id), reason)


def correct_movement(
    ctx: Context, movement_id: int, form: MovementForm, reason: str, *, key: str | None = None
) -> int:
    """Take back a typed movement and keep the right one in its place; return its id.

    Raises
    ------
    InvalidInputError
        What `reverse_movement` or `type_movement` refuses.
    """
    ctx.require(Permission.MOVEMENT_WRITE)
    with store.tx(ctx) as tx:

        def make() -> int:
            wrong = _typed_one(tx, movement_id)
            _reverse(tx, wrong, reason)
            return _keep(tx, wrong.account_id, form, reason=reason, corrects=movement_id)

        return store.idempotent(tx, key, make)


def _keep(
    tx: store.Tx, account_id: int, form: MovementForm, reason: str = "", corrects: int | None = None
) -> int:
    """Check and store a movement, one at a time per account: two tabs cannot both be first."""
    account = held_account(tx.session, tx.ctx, account_id)
    mine = (Account.firm_id == tx.ctx.firm_id, Account.id == account_id)
    tx.session.exec(select(Account.id).where(*mine).with_for_update())
    typed = typed_movement_of(tx.session, tx.ctx, account, form)
    check = check_of(tx.session, tx.ctx, typed, corrects)
    _require_right(check, form)
    made = store.insert_rows(tx, Movement, [_row(tx, typed)])[0]
    _explain(tx, made, account_id, reason, corrects)
    said = {"account": account_id, "kind": form.kind, "trade_on": form.trade_on,
            "corrects": corrects}  # fmt: skip
    tx.audit("create", "movement", made, after=said, subject=account.holders[0].contact_id)
    _published(tx, account_id)
    return made


def _require_right(check: MovementCheck, form: MovementForm) -> None:
    if check.problems:
        raise InvalidInputError(list(check.problems))
    if check.twins and not form.twin:
        said = "ce mouvement existe déjà sur ce compte, à cette date et pour ces montants."
        raise InvalidInputError([FieldProblem("trade_on", "Mouvement", said)])


def _row(tx: store.Tx, typed: Typed) -> dict[str, Any]:
    form, amounts = typed.form, typed.form.stored(typed.factor)
    content = "|".join(
        str(part)
        for part in (form.trade_on, form.kind, form.instrument_id, *amounts.values(), form.label)
    )
    digest = hashlib.sha256(content.encode()).hexdigest()
    key = f"typed:{digest}"
    empty = dict.fromkeys(("fx_rate", "delivery_id", "takeover_id", "reverses_id", "withdrawn_by"))
    return empty | amounts | {
        "account_id": typed.account.id,
        "key": key,
        "ordinal": _last_ordinal(tx, typed.account.id, key) + 1,
        "revision": 1,
        "state": "posted",
        "trade_on": form.trade_on,
        "value_on": form.value_on or form.trade_on,
        "kind": form.kind,
        "instrument_id": form.instrument_id,
        "label": form.label.strip(),
        "currency": typed.account.currency,
        "content_hash": digest,
        "source": "manual",
        "locator": "",
        "recorded_at": tx.ctx.now,
    }  # fmt: skip


def _last_ordinal(tx: store.Tx, account_id: int, key: str) -> int:
    query = select(func.max(Movement.ordinal)).where(
        Movement.firm_id == tx.ctx.firm_id,
        Movement.account_id == account_id,
        Movement.key == key,
    )
    return tx.session.exec(query).one() or 0


def _typed_one(tx: store.Tx, movement_id: int) -> Movement:
    """Return a movement that somebody typed and nobody took back."""
    row = visible_movement(tx.session, tx.ctx, movement_id, writing=True)
    if row.source != "manual" or not row.key.startswith("typed:"):
        raise InvalidInputError(
            "Ce mouvement n'a pas été saisi à la main : il se corrige chez celui qui l'a transmis."
        )
    if row.state != "posted":
        raise InvalidInputError("Ce mouvement est déjà annulé : rechargez la page.")
    return row


def _reverse(tx: store.Tx, row: Movement, reason: str) -> int:
    if not reason.strip():
        raise InvalidInputError([FieldProblem("reason", "Motif", "")])
    revision = select(func.max(Movement.revision)).where(
        Movement.firm_id == tx.ctx.firm_id,
        Movement.account_id == row.account_id,
        Movement.key == row.key,
        col(Movement.ordinal) == row.ordinal,
    )
    counter = {name: getattr(row, name) for name in KEPT} | {
        name: None if (amount := getattr(row, name)) is None else -amount for name in REVERSED
    }
    counter |= dict.fromkeys(("delivery_id", "takeover_id", "withdrawn_by")) | {
        "revision": (tx.session.exec(revision).one() or 0) + 1,
        "state": "cancelled",
        "locator": "",
        "reverses_id": row.id,
        "recorded_at": tx.ctx.now,
    }
    row.state = "cancelled"
    tx.session.flush()
    made = store.insert_rows(tx, Movement, [counter])[0]
    _explain(tx, made, row.account_id, reason, None)
    owner = held_account(tx.session, tx.ctx, row.account_id).holders[0].contact_id
    said = {"account": row.account_id, "reason": reason.strip()}
    tx.audit("cancel", "movement", row.id, after=said, subject=owner)
    _published(tx, row.account_id)
    return made


def _explain(
    tx: store.Tx, movement_id: int, account_id: int, reason: str, replaces: int | None
) -> None:
    told = {"movement_id": movement_id, "account_id": account_id, "author": tx.ctx.actor,
            "reason": reason.strip(), "replaces_id": replaces}  # fmt: skip
    store.insert_rows(tx, MovementReason, [told])


def _published(tx: store.Tx, account_id: int) -> None:
    tx.touch("portfolio")
    mark(tx, [account_id])
