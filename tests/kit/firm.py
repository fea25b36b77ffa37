"""Two agencies, two advisers and one user of each profile, on a store of their own."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from o2s_core import store
from o2s_core.administration import models as admin
from o2s_core.kernel.context import Context, Perimeter, Place
from o2s_core.kernel.permissions import Permission

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)

#: login, profile, scope, agency index, may own clients
PEOPLE = [
    ("alice", "conseiller", "own", 0, True),
    ("bruno", "conseiller", "own", 1, True),
    ("manager", "manager", "firm", 0, False),
    ("analyste", "analyste", "none", 0, False),
    ("conformite", "conformite", "firm", 0, False),
    ("assistant", "assistant", "own", 0, False),
    ("admin", "administrateur", "none", 0, False),
]


@dataclass(frozen=True)
class Firm:
    """The firm under test; `alice` and `bruno` are advisers who must not see each other's clients."""

    place: Place
    id: int
    user_ids: dict[str, int]
    operator: Context  #: the command line: everybody, every right

    @property
    def alice(self) -> Context:
        return self.adviser("alice")

    @property
    def bruno(self) -> Context:
        return self.adviser("bruno")

    def adviser(self, login: str) -> Context:
        """A context with every right and the perimeter of one adviser."""
        me = self.user_ids[login]
        return replace(
            self.operator, user_id=me, actor=login, perimeter=Perimeter(adviser_ids=frozenset({me}))
        )

    def fresh(self, ctx: Context) -> Context:
        """The same context after a write: with the data versions as they are now."""
        return replace(ctx, versions=store.versions(self.place, self.id))


def new_firm(place: Place) -> Firm:
    """Fill an empty, migrated store with the firm under test."""
    operator = Context(
        place, 1, None, "cli", Perimeter(everyone=True), frozenset(Permission), NOW, TODAY
    )
    with store.tx(operator) as tx:
        firm = admin.Firm(name="Cabinet d'essai", firm_id=1, totp_required=False)
        tx.add(firm)
        agencies = [admin.Agency(firm_id=1, name=name) for name in ("Lyon", "Nantes")]
        for agency in agencies:
            tx.add(agency)
        ids = {}
        for login, profile, scope, agency, owns in PEOPLE:
            user = admin.User(
                firm_id=1,
                login=login,
                last_name=login.title(),
                profile=profile,
                scope=scope,
                agency_id=agencies[agency].id,
                is_adviser=owns,
            )
            tx.add(user)
            ids[login] = user.id
    return Firm(place, 1, ids, operator)
