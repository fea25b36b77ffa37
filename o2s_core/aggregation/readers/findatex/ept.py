"""What does an EPT say? (données du DIC PRIIPs: one row per share class)."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Final

from o2s_core.aggregation.readers.findatex.gathering import Funds
from o2s_core.aggregation.readers.findatex.sheets import SheetRow

#: Field of the EPT 2.1 -> cost, ex ante.
COSTS: Final = MappingProxyType(
    {
        "3010": "cost.entry",
        "3015": "cost.entry_kept",
        "3020": "cost.exit",
        "3060": "cost.ongoing",
        "3080": "cost.transaction",
        "3095": "cost.performance",
    }
)


def read_ept(funds: Funds, row: SheetRow) -> None:
    """Read one row: how risky the support is, how long to keep it, what it costs."""
    funds.row(row, partial(_read, funds))


def _read(funds: Funds, cells: Mapping[str, str]) -> bool | None:
    code, code_type = funds.code(cells, "30", "40")
    if funds.known(code):
        return False
    as_of = funds.day(cells, "70", "5")
    funds.missing(cells, "50", "60", "1090")
    funds.fund(
        code, code_type=code_type, label=cells.get("50", ""), currency=cells.get("60", ""),
        kind=kind_of(cells.get("90", "")), manufacturer=cells.get("10", ""), as_of=as_of,
        locator=funds.found.locator,
    )  # fmt: skip
    funds.indicator(cells, "1090", "risk.sri", as_of)
    funds.indicator(cells, "8170", "risk.srri", as_of)
    funds.fact("risk.volatility", "1020", as_of, value=funds.number(cells, "1020"))
    funds.fact("risk.holding_years", "1120", as_of, value=funds.number(cells, "1120"))
    if cells.get("7", "Y").upper() == "N":
        return None
    funds.costs(cells, COSTS, as_of)
    if cells.get("3090", "").upper() == "N" and "3095" not in cells:
        funds.fact("cost.performance", "3090", as_of, value=Decimal(0))
    return None


def kind_of(cic: str) -> str | None:
    """Return what a fund is by its CIC code: category 4 is a collective investment."""
    return "opcvm" if cic[2:3] == "4" else None
