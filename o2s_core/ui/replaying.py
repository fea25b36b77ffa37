"""The replay of the archive: what it does, how it is asked for, and what the last one gave."""

from typing import Final

import streamlit as st

from o2s_core import aggregation, store
from o2s_core.aggregation import ReplayRun
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.settings import PARIS
from o2s_core.ui import boundary, session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import badges, empty, facts, note, section
from o2s_core.ui.forms import saving
from o2s_core.ui.tables import table

DOES: Final = """
**Ce qu'il fait**

- Il relit chaque fichier reçu, tel qu'il repose dans l'archive.
- Il retire ce que les fichiers ont apporté : situations, mouvements, données des fonds, cours et
  taux livrés.
- Il refait tout dans l'ordre où c'est arrivé, en une seule écriture : tout, ou rien.
- Il compare l'empreinte du registre avant et après.
"""
KEEPS: Final = """
**Ce qu'il garde**

- Vos rattachements, corrections, correspondances et situations saisies.
- Vos décisions : acceptations, rejets, livraisons annulées, cours confirmés ou refusés.
- Les écarts, leur âge et leur responsable.
- Un fichier qui ne se relit plus garde ce qui en avait été lu.
"""
READINGS: Final = {
    "original": "Correspondance d'origine",
    "newest": "Correspondance la plus récente",
}
CHANGED: Final = [
    Column("account", "Compte", width=220, sub="number", missing="n.c."),
    Column("change", "Ce qui change", labels=aggregation.REPLAY_CHANGES),
]


def ask(last: ReplayRun | None) -> None:
    """Offer to compare or to replay, follow the work under way, and show what the last gave."""
    if last is not None and not last.finished:
        _follow()
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mapping = st.selectbox(
            "Lecture des fichiers à plat",
            list(READINGS),
            format_func=READINGS.__getitem__,
            key="replay_mapping",
            help="D'origine : chaque fichier avec la version de correspondance qui l'avait lu.",
        )
        if st.button("Comparer sans rien changer", icon=":material/difference:"):
            with saving("replay_compare", "Comparaison lancée."):
                aggregation.replay_later(session.context(), mapping=mapping, dry_run=True)
        if st.button("Rejouer l'archive", icon=":material/replay:"):
            _confirm(mapping)
    if last is None:
        empty("Aucun rejeu n'a encore été demandé ici.", "Comparez d'abord : rien ne change.")
        return
    _show(session.context(), last)


@dialog("Rejouer l'archive", width="small")
def _confirm(mapping: str) -> None:
    """Ask once more before the store is made again."""
    st.write(
        "Situations, mouvements, données des fonds, cours et taux livrés sont refaits depuis "
        "l'archive. Le travail se fait en arrière-plan ; un arrêt en chemin laisse tout comme "
        "avant. Les livraisons attendent la fin."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Pas maintenant"):
            st.rerun()
        if st.button("Rejouer", type="primary"):
            with saving("replay_now", "Rejeu lancé."):
                aggregation.replay_later(session.context(), mapping=mapping)


@st.fragment(run_every=2)
def _follow() -> None:
    """Show how far the replay is, redrawn every other second until it ends."""
    with boundary.errors():
        run = aggregation.last_replay(session.context())
        if run is None or run.finished:
            st.rerun(scope="app")
            return
        st.progress(run.progress or 0.0, text=run.message or store.JOB_STATES[run.state])
        note("Vous pouvez quitter cette page : le travail continue.")


def _show(ctx: Context, last: ReplayRun) -> None:
    what = "Dernière comparaison" if last.rehearsal else "Dernier rejeu"
    at = last.asked_at.astimezone(PARIS)
    asked = "demandée" if last.rehearsal else "demandé"
    section(what, f"{asked} le {french.day(at.date())} à {at:%H:%M}")
    if last.state != "done":
        st.error(last.message or "Le travail s'est arrêté : rien n'a changé.")
        return
    badges([("Identique", "good") if last.identical else ("Différent", "warn")])
    note(_verdict(last))
    facts(
        [
            ("Empreinte avant", last.before),
            ("Empreinte après", last.hash),
            ("Fichiers relus", french.number(last.deliveries, 0)),
            ("Fichiers qui ne se relisent plus", french.number(last.refused, 0)),
            ("Comptes qui changent", french.number(last.changed, 0)),
            ("Lecture", READINGS[last.mapping]),
        ]
    )
    if last.changed:
        table(ctx, last.accounts, CHANGED, key="replayed", noun="comptes",
              open="/compte?compte={account_id}", id="account_id")  # fmt: skip


def _verdict(last: ReplayRun) -> str:
    if last.identical:
        return "L'archive redonne exactement ce que dit le registre : rien n'a changé."
    if last.rehearsal:
        return (
            "L'archive ne redonne pas ce que dit le registre. Rien n'a été changé : regardez les "
            "comptes ci-dessous avant de rejouer."
        )
    return "Le registre a été refait : il dit maintenant ce que dit l'archive."
