"""What the firm knows of a support beyond its files: status, computed risk, holders, shares."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import market, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market import DecisionForm, FundSheet, InstrumentCard
from o2s_core.ui import session
from o2s_core.ui.cache import cached
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import Tone, empty, facts, note, section
from o2s_core.ui.forms import form, saving
from o2s_core.ui.messages import flash
from o2s_core.ui.navigation import go, link
from o2s_core.ui.support_search import DECIDED as DECIDED_LABELS
from o2s_core.ui.support_search import DECISION_TONES, with_charge
from o2s_core.ui.tables import Action, table

DECIDED: Final = [
    Column("decided_on", "Décidé le", "day"),
    Column("state", "Statut", "badge", labels=market.DECISIONS, tones=DECISION_TONES),
    Column("reason", "Motif", width=260),
    Column("review_on", "À revoir le", "day", missing="—"),
    Column("by", "Par", missing="—", wide=True),
]
RISKS: Final = [
    Column("label", "Indicateur", width=220, sub="how"),
    Column("published", "Publié", missing="n.c."),
    Column("computed", "Calculé", missing="n.c."),
]
HOLDERS: Final = [
    Column("name", "Client", missing="Démembrement", width=220,
           link="/portefeuille-synthese?contact={file_code}"),
    Column("file_code", "Dossier", wide=True),
    Column("accounts", "Comptes", "integer"),
    Column("value_eur", "Montant", "eur", total=True),
]  # fmt: skip
SHARES: Final = [
    Column("label", "Part", width=220, sub="isin"),
    Column("charge", "Frais courants", missing="n.c."),
    Column("gap", "Écart", missing="n.c."),
    Column("perf_3y", "3 ans", "percent", signed=True, missing="n.c."),
    Column("sri", "SRI", "integer", missing="n.c.", wide=True),
]

SIMILAR: Final = [
    Column("label", "Support", width=220, sub="isin"),
    Column("charge", "Frais courants", missing="n.c."),
    Column("gap", "Écart", missing="n.c."),
    Column("perf_3y", "3 ans", "percent", signed=True, missing="n.c."),
    Column("volatility", "Volatilité 1 an", "percent", missing="n.c.", wide=True),
    Column("sri", "SRI", "integer", missing="n.c.", wide=True),
    Column("decision", "Statut", "badge", labels=DECIDED_LABELS, tones=DECISION_TONES, wide=True),
]
COMPARE: Final = Action("compare", "Comparer avec ce support", "compare_arrows")


def standing(ctx: Context, card: InstrumentCard) -> list[tuple[str, Tone]]:
    """Return the badge of what the firm decided of a support, none without decision."""
    rows = market.decisions(ctx, card.id)
    state = rows["state"][0] if rows.height else "none"
    return [] if state == "none" else [(market.DECISIONS[state], DECISION_TONES[state])]


def choices(ctx: Context, card: InstrumentCard) -> None:
    """Offer what one does with a support: prefer it, compare it, decide on it."""
    mine = market.favourites(ctx).filter(pl.col("id") == card.id, pl.col("mine"))
    preferred = not mine.is_empty()
    if st.button(
        "Retirer des préférés" if preferred else "Préférer",
        icon=":material/star:",
        key=f"prefer_{card.id}",
    ):
        if preferred:
            market.prefer_no_more(ctx, card.id)
        else:
            market.prefer(ctx, card.id)
        flash("Fonds préférés mis à jour.")
        st.rerun()
    if st.button("Comparer", icon=":material/compare_arrows:", key=f"compare_{card.id}"):
        go(link("comparateur", supports=card.id))
    if ctx.may(Permission.FUND_DECIDE) and st.button(
        "Statut", icon=":material/gavel:", key=f"decide_{card.id}"
    ):
        decide(card.id)


@dialog("Statut du cabinet")
def decide(instrument_id: int) -> None:
    """Ask what the firm decides of a support, why, and when it looks again."""
    ctx = session.context()
    key = f"decide_{instrument_id}"
    values = form(
        market.DECISION_FORM, key=key, defaults={"decided_on": ctx.today}, cancel=True,
        submit="Enregistrer le statut",
    )  # fmt: skip
    if values is not None:
        with saving(key, "Statut enregistré."):
            market.decide(ctx, instrument_id, DecisionForm(**values))


def status(ctx: Context, card: InstrumentCard) -> None:
    """Show what the firm decided of a support, the decisions before it included."""
    rows = market.decisions(ctx, card.id)
    if rows.is_empty():
        section("Statut du cabinet")
        note("Aucune décision sur ce support.")
        return
    last = rows.row(0, named=True)
    section("Statut du cabinet", f"décidé le {french.day(last['decided_on'])}")
    review = last["review_on"]
    late = " (échue)" if review is not None and review <= ctx.today else ""
    facts(
        [
            ("Statut", market.DECISIONS[last["state"]]),
            ("Motif", last["reason"]),
            ("À revoir le", f"{french.day(review)}{late}" if review else "sans échéance"),
        ]
    )
    if rows.height > 1:
        with st.expander(f"Décisions précédentes ({rows.height - 1})", key=f"decided_{card.id}"):
            table(ctx, rows[1:], DECIDED, key=f"decisions_{card.id}", tools=False)


def computed(ctx: Context, card: InstrumentCard, sheet: FundSheet) -> None:
    """Show the classes of risk, as the manufacturer publishes them and as the prices give them."""
    if card.kind in {"cash", "fonds_euros", "euro_croissance"}:
        return
    years = sheet.number("risk.holding_years")
    held = float(years) if years else None
    found = cached(market.computed_risk)(ctx, card.id, held)
    section("Classes de risque", "publié par la société de gestion, calculé sur les cours")
    rows = [
        ("SRI", "publié : risque de marché et de crédit ; calculé : risque de marché seul",
         _class(card.sri), _class(found.market_class)),
        ("SRRI", "volatilité hebdomadaire sur cinq ans (CESR, 2010)",
         _published(sheet, "risk.srri"), _class(found.srri)),
        ("Volatilité équivalente à la VaR", f"PRIIPs, détention de {found.holding_years:g} ans",
         _ratio(sheet, "risk.volatility"), _percent(found.equivalent_volatility)),
        ("Volatilité sur cinq ans", "rendements hebdomadaires", None,
         _percent(found.srri_volatility)),
    ]  # fmt: skip
    shape = {"label": pl.String, "how": pl.String, "published": pl.String, "computed": pl.String}
    table(
        ctx, pl.DataFrame(rows, shape, orient="row"), RISKS, key=f"risk_{card.id}", id="label",
        tools=False,
    )  # fmt: skip
    if found.why_not:
        note(found.why_not)


def _class(number: int | None) -> str | None:
    return None if number is None else f"{number} sur 7"


def _percent(ratio: float | None) -> str | None:
    return None if ratio is None else french.percent(ratio, 2)


def _published(sheet: FundSheet, name: str) -> str | None:
    value = sheet.number(name)
    return None if value is None else f"{int(value)} sur 7"


def _ratio(sheet: FundSheet, name: str) -> str | None:
    value = sheet.number(name)
    return None if value is None else french.percent(value, 2)


def holders(ctx: Context, card: InstrumentCard) -> None:
    """Show the clients of the perimeter who hold a support."""
    if not ctx.may(Permission.PORTFOLIO_READ):
        return
    rows = cached(portfolio.support_holders)(ctx, card.id)
    section("Détenu par mes clients", french.count(rows.height, "client"))
    if rows.is_empty():
        empty("Aucun client de votre périmètre ne détient ce support.")
        return
    table(ctx, rows, HOLDERS, key=f"holders_{card.id}", id="contact_id", noun="clients",
          page_size=10)  # fmt: skip


def shares(ctx: Context, card: InstrumentCard) -> None:
    """Show the other shares of the same fund, and by how much each is cheaper or dearer."""
    rows = cached(market.share_classes)(ctx, card.id)
    if rows.is_empty():
        return
    own = cached(market.supports)(ctx, market.SupportFilter(statuses=(), ids=frozenset({card.id})))
    cost = own["ongoing"][0] if own.height else None
    gaps = [_gap(each, cost) for each in rows["ongoing"]]
    section("Autres parts du même fonds", "même société, même nom ; la moins chère d'abord")
    pressed = table(
        ctx, with_charge(rows).with_columns(gap=pl.Series(gaps, dtype=pl.String)), SHARES,
        key=f"shares_{card.id}", open="/support?support={id}", noun="parts", tools=False,
        actions=[COMPARE],
    )  # fmt: skip
    if pressed.action == "compare":
        go(link("comparateur", supports=f"{card.id},{pressed.row}"))


def similar(ctx: Context, card: InstrumentCard) -> None:
    """Show cheaper supports of the same category; one click compares them."""
    rows = cached(market.similar_supports)(ctx, card.id)
    if rows.is_empty():
        return
    own = cached(market.supports)(ctx, market.SupportFilter(statuses=(), ids=frozenset({card.id})))
    cost = own["ongoing"][0] if own.height else None
    gaps = [_gap(each, cost) for each in rows["ongoing"]]
    kept = "moins chers" if cost is not None else "frais de ce support inconnus"
    section(
        "Supports de la même catégorie",
        f"même classe, même zone, SRI voisin ; {kept}, le moins cher d'abord",
    )
    pressed = table(
        ctx, with_charge(rows).with_columns(gap=pl.Series(gaps, dtype=pl.String)), SIMILAR,
        key=f"similar_{card.id}", open="/support?support={id}", noun="supports", tools=False,
        actions=[COMPARE],
    )  # fmt: skip
    if pressed.action == "compare":
        go(link("comparateur", supports=f"{card.id},{pressed.row}"))


def _gap(other: float | None, own: float | None) -> str | None:
    if other is None or own is None:
        return None
    return french.percent(other - own, 2, signed=True)
