"""What the demonstration firm chose: facts of its funds, decisions, favourites, products, ranges.

Every figure is invented; each depends on the rank of the support and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import select, update
from sqlmodel import col

from o2s_core import store
from o2s_core.demo.partners import Partners
from o2s_core.demo.supports import families
from o2s_core.kernel.context import Context
from o2s_core.market.funds.recording import (
    FACT_INPUT,
    FUND_LINE_INPUT,
    REPORT_INPUT,
    record_funds,
)
from o2s_core.market.models import (
    Favourite,
    FundStatus,
    Instrument,
    InstrumentRequest,
    Product,
    ProductRange,
    RangeItem,
    SupportLink,
    SupportNote,
)
from o2s_core.store import Tx
from o2s_core.store.bulk import insert_rows

#: What a manufacturer's files say of each class: ongoing cost, entry, transaction, years held.
COSTS: Final = {
    "equity": ("0.0182", "0.03", "0.0021", 5),
    "bond": ("0.0098", "0.01", "0.0009", 3),
    "diversified": ("0.0165", "0.02", "0.0014", 4),
    "money_market": ("0.0022", "0", "0.0001", 1),
}
#: What a letter of share adds to the ongoing cost.
SHARES: Final = {" I": "-0.0080", " R": "0.0025", " D": "0.0010"}
ZONE_OF: Final = {"Monde": "world", "Europe": "europe", "Amérique": "north_america",
                  "Émergents": "emerging", "Euro": "eurozone"}  # fmt: skip
RISK: Final = {"equity": "advanced", "bond": "informed", "diversified": "informed",
               "money_market": "basic"}  # fmt: skip
DECIDED: Final = (
    (0, "approved", "Processus suivi depuis huit ans, frais dans la moyenne.", 200),
    (8, "approved", "Premier quartile sur cinq ans, équipe stable.", 160),
    (70, "approved", "Socle obligataire des allocations prudentes.", 120),
    (115, "approved", "Diversifié de référence du cabinet.", 120),
    (3, "watched", "Départ du gérant principal : point à faire avec la société.", -20),
    (5, "excluded", "Frais de surperformance mal encadrés.", 300),
)
#: Partner, product, envelope, minimum, entry, units, management, euro fee, euro rate, supports.
OFFERED: Final = (
    (
        "horizon_vie",
        "Horizon Patrimoine",
        "assurance_vie",
        5000,
        "0.02",
        "0.0085",
        "0.006",
        "0.0265",
        410,
    ),
    (
        "horizon_vie",
        "Horizon Retraite",
        "per_individuel",
        1000,
        "0.03",
        "0.009",
        "0.0075",
        "0.024",
        180,
    ),
    (
        "alpage_assurances",
        "Alpage Premium",
        "assurance_vie",
        50000,
        "0",
        "0.006",
        "0.006",
        "0.0305",
        720,
    ),
    (
        "alpage_assurances",
        "Alpage Capi",
        "capitalisation",
        50000,
        "0",
        "0.006",
        "0.006",
        "0.0305",
        720,
    ),
    (
        "meridien_vie",
        "Méridien Sérénité",
        "assurance_vie",
        1000,
        "0.045",
        "0.0098",
        "0.008",
        "0.0215",
        95,
    ),
    (
        "loire_epargne",
        "Loire Avenir",
        "assurance_vie",
        3000,
        "0.015",
        "0.008",
        "0.007",
        "0.0255",
        260,
    ),
    (
        "celeste_patrimoine",
        "Céleste Retraite",
        "per_individuel",
        500,
        "0",
        "0.007",
        "0.0065",
        "0.0275",
        310,
    ),
    (
        "boreal_vie",
        "Boréal Sélection",
        "assurance_vie",
        10000,
        "0.01",
        "0.0075",
        "0.006",
        "0.0285",
        540,
    ),
    ("banque_rivage", "Rivage PEA", "pea", 0, "0", None, None, None, 900),
    ("titres_direct", "Titres Direct", "compte_titres", 0, "0", None, None, None, 2400),
    ("pierre_territoires", "Pierre & Territoires", "scpi", 5000, "0.09", None, None, None, 4),
    ("capital_croissance", "Croissance Innovation", "fcpi_fip", 1000, "0.05", None, None, None, 12),
)
RANGES: Final = (
    ("Gamme prudente", "Épargne de précaution et horizon de deux à quatre ans.", (70, 72, 160, 164),
     ("Horizon Patrimoine", "Loire Avenir")),
    ("Gamme équilibrée", "Clients équilibrés, horizon de cinq ans et plus.", (115, 116, 0, 70),
     ("Alpage Premium", "Boréal Sélection")),
    ("Gamme dynamique", "Clients dynamiques, horizon de huit ans et plus.", (0, 1, 8, 170),
     ("Alpage Premium", "Rivage PEA")),
    ("Retraite", "Versements réguliers jusqu'à la retraite.", (115, 118),
     ("Horizon Retraite", "Céleste Retraite")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fund:
    """A support that a manufacturer describes."""

    rank: int
    id: int
    label: str
    asset_class: str
    sri: int
    sfdr: int


def choose(ctx: Context, partners: Partners) -> None:
    """Write what the firm knows and decided of its supports and of its partners' products."""
    with store.tx(ctx) as tx:
        funds = list(_funds(partners, _articles(tx)))
        _describe(tx, partners)
        record_funds(
            tx, _reports(ctx, funds), _facts(ctx, funds), FUND_LINE_INPUT.to_frame(),
            delivery_id=None,
        )  # fmt: skip
        _decide(tx, partners)
        _annotate(tx, partners)
        _offer(tx, partners)
        _request(tx)
        tx.touch("market")


def _articles(tx: Tx) -> dict[int, int]:
    """Return the article that each support is typed with, so that its file says the same."""
    query = select(col(Instrument.id), col(Instrument.sfdr)).where(
        col(Instrument.firm_id) == tx.ctx.firm_id, col(Instrument.sfdr).is_not(None)
    )
    return {row[0]: row[1] for row in tx.session.execute(query)}


def _funds(partners: Partners, articles: dict[int, int]) -> Iterator[Fund]:
    rank = 0
    for family in families():
        for _ in range(family.count):
            if family.kind in {"opcvm", "etf"} and rank % 23 != 10:
                yield Fund(
                    rank, partners.instrument_ids[rank], partners.labels[rank],
                    family.asset_class, family.sri or 4,
                    articles.get(partners.instrument_ids[rank], 6),
                )  # fmt: skip
            rank += 1


def _reports(ctx: Context, funds: list[Fund]) -> pl.DataFrame:
    day = ctx.today - timedelta(days=30)
    rows = [
        {
            "fund": f"{f.id} {template}", "instrument_id": f.id,
            "template": template, "edition": edition,
            "as_of": day, "locator": f"ligne {n}", "label": f.label, "manufacturer": "",
            "currency": "EUR",
        }
        for n, f in enumerate(funds, 2)
        for template, edition in (("emt", "V4.3"), ("eet", "V1.1.3"))
    ]  # fmt: skip
    return pl.DataFrame(rows, REPORT_INPUT)


def _facts(ctx: Context, funds: list[Fund]) -> pl.DataFrame:
    day = ctx.today - timedelta(days=30)
    rows = [
        {"fund": f"{f.id} {_template(name)}", "name": name,
         "number": value if isinstance(value, Decimal) else None,
         "text": value if isinstance(value, str) else None, "as_of": day, "locator": f"ligne {n}"}
        for n, f in enumerate(funds, 2)
        for name, value in _said(f).items()
    ]  # fmt: skip
    return pl.DataFrame(rows, FACT_INPUT)


def _template(name: str) -> str:
    """Return the template that says a fact: durability is the EET's, the rest the EMT's."""
    return "eet" if name.startswith("esg.") else "emt"


def _said(fund: Fund) -> dict[str, Decimal | str]:
    """Return what the file of a fund says: risk, costs, target market, durability."""
    ongoing, entry, trading, years = COSTS[fund.asset_class]
    indexed = Decimal("0.0155") if "Indice" in fund.label else Decimal(0)
    extra = Decimal(SHARES.get(fund.label[-2:], "0")) + Decimal(fund.rank % 7) / 10_000
    cost = max(Decimal(ongoing) - indexed + extra, Decimal("0.0007"))
    sfdr = fund.sfdr
    levels = ("basic", "informed", "advanced")
    least = levels.index(RISK[fund.asset_class])
    known: dict[str, Decimal | str] = {
        f"target.{level}": "positive" if n >= least else "neutral" if n == least - 1 else "negative"
        for n, level in enumerate(levels)
    }
    return known | {
        "risk.sri": Decimal(fund.sri),
        "risk.holding_years": Decimal(years),
        "cost.ongoing": cost,
        "cost.management": cost - Decimal("0.0002"),
        "cost.entry": Decimal(entry),
        "cost.transaction": Decimal(trading),
        "esg.sfdr": Decimal(sfdr),
        "esg.sustainable": Decimal({6: 0, 8: 20}.get(sfdr, 80)) / 100,
        "esg.taxonomy": Decimal({6: 0, 8: 5}.get(sfdr, 20)) / 100,
        "esg.pai": "no" if sfdr == 6 else "yes",
        "target.retail": "positive",
        "target.no_guarantee": "positive",
        "target.no_loss": "negative",
        "target.risk_tolerance": Decimal(fund.sri),
        "target.growth": "positive" if fund.sri > 1 else "neutral",
        "target.preservation": "positive" if fund.sri == 1 else "neutral",
        "target.horizon": Decimal(years),
        "target.advice": "both",
    }


def _describe(tx: Tx, partners: Partners) -> None:
    """Write where each support invests, and which envelopes take it."""
    rank = 0
    for family in families():
        for _ in range(family.count):
            label = partners.labels[rank]
            zone = next((z for word, z in ZONE_OF.items() if word in label), "")
            funded = family.kind in {"opcvm", "etf"}
            index = "total" if rank % 2 else "price"
            tx.session.execute(
                update(Instrument)
                .where(col(Instrument.id) == partners.instrument_ids[rank])
                .values(
                    zone=zone,
                    eligible=_eligible(family.kind, zone, rank),
                    labels="isr" if funded and rank % 6 == 1 else "",
                    income=index if family.kind == "index" else "",
                )
            )
            rank += 1


def _eligible(kind: str, zone: str, rank: int) -> str:
    """Return the envelopes of a support, comma-separated."""
    envelopes = ["assurance_vie", "per"] if kind in {"opcvm", "etf", "sci", "structured"} else []
    if kind == "share" or zone in {"europe", "eurozone"}:
        envelopes.insert(0, "pea")
    if kind == "share" and rank % 4 == 0:
        envelopes.insert(1, "pea_pme")
    return ",".join(envelopes)


def _annotate(tx: Tx, partners: Partners) -> None:
    """Write two notes and the address of a prospectus on the first supports."""
    now, today = tx.ctx.now, tx.ctx.today
    noted = ((0, "Changement de gérant annoncé : point avec la société de gestion au prochain "
                 "comité."), (115, "Frais renégociés pour la part institutionnelle."))  # fmt: skip
    notes = [
        {"instrument_id": partners.instrument_ids[rank], "thread": 1, "revision": 1,
         "state": "standing", "text": text, "author": "analyste", "written_at": now}
        for rank, text in noted
    ]  # fmt: skip
    insert_rows(tx, SupportNote, notes)
    link = {"instrument_id": partners.instrument_ids[0], "category": "prospectus",
            "title": "Prospectus", "address": "https://exemple.fr/prospectus.pdf",
            "dated_on": today - timedelta(days=200), "valid_until": None}  # fmt: skip
    insert_rows(tx, SupportLink, [link])


def _decide(tx: Tx, partners: Partners) -> None:
    now, today = tx.ctx.now, tx.ctx.today
    decided = [
        {"instrument_id": partners.instrument_ids[rank], "state": state, "reason": reason,
         "decided_on": today - timedelta(days=165), "review_on": today + timedelta(days=review),
         "decided_at": now, "decided_by": None}
        for rank, state, reason, review in DECIDED
    ]  # fmt: skip
    insert_rows(tx, FundStatus, decided)
    firm = [
        {"user_id": 0, "instrument_id": partners.instrument_ids[rank], "rank": n, "comment": said}
        for n, (rank, said) in enumerate(
            ((0, "Cœur actions des allocations."), (115, "Diversifié de référence."),
             (70, "Poche obligataire."), (170, "Indiciel à bas coût."))
        )
    ]  # fmt: skip
    insert_rows(tx, Favourite, firm)


def _offer(tx: Tx, partners: Partners) -> None:
    rows = [_product(tx, partners, *offer) for offer in OFFERED]
    ids = dict(zip([r["name"] for r in rows], insert_rows(tx, Product, rows), strict=True))
    heads = [{"name": r[0], "purpose": r[1], "rank": n} for n, r in enumerate(RANGES)]
    range_ids = insert_rows(tx, ProductRange, heads)
    items = [
        {"range_id": range_id, "rank": n, "instrument_id": instrument, "product_id": product}
        for range_id, (_, _, ranks, products) in zip(range_ids, RANGES, strict=True)
        for n, (instrument, product) in enumerate(
            [(partners.instrument_ids[rank], None) for rank in ranks]
            + [(None, ids[name]) for name in products]
        )
    ]
    insert_rows(tx, RangeItem, items)


def _product(tx: Tx, partners: Partners, code: str, *said: Any) -> dict[str, Any]:  # noqa: ANN401
    name, envelope, minimum, entry, management, euro_fee, euro_rate, units = said
    exact = [None if v is None else Decimal(v) for v in (entry, management, euro_fee, euro_rate)]
    return {
        "provider_id": partners.provider_ids[code],
        "name": name,
        "envelope": envelope,
        "minimum_eur": Decimal(minimum),
        "payment_eur": Decimal(min(minimum, 500)),
        **dict(zip(("entry_fee", "management_fee", "euro_fee", "euro_rate"), exact, strict=True)),
        "switch_fee": Decimal("0.005") if euro_rate else None,
        "euro_rate_year": tx.ctx.today.year - 1 if euro_rate else None,
        "units": units,
    }


def _request(tx: Tx) -> None:
    rows = [
        {"label": "Autocall Climat 2031", "kind": "structured", "issuer": "Banque du Rivage",
         "state": "submitted"},
        {"label": "FCPR Relais Territoires", "kind": "fcpr", "issuer": "Capital & Croissance",
         "state": "in_progress"},
    ]  # fmt: skip
    insert_rows(tx, InstrumentRequest, rows)
