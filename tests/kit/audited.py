"""A portfolio as the audit sees it, in a few words: lines by value, all else said or unknown."""

from datetime import date, timedelta
from decimal import Decimal

from o2s_core.portfolio.audit.audited import Audited, AuditedLine
from o2s_core.portfolio.audit.auditing import judged
from o2s_core.portfolio.audit.findings import Finding
from o2s_core.portfolio.audit.thresholds import thresholds
from tests.kit.firm import TODAY

LONG_AGO = TODAY - timedelta(days=400)


def line(eur, label="Fonds", **fields) -> dict:
    return {"label": label, "value_eur": Decimal(str(eur)), "account": "Vie", **fields}


def view(*lines: dict, on: date = TODAY, **more) -> Audited:
    """A portfolio of some lines; each has the weight of its value."""
    total = sum((own["value_eur"] for own in lines), Decimal(0))
    made = tuple(
        AuditedLine(**own, weight=float(own["value_eur"] / total) if total > 0 else 0.0)
        for own in lines
    )
    return Audited("Anne Martin", on, total, made, **more)


def finding(code: str, audited: Audited) -> Finding:
    """What one rule says."""
    return next(f for f in judged(audited, thresholds(audited.on)) if f.rule.code == code)


def verdict(code: str, audited: Audited) -> str:
    return finding(code, audited).state
