"""Contacts › Autres › Immobilier & prêts: properties, what they yield, loans, what is left."""

import streamlit as st

from o2s_core import ui, wealth
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import loan_windows, wealth_windows
from o2s_core.ui.opened_file import chosen_scope, opened_file

ctx = ui.page("Immobilier & prêts", needs=Permission.WEALTH_READ)
PROPERTIES = [
    ui.Column("label", "Bien", width=200, sub="address"),
    ui.Column("use", "Usage", labels=wealth.USES),
    ui.Column("value_eur", "Valeur", "eur", total=True, missing="n.c."),
    ui.Column("owed_eur", "Restant dû", "eur", total=True),
    ui.Column("ltv", "LTV", "percent", missing="n.c."),
    ui.Column("rent_eur", "Loyers par an", "eur", total=True, wide=True),
    ui.Column("gross", "Rdt brut", "percent", wide=True),
    ui.Column("net", "Rdt net", "percent", wide=True),
    ui.Column("cash_eur", "Flux par an", "eur", signed=True, wide=True),
    ui.Column("gain_eur", "Plus-value", "eur", signed=True, hidden=True),
    ui.Column("holders", "Détenteurs", hidden=True),
]
LOANS = [
    ui.Column("label", "Prêt", width=200, sub="lender"),
    ui.Column("kind", "Type", labels=wealth.LOAN_KINDS),
    ui.Column("rate", "Taux", "percent"),
    ui.Column("outstanding_eur", "Restant dû", "eur", total=True, missing="n.c."),
    ui.Column("monthly_eur", "Par mois", "eur", total=True, missing="n.c."),
    ui.Column("ends_on", "Fin", "day"),
    ui.Column("asset", "Bien financé", wide=True),
    ui.Column("borrowers", "Emprunteurs", wide=True),
]
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)
with st.container(horizontal=True, vertical_alignment="center", key="o2s_scope_row"):
    scope = chosen_scope(ctx, opened)
    st.space("stretch")
    found = ui.cached(wealth.register)(ctx, scope)
    assets = {str(i): name for i, name in found.properties.select("id", "label").iter_rows()}
    if ctx.may(Permission.WEALTH_WRITE):
        if st.button("Ajouter un bien", icon=":material/add_home:", type="primary"):
            wealth_windows.new_asset(opened.contact_ids, "property")
        if st.button("Ajouter un prêt", icon=":material/add:"):
            loan_windows.new_loan(opened.contact_ids, assets)

key = f"register_{scope.kind}_{scope.id}"
ui.figures(
    [
        ("Capital restant dû", ui.eur(found.outstanding_eur), f"au {ui.day(found.on)}"),
        ("Immobilier", ui.eur(found.value_eur), "biens entiers, tous détenteurs"),
        ("Échéances", ui.eur(found.monthly_eur), "par mois, assurance comprise"),
    ]
)
ui.section("Biens immobiliers")
ui.table(
    ctx,
    found.properties,
    PROPERTIES,
    key=f"{key}_properties",
    open=opened.link("actifs-passifs") + "&bien={id}",
    noun="biens",
    export="immobilier",
    export_needs=Permission.WEALTH_EXPORT,
    empty="Aucun bien immobilier.",
)
ui.section("Prêts", "un prêt s'ouvre sur son échéancier")
ui.table(
    ctx,
    found.loans,
    LOANS,
    key=f"{key}_loans",
    open="/pret?pret={id}",
    noun="prêts",
    export="prets",
    export_needs=Permission.WEALTH_EXPORT,
    empty="Aucun prêt.",
)
