"""The demonstration firm, made once: people, clients, partners, contracts and deliveries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import select

from o2s_core import administration, portfolio, store
from o2s_core.administration.models import Firm
from o2s_core.demo import (
    choices,
    clients,
    declarations,
    deliveries,
    fortunes,
    incidents,
    model_portfolios,
    network,
    partners,
    staff,
)
from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import StoreError
from o2s_core.market import compact_prices

#: Beyond this many contacts the firm is a network, loaded in bulk.
LARGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Built:
    """What there is now: counts, and whether it was there already."""

    contacts: int
    accounts: int
    already: bool


def build(
    place: Place,
    now: datetime,
    today: date,
    *,
    contacts: int = 120,
    seed: int = 7,
    tell: Callable[[str], None] = lambda _: None,
) -> Built:
    """Make the demonstration firm; the same seed and day make the same firm.

    A firm that holds real clients is never touched: `StoreError`. A second call
    does nothing. Beyond 120 contacts it is a network of agencies, without
    deliveries: its history is loaded in bulk, and `tell` is given each step.
    """
    administration.init(place, now, today, firm_name="Cabinet Rivage Patrimoine")
    ctx = administration.operator(place, now, today)
    if _is_built(ctx):
        return Built(0, 0, already=True)
    if contacts > LARGEST:
        return _build_network(ctx, contacts, seed, tell)
    with store.tx(ctx) as tx:
        advisers = staff.hire(tx)
        market = partners.sign(tx, seed)
        people = clients.meet(tx, advisers, contacts, seed)
        lives = clients.open_contracts(tx, people, market, contacts, seed)
        _mark(tx)
        tx.audit("create", "demo", None, after={"contacts": contacts, "seed": seed})
    fresh = administration.operator(place, now, today)
    partners.quote(fresh, market)
    choices.choose(fresh, market)
    deliveries.deliver(fresh, market, people, lives)
    declarations.declare(fresh, market, lives)
    incidents.happen(fresh, market, people, lives)
    model_portfolios.define(fresh, market, lives)
    fortunes.settle(fresh, people, lives)
    compact_prices(fresh)
    store.publish_dirty(fresh, portfolio.PROJECTIONS)
    portfolio.publish_monthly_values(fresh)
    return Built(len(people.ids), len(lives), already=False)


def _build_network(ctx: Context, contacts: int, seed: int, tell: Callable[[str], None]) -> Built:
    with store.tx(ctx) as tx:
        signed, opened = network.found(tx, contacts, seed, tell)
        _mark(tx)
        tx.audit("create", "demo", None, after={"contacts": contacts, "seed": seed})
    fresh = administration.operator(ctx.place, ctx.now, ctx.today)
    network.load(fresh, signed, opened, seed, tell)
    return Built(contacts, len(opened), already=False)


def _is_built(ctx: Context) -> bool:
    """Return whether the firm is there; refuse a store that holds somebody's clients."""
    from o2s_core.contacts.models import Contact

    with store.reading(ctx) as session:
        firm = session.exec(select(Firm).where(Firm.id == ctx.firm_id)).one()
        known = session.exec(select(Contact.id).where(Contact.firm_id == ctx.firm_id)).first()
    if firm.is_demo:
        return True
    if known is not None:
        raise StoreError(
            "Ce cabinet contient déjà des clients : le cabinet de démonstration ne s'y ajoute pas. "
            "Choisissez un autre dossier avec O2S_HOME."
        )
    return False


def _mark(tx: store.Tx) -> None:
    firm = tx.session.exec(select(Firm).where(Firm.id == tx.ctx.firm_id)).one()
    firm.is_demo, firm.totp_required = True, False
    firm.siren, firm.orias_number, firm.association = "000000000", "00 000 000", "cncgp"
    firm.address = "12 quai du Rivage, 69002 Lyon"
    firm.mediator, firm.liability_insurer = "Médiateur de l'AMF", "Assureur d'exemple"
    firm.statuses = "cif,coa"
    tx.session.add(firm)
