"""What an appointment should settle: what lacks, what ends, what waits, what deserves a word."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import polars as pl

from o2s_core import contacts, messaging, portfolio
from o2s_core.contacts import Scope
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import Holdings

SOON: Final = timedelta(days=90)  #: how far ahead an expiry is told
UNSENT: Final = ("failed", "uncertain")
MOST_FINDINGS: Final = 5  #: of the audit, the severest first


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to settle; `url` is the page of the file where one does it."""

    kind: str  #: French, as the page shows it: "Dossier", "Documents"…
    said: str
    detail: str
    url: str


def points(ctx: Context, scope: Scope, held: Holdings) -> tuple[Point, ...]:
    """Return what to settle with these people, what blocks first.

    What the user has no right to read is left out, not told as clear.
    """
    return (
        *_incomplete(ctx, scope),
        *(_papers(ctx, scope) if ctx.may(Permission.DOCUMENT_READ) else ()),
        *_stale(held),
        *_proposals(ctx, held),
        *(_mails(ctx, scope) if ctx.may(Permission.MAIL_READ) else ()),
        *_findings(ctx, scope),
    )


def _incomplete(ctx: Context, scope: Scope) -> Iterator[Point]:
    for contact_id in scope.member_ids:
        card = contacts.contact_by_id(ctx, contact_id)
        if card.missing:
            said = f"{card.name} : {french.count(len(card.missing), 'information')} à recueillir"
            yield Point("Dossier", said, ", ".join(card.missing), "dossier-general")


def _papers(ctx: Context, scope: Scope) -> Iterator[Point]:
    for contact_id in scope.member_ids:
        rows = contacts.papers(ctx, contact_id)
        due = rows.filter(pl.col("valid_until") <= ctx.today + SOON).sort("valid_until")
        for row in due.iter_rows(named=True):
            ended = row["valid_until"] < ctx.today
            verb = "n'est plus valable depuis le" if ended else "expire le"
            said = f"{row['title']} {verb} {french.day(row['valid_until'])}"
            yield Point("Documents", said, "À redemander", "dossier-documents")


def _stale(held: Holdings) -> Iterator[Point]:
    if held.stale_lines:
        said = f"{french.count(held.stale_lines, 'ligne')} sans cours récent"
        oldest = f"Donnée la plus ancienne : {french.day(held.oldest_data_on)}"
        yield Point("Valorisation", said, oldest, "portefeuille-synthese")
    if not held.excluded.is_empty():
        said = f"{french.count(held.excluded.height, 'ligne')} hors du total"
        yield Point("Valorisation", said, "Sans valeur connue", "portefeuille-synthese")


def _proposals(ctx: Context, held: Holdings) -> Iterator[Point]:
    ids = tuple(held.accounts["account_id"])
    rows = portfolio.switch_proposals(ctx, ids) if ids else portfolio.PROPOSALS.to_frame()
    for row in rows.filter(pl.col("state").is_in(["to_review", "kept"])).iter_rows(named=True):
        state = portfolio.PROPOSAL_STATES[row["state"]].lower()
        said = f"Arbitrage vers « {row['model']} » : proposition {state}"
        detail = f"{row['account']}, {french.eur(row['moved_eur'])} déplacés, du "
        yield Point("Arbitrages", said, detail + french.day(row["made_on"]), "arbitrage")


def _mails(ctx: Context, scope: Scope) -> Iterator[Point]:
    rows = messaging.outbox(ctx, states=UNSENT)
    for row in rows.filter(pl.col("contact_id").is_in(scope.member_ids)).iter_rows(named=True):
        yield Point("Messages", f"« {row['subject']} » n'est pas parti", row["reason"], "messages")


def _findings(ctx: Context, scope: Scope) -> Iterator[Point]:
    audit = portfolio.audit(ctx, scope)
    if audit is None:
        return
    for finding in audit.of_state("raised")[:MOST_FINDINGS]:
        said = f"{finding.rule.title} : {finding.measure.said}"
        yield Point("Audit", said, finding.rule.do, "audit")
