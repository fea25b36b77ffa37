"""Whose could an unknown account be? Proposals with their score and their reasons, never a link."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from o2s_core.administration import perimeters
from o2s_core.aggregation.account_matching import all_names, tokens
from o2s_core.aggregation.models import DeliveryAccount
from o2s_core.aggregation.statement import Statement
from o2s_core.contacts.models import Contact
from o2s_core.contacts.names import name_of
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact
from o2s_core.portfolio.envelopes import envelope_label
from o2s_core.portfolio.models import Account, AccountHolder
from o2s_core.portfolio.visibility import visible

#: Below this score a proposal would only be noise.
LEAST: Final = 0.45
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """An account, or a contact, that an unknown account could belong to."""

    kind: str  #: account, contact
    id: int
    contact_id: int
    label: str
    score: float  #: from 0 to 1
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clues:
    """What a delivery says of an unknown account."""

    holder: str
    birth_date: date | None
    number: str
    provider_id: int | None
    envelope: str
    opened_on: date | None


def clues(row: DeliveryAccount, statement: Statement) -> Clues:
    """Return what the file says that helps to recognise an account."""
    mine = [h for h in statement.holders.to_dicts() if h["external_id"] == row.external_id]
    births = [h["birth_date"] for h in mine if h["birth_date"]]
    heads = [a for a in statement.accounts.to_dicts() if a["external_id"] == row.external_id]
    return Clues(
        row.holder,
        births[0] if births else None,
        compact(row.external_id),
        row.provider_id,
        row.envelope,
        heads[0]["opened_on"] if heads else None,
    )


def proposals(session: Session, ctx: Context, known: Clues) -> tuple[Proposal, ...]:
    """Return the contacts and accounts that resemble an unknown account, best first.

    Names are compared whatever their accents, their order, their particles, and
    with maiden names. Only contacts inside the perimeter are proposed.
    """
    people = _alike(session, ctx, known)
    found = [*people, *_accounts(session, ctx, known, {p.contact_id: p for p in people})]
    best = sorted(found, key=lambda p: (-p.score, p.kind, p.label))
    return tuple(p for p in best if p.score >= LEAST)[:SHOWN]


def _alike(session: Session, ctx: Context, known: Clues) -> list[Proposal]:
    written = tokens(known.holder)
    if not written:
        return []
    query = select(Contact).where(
        Contact.firm_id == ctx.firm_id,
        perimeters.inside(ctx, Contact.adviser_id),
        col(Contact.kind) != "household",
        col(Contact.archived_at).is_(None),
    )
    scored = ((row, *_resemblance(row, written, known)) for row in session.exec(query))
    return [
        Proposal("contact", row.id or 0, row.id or 0, name_of(row), score, tuple(reasons))
        for row, score, reasons in scored
        if score >= LEAST
    ]


def _resemblance(row: Contact, written: frozenset[str], known: Clues) -> tuple[float, list[str]]:
    ratio = _names_ratio(written, tokens(all_names(row)))
    if ratio < 0.6:
        return 0.0, []
    score, reasons = 0.7 * ratio, ["même nom" if ratio == 1 else "nom proche"]
    if known.birth_date and row.birth_date:
        same = known.birth_date == row.birth_date
        score += 0.25 if same else -0.35
        reasons.append("même date de naissance" if same else "autre date de naissance")
    return round(score, 2), reasons


def _names_ratio(written: frozenset[str], known: frozenset[str]) -> float:
    """Return how much of the written name is found, a typing mistake apart."""
    best = [max((fuzz.ratio(w, k) for k in known), default=0.0) for w in written]
    ratio = sum(b for b in best if b >= 80) / (100 * max(len(written), 1))
    return 1.0 if ratio > 0.999 else ratio


def _accounts(
    session: Session, ctx: Context, known: Clues, people: dict[int, Proposal]
) -> list[Proposal]:
    """Return the accounts of the contacts found, and those of the same number elsewhere."""
    rows = session.exec(
        select(Account, AccountHolder.contact_id)
        .join(AccountHolder, col(AccountHolder.account_id) == col(Account.id))
        .where(
            Account.firm_id == ctx.firm_id,
            visible(ctx),
            col(AccountHolder.contact_id).in_(people)
            | ((col(Account.number_key) == known.number) & (known.number != "")),
        )
    ).all()
    found: dict[int, Proposal] = {}
    for account, contact_id in rows:
        proposal = _account(account, contact_id, known, people.get(contact_id))
        if proposal.id not in found or found[proposal.id].score < proposal.score:
            found[proposal.id] = proposal
    return list(found.values())


def _account(account: Account, contact_id: int, known: Clues, holder: Proposal | None) -> Proposal:
    score = 0.6 * holder.score if holder else 0.0
    reasons = [f"titulaire : {r}" for r in holder.reasons] if holder else []
    signs = (
        (known.number != "" and account.number_key == known.number, 0.6, "même numéro"),
        (account.provider_id == known.provider_id, 0.15, "même partenaire"),
        (bool(known.envelope) and account.envelope == known.envelope, 0.1,
         f"même enveloppe ({envelope_label(account.envelope)})"),
        (known.opened_on is not None and account.opened_on == known.opened_on, 0.15,
         "même date d'ouverture"),
    )  # fmt: skip
    score += sum(weight for true, weight, _ in signs if true)
    reasons += [reason for true, _, reason in signs if true]
    label = f"{account.label} n° {account.number}"
    return Proposal(
        "account", account.id or 0, contact_id, label, round(min(score, 1.0), 2), tuple(reasons)
    )
