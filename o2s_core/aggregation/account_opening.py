"""How is the account that a delivery speaks of opened? As its file and somebody's choice say."""

from dataclasses import dataclass

from sqlmodel import Session, select

from o2s_core import store
from o2s_core.aggregation.feed.catalogue import UNNAMED, default_envelope
from o2s_core.aggregation.models import Delivery, DeliveryAccount, Feed
from o2s_core.contacts.advisers import adviser_names
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact
from o2s_core.market.models import Provider
from o2s_core.portfolio.account_changes import add_account
from o2s_core.portfolio.account_forms import AccountForm
from o2s_core.portfolio.envelopes import ENVELOPES
from o2s_core.portfolio.models import Account


@dataclass(frozen=True, slots=True)
class AccountWishes:
    """What somebody chose for an account that a delivery opens; empty: as the file says."""

    label: str = ""
    envelope: str = ""


def open_account(
    tx: store.Tx,
    delivery: Delivery,
    row: DeliveryAccount,
    contact_id: int,
    wishes: AccountWishes | None = None,
) -> int:
    """Open, for one holder, the account that a delivery speaks of; or find it there already.

    An account that its file does not number takes the file code of its holder
    and the feed for number: the next file for the same person finds it again.
    """
    ctx = tx.ctx
    wishes = wishes or AccountWishes()
    feed = _feed(tx.session, ctx, delivery)
    number = row.external_id.strip() or f"{_file_code(tx.session, ctx, contact_id)}-{feed.code}"
    provider_id = row.provider_id or feed.provider_id
    found = tx.session.exec(
        select(Account.id).where(
            Account.firm_id == ctx.firm_id,
            Account.provider_id == provider_id,
            Account.number_key == compact(number),
        )
    ).first()
    if found is not None and not row.external_id.strip():
        return found
    form = AccountForm.sole(
        contact_id,
        label=wishes.label or row.label or _label(tx.session, ctx, provider_id, feed),
        number=number,
        envelope=_envelope(wishes.envelope or row.envelope, feed),
        provider_id=provider_id,
        currency=row.currency or feed.currency,
        adviser_id=_adviser(tx.session, ctx, row, contact_id),
        aggregated=True,
    )
    return add_account(ctx, form).id


def _adviser(session: Session, ctx: Context, row: DeliveryAccount, contact_id: int) -> int | None:
    """Return the adviser of the broker code, None when the account follows its holder's."""
    query = select(Contact.adviser_id).where(
        Contact.firm_id == ctx.firm_id, Contact.id == contact_id
    )
    if row.adviser_id in {None, session.exec(query).first()}:
        return None
    return row.adviser_id if row.adviser_id in adviser_names(ctx) else None


def _feed(session: Session, ctx: Context, delivery: Delivery) -> Feed:
    query = select(Feed).where(Feed.firm_id == ctx.firm_id, Feed.id == delivery.feed_id)
    return session.exec(query).one()


def _label(session: Session, ctx: Context, provider_id: int, feed: Feed) -> str:
    query = select(Provider).where(Provider.firm_id == ctx.firm_id, Provider.id == provider_id)
    provider = session.exec(query).one()
    return feed.label if provider.code == UNNAMED[0] else f"Compte {provider.name}"


def _envelope(said: str, feed: Feed) -> str:
    return said if said in ENVELOPES else default_envelope(feed.code, feed.format)


def _file_code(session: Session, ctx: Context, contact_id: int) -> str:
    query = select(Contact.file_code).where(
        Contact.firm_id == ctx.firm_id, Contact.id == contact_id
    )
    return session.exec(query).one()
