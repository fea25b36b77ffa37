"""How a manufacturer's report is kept: new, the same again, or a correction of the same day."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.market.funds.current import current_facts
from o2s_core.market.models import FundFact, FundLine, FundReport, Instrument
from o2s_core.store import EXACT_FRAME, Tx

#: One row per support that a file describes.
REPORT_INPUT: Final = pl.Schema(
    {
        "fund": pl.String(),
        "instrument_id": pl.Int64(),
        "template": pl.String(),
        "edition": pl.String(),
        "as_of": pl.Date(),
        "locator": pl.String(),
        "label": pl.String(),
        "manufacturer": pl.String(),
        "currency": pl.String(),
    }
)
#: One row per fact: a number or a word; `name` is one of `FACTS`, or an adverse impact.
FACT_INPUT: Final = pl.Schema(
    {
        "fund": pl.String(),
        "name": pl.String(),
        "number": EXACT_FRAME,
        "text": pl.String(),
        "as_of": pl.Date(),
        "locator": pl.String(),
    }
)
#: One row per line of a fund's portfolio.
FUND_LINE_INPUT: Final = pl.Schema(
    {
        "fund": pl.String(),
        "locator": pl.String(),
        "code": pl.String(),
        "code_type": pl.String(),
        "label": pl.String(),
        "asset": pl.String(),
        "country": pl.String(),
        "currency": pl.String(),
        "value": EXACT_FRAME,
        "weight": EXACT_FRAME,
    }
)
#: What makes two reports the same; where they stand in their files does not.
SAID: Final = ("name", "number", "text", "as_of")
HELD: Final = ("code", "label", "asset", "country", "currency", "value", "weight")
#: Identities asked to the database at once.
BATCH: Final = 500

Key = tuple[int, str, date]  #: (support, template, day)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of each fund of a file: new, unchanged, corrected or late."""

    outcome: Mapping[str, str]


def record_funds(
    tx: Tx,
    reports: pl.DataFrame,
    facts: pl.DataFrame,
    lines: pl.DataFrame,
    *,
    delivery_id: int | None,
) -> Kept:
    """Record what a file says of some supports, inside the open write.

    Schemas `REPORT_INPUT`, `FACT_INPUT`, `FUND_LINE_INPUT`. A report about a day
    that is known already replaces it, and the old one stays readable. A report
    older than what is known goes into the history and changes nothing shown.
    """
    told = [row | {"digest": digest} for row, digest in _digested(reports, facts, lines)]
    known = _standing(tx.session, tx.ctx.firm_id, {row["instrument_id"] for row in told})
    outcome = {row["fund"]: _outcome(row, known) for row in told}
    ids = _insert(tx, told, delivery_id)
    of_fund = {row["fund"]: (id_, row["instrument_id"]) for row, id_ in zip(told, ids, strict=True)}
    _insert_facts(tx, facts, of_fund)
    _insert_lines(tx, lines, of_fund)
    _settle(tx, [_key(row) for row in told])
    return Kept(outcome)


def withdraw_funds(tx: Tx, delivery_id: int) -> int:
    """Take back the reports of a delivery; what they replaced returns. Return how many went."""
    rows = tx.session.exec(
        select(FundReport).where(
            FundReport.firm_id == tx.ctx.firm_id,
            FundReport.delivery_id == delivery_id,
            FundReport.state != "cancelled",
        )
    ).all()
    for row in rows:
        row.state = "cancelled"
        tx.session.add(row)
    tx.session.flush()
    _settle(tx, [(row.instrument_id, row.template, row.as_of) for row in rows])
    return len(rows)


def deliveries_alike(ctx: Context, delivery_id: int) -> Any:  # noqa: ANN401
    """Return the query of the deliveries that spoke of the same supports on the same days."""
    mine = (
        select(col(FundReport.instrument_id), col(FundReport.template), col(FundReport.as_of))
        .where(FundReport.firm_id == ctx.firm_id, FundReport.delivery_id == delivery_id)
        .subquery()
    )
    return (
        select(col(FundReport.delivery_id))
        .join(
            mine,
            (col(FundReport.instrument_id) == mine.c.instrument_id)
            & (col(FundReport.template) == mine.c.template)
            & (col(FundReport.as_of) == mine.c.as_of),
        )
        .where(FundReport.firm_id == ctx.firm_id, FundReport.delivery_id != delivery_id)
    )


def _digested(
    reports: pl.DataFrame, facts: pl.DataFrame, lines: pl.DataFrame
) -> Iterable[tuple[dict[str, Any], str]]:
    """Return each report with what identifies its content, whatever the order of its rows."""
    said = _words(facts, SAID)
    held = _words(lines, HELD)
    for row in reports.iter_rows(named=True):
        head = [row["currency"], *said.get(row["fund"], []), *held.get(row["fund"], [])]
        yield row, hashlib.sha256("\n".join(head).encode()).hexdigest()


def _words(frame: pl.DataFrame, names: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fund, *values in frame.select("fund", *names).iter_rows():
        found.setdefault(fund, []).append("\t".join(map(str, values)))
    return {fund: sorted(words) for fund, words in found.items()}


def _key(row: Mapping[str, Any]) -> Key:
    return row["instrument_id"], row["template"], row["as_of"]


def _standing(
    session: Session, firm_id: int, instrument_ids: Collection[int]
) -> dict[tuple[int, str], list[FundReport]]:
    """Return the reports that stand about some supports, by support and template."""
    found: dict[tuple[int, str], list[FundReport]] = {}
    ids = sorted(instrument_ids)
    for start in range(0, len(ids), BATCH):
        query = select(FundReport).where(
            FundReport.firm_id == firm_id,
            FundReport.state == "active",
            col(FundReport.instrument_id).in_(ids[start : start + BATCH]),
        )
        for row in session.exec(query):
            found.setdefault((row.instrument_id, row.template), []).append(row)
    return found


def _outcome(row: Mapping[str, Any], known: Mapping[tuple[int, str], list[FundReport]]) -> str:
    others = known.get((row["instrument_id"], row["template"]), [])
    same = next((other for other in others if other.as_of == row["as_of"]), None)
    if same is not None:
        return "unchanged" if same.digest == row["digest"] else "corrected"
    return "late" if any(other.as_of > row["as_of"] for other in others) else "new"


def _insert(tx: Tx, told: Sequence[Mapping[str, Any]], delivery_id: int | None) -> list[int]:
    common = {"state": "active", "delivery_id": delivery_id}
    rows = [{n: v for n, v in row.items() if n != "fund"} | common for row in told]
    return store.insert_rows(tx, FundReport, rows)


def _insert_facts(tx: Tx, facts: pl.DataFrame, of_fund: Mapping[str, tuple[int, int]]) -> None:
    rows = [
        {"report_id": of_fund[row.pop("fund")][0]} | row
        for row in facts.select(FACT_INPUT.names()).to_dicts()
        if row["fund"] in of_fund
    ]
    support = dict(of_fund.values())
    store.insert_rows(
        tx, FundFact, [row | {"instrument_id": support[row["report_id"]]} for row in rows]
    )


def _insert_lines(tx: Tx, lines: pl.DataFrame, of_fund: Mapping[str, tuple[int, int]]) -> None:
    rows = [
        {"report_id": of_fund[row.pop("fund")][0]} | row
        for row in lines.select(FUND_LINE_INPUT.names()).to_dicts()
        if row["fund"] in of_fund
    ]
    store.insert_rows(tx, FundLine, rows)


def _settle(tx: Tx, keys: Collection[Key]) -> None:
    """Let the last report received about a day stand, and write what is now known for lists."""
    wanted = set(keys)
    for rows in _all(tx.session, tx.ctx.firm_id, {key[0] for key in wanted}).items():
        (instrument_id, template, as_of), reports = rows
        if (instrument_id, template, as_of) not in wanted:
            continue
        last = max(report.id or 0 for report in reports)
        for report in reports:
            report.state = "active" if report.id == last else "replaced"
            tx.session.add(report)
    tx.session.flush()
    _write_current(tx, sorted({key[0] for key in wanted}))
    tx.touch("market")
    tx.touch("prices")


def _all(
    session: Session, firm_id: int, instrument_ids: Collection[int]
) -> dict[Key, list[FundReport]]:
    """Return the reports that were not taken back, by support, template and day."""
    found: dict[Key, list[FundReport]] = {}
    ids = sorted(instrument_ids)
    for start in range(0, len(ids), BATCH):
        query = select(FundReport).where(
            FundReport.firm_id == firm_id,
            FundReport.state != "cancelled",
            col(FundReport.instrument_id).in_(ids[start : start + BATCH]),
        )
        for row in session.exec(query):
            found.setdefault((row.instrument_id, row.template, row.as_of), []).append(row)
    return found


def _write_current(tx: Tx, instrument_ids: Sequence[int]) -> None:
    """Write the risk and the article that the lists filter by, as the newest reports say them."""
    for start in range(0, len(instrument_ids), BATCH):
        some = instrument_ids[start : start + BATCH]
        facts = current_facts(tx.ctx, some)
        numbers = {(i, n): v for i, n, v in facts.select("instrument_id", "name", "number").rows()}
        query = select(Instrument).where(
            Instrument.firm_id == tx.ctx.firm_id, col(Instrument.id).in_(some)
        )
        for row in tx.session.exec(query):
            sri, sfdr = (numbers.get((row.id, name)) for name in ("risk.sri", "esg.sfdr"))
            row.reported_sri = None if sri is None else int(sri)
            row.reported_sfdr = None if sfdr is None else int(sfdr)
            tx.session.add(row)
    tx.session.flush()
