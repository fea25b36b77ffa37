"""To what is a portfolio exposed, through its funds? By security, zone and currency."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from o2s_core.portfolio.audit.audited import Audited, AuditedLine, Held

EUROZONE: Final = "AT BE HR CY EE FI FR DE GR IE IT LV LT LU MT NL PT SK SI ES BG"
#: Country (ISO 3166) -> zone; a country that is not here belongs to the other countries.
ZONES: Final = MappingProxyType(
    {
        **dict.fromkeys(EUROZONE.split(), "Zone euro"),
        **dict.fromkeys(
            ["GB", "CH", "SE", "NO", "DK", "IS", "PL", "CZ", "HU", "RO"], "Europe hors zone euro"
        ),
        **dict.fromkeys(["US", "CA"], "Amérique du Nord"),
        **dict.fromkeys(["JP", "AU", "NZ", "HK", "SG", "KR", "TW"], "Asie-Pacifique développée"),
    }
)
OTHERS: Final = "Pays émergents et autres"
#: Two letters at the head of an ISIN that name no country.
NO_COUNTRY: Final = frozenset({"XS", "XF", "XC", "XD", "QS", "QT", "EU"})
UNKNOWN: Final = ""
#: Securities whose own country and currency say what one is exposed to.
DIRECT: Final = frozenset({"share", "bond"})

#: Funds that hold other currencies than the one that they are quoted in.
MIXED: Final = frozenset({"opcvm", "etf"})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an exposure: its weight in the portfolio, and the lines that bring it."""

    weight: float
    lines: tuple[AuditedLine, ...]


Exposure = dict[str, Part]  #: heaviest first; `UNKNOWN` is what nobody says


def by_zone(view: Audited) -> Exposure:
    """Return the weight of each zone: inventories of funds, country of direct securities.

    Cash and fonds euros have no zone and are left out.
    """
    return _spread(view, lambda held: zone_of(held.country), _own_zone)


def by_currency(view: Audited) -> Exposure:
    """Return the weight of each currency: inventories of funds, quoted currency of the rest.

    A fund quoted in euros may hold anything: without inventory its currency is unknown.
    """
    return _spread(view, lambda held: held.currency, _own_currency)


def by_security(view: Audited) -> Exposure:
    """Return the weight of each security, held directly or through funds.

    Funds without an inventory are unknown; amounts at a partner are left out.
    """
    return _spread(view, lambda held: held.code or held.label, _own_security)


def zone_of(country: str) -> str:
    """Return the zone of a country; nothing for no country."""
    return ZONES.get(country, OTHERS) if country else UNKNOWN


def _own_zone(line: AuditedLine) -> str | None:
    if line.amount:
        return None
    country = line.isin[:2]
    direct = line.kind in DIRECT and country not in NO_COUNTRY
    return zone_of(country) if direct else UNKNOWN


def _own_currency(line: AuditedLine) -> str | None:
    return UNKNOWN if line.kind in MIXED and line.currency == "EUR" else line.currency


def _own_security(line: AuditedLine) -> str | None:
    if line.amount:
        return None
    return (line.isin or line.label) if line.kind in DIRECT else UNKNOWN


def _spread(
    view: Audited, inside: Callable[[Held], str], own: Callable[[AuditedLine], str | None]
) -> Exposure:
    """Add up what each line brings; what an inventory does not cover is unknown."""
    found: dict[str, tuple[float, list[AuditedLine]]] = {}
    for line in view.lines:
        for name, weight in _parts(view, line, inside, own).items():
            before, lines = found.get(name, (0.0, []))
            found[name] = (before + weight * line.weight, [*lines, line])
    parts = {name: Part(weight, tuple(lines)) for name, (weight, lines) in found.items()}
    return dict(sorted(parts.items(), key=lambda part: -part[1].weight))


def _parts(
    view: Audited,
    line: AuditedLine,
    inside: Callable[[Held], str],
    own: Callable[[AuditedLine], str | None],
) -> dict[str, float]:
    held = view.inventories.get(line.instrument_id or 0)
    if not held:
        name = own(line)
        return {} if name is None else {name: 1.0}
    parts: dict[str, float] = {}
    for each in held:
        parts[inside(each)] = parts.get(inside(each), 0.0) + each.weight
    rest = 1.0 - sum(parts.values())
    parts[UNKNOWN] = parts.get(UNKNOWN, 0.0) + max(rest, 0.0)
    return parts
