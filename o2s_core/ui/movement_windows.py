"""The windows about a movement typed by hand: type it, correct it, take it back."""

from dataclasses import asdict, replace
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import market, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.market import SupportFilter
from o2s_core.portfolio import AccountCard, MovementForm, MovementTrace
from o2s_core.ui import session
from o2s_core.ui.cache import cached
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import facts, note, section
from o2s_core.ui.forms import form, once, saving
from o2s_core.ui.support_picker import support_names
from o2s_core.ui.tables import Action

AMEND: Final = Action("amend", "Corriger ou annuler", "edit")
REASON: Final = FormField("reason", "Motif", "long_text", required=True, maximum=500)
UNDO: Final = FormSchema("Annulation", (REASON,))
#: Fields of the form that only a support has.
OF_UNITS: Final = frozenset({"quantity", "price"})


@dialog("Saisir un mouvement", width="large")
def new_movement(account_id: int) -> None:
    """Ask what happened on an account that no partner feeds."""
    _typing(account_id)


@dialog("Saisir un mouvement", width="large")
def new_movement_among(accounts: dict[int, str]) -> None:
    """Ask on which account something happened, then what."""
    with st.container(key="o2s_required_new_movement_account"):
        chosen = st.selectbox(
            "Compte *", list(accounts), index=None, format_func=accounts.__getitem__,
            placeholder="Choisir…", key=f"new_movement_among_{'_'.join(map(str, accounts))}",
        )  # fmt: skip
    if chosen is not None:
        _typing(chosen)


def _typing(account_id: int) -> None:
    ctx = session.context()
    card = portfolio.account(ctx, account_id)
    key = f"new_movement_{account_id}"
    section(card.label, f"{card.provider} · n° {card.number}")
    if card.aggregated:
        note("Ce compte est alimenté par son partenaire : ses mouvements viennent de ses fichiers.")
        return
    typed = _asked(ctx, card, key, None)
    if typed is not None and (confirmed := _confirmed(ctx, account_id, key, typed, None)):
        with saving(key, "Mouvement enregistré."):
            portfolio.type_movement(ctx, account_id, confirmed, key=once(key))


@dialog("Corriger ou annuler un mouvement", width="large")
def amend_movement(movement_id: int) -> None:
    """Ask what is right in a typed movement, or why it never happened."""
    ctx = session.context()
    key = f"amend_movement_{movement_id}"
    try:
        trace = portfolio.movement_trace(ctx, movement_id)
    except NotFoundError:
        note("Ce mouvement vient d'un fichier du partenaire : il se corrige chez le partenaire.")
        return
    trace_facts(trace)
    if not trace.standing:
        note("Ce mouvement est annulé : il ne compte plus, et reste lisible avec son motif.")
        return
    what = st.segmented_control(
        "Que faire ?", ["Corriger", "Annuler"], default="Corriger", required=True,
        key=f"{key}_what", label_visibility="collapsed",
    )  # fmt: skip
    (_correct if what == "Corriger" else _undo)(ctx, trace, key)


def _correct(ctx: Context, trace: MovementTrace, key: str) -> None:
    card = portfolio.account(ctx, trace.account_id)
    typed = _asked(ctx, card, key, trace)
    reason = st.session_state.get(f"{key}_said", "")
    if typed is None:
        return
    confirmed = _confirmed(ctx, trace.account_id, key, typed, trace.movement_id)
    if confirmed:
        with saving(key, "Mouvement corrigé : l'ancien est annulé par une contrepassation."):
            portfolio.correct_movement(ctx, trace.movement_id, confirmed, reason, key=once(key))


def _undo(ctx: Context, trace: MovementTrace, key: str) -> None:
    note("Une contrepassation l'annule : les deux restent lisibles, aucun ne compte plus.")
    values = form(UNDO, key=f"{key}_undo", columns=1, submit="Annuler le mouvement", cancel=True)
    if values is not None:
        with saving(f"{key}_undo", "Mouvement annulé par une contrepassation."):
            portfolio.reverse_movement(ctx, trace.movement_id, values["reason"])


def _asked(
    ctx: Context, card: AccountCard, key: str, trace: MovementTrace | None
) -> MovementForm | None:
    """Ask the nature and the support, then the day and the amounts that go with them."""
    known = trace.form if trace else None
    kinds = list(portfolio.TYPED_KINDS)
    left, right = st.columns(2)
    with left, st.container(key=f"o2s_required_{key}_kind"):
        kind = st.selectbox(
            "Nature *", kinds, index=kinds.index(known.kind) if known else None,
            format_func=portfolio.TYPED_KINDS.__getitem__, placeholder="Choisir…",
            key=f"{key}_kind",
        )  # fmt: skip
    with right:
        support = _support(ctx, card, key, kind, known)
    if kind is None:
        note("Choisissez d'abord la nature du mouvement.")
        return None
    defaults = asdict(known) if known else {"trade_on": ctx.today}
    values = form(
        _schema(support, corrects=trace is not None), key=key, defaults=defaults, cancel=True,
        submit="Corriger le mouvement" if trace else "Enregistrer le mouvement",
    )  # fmt: skip
    if values is None:
        return _awaiting(key)
    st.session_state[f"{key}_said"] = values.pop("reason", None) or ""
    plain = {name: value for name, value in values.items() if value is not None}
    return MovementForm(kind=kind, instrument_id=support, **plain)


def _schema(support: int | None, *, corrects: bool) -> FormSchema:
    """Return the fields to fill: without support there are no units."""
    fields = [f for f in portfolio.MOVEMENT_FORM.fields if support or f.key not in OF_UNITS]
    ready = [replace(f, required=True) if f.key == "amount" and not support else f for f in fields]
    return FormSchema("Mouvement", (*ready, *([REASON] if corrects else ())))


def _support(
    ctx: Context, card: AccountCard, key: str, kind: str | None, known: MovementForm | None
) -> int | None:
    names = _names(ctx, card, key)
    if known and known.instrument_id and known.instrument_id not in names:
        label = market.instrument(ctx, known.instrument_id).label
        names = {known.instrument_id: label, **names}
    ids = list(names)
    asked = kind in portfolio.TRADES
    prefix = "o2s_required" if asked else "o2s_optional"
    with st.container(key=f"{prefix}_{key}_support"):
        return st.selectbox(
            f"Support{' *' if asked else ''}", ids,
            index=ids.index(known.instrument_id) if known and known.instrument_id else None,
            format_func=lambda i: names.get(i, ""), key=f"{key}_support",
            placeholder="Libellé ou ISIN…" if asked else "Aucun : le compte espèces",
        )  # fmt: skip


def _names(ctx: Context, card: AccountCard, key: str) -> dict[int, str]:
    """Return the supports offered: those held first, the insurer's own, then the others."""
    held = cached(portfolio.holdings_of_account)(ctx, card.id).lines
    mine = held.filter(pl.col("instrument_id").is_not_null(), pl.col("instrument_kind") != "cash")
    own = cached(market.supports)(ctx, SupportFilter(kinds=("fonds_euros",)))
    own = own.filter(pl.col("provider") == card.provider)
    first = dict(mine.select("instrument_id", "label").unique(maintain_order=True).iter_rows())
    second = dict(own.select("id", "label").iter_rows())
    return {**first, **second, **{i: n for i, n in support_names(ctx, key=key).items()
                                  if i not in first}}  # fmt: skip


def _confirmed(
    ctx: Context, account_id: int, key: str, typed: MovementForm, corrects: int | None
) -> MovementForm | None:
    """Return what may be kept: at once when nothing surprises, else once it has been read."""
    check = portfolio.check_movement(ctx, account_id, typed, corrects=corrects)
    if check.problems or not check.warnings:
        st.session_state.pop(f"{key}_waiting", None)
        return typed
    st.session_state[f"{key}_waiting"] = typed
    for said in check.warnings:
        st.warning(said, icon=":material/warning:")
    if st.button("Enregistrer quand même", key=f"{key}_confirm"):
        st.session_state.pop(f"{key}_waiting", None)
        return replace(typed, twin=check.twins > 0)
    return None


def _awaiting(key: str) -> MovementForm | None:
    """Return the movement whose warnings are on screen, while the person reads them."""
    waiting = st.session_state.get(f"{key}_waiting")
    return waiting if isinstance(waiting, MovementForm) else None


def trace_facts(trace: MovementTrace) -> None:
    """Say who typed a movement, when and why, and who took it back."""
    kind = portfolio.TYPED_KINDS.get(trace.form.kind, trace.form.kind)
    section("Saisi à la main", f"{kind} du {french.day(trace.form.trade_on)}")
    shown: list[tuple[str, Any]] = [
        (
            "Saisi par",
            f"{trace.author}, le {french.day(trace.recorded_at.astimezone(PARIS).date())}",
        ),
        ("Motif de la correction", trace.reason),
    ]
    if trace.reversed_at is not None:
        by = f"{trace.reversed_by}, le {french.day(trace.reversed_at.astimezone(PARIS).date())}"
        shown += [("Annulé par", by), ("Motif de l'annulation", trace.reversed_why)]
    facts([(label, said) for label, said in shown if said])


def offer_movement(ctx: Context, accounts: dict[int, str], *, key: str) -> None:
    """Offer to type a movement on one of some accounts, those that no partner feeds."""
    if not ctx.may(Permission.MOVEMENT_WRITE) or not accounts:
        return
    if st.button("Saisir un mouvement", icon=":material/add:", key=f"new_{key}"):
        if len(accounts) == 1:
            new_movement(next(iter(accounts)))
        else:
            new_movement_among(accounts)
