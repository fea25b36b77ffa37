"""Services › Documents en série: a drop of files that go to their contracts, and what lacks."""

import streamlit as st

from o2s_core import documents, portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import filing_view

ctx = ui.page("Documents en série", needs=Permission.DOCUMENT_WRITE)

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Dépôts", "IFU, relevés annuels, attestations : un fichier par contrat")
    st.space("stretch")
    if st.button("Déposer des fichiers", icon=":material/upload_file:", type="primary"):
        filing_view.drop()
chosen = filing_view.batches(ctx)
if chosen:
    filing_view.items(ctx, chosen)

ui.section("Contrats sans document", "ouverts dans l'année, en cours de l'année choisie")
with st.container(horizontal=True):
    labels = documents.category_labels(ctx, "account")
    category = st.selectbox(
        "Catégorie", list(labels), index=list(labels).index("tax"), format_func=labels.__getitem__,
        key="missing_category",
    )  # fmt: skip
    years = [ctx.today.year - n for n in range(6)]
    year = st.selectbox("Année", years, index=1, key="missing_year")
ui.table(
    ctx,
    portfolio.papers_missing(ctx, category, year),
    [
        ui.Column("label", "Contrat", sub="number", width=240, link="/compte?compte={account_id}"),
        ui.Column("envelope", "Enveloppe", labels=portfolio.ENVELOPES),
        ui.Column("provider", "Distributeur", width=180),
    ],
    key=f"missing_{category}_{year}",
    id="account_id",
    noun="contrats",
    export="contrats-sans-document",
    export_needs=Permission.PORTFOLIO_EXPORT,
    empty="Aucun : chaque contrat a son document pour cette année.",
)
