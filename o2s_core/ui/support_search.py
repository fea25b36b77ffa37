"""How supports are searched: a text, facets that the address keeps, columns of one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import market, portfolio
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market import Shown, SupportFilter
from o2s_core.ui.cache import cached
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import Tone
from o2s_core.ui.messages import flash

FRESHNESS_TONES: Final = {"stale": "warn", "unpriced": "bad", "fresh": ""}
STATUS_TONES: Final = {"provisional": "warn", "unidentified": "bad", "inactive": "quiet",
                       "active": ""}  # fmt: skip
DECISION_TONES: Final[dict[str, Tone]] = {
    "approved": "good", "watched": "warn", "excluded": "bad", "none": "",
}  # fmt: skip
#: What goes without saying is not said on every line.
EXCEPTIONS: Final = market.STATUSES | {"active": ""}
AGES: Final = market.FRESHNESS | {"fresh": ""}
DECIDED: Final = market.DECISIONS | {"none": ""}
COLUMNS: Final = (
    Column("label", "Libellé", width=200, sub="isin"),
    Column("kind", "Famille", labels=market.INSTRUMENT_KINDS, width=120, wide=True),
    Column("asset_class", "Classe d'actifs", labels=market.ASSET_CLASSES, wide=True),
    Column("zone", "Zone", labels=market.ZONES, wide=True),
    Column("manager", "Société de gestion", width=130, wide=True),
    Column("provider", "Assureur"),
    Column("decision", "Statut", "badge", labels=DECIDED, tones=DECISION_TONES),
    Column("sri", "SRI", "integer", wide=True),
    Column("sfdr", "SFDR", "integer", wide=True),
    Column("charge", "Frais courants", wide=True),
    Column("perf_1y", "1 an", "percent", signed=True),
    Column("perf_3y", "3 ans", "percent", signed=True, wide=True),
    Column("perf_5y", "5 ans", "percent", signed=True, wide=True),
    Column("volatility", "Volatilité 1 an", "percent", wide=True),
    Column("taxonomy", "Taxonomie", "percent", wide=True),
    Column("in_catalogue", "Catalogue", "yes_no"),
    Column("price", "Dernier cours", "number", decimals=4),
    Column("price_currency", "Devise"),
    Column("price_on", "Au", "day", wide=True),
    Column("freshness", "Cours", "badge", labels=AGES, tones=FRESHNESS_TONES),
    Column("status", "État", "badge", labels=EXCEPTIONS, tones=STATUS_TONES),
)
#: Columns shown to who chose none.
USUAL: Final = ("label", "asset_class", "zone", "manager", "decision", "sri", "sfdr", "charge",
                "perf_1y", "perf_3y", "perf_5y", "volatility", "price", "price_currency",
                "freshness", "status")  # fmt: skip
SORTS: Final = {
    "": "Par libellé", "-perf_1y": "Performance 1 an", "-perf_3y": "Performance 3 ans",
    "-perf_5y": "Performance 5 ans", "ongoing": "Frais courants", "volatility": "Volatilité",
    "sri": "SRI",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet of the search: its label, the field of the filter, its name in the address."""

    label: str
    field: str
    name: str
    choices: Mapping[Any, str] | None = None


SEVERAL: Final = (
    Facet("Famille", "kinds", "familles", market.INSTRUMENT_KINDS),
    Facet("Classe d'actifs", "asset_classes", "classes", market.ASSET_CLASSES),
    Facet("Zone", "zones", "zones", market.ZONES),
    Facet("Société de gestion", "managers", "societes"),
    Facet("Devise", "currencies", "devises"),
    Facet("Statut du cabinet", "decisions", "statuts", market.DECISIONS),
    Facet("Éligible à", "eligible", "enveloppes", market.ELIGIBLE),
    Facet("Label", "labels", "labels", market.LABELS),
)
ONE: Final = (
    Facet("SRI au plus", "sri_at_most", "sri", {n: str(n) for n in range(1, 8)}),
    Facet("SFDR au moins", "sfdr_at_least", "sfdr", {n: f"Article {n}" for n in (6, 8, 9)}),
    Facet("Taxonomie au moins", "taxonomy_at_least", "taxonomie",
          {n / 100: f"{n} %" for n in (1, 5, 10, 20, 50)}),
    Facet("Frais courants au plus", "ongoing_at_most", "frais",
          {n / 1000: f"{n / 10:.1f} %".replace(".", ",") for n in (3, 5, 10, 15, 20, 25)}),
    Facet("1 an au moins", "perf_1y_at_least", "p1",
          {n / 100: f"{n} %" for n in (0, 2, 5, 10, 15)}),
    Facet("3 ans au moins", "perf_3y_at_least", "p3",
          {n / 100: f"{n} %" for n in (0, 5, 10, 20, 30)}),
    Facet("5 ans au moins", "perf_5y_at_least", "p5",
          {n / 100: f"{n} %" for n in (0, 10, 25, 50, 75)}),
    Facet("Volatilité au plus", "volatility_at_most", "vol",
          {n / 100: f"{n} %" for n in (2, 5, 10, 15, 20)}),
)  # fmt: skip


def facets(ctx: Context) -> SupportFilter:
    """Let the person narrow the search; the address keeps what was chosen."""
    rows = cached(market.supports)(ctx)
    said = {
        "managers": sorted({m for m in rows["manager"] if m}),
        "currencies": sorted(set(rows["currency"])),
    }
    chosen: dict[str, Any] = {}
    places = st.columns(4)
    for n, facet in enumerate(SEVERAL):
        choices = facet.choices or {each: each for each in said[facet.field]}
        with places[n % 4]:
            chosen[facet.field] = tuple(_several(facet, choices))
    places = st.columns(4)
    for n, facet in enumerate(ONE):
        with places[n % 4]:
            chosen[facet.field] = _one(facet)
    with st.container(horizontal=True):
        chosen["in_catalogue"] = _switch("Au catalogue", "catalogue")
        if ctx.may(Permission.PORTFOLIO_READ) and _switch("Détenu par mes clients", "detenus"):
            held = cached(portfolio.held_supports)(ctx)
            chosen["ids"] = frozenset(held["instrument_id"])
    return SupportFilter(**chosen)


def _several(facet: Facet, choices: Mapping[Any, str]) -> list[str]:
    asked = [each for each in st.query_params.get_all(facet.name) if each in choices]
    return st.multiselect(
        facet.label, list(choices), default=asked, format_func=choices.__getitem__,
        placeholder="Toutes" if facet.field != "eligible" else "Indifférent",
        key=f"instruments_{facet.field}", on_change=remember,
    )  # fmt: skip


def _one(facet: Facet) -> Any:  # noqa: ANN401
    choices = dict(facet.choices or {})
    codes = {str(each): n for n, each in enumerate(choices)}
    return st.selectbox(
        facet.label, list(choices), index=codes.get(st.query_params.get(facet.name, "")),
        format_func=choices.__getitem__, placeholder="Indifférent",
        key=f"instruments_{facet.field}", on_change=remember,
    )  # fmt: skip


def _switch(label: str, name: str) -> bool:
    asked = st.query_params.get(name) == "oui"
    return st.toggle(label, value=asked, key=f"instruments_{name}", on_change=remember)


def remember() -> None:
    """Keep what is searched in the address, so that it can be shared."""
    state = st.session_state
    kept: dict[str, Any] = {
        "q": state.get("instruments_text"),
        "etat": state.get("instruments_state"),
    }
    for facet in (*SEVERAL, *ONE):
        kept[facet.name] = state.get(f"instruments_{facet.field}")
    for name in ("catalogue", "detenus"):
        kept[name] = "oui" if state.get(f"instruments_{name}") else None
    st.query_params.from_dict(
        {
            name: [str(each) for each in value] if isinstance(value, list) else str(value)
            for name, value in kept.items()
            if value not in (None, "", [])
        }
    )


def columns_of(shown: Shown, usual: Sequence[str] = USUAL) -> list[Column]:
    """Return the columns of the list, those that the person did not choose offered aside."""
    wanted = shown.columns or usual
    return [replace(column, hidden=column.name not in wanted) for column in COLUMNS]


def sorted_as(rows: pl.DataFrame, shown: Shown) -> pl.DataFrame:
    """Return the rows in the order that the person chose; what is not known comes last."""
    if not shown.sort:
        return rows
    by = shown.sort.removeprefix("-")
    return rows.sort(
        by, descending=shown.sort.startswith("-"), nulls_last=True, maintain_order=True
    )


def with_charge(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with their ongoing charge as it is read, to the hundredth of a percent."""
    return rows.with_columns(
        charge=(pl.col("ongoing") * 100)
        .round(2)
        .map_elements(
            lambda value: f"{value:.2f}".replace(".", ",") + "\u00a0%", return_dtype=pl.String
        )
    )


def configure(ctx: Context, name: str, shown: Shown) -> None:
    """Let the person choose columns and order, and keep them for the next time."""
    with st.popover("Affichage", icon=":material/view_column:"):
        labels = {column.name: column.label for column in COLUMNS}
        wanted = st.multiselect(
            "Colonnes", list(labels), default=list(shown.columns or USUAL),
            format_func=labels.__getitem__, key=f"display_columns_{name}",
        )  # fmt: skip
        sort = st.selectbox(
            "Ordre", list(SORTS), format_func=SORTS.__getitem__, key=f"display_sort_{name}",
            index=list(SORTS).index(shown.sort if shown.sort in SORTS else ""),
        )  # fmt: skip
        first = st.toggle(
            "Proposer mes fonds préférés en premier dans les listes de choix",
            value=shown.first_in_pickers, key=f"display_first_{name}",
        )  # fmt: skip
        if st.button("Enregistrer mon affichage", type="primary", key=f"display_save_{name}"):
            market.save_display(ctx, name, Shown(tuple(wanted), sort, first_in_pickers=first))
            flash("Affichage enregistré.")
            st.rerun()
