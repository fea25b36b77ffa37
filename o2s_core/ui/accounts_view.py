"""How accounts are listed: what each is, who holds it, its value and the age of its data."""

from typing import Final

import polars as pl

from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import Holdings
from o2s_core.ui.columns import Column
from o2s_core.ui.tables import Action, Answer, table

STATES: Final = {"open": "en cours", "closed": "clos", "away": "hors gestion"}
TONES: Final = {"open": "good", "closed": "quiet", "away": "info"}
SOURCES: Final = {"partner": "partenaire", "manual": "déclaratif", "takeover": "reprise"}
ACCOUNTS: Final = [
    Column("label", "Intitulé", sub="number_note", link="/compte?compte={account_id}", width=170),
    Column("envelope_label", "Enveloppe", wide=True),
    Column("provider", "Fournisseur", wide=True),
    Column("holders", "Titulaires", width=150, wide=True),
    Column("opened_on", "Date d'effet", "day", missing="n.c.", wide=True),
    Column("value_eur", "Valeur", "eur", total=True, missing="n.c."),
    Column("gain_eur", "+/- value", "eur", signed=True, total=True, missing="n.c."),
    Column("situation_on", "Dernière situation", "day", sub="source_note", missing="aucune"),
    Column("state", "État", "badge", labels=STATES, tones=TONES, wide=True),
    Column("last_movement_on", "Dernier mouvement", "day", hidden=True),
    Column("currency", "Devise", hidden=True),
]
#: Action of a row -> the right it asks for.
ACTIONS: Final = [
    (Action("situation", "Saisir une situation", "edit_note"), Permission.SITUATION_WRITE),
    (Action("edit", "Modifier", "edit"), Permission.ACCOUNT_WRITE),
    (Action("reassign", "Réattribuer", "swap_horiz"), Permission.ACCOUNT_REASSIGN),
    (Action("delete", "Supprimer", "delete"), Permission.ACCOUNT_DELETE),
]


def account_table(ctx: Context, accounts: pl.DataFrame, held: Holdings, *, key: str) -> Answer:
    """Show the accounts of a scope with the value of its share, and the buttons of each."""
    values = held.accounts.select("account_id", "value_eur", "gain_eur")
    closed = pl.col("closed_on").is_not_null() & (pl.col("closed_on") <= held.on)
    shown = accounts.join(values, on="account_id", how="left", maintain_order="left").with_columns(
        number_note=pl.lit("n° ") + pl.col("number"),
        source_note=pl.col("source").replace(SOURCES).fill_null(""),
        state=pl.when(closed)
        .then(pl.lit("closed"))
        .when(~pl.col("managed"))
        .then(pl.lit("away"))
        .otherwise(pl.lit("open")),
    )
    return table(
        ctx,
        shown,
        ACCOUNTS,
        key=key,
        id="account_id",
        open="/compte?compte={account_id}",
        noun="comptes",
        actions=[action for action, right in ACTIONS if ctx.may(right)],
        export="comptes",
        export_needs=Permission.PORTFOLIO_EXPORT,
        empty="Aucun compte. Ajoutez-en un, ou importez le fichier d'un partenaire.",
    )
