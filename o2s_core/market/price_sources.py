"""How is the source of a price said on screen? (Source du cours)."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.price_corrections import price_corrections
from o2s_core.market.price_precedence import LOADED, PARTNER, VENDOR
from o2s_core.market.prices import price_series
from o2s_core.market.providers import providers
from o2s_core.market.typed_prices import SOURCE

#: Sources that are not named after somebody.
PLAIN: Final = {SOURCE: "Saisi par le cabinet", LOADED: "Fichier chargé à la main"}


def price_sources(ctx: Context, sources: Iterable[str]) -> dict[str, str]:
    """Return the French name of each source; one that nobody described keeps its own words."""
    ctx.require(Permission.MARKET_READ)
    partners = dict(providers(ctx).select("code", "name").iter_rows())
    return {source: _said(source, partners) for source in sources}


def _said(source: str, partners: dict[str, str]) -> str:
    if source.startswith(PARTNER):
        code = source.removeprefix(PARTNER)
        return f"Situation de {partners.get(code, code)}"
    if source.startswith(VENDOR):
        code = source.removeprefix(VENDOR)
        return f"Fichier de cours {partners.get(code, code)}"
    return PLAIN.get(source, source)


def price_source_labels(ctx: Context, instrument_id: int) -> dict[str, str]:
    """Return the French names of the sources that ever priced a support."""
    ctx.require(Permission.MARKET_READ)
    told = price_series(ctx, instrument_id, date.min, date.max)["source"].unique().to_list()
    replaced = price_corrections(ctx, instrument_id)["source"].unique().to_list()
    return price_sources(ctx, {*told, *replaced})
