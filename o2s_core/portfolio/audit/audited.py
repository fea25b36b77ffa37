"""A portfolio as the audit sees it: its lines with all that is known of them, read once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from o2s_core.kernel.money import ZERO

#: Amounts at a partner, not securities: no fund cost, no risk indicator, no price.
AMOUNTS: Final = frozenset({"cash", "fonds_euros", "euro_croissance"})
#: Kinds that charge ongoing costs.
FUNDS: Final = frozenset({"opcvm", "etf", "scpi", "sci", "opci", "fcpr", "fcpi", "fip", "fpci"})


@dataclass(frozen=True, slots=True)
class AuditedLine:
    """A line, the scope's share; None and "" are what nobody said."""

    label: str
    value_eur: Decimal
    weight: float  #: of the whole; 0 when the whole is not positive
    account: str = ""
    account_id: int | None = None
    provider: str = ""
    envelope: str = ""
    instrument_id: int | None = None
    isin: str = ""
    kind: str = "opcvm"
    asset_class: str = "unknown"
    currency: str = "EUR"
    manager: str = ""
    status: str = "active"
    decision: str = ""  #: of the firm: approved, watched, excluded
    sri: int | None = None
    sfdr: int | None = None
    ongoing: float | None = None  #: ratio a year
    distribution: float | None = None  #: retrocession, ratio a year
    retail: str = ""  #: positive, neutral, negative: what the EMT says of retail clients
    gain_ratio: float | None = None  #: None: the purchase cost is unknown
    data_on: date | None = None
    situation_on: date | None = None
    computed: bool = False
    stale: bool = False
    corrected: bool = False

    @property
    def amount(self) -> bool:
        """Return whether it is an amount rather than a security."""
        return self.kind in AMOUNTS

    @property
    def fund(self) -> bool:
        """Return whether it charges ongoing costs."""
        return self.kind in FUNDS


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is not in the total, and why."""

    label: str
    account: str
    account_id: int
    reason: str
    reported_eur: Decimal | None
    unpriced: bool


@dataclass(frozen=True, slots=True)
class SilentAccount:
    """An account of which no situation came, or whose last one is of `on`."""

    account_id: int
    label: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Held:
    """A line of a fund's inventory; `weight` is a signed share of its net assets."""

    code: str
    label: str
    country: str
    currency: str
    weight: float


@dataclass(frozen=True, slots=True)
class Past:
    """What the portfolio did over a year; None is n.c."""

    month: float | None  #: return of the last month, flows apart
    volatility: float | None
    drawdown: float | None  #: negative


@dataclass(frozen=True, slots=True)
class ClassCost:
    """The median ongoing cost of the supports of a class, and how many say theirs."""

    median: float
    supports: int


@dataclass(frozen=True, slots=True)
class Audited:
    """Everything that the rules read; nothing is asked again.

    `pairs` holds the correlation of weekly returns over a year of two supports (ids,
    the lower first) where enough prices are known. `past` is None where no history is
    known: a new portfolio, a proposal. `sri_most` is the highest risk indicator of the
    client's profile and `sustainable` the least share that they want in article 8 or 9
    supports; None where nothing was recorded.
    """

    scope_name: str
    on: date
    total_eur: Decimal
    lines: tuple[AuditedLine, ...]
    left_out: tuple[LeftOut, ...] = ()
    silent: tuple[SilentAccount, ...] = ()
    inventories: Mapping[int, tuple[Held, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    class_costs: Mapping[str, ClassCost] = field(default_factory=lambda: MappingProxyType({}))
    pairs: Mapping[tuple[int, int], float] = field(default_factory=lambda: MappingProxyType({}))
    doubtful: frozenset[int] = frozenset()
    past: Past | None = None
    sri_most: float | None = None
    sustainable: float | None = None

    def share(self, lines: Iterable[AuditedLine]) -> float:
        """Return the weight of some lines together, 0 when the total is not positive."""
        part = sum((line.value_eur for line in lines), ZERO)
        return float(part / self.total_eur) if self.total_eur > 0 else 0.0

    def grouped(self, key: Callable[[AuditedLine], str | None]) -> dict[str, list[AuditedLine]]:
        """Return the lines by what they have in common, heaviest group first; null is left out."""
        groups: dict[str, list[AuditedLine]] = {}
        for line in self.lines:
            if (name := key(line)) is not None:
                groups.setdefault(name, []).append(line)
        return dict(sorted(groups.items(), key=lambda g: -sum(x.value_eur for x in g[1])))

    def supports(self) -> dict[str, list[AuditedLine]]:
        """Return the lines by support: the same one in two accounts is one support."""
        return self.grouped(lambda line: str(line.instrument_id or line.label))
