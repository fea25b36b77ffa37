"""The audit of a portfolio: its key figures, then what the rules say [Portefeuille > Audit]."""

from o2s_core.portfolio.audit.auditing import FINDINGS, Audit, audit, evidence_of, judged
from o2s_core.portfolio.audit.catalogue import RULES
from o2s_core.portfolio.audit.findings import EVIDENCE, FAMILIES, SEVERITIES, STATES, Finding
from o2s_core.portfolio.audit.key_figures import KeyFigures
from o2s_core.portfolio.audit.score import FORMULA
from o2s_core.portfolio.audit.thresholds import Threshold, thresholds

__all__ = [
    "EVIDENCE",
    "FAMILIES",
    "FINDINGS",
    "FORMULA",
    "RULES",
    "SEVERITIES",
    "STATES",
    "Audit",
    "Finding",
    "KeyFigures",
    "Threshold",
    "audit",
    "evidence_of",
    "judged",
    "thresholds",
]
