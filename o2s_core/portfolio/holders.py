"""Who holds an account, by which right, for which share; what a set of people owns of it."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from o2s_core.kernel.money import ZERO, cents, split_by_shares

#: code -> label of the right of a holder.
RIGHTS: Final = MappingProxyType(
    {"full": "Pleine propriété", "usufruct": "Usufruit", "bare": "Nue-propriété"}
)
#: code -> label of the role of a holder.
ROLES: Final = MappingProxyType(
    {
        "holder": "Titulaire",
        "co_holder": "Co-titulaire",
        "subscriber": "Souscripteur",
        "insured": "Assuré",
        "representative": "Représentant",
    }
)
#: Roles that own nothing: the life insured, the person who signs for another.
WITHOUT_SHARE: Final = frozenset({"insured", "representative"})
#: Thirds are stored as 0.33333333: a sum this near to 1 is the whole.
TOLERANCE: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class HolderShare:
    """One holder as a form gives it; `share` is a ratio, 0.5 is 50 %."""

    contact_id: int
    share: Decimal = Decimal(1)
    right: str = "full"
    role: str = "holder"


@dataclass(frozen=True, slots=True)
class Owned:
    """What a set of people owns of an amount.

    `parts` gives each owner's cents, in the order of the contract; the key is
    the contact, or None for what is owned in usufruct and bare ownership
    together. `outside` is held in full by people who are not in the set,
    `split_right` is in usufruct or bare ownership without its counterpart.
    """

    parts: tuple[tuple[int | None, Decimal], ...]
    outside: Decimal = ZERO
    split_right: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Return what the set owns, in cents."""
        if len(self.parts) == 1:
            return self.parts[0][1]
        return sum((amount for _, amount in self.parts), ZERO)


def share_problem(holders: Sequence[HolderShare]) -> str | None:
    """Say in French what is wrong with the shares of an account, or nothing.

    Full ownership adds up to 100 %; where an account is dismembered, so do
    full ownership and bare ownership, and full ownership and usufruct.
    """
    owners = [h for h in holders if h.role not in WITHOUT_SHARE]
    if not owners:
        return "indiquez au moins un titulaire."
    if len({(h.contact_id, h.right) for h in holders}) < len(holders):
        return "un même titulaire ne peut figurer deux fois avec le même droit."
    if any(h.share <= 0 or h.share > 1 for h in owners):
        return "chaque part doit être comprise entre 0 et 100 %."
    return _sum_problem(owners)


def _sum_problem(owners: Sequence[HolderShare]) -> str | None:
    full, bare, usufruct = (_sum(owners, right) for right in ("full", "bare", "usufruct"))
    for label, total in _totals(full, bare, usufruct):
        if abs(total - 1) > TOLERANCE:
            return f"le total des parts ({label}) doit être de 100 %, il est de {total * 100:f} %."
    return None


def _totals(full: Decimal, bare: Decimal, usufruct: Decimal) -> list[tuple[str, Decimal]]:
    if not bare and not usufruct:
        return [("pleine propriété", full)]
    lead = "pleine propriété et " if full else ""
    return [(f"{lead}nue-propriété", full + bare), (f"{lead}usufruit", full + usufruct)]


def _sum(owners: Iterable[HolderShare], right: str) -> Decimal:
    return sum((h.share for h in owners if h.right == right), ZERO)


def whole(shares: Sequence[Decimal]) -> list[Decimal]:
    """Return shares that add up to exactly 1 when they were meant to (thirds)."""
    total = sum(shares, ZERO)
    near = total and total != 1 and abs(total - 1) <= TOLERANCE
    return [share / total for share in shares] if near else list(shares)


def owned(amount: Decimal, holders: Sequence[HolderShare], members: AbstractSet[int]) -> Owned:
    """Return what `members` own of an amount of whole cents.

    Full ownership counts by share. Usufruct and bare ownership count together
    only: a set of people owns as much full property as the smaller of its two
    shares (a parent and the children who hold the rest own it once); a right
    alone has no value here until it is valued by article 669 of the tax code.
    """
    if _alone(holders) and holders[0].contact_id in members:
        return Owned(((holders[0].contact_id, cents(amount)),))
    full = [h for h in holders if h.right == "full" and h.role not in WITHOUT_SHARE]
    bare = [h for h in holders if h.right == "bare" and h.role not in WITHOUT_SHARE]
    cut = split_by_shares(amount, whole([h.share for h in (*full, *bare)]))
    mine = [
        (h.contact_id, part) for h, part in zip(full, cut, strict=False) if h.contact_id in members
    ]
    outside = sum(cut[: len(full)], ZERO) - sum((part for _, part in mine), ZERO)
    dismembered = sum(cut[len(full) :], ZERO)
    if not dismembered:
        return Owned(tuple(mine), outside)
    together = _together(dismembered, holders, members)
    parts = (*mine, (None, together)) if together else tuple(mine)
    return Owned(parts, outside, dismembered - together)


def _alone(holders: Sequence[HolderShare]) -> bool:
    """Return whether one person owns all of it, in full: the most frequent case."""
    if len(holders) != 1:
        return False
    (one,) = holders
    return one.right == "full" and one.share == 1 and one.role not in WITHOUT_SHARE


def _together(
    amount: Decimal, holders: Sequence[HolderShare], members: AbstractSet[int]
) -> Decimal:
    """Return the part of a dismembered amount whose two rights are both among the members."""
    ratios = []
    for right in ("bare", "usufruct"):
        total = sum((h.share for h in holders if h.right == right), ZERO)
        held = sum((h.share for h in holders if h.right == right and h.contact_id in members), ZERO)
        ratios.append(held / total if total else ZERO)
    return cents(amount * min(ratios))
