"""A manufacturer's file becomes dated facts of supports, once, and can be taken back."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import aggregation, market
from o2s_core.kernel.errors import InvalidInputError
from tests import kit
from tests.kit import documents as doc
from tests.kit import funds

D = Decimal
OCTOBER, NOVEMBER = date(2026, 9, 30), date(2026, 10, 31)


@pytest.fixture
def fund(firm):
    """A support that the firm knows, whose risk somebody typed."""
    return kit.instrument(firm.operator, "Fonds Équilibre", isin=doc.ACME, sri=5)


def receive(firm, data, name="fichier.csv", ctx=None, **said):
    return aggregation.receive(ctx or firm.operator, data, name, **said)


def sheet(firm, instrument_id):
    return market.fund_sheet(firm.fresh(firm.operator), instrument_id)


def card(firm, instrument_id):
    return market.instrument(firm.fresh(firm.operator), instrument_id)


def states(report):
    return {outcome.fund: outcome.state for outcome in report.funds}


def codes(report):
    return [a["code"] for a in report.anomalies]


def test_the_costs_that_were_really_charged_stand_beside_those_announced(firm, fund):
    ex_post = (
        ("07100_Gross_Ongoing_Costs", "0.015"), ("08030_Ongoing_Costs_Ex_Post", "0.0162"),
        ("08090_Beginning_Of_Reference_Period", "2025-01-01"),
        ("08100_End_Of_Reference_Period", "2025-12-31"),
    )  # fmt: skip
    receive(firm, funds.emt(*ex_post), "emt.csv")
    known = sheet(firm, fund)
    assert known.said("cost.ongoing") == "1,50\u00a0%"
    assert known.past_costs.select("name", "said", "as_of").rows() == [
        ("past.ongoing", "1,62\u00a0%", date(2025, 12, 31)),
    ]  # fmt: skip


def test_a_file_gives_its_facts_to_a_support_without_any_account(firm, fund):
    """S-002, S-079: risk and costs, each with its day, its file and its place."""
    report = receive(firm, funds.ept(sri="3", ongoing="0.0152"))
    assert (report.state, report.feed) == ("committed", "ept")
    assert report.message == "Supports : 1 validé. Aucun compte n'est concerné."
    assert states(report) == {doc.ACME: "committed"}
    known = sheet(firm, fund)
    (risk,) = known.risks.filter(name="risk.sri").rows(named=True)
    assert (risk["said"], risk["as_of"], risk["source"]) == ("3", NOVEMBER, "EPT V21")
    assert (risk["delivery_id"], risk["locator"]) == (report.delivery_id, "ligne 2 › 01090_SRI")
    assert known.said("cost.ongoing") == "1,52\u00a0%"
    assert known.said("cost.entry") == "n.c."
    assert card(firm, fund).sri == 3
    assert card(firm, fund).typed_sri == 5


def test_the_list_finds_supports_by_what_their_files_say(firm, fund):
    """S-079: SRI and SFDR as criteria."""
    other = kit.instrument(firm.operator, "Autre fonds", isin=doc.BETA, sri=2)
    receive(firm, funds.ept(sri="3"))
    receive(firm, funds.eet(article="9"))
    ctx = firm.fresh(firm.operator)
    found = market.instruments(ctx, market.InstrumentFilter(sri_at_most=3))
    assert found.select("id", "sri", "sfdr").rows() == [(other, 2, None), (fund, 3, 9)]
    assert market.instruments(ctx, market.InstrumentFilter(sfdr_at_least=9))["id"].to_list() == [
        fund
    ]


def test_the_same_file_again_changes_nothing(firm, fund):
    receive(firm, funds.ept(sri="3"))
    again = receive(firm, funds.ept(sri="3"))
    assert again.state == "duplicate"
    assert market.fund_reports(firm.fresh(firm.operator), fund).height == 1


def test_the_same_content_in_another_file_is_unchanged(firm, fund):
    receive(firm, funds.ept(sri="3"))
    again = receive(firm, funds.ept(sri="3") + b"\n")
    assert states(again) == {doc.ACME: "unchanged"}
    assert again.state == "committed"


def test_an_older_file_never_replaces_a_newer_fact(firm, fund):
    receive(firm, funds.ept(sri="3", day=NOVEMBER))
    late = receive(firm, funds.ept(sri="6", day=OCTOBER))
    assert states(late) == {doc.ACME: "committed"}
    assert sheet(firm, fund).said("risk.sri") == "3"
    assert card(firm, fund).sri == 3
    told = aggregation.delivery(firm.fresh(firm.operator), late.delivery_id).funds
    assert "Plus ancien" in told["reason"][0]


def test_a_corrected_file_of_the_same_day_replaces_and_keeps_the_old_one_readable(firm, fund):
    first = receive(firm, funds.ept(sri="3"))
    receive(firm, funds.ept(sri="4"))
    assert sheet(firm, fund).said("risk.sri") == "4"
    ctx = firm.fresh(firm.operator)
    reports = market.fund_reports(ctx, fund)
    assert reports["state"].to_list() == ["active", "replaced"]
    old = market.report_facts(ctx, reports["id"][1])
    assert old.filter(name="risk.sri")["said"].to_list() == ["3"]
    assert aggregation.delivery(ctx, first.delivery_id).state == "superseded"


def test_what_a_newer_file_no_longer_says_is_no_longer_known(firm, fund):
    receive(firm, funds.emt(("02040_Expert_Investor", "Y"), day=OCTOBER))
    receive(firm, funds.emt(("01010_Investor_Type_Retail", "N"), day=NOVEMBER))
    known = sheet(firm, fund)
    assert known.said("target.expert") == "n.c."
    assert known.target.filter(name="target.retail")["sense"].to_list() == ["negative"]


def test_two_templates_add_up_and_the_newest_day_counts(firm, fund):
    receive(firm, funds.ept(sri="3", ongoing="0.01", day=NOVEMBER))
    receive(firm, funds.emt(("04010_SRI", "4"), ("07020_Entry", "0.02"), day=OCTOBER))
    known = sheet(firm, fund)
    assert (known.said("risk.sri"), known.said("target.risk_tolerance")) == ("3", "4")
    assert known.number("cost.entry") == D("0.02")
    assert known.day("cost.entry") == OCTOBER
    assert known.day("cost.ongoing") == NOVEMBER


def test_taking_a_file_back_restores_what_was_known_before(firm, fund):
    receive(firm, funds.ept(sri="3", day=OCTOBER))
    newer = receive(firm, funds.ept(sri="6", day=NOVEMBER))
    assert card(firm, fund).sri == 6
    taken = aggregation.cancel(firm.operator, newer.delivery_id, "Mauvais fichier")
    assert taken.funds == 1
    assert sheet(firm, fund).said("risk.sri") == "3"
    assert card(firm, fund).sri == 3


def test_taking_a_correction_back_puts_the_first_file_in_force_again(firm, fund):
    first = receive(firm, funds.ept(sri="3"))
    second = receive(firm, funds.ept(sri="4"))
    aggregation.cancel(firm.operator, second.delivery_id, "Erreur")
    assert sheet(firm, fund).said("risk.sri") == "3"
    assert aggregation.delivery(firm.fresh(firm.operator), first.delivery_id).state == "committed"


def test_a_file_that_said_the_same_takes_over_when_the_first_is_taken_back(firm, fund):
    first = receive(firm, funds.ept(sri="3"))
    receive(firm, funds.ept(sri="3") + b"\n")
    aggregation.cancel(firm.operator, first.delivery_id, "Erreur")
    assert sheet(firm, fund).said("risk.sri") == "3"


def test_taking_back_the_only_file_gives_back_what_was_typed(firm, fund):
    only = receive(firm, funds.ept(sri="3"))
    aggregation.cancel(firm.operator, only.delivery_id, "Erreur")
    assert card(firm, fund).sri == 5
    assert not sheet(firm, fund).known


def test_an_unknown_isin_makes_a_support_to_complete(firm):
    report = receive(firm, funds.ept(sri="3", code=doc.BETA, label="Fonds Nouveau", currency="USD"))
    assert report.counts["instruments_created"] == 1
    (made,) = market.instruments_by_isin(firm.operator, [doc.BETA]).values()
    found = card(firm, made)
    assert (found.label, found.currency, found.status) == ("Fonds Nouveau", "USD", "provisional")
    assert (found.kind, found.sri) == ("opcvm", 3)


def test_a_wrong_isin_is_set_aside_and_the_others_go_on(firm, fund):
    rows = funds.ept(sri="3") + b"\n" + funds.ept_row(code="FR0010000001", sri="2")
    report = receive(firm, rows)
    assert report.state == "partly_committed"
    assert states(report) == {doc.ACME: "committed", "FR0010000001": "quarantined"}
    assert report.message == "Supports : 1 validé, 1 en quarantaine. Aucun compte n'est concerné."
    assert "L04" in codes(report)
    assert market.instruments_by_isin(firm.operator, ["FR0010000001"]) == {}


def test_a_wrong_isin_that_the_firm_decided_is_known_at_the_next_reading(firm, fund):
    data = funds.ept(sri="3", code="FR0010000001")
    stopped = receive(firm, data)
    assert stopped.state == "quarantined"
    market.add_alias(firm.operator, fund, "isin", "FR0010000001")
    again = aggregation.retry(firm.operator, stopped.delivery_id)
    assert (again.state, states(again)) == ("committed", {"FR0010000001": "committed"})
    assert card(firm, fund).sri == 3


def test_a_code_that_is_not_an_isin_is_asked_for(firm):
    report = receive(firm, funds.ept(sri="3", code="INTERNE-1", code_type="99"))
    assert (report.state, codes(report)) == ("quarantined", ["A-CODE"])


def test_facts_of_the_future_are_set_aside(firm, fund):
    report = receive(firm, funds.ept(sri="3", day=date(2027, 1, 31)))
    assert report.state == "quarantined"
    assert "L09" in codes(report)


def test_another_currency_than_the_support_s_is_told(firm, fund):
    report = receive(firm, funds.ept(sri="3", currency="USD"))
    assert (report.state, codes(report)) == ("committed", ["A-DEVISE"])


def test_what_was_set_aside_can_be_accepted_or_rejected_with_a_reason(firm, fund):
    rows = (
        funds.ept(sri="3", day=date(2027, 1, 31))
        + b"\n"
        + funds.ept_row(code=doc.BETA, sri="2", day=date(2027, 1, 31))
    )
    report = receive(firm, rows)
    stopped = aggregation.delivery(firm.fresh(firm.operator), report.delivery_id).stopped_funds
    first, second = stopped["id"]
    with pytest.raises(InvalidInputError):
        aggregation.accept_fund(firm.operator, first, " ")
    aggregation.accept_fund(firm.operator, first, "Date confirmée")
    done = aggregation.reject_fund(firm.operator, second, "Hors gamme")
    assert states(done) == {doc.ACME: "committed", doc.BETA: "ignored"}
    assert done.state == "committed"
    assert card(firm, fund).sri == 3


def test_supports_set_aside_raise_one_alert_that_closes_once_they_are_decided(firm):
    """S-102."""
    report = receive(firm, funds.ept(sri="3", code="FR0010000001"))
    aggregation.follow_alerts(firm.operator)
    (alert,) = aggregation.alerts(firm.fresh(firm.operator)).to_dicts()
    assert alert["code"] == "FUND_QUARANTINED"
    assert alert["message"].startswith("1 support attend une décision")
    aggregation.cancel(firm.operator, report.delivery_id, "Fichier corrigé demandé")
    assert aggregation.follow_alerts(firm.operator) == {"opened": 0, "closed": 1}


def test_a_rehearsal_tells_and_stores_nothing(firm, fund):
    report = receive(firm, funds.ept(sri="3"), dry_run=True)
    assert (report.state, states(report)) == ("committed", {doc.ACME: "committed"})
    assert not sheet(firm, fund).known
    assert aggregation.deliveries(firm.operator).is_empty()


def test_an_adviser_sees_a_file_about_supports_and_its_anomalies(firm, fund):
    """Facts about funds are nobody's data: the perimeter does not hide them."""
    report = receive(firm, funds.ept(sri="3", currency="USD"))
    seen = aggregation.delivery(firm.bruno, report.delivery_id)
    assert seen.funds["fund"].to_list() == [doc.ACME]
    assert seen.anomalies["code"].to_list() == ["A-DEVISE"]


def test_a_file_for_another_feed_is_refused(firm, fund):
    report = receive(firm, funds.ept(sri="3"), feed="emt")
    assert (report.state, codes(report)) == ("rejected", ["F05"])


# ── inventories: look-through and price ──────────────────────────────────────────────────────


def test_an_inventory_shows_what_a_fund_is_made_of(firm, fund):
    """S-079: by class, country and currency; what is not covered is said."""
    receive(firm, funds.tpt(("FR12", "Obligation", "EUR", "0.5", "FR"), ("US31", "Action", "USD", "0.3", "US"),
                            ("XL71", "Compte", "EUR", "-0.1", "")))  # fmt: skip
    seen = market.look_through(firm.fresh(firm.operator), fund)
    assert (seen.as_of, seen.source) == (NOVEMBER, "TPT V7.0")
    assert seen.by_asset.rows() == [
        ("1", D("0.5")), ("3", D("0.3")), ("7", D("-0.1")), ("uncovered", D("0.3")),
    ]  # fmt: skip
    assert seen.by_country.rows() == [
        ("FR", D("0.5")), ("US", D("0.3")), ("", D("-0.1")), ("uncovered", D("0.3")),
    ]  # fmt: skip
    assert seen.by_currency.rows() == [
        ("EUR", D("0.4")), ("USD", D("0.3")), ("uncovered", D("0.3")),
    ]  # fmt: skip
    assert seen.lines["label"].to_list() == ["Obligation", "Action", "Compte"]
    assert (seen.covered, seen.uncovered) == (D("0.7"), D("0.3"))


@pytest.mark.parametrize(
    "weights", [("0.5", "0.5"), ("0.333333333", "0.1"), ("1.2", "-0.05"), ("0.9", "")]
)
def test_the_parts_and_what_is_not_covered_make_the_whole(firm, fund, weights):
    receive(firm, funds.tpt(*(("FR31", "Titre", "EUR", weight, "FR") for weight in weights)))
    seen = market.look_through(firm.fresh(firm.operator), fund)
    for parts in (seen.by_asset, seen.by_country, seen.by_currency):
        assert parts["weight"].sum() == 1
    assert seen.covered + seen.uncovered == 1


def test_a_fund_without_inventory_has_no_look_through(firm, fund):
    receive(firm, funds.ept(sri="3"))
    assert market.look_through(firm.fresh(firm.operator), fund) is None


def test_the_value_of_a_share_is_a_price_with_its_day_and_its_source(firm, fund):
    report = receive(firm, funds.tpt(("FR31", "Titre", "EUR", "1", "FR"), price="135.5109"))
    found = card(firm, fund)
    assert (found.price, found.price_on) == (D("135.5109"), NOVEMBER)
    assert (found.price_kind, found.price_source) == ("nav", "Inventaire TPT")
    ctx = firm.fresh(firm.operator)
    series = market.price_series(ctx, fund, OCTOBER, firm.operator.today)
    assert series.select("day", "value").rows() == [(NOVEMBER, D("135.5109"))]
    matrix = market.price_matrix(ctx, [fund], NOVEMBER, NOVEMBER)
    assert matrix.values[0, 0] == pytest.approx(135.5109)
    aggregation.cancel(firm.operator, report.delivery_id, "Erreur")
    assert card(firm, fund).price is None


def test_a_price_typed_by_the_firm_wins_over_the_inventory_of_its_day(firm, fund):
    typed = (fund, NOVEMBER, D(99), "EUR", "manual", "cabinet")
    market.record_prices(firm.operator, pl.DataFrame([typed], market.PRICE_INPUT, orient="row"))
    receive(firm, funds.tpt(("FR31", "Titre", "EUR", "1", "FR"), price="135"))
    assert card(firm, fund).price == 99


def test_a_corrected_inventory_corrects_the_price(firm, fund):
    receive(firm, funds.tpt(("FR31", "Titre", "EUR", "1", "FR"), price="135"))
    receive(firm, funds.tpt(("FR31", "Titre", "EUR", "1", "FR"), price="136"))
    assert card(firm, fund).price == 136


def test_a_share_without_a_known_currency_gives_no_price(firm, fund):
    report = receive(
        firm, funds.tpt(("FR31", "Titre", "EUR", "1", "FR"), price="135", currency="XYZ")
    )
    assert "L05" in codes(report)
    assert card(firm, fund).price is None


def test_a_real_file_of_22_share_classes_is_received_whole(firm, samples):
    """S-079: SRI and ongoing costs as the manufacturer's file says them."""
    path = samples / "findatex" / "captor_findatex-ept-captor-2023-12-29.xlsx"
    (report,) = aggregation.receive_files(firm.operator, path)
    assert (report.state, report.counts["instruments_created"]) == ("committed", 22)
    (made,) = market.instruments_by_isin(firm.operator, ["SE0016075006"]).values()
    known = sheet(firm, made)
    assert known.said("risk.sri") == "2"
    assert known.said("cost.ongoing") == "0,25\u00a0%"
    assert known.said("risk.holding_years") == "2 ans"
    assert known.day("risk.sri") == date(2024, 2, 16)
