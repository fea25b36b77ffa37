"""Each rule of the audit, just under its limit and just over it; without facts, no pass."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from o2s_core.portfolio.audit.audited import ClassCost, Held, LeftOut, Past, SilentAccount
from o2s_core.portfolio.audit.auditing import judged
from o2s_core.portfolio.audit.catalogue import RULES
from o2s_core.portfolio.audit.diversification import shared
from o2s_core.portfolio.audit.findings import FAMILIES, SEVERITIES
from o2s_core.portfolio.audit.thresholds import thresholds
from tests.kit.audited import finding, line, verdict, view
from tests.kit.firm import TODAY


def parts(eur, **fields):
    """A line of `eur` with the fields, beside 100 000 € in all of other lines without them."""
    rest = (100_000 - eur) / 8
    others = [line(rest, f"Autre {n}", instrument_id=100 + n) for n in range(8)]
    return view(line(eur, "Sujet", instrument_id=1, **fields), *others)


def others_of(eur, field, values, **common):
    """The line of `eur` with its own value of a field, the rest spread over other values."""
    rest = (100_000 - eur) / (len(values) - 1)
    lines = [line(eur, "Sujet", instrument_id=1, **common, **{field: values[0]})]
    lines += [
        line(rest, f"Autre {n}", instrument_id=100 + n, **common, **{field: value})
        for n, value in enumerate(values[1:])
    ]
    return view(*lines)


FUND = [Held("FR1", "Un", "FR", "EUR", 1.0)]


class TestConcentration:
    def test_one_support_alone(self):
        assert verdict("LINE", parts(20_000)) == "clear"
        assert verdict("LINE", parts(20_001)) == "raised"

    def test_the_same_support_in_two_contracts_is_one_support(self):
        rest = [line(10_000, f"Autre {n}", instrument_id=10 + n) for n in range(7)]
        twice = [line(15_000, "Sujet", instrument_id=1, account=name) for name in ("Vie", "PEA")]
        found = finding("LINE", view(*twice, *rest))
        assert found.state == "raised"
        assert found.evidence["account"].to_list() == ["Vie", "PEA"]

    def test_fonds_euros_and_cash_are_not_one_support_alone(self):
        assert verdict("LINE", view(line(100, kind="fonds_euros"))) == "clear"

    def test_a_management_company(self):
        houses = ["A", "B", "C", "D", "E"]
        assert verdict("MANAGER", others_of(30_000, "manager", houses)) == "clear"
        assert verdict("MANAGER", others_of(30_001, "manager", houses)) == "raised"

    def test_a_management_company_that_nobody_names_is_no_pass(self):
        found = finding("MANAGER", parts(100))
        assert (found.state, found.measure.missing[:25]) == ("unknown", "la société de gestion ou ")

    def test_a_heavy_house_is_said_even_when_the_others_are_unknown(self):
        assert verdict("MANAGER", parts(30_001, manager="A")) == "raised"

    @pytest.mark.parametrize(
        ("code", "field", "limit", "values"),
        [
            ("PROVIDER", "provider", 60_000, ["A", "B"]),
            ("ENVELOPE", "envelope", 80_000, ["assurance_vie", "pea"]),
            ("CLASS", "asset_class", 60_000, ["equity", "bond", "real_estate"]),
            ("CURRENCY", "currency", 25_000, ["USD", "EUR", "EUR"]),
            ("FX", "currency", 40_000, ["USD", "EUR"]),
        ],
    )
    def test_just_under_and_just_over(self, code, field, limit, values):
        assert verdict(code, others_of(limit, field, values, kind="share")) == "clear"
        assert verdict(code, others_of(limit + 1, field, values, kind="share")) == "raised"

    def test_a_fund_in_euros_without_inventory_is_no_pass_for_currencies(self):
        assert verdict("FX", view(line(100))) == verdict("CURRENCY", view(line(100))) == "unknown"

    def test_a_class_that_nobody_said_is_no_pass(self):
        assert verdict("CLASS", parts(100)) == "unknown"

    def test_a_security_through_two_funds(self):
        """By hand: 50 000 × 8 % + 50 000 × 12 % = 10 % of 100 000; a little more is over."""
        lines = [line(50_000, str(n), instrument_id=n) for n in (1, 2)]

        def with_weight(extra):
            held = {
                1: (Held("A", "A", "FR", "EUR", 0.08 + extra), Held("B", "B", "FR", "EUR", 0.05)),
                2: (Held("A", "A", "FR", "EUR", 0.12), Held("C", "C", "FR", "EUR", 0.05)),
            }
            small = {
                n: (*own, *(Held(f"{n}{k}", "x", "FR", "EUR", 0.08) for k in range(10)))
                for n, own in held.items()
            }
            return view(*lines, inventories=small)

        assert verdict("SECURITY", with_weight(-0.001)) == "clear"
        found = finding("SECURITY", with_weight(0.001))
        assert found.state == "raised"
        assert found.evidence["part"].to_list() == ["A (10,1\u00a0%)"] * 2

    def test_without_inventories_the_securities_are_unknown(self):
        assert verdict("SECURITY", parts(100)) == "unknown"

    def test_a_zone_through_a_fund(self):
        def exposed(share):
            held = (Held("A", "A", "US", "USD", share), Held("B", "B", "FR", "EUR", 1 - share))
            return view(line(100, instrument_id=1), inventories={1: held})

        assert verdict("ZONE", exposed(0.80)) == "clear"
        assert verdict("ZONE", exposed(0.81)) == "raised"
        assert verdict("ZONE", view(line(100, kind="fonds_euros"))) == "clear"
        assert verdict("ZONE", view(line(100))) == "unknown"

    def test_a_fund_in_euros_that_holds_dollars_is_in_dollars(self):
        held = {1: (Held("A", "A", "US", "USD", 0.6), Held("B", "B", "FR", "EUR", 0.4))}
        assert verdict("CURRENCY", view(line(100, instrument_id=1), inventories=held)) == "raised"

    def test_what_an_inventory_does_not_cover_is_unknown(self):
        held = {1: (Held("A", "A", "FR", "EUR", 0.5),)}
        assert verdict("FX", view(line(100, instrument_id=1), inventories=held)) == "unknown"


class TestDiversification:
    def test_too_many(self):
        lines = [line(100, str(n), instrument_id=n + 1) for n in range(26)]
        assert verdict("TOO_MANY", view(*lines[:25])) == "clear"
        assert verdict("TOO_MANY", view(*lines)) == "raised"

    def test_too_few(self):
        lines = [line(100, str(n), instrument_id=n + 1) for n in range(4)]
        assert verdict("TOO_FEW", view(*lines)) == "clear"
        assert verdict("TOO_FEW", view(*lines[:3])) == "raised"
        assert verdict("TOO_FEW", view(line(100, kind="fonds_euros"))) == "clear"

    def test_small(self):
        assert verdict("SMALL", view(line(100), line(9_900, "Autre"))) == "clear"
        found = finding("SMALL", view(line(99), line(9_901, "Autre")))
        assert found.evidence["label"].to_list() == ["Fonds"]

    def test_two_funds_share_the_lesser_of_both_weights(self):
        """By hand: min(0.2, 0.1) + min(0.1, 0.3) = 0.2; what is sold short is not shared."""
        one = (Held("A", "", "", "", 0.2), Held("B", "", "", "", 0.1), Held("C", "", "", "", -0.1))
        other = (Held("A", "", "", "", 0.1), Held("B", "", "", "", 0.3), Held("C", "", "", "", 0.2))
        assert shared(one, other) == pytest.approx(0.2)
        assert shared(one, other) == shared(other, one)
        assert shared(one, one) == pytest.approx(0.3)

    def test_overlap(self):
        lines = [line(50, str(n), instrument_id=n) for n in (1, 2)]

        def common(share):
            return view(*lines, inventories={
                1: (Held("A", "", "", "", share), Held("B", "", "", "", 1 - share)),
                2: (Held("A", "", "", "", share), Held("C", "", "", "", 1 - share)),
            })  # fmt: skip

        assert verdict("OVERLAP", common(0.30)) == "clear"
        assert verdict("OVERLAP", common(0.31)) == "raised"
        assert verdict("OVERLAP", view(*lines)) == "unknown"
        assert verdict("OVERLAP", view(line(100, instrument_id=1))) == "clear"

    def test_correlation(self):
        lines = [line(50, str(n), instrument_id=n) for n in (1, 2)]
        assert verdict("CORRELATION", view(*lines, pairs={(1, 2): 0.90})) == "clear"
        assert verdict("CORRELATION", view(*lines, pairs={(1, 2): 0.91})) == "raised"
        assert verdict("CORRELATION", view(*lines)) == "unknown"
        assert verdict("CORRELATION", view(lines[0])) == "clear"

    def test_a_support_too_small_is_not_compared(self):
        lines = [line(96, "Un", instrument_id=1), line(4, "Deux", instrument_id=2)]
        assert verdict("CORRELATION", view(*lines, pairs={(1, 2): 0.99})) == "clear"


class TestClasses:
    @pytest.mark.parametrize(
        ("code", "limit", "fields"),
        [
            ("UNLISTED", 20_000, {"kind": "scpi"}),
            ("UNLISTED", 20_000, {"kind": "fcpr"}),
            ("STRUCTURED", 20_000, {"asset_class": "structured"}),
            ("CRYPTO", 5_000, {"asset_class": "crypto"}),
            ("EURO_FUND", 60_000, {"asset_class": "euro_fund"}),
        ],
    )
    def test_just_under_and_just_over(self, code, limit, fields):
        assert verdict(code, parts(limit, **fields)) == "clear"
        assert verdict(code, parts(limit + 1, **fields)) == "raised"

    def test_idle_cash_as_an_amount(self):
        def held(eur):
            return view(line(eur, asset_class="cash"), line(1_000_000, "Autre"))

        assert verdict("IDLE_CASH", held(30_000)) == "clear"
        assert verdict("IDLE_CASH", held("30000.01")) == "raised"

    def test_idle_cash_as_a_share(self):
        def held(eur):
            return view(line(eur, asset_class="money_market"), line(10_000 - eur, "Autre"))

        assert verdict("IDLE_CASH", held(1_500)) == "clear"
        assert verdict("IDLE_CASH", held(1_501)) == "raised"


class TestCosts:
    def test_the_mean(self):
        assert verdict("COST_MEAN", view(line(100, ongoing=0.018))) == "clear"
        assert verdict("COST_MEAN", view(line(100, ongoing=0.0181))) == "raised"
        assert verdict("COST_MEAN", view(line(100))) == "unknown"
        assert verdict("COST_MEAN", view(line(100, kind="share"))) == "clear"

    def test_the_mean_of_a_fifth_unknown_is_no_pass(self):
        def known(eur):
            return view(line(eur, ongoing=0.01), line(100 - eur, "Autre"))

        assert verdict("COST_MEAN", known(80)) == "clear"
        assert verdict("COST_MEAN", known(79)) == "unknown"

    def test_beside_the_class(self):
        def costing(ongoing, supports=5):
            costs = {"equity": ClassCost(0.015, supports)}
            return view(line(100, ongoing=ongoing, asset_class="equity"), class_costs=costs)

        assert verdict("COST_CLASS", costing(0.020)) == "clear"
        found = finding("COST_CLASS", costing(0.021))
        assert found.evidence["said"].to_list() == ["2,10\u00a0%, médiane 1,50\u00a0%"]
        assert verdict("COST_CLASS", costing(0.021, supports=4)) == "unknown"

    def test_retrocession(self):
        assert verdict("RETROCESSION", view(line(100, distribution=0.0075))) == "clear"
        assert verdict("RETROCESSION", view(line(100, distribution=0.008))) == "raised"
        assert verdict("RETROCESSION", view(line(100))) == "unknown"


class TestRisk:
    def test_high_risk_supports(self):
        known = [line(10_000, f"Autre {n}", sri=3, instrument_id=n + 2) for n in range(8)]
        assert verdict("SRI", view(line(20_000, sri=6), *known)) == "clear"
        assert verdict("SRI", view(line(20_001, sri=6), *known)) == "raised"
        assert verdict("SRI", parts(100, sri=6)) == "unknown"

    @pytest.mark.parametrize(
        ("code", "under", "over"),
        [
            ("VOLATILITY", Past(0, 0.15, 0), Past(0, 0.151, 0)),
            ("DRAWDOWN", Past(0, 0, -0.15), Past(0, 0, -0.151)),
            ("VAL_MOVE", Past(0.10, 0, 0), Past(0.101, 0, 0)),
            ("VAL_MOVE", Past(-0.10, 0, 0), Past(-0.101, 0, 0)),
        ],
    )
    def test_the_past(self, code, under, over):
        assert verdict(code, view(line(100), past=under)) == "clear"
        assert verdict(code, view(line(100), past=over)) == "raised"
        assert verdict(code, view(line(100), past=Past(None, None, None))) == "unknown"
        assert verdict(code, view(line(100))) == "unknown"

    def test_far_from_the_purchase_cost(self):
        assert verdict("LINE_LOSS", view(line(100, gain_ratio=-0.149))) == "clear"
        assert verdict("LINE_LOSS", view(line(100, gain_ratio=-0.15))) == "raised"
        assert verdict("LINE_GAIN", view(line(100, gain_ratio=0.249))) == "clear"
        assert verdict("LINE_GAIN", view(line(100, gain_ratio=0.25))) == "raised"
        assert verdict("LINE_GAIN", view(line(100))) == "unknown"


class TestSuitability:
    def test_the_profile(self):
        held = view(line(50, sri=3), line(50, "Autre", sri=5))
        assert verdict("RISK_OUT", held) == "unknown"
        assert verdict("RISK_OUT", replace(held, sri_most=4.0)) == "clear"
        assert verdict("RISK_OUT", replace(held, sri_most=3.9)) == "raised"
        assert verdict("RISK_OUT", replace(view(line(1)), sri_most=4.0)) == "unknown"

    def test_the_preference(self):
        held = view(line(50, sfdr=8), line(50, "Autre", sfdr=6))
        assert verdict("ESG", held) == "unknown"
        assert verdict("ESG", replace(held, sustainable=0.5)) == "clear"
        assert verdict("ESG", replace(held, sustainable=0.51)) == "raised"
        silent = view(line(50, sfdr=8), line(50, "Autre"), sustainable=0.51)
        assert verdict("ESG", silent) == "unknown"

    def test_the_target_market(self):
        assert verdict("RETAIL", view(line(100, retail="positive"))) == "clear"
        assert verdict("RETAIL", view(line(100, retail="negative"))) == "raised"
        assert verdict("RETAIL", view(line(100))) == "unknown"


class TestData:
    def test_stale_prices(self):
        assert verdict("PRICE_STALE", parts(5_000, stale=True)) == "clear"
        assert verdict("PRICE_STALE", parts(5_001, stale=True)) == "raised"

    def test_stale_accounts(self):
        def known(days):
            on = None if days is None else TODAY - timedelta(days=days)
            return view(line(100), silent=(SilentAccount(1, "Vie", on),))

        assert verdict("ACCOUNT_STALE", known(100)) == "clear"
        assert verdict("ACCOUNT_STALE", known(101)) == "raised"
        assert verdict("ACCOUNT_STALE", known(None)) == "raised"

    def test_lines_left_out(self):
        out = LeftOut("Fonds", "Vie", 1, "aucun cours connu pour ce support", None, unpriced=True)
        other = LeftOut("Fonds", "Vie", 1, "droit démembré", Decimal(5), unpriced=False)
        assert verdict("UNPRICED", view(line(1))) == verdict("EXCLUDED", view(line(1))) == "clear"
        assert verdict("UNPRICED", view(line(1), left_out=(out,))) == "raised"
        assert verdict("EXCLUDED", view(line(1), left_out=(out,))) == "clear"
        assert verdict("EXCLUDED", view(line(1), left_out=(other,))) == "raised"

    def test_purchase_costs(self):
        def known(eur):
            return view(line(eur, gain_ratio=0.1), line(100 - eur, "Autre"))

        assert verdict("NO_COST", known(80)) == "clear"
        assert verdict("NO_COST", known(79)) == "raised"

    @pytest.mark.parametrize(
        ("code", "fields"),
        [
            ("FOLLOWED", {"status": "inactive"}),
            ("FOLLOWED", {"decision": "watched"}),
            ("FOLLOWED", {"decision": "excluded"}),
            ("TO_COMPLETE", {"status": "provisional"}),
            ("CORRECTED", {"corrected": True}),
        ],
    )
    def test_a_line_that_says_it(self, code, fields):
        assert verdict(code, view(line(100))) == "clear"
        assert verdict(code, view(line(100, **fields))) == "raised"

    def test_a_price_that_waits(self):
        held = view(line(100, instrument_id=7))
        assert verdict("DOUBTFUL", held) == "clear"
        assert verdict("DOUBTFUL", replace(held, doubtful=frozenset({7}))) == "raised"


class TestAllRules:
    def test_there_are_about_thirty_and_each_is_described(self):
        assert len(RULES) >= 30
        assert len({rule.code for rule in RULES}) == len(RULES)
        known = thresholds(TODAY)
        for rule in RULES:
            assert rule.why.endswith(".")
            assert rule.do.endswith(".")
            assert rule.severity in SEVERITIES
            assert rule.family in FAMILIES
            assert set(rule.limits) <= set(known)

    def test_every_limit_is_read_by_a_rule(self):
        assert {code for rule in RULES for code in rule.limits} == set(thresholds(TODAY))

    def test_twice_the_portfolio_changes_no_verdict_of_weights(self):
        lines = [
            line(21_000, "Un", instrument_id=1, ongoing=0.03, manager="A", sri=7, gain_ratio=-0.2),
            line(9_000, "Deux", instrument_id=2, kind="scpi", asset_class="real_estate"),
            line(120, "Petit", instrument_id=3, currency="USD", stale=True),
        ]
        doubled = [own | {"value_eur": own["value_eur"] * 2} for own in lines]
        once, twice = (
            {f.rule.code: f.state for f in judged(view(*own), thresholds(TODAY))}
            for own in (lines, doubled)
        )
        assert once == twice
        assert "raised" in once.values()

    def test_a_portfolio_worth_nothing_is_not_judged_by_weights(self):
        states = {
            finding.state
            for finding in judged(view(line(0)), thresholds(TODAY))
            if finding.rule.family != "data"
        }
        assert states == {"unknown"}

    def test_the_gravest_come_first(self):
        found = judged(parts(30_000, kind="scpi", asset_class="crypto"), thresholds(TODAY))
        order = [(f.state, f.rule.severity) for f in found]
        states, severities = ["raised", "unknown", "clear"], list(SEVERITIES)
        assert order == sorted(order, key=lambda o: (states.index(o[0]), severities.index(o[1])))
