"""Where the files of a feed are fetched, on screen: the server, a try, a visit now."""

from dataclasses import replace

import streamlit as st

from o2s_core import aggregation
from o2s_core.aggregation import SourceCard, SourceForm, SourceTrial
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import day
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.ui.figures import facts, note
from o2s_core.ui.forms import form, opened_version, saving


def show_source(ctx: Context, feed_id: int) -> None:
    """Show, and let change, where the files of a feed are fetched."""
    card = aggregation.feed_source(ctx, feed_id)
    if card is not None:
        _state(card)
    elif not ctx.may(Permission.FEED_WRITE):
        note("Les fichiers de ce flux ne sont pas collectés : ils se déposent.")
    if not ctx.may(Permission.FEED_WRITE):
        return
    if card is not None:
        _tries(ctx, card)
    _edit(ctx, feed_id, card)


def _state(card: SourceCard) -> None:
    facts(
        [
            ("Serveur", f"{card.form.host}:{card.form.port}"),
            ("Dernier passage", _instant(card.tried_at)),
            ("Prochain passage", _instant(card.next_at) if card.form.active else "Arrêté"),
            ("Échecs de suite", str(card.failures)),
        ]
    )
    if card.message:
        (st.error if card.failures else st.info)(card.message)


def _instant(at: object) -> str:
    if at is None:
        return "—"
    here = at.astimezone(PARIS)  # type: ignore[attr-defined]
    return f"{day(here.date())} {here:%H:%M}"


def _tries(ctx: Context, card: SourceCard) -> None:
    with st.container(horizontal=True):
        tries = st.button("Essayer la connexion", icon=":material/cable:")
        now = st.button("Collecter maintenant", icon=":material/download:")
    if tries:
        with st.spinner("Connexion au serveur…"):
            st.session_state[f"trial_{card.id}"] = aggregation.try_source(ctx, card.feed_id)
    if now:
        with saving(f"collect_{card.id}", "Collecte demandée : elle commence dans un instant."):
            aggregation.pick_up_later(ctx, card.feed_id)
    trial = st.session_state.get(f"trial_{card.id}")
    if trial is not None:
        _show_trial(ctx, card, trial)


def _show_trial(ctx: Context, card: SourceCard, trial: SourceTrial) -> None:
    if trial.message:
        (st.warning if trial.fingerprint else st.error)(trial.message)
    else:
        listed = ", ".join(trial.files[:10]) or "aucun pour l'instant"
        st.success(f"Connexion réussie. Fichiers proposés : {listed}.")
    if trial.fingerprint and not trial.pinned:
        st.code(trial.fingerprint, language=None)
        if st.button("Enregistrer cette empreinte", icon=":material/verified_user:"):
            with saving(f"pin_{card.id}", "Empreinte enregistrée."):
                del st.session_state[f"trial_{card.id}"]
                pinned = replace(card.form, fingerprint=trial.fingerprint)
                aggregation.save_source(ctx, card.feed_id, pinned, card.version)


def _edit(ctx: Context, feed_id: int, card: SourceCard | None) -> None:
    key = f"source_{feed_id}"
    known = card.form if card else SourceForm("", "", active=False)
    values = form(
        aggregation.SOURCE_FORM, key=key, defaults=known.values(),
        version=card.version if card else 0, submit="Enregistrer la collecte",
    )  # fmt: skip
    if values is not None:
        secret = values["private_key" if values["auth"] == "key" else "password"] or ""
        with saving(key, "Collecte enregistrée."):
            st.session_state.pop(f"trial_{card.id}", None) if card else None
            typed = SourceForm.typed(values, secret)
            aggregation.save_source(ctx, feed_id, typed, opened_version(key))
