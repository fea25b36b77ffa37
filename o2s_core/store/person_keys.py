"""A key per person: what is sealed under it becomes unreadable the day it is destroyed."""

import base64
import secrets
from typing import Final

from sqlmodel import Field, Session, SQLModel

from o2s_core.kernel.context import Context
from o2s_core.store.rows import impersonal
from o2s_core.store.sealing import decrypt, encrypt, seal, unseal

MARK: Final = "p1|"  #: how a text sealed under a person's key begins


class PersonKey(SQLModel, table=True):
    """The key of one contact, itself sealed; deleted when the person is erased."""

    __tablename__ = "person_key"
    contact_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    firm_id: int = Field(index=True)
    sealed: str = Field(sa_column_kwargs=impersonal())


def seal_for(session: Session, ctx: Context, contact_id: int, text: str) -> str:
    """Seal a text under a person's key, made at the first need."""
    key = _key(session, ctx, contact_id) or _new(session, ctx, contact_id)
    return MARK + encrypt(key, text.encode(), f"person:{contact_id}")


def unseal_for(session: Session, ctx: Context, contact_id: int, sealed: str) -> str | None:
    """Open what was sealed under a person's key; None once the person was erased."""
    key = _key(session, ctx, contact_id)
    if key is None:
        return None
    return decrypt(key, sealed.removeprefix(MARK), f"person:{contact_id}").decode()


def forget_person(session: Session, contact_id: int) -> None:
    """Destroy a person's key: everything sealed under it is erased for good."""
    row = session.get(PersonKey, contact_id)
    if row is not None:
        session.delete(row)
        session.flush()


def _key(session: Session, ctx: Context, contact_id: int) -> bytes | None:
    row = session.get(PersonKey, contact_id)
    return None if row is None else base64.b64decode(unseal(ctx, row.sealed, _cell(contact_id)))


def _new(session: Session, ctx: Context, contact_id: int) -> bytes:
    key = secrets.token_bytes(32)
    sealed = seal(ctx, base64.b64encode(key).decode(), _cell(contact_id))
    session.add(PersonKey(contact_id=contact_id, firm_id=ctx.firm_id, sealed=sealed))
    session.flush()
    return key


def _cell(contact_id: int) -> str:
    return f"person_key:sealed:{contact_id}"
