"""The quick search (zone de recherche rapide): one box for people, accounts and supports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from o2s_core import contacts, market, portfolio
from o2s_core.contacts import FoundContact
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market import FoundInstrument
from o2s_core.portfolio import FoundAccount

_Found = TypeVar("_Found")
SHORTEST: Final = 2  #: characters from which something is searched
LONGEST: Final = 100  #: characters that count; nobody's name is longer
MOST: Final = 50  #: answers of one kind


@dataclass(frozen=True, slots=True)
class Findings:
    """What a text may mean, the likeliest first; a kind that the user may not read is empty."""

    contacts: tuple[FoundContact, ...] = ()
    accounts: tuple[FoundAccount, ...] = ()
    instruments: tuple[FoundInstrument, ...] = ()


def quick_search(ctx: Context, text: str, *, limit: int = 5, archived: bool = False) -> Findings:
    """Return at most `limit` contacts, accounts and supports that a text may mean.

    Shorter than two characters, it means nothing yet. Archived files, closed
    accounts and inactive supports answer only when `archived` asks for them.
    """
    ctx.require(Permission.SELF_MANAGE)
    wanted, limit = text.replace("\x00", "").strip()[:LONGEST], min(limit, MOST)
    if len(wanted) < SHORTEST:
        return Findings()
    return Findings(
        _asked(ctx, Permission.CONTACT_READ, contacts.search_contacts, wanted, limit, archived),
        _asked(ctx, Permission.PORTFOLIO_READ, portfolio.search_accounts, wanted, limit, archived),
        _asked(ctx, Permission.MARKET_READ, market.search_instruments, wanted, limit, archived),
    )


def _asked(
    ctx: Context,
    needs: Permission,
    search: Callable[..., tuple[_Found, ...]],
    text: str,
    limit: int,
    archived: bool,
) -> tuple[_Found, ...]:
    """Ask one kind, when the user may read it."""
    return search(ctx, text, limit=limit, archived=archived) if ctx.may(needs) else ()
