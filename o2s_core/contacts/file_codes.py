"""Which file code a new contact gets."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.contacts.models import Contact, FileCodeCounter
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError
from o2s_core.store import Tx

PREFIXES: Final = {"person": "C", "company": "C", "household": "F"}


def next_file_code(ctx: Context, tx: Tx, kind: str) -> str:
    """Return the next free automatic code: a prefix and five figures, `C00042`."""
    counter = _counter(ctx, tx.session, PREFIXES[kind])
    while True:
        code = f"{counter.prefix}{counter.next_number:05d}"
        counter.next_number += 1
        if not taken(ctx, tx.session, code):
            tx.session.add(counter)
            return code


def require_free(ctx: Context, session: Session, code: str, *, but: int | None = None) -> None:
    """Raise `InvalidInputError` when another contact of the firm has this code."""
    if taken(ctx, session, code, but=but):
        message = f"« {code} » est déjà utilisé : choisissez-en un autre ou laissez vide."
        raise InvalidInputError([FieldProblem("file_code", "Code de dossier", message)])


def require_all_free(ctx: Context, session: Session, codes: Sequence[str]) -> None:
    """Raise `InvalidInputError` when one of many new codes is another contact's, or comes twice."""
    query = select(Contact.file_code).where(
        Contact.firm_id == ctx.firm_id, store.among(ctx, col(Contact.file_code), codes)
    )
    borne = set(session.exec(query).all())
    for code in codes:
        if code in borne:
            message = f"« {code} » est déjà utilisé."
            raise InvalidInputError([FieldProblem("file_code", "Code de dossier", message)])
        borne.add(code)


def taken(ctx: Context, session: Session, code: str, *, but: int | None = None) -> bool:
    """Return whether a contact of the firm, seen or not, has this code."""
    query = select(Contact.id).where(Contact.firm_id == ctx.firm_id, Contact.file_code == code)
    found = session.exec(query).first()
    return found is not None and found != but


def _counter(ctx: Context, session: Session, prefix: str) -> FileCodeCounter:
    """Return the firm's counter, held until the commit so that no code is given twice."""
    query = (
        select(FileCodeCounter)
        .where(FileCodeCounter.firm_id == ctx.firm_id, FileCodeCounter.prefix == prefix)
        .with_for_update()
    )
    if (found := session.exec(query).first()) is not None:
        return found
    made = FileCodeCounter(firm_id=ctx.firm_id, prefix=prefix, next_number=1)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # somebody else made it meanwhile
        return session.exec(query).one()
    return made
