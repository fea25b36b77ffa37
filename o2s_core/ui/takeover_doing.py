"""The last step of a takeover: do it, follow it, take it back."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import aggregation, store
from o2s_core.aggregation import TakeoverCard
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.ui import boundary, session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import Tone, empty, figures, section
from o2s_core.ui.forms import saving
from o2s_core.ui.tables import table

TONES: Final[dict[str, Tone]] = {
    "done": "good",
    "refused": "bad",
    "undone": "quiet",
    "kept": "warn",
}
OUTCOME: Final = [
    Column("client", "Dossier", width=140),
    Column("state", "État", "badge", labels=aggregation.TAKEOVER_UNIT_STATES, tones=TONES),
    Column("turn", "Passage", "integer", wide=True),
    Column("message", "Pourquoi", width=420),
]


def show(ctx: Context, card: TakeoverCard) -> None:
    """Show how far the takeover is, and offer to do it or to take it back."""
    outcome = aggregation.takeover_outcome(ctx, card.id)
    _actions(card, outcome)
    show_job(ctx, card.id, "takeover.commit", "takeover.undo")
    if outcome.is_empty():
        if card.state != "committing":
            empty("Rien n'est encore repris.", "Chaque client est repris entier, ou pas du tout.")
        return
    last = outcome.filter(pl.col("turn") == outcome["turn"].max())
    counts = dict(last["state"].value_counts().iter_rows())
    labels = aggregation.TAKEOVER_UNIT_STATES
    figures([(label, french.number(counts.get(code, 0), 0)) for code, label in labels.items()])
    section("Dossiers", "un dossier réunit les clients liés par un compte ou un foyer")
    table(ctx, outcome, OUTCOME, key=f"outcome_{card.id}", noun="dossiers", page_size=20)


def _actions(card: TakeoverCard, outcome: pl.DataFrame) -> None:
    standing = outcome["state"].is_in(["done", "kept"]).any()
    with st.container(horizontal=True, vertical_alignment="center"):
        section("Reprise et annulation")
        st.space("stretch")
        if card.state == "rehearsed" and st.button(
            "Reprendre maintenant", type="primary", icon=":material/move_to_inbox:"
        ):
            _confirm(card.id, card.name)
        if standing and card.open and st.button("Annuler la reprise", icon=":material/undo:"):
            _undo(card.id, card.name)


@dialog("Reprendre maintenant", width="small")
def _confirm(takeover_id: int, name: str) -> None:
    """Ask once more before anything is written."""
    ctx = session.context()
    st.write(
        f"**{name}** est reprise telle que répétée : les lignes en erreur ou à décider sont "
        "laissées de côté. Le travail se fait en arrière-plan et peut être annulé ensuite."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Pas encore"):
            st.rerun()
        if st.button("Reprendre", type="primary"):
            with saving(f"commit_{takeover_id}", "Reprise lancée."):
                aggregation.commit_takeover(ctx, takeover_id)


@dialog("Annuler la reprise", width="small")
def _undo(takeover_id: int, name: str) -> None:
    """Say what taking back does before doing it."""
    ctx = session.context()
    st.write(
        f"Ce que **{name}** a créé est retiré, ce qu'elle a modifié revient. Un dossier sur lequel "
        "quelqu'un a travaillé depuis est conservé, et la liste dit pourquoi."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Garder la reprise"):
            st.rerun()
        if st.button("Annuler la reprise", type="primary"):
            with saving(f"undo_{takeover_id}", "Annulation lancée."):
                aggregation.undo_takeover(ctx, takeover_id)


def show_job(ctx: Context, takeover_id: int, *kinds: str) -> None:
    """Show the long work under way, redrawn every other second until it ends."""
    job = aggregation.takeover_job(ctx, takeover_id)
    if job is None or job.kind not in kinds:
        return
    if not job.finished:
        _follow(takeover_id)
    elif job.state != "done":
        st.error(job.message or "Le travail s'est arrêté : relancez-le.", icon=":material/error:")
        if job.kind == "takeover.commit" and st.button("Reprendre là où elle s'est arrêtée"):
            with saving(f"resume_{takeover_id}", "Reprise relancée."):
                aggregation.commit_takeover(ctx, takeover_id)


@st.fragment(run_every=2)
def _follow(takeover_id: int) -> None:
    with boundary.errors():
        ctx = session.context()
        job = aggregation.takeover_job(ctx, takeover_id)
        if job is None or job.finished:
            st.rerun(scope="app")
            return
        st.progress(job.progress or 0.0, text=job.message or store.JOB_STATES[job.state])
        if st.button("Arrêter", key=f"stop_{takeover_id}"):
            aggregation.stop_takeover(ctx, takeover_id)
