"""Services › Cours › Taux de change: the last rate of each currency, its day and its age."""

from datetime import timedelta

import polars as pl
import streamlit as st

from o2s_core import charts, market, ui
from o2s_core.kernel.permissions import Permission

ctx = ui.page("Taux de change", needs=Permission.MARKET_READ)
found = ui.cached(market.known_rates)(ctx)

STATES = {"current": "À jour", "old": "Trop ancien"}
RATES = [
    ui.Column("currency", "Devise"),
    ui.Column("units_per_euro", "Pour un euro", "number", decimals=4),
    ui.Column("day", "Taux du", "day"),
    ui.Column("age", "Âge (jours)", "integer"),
    ui.Column("state", "État", "badge", labels=STATES, tones={"current": "good", "old": "warn"}),
    ui.Column("source", "Source"),
]
HISTORY = [
    ui.Column("day", "Date", "day"),
    ui.Column("value", "Pour un euro", "number", decimals=4),
]

old = found.filter(pl.col("state") == "old")
ui.figures(
    [
        ("Devises suivies", ui.number(found.height, 0)),
        ("Taux le plus récent", ui.day(max(found["day"].to_list(), default=None)) or "n.c."),
        ("Trop anciens", ui.number(old.height, 0), "plus de sept jours : ils ne servent plus"),
    ]
)
left, right = st.columns([3, 2], gap="medium")
with left:
    ui.table(
        ctx,
        found,
        RATES,
        key="rates",
        id="currency",
        noun="devises",
        page_size=50,
        export="taux-de-change",
        export_needs=Permission.MARKET_EXPORT,
        empty="Aucun taux : chargez un fichier de taux.",
    )
with right:
    codes = found["currency"].to_list()
    if codes:
        currency = st.selectbox(
            "Historique",
            codes,
            index=codes.index("USD") if "USD" in codes else 0,
            key="rates_currency",
        )
        path = ui.cached(market.rate_path)(ctx, currency, ctx.today - timedelta(366), ctx.today)
        ui.chart(
            ctx,
            charts.value_line(
                path, series={"value": currency}, theme=ui.theme(), unit=currency, decimals=4
            ),
            path,
            HISTORY,
            key=f"rate_path_{currency}",
            alt=f"{currency} pour un euro sur un an.",
        )
    ui.note(
        "Taux de référence de la Banque centrale européenne, complétés par les fichiers chargés. "
        "Une ligne dont le taux a plus de sept jours est exclue des totaux, et le total le dit."
    )
