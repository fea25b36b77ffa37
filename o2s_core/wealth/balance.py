"""What are some people worth, net of what they owe? (bilan patrimonial)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core import contacts, store
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import RIGHTS
from o2s_core.portfolio.holders import HolderShare
from o2s_core.wealth.dismemberment import VIEWS
from o2s_core.wealth.items import Item, Question, items
from o2s_core.wealth.kinds import GROUPS, LIQUIDITY

CENTS: Final = pl.Decimal(38, 2)
#: One row per good or debt, in the order of the balance sheet; amounts are positive.
#: `value_eur` is the scope's part, null when it is not known: `note` says why.
BALANCE: Final = pl.Schema(
    {
        "key": pl.String(),
        "side": pl.String(),  #: asset, debt
        "group": pl.String(),  #: key of `kinds.GROUPS`
        "group_label": pl.String(),
        "label": pl.String(),
        "detail": pl.String(),
        "holders": pl.String(),
        "whole_eur": CENTS,
        "value_eur": CENTS,
        "outside_eur": CENTS,
        "value_on": pl.Date(),
        "old": pl.Boolean(),
        "liquidity": pl.String(),
        "source": pl.String(),  #: account, asset, loan
        "source_id": pl.Int64(),
        "via": pl.String(),
        "note": pl.String(),
    }
)
#: One row per part of a whole: goods positive, debts negative in `net_eur`.
PARTS: Final = pl.Schema(
    {
        "label": pl.String(),
        "assets_eur": CENTS,
        "debts_eur": CENTS,
        "net_eur": CENTS,
        "weight": pl.Float64(),  #: of the assets; null when there are none
    }
)


@dataclass(frozen=True, slots=True)
class Balance:
    """The balance sheet of a scope on a day; net worth may be negative.

    `outside_eur` is the part of the goods, net of debts, that belongs to others.
    """

    scope_name: str
    on: date
    view: str  #: key of `dismemberment.VIEWS`
    look_through: bool
    rows: pl.DataFrame
    owners: pl.DataFrame  #: schema `PARTS`, one row per person
    assets_eur: Decimal
    debts_eur: Decimal
    outside_eur: Decimal

    @property
    def net_eur(self) -> Decimal:
        """Return what is left once everything is paid back."""
        return self.assets_eur - self.debts_eur

    @property
    def debt_ratio(self) -> float | None:
        """Return debts over goods (LTV), null without goods."""
        return float(self.debts_eur / self.assets_eur) if self.assets_eur > 0 else None

    @property
    def convention(self) -> str:
        """Return how rights are valued, as screens and outputs print it."""
        through = ", sociétés par transparence" if self.look_through else ""
        valued = VIEWS[self.view]
        return f"Usufruit et nue-propriété : {valued[0].lower()}{valued[1:]}{through}"

    def side(self, side: str) -> pl.DataFrame:
        """Return the goods ("asset") or the debts ("debt"). Schema `BALANCE`."""
        return self.rows.filter(pl.col("side") == side)

    @property
    def unknown(self) -> pl.DataFrame:
        """Return what is left out of the totals; `note` says why. Schema `BALANCE`."""
        return self.rows.filter(pl.col("value_eur").is_null())

    @property
    def groups(self) -> pl.DataFrame:
        """Return goods and debts by nature. Schema `PARTS`."""
        return _parts(self.rows, "group", GROUPS, self.assets_eur)

    @property
    def ladder(self) -> pl.DataFrame:
        """Return the goods by how fast they turn into money. Schema `PARTS`."""
        return _parts(self.side("asset"), "liquidity", LIQUIDITY, self.assets_eur)


def balance(
    ctx: Context,
    scope: Scope,
    on: date | None = None,
    *,
    view: str = "tax",
    look_through: bool = False,
) -> Balance:
    """Return what a contact, a household or a group owns and owes on a day.

    Accounts come by themselves, at the value of Portefeuille › Synthèse. A good held by
    several members counts once; the part of others is apart. `view` values usufruct and
    bare ownership (`dismemberment.VIEWS`), `look_through` puts what a company owns in the
    place of its shares.

    Raises
    ------
    InvalidInputError
        The day is to come, or the view is unknown.
    """
    ctx.require(Permission.WEALTH_READ)
    day = on or ctx.today
    if day > ctx.today:
        raise InvalidInputError("La date du bilan ne peut pas être dans le futur.")
    if view not in VIEWS:
        raise InvalidInputError("Cette façon de valoriser l'usufruit n'existe pas.")
    with store.reading(ctx) as session:
        found = items(session, ctx, scope, Question(frozenset(), day, view, look_through))
        people = {h.contact_id for item in found for h in item.holders}
        names = contacts.names_of(ctx, people)
    order = list(GROUPS)
    found = sorted(found, key=lambda item: order.index(item.group))
    rows = pl.DataFrame([_row(item, names) for item in found], BALANCE)
    assets, debts = _total(found, "asset"), _total(found, "debt")
    return Balance(
        scope.name, day, view, look_through, rows, _owners(found, names, assets), assets, debts,
        _outside(found, "asset") - _outside(found, "debt"),
    )  # fmt: skip


def _row(item: Item, names: dict[int, str]) -> dict[str, Any]:
    source, id_ = item.key.split("-")[:2]
    plain = ("key", "side", "group", "label", "whole_eur", "value_on", "old", "liquidity", "via")
    return {name: getattr(item, name) for name in plain} | {
        "group_label": GROUPS[item.group],
        "detail": f"{item.detail} · via {item.via}" if item.via else item.detail,
        "holders": holders_in_words(item.holders, names),
        "value_eur": item.owned.total if item.owned else None,
        "outside_eur": item.owned.outside if item.owned else None,
        "source": source,
        "source_id": int(id_),
        "note": item.note,
    }


def holders_in_words(holders: Iterable[HolderShare], names: dict[int, str]) -> str:
    """Say who owns something: « Martin Anne 50 %, Martin Paul 50 % (nue-propriété) »."""
    owning = [h for h in holders if h.role not in {"insured", "representative"}]
    said = []
    for holder in owning:
        share = f"{holder.share * 100:.2f}".rstrip("0").rstrip(".").replace(".", ",")
        part = "" if len(owning) == 1 and holder.share == 1 else f" {share}\u00a0%"
        right = "" if holder.right == "full" else f" ({RIGHTS[holder.right].lower()})"
        said.append(f"{names.get(holder.contact_id, '')}{part}{right}")
    return ", ".join(said)


def _total(found: list[Item], side: str) -> Decimal:
    return sum((i.owned.total for i in found if i.side == side and i.owned), ZERO)


def _outside(found: list[Item], side: str) -> Decimal:
    return sum((i.owned.outside for i in found if i.side == side and i.owned), ZERO)


def _owners(found: list[Item], names: dict[int, str], assets: Decimal) -> pl.DataFrame:
    """Return what each person owns and owes. Schema `PARTS`, largest first."""
    sums: dict[int | None, list[Decimal]] = {}
    for item in found:
        for owner, amount in item.owned.parts if item.owned else ():
            mine = sums.setdefault(owner, [ZERO, ZERO])
            mine[item.side == "debt"] += amount
    rows = [
        _part(names.get(owner or 0, ""), owned, owed, assets)
        for owner, (owned, owed) in sums.items()
    ]
    return pl.DataFrame(rows, PARTS).sort("net_eur", descending=True, maintain_order=True)


def _part(label: str, owned: Decimal, owed: Decimal, assets: Decimal) -> dict[str, Any]:
    weight = float(owned / assets) if assets > 0 else None
    return {"label": label, "assets_eur": owned, "debts_eur": owed, "net_eur": owned - owed,
            "weight": weight}  # fmt: skip


def _parts(rows: pl.DataFrame, by: str, labels: Any, assets: Decimal) -> pl.DataFrame:  # noqa: ANN401
    found = []
    for code, label in labels.items():
        mine = rows.filter((pl.col(by) == code) & pl.col("value_eur").is_not_null())
        if mine.height:
            sums = [sum(mine.filter(pl.col("side") == s)["value_eur"], ZERO)
                    for s in ("asset", "debt")]  # fmt: skip
            found.append(_part(label, sums[0], sums[1], assets))
    return pl.DataFrame(found, PARTS)
