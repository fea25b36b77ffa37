"""Accueil: what is new for my clients, what they own together, and where to go on."""

from datetime import datetime

import streamlit as st

from o2s_core import administration, aggregation, charts, contacts, market, portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS

ctx = ui.page("Accueil", needs=Permission.HOME_VIEW)

AXES = {"envelope": "Enveloppe", "provider": "Distributeur", "asset_class": "Classe d'actifs"}
HISTORY = {"total": "Total", **AXES}
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

TO_DO = [
    ui.Column("label", "Support", width=200, sub="isin"),
    ui.Column("kind", "Famille", labels=market.INSTRUMENT_KINDS, wide=True),
    ui.Column("status", "État", labels=market.STATUSES),
    ui.Column("freshness", "Cours", labels=market.FRESHNESS),
    ui.Column("price_on", "Dernier cours le", "day", missing="—"),
]
CLASSES = [
    ui.Column("label", "Classe d'actifs", width=160),
    ui.Column("instruments", "Supports", "integer", total=True),
]
ATTENTION = [ui.Column("what", "Point", width=190), ui.Column("why", "Constat", width=220)]
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
            ("Alertes techniques", waiting.alerts, "/flux"),
            ("Écarts à votre nom", waiting.breaks, f"/ecarts?responsable={ctx.user_id}"),
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
    parts = portfolio.assets_by(ctx, axis, ui.cached(portfolio.assets)(ctx))
    ui.chart(
        ctx,
        charts.bars(parts.head(10), "label", "value_eur", theme=ui.theme()),
        parts,
        PARTS,
        key=f"assets_{axis}",
        alt=f"Encours des clients par {AXES[axis].lower()}",
    )


def show_history() -> None:
    """Show what the clients of the perimeter owned at the end of each month of five years."""
    ui.section("Encours sur cinq ans", "fins de mois, puis aujourd'hui")
    by = st.segmented_control(
        "Découpage",
        list(HISTORY),
        default="total",
        required=True,
        format_func=HISTORY.__getitem__,
        label_visibility="collapsed",
        key="home_history_axis",
    )
    found = ui.cached(portfolio.assets_over_time)(ctx)
    if found.made_at is None:
        ui.empty(
            "Les fins de mois se calculent la nuit : la courbe apparaît dès qu'un compte est connu "
            "à l'une d'elles."
        )
        return
    owned = ui.cached(portfolio.assets)(ctx)
    drawn, names = found.drawn("" if by == "total" else by, owned)
    ui.chart(
        ctx,
        charts.value_line(drawn, series=names, theme=ui.theme(), height=260, equals=True),
        drawn.sort("day", descending=True),
        [
            ui.Column("day", "Date", "day"),
            *(ui.Column(column, name, "eur", decimals=0) for column, name in names.items()),
        ],
        key=f"history_{by}",
        alt="Encours des clients à chaque fin de mois depuis cinq ans",
    )
    ui.note(said_of_history(found, found.made_at))


def said_of_history(found: portfolio.AssetsOverTime, made_at: datetime) -> str:
    """Say when the months were computed, what they count and what they leave out."""
    said = (
        f"Fins de mois calculées le {made_at.astimezone(PARIS):%d/%m/%Y à %H:%M}, avec les parts "
        "et les conseillers d'aujourd'hui ; un compte compte à partir du jour où il est connu."
    )
    for day, _, accounts, unpriced in found.coverage.tail(1).iter_rows():
        said += f" Au {ui.day(day)} : {ui.count(accounts, 'compte connu', 'comptes connus')}"
        said += (
            f", {ui.count(unpriced, 'ligne')} sans cours laissée de côté" if unpriced == 1 else ""
        )
        said += (
            f", {ui.count(unpriced, 'ligne')} sans cours laissées de côté" if unpriced > 1 else ""
        )
        said += "."
    return said


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


def show_supports() -> None:
    """Show which supports wait for somebody, and what they are."""
    seen = ui.cached(market.market_overview)(ctx)
    ui.section("Supports à traiter", "à compléter d'abord, puis sans cours récent")
    ui.table(
        ctx,
        seen.to_do.head(8),
        TO_DO,
        key="home_supports",
        open="/support?support={id}",
        noun="supports",
        tools=False,
        empty="Rien à traiter : chaque support est complet et son cours est récent.",
    )
    ui.section("Supports suivis", ui.count(seen.instruments, "support"))
    ui.chart(
        ctx,
        charts.bars(seen.by_class, "label", "instruments", theme=ui.theme(), unit=""),
        seen.by_class,
        CLASSES,
        key="home_classes",
        alt="Nombre de supports par classe d'actifs",
    )


def show_accesses() -> None:
    """Show what waits for whoever keeps the firm's accesses."""
    seen = administration.overview(ctx)
    ui.figures(
        [
            ("Utilisateurs actifs", ui.number(seen.active_users, 0)),
            ("Sessions ouvertes", ui.number(seen.open_sessions, 0), "en ce moment"),
            ("Connexions refusées", ui.number(seen.refused_today, 0), "aujourd'hui"),
        ]
    )
    ui.section("À regarder", "accès et sauvegardes du cabinet")
    ui.table(
        ctx,
        seen.attention,
        ATTENTION,
        key="home_attention",
        id="what",
        open="{href}",
        noun="points",
        tools=False,
        empty="Rien à signaler.",
    )


follows_clients = ctx.may(Permission.CONTACT_READ)
if follows_clients:
    counters = ui.cached(contacts.overview)(ctx)
    shown = [
        ("Clients", ui.number(counters.counters["client"], 0), "dans mon périmètre"),
        ("Prospects", ui.number(counters.counters["prospect"], 0)),
        ("Dossiers à compléter", ui.number(counters.counters["incomplete"], 0)),
    ]
    if ctx.may(Permission.PORTFOLIO_READ):
        total = portfolio.total_assets(ctx, ui.cached(portfolio.assets)(ctx))
        shown.insert(0, ("Encours des clients", ui.eur(total, 0), f"au {ui.day(ctx.today)}"))
    ui.figures(shown)

left, right = st.columns([3, 2], gap="medium")
with left:
    if ctx.may(Permission.FEED_READ):
        show_imports()
    if follows_clients:
        show_recent()
    elif ctx.may(Permission.MARKET_READ):
        show_supports()
    elif ctx.may(Permission.FIRM_READ):
        show_accesses()
with right:
    if ctx.may(Permission.PORTFOLIO_READ):
        show_assets()
        show_history()
