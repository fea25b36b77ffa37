"""Who owns a good or owes a loan: as typed, as checked, as stored."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError
from o2s_core.kernel.money import split_by_shares
from o2s_core.portfolio.account_checks import require_holders
from o2s_core.portfolio.holders import HolderShare, share_problem
from o2s_core.wealth.kinds import ORIGINS
from o2s_core.wealth.models import Ownership


@dataclass(frozen=True, slots=True)
class OwnerShare(HolderShare):
    """One owner; `share` is a ratio in hundredths of a percent, `until` ends a term usufruct."""

    origin: str = ""
    until: date | None = None


def owner_problem(owners: Sequence[HolderShare]) -> str | None:
    """Say in French what is wrong with the owners of a good, or nothing.

    Each right adds up to exactly 100 % once shares are in hundredths of a percent.
    """
    if problem := share_problem(owners):
        return problem
    if any(o.share != o.share.quantize(Decimal("0.0001")) for o in owners):
        return "les parts se donnent en centièmes de pour cent, par exemple 33,33 %."
    full, bare, usufruct = (
        sum(o.share for o in owners if o.right == right) for right in ("full", "bare", "usufruct")
    )
    if full + bare != 1 or full + usufruct != 1:
        return "le total des parts de chaque droit doit être exactement de 100 %."
    wrong = [o for o in owners if getattr(o, "origin", "") and o.origin not in ORIGINS]  # type: ignore[attr-defined]
    return "choisissez une origine de la liste." if wrong else None


def as_owners(holders: Sequence[HolderShare]) -> tuple[OwnerShare, ...]:
    """Return owners in hundredths of a percent; thirds are split so that they add up to 100 %."""
    found = []
    for rights in ({"full", "bare"}, {"usufruct"}):
        some = [h for h in holders if h.right in rights]
        cut = split_by_shares(Decimal(100), [h.share for h in some])
        found += [
            OwnerShare(h.contact_id, part / 100, h.right) for h, part in zip(some, cut, strict=True)
        ]
    return tuple(found)


def require_owners(owners: Sequence[HolderShare], *, full_only: bool = False) -> None:
    """Refuse owners whose shares do not add up; borrowers owe in full only."""
    problem = owner_problem(owners)
    if problem is None and full_only and any(o.right != "full" for o in owners):
        problem = "un emprunteur ne doit qu'en pleine propriété."
    if problem:
        raise InvalidInputError([FieldProblem("owners", "Détenteurs et droits", problem)])


def write_owners(tx: store.Tx, owners: Sequence[HolderShare], **of: int) -> None:
    """Write the owners of `asset_id=` or `loan_id=`; new ones lie inside the perimeter."""
    ((name, id_),) = of.items()
    known = {o.contact_id for o in owners_of(tx.session, tx.ctx, name, [id_])[id_]}
    require_holders(tx.session, tx.ctx, [o.contact_id for o in owners if o.contact_id not in known])
    mine = (col(Ownership.firm_id) == tx.ctx.firm_id, col(getattr(Ownership, name)) == id_)
    tx.session.execute(delete(Ownership).where(*mine))
    for rank, owner in enumerate(owners):
        row = {"firm_id": tx.ctx.firm_id, "rank": rank, name: id_}
        tx.add(Ownership(**row | _row(owner)))


def _row(owner: HolderShare) -> dict[str, Any]:
    return {
        "contact_id": owner.contact_id,
        "share": owner.share,
        "right": owner.right,
        "origin": getattr(owner, "origin", ""),
        "until": getattr(owner, "until", None),
    }


def owners_of(
    session: Session, ctx: Context, name: str, ids: Collection[int]
) -> dict[int, tuple[OwnerShare, ...]]:
    """Return the owners of some goods (`asset_id`) or loans (`loan_id`), in their order."""
    column = col(getattr(Ownership, name))
    query = (
        select(Ownership)
        .where(Ownership.firm_id == ctx.firm_id, store.among(ctx, column, ids))
        .order_by(col(Ownership.rank), col(Ownership.id))
    )
    found: dict[int, list[OwnerShare]] = defaultdict(list)
    for row in session.exec(query):
        found[getattr(row, name)].append(
            OwnerShare(row.contact_id, row.share, row.right, "holder", row.origin, row.until)
        )
    return defaultdict(tuple, {id_: tuple(owners) for id_, owners in found.items()})
