"""To which bank accounts is a contact paid? (RIB)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select
from stdnum import bic as _bic

from o2s_core import store
from o2s_core.contacts import changes as trail
from o2s_core.contacts.models import BankDetails
from o2s_core.contacts.visible import one_contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.forms import FormField, FormSchema, Values
from o2s_core.kernel.identifiers import compact, is_iban
from o2s_core.kernel.permissions import Permission
from o2s_core.store import Tx

#: One row per bank account; `iban` is whole only for who may see it, else `FR •••• 1234`.
BANK_DETAILS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "holder": pl.String(),
        "iban": pl.String(),
        "bic": pl.String(),
        "label": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class BankForm:
    """A bank account as typed."""

    iban: str
    bic: str = ""
    holder: str = ""
    label: str = ""


def _check_iban(value: Any, _all: Values, _today: date) -> str | None:  # noqa: ANN401
    wrong = "la clé de contrôle est fausse : recopiez l'IBAN du RIB."
    return None if is_iban(str(value)) else wrong


def _check_bic(value: Any, _all: Values, _today: date) -> str | None:  # noqa: ANN401
    return None if _bic.is_valid(compact(str(value))) else "huit ou onze caractères."


BANK_FORM: Final = FormSchema(
    "RIB",
    (
        FormField("iban", "IBAN", required=True, check=_check_iban, maximum=50,
                  hint="Scellé dès l'enregistrement."),
        FormField("bic", "BIC", check=_check_bic, maximum=20),
        FormField("holder", "Titulaire", required=True, maximum=80),
        FormField("label", "Usage", maximum=80, hint="Versements, rachats, compte courant…"),
    ),
)  # fmt: skip


def bank_details(ctx: Context, contact_id: int) -> pl.DataFrame:
    """Return the bank accounts of a contact (schema `BANK_DETAILS`)."""
    ctx.require(Permission.CONTACT_READ)
    may_see = ctx.may(Permission.CONTACT_SENSITIVE)
    with store.reading(ctx) as session:
        one_contact(ctx, session, contact_id)
        rows = _of(session, ctx, contact_id)
    shown = [(r.id, r.holder, _iban(ctx, r, whole=may_see), r.bic, r.label) for r in rows]
    return pl.DataFrame(shown, BANK_DETAILS, orient="row")


def add_bank_details(ctx: Context, contact_id: int, form: BankForm) -> int:
    """Keep a bank account of a contact, its IBAN sealed; return its identity.

    Raises
    ------
    InvalidInputError
        The IBAN or the BIC is wrong, or the contact has this IBAN already.
    """
    ctx.require(Permission.CONTACT_BANK)
    said = {name: getattr(form, name) for name in BankForm.__slots__}
    BANK_FORM.require_valid(said, ctx.today)
    iban = compact(form.iban)
    with store.tx(ctx) as tx:
        one_contact(ctx, tx.session, contact_id)
        if any(_open(ctx, row) == iban for row in _of(tx.session, ctx, contact_id)):
            raise InvalidInputError("Ce RIB est déjà dans le dossier.")
        row = BankDetails(
            firm_id=ctx.firm_id,
            contact_id=contact_id,
            ending=f"{iban[:2]}{iban[-4:]}",
            bic=compact(form.bic or ""),
            holder=form.holder.strip(),
            label=(form.label or "").strip(),
        )
        tx.add(row)
        row.iban_sealed = store.seal(ctx, iban, _cell(row))
        _note(tx, contact_id, "", _masked(row))
        return row.id or 0


def remove_bank_details(ctx: Context, contact_id: int, bank_id: int) -> None:
    """Take a bank account out of a file."""
    ctx.require(Permission.CONTACT_BANK)
    with store.tx(ctx) as tx:
        one_contact(ctx, tx.session, contact_id)
        rows = [r for r in _of(tx.session, ctx, contact_id) if r.id == bank_id]
        if not rows:
            raise NotFoundError("RIB", bank_id)
        tx.session.delete(rows[0])
        _note(tx, contact_id, _masked(rows[0]), "")


def _of(session: Session, ctx: Context, contact_id: int) -> list[BankDetails]:
    query = select(BankDetails).where(
        BankDetails.firm_id == ctx.firm_id, BankDetails.contact_id == contact_id
    )
    return list(session.exec(query.order_by(col(BankDetails.id))).all())


def _note(tx: Tx, contact_id: int, before: str, after: str) -> None:
    trail.record(tx, contact_id, "coordinates", {"bank": (before, after)})
    tx.audit("update", "contact", contact_id, after={"fields": ["bank"]}, subject=contact_id)
    tx.touch("contacts")


def _cell(row: BankDetails) -> str:
    return f"contact_bank_details:iban_sealed:{row.id}"


def _open(ctx: Context, row: BankDetails) -> str:
    return store.unseal(ctx, row.iban_sealed, _cell(row))


def _masked(row: BankDetails) -> str:
    return f"{row.ending[:2]} •••• {row.ending[2:]}"


def _iban(ctx: Context, row: BankDetails, *, whole: bool) -> str:
    if not whole:
        return _masked(row)
    iban = _open(ctx, row)
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
