"""How an audit is shown: the key figures, then the rules, each with its lines in place."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import polars as pl
import streamlit as st

from o2s_core import portfolio
from o2s_core.contacts import Scope
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import (
    FAMILIES,
    FORMULA,
    SEVERITIES,
    STATES,
    Audit,
    Finding,
    figures_in_words,
)
from o2s_core.ui import boundary, pages
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import empty, figures, note, section
from o2s_core.ui.file_offer import offer_file
from o2s_core.ui.navigation import link
from o2s_core.ui.opened_file import OpenedFile
from o2s_core.ui.tables import table

SHOWN: Final = {"raised": "À examiner", "unknown": "Non évaluées", "clear": "Conformes"}
ICONS: Final = {
    "high": ":material/error:", "medium": ":material/warning:", "low": ":material/info:",
}  # fmt: skip
#: Form of a file -> what the button says, and what makes it.
FILES: Final[Mapping[str, tuple[str, Callable[[Context, Scope], bytes]]]] = {
    "pdf": ("PDF", portfolio.audit_pdf),
    "xlsx": ("Excel", portfolio.audit_workbook),
}
PART = Column("part", "Commun à", width=190)
LINES: Final = [
    Column("label", "Support", width=210, link="/support?support={instrument_id}"),
    Column("account", "Contrat", width=150, link="/compte?compte={account_id}"),
    Column("value_eur", "Valeur", "eur", missing="n.c."),
    Column("weight", "Poids", "percent", decimals=1, missing="n.c."),
]
SAID = Column("said", "Constat", width=150)
CLEAR: Final = [
    Column("title", "Règle", sub="family", width=250),
    Column("said", "Constat", width=260),
    Column("limits", "Seuil", width=220, wide=True),
]
UNKNOWN: Final = [
    Column("title", "Règle", sub="family", width=250),
    Column("missing", "Ce qui manque", width=300),
    Column("said", "Connu à ce jour", width=220, missing="—", wide=True),
]


def key_figures(found: Audit) -> None:
    """Show the portfolio in figures, each with its date or coverage; « n.c. » says why below."""
    shown = figures_in_words(found.figures, found.on)
    for strip in shown.strips:
        figures(strip)
    note(shown.note)


def leave(ctx: Context, scope: Scope, *, key: str) -> None:
    """Offer the audit as a file, to who may export a portfolio."""
    if not ctx.may(Permission.PORTFOLIO_EXPORT):
        return
    for form, (label, made) in FILES.items():
        name = f"audit-{ctx.today:%Y-%m-%d}.{form}"
        offer_file(ctx, label, name, partial(made, ctx, scope), key=f"audit_{form}_{key}")


@st.fragment
def rules(ctx: Context, opened: OpenedFile, found: Audit, *, key: str) -> None:
    """Show the rules of one verdict, and let the person open the lines concerned."""
    with boundary.errors():
        section(
            "Règles", f"{french.count(len(found.findings), 'règle')}, au {french.day(found.on)}"
        )
        if found.scored:
            _score(found)
        chosen, family = _choice(found, key)
        own = found.of_state(chosen)  # type: ignore[arg-type]
        kept = [f for f in own if family in {"", f.rule.family}]
        if not kept:
            empty("Aucune règle dans cette sélection.")
        elif chosen == "raised":
            _raised(ctx, opened, kept, key)
        else:
            columns = UNKNOWN if chosen == "unknown" else CLEAR
            rows = found.table.filter(pl.col("code").is_in([f.rule.code for f in kept]))
            shown = f"audit_{chosen}_{family or 'all'}_{key}"
            table(ctx, rows, columns, key=shown, id="code", tools=False, noun="règles")


def _score(found: Audit) -> None:
    """Say the internal score and how it is made."""
    score = "n.c." if found.score is None else f"{found.score} sur 100"
    judged = len(found.findings) - len(found.of_state("unknown"))
    note(f"Note interne : {score} ({judged} règles évaluées sur {len(found.findings)}). {FORMULA}")


def _choice(found: Audit, key: str) -> tuple[str, str]:
    with st.container(horizontal=True, vertical_alignment="center"):
        counts = {name: len(found.of_state(name)) for name in STATES}  # type: ignore[arg-type]
        chosen = st.segmented_control(
            "Verdict", list(SHOWN), default="raised", required=True, key=f"audit_state_{key}",
            format_func=lambda name: f"{SHOWN[name]} ({counts[name]})",
            label_visibility="collapsed",
        )  # fmt: skip
        family = st.selectbox(
            "Famille", ["", *FAMILIES], key=f"audit_family_{key}", width=230,
            format_func=lambda name: FAMILIES.get(name, "Toutes les familles"),
            label_visibility="collapsed",
        )  # fmt: skip
    return chosen or "raised", family or ""


def _raised(ctx: Context, opened: OpenedFile, kept: Sequence[Finding], key: str) -> None:
    for severity, label in SEVERITIES.items():
        own = [finding for finding in kept if finding.rule.severity == severity]
        if own:
            section(label, french.count(len(own), "règle"))
        for finding in own:
            _finding(ctx, opened, finding, key)


def _finding(ctx: Context, opened: OpenedFile, finding: Finding, key: str) -> None:
    rule = finding.rule
    panel = st.expander(
        f"**{rule.title}** · {_plain(finding.measure.said)}", icon=ICONS[rule.severity],
        key=f"audit_{rule.code}_{key}", on_change="rerun",
    )  # fmt: skip
    if not panel.open:
        return
    with panel:
        st.markdown(_plain(rule.why))
        if finding.limits:
            note("Seuil. " + " · ".join(finding.limits))
        _evidence(ctx, finding, key)
        _act(ctx, opened, finding)


def _evidence(ctx: Context, finding: Finding, key: str) -> None:
    rows = finding.evidence
    parts = [PART] if (rows["part"] != "").any() else []
    said = [SAID] if (rows["said"] != "").any() else []
    table(
        ctx, rows.with_row_index("id"), [*parts, *LINES[:2], *said, *LINES[2:]],
        key=f"audit_lines_{finding.rule.code}_{key}", tools=False, page_size=20,
    )  # fmt: skip


def _act(ctx: Context, opened: OpenedFile, finding: Finding) -> None:
    """Say what to do, with the page where one does it when the person may open it."""
    spec = pages.by_url(finding.rule.link)
    st.markdown(f"**Suite possible.** {_plain(finding.rule.do)}")
    if spec is not None and spec.path.is_file() and ctx.may(spec.needs):
        href = opened.link(spec.url) if spec.rubric else link(spec.url)
        st.html(f'<a href="{href}" target="_self">Ouvrir {spec.title}</a>')


def _plain(text: str) -> str:
    """Return a text that markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|~$:" else c for c in text)
