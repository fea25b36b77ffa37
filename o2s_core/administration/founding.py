"""How a firm begins: an empty store, one firm, one administrator."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from o2s_core import store
from o2s_core.administration.models import Firm, User
from o2s_core.kernel.context import Context, Perimeter, Place
from o2s_core.kernel.permissions import Permission
from o2s_core.store.housekeeping import plan


@dataclass(frozen=True, slots=True)
class Initial:
    """The firm that was made or found; the password is known only the first time."""

    firm_id: int
    login: str
    password: str | None


def init(
    place: Place,
    now: datetime,
    today: date,
    *,
    firm_name: str = "Mon cabinet",
    admin_login: str = "admin",
) -> Initial:
    """Found the firm: schema, key file, firm and first administrator; a second time does nothing.

    The administrator's password is drawn, shown once, and must be changed at
    the first sign-in.
    """
    store.migrate(place)
    store.init_key(place)
    with Session(store.engine(place)) as session:
        existing = session.exec(select(Firm.id)).first()
    if existing is not None:
        return Initial(existing, admin_login, None)
    from o2s_core.administration import passwords

    password = passwords.draw()
    hashed = passwords.hashed(place, password)
    ctx = Context(
        place, 1, None, "cli", Perimeter(everyone=True), frozenset(Permission), now, today
    )
    with store.tx(ctx) as tx:
        firm = Firm(firm_id=1, name=firm_name, totp_required=True)
        tx.add(firm)
        admin = User(
            firm_id=1,
            login=admin_login,
            last_name="Administrateur",
            profile="administrateur",
            scope="none",
            password_hash=hashed,
            password_changed_at=now,
            must_change_password=True,
        )
        tx.add(admin)
        tx.audit("create", "firm", firm.id, after={"name": firm_name, "admin": admin.id})
        tx.touch("administration")
        plan(ctx)
    return Initial(1, admin_login, password)
