"""The audit of a portfolio: its key figures, then what the rules say [Portefeuille > Audit]."""

from o2s_core.portfolio.audit.auditing import FINDINGS, Audit, audit, evidence_of, judged
from o2s_core.portfolio.audit.catalogue import RULES
from o2s_core.portfolio.audit.document import audit_pdf, audit_workbook
from o2s_core.portfolio.audit.findings import EVIDENCE, FAMILIES, SEVERITIES, STATES, Finding
from o2s_core.portfolio.audit.key_figures import KeyFigures
from o2s_core.portfolio.audit.proposed import (
    CHANGED_FIGURES,
    CHANGED_RULES,
    ProposalAudit,
    proposal_audit,
)
from o2s_core.portfolio.audit.score import FORMULA
from o2s_core.portfolio.audit.thresholds import Threshold, thresholds
from o2s_core.portfolio.audit.words import FiguresInWords, figures_in_words

__all__ = [
    "CHANGED_FIGURES",
    "CHANGED_RULES",
    "EVIDENCE",
    "FAMILIES",
    "FINDINGS",
    "FORMULA",
    "RULES",
    "SEVERITIES",
    "STATES",
    "Audit",
    "FiguresInWords",
    "Finding",
    "KeyFigures",
    "ProposalAudit",
    "Threshold",
    "audit",
    "audit_pdf",
    "audit_workbook",
    "evidence_of",
    "figures_in_words",
    "judged",
    "proposal_audit",
    "thresholds",
]
