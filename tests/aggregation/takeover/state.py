"""What a firm holds, by natural keys: the same before a takeover and after its undoing."""

from dataclasses import fields

from sqlmodel import select

from o2s_core import store
from o2s_core.contacts import ContactForm
from o2s_core.contacts.models import Contact, ContactRelation, HouseholdMember
from o2s_core.documents.models import Document
from o2s_core.market.models import Instrument, Provider
from o2s_core.portfolio.account_checks import PLAIN
from o2s_core.portfolio.models import Account, AccountHolder, Movement, Situation, SituationLine


def state(firm) -> dict:
    """Every client fact that stands, without identities and versions."""
    with store.reading(firm.operator) as session:
        every = {m: session.exec(select(m)).all() for m in (
            Contact, HouseholdMember, ContactRelation, Account, AccountHolder, Movement, Situation,
            SituationLine, Document, Provider, Instrument,
        )}  # fmt: skip
    code = {c.id: c.file_code for c in every[Contact]}
    number = {a.id: a.number for a in every[Account]}
    support = {i.id: (i.isin, i.label) for i in every[Instrument]}
    active = {
        s.id: (number[s.account_id], s.as_of) for s in every[Situation] if s.state == "active"
    }
    lines = [line for line in every[SituationLine] if line.situation_id in active]
    posted = [m for m in every[Movement] if m.state == "posted"]
    return {
        "contacts": sorted(
            tuple(str(getattr(c, f.name)) for f in fields(ContactForm)) for c in every[Contact]
        ),
        "homes": sorted((code[m.household_id], code[m.contact_id], m.role)
                        for m in every[HouseholdMember]),
        "relations": sorted((code[r.from_id], r.kind, code[r.to_id])
                            for r in every[ContactRelation]),
        "accounts": sorted(
            (a.number, *(str(getattr(a, name)) for name in PLAIN)) for a in every[Account]
        ),
        "holders": sorted((number[h.account_id], code[h.contact_id], h.share, h.right, h.role)
                          for h in every[AccountHolder]),
        "movements": sorted((number[m.account_id], str(m.trade_on), m.kind, str(m.net),
                             str(m.quantity)) for m in posted),
        "lines": sorted((str(active[line.situation_id]), support[line.instrument_id][1],
                         str(line.quantity), str(line.value)) for line in lines),
        "documents": sorted((code[d.owner_id], d.title, d.sha256, str(d.signed_on), d.signers)
                            for d in every[Document]),
        "providers": sorted(p.name for p in every[Provider]),
        "supports": sorted(str(pair) for pair in support.values()),
    }  # fmt: skip
