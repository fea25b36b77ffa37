"""What did each part of a whole do? (performance par compte, support, classe, titulaire)."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl

from o2s_core import contacts, market
from o2s_core.analytics import contribution, returns
from o2s_core.analytics.observations import Numbers
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.money import ZERO, cents
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.holdings import TOGETHER, Holdings, holdings
from o2s_core.portfolio.performance.contributions import REST, Key, line_gains
from o2s_core.portfolio.performance.figures import Performance, performance
from o2s_core.portfolio.performance.flows import external_flows
from o2s_core.portfolio.performance.measuring import Measured, measured
from o2s_core.portfolio.performance.moves import moves
from o2s_core.portfolio.performance.paths import Paths, paths

EUROS: Final = pl.Decimal(38, 2)
#: Axis -> how the screen calls it.
PART_AXES: Final = {
    "account": "Contrat",
    "instrument": "Support",
    "asset_class": "Classe d'actifs",
    "owner": "Titulaire",
}
#: One row per part, the largest closing value first, what no part explains last. On each row
#: and in all: `opening_eur + flows_eur + gain_eur = closing_eur`; every column adds up to the
#: whole, to the cent, but `twr`, the part's own time-weighted return (a ratio, null where there
#: is none). What passes from one part to another is a flow of both and none of the whole.
PARTS: Final = pl.Schema(
    {
        "part": pl.String(),
        "label": pl.String(),
        "sub": pl.String(),
        "opening_eur": EUROS,
        "flows_eur": EUROS,
        "gain_eur": EUROS,
        "closing_eur": EUROS,
        "twr": pl.Float64(),
        "contribution": pl.Float64(),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of the whole: its gain of each day after the first, its worth, its return."""

    label: str
    sub: str
    gains: Numbers
    opening: Decimal
    closing: Decimal
    twr: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Whole:
    """The whole that the parts add up to, over its period."""

    ctx: Context
    scope: Scope
    found: Paths
    period: Measured
    said: Performance
    opening: Holdings
    closing: Holdings
    gross: bool

    @property
    def gains(self) -> Numbers:
        """Return what the whole earned each day after the first."""
        return _gains(self.period)


def performance_parts(
    ctx: Context,
    scope: Scope,
    start: date | None = None,
    end: date | None = None,
    *,
    by: str = "account",
    gross: bool = False,
) -> pl.DataFrame:
    """Return what each part of a scope did over a period, as `performance` says it of the whole.

    `by` is a key of `PART_AXES`. Schema `PARTS`, without row when nothing is known.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    if by not in PART_AXES:
        raise InvalidInputError(f"Axe de performance inconnu : {by}.")
    said = performance(ctx, scope, start, end, gross=gross)
    if said is None:
        return PARTS.to_frame()
    found = paths(ctx, scope, said.end)
    flows = external_flows(found, moves(ctx, found), gross=gross)
    period = measured(found, flows, said.start, said.end)
    if period is None:
        return PARTS.to_frame()
    whole = _Whole(
        ctx, scope, found, period, said,
        holdings(ctx, scope, period.first), holdings(ctx, scope, period.last), gross,
    )  # fmt: skip
    return _table(whole, _SPLITS[by](whole))


def _by_account(whole: _Whole) -> dict[str, _Part]:
    """Return the contracts; what passes from one to another is a flow of both."""
    flows = external_flows(whole.found, moves(whole.ctx, whole.found), gross=whole.gross)
    opening, closing = (_worth(held, ["account_id"]) for held in (whole.opening, whole.closing))
    made = {}
    for path in whole.found.accounts:
        alone = replace(whole.found, accounts=(path,))
        own = measured(alone, flows, whole.period.first, whole.period.last)
        if own is None:
            continue
        id_, account = path.account.id, path.account
        made[str(id_)] = _Part(
            account.label, f"{account.provider} · n° {account.number}", _padded(whole, own),
            opening.get((id_,), ZERO), closing.get((id_,), ZERO), own.twr,
        )  # fmt: skip
    return made


def _by_owner(whole: _Whole) -> dict[str, _Part]:
    """Return the holders, each by their own share; rights held together are the rest."""
    names = contacts.names_of(whole.ctx, set(whole.scope.member_ids))
    opening, closing = (_owned(held) for held in (whole.opening, whole.closing))
    made = {}
    for id_ in whole.scope.member_ids:
        own = _of_member(whole, id_)
        if own is None:
            continue
        made[str(id_)] = _Part(
            names[id_], "", _padded(whole, own),
            opening.get(id_, ZERO), closing.get(id_, ZERO), own.twr,
        )  # fmt: skip
    if opening.get(None) or closing.get(None):
        rest = whole.gains - _sum(part.gains for part in made.values())
        made[""] = _Part(
            TOGETHER, "", rest, opening.get(None, ZERO), closing.get(None, ZERO), None
        )  # fmt: skip
    return made


def _of_member(whole: _Whole, contact_id: int) -> Measured | None:
    found = paths(whole.ctx, replace(whole.scope, member_ids=(contact_id,)), whole.said.end)
    if not found.accounts:
        return None
    flows = external_flows(found, moves(whole.ctx, found), gross=whole.gross)
    return measured(found, flows, whole.period.first, whole.period.last)


def _by_instrument(whole: _Whole) -> dict[str, _Part]:
    return _by_lines(whole, lambda key, label, _: (str(key), label, _accounts(whole)[key[0]]))


def _by_class(whole: _Whole) -> dict[str, _Part]:
    names = market.ASSET_CLASSES
    return _by_lines(whole, lambda _, __, kind: (kind, names.get(kind, kind), ""))


def _accounts(whole: _Whole) -> dict[int, str]:
    return {path.account.id: path.account.label for path in whole.found.accounts}


def _by_lines(
    whole: _Whole, named: Callable[[Key, str, str], tuple[str, str, str]]
) -> dict[str, _Part]:
    """Return the lines added up by what `named` says: part, label, what stands under it."""
    gains, said = line_gains(whole.found, moves(whole.ctx, whole.found))
    values = _values(whole.found)
    opening, closing = (_by_key(held) for held in (whole.opening, whole.closing))
    groups: dict[tuple[str, str, str], list[Key]] = defaultdict(list)
    for key, (label, kind) in said.items():
        groups[named(key, label, kind)].append(key)
    made = {}
    for (part, label, sub), keys in groups.items():
        gained = _inside(whole, _sum(gains[key] for key in keys))[1:]
        worth = _inside(whole, _sum(values[key] for key in keys))
        made[part] = _Part(
            label, sub, gained, sum((opening.get(key, ZERO) for key in keys), ZERO),
            sum((closing.get(key, ZERO) for key in keys), ZERO), _own_return(worth, gained),
        )  # fmt: skip
    return made


def _values(found: Paths) -> dict[Key, Numbers]:
    """Return what each line was worth every day, 0 where it is not held or not known."""
    made: dict[Key, Numbers] = defaultdict(lambda: np.zeros(len(found.days)))
    for path in found.accounts:
        for line in path.lines:
            name = line.position.instrument_id or line.position.label
            held = np.nan_to_num(line.worth[: line.stop - line.start])
            made[path.account.id, name][line.start : line.start + len(held)] += held
    return made


def _own_return(worth: Numbers, gained: Numbers) -> float | None:
    """Return the compounded return of some lines; what comes in counts at the opening."""
    moved = np.concatenate([[0.0], np.diff(worth) - gained])
    entering, leaving = np.maximum(moved, 0.0), np.maximum(-moved, 0.0)
    if not ((worth[:-1] + entering[1:]) > 0.005).any():
        return None
    return float(returns.time_weighted(worth, entering, leaving)[-1])


def _table(whole: _Whole, parts: Mapping[str, _Part]) -> pl.DataFrame:
    """Return the parts as rows, with the rest that none explains."""
    rest = whole.gains - _sum(part.gains for part in parts.values())
    matrix = np.column_stack([*(part.gains for part in parts.values()), rest])
    capital = whole.period.values[:-1] + whole.period.entering[1:]
    added = contribution.of_gains(matrix, capital)
    gains = [_euros(part.gains.sum()) for part in parts.values()]
    rows = [
        _row(name, part, gain, float(share))
        for (name, part), gain, share in zip(parts.items(), gains, added[:-1], strict=True)
        if part.opening or part.closing or gain
    ]
    rows.sort(key=lambda row: -row["closing_eur"])
    last = _rest(whole, rows, float(added[-1]))
    return pl.DataFrame([*rows, *last], PARTS)


def _row(name: str, part: _Part, gain: Decimal, share: float) -> dict[str, Any]:
    return {
        "part": name,
        "label": part.label,
        "sub": part.sub,
        "opening_eur": part.opening,
        "flows_eur": part.closing - part.opening - gain,
        "gain_eur": gain,
        "closing_eur": part.closing,
        "twr": part.twr,
        "contribution": share,
    }


def _rest(whole: _Whole, rows: list[dict[str, Any]], share: float) -> list[dict[str, Any]]:
    """Return what the rows leave of the whole; cents of rounding go to the largest gain."""
    said = whole.said
    left = {
        "opening_eur": said.opening_eur - _total(rows, "opening_eur"),
        "closing_eur": said.closing_eur - _total(rows, "closing_eur"),
        "gain_eur": said.gain_eur - _total(rows, "gain_eur"),
    }
    small = all(abs(amount) <= Decimal("0.01") * (len(rows) + 1) for amount in left.values())
    if rows and small and not left["opening_eur"] and not left["closing_eur"]:
        largest = max(rows, key=lambda row: abs(row["gain_eur"]))
        largest["gain_eur"] += left["gain_eur"]
        largest["flows_eur"] -= left["gain_eur"]
        largest["contribution"] += share
        return []
    flows = left["closing_eur"] - left["opening_eur"] - left["gain_eur"]
    named = {"part": "", "label": REST, "sub": "", "twr": None}
    return [named | left | {"flows_eur": flows, "contribution": share}]


def _padded(whole: _Whole, own: Measured) -> Numbers:
    """Return the daily gains of a part over the whole's days: nothing before it is known."""
    gains = _gains(own)
    return np.concatenate([np.zeros(len(whole.gains) - len(gains)), gains])


def _gains(period: Measured) -> Numbers:
    return np.diff(period.values) - period.entering[1:] + period.leaving[1:]


def _inside(whole: _Whole, daily: Numbers) -> Numbers:
    first, last = whole.found.at(whole.period.first), whole.found.at(whole.period.last)
    return daily[first : last + 1]


def _sum(daily: Iterable[Numbers]) -> Numbers:
    rows = list(daily)
    return np.sum(rows, axis=0) if rows else np.zeros(1)


def _total(rows: Iterable[Mapping[str, Any]], name: str) -> Decimal:
    return sum((row[name] for row in rows), ZERO)


def _worth(held: Holdings, names: list[str]) -> dict[tuple[Any, ...], Decimal]:
    found: dict[tuple[Any, ...], Decimal] = defaultdict(lambda: ZERO)
    for *key, value in held.lines.select(*names, "value_eur").iter_rows():
        found[tuple(key)] += value
    return found


def _by_key(held: Holdings) -> dict[Hashable, Decimal]:
    """Return the worth of each line by its account and instrument, or label without one."""
    found = _worth(held, ["account_id", "instrument_id", "label"])
    made: dict[Hashable, Decimal] = defaultdict(lambda: ZERO)
    for (account, instrument, label), value in found.items():
        made[account, instrument or label] += value
    return made


def _owned(held: Holdings) -> dict[int | None, Decimal]:
    found: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
    for owner, value in held.owners.select("owner_id", "value_eur").iter_rows():
        found[owner] += value
    return found


def _euros(amount: float) -> Decimal:
    return cents(Decimal(repr(float(amount))))


_SPLITS: Final[Mapping[str, Callable[[_Whole], dict[str, _Part]]]] = {
    "account": _by_account,
    "instrument": _by_instrument,
    "asset_class": _by_class,
    "owner": _by_owner,
}
