"""Accueil: what is new for my clients, what they own together, and where to go on."""

import streamlit as st

from o2s_core import aggregation, charts, contacts, portfolio, ui
from o2s_core.kernel.permissions import Permission

ctx = ui.page("Accueil", needs=Permission.HOME_VIEW)

AXES = {"envelope": "Enveloppe", "provider": "Distributeur", "asset_class": "Classe d'actifs"}
PARTS = [
    ui.Column("label", "Libellé"),
    ui.Column("value_eur", "Encours", "eur", total=True),
    ui.Column("weight", "Poids", "percent", total=True),
]
STAGE_TONES = {"client": "good", "prospect": "info"}
STATE_TONES = {
    "committed": "good",
    "partly_committed": "warn",
    "quarantined": "warn",
    "rejected": "bad",
    "duplicate": "quiet",
    "cancelled": "quiet",
}
RECENT = [
    ui.Column("name", "Nom", sub="file_code"),
    ui.Column("first_name", "Prénom"),
    ui.Column("stage", "Type", "badge", labels=contacts.vocabulary.STAGES, tones=STAGE_TONES),
    ui.Column("adviser", "Conseiller", wide=True),
    ui.Column("updated_at", "Modifié le", "instant"),
]

DELIVERED = [
    ui.Column("received_at", "Reçu le", "instant"),
    ui.Column("partner", "Partenaire", sub="file_name", missing="Non reconnu", width=100),
    ui.Column("state", "État", "badge", labels=aggregation.DELIVERY_STATES, tones=STATE_TONES),
    ui.Column("accounts", "Comptes", "integer", wide=True),
    ui.Column(
        "waiting", "En attente", "integer", help="Comptes à rattacher ou en quarantaine", wide=True
    ),
]


def show_imports() -> None:
    """Show the panel « Nouveaux clients et portefeuilles à importer », and the way to each list."""
    waiting = aggregation.to_import(ctx)
    ui.section("Nouveaux clients et portefeuilles à importer", "dernières livraisons")
    with st.container(horizontal=True):
        for label, count, url in (
            ("Comptes à rattacher", waiting.to_attach, "/comptes-a-rattacher"),
            ("Comptes en quarantaine", waiting.quarantined, "/anomalies"),
            ("Supports à compléter", waiting.unknown_instruments, "/supports"),
        ):
            if st.button(f"{label} : **{count}**", key=f"home_{url}", disabled=not count):
                ui.go(url)
        if st.button("Importer un fichier", icon=":material/upload:", key="home_import"):
            ui.go("/agregation")
    ui.table(
        ctx,
        aggregation.deliveries(ctx).head(6),
        DELIVERED,
        key="delivered",
        open="/livraison?livraison={id}",
        noun="livraisons",
        tools=False,
        empty="Aucune livraison : déposez un premier fichier de partenaire.",
    )


def show_assets() -> None:
    """Show what the clients of the perimeter own together, along one axis."""
    ui.section("Encours des clients", f"valeur au {ui.day(ctx.today)}")
    axis = st.segmented_control(
        "Répartition",
        list(AXES),
        default="envelope",
        required=True,
        format_func=AXES.__getitem__,
        label_visibility="collapsed",
        key="home_axis",
    )
    parts = ui.cached(portfolio.assets_by)(ctx, axis)
    ui.chart(
        ctx,
        charts.bars(parts.head(10), "label", "value_eur", theme=ui.theme()),
        parts,
        PARTS,
        key=f"assets_{axis}",
        alt=f"Encours des clients par {AXES[axis].lower()}",
    )


def show_recent() -> None:
    """Show the files touched last, each a double click away."""
    ui.section("Derniers dossiers modifiés")
    listed = ui.cached(contacts.contact_list)(ctx).rows
    ui.table(
        ctx,
        listed.sort("updated_at", descending=True, nulls_last=True).head(8),
        RECENT,
        key="recent",
        open="/dossier-general?contact={file_code}",
        noun="dossiers",
        empty="Aucun dossier : ajoutez un premier contact depuis le module Contacts.",
    )


if ctx.may(Permission.CONTACT_READ):
    counters = ui.cached(contacts.overview)(ctx)
    shown = [
        ("Clients", ui.number(counters.counters["client"], 0), "dans mon périmètre"),
        ("Prospects", ui.number(counters.counters["prospect"], 0)),
        ("Dossiers à compléter", ui.number(counters.counters["incomplete"], 0)),
    ]
    if ctx.may(Permission.PORTFOLIO_READ):
        total = ui.cached(portfolio.total_assets)(ctx)
        shown.insert(0, ("Encours des clients", ui.eur(total, 0), f"au {ui.day(ctx.today)}"))
    ui.figures(shown)

left, right = st.columns([3, 2], gap="medium")
with left:
    if ctx.may(Permission.FEED_READ):
        show_imports()
    if ctx.may(Permission.CONTACT_READ):
        show_recent()
with right:
    if ctx.may(Permission.PORTFOLIO_READ):
        show_assets()
