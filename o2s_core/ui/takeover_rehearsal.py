"""The third step of a takeover: what would happen to each row, nothing stored."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import aggregation
from o2s_core.aggregation import TakeoverCard, TakeoverReport
from o2s_core.aggregation.takeover.kinds import CHOICES, KINDS, VERDICTS
from o2s_core.kernel.context import Context
from o2s_core.ui import session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import Tone, empty, note, section
from o2s_core.ui.forms import saving
from o2s_core.ui.navigation import go, link
from o2s_core.ui.tables import Action, table
from o2s_core.ui.takeover_doing import show_job

TONES: Final[dict[str, Tone]] = {
    "new": "good",
    "updated": "info",
    "unchanged": "quiet",
    "conflict": "warn",
    "error": "bad",
    "skipped": "quiet",
}
COUNTS: Final = [
    Column("label", "Export", width=200),
    Column("rows", "Lignes", "integer", total=True),
    *(Column(code, label, "integer", total=True) for code, label in VERDICTS.items()),
]
ROWS: Final = [
    Column("verdict", "Verdict", "badge", labels=VERDICTS, tones=TONES),
    Column("kind", "Export", labels=KINDS, wide=True),
    Column("subject", "Objet", width=200),
    Column("client", "Dossier"),
    Column("locator", "Ligne", hint="file", wide=True),
    Column("reason", "Pourquoi, et que faire", width=380),
]
CONFLICTS: Final = [
    Column("client", "Dossier"),
    Column("subject", "Client", width=200),
    Column("reason", "Ressemblance", width=420),
    Column("decided", "Décision", missing="À prendre"),
]
#: Rows shown of a large rehearsal; the report holds them all.
SHOWN: Final = 2_000


def show(ctx: Context, card: TakeoverCard) -> None:
    """Show the rehearsal, and what it asks to be decided."""
    report = aggregation.takeover_report(ctx, card.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        section("Répétition", "rien n'est enregistré")
        st.space("stretch")
        label = "Répéter" if report is None else "Répéter à nouveau"
        if st.button(label, type="primary", icon=":material/play_arrow:", disabled=not card.open):
            with saving(f"rehearse_{card.id}", "Répétition faite."), st.spinner("Répétition…"):
                aggregation.rehearse_takeover_later(ctx, card.id)
    show_job(ctx, card.id, "takeover.rehearse")
    if report is None:
        empty("Pas encore de répétition.", "Elle dit ligne par ligne ce qui serait repris.")
        return
    table(ctx, report.counts, COUNTS, key=f"counts_{card.id}", id="kind", tools=False)
    _conflicts(ctx, card, report)
    _rows(ctx, card, report)
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Rapport par client", icon=":material/arrow_forward:"):
            go(link("reprise", reprise=card.id, etape=4))


def _conflicts(ctx: Context, card: TakeoverCard, report: TakeoverReport) -> None:
    waiting = report.rows.filter((pl.col("verdict") == "conflict") & (pl.col("kind") == "contacts"))
    if waiting.is_empty():
        return
    section("À décider", "ces clients ressemblent à des dossiers connus")
    decided = {c: CHOICES[choice] for c, (choice, _) in card.decisions.items()}
    told = waiting.with_columns(
        decided=pl.col("client").replace_strict(decided, default="", return_dtype=pl.String)
    )
    pressed = table(
        ctx,
        told,
        CONFLICTS,
        key=f"conflicts_{card.id}",
        id="client",
        noun="clients",
        actions=[Action("decide", "Décider", "rule")],
    )
    if pressed.action == "decide":
        _decide(card.id, pressed.row, dict(report.conflicts.get(pressed.row, ())))
    note("Répétez après vos décisions : un client sans décision n'est pas repris.")


@dialog("Même personne ?")
def _decide(takeover_id: int, client: str, alike: dict[int, str]) -> None:
    ctx = session.context()
    offered = {f"same_{i}": f"Même personne que {label}" for i, label in alike.items()}
    offered |= {code: label for code, label in CHOICES.items() if code != "same"}
    choice = st.radio(f"Client {client}", list(offered), format_func=offered.__getitem__)
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        if st.button("Retenir", type="primary") and choice:
            code, _, contact = choice.partition("_")
            with saving(f"decide_{client}", "Décision retenue : répétez pour en voir l'effet."):
                aggregation.decide_client(
                    ctx, takeover_id, client, code, int(contact) if contact else None
                )


def _rows(ctx: Context, card: TakeoverCard, report: TakeoverReport) -> None:
    section("Lignes")
    present = [code for code in VERDICTS if report.count(code)]
    worst = [code for code in ("error", "conflict", "skipped") if code in present]
    verdict = st.segmented_control(
        "Verdict",
        present,
        default=worst[0] if worst else next(iter(present), None),
        format_func=VERDICTS.__getitem__,
        key=f"verdict_{card.id}",
        label_visibility="collapsed",
    )
    rows = report.rows.filter(pl.col("verdict") == verdict) if verdict else report.rows
    table(
        ctx,
        rows.head(SHOWN).with_row_index("id"),
        ROWS,
        key=f"rows_{card.id}_{verdict}",
        noun="lignes",
        page_size=20,
        empty="Aucune ligne.",
    )
    if rows.height > SHOWN:
        note(f"Les {SHOWN} premières lignes sont montrées ; le rapport Excel les contient toutes.")
