"""What a usufruct and a bare ownership are worth: article 669 of the tax code, or full value."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from o2s_core.analytics.loans import due_day
from o2s_core.kernel.errors import DataError
from o2s_core.kernel.money import ZERO, cents, split_by_shares
from o2s_core.kernel.parameters import parameter, parameters
from o2s_core.portfolio.holders import HolderShare, Owned

#: code -> how the switch and the outputs say it.
VIEWS: Final = MappingProxyType(
    {"tax": "Valeur fiscale (art. 669 du CGI)", "civil": "Pleine valeur (usufruitier)"}
)
LIFE: Final = "usufruct.life."
#: Ages from which a share holds, as the law names them.
AGES: Final = sorted(int(n.removeprefix(LIFE)) for n in parameters() if n.startswith(LIFE))
PERIOD: Final = 10  #: years, article 669 II


class UnknownUsufructError(DataError):
    """The age that values a usufruct is not known."""

    def __init__(self) -> None:
        super().__init__(
            "usufruit : la date de naissance de l'usufruitier n'est pas connue ici ; "
            "renseignez-la dans son dossier, ou donnez le terme de l'usufruit."
        )


def age_on(born: date, on: date) -> int:
    """Return the completed years of somebody on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def life_usufruct(age: int, on: date) -> Decimal:
    """Return the share of a usufruct for life, by the age of who holds it (art. 669 I).

    >>> life_usufruct(65, date(2026, 1, 1))
    Decimal('0.4')
    """
    start = max(known for known in AGES if known <= age)
    return parameter(f"{LIFE}{start}", on).value


def term_usufruct(years: int, on: date, age: int | None = None) -> Decimal:
    """Return the share of a usufruct for a term (art. 669 II), capped by that for life.

    Each started period of ten years counts; without age there is no cap.
    """
    share = min(parameter("usufruct.term.share", on).value * -(-years // PERIOD), Decimal(1))
    return share if age is None else min(share, life_usufruct(age, on))


def shared(
    amount: Decimal,
    owners: Sequence[HolderShare],
    members: AbstractSet[int],
    *,
    on: date,
    view: str = "tax",
    births: Mapping[int, date | None] = MappingProxyType({}),
) -> Owned:
    """Return what some people own of an amount of whole cents, each right at its value.

    "tax": usufruct and bare ownership by article 669, so that they add up to the whole.
    "civil": a good counts once at its full value, for the usufructuary when he is among the
    members, else for the bare owner.

    Raises
    ------
    UnknownUsufructError
        The age of a usufructuary is needed and unknown.
    """
    holding = [o for o in owners if o.role not in {"insured", "representative"}]
    ratios = _civil(holding, members) if view == "civil" else _tax(holding, on, births)
    cut = split_by_shares(cents(amount), ratios)
    parts: dict[int, Decimal] = {}
    for owner, part in zip(holding, cut, strict=True):
        if owner.contact_id in members and part:
            parts[owner.contact_id] = parts.get(owner.contact_id, ZERO) + part
    outside = cents(amount) - sum(parts.values(), ZERO)
    return Owned(tuple(parts.items()), outside)


def _tax(
    owners: Sequence[HolderShare], on: date, births: Mapping[int, date | None]
) -> list[Decimal]:
    """Return the share of the whole that each owner's right is worth."""
    usufruct = sum((o.share for o in owners if o.right == "usufruct"), ZERO)
    worth = {id(o): o.share * _usufruct(o, on, births) for o in owners if o.right == "usufruct"}
    left = 1 - sum(worth.values(), ZERO) / usufruct if usufruct else Decimal(1)
    return [
        o.share if o.right == "full" else worth[id(o)] if o.right == "usufruct" else o.share * left
        for o in owners
    ]


def _usufruct(owner: HolderShare, on: date, births: Mapping[int, date | None]) -> Decimal:
    born = births.get(owner.contact_id)
    age = None if born is None else age_on(born, on)
    until: date | None = getattr(owner, "until", None)
    if until is not None:
        return term_usufruct(_started_years(on, until), on, age)
    if age is None:
        raise UnknownUsufructError
    return life_usufruct(age, on)


def _started_years(on: date, until: date) -> int:
    years = 0
    while due_day(on, 12 * years) < until:
        years += 1
    return years


def _civil(owners: Sequence[HolderShare], members: AbstractSet[int]) -> list[Decimal]:
    inside = [o for o in owners if o.contact_id in members]
    used = sum((o.share for o in inside if o.right == "usufruct"), ZERO)
    bare = sum((o.share for o in inside if o.right == "bare"), ZERO)
    more = max(bare - used, ZERO) / bare if bare else ZERO
    kept = {id(o) for o in inside}
    return [
        ZERO if id(o) not in kept and o.right != "full"
        else o.share * more if o.right == "bare"
        else o.share
        for o in owners
    ]  # fmt: skip
