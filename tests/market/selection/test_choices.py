"""Decisions, favourites, ranges, products and requests: what the firm chooses among supports."""

from datetime import timedelta
from decimal import Decimal

import pytest

from o2s_core import market
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.identifiers import isin_with_check_digit
from o2s_core.market import DecisionForm, OfferFilter, ProductForm, RequestForm, Shown
from tests import kit

ISIN = isin_with_check_digit("XF888800001")


def labels(frame):
    return frame["label"].to_list()


def test_the_last_decision_stands_and_the_others_stay_readable(firm):
    ctx, fund = firm.operator, kit.instrument(firm.operator)
    market.decide(ctx, fund, DecisionForm("approved", "Suivi.", ctx.today - timedelta(10)))
    later = DecisionForm("excluded", "Frais.", ctx.today, ctx.today + timedelta(365))
    market.decide(ctx, fund, later)
    rows = market.decisions(ctx, fund)
    assert rows["state"].to_list() == ["excluded", "approved"]
    assert rows["review_on"][0] == ctx.today + timedelta(365)


@pytest.mark.parametrize(
    ("state", "reason", "on", "review", "why"),
    [
        ("approved", "", 0, None, "Motif"),
        ("jugé", "Suivi.", 0, None, "Statut"),
        ("approved", "Suivi.", 1, None, "plus tard aujourd'hui"),
        ("approved", "Suivi.", 0, -1, "postérieur"),
    ],
)
def test_a_decision_without_reason_or_sense_is_refused(firm, state, reason, on, review, why):
    ctx, fund = firm.operator, kit.instrument(firm.operator)
    day = ctx.today + timedelta(on)
    until = None if review is None else ctx.today + timedelta(review)
    with pytest.raises(InvalidInputError, match=why):
        market.decide(ctx, fund, DecisionForm(state, reason, day, until))
    assert market.decisions(ctx, fund).is_empty()


def test_favourites_are_each_ones_own_then_those_of_the_firm(firm):
    """S-083: the favourite funds, of a user and of the firm, in order."""
    a, b, c = (kit.instrument(firm.operator, label) for label in "ABC")
    market.prefer(firm.alice, b, "Cœur de portefeuille")
    market.prefer(firm.alice, a)
    market.prefer(firm.bruno, c)
    market.prefer_for_firm(firm.operator, c)
    rows = market.favourites(firm.alice)
    assert list(zip(labels(rows), rows["mine"], strict=True)) == [
        ("B", True),
        ("A", True),
        ("C", False),
    ]
    assert rows["comment"][0] == "Cœur de portefeuille"
    market.order_favourites(firm.alice, [a, b])
    assert labels(market.favourites(firm.alice)) == ["A", "B", "C"]
    market.prefer_no_more(firm.alice, a)
    assert labels(market.favourites(firm.alice)) == ["B", "C"]
    with pytest.raises(NotFoundError):
        market.prefer_no_more(firm.alice, a)


def test_a_user_keeps_how_the_favourites_are_shown(firm):
    """S-084: the display of the favourites is set by each user."""
    assert market.display(firm.alice, "favourites") == Shown()
    wanted = Shown(("label", "sri"), "-perf_1y", first_in_pickers=False)
    market.save_display(firm.alice, "favourites", wanted)
    assert market.display(firm.alice, "favourites") == wanted
    assert market.display(firm.bruno, "favourites") == Shown()


def test_the_catalogue_is_made_of_the_ranges_chosen(firm):
    """S-082: the catalogue is made of ranges, each of supports and products."""
    ctx, insurer = firm.operator, kit.provider(firm.operator)
    fund = kit.instrument(ctx, "Fonds")
    product = market.add_product(ctx, insurer, ProductForm("Vie", "assurance_vie"))
    made = market.add_range(ctx, "Prudente", "Clients prudents")
    market.fill_range(ctx, made, [fund], [product])
    assert market.ranges(ctx).select("name", "items", "in_catalogue").row(0) == (
        "Prudente",
        2,
        True,
    )
    assert labels(market.range_supports(ctx)) == ["Fonds"]
    assert market.range_products(ctx)["name"].to_list() == ["Vie"]
    with pytest.raises(InvalidInputError, match="existe déjà"):
        market.add_range(ctx, "Prudente")


def test_products_are_found_by_what_they_ask_and_cost(firm):
    """S-078: distributors are searched by envelope, minimum, fees, rate and number of units."""
    ctx, insurer = firm.operator, kit.provider(firm.operator)
    market.add_product(ctx, insurer, ProductForm(
        "Premium", "assurance_vie", minimum_eur=Decimal(50000), entry_fee=Decimal(0),
        euro_rate=Decimal("0.03"), euro_rate_year=2025, units=700,
    ))  # fmt: skip
    market.add_product(
        ctx, insurer, ProductForm("Retraite", "per_individuel", minimum_eur=Decimal(500))
    )

    def found(**asked):
        return market.products(ctx, OfferFilter(**asked))["name"].to_list()

    assert found() == ["Premium", "Retraite"]
    assert found(envelopes=("per_individuel",)) == ["Retraite"]
    assert found(minimum_at_most=Decimal(1000)) == ["Retraite"]
    assert found(entry_fee_at_most=Decimal("0.01")) == ["Premium"]  # the other is not known to fit
    assert found(euro_rate_at_least=Decimal("0.025")) == ["Premium"]
    assert found(units_at_least=800) == []
    assert found(text="assureur ret") == ["Retraite"]
    with pytest.raises(InvalidInputError, match="0 à 100"):
        market.add_product(ctx, insurer, ProductForm("Faux", "pea", entry_fee=Decimal(2)))


def test_a_missing_support_is_asked_then_answered(firm):
    ctx = firm.alice
    made = market.request_instrument(ctx, RequestForm("Autocall 2031", "structured", ISIN))
    row = market.requests(ctx).row(0, named=True)
    assert (row["state"], row["isin"], row["by"]) == ("submitted", ISIN, "Alice")
    fund = kit.instrument(firm.operator, "Autocall 2031")
    market.answer_request(firm.operator, made, "created", instrument_id=fund)
    assert market.requests(ctx, states=market.OPEN).is_empty()
    assert market.requests(ctx).row(0, named=True)["instrument_id"] == fund


def test_a_request_for_what_is_known_or_asked_already_is_refused(firm):
    ctx = firm.alice
    kit.instrument(firm.operator, "Monde Actions", isin=ISIN)
    form = RequestForm("Monde", "opcvm", ISIN)
    assert labels(market.alike(ctx, form)) == ["Monde Actions"]
    with pytest.raises(InvalidInputError, match=r"déjà connu : « Monde Actions »"):
        market.request_instrument(ctx, form)
    other = isin_with_check_digit("XF888800002")
    market.request_instrument(ctx, RequestForm("Relais", "fcpr", other))
    with pytest.raises(InvalidInputError, match="déjà demandé"):
        market.request_instrument(ctx, RequestForm("Relais bis", "fcpr", other))
    with pytest.raises(InvalidInputError, match="clé de contrôle"):
        market.request_instrument(ctx, RequestForm("Faux", "opcvm", "XF0000000000"))
    with pytest.raises(InvalidInputError, match="Justificatif"):
        market.request_instrument(ctx, RequestForm("Preuve", "opcvm"), ("x.exe", b"MZ"))


def test_a_likely_duplicate_is_shown_before_anything_is_sent(firm):
    kit.instrument(firm.operator, "Pierre Horizon Santé", kind="scpi")
    assert labels(market.alike(firm.alice, RequestForm("horizon pierre", "scpi"))) == [
        "Pierre Horizon Santé"
    ]


def test_an_answer_names_its_support_or_its_reason(firm):
    made = market.request_instrument(firm.alice, RequestForm("Relais", "fcpr"))
    with pytest.raises(InvalidInputError, match="choisissez le support"):
        market.answer_request(firm.operator, made, "created")
    with pytest.raises(InvalidInputError, match="dites pourquoi"):
        market.answer_request(firm.operator, made, "refused")
    with pytest.raises(NotFoundError):
        market.answer_request(firm.operator, 9_999, "in_progress")


def test_risk_is_computed_from_five_years_of_prices_or_not_at_all(firm):
    import polars as pl

    ctx, fund = firm.operator, kit.instrument(firm.operator)
    days = [ctx.today - timedelta(n) for n in range(1830, 0, -1)]
    rows = [(fund, d, Decimal(100 + n % 2), "EUR", "nav", "essai")
            for n, d in enumerate(days) if d.weekday() < 5]  # fmt: skip
    market.record_prices(ctx, pl.DataFrame(rows, market.PRICE_INPUT, orient="row"))
    known = market.computed_risk(ctx, fund)
    assert known.srri in range(1, 8)
    assert known.market_class in range(1, 8)
    young = kit.instrument(firm.operator, "Jeune")
    kit.price(ctx, young, ctx.today - timedelta(1), "10")
    assert market.computed_risk(ctx, young).srri is None
    assert "cinq ans" in market.computed_risk(ctx, young).why_not
