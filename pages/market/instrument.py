"""Outils › Support: what a support is, what it was worth, what partners call it."""

from datetime import timedelta

import streamlit as st

from o2s_core import charts, market, ui
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import support_papers_view, support_view
from o2s_core.ui.figures import Tone
from o2s_core.ui.fund_view import fund_details, headline
from o2s_core.ui.instrument_windows import (
    edit_instrument,
    instrument_form,
    new_alias,
    put_aside,
    type_price,
)

ctx = ui.page("Support", needs=Permission.MARKET_READ)
number = st.query_params.get("support", "")
if not number.isdigit():
    raise NotFoundError("Support", number or "aucun numéro dans l'adresse")
card = market.instrument(ctx, int(number))
sheet = ui.cached(market.fund_sheet)(ctx, card.id)

corrected = ui.cached(market.price_corrections)(ctx, card.id)
PERIODS = {"1 an": 365, "3 ans": 1096, "5 ans": 1826, "10 ans": 3653}
STATUS_TONES: dict[str, Tone] = {
    "provisional": "warn",
    "unidentified": "bad",
    "inactive": "quiet",
    "active": "good",
}
sources = market.price_source_labels(ctx, card.id)
PRICES = [
    ui.Column("day", "Date", "day"),
    ui.Column("value", "Cours", "number", decimals=4),
    ui.Column("currency", "Devise"),
    ui.Column("kind", "Nature", labels=market.PRICE_KINDS),
    ui.Column("source", "Source", labels=sources, width=150),
]
CORRECTED = [
    ui.Column("day", "Cours du", "day"),
    ui.Column("value", "Ancien cours", "number", decimals=4),
    ui.Column("currency", "Devise"),
    ui.Column("source", "Source", labels=sources, width=150),
    ui.Column("recorded_at", "Reçu le", "instant", wide=True),
    ui.Column("replaced_at", "Corrigé le", "instant"),
]
GAPS = [
    ui.Column("after", "Dernier cours avant", "day"),
    ui.Column("before", "Cours suivant", "day"),
    ui.Column("days", "Jours", "integer"),
]
ALIASES = [
    ui.Column("code_type", "Nature", labels=market.CODE_TYPES),
    ui.Column("code", "Code", width=160),
    ui.Column("provider", "Utilisé par", missing="Tous", width=140),
]
may_write = ctx.may(Permission.INSTRUMENT_WRITE)

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section(card.label, card.isin or "sans code ISIN")
    st.space("stretch")
    support_view.choices(ctx, card)
    if ctx.may(Permission.PRICE_WRITE) and st.button("Saisir un cours", icon=":material/add:"):
        type_price(card.id)
    if may_write and st.button("Modifier", icon=":material/edit:"):
        edit_instrument(card.id)
    if may_write and st.button("Remettre" if card.status == "inactive" else "Retirer"):
        put_aside(card.id)
shown: list[tuple[str, Tone]] = [("Cours ancien", "warn")] if card.stale else []
ui.badges(
    [
        (market.STATUSES[card.status], STATUS_TONES[card.status]),
        (market.INSTRUMENT_KINDS.get(card.kind, card.kind), "info"),
        (market.ASSET_CLASSES.get(card.asset_class, card.asset_class), ""),
        *support_view.standing(ctx, card),
        *shown,
    ]
)

if card.to_complete and may_write:
    st.warning(
        "Ce support a été créé à la lecture d'un fichier de partenaire. Les lignes des clients "
        "sont comptées à la valeur du partenaire : complétez-le pour le classer et le valoriser.",
        icon=":material/edit_note:",
    )
    with st.container(border=True):
        instrument_form(card.id)

top = st.container()
left, right = st.columns([3, 2], gap="medium")
with left:
    with st.container(horizontal=True, vertical_alignment="center"):
        ui.section("Cours", f"en {card.price_currency}")
        st.space("stretch")
        period = st.segmented_control(
            "Période",
            list(PERIODS),
            default="3 ans",
            required=True,
            key=f"period_{card.id}",
            label_visibility="collapsed",
        )
    start = ctx.today - timedelta(PERIODS[str(period)])
    path = ui.cached(market.price_path)(ctx, card.id, start, ctx.today)
    ui.chart(
        ctx,
        charts.value_line(
            path.curve,
            series={"value": card.label},
            theme=ui.theme(),
            unit=path.currency,
            decimals=4,
        ).update_yaxes(tickformat=",~f"),
        path.prices.reverse(),
        PRICES,
        key=f"prices_{card.id}_{period}",
        alt=f"Cours de {card.label} sur {period}.",
    )
    for old in path.absorbed:
        ui.note(
            f"Avant le {ui.day(old.since)}, les cours sont ceux de « {old.label} », absorbé, à la "
            "parité de la fusion."
        )
    if path.others:
        ui.note(f"{path.others} cours dans une autre devise ne sont pas tracés.")
    if not path.gaps.is_empty():
        with st.expander(
            f"Périodes sans cours ({path.gaps.height})",
            icon=":material/show_chart:",
            key=f"gaps_{card.id}",
        ):
            ui.note("Le silence dépasse le délai de la famille : la courbe n'y est pas reliée.")
            ui.table(
                ctx, path.gaps, GAPS, key=f"gaps_{card.id}_{period}", id="after", noun="périodes"
            )
    if not corrected.is_empty():
        with st.expander(
            f"Cours corrigés ({corrected.height})",
            icon=":material/history:",
            key=f"corrected_{card.id}",
        ):
            ui.note(
                "Ce que la source disait avant de corriger ; le cours en vigueur est au-dessus."
            )
            ui.table(
                ctx, corrected, CORRECTED, key=f"corrections_{card.id}", id="id", noun="corrections"
            )
    support_papers_view.description(ctx, card)
with right:
    ui.section("Identité")
    ui.facts(
        [
            ("Famille", market.INSTRUMENT_KINDS.get(card.kind, card.kind)),
            ("Classe d'actifs", market.ASSET_CLASSES.get(card.asset_class, card.asset_class)),
            ("Devise", card.currency),
            ("Société de gestion", card.manager),
            ("Assureur", card.provider),
            *(
                [("Dividendes", market.INCOMES.get(card.income, ""))]
                if card.kind == "index"
                else []
            ),
            ("Source du cours", sources.get(card.price_source, card.price_source)),
            ("Nature du cours", market.PRICE_KINDS.get(card.price_kind, card.price_kind)),
        ]
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        ui.section("Autres codes")
        st.space("stretch")
        if may_write and st.button("Ajouter un code", icon=":material/add:"):
            new_alias(card.id)
    answer = ui.table(
        ctx,
        market.aliases(ctx, card.id),
        ALIASES,
        key=f"aliases_{card.id}",
        noun="codes",
        actions=[ui.Action("remove", "Retirer", "delete")] if may_write else (),
        empty="Aucun autre code : les partenaires utilisent l'ISIN.",
    )
    if answer.action == "remove":
        market.remove_alias(ctx, int(answer.row))
        ui.flash("Code retiré.")
        st.rerun()

with top:
    ui.figures(
        [
            (
                "Dernier cours",
                f"{ui.number(card.price, 4)} {card.price_currency}" if card.price else "n.c.",
                f"au {ui.day(card.price_on)}" if card.price_on else "aucun cours connu",
            ),
            ("Variation", ui.percent(path.change, signed=True), f"{period}, hors revenus"),
            ("Plus haut", ui.number(path.highest, 4) if path.highest else "n.c.", str(period)),
            ("Plus bas", ui.number(path.lowest, 4) if path.lowest else "n.c.", str(period)),
            *headline(card, sheet),
        ]
    )
left, right = st.columns([3, 2], gap="medium")
with left:
    support_view.computed(ctx, card, sheet)
with right:
    support_view.status(ctx, card)
support_view.shares(ctx, card)
support_view.similar(ctx, card)
left, right = st.columns([3, 2], gap="medium")
with left:
    support_papers_view.papers(ctx, card)
    support_papers_view.absorbed(ctx, card)
with right:
    support_papers_view.notes(ctx, card)
support_view.holders(ctx, card)
fund_details(ctx, card, sheet)
