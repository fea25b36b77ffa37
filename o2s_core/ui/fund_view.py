"""How a support is shown as its manufacturer describes it: risk, costs, target, look-through."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl
import streamlit as st

from o2s_core import market
from o2s_core.contacts.vocabulary import countries
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market import FundSheet, InstrumentCard, LookThrough
from o2s_core.ui import session
from o2s_core.ui.cache import cached
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import empty, note, section
from o2s_core.ui.tables import Action, table

SENSES: Final = {"positive": "Dans la cible", "neutral": "Neutre", "negative": "Hors cible"}
TONES: Final = {"positive": "good", "neutral": "quiet", "negative": "bad"}
DELIVERY: Final = "/livraison?livraison={delivery_id}"
SAID: Final = [
    Column("label", "Donnée", width=200),
    Column("said", "Valeur"),
    Column("as_of", "Au", "day", missing="—"),
    Column("source", "Source", hint="locator", missing="aucun fichier ne le dit"),
]
TARGET: Final = [
    Column("heading", "Critère", width=150, wide=True),
    Column("label", "Pour", width=200),
    Column("said", "Réponse"),
    Column("sense", "Marché cible", "badge", labels=SENSES, tones=TONES, missing="—"),
    Column("as_of", "Au", "day", missing="—", wide=True),
    Column("source", "Source", hint="locator", missing="—", wide=True),
]
PARTS: Final = [
    Column("label", "Part", width=140),
    Column("weight", "Poids", "percent", total=True),
]
LINES: Final = [
    Column("label", "Ligne", sub="code", missing="Sans libellé", width=200),
    Column("kind", "Nature"),
    Column("country", "Pays", missing="Non précisé", wide=True),
    Column("currency", "Devise"),
    Column("value", "Valeur", "number", wide=True, missing="n.c."),
    Column("weight", "Poids", "percent", missing="n.c."),
]
REPORTS: Final = [
    Column("template", "Fichier", labels=market.TEMPLATES, width=200),
    Column("as_of", "Données au", "day"),
    Column("state", "État", "badge", labels=market.REPORT_STATES,
           tones={"active": "good", "replaced": "quiet", "cancelled": "quiet"}),
    Column("received_at", "Reçu le", "instant"),
    Column("delivery_id", "Livraison", "integer", link=DELIVERY),
]  # fmt: skip
#: Below this share a part is a rounding of the file.
DUST: Final = 0.00005


def headline(card: InstrumentCard, sheet: FundSheet) -> list[tuple[str, str, str]]:
    """Return the risk and the article of a support, each with its day and its source."""
    typed = (card.typed_sri, card.typed_sfdr)
    sri = str(card.sri) if card.sri else "n.c."
    sfdr = sheet.said("esg.sfdr") if sheet.day("esg.sfdr") else _article(card.sfdr)
    return [
        ("SRI", sri, _told(sheet, sheet.risks, "risk.sri", typed[0])),
        ("SFDR", sfdr, _told(sheet, sheet.durability, "esg.sfdr", typed[1])),
    ]


def _article(number: int | None) -> str:
    return f"Article {number}" if number else "n.c."


def _told(sheet: FundSheet, rows: pl.DataFrame, name: str, typed: int | None) -> str:
    """Say where a figure comes from; what was typed is told beside it when it differs."""
    if sheet.day(name) is None:
        return "saisi par le cabinet" if typed else "aucun fichier, aucune saisie"
    source = rows.filter(name=name)["source"][0]
    told = f"{source} au {french.day(sheet.day(name))}"
    return f"{told}, saisi : {typed}" if typed and sheet.number(name) != typed else told


def fund_details(ctx: Context, card: InstrumentCard, sheet: FundSheet) -> None:
    """Show what the manufacturer's files say of a support, then what it is made of."""
    inside = cached(market.look_through)(ctx, card.id)
    if not sheet.known and inside is None:
        section("Coûts, marché cible, durabilité, transparence", "n.c.")
        empty(
            "Aucun fichier de la société de gestion n'a été reçu pour ce support.",
            "Déposez son EMT, son EPT, son EET ou son TPT dans Services › Agrégation.",
        )
        return
    costs, durability = st.columns(2, gap="medium")
    with costs:
        past = " puis ex post" if sheet.past_costs.height else ""
        section("Risque et coûts", f"coûts ex ante{past}")
        costs_told = pl.concat([sheet.risks, sheet.costs, sheet.past_costs])
        _said(ctx, costs_told, SAID, f"costs_{card.id}")
    with durability:
        section("Durabilité")
        _said(ctx, pl.concat([sheet.durability, sheet.impacts]), SAID, f"esg_{card.id}")
    section("Marché cible")
    _said(ctx, sheet.target, TARGET, f"target_{card.id}")
    _inside(ctx, card, inside)
    _received(ctx, card)


def _said(ctx: Context, rows: pl.DataFrame, columns: list[Column], key: str) -> None:
    """Show some facts; their source leads to the delivery for those who may see it."""
    columns = _leading(ctx, columns)
    table(ctx, rows, columns, key=key, id="name", noun="données", tools=False, page_size=100)


def _leading(ctx: Context, columns: list[Column]) -> list[Column]:
    if not ctx.may(Permission.FEED_READ):
        return [replace(column, link="") for column in columns]
    return [replace(c, link=DELIVERY) if c.name == "source" else c for c in columns]


def _inside(ctx: Context, card: InstrumentCard, found: LookThrough | None) -> None:
    """Show what a fund is made of: by class, country and currency, then its main lines."""
    if found is None:
        section("Transparence", "n.c.")
        note("Aucun inventaire (TPT) n'a été reçu pour ce support.")
        return
    section("Transparence", f"{found.source} au {french.day(found.as_of)}")
    parts: tuple[tuple[str, pl.DataFrame, Mapping[str, str]], ...] = (
        ("Nature", found.by_asset, {}),
        ("Pays", found.by_country, countries()),
        ("Devise", found.by_currency, {}),
    )
    for place, (title, rows, names) in zip(st.columns(3, gap="medium"), parts, strict=True):
        with place:
            _parts(ctx, rows, names, f"{title}_{card.id}", title)
    covered, missing = french.percent(found.covered), french.percent(found.uncovered)
    note(
        f"Les lignes font {covered} de l'actif net ; non couvert : {missing}. Poids en valeur de "
        "marché : le levier des dérivés n'y est pas."
    )
    _lines(ctx, card, found)


def _parts(
    ctx: Context, rows: pl.DataFrame, names: Mapping[str, str], key: str, title: str
) -> None:
    """Show one way of sharing out a fund; a rounding of the file is no part."""
    seen = rows.filter(pl.col("weight").abs() >= DUST)
    labels = [names.get(part) or market.part_label(part) for part in seen["part"]]
    table(
        ctx,
        seen.with_columns(label=pl.Series(labels, dtype=pl.String)),
        [replace(PARTS[0], label=title), PARTS[1]],
        key=key,
        id="part",
        noun="parts",
        tools=False,
        page_size=20,
    )


def _lines(ctx: Context, card: InstrumentCard, found: LookThrough) -> None:
    kinds = [market.part_label(asset) for asset in found.lines["asset"]]
    section("Principales lignes", french.count(found.lines.height, "ligne"))
    table(
        ctx,
        found.lines.with_columns(kind=pl.Series(kinds, dtype=pl.String)),
        [*LINES[:4], Column("value", f"Valeur ({found.currency})", "number", wide=True), LINES[-1]],
        key=f"inside_{card.id}",
        noun="lignes",
        page_size=10,
        export="transparence",
        export_needs=Permission.MARKET_EXPORT,
    )


def _received(ctx: Context, card: InstrumentCard) -> None:
    """Show the files received about a support, replaced ones included."""
    with st.expander(
        "Fichiers reçus, anciens compris", key=f"received_{card.id}", on_change="rerun"
    ) as opened:
        if opened.open:
            pressed = table(
                ctx,
                cached(market.fund_reports)(ctx, card.id),
                _leading(ctx, REPORTS),
                key=f"reports_{card.id}",
                noun="fichiers",
                actions=[Action("see", "Voir ce qu'il disait", "visibility")],
            )
            if pressed.action == "see":
                see_report(int(pressed.row))


@dialog("Ce que disait le fichier", width="large")
def see_report(report_id: int) -> None:
    """Show what one file says, even when it was replaced or taken back."""
    ctx = session.context()
    _said(ctx, market.report_facts(ctx, report_id), SAID, f"report_{report_id}")
