"""What does a statement say? The figures of the pages, gathered once."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from o2s_core import administration, contacts, portfolio
from o2s_core.administration import Letterhead
from o2s_core.contacts import Scope
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import Holdings, MovementFilter, Performance

BOTH: Final = "Madame, Monsieur"


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything a statement may show, from the close of `start` to the close of `on`.

    `performance` is None, with the reason in `no_performance`, when nothing is known of
    the period. `accounts` are those of the scope (schema `portfolio.ACCOUNTS`).
    """

    scope: Scope
    addressee: str  #: as one addresses the letter
    salutation: str  #: as the letter begins
    adviser: str  #: empty when none
    letterhead: Letterhead
    start: date
    on: date
    made_on: date
    held: Holdings
    performance: Performance | None
    no_performance: str
    movements: pl.DataFrame
    accounts: pl.DataFrame

    @property
    def period(self) -> str:
        """Return the days it speaks of, in words."""
        return f"du {french.day(self.start)} au {french.day(self.on)}"


def statement(
    ctx: Context, scope: Scope, start: date | None = None, on: date | None = None
) -> Statement:
    """Return what a contact, a household or a group holds on a day, and what happened before.

    Every figure is that of the pages Synthèse, Performance and Mouvements on these days.

    Parameters
    ----------
    start
        The period begins at its close; the end of last year by default (`first_day`). A day
        before anything is known is replaced by the first one known.
    on
        The last day, today by default; a day to come is refused.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    last = on or ctx.today
    first = start or first_day(last)
    if first >= last:
        raise InvalidInputError("Le début de la période doit précéder la date de l'état.")
    held = portfolio.holdings(ctx, scope, last)
    found = portfolio.performance(ctx, scope, first, last, by_contract=True)
    inside = MovementFilter(start=first + timedelta(days=1), end=last)
    addressee, salutation = _addressed(ctx, scope)
    return Statement(
        scope=scope,
        addressee=addressee,
        salutation=salutation,
        adviser=_adviser(ctx, scope),
        letterhead=administration.letterhead(ctx),
        start=max(first, found.start) if found else first,
        on=last,
        made_on=ctx.today,
        held=held,
        performance=found,
        no_performance="" if found else "rien n'est connu des avoirs sur cette période",
        movements=portfolio.movements(ctx, scope, inside),
        accounts=portfolio.accounts(ctx, scope),
    )


def first_day(on: date) -> date:
    """Return the day at whose close the year of a day begins: 31 December."""
    return date(on.year, 1, 1) - timedelta(days=1)


def _addressed(ctx: Context, scope: Scope) -> tuple[str, str]:
    """Return to whom the letter goes, and how it begins."""
    if scope.kind == "group":
        return scope.name, BOTH
    card = contacts.contact_by_id(ctx, scope.id)
    civility = card.form.civility if card.kind == "person" else ""
    return card.title, {"mme": "Madame", "m": "Monsieur"}.get(civility, BOTH)


def _adviser(ctx: Context, scope: Scope) -> str:
    return contacts.adviser_choices(ctx).get(str(scope.adviser_id), "")
