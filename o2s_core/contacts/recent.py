"""The files that a user opened lately (derniers dossiers)."""

from typing import Any, Final

from sqlalchemy import Select, delete, select, update
from sqlmodel import Session, col

from o2s_core import store
from o2s_core.contacts.models import Contact, RecentFile
from o2s_core.contacts.names import ContactRef, reference
from o2s_core.contacts.visible import contacts_inside, one_contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission

MOST: Final = 8


def note_opened(ctx: Context, file_code: str) -> None:
    """Note that the user opened a file; their own convenience, so nothing is audited.

    Raises
    ------
    NotFoundError
        The file does not exist, or not for this user.
    """
    ctx.require(Permission.CONTACT_READ)
    with Session(store.engine(ctx.place)) as session:
        contact_id = one_contact(ctx, session, file_code).id
        if ctx.user_id is None:  # the command line has no menu
            return
        mine = (col(RecentFile.firm_id) == ctx.firm_id, col(RecentFile.user_id) == ctx.user_id)
        again = update(RecentFile).where(*mine, col(RecentFile.contact_id) == contact_id)
        if session.execute(again.values(opened_at=ctx.now)).rowcount == 0:  # type: ignore[attr-defined]
            session.add(
                RecentFile(firm_id=ctx.firm_id, user_id=ctx.user_id, contact_id=contact_id or 0,
                           opened_at=ctx.now)
            )  # fmt: skip
            session.flush()
            kept = _latest(ctx).with_only_columns(col(RecentFile.id)).limit(MOST)
            old = delete(RecentFile).where(*mine, col(RecentFile.id).not_in(kept))
            session.execute(old)
        session.commit()


def recent_files(ctx: Context) -> tuple[ContactRef, ...]:
    """Return the files that the user opened lately and may still see, the latest first."""
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        query = (
            _latest(ctx)
            .join(Contact, col(Contact.id) == col(RecentFile.contact_id))
            .where(contacts_inside(ctx), col(Contact.archived_at).is_(None))
            .with_only_columns(Contact)
        )
        return tuple(reference(row) for row in session.execute(query).scalars())


def _latest(ctx: Context) -> Select[Any]:
    return (
        select(RecentFile)
        .where(col(RecentFile.firm_id) == ctx.firm_id, col(RecentFile.user_id) == ctx.user_id)
        .order_by(col(RecentFile.opened_at).desc(), col(RecentFile.id).desc())
    )
