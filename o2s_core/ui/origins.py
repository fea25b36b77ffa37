"""“Origine du chiffre”: how a value was made, down to the cells of the partner's file."""

from typing import Any

import polars as pl
import streamlit as st

from o2s_core import aggregation, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.portfolio import Holdings
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import empty, facts, note, section
from o2s_core.ui.movement_windows import trace_facts
from o2s_core.ui.navigation import go, link
from o2s_core.ui.override_windows import correction_facts
from o2s_core.ui.session import context
from o2s_core.ui.tables import table

SOURCES = {
    "partner": "Situation transmise par le partenaire",
    "manual": "Situation saisie au cabinet (déclaratif)",
    "takeover": "Situation reprise d'un autre outil",
    "computed": "Somme des mouvements reçus",
}
CELLS = [Column("name", "Colonne du fichier", width=160), Column("text", "Contenu, tel que reçu")]


def show_line_origin(held: Holdings, line: int) -> None:
    """Open the origin of a line of holdings."""
    row = held.lines.row(line, named=True)
    _drawer(row, f"valeur au {french.day(held.on)}")


def show_movement_origin(row: dict[str, Any]) -> None:
    """Open the origin of a movement: the file that brought it, and its row."""
    _drawer(row | {"value_eur": None}, f"mouvement du {french.day(row['trade_on'])}")


@dialog("Origine du chiffre", side=True)
def _drawer(row: dict[str, Any], what: str) -> None:
    ctx = context()
    section(row["label"] or row["kind_label"], what)
    if row["value_eur"] is not None:
        facts(_made_of(row))
    if row.get("corrected"):
        correction_facts(ctx, row)
    if row.get("movement_id") and row["source"] == "manual":
        _typed_movement(ctx, row)
        return
    if row["delivery_id"] is None:
        _typed(ctx, row)
        return
    _delivered(ctx, row["delivery_id"], row["locator"])


def _made_of(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Say by which operation a value was made."""
    shown = [("Valeur", french.eur(row["value_eur"]))]
    if row["quantity"] is not None and row["price"] is not None:
        price = f"{french.number(row['price'], 4)} {row['currency']}"
        shown.append(("Quantité × cours", f"{french.quantity(row['quantity'])} × {price}"))
        shown.append(("Cours du", french.day(row["price_on"] or row["data_on"])))
    else:
        shown.append(("Valeur transmise le", french.day(row["data_on"])))
    if row["rate"] is not None:
        rate = f"{french.number(row['rate'], 4)} {row['currency']} pour 1 €"
        shown.append(("Taux de change", rate))
    if row["share"] != 1:
        shown.append(("Part détenue", french.percent(row["share"], 2)))
    shown.append(("Quantité connue par", SOURCES[row["known_by"]]))
    if row["situation_on"]:
        shown.append(("Situation du", french.day(row["situation_on"])))
        shown.append(("Valeur à la situation", french.eur(row["situation_value_eur"])))
    return shown


def _typed_movement(ctx: Context, row: dict[str, Any]) -> None:
    """Say who typed a movement; a corporate action bears no trace of its own."""
    if row["kind"] == "corporate_action":
        note("Opération sur titres enregistrée au cabinet.")
        return
    trace_facts(portfolio.movement_trace(ctx, row["movement_id"]))


def _typed(ctx: Context, row: dict[str, Any]) -> None:
    """Say which takeover brought a figure, or who typed its situation, and when."""
    taken = aggregation.taken_over(
        ctx, situation_id=row.get("situation_id"), movement_id=row.get("movement_id")
    )
    if taken is not None:
        section("Reprise")
        facts([("Origine", taken.sentence), ("Ligne de l'export", row["locator"] or "n.c.")])
        return
    section("Saisie")
    if row.get("situation_id") is None:
        empty("Ce chiffre ne vient d'aucun fichier.")
        return
    view = portfolio.situation(ctx, row["situation_id"])
    facts(
        [
            ("Enregistrée le", french.day(view.received_at.date())),
            ("Version", str(view.revision)),
            ("Ligne", row["locator"]),
            ("Commentaire", view.note),
        ]
    )


def _delivered(ctx: Context, delivery_id: int, locator: str) -> None:
    """Show the file that brought a figure, and the cells of its row, verbatim."""
    section("Fichier du partenaire")
    try:
        origin = aggregation.origin(ctx, delivery_id, locator)
    except NotFoundError:
        empty("Le fichier d'origine n'est plus consultable.")
        return
    facts(
        [
            ("Fichier", origin.file_name),
            ("Reçu le", french.day(origin.received_at.date())),
            ("Correspondance", origin.mapping),
            ("Emplacement", locator),
            ("Empreinte", f"{origin.sha256[:16]}…"),
        ]
    )
    cells = pl.DataFrame(
        {"name": list(origin.cells), "text": [str(v) for v in origin.cells.values()]},
        schema={"name": pl.String, "text": pl.String},
    )
    table(ctx, cells, CELLS, key=f"cells_{delivery_id}_{locator}", id="name", tools=False)
    note("Le contenu est celui du fichier, sans aucune transformation.")
    if st.button("Voir la livraison", icon=":material/inbox:", type="tertiary"):
        go(link("livraison", livraison=delivery_id))
