"""What came into an account from outside and left it (flux externes): never what it earned."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from o2s_core.portfolio.movement_kinds import FUNDING
from o2s_core.portfolio.performance.deducing import deduced
from o2s_core.portfolio.performance.gaps import appearing, dark_lines, unknown_on, vanishing
from o2s_core.portfolio.performance.moves import Moves
from o2s_core.portfolio.performance.paths import AccountPath, Paths
from o2s_core.portfolio.running_positions import Instruments, Posted, cash_effect

#: What the insurer lends on a contract does not change what the contract is worth.
LENT: Final = frozenset({"advance", "advance_repayment"})
ENTRY: Final = "entry"
EXIT: Final = "exit"
DEDUCED: Final = "deduced"
PRICED: Final = "priced"
UNPRICED: Final = "unpriced"
HIDDEN: Final = "hidden"
#: Flows that no movement says, and what they are.
FLOW_LABELS: Final[Mapping[str, str]] = {
    ENTRY: "Entrée du compte (première valeur connue)",
    EXIT: "Sortie du compte (clôture)",
    DEDUCED: "Flux déduit des quantités (aucun mouvement reçu)",
    PRICED: "Support dont le premier cours arrive",
    UNPRICED: "Support dont on ne connaît plus le cours",
    HIDDEN: "Opération sur un support sans cours",
}


@dataclass(frozen=True, slots=True)
class ExternalFlow:
    """An amount in euros, the scope's share, that came in (positive) or left (negative)."""

    account_id: int
    at: int  #: index of its day in the paths, below 0 before the first
    kind: str
    amount: float


@dataclass(frozen=True, slots=True)
class AccountFlows:
    """The flows of one account, oldest first.

    `without_amount` counts those of which the amount is unknown: they are left out, and
    the return with them is not to be trusted.
    """

    flows: tuple[ExternalFlow, ...] = ()
    without_amount: int = 0


def external_flows(found: Paths, moved: Moves, *, gross: bool = False) -> dict[int, AccountFlows]:
    """Return the external flows of every account, by account.

    A deposit, a withdrawal and a transfer are flows; a switch, a dividend, a tax and a fee
    kept inside are not (`gross` counts fees as taken out, so that they cost nothing).
    Where an account shows no cash and no payment, its purchases are paid from outside:
    every movement of cash is a flow. Where no movement at all was received between two
    situations, what entered is deduced from the quantities.
    """
    return {
        path.account.id: _of_account(path, moved, found, gross=gross) for path in found.accounts
    }


def _of_account(path: AccountPath, moved: Moves, found: Paths, *, gross: bool) -> AccountFlows:
    rows = moved.of(path.account.id)
    paid, dark = _paid(path, rows, moved.instruments), dark_lines(path)
    flows = []
    for row in rows:
        at = found.at(row.trade_on)
        unknown = unknown_on(dark, row.instrument_id, at)
        amount = paid.amount(row, gross=gross, unknown=unknown)
        if amount == 0:
            continue
        euros = math.nan if amount is None else amount * moved.euro(row.currency, at) * path.share
        flows.append(ExternalFlow(path.account.id, at, HIDDEN if unknown else row.kind, euros))
    flows += _silent(path, [found.at(row.trade_on) for row in rows])
    kept = sorted((f for f in flows if not math.isnan(f.amount)), key=lambda flow: flow.at)
    return AccountFlows(tuple(kept), len(flows) - len(kept))


def _silent(path: AccountPath, moved_at: Sequence[int]) -> list[ExternalFlow]:
    """Return the flows that no movement says."""
    made = [(at, DEDUCED, amount) for at, amount in deduced(path, moved_at)]
    made += [(at, PRICED, worth) for at, worth in appearing(path)]
    made += [(at, UNPRICED, -worth) for at, worth in vanishing(path)]
    return [ExternalFlow(path.account.id, at, kind, amount) for at, kind, amount in made]


@dataclass(frozen=True, slots=True)
class _Paid:
    """How the movements of an account tell what came from outside."""

    funded: bool
    kinds: frozenset[str]
    instruments: Instruments

    def amount(self, row: Posted, *, gross: bool, unknown: bool) -> float | None:
        """Return what a movement brought in, in its currency; None when nobody says.

        What is paid for a line that is worth nothing known (`unknown`) has left.
        """
        if unknown or not self.funded:
            effect = float(cash_effect(row, self.instruments))
            return effect * (unknown - (not self.funded))
        if row.kind == "fee" and gross:
            return float(row.net or 0)
        if row.kind not in self.kinds:
            return 0.0
        stated = row.gross if row.net is None else row.net
        return self._of_units(row) if stated is None else float(stated)

    def _of_units(self, row: Posted) -> float | None:
        """Return the worth of securities that came in or left, at the price of the movement."""
        instrument = self.instruments.get(row.instrument_id or 0)
        if row.quantity is None or row.price is None or instrument is None:
            return None
        return float(row.quantity * row.price * instrument.price_factor)


def _paid(path: AccountPath, rows: Sequence[Posted], instruments: Instruments) -> _Paid:
    cash = any(line.position.instrument_kind == "cash" for line in path.lines)
    known = any(line.position.value is not None for line in path.lines) if path.computed else cash
    funded = known or any(row.kind in FUNDING for row in rows)
    return _Paid(funded, FUNDING if path.computed else FUNDING - LENT, instruments)
