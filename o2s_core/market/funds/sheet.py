"""What do the manufacturers say of one support? Each figure with its day and its file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.funds.current import current_facts
from o2s_core.market.funds.facts import (
    COSTS,
    DURABILITY,
    FACTS,
    FUND,
    PAST_COSTS,
    RISKS,
    TARGET,
    WORDS,
    Known,
    group_of,
    label_of,
)
from o2s_core.market.instruments import one_instrument
from o2s_core.market.models import FundFact, FundReport
from o2s_core.store import EXACT_FRAME

#: One row per thing that may be known of a support; neither number nor text: it is n.c.
FUND_ROWS: Final = pl.Schema(
    {
        "name": pl.String(),
        "heading": pl.String(),
        "label": pl.String(),
        "number": EXACT_FRAME,  # ratios are ratios
        "text": pl.String(),
        "said": pl.String(),  # as the screen writes it, "n.c." when nothing says it
        "sense": pl.String(),  # positive, neutral, negative; "" when it is neither
        "as_of": pl.Date(),
        "source": pl.String(),
        "locator": pl.String(),
        "delivery_id": pl.Int64(),
    }
)
#: One row per report received about a support, newest first.
FUND_REPORTS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "template": pl.String(),
        "edition": pl.String(),
        "as_of": pl.Date(),
        "state": pl.String(),
        "delivery_id": pl.Int64(),
        "manufacturer": pl.String(),
        "received_at": pl.Datetime("us", "UTC"),
    }
)
REPORT_STATES: Final = {"active": "En vigueur", "replaced": "Remplacé", "cancelled": "Annulé"}
#: What stands where nothing is known.
UNKNOWN: Final = "n.c."


@dataclass(frozen=True, slots=True)
class FundSheet:
    """What is known of a support today; every table has schema `FUND_ROWS`."""

    risks: pl.DataFrame
    costs: pl.DataFrame
    past_costs: pl.DataFrame  #: ex post, those that a file speaks of; as_of ends their period
    target: pl.DataFrame
    durability: pl.DataFrame
    impacts: pl.DataFrame  #: adverse impacts that a file speaks of; none when it speaks of none
    fund: pl.DataFrame

    @property
    def known(self) -> bool:
        """Return whether a file says anything at all."""
        tables = (self.risks, self.costs, self.past_costs, self.target, self.durability, self.fund)
        return any(table["as_of"].drop_nulls().len() for table in tables)

    def said(self, name: str) -> str:
        """Return one fact as the screen writes it."""
        return str(self._row(name)["said"])

    def number(self, name: str) -> Decimal | None:
        """Return one figure, null when nothing says it."""
        found = self._row(name)["number"]
        return found if isinstance(found, Decimal) else None

    def day(self, name: str) -> date | None:
        """Return the day that one fact holds for."""
        found = self._row(name)["as_of"]
        return found if isinstance(found, date) else None

    def _row(self, name: str) -> dict[str, object]:
        tables = (
            self.risks, self.costs, self.past_costs, self.target, self.durability, self.impacts,
            self.fund,
        )  # fmt: skip
        return next(row for table in tables for row in table.filter(name=name).to_dicts())


def fund_sheet(ctx: Context, instrument_id: int) -> FundSheet:
    """Return what the newest files of the manufacturers say of a support.

    Costs are ex ante, as the EMT or the EPT gives them, and past costs ex post, of the
    period that the EMT says; the target market is the
    EMT's, durability the EET's. What no file says has a row all the same, n.c.
    """
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        one_instrument(ctx, session, instrument_id)
    return _sheet(current_facts(ctx, [instrument_id]))


def fund_reports(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return the reports received about a support, replaced and taken back included.

    Schema `FUND_REPORTS`, newest day first.
    """
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        one_instrument(ctx, session, instrument_id)
    own = [n for n in FUND_REPORTS if n != "received_at"]
    query = (
        select(
            *(col(getattr(FundReport, name)) for name in own),
            col(FundReport.created_at).label("received_at"),
        )
        .where(
            col(FundReport.firm_id) == ctx.firm_id,
            col(FundReport.instrument_id) == instrument_id,
        )
        .order_by(col(FundReport.as_of).desc(), col(FundReport.id).desc())
    )
    return store.frame(ctx, query, FUND_REPORTS)


def report_facts(ctx: Context, report_id: int) -> pl.DataFrame:
    """Return what one report says, whatever became of it since (schema `FUND_ROWS`)."""
    ctx.require(Permission.MARKET_READ)
    query = (
        select(
            *(col(getattr(FundFact, n)) for n in ("name", "number", "text", "as_of", "locator")),
            *(col(getattr(FundReport, n)) for n in ("template", "edition", "delivery_id")),
        )
        .join(FundReport, col(FundReport.id) == col(FundFact.report_id))
        .where(col(FundReport.firm_id) == ctx.firm_id, col(FundReport.id) == report_id)
        .order_by(col(FundFact.id))
    )
    found = store.frame(ctx, query, _SAID)
    if found.is_empty():
        raise NotFoundError("Fichier de société de gestion", report_id)
    return _rows([("", name) for name in found["name"]], found)


_SAID: Final = pl.Schema(
    {
        "name": pl.String(),
        "number": EXACT_FRAME,
        "text": pl.String(),
        "as_of": pl.Date(),
        "locator": pl.String(),
        "template": pl.String(),
        "edition": pl.String(),
        "delivery_id": pl.Int64(),
    }
)


def _sheet(facts: pl.DataFrame) -> FundSheet:
    criteria = [(heading, name) for heading, group in TARGET.items() for name in group]
    told = set(facts["name"])
    impacts = [("", n) for n in sorted(facts["name"]) if group_of(n) == "pai"]
    return FundSheet(
        risks=_rows(_under(RISKS), facts),
        costs=_rows(_under(COSTS), facts),
        past_costs=_rows(_under(n for n in PAST_COSTS if n in told), facts),
        target=_rows(criteria, facts),
        durability=_rows(_under(DURABILITY), facts),
        impacts=_rows(impacts, facts),
        fund=_rows(_under(FUND), facts),
    )


def _under(names: Iterable[str]) -> list[tuple[str, str]]:
    return [("", name) for name in names]


def _rows(asked: list[tuple[str, str]], facts: pl.DataFrame) -> pl.DataFrame:
    """Return one row per name asked, whether a file says it or not."""
    told = {row["name"]: row for row in facts.to_dicts()}
    rows = [_row(heading, name, told.get(name)) for heading, name in asked]
    return pl.DataFrame(rows, FUND_ROWS)


def _row(heading: str, name: str, told: dict[str, object] | None) -> dict[str, object]:
    fact = told or dict.fromkeys(_SAID.names())
    text = str(fact["text"] or "")
    source = source_of(str(fact["template"]), str(fact["edition"])) if told else ""
    return {
        "name": name,
        "heading": heading,
        "label": label_of(name),
        "number": fact["number"],
        "text": fact["text"],
        "said": _said(name, fact["number"], text) if told else UNKNOWN,
        "sense": WORDS[text][1] if text in WORDS else "",
        "as_of": fact["as_of"],
        "source": source,
        "locator": fact["locator"] or "",
        "delivery_id": fact["delivery_id"],
    }


def source_of(template: str, edition: str) -> str:
    """Return how the screen names a file: its template and the version that it says."""
    version = re.search(r"[Vv]?\d[\d.]*", edition)
    return f"{template.upper()} {version[0] if version else ''}".strip()


def _said(name: str, number: object, text: str) -> str:
    """Return a fact as the screen writes it: a word, a share, years, a figure."""
    if text:
        return WORDS[text][0] if text in WORDS else text
    if not isinstance(number, Decimal):
        return UNKNOWN
    unit = FACTS.get(name, Known("")).unit
    if name == "esg.sfdr":
        return f"Article {int(number)}" if number else "Hors champ"
    if unit == "ratio":
        return french.percent(number, 2)
    if unit == "years":
        years = french.quantity(number)
        return f"{years} an" if number <= 1 else f"{years} ans"
    return french.quantity(number)
