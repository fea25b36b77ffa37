"""The audit of a real scope: one reading, the figures of the other pages, rights and perimeters."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from o2s_core import contacts, market, portfolio, store
from o2s_core.kernel.errors import DataError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import DoubtfulPrice, FundFact, FundLine, FundReport, FundStatus
from o2s_core.portfolio.audit.findings import Finding, Measure, Rule
from o2s_core.portfolio.audit.score import score_of
from o2s_core.portfolio.audit.thresholds import thresholds
from tests import kit
from tests.kit.audited import line, view
from tests.kit.firm import TODAY

SINCE = date(2025, 6, 30)


@pytest.fixture
def anne(firm):
    """10 000 € of a fund that rose from 90 to 100, 4 000 € of fonds euros, 60 of a SCPI."""
    ctx = firm.alice
    anne = kit.person(ctx, file_code="ANNE")
    fund = kit.instrument(ctx, "Monde", manager="Maison A", sri=4, sfdr=8)
    euro = kit.instrument(ctx, "Euro", isin=None, kind="fonds_euros", asset_class="euro_fund")
    vie = kit.account(ctx, kit.provider(ctx), [anne], label="Vie")
    for day, price in ((SINCE, "90"), (TODAY - timedelta(3), "100")):
        kit.situation(ctx, vie, day, [
            {"instrument_id": fund, "quantity": "100", "price": price, "unit_cost": "80"},
            {"instrument_id": euro, "value": "4000"},
        ])  # fmt: skip
    for week in range(60):
        kit.price(ctx, fund, SINCE + timedelta(weeks=week), f"{90 + week / 6:.4f}")
    return anne


def audited(firm, ctx=None, code="ANNE", kind="contact"):
    ctx = ctx or firm.fresh(firm.alice)
    return portfolio.audit(ctx, contacts.scope(ctx, kind, code))


def state(found, code):
    return next(f.state for f in found.findings if f.rule.code == code)


def fund_of(ctx):
    return market.instruments(ctx).filter(label="Monde")["id"][0]


def report(ctx, template, instrument_id, facts=(), lines=()):
    with store.tx(ctx) as tx:
        made = FundReport(
            firm_id=ctx.firm_id, instrument_id=instrument_id, template=template, as_of=TODAY
        )
        tx.add(made)
        for name, value in facts:
            said = {"text": value} if isinstance(value, str) else {"number": value}
            tx.session.add(
                FundFact(
                    firm_id=ctx.firm_id,
                    report_id=made.id,
                    instrument_id=instrument_id,
                    name=name,
                    as_of=TODAY,
                    **said,
                )
            )
        for code, weight in lines:
            tx.session.add(
                FundLine(
                    firm_id=ctx.firm_id,
                    report_id=made.id,
                    code=code,
                    country="US",
                    currency="USD",
                    weight=Decimal(weight),
                )
            )


def test_the_key_figures_are_those_of_the_other_pages(firm, anne):
    """S-061."""
    ctx = firm.fresh(firm.alice)
    scope = contacts.scope(ctx, "contact", "ANNE")
    figures = audited(firm).figures
    held, origin = portfolio.holdings(ctx, scope), portfolio.performance(ctx, scope)
    assert figures.total_eur == held.total_eur == Decimal("14000.00")
    assert figures.gain_eur == held.gain_eur == Decimal("2000.00")
    assert (figures.since, figures.invested_eur) == (SINCE, Decimal("13000.00"))
    assert figures.invested_eur + figures.earned_eur == figures.total_eur
    assert figures.twr_ytd == origin.periods["ytd"]
    assert figures.twr_year == origin.periods["1y"]
    assert (figures.sri.value, figures.sri.coverage) == (4.0, 1.0)
    assert (figures.cost.value, figures.cost.coverage) == (None, 0.0)
    assert figures.euro_funds == pytest.approx(4 / 14)
    assert (figures.supports, figures.lines, figures.accounts) == (2, 2, 1)
    assert (figures.foreign, figures.foreign_unknown) == (0, pytest.approx(10 / 14))
    assert figures.sfdr == (("Article 8", 1.0),)


def test_what_is_not_known_is_not_judged(firm, anne):
    found = audited(firm)
    assert state(found, "LINE") == "raised"
    assert state(found, "COST_MEAN") == "unknown"
    assert state(found, "RISK_OUT") == "unknown"
    assert found.table.filter(code="RISK_OUT")["missing"][0] == "le profil de risque du client"


def test_the_manufacturers_files_answer(firm, anne):
    ctx = firm.alice
    fund = fund_of(ctx)
    report(ctx, "emt", fund, [("cost.ongoing", Decimal("0.021")), ("target.retail", "negative")])
    report(ctx, "tpt", fund, lines=[("US1", "0.7"), ("US2", "0.3")])
    found = audited(firm)
    assert found.figures.cost.value == pytest.approx(0.021)
    assert state(found, "COST_MEAN") == "raised"
    assert state(found, "RETAIL") == "raised"
    assert state(found, "CURRENCY") == "raised"
    assert found.figures.foreign == pytest.approx(10 / 14)


def test_a_price_that_waits_is_named(firm, anne):
    ctx = firm.alice
    with store.tx(ctx) as tx:
        fund = fund_of(ctx)
        tx.add(DoubtfulPrice(
            firm_id=ctx.firm_id, instrument_id=fund, day=TODAY, source="essai", kind="nav",
            value=Decimal(900), currency="EUR", previous_value=Decimal(100), previous_on=TODAY,
        ))  # fmt: skip
        tx.touch("prices")
    assert state(audited(firm), "DOUBTFUL") == "raised"


def test_a_support_that_the_firm_watches_is_named(firm, anne):
    ctx = firm.alice
    assert state(audited(firm), "FOLLOWED") == "clear"
    with store.tx(ctx) as tx:
        for decision in ("approved", "watched"):
            tx.session.add(FundStatus(
                firm_id=ctx.firm_id, instrument_id=fund_of(ctx), state=decision, reason="essai",
                decided_on=TODAY, decided_at=ctx.now,
            ))  # fmt: skip
        tx.touch("market")
    assert state(audited(firm), "FOLLOWED") == "raised"


def test_two_supports_with_the_same_prices_move_together(firm, anne):
    ctx = firm.alice
    twins = [kit.instrument(ctx, name) for name in ("Un", "Deux")]
    pea = kit.account(ctx, kit.provider(ctx, "banque", "Banque"), [anne], label="PEA")
    kit.situation(ctx, pea, TODAY, [
        {"instrument_id": twin, "quantity": "100", "price": "100"} for twin in twins
    ])  # fmt: skip
    for week in range(53):
        for twin in twins:
            day = TODAY - timedelta(weeks=week)
            kit.price(ctx, twin, day, str(100 + (week * 7) % 5))
    found = next(f for f in audited(firm).findings if f.rule.code == "CORRELATION")
    assert found.state == "raised"
    assert "Un et Deux : corrélation 1,00" in found.evidence["part"].to_list()


def test_nothing_held_is_nothing_to_audit(firm):
    kit.person(firm.alice, file_code="VIDE")
    assert audited(firm, code="VIDE") is None


def test_the_score_needs_its_right(firm, anne):
    ctx = firm.fresh(firm.alice)
    assert audited(firm, ctx).scored
    blind = replace(ctx, permissions=ctx.permissions - {Permission.PORTFOLIO_SCORE})
    found = audited(firm, blind)
    assert (found.score, found.scored) == (None, False)


def test_the_score_counts_points_of_what_was_judged():
    """By hand: 5 points raised of 5 + 3 + 1 judged are 100 × (1 − 5/9) = 44."""

    def told(severity, verdict):
        rule = Rule("X", "", severity, lambda *_: Measure("clear", ""), (), "", "", "")
        return Finding(rule, Measure(verdict, ""), ())

    judged = [told("high", "raised"), told("medium", "clear"), told("low", "clear")]
    assert score_of(judged) == 44
    assert score_of([*judged, told("high", "unknown")]) == 44
    assert score_of([*judged, *[told("high", "unknown")] * 2]) is None
    assert score_of([]) is None


def test_a_limit_before_its_first_day_is_refused():
    with pytest.raises(DataError, match="aucun seuil connu"):
        thresholds(date(2020, 1, 1))


def test_another_advisers_client_is_not_found(firm, anne):
    kit.person(firm.bruno, file_code="BOB")
    with pytest.raises(NotFoundError):
        audited(firm, code="BOB")


def test_without_the_right_there_is_no_audit(firm, anne):
    ctx = firm.alice
    scope = contacts.scope(ctx, "contact", "ANNE")
    blind = replace(ctx, permissions=ctx.permissions - {Permission.PORTFOLIO_READ})
    with pytest.raises(PermissionDeniedError):
        portfolio.audit(blind, scope)


def test_evidence_is_exported_with_its_rule(firm, anne):
    rows = portfolio.evidence_of(audited(firm).of_state("raised"))
    assert rows.filter(rule="Poids d'un même support")["label"].to_list() == ["Monde"]
    assert portfolio.evidence_of([]).is_empty()


def test_a_weight_is_of_the_whole():
    assert view(line(1), line(3)).share([view(line(1), line(3)).lines[0]]) == 0.25
