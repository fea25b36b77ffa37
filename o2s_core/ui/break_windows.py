"""The windows about a break: its evidence, and what is done with it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import streamlit as st

from o2s_core import administration, aggregation, market, portfolio
from o2s_core.aggregation import BreakCard
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import CorporateAction
from o2s_core.ui import boundary, session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import Tone, facts, note, section
from o2s_core.ui.forms import form, saving
from o2s_core.ui.navigation import go, link
from o2s_core.ui.reasons import with_reason
from o2s_core.ui.tables import Action, table

BREAK_TONES: Final[dict[str, Tone]] = {
    "open": "warn",
    "explained": "info",
    "accepted": "quiet",
    "closed": "good",
}
BREAK_COLUMNS: Final = [
    Column("account", "Compte", sub="partner", width=150),
    Column("label", "Écart", sub="message", width=280),
    Column("subject", "Support ou devise", wide=True),
    Column("expected", "Attendu", "quantity", missing="—", wide=True),
    Column("reported", "Transmis", "quantity", missing="—", wide=True),
    Column("days", "Âge (jours)", "integer"),
    Column("owner", "Responsable", missing="Personne"),
    Column("proposed", "Piste", wide=True),
    Column("state", "État", "badge", labels=aggregation.BREAK_STATES, tones=BREAK_TONES),
    Column("as_of", "Au", "day", hidden=True),
    Column("number", "Numéro", hidden=True),
    Column("code", "Contrôle", hidden=True),
    Column("reason", "Motif", hidden=True),
]
SEE_BREAK: Final = Action("see", "Voir les preuves et décider", "fact_check")
EVIDENCE: Final = [
    Column("trade_on", "Le", "day"),
    Column("kind", "Mouvement", labels=portfolio.MOVEMENT_KINDS, sub="label"),
    Column("quantity", "Quantité", "quantity"),
    Column("net", "Net", "number", signed=True),
    Column("currency", "Devise"),
    Column("locator", "Emplacement", hidden=True),
]
LEGS: Final = [
    Column("label", "Support", width=180),
    Column("quantity", "Quantité", "quantity"),
    Column("gross", "Coût reporté", "number", missing="n.c."),
    Column("net", "Espèces", "number", signed=True),
]
DECIDING: Final = {"explain": "Expliquer", "accept": "Accepter", "action": "Opération sur titres"}


@dialog("Écart", width="large")
def break_window(break_id: int) -> None:
    """Show both figures, the movements between them, and what may be done."""
    ctx = session.context()
    card = aggregation.break_card(ctx, break_id)
    section(card.subject, f"{card.label}, {card.account}")
    note(card.message)
    facts(_figures(card))
    if card.since is not None:
        table(
            ctx, card.movements, EVIDENCE, key=f"evidence_{card.id}", id="movement_id",
            tools=False, empty="Aucun mouvement reçu entre les deux situations.",
        )  # fmt: skip
    if card.delivery_id and st.button("Voir la livraison", icon=":material/inbox:"):
        go(link("livraison", livraison=card.delivery_id))
    if ctx.may(Permission.BREAK_DECIDE):
        _decide(ctx, card)


def account_breaks(ctx: Context, account_id: int) -> None:
    """List what contradicts itself in an account; a row opens its evidence."""
    section("Écarts", "deux chiffres qui se contredisent ; celui du partenaire est gardé")
    pressed = table(
        ctx,
        aggregation.account_breaks(ctx, account_id),
        BREAK_COLUMNS,
        key=f"breaks_{account_id}",
        noun="écarts",
        actions=[SEE_BREAK],
        empty="Aucun écart ouvert sur ce compte.",
    )
    if pressed.action:
        break_window(int(pressed.row))


def _figures(card: BreakCard) -> list[tuple[str, str]]:
    gap = None
    if card.expected is not None and card.reported is not None:
        gap = card.reported - card.expected
    since = f" (depuis le {french.day(card.since)})" if card.since else ""
    return [
        (f"Attendu{since}", french.quantity(card.expected) if card.expected is not None else "—"),
        (
            f"Transmis au {french.day(card.as_of)}",
            french.quantity(card.reported) if card.reported is not None else "—",
        ),
        ("Différence", french.quantity(gap) if gap is not None else "—"),
        ("Ouvert le", french.day(card.opened_on)),
        ("Piste", card.proposed + (f" avec {card.other}" if card.other else "")),
        ("État", aggregation.BREAK_STATES[card.state]),
        ("Motif", card.reason),
    ]


def _decide(ctx: Context, card: BreakCard) -> None:
    if card.action and st.button("Reprendre l'opération sur titres", icon=":material/undo:"):
        with saving(f"undo_{card.id}", "Opération reprise : l'écart est comparé de nouveau."):
            aggregation.undo_action(ctx, card.id)
    if card.state == "closed":
        return
    _assign(ctx, card)
    offered = [c for c in DECIDING if c != "action" or card.code == "V03"]
    chosen = st.segmented_control(
        "Décision", offered, format_func=DECIDING.__getitem__, key=f"decide_{card.id}"
    )
    if chosen == "explain":
        _reason(ctx, card, "Écart expliqué.", aggregation.explain)
    if chosen == "accept":
        _reason(ctx, card, "Écart accepté.", aggregation.accept_break)
    if chosen == "action":
        _action(ctx, card)


def _assign(ctx: Context, card: BreakCard) -> None:
    known = {a.id: a.name for a in administration.advisers(ctx)}
    ids = list(known)
    chosen = st.selectbox(
        "Responsable",
        ids,
        index=ids.index(card.owner_id) if card.owner_id in known else None,
        format_func=known.__getitem__,
        placeholder="Personne",
        key=f"owner_{card.id}",
    )
    if chosen is not None and chosen != card.owner_id and st.button("Confier", key=f"a_{card.id}"):
        with saving(f"assign_{card.id}", "Écart confié."):
            aggregation.assign(ctx, card.id, chosen)


def _reason(ctx: Context, card: BreakCard, said: str, verb: Any) -> None:  # noqa: ANN401
    key = f"reason_{card.id}_{verb.__name__}"
    with_reason(key, "Enregistrer", said, lambda reason: verb(ctx, card.id, reason))


def _action(ctx: Context, card: BreakCard) -> None:
    """Ask for the corporate action, show what it writes, then write it."""
    proposed = aggregation.proposed_action(ctx, card.id)
    values = form(
        _schema(ctx, card),
        key=f"action_{card.id}",
        defaults=_defaults(card, proposed),
        submit="Montrer ce qui sera écrit",
    )
    if values is not None:
        st.session_state[f"legs_{card.id}"] = values
    typed = st.session_state.get(f"legs_{card.id}")
    if typed is None:
        return
    with boundary.errors():
        action = _typed(card, typed)
        legs = aggregation.action_legs(ctx, card.id, action)
        table(ctx, legs, LEGS, key=f"legs_of_{card.id}", id="label", tools=False)
        if st.button("Écrire l'opération", type="primary", key=f"write_{card.id}"):
            with saving(f"write_{card.id}", "Opération sur titres écrite."):
                aggregation.explain_by_action(ctx, card.id, action)


def _schema(ctx: Context, card: BreakCard) -> FormSchema:
    found = market.instruments(ctx).select("id", "label").iter_rows()
    supports = {str(id_): label for id_, label in found if id_ != card.instrument_id}
    return FormSchema(
        "Opération sur titres",
        (
            FormField("kind", "Nature", "choice", required=True,
                      choices=portfolio.CORPORATE_ACTIONS),
            FormField("on", "Date d'effet", "day", required=True),
            FormField("units", "Quantité avant", "quantity", required=True),
            FormField("new_units", "Quantité après", "quantity"),
            FormField("other", "Nouveau support", "choice", choices=supports),
            FormField("cash", "Espèces reçues (soulte, remboursement)", "money"),
            FormField("cost_share", "Part du coût vers le nouveau support", "percent"),
        ),
    )  # fmt: skip


def _defaults(card: BreakCard, proposed: CorporateAction | None) -> dict[str, Any]:
    if proposed is None:
        return {"on": card.as_of, "units": card.expected, "new_units": card.reported}
    other = proposed.other_instrument_id
    return {
        "kind": proposed.kind,
        "on": proposed.on,
        "units": proposed.units,
        "new_units": proposed.new_units,
        "other": str(other) if other is not None else None,
    }


def _typed(card: BreakCard, values: dict[str, Any]) -> CorporateAction:
    """Return the action as it was typed, about the support that leaves."""
    other = int(values["other"]) if values["other"] else None
    gone = card.instrument_id or 0
    if not card.expected and card.other_instrument_id is not None:
        gone, other = card.other_instrument_id, card.instrument_id
    action = CorporateAction(values["kind"], values["on"], gone, values["units"])
    return replace(
        action,
        new_units=values["new_units"] or Decimal(0),
        other_instrument_id=other,
        cash=values["cash"] or Decimal(0),
        cost_share=values["cost_share"] or Decimal(0),
    )
