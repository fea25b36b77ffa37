"""A number that the statements of a bank account skip is a break until the statement comes."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from sqlmodel import select

from o2s_core import aggregation, store
from o2s_core.aggregation import BreakFilter
from o2s_core.aggregation.models import Break
from o2s_core.aggregation.reconciliation.numbering import CAME, gaps
from tests import kit

CLOSES = {1: "260105", 2: "260112", 3: "260119", 4: "260126", 5: "260202"}


def mt940(number):
    """A week of account FR7612 without movement, as the bank numbers it."""
    day = CLOSES[number]
    lines = [":20:REF", ":25:FR7612", f":28C:{number}/1", f":60F:C{day}EUR100,00",
             f":62F:C{day}EUR100,00", "-"]  # fmt: skip
    return "\n".join(lines).encode()


def camt(number):
    day = CLOSES[number]
    on = f"<Dt><Dt>20{day[:2]}-{day[2:4]}-{day[4:]}</Dt></Dt>"
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>100</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd>{on}</Bal>"
        for code in ("OPBD", "CLBD")
    )
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><Stmt>"
        f"<LglSeqNb>{number}</LglSeqNb><Acct><Id><IBAN>FR7612</IBAN></Id></Acct>{balances}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


@pytest.fixture
def send(firm):
    kit.person(firm.operator, file_code="C00001", adviser=firm.user_ids["alice"])
    count = 0

    def sent(data):
        nonlocal count
        count += 1
        now = firm.operator.now + timedelta(minutes=count)
        ctx = replace(firm.fresh(firm.operator), now=now)
        report = aggregation.receive(ctx, data, f"releve{count}.txt", contact="C00001")
        assert report.state == "committed", report
        return report

    return sent


def found(firm):
    with store.reading(firm.fresh(firm.operator)) as session:
        rows = session.exec(select(Break).where(Break.code == "V04").order_by(Break.id)).all()
    return [(row.expected, row.reported, row.state) for row in rows]


@pytest.mark.parametrize("form", [mt940, camt])
def test_a_number_that_is_skipped_is_a_break_that_the_missing_statement_closes(firm, send, form):
    send(form(1))
    send(form(3))
    assert found(firm) == [(2, 3, "open")]
    send(form(2))
    assert found(firm) == [(2, 3, "closed")]


def test_a_break_says_which_statements_lack_since_when_and_whose_work_it_is(firm, send):
    send(mt940(1))
    report = send(mt940(5))
    with store.reading(firm.fresh(firm.operator)) as session:
        row = session.exec(select(Break).where(Break.code == "V04")).one()
    assert (row.since, row.as_of) == (date(2026, 1, 5), date(2026, 2, 2))
    assert (row.owner_id, row.delivery_id) == (firm.user_ids["alice"], report.delivery_id)
    assert "2 à 4 manquent" in row.message
    listed = aggregation.breaks(firm.fresh(firm.operator), BreakFilter(codes=("V04",)))
    assert listed.select("subject", "amount").row(0) == ("Relevé n° 2 (2026)", None)


def test_one_of_several_that_comes_late_leaves_a_smaller_gap_of_the_same_age(firm, send):
    send(mt940(1))
    send(mt940(5))
    send(mt940(4))
    assert found(firm) == [(2, 4, "open")]
    send(mt940(3))
    assert found(firm) == [(2, 3, "open")]


def test_statements_that_follow_each_other_are_no_break(firm, send):
    for number in (1, 2, 3):
        send(mt940(number))
    assert found(firm) == []


def test_a_delivery_that_is_cancelled_leaves_its_number_missing(firm, send):
    send(mt940(1))
    middle = send(mt940(2))
    send(mt940(3))
    aggregation.cancel(firm.fresh(firm.operator), middle.delivery_id, "erreur")
    assert found(firm) == [(2, 3, "open")]


def test_a_replay_keeps_what_is_missing(firm, send):
    send(mt940(1))
    send(mt940(3))
    assert aggregation.replay(firm.fresh(firm.operator)).identical
    assert found(firm) == [(2, 3, "open")]


@pytest.mark.parametrize(
    ("series", "missing"),
    [
        ([(12, "2025-12-30"), (1, "2026-01-05"), (2, "2026-01-12")], []),
        ([(12, "2025-12-30"), (3, "2026-01-19")], [(1, 2)]),
        ([(12, "2026-03-02"), (1, "2026-03-09")], []),  # another series, the same year
        ([(7, "2026-03-02"), (7, "2026-03-03"), (7, "2026-03-04")], []),  # never counted
        ([(1, "2026-01-05"), (4, "2026-01-26"), (6, "2026-02-02")], [(2, 3), (5, 5)]),
    ],
)
def test_numbers_start_again_with_the_year(series, missing):
    rows = [(1, number, date.fromisoformat(day), 1) for number, day in series]
    told = [(gap.first, gap.last) for gap in gaps(pl.DataFrame(rows, CAME, orient="row"))]
    assert told == missing
