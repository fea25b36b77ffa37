"""What does an EMT say? (marché cible et coûts MiFID: one row per share class)."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Final

from o2s_core.aggregation.readers.findatex.gathering import Funds
from o2s_core.aggregation.readers.findatex.sheets import SheetRow

#: Field of the EMT 4.3 -> criterion of the target market.
CRITERIA: Final = MappingProxyType(
    {
        "1010": "target.retail",
        "1020": "target.professional",
        "1030": "target.counterparty",
        "2010": "target.basic",
        "2020": "target.informed",
        "2030": "target.advanced",
        "2040": "target.expert",
        "3010": "target.no_loss",
        "3020": "target.limited_loss",
        "3040": "target.no_guarantee",
        "3050": "target.beyond_capital",
        "5010": "target.preservation",
        "5020": "target.growth",
        "5030": "target.income",
        "5040": "target.hedging",
        "5050": "target.leveraged",
        "5105": "target.sustainability",
        "6010": "target.execution_only",
        "6020": "target.appropriateness",
        "6030": "target.advice",
        "6040": "target.management",
    }
)
SENSES: Final = MappingProxyType({"y": "positive", "n": "negative", "neutral": "neutral"})
#: What else than yes, no and neutral a field may say.
PROFESSIONALS: Final = MappingProxyType({"p": "per_se", "e": "elective", "b": "positive"})
CHANNELS: Final = MappingProxyType({"r": "retail", "p": "professional", "b": "both"})
ALSO: Final = MappingProxyType(
    {
        "1020": PROFESSIONALS,
        "6010": CHANNELS,
        "6020": CHANNELS,
        "6030": CHANNELS,
        "6040": CHANNELS,
    }
)
#: What some files write in full -> the code of the template.
IN_FULL: Final = MappingProxyType(
    {
        "yes": "y",
        "no": "n",
        "neither": "n",
        "retail": "r",
        "professional": "p",
        "both": "b",
        "per se": "p",
        "elective": "e",
    }
)
HORIZONS: Final = MappingProxyType(
    {"v": "very_short", "s": "short", "m": "medium", "l": "long", "h": "maturity"}
)
COSTS: Final = MappingProxyType(
    {
        "7020": "cost.entry",
        "7040": "cost.entry_kept",
        "7050": "cost.exit",
        "7070": "cost.exit_kept",
        "7100": "cost.ongoing",
        "7110": "cost.management",
        "7120": "cost.distribution",
        "7130": "cost.transaction",
        "7140": "cost.performance",
    }
)
#: Field of the ex post costs -> cost; their period ends on the day of field 8100.
PAST_COSTS: Final = MappingProxyType(
    {
        "8030": "past.ongoing",
        "8050": "past.management",
        "8060": "past.distribution",
        "8070": "past.transaction",
        "8080": "past.incidental",
    }
)


def read_emt(funds: Funds, row: SheetRow) -> None:
    """Read one row: who the support is for, what it costs, and what it did cost."""
    funds.row(row, partial(_read, funds))


def _read(funds: Funds, cells: Mapping[str, str]) -> bool | None:
    code, code_type = funds.code(cells, "10", "20")
    if funds.known(code):
        return False
    as_of = funds.day(cells, "50", "1000", "7160", "5")
    funds.missing(cells, "30", "40", "60")
    funds.fund(
        code, code_type=code_type, label=cells.get("30", ""), currency=cells.get("40", ""),
        kind="opcvm" if cells.get("60", "").upper() == "U" else None,
        manufacturer=cells.get("70", ""), as_of=as_of, locator=funds.found.locator,
    )  # fmt: skip
    if cells.get("6", "Y").upper() != "N":
        _target(funds, cells, funds.later(cells, "1000", as_of))
    if cells.get("7", "Y").upper() != "N":
        funds.costs(cells, COSTS, funds.later(cells, "7160", as_of))
    if cells.get("8", "Y").upper() != "N":
        funds.costs(cells, PAST_COSTS, funds.later(cells, "8100", as_of))
    return None


def _target(funds: Funds, cells: Mapping[str, str], as_of: date) -> None:
    for number, name in CRITERIA.items():
        if text := cells.get(number, ""):
            _criterion(funds, number, name, text, as_of)
    funds.fact("target.loss_level", "3030", as_of, value=funds.number(cells, "3030"))
    funds.indicator(cells, "4010", "target.risk_tolerance", as_of)
    funds.indicator(cells, "4010", "risk.sri", as_of)
    funds.indicator(cells, "4020", "risk.srri", as_of)
    horizon = cells.get("5080", "")
    if horizon.lower() in HORIZONS:
        funds.fact("target.horizon", "5080", as_of, word=HORIZONS[horizon.lower()])
    else:
        funds.fact("target.horizon", "5080", as_of, value=funds.number(cells, "5080"))


def _criterion(funds: Funds, number: str, name: str, text: str, as_of: date) -> None:
    """Keep one criterion: positive, neutral or negative, or whom it is positive for."""
    word = text.strip().lower()
    word = IN_FULL.get(word, word)
    found = ALSO.get(number, SENSES).get(word) or SENSES.get(word)
    if found is None:
        funds.tell("L02", number, text, "réponse inconnue, elle est laissée de côté.")
        return
    funds.fact(name, number, as_of, word=found)
