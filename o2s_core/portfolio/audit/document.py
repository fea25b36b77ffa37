"""The audit as a file: a document to print, a workbook to work on. Without the internal score."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from o2s_core import administration, exports
from o2s_core.contacts import Scope
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.audit.auditing import Audit, audit, evidence_of
from o2s_core.portfolio.audit.findings import SEVERITIES, Evidence, Finding
from o2s_core.portfolio.audit.words import figures_in_words

MODEL: Final = Path(__file__).with_name("audit.typ")
#: Lines of a rule that a page shows; the workbook has them all.
SHOWN: Final = 12
ABREAST: Final = 4  #: figures side by side on a page
METHOD: Final = (
    "Chaque règle compare un chiffre du portefeuille à un seuil du cabinet. Une règle sans les "
    "données qu'il lui faut n'est pas évaluée : elle ne vaut pas conformité."
)
LINES: Final = [
    {"label": "Support", "width": 4, "right": False},
    {"label": "Constat", "width": 3, "right": False},
    {"label": "Valeur", "width": 0, "right": True},
    {"label": "Poids", "width": 0, "right": True},
]
RULES: Final = (
    exports.SheetColumn("state", "Verdict"),
    exports.SheetColumn("severity", "Importance"),
    exports.SheetColumn("family", "Famille"),
    exports.SheetColumn("title", "Règle"),
    exports.SheetColumn("said", "Constat"),
    exports.SheetColumn("limits", "Seuil"),
    exports.SheetColumn("missing", "Ce qui manque"),
    exports.SheetColumn("lines", "Lignes", "integer"),
    exports.SheetColumn("why", "Pourquoi"),
    exports.SheetColumn("do", "Suite possible"),
)
EVIDENCE: Final = (
    exports.SheetColumn("rule", "Règle"),
    exports.SheetColumn("part", "Commun à"),
    exports.SheetColumn("label", "Support"),
    exports.SheetColumn("account", "Contrat"),
    exports.SheetColumn("said", "Constat"),
    exports.SheetColumn("value_eur", "Valeur", "eur"),
    exports.SheetColumn("weight", "Poids", "percent"),
)
FIGURES: Final = tuple(
    exports.SheetColumn(name, label)
    for name, label in (("label", "Chiffre"), ("value", "Valeur"), ("note", "Précision"))
)


def audit_pdf(ctx: Context, scope: Scope) -> bytes:
    """Return the audit of a scope as PDF, on the paper of the firm.

    Raises
    ------
    InvalidInputError
        The scope holds nothing.
    """
    ctx.require(Permission.PORTFOLIO_EXPORT)
    found, firm = _audited(ctx, scope), administration.letterhead(ctx)
    shown = figures_in_words(found.figures, found.on)
    figures = [figure for strip in shown.strips for figure in strip]
    data = {
        "house": firm.house,
        "title": "Audit de portefeuille",
        "about": f"{found.scope_name}, au {french.day(found.on)}",
        "name": found.scope_name,
        "figures": [
            [_figure(*figure) for figure in figures[n : n + ABREAST]]
            for n in range(0, len(figures), ABREAST)
        ],
        "note": shown.note,
        "raised": _raised(found),
        "unknown": _listed(found.of_state("unknown"), "Ce qui manque"),
        "clear": _listed(found.of_state("clear"), "Constat"),
        "method": METHOD,
    }
    return exports.pdf(MODEL, data, found.on, pictures=firm.pictures)


def audit_workbook(ctx: Context, scope: Scope) -> bytes:
    """Return the audit of a scope as a workbook: figures, rules, every line concerned.

    Raises
    ------
    InvalidInputError
        The scope holds nothing.
    """
    ctx.require(Permission.PORTFOLIO_EXPORT)
    found = _audited(ctx, scope)
    strips = figures_in_words(found.figures, found.on).strips
    figures = [figure for strip in strips for figure in strip]
    shape = dict.fromkeys(("label", "value", "note"), pl.String())
    return exports.xlsx(
        [
            exports.Sheet("Chiffres clés", pl.DataFrame(figures, shape, orient="row"), FIGURES),
            exports.Sheet("Règles", found.table, RULES),
            exports.Sheet("Lignes concernées", evidence_of(found.findings), EVIDENCE),
        ],
        found.on,
    )


def _audited(ctx: Context, scope: Scope) -> Audit:
    found = audit(ctx, scope)
    if found is None:
        raise InvalidInputError(f"Aucun avoir connu pour {scope.name} : rien à auditer.")
    return found


def _figure(label: str, value: str, note: str) -> dict[str, str]:
    tone = "bad" if value.startswith(french.MINUS) else ""
    return {"label": label, "value": value, "note": note, "tone": tone}


def _raised(found: Audit) -> list[dict[str, Any]]:
    parts = []
    for severity, label in SEVERITIES.items():
        own = [f for f in found.of_state("raised") if f.rule.severity == severity]
        if own:
            parts.append({"title": label, "rules": [_rule(finding) for finding in own]})
    return parts


def _rule(finding: Finding) -> dict[str, Any]:
    evidence = finding.measure.evidence
    hidden = len(evidence) - SHOWN
    told = any(each.said or each.part for each in evidence)
    return {
        "title": finding.rule.title,
        "said": finding.measure.said,
        "why": finding.rule.why,
        "do": finding.rule.do,
        "limits": "Seuil. " + " · ".join(finding.limits) if finding.limits else "",
        "columns": LINES if told else [LINES[0], *LINES[2:]],
        "rows": [_line(each, told=told) for each in evidence[:SHOWN]],
        "more": f"Et {french.count(hidden, 'autre ligne')}." if hidden > 0 else "",
    }


def _line(each: Evidence, *, told: bool) -> dict[str, Any]:
    return {
        "kind": "line",
        "cells": [
            {"text": each.label, "small": each.account},
            *([each.said or each.part] if told else []),
            french.eur(each.value_eur),
            french.percent(each.weight),
        ],
    }


def _listed(findings: Sequence[Finding], second: str) -> dict[str, Any]:
    return {
        "columns": [
            {"label": "Règle", "width": 2, "right": False},
            {"label": second, "width": 3, "right": False},
        ],
        "rows": [
            {
                "kind": "line",
                "cells": [
                    finding.rule.title,
                    {"text": finding.measure.missing or finding.measure.said,
                     "small": " · ".join(finding.limits)},
                ],
            }
            for finding in findings
        ],
    }  # fmt: skip
