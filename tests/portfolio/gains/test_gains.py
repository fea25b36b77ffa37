"""Latent and realised gains: at which cost, what the currency did, and what nobody can say."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import contacts, market, portfolio
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from tests import kit

OPEN, LATER, SOLD, SEEN = date(2025, 1, 6), date(2025, 6, 30), date(2026, 3, 2), date(2026, 10, 30)


@pytest.fixture
def anne(firm):
    return kit.person(firm.alice, file_code="ANNE")


@pytest.fixture
def fund(firm):
    made = kit.instrument(firm.alice, "Monde")
    kit.price(firm.alice, made, SEEN, "130")
    return made


@pytest.fixture
def insurer(firm):
    return kit.provider(firm.alice)


@pytest.fixture
def pea(firm, anne, insurer):
    return kit.account(firm.alice, insurer, [anne], label="PEA", envelope="pea")


def buy(firm, account, fund, day, quantity, net, kind="buy", **more):
    kit.movement(firm.alice, account, day, kind, instrument_id=fund, quantity=quantity, net=net,
                 **more)  # fmt: skip


@pytest.fixture
def story(firm, pea, fund):
    """10 at 100, 10 at 120, then 15 sold at 130."""
    buy(firm, pea, fund, OPEN, "10", "-1000")
    buy(firm, pea, fund, LATER, "10", "-1200")
    buy(firm, pea, fund, SOLD, "-15", "1950", "sell")


def gains(firm, method="average", code="ANNE", kind="contact", who=None):
    ctx = who or firm.alice
    return portfolio.gains(ctx, contacts.scope(ctx, kind, code), method=method)


def only(frame, **cells):
    rows = frame.filter(**cells).to_dicts()
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(
    ("method", "cost", "latent", "realised"),
    [("average", "550.00", "100.00", "300.00"), ("fifo", "600.00", "50.00", "350.00")],
)
def test_the_method_decides_which_units_left(firm, story, method, cost, latent, realised):
    """By hand: 5 left are worth 650; 15 cost 1 650 on average, 1 600 the oldest first."""
    found = gains(firm, method)
    line = only(found.lines, label="Monde")
    assert (line["cost_eur"], line["gain_eur"]) == (Decimal(cost), Decimal(latent))
    assert line["known_by"] == "movements"
    year = only(found.years, year=2026)
    assert (year["sales"], year["gain_eur"], year["unknown"]) == (1, Decimal(realised), 0)
    assert only(found.sold)["proceeds_eur"] == Decimal("1950.00")


def test_both_methods_gain_the_same_in_all(firm, story):
    """What was gained on what is held and on what was sold is the money out less the money in."""
    for method in portfolio.COST_METHODS:
        found = gains(firm, method)
        assert found.latent_eur + found.years["gain_eur"].sum() == Decimal(650) + 1950 - 2200


def test_the_gain_and_the_value_are_those_of_the_portfolio_page(firm, anne, fund, insurer, pea):
    other = kit.instrument(firm.alice, "Sans prix de revient")
    kit.situation(firm.alice, pea, SEEN, [
        {"instrument_id": fund, "quantity": "7", "unit_cost": "101.37", "price": "129.9"},
        {"instrument_id": other, "quantity": "3", "price": "50"},
    ])  # fmt: skip
    found, held = (
        gains(firm),
        portfolio.holdings(firm.alice, contacts.scope(firm.alice, "contact", "ANNE")),
    )
    assert found.total_eur == held.total_eur == sum(found.lines["value_eur"])
    assert found.latent_eur == found.partner_eur == held.gain_eur
    assert found.cost_eur == held.cost_eur
    assert found.coverage == held.gain_coverage
    assert [one["gain_ratio"] for one in found.ratios("account_id").values()] == [held.gain_ratio]


def test_an_opening_situation_without_cost_is_unknown_and_never_zero(firm, fund, pea):
    """10 open without cost, 5 of them are sold, 5 are left: nothing is known of either."""
    kit.situation(
        firm.alice, pea, OPEN, [{"instrument_id": fund, "quantity": "10", "price": "100"}]
    )
    buy(firm, pea, fund, SOLD, "-5", "650", "sell")
    kit.situation(firm.alice, pea, SEEN, [{"instrument_id": fund, "quantity": "5", "price": "130"}])
    for method in portfolio.COST_METHODS:
        found = gains(firm, method)
        line, sale = only(found.lines), only(found.sold)
        assert (line["cost_eur"], line["gain_eur"], found.latent_eur) == (None, None, None)
        assert "situation d'ouverture du 06/01/2025" in line["reason"]
        assert "06/01/2025" in sale["reason"]
        assert (sale["gain_eur"], sale["proceeds_eur"]) == (None, Decimal("650.00"))
        year = only(found.years)
        assert (year["unknown"], year["unknown_eur"], year["gain_eur"]) == (
            1,
            Decimal("650.00"),
            Decimal(0),
        )


def test_an_opening_cost_that_the_partner_gives_is_the_cost_of_what_is_sold(firm, fund, pea):
    line = {"instrument_id": fund, "unit_cost": "80", "price": "130"}
    kit.situation(firm.alice, pea, OPEN, [line | {"quantity": "10"}])
    buy(firm, pea, fund, SOLD, "-5", "650", "sell")
    kit.situation(firm.alice, pea, SEEN, [line | {"quantity": "5"}])
    found = gains(firm, "fifo")
    assert only(found.sold)["gain_eur"] == Decimal("250.00")
    assert only(found.lines)["gain_eur"] == Decimal("250.00")


def test_units_that_movements_do_not_explain_have_no_cost(firm, fund, pea, story):
    kit.situation(firm.alice, pea, SEEN, [{"instrument_id": fund, "quantity": "8", "price": "130"}])
    found = gains(firm)
    assert "n'expliquent pas la quantité" in only(found.lines)["reason"]
    assert only(found.sold)["gain_eur"] is None


def test_a_transfer_keeps_its_cost_and_is_no_sale(firm, anne, insurer, fund, pea, story):
    other = kit.account(firm.alice, insurer, [anne], label="Autre PEA", envelope="pea")
    buy(firm, pea, fund, date(2026, 4, 1), "-5", "0", "transfer_out")
    buy(firm, other, fund, date(2026, 4, 9), "5", "0", "transfer_in")
    found = gains(firm)
    line = only(found.lines, account="Autre PEA", asset_class="equity")
    assert (line["cost_eur"], line["gain_eur"]) == (Decimal("550.00"), Decimal("100.00"))
    assert found.sold.height == 1


def test_a_transfer_from_elsewhere_has_no_cost(firm, fund, pea):
    buy(firm, pea, fund, OPEN, "5", "650", "transfer_in")
    line = only(gains(firm).lines, label="Monde")
    assert line["gain_eur"] is None
    assert "transfert entrant du 06/01/2025" in line["reason"]


def test_units_taken_as_fees_are_no_sale_and_leave_with_their_cost(firm, fund, pea):
    buy(firm, pea, fund, OPEN, "10", "-1000")
    buy(firm, pea, fund, LATER, "-1", "0", "fee")
    found = gains(firm)
    assert found.sold.is_empty()
    assert only(found.lines, label="Monde")["cost_eur"] == Decimal("900.00")


def test_a_split_keeps_the_cost_and_an_exchange_carries_it_over(firm, fund, pea):
    new = kit.instrument(firm.alice, "Monde absorbant")
    kit.price(firm.alice, new, SEEN, "70")
    buy(firm, pea, fund, OPEN, "10", "-1000")
    buy(firm, pea, fund, LATER, "10", "0", "corporate_action")
    buy(firm, pea, fund, SOLD, "-20", "0", "corporate_action")
    buy(firm, pea, new, SOLD, "20", "0", "corporate_action")
    for method in portfolio.COST_METHODS:
        line = only(gains(firm, method).lines, label="Monde absorbant")
        assert (line["cost_eur"], line["gain_eur"]) == (Decimal("1000.00"), Decimal("400.00"))


@pytest.fixture
def dollars(firm, pea):
    """10 bought at 100 $ (1.25), 4 sold at 130 $ (1.00), 6 worth 120 $ each today (1.10)."""
    rates = [(OPEN, "1.25"), (SOLD, "1.00"), (firm.alice.today, "1.10")]
    market.record_rates(firm.operator, pl.DataFrame(
        [{"currency": "USD", "day": day, "units_per_euro": Decimal(r), "source": "essai"} for day, r in rates],
        schema=market.RATE_INPUT,
    ))  # fmt: skip
    share = kit.instrument(firm.alice, "Acme", kind="share", currency="USD")
    kit.price(firm.alice, share, SEEN, "120", currency="USD")
    buy(firm, pea, share, OPEN, "10", "-1000", currency="USD")
    buy(firm, pea, share, SOLD, "-4", "520", "sell", currency="USD")
    return share


@pytest.mark.parametrize("method", list(portfolio.COST_METHODS))
def test_a_gain_in_dollars_is_what_the_price_did_and_what_the_dollar_did(firm, dollars, method):
    """By hand: 6 cost 480 € then, 545.45 € at today's rate, and are worth 654.55 €."""
    line = only(gains(firm, method).foreign)
    shown = ("price_eur", "currency_eur", "euro_gain_eur", "gain_eur")
    assert [str(line[name]) for name in shown] == ["109.10", "65.45", "174.55", "109.10"]
    sale = only(gains(firm, method).sold)
    assert (sale["gain_eur"], sale["currency_eur"]) == (Decimal("200.00"), Decimal("80.00"))
    year = only(gains(firm, method).years)
    assert (year["gain_eur"], year["currency_eur"]) == (Decimal("200.00"), Decimal("80.00"))


@pytest.mark.parametrize(("unit_cost", "currency"), [("99", "USD"), ("79", "EUR")])
def test_a_partners_cost_is_split_at_the_rate_of_the_purchases(
    firm, dollars, pea, unit_cost, currency
):
    """By hand, of 79 € each: 6 x 79 x 1.25 / 1.10 is 538.64 at today's rate."""
    kit.situation(firm.alice, pea, SOLD, [
        {"instrument_id": dollars, "quantity": "6", "unit_cost": unit_cost, "price": "1",
         "currency": currency},
    ])  # fmt: skip
    line = only(gains(firm).foreign)
    assert line["price_eur"] + line["currency_eur"] == line["euro_gain_eur"]
    assert line["gain_eur"] == line["price_eur" if currency == "USD" else "euro_gain_eur"]
    if currency == "EUR":
        assert line["currency_eur"] == Decimal("538.64") - 6 * 79
        assert "comprend le change" in line["reason"]


def test_without_the_days_of_purchase_the_currency_effect_is_unknown(firm, dollars, pea):
    kit.situation(firm.alice, pea, SEEN, [
        {"instrument_id": dollars, "quantity": "10", "unit_cost": "100", "price": "120",
         "currency": "USD"},
    ])  # fmt: skip
    line = only(gains(firm).foreign)
    held = portfolio.holdings(firm.alice, contacts.scope(firm.alice, "contact", "ANNE"))
    assert line["gain_eur"] == held.gain_eur
    assert (line["price_eur"], line["currency_eur"]) == (None, None)
    assert "n'expliquent pas" in line["currency_reason"]


def test_a_joint_account_counts_for_the_share(firm, anne, insurer, fund):
    paul = kit.person(firm.alice, "Martin", "Paul", file_code="PAUL")
    joint = kit.account(firm.alice, insurer, [anne, paul], label="Joint")
    buy(firm, joint, fund, OPEN, "10", "-1000")
    buy(firm, joint, fund, SOLD, "-4", "520", "sell")
    found = gains(firm)
    assert only(found.sold)["gain_eur"] == Decimal("60.00")
    assert only(found.lines, label="Monde")["gain_eur"] == Decimal("90.00")


def test_the_fonds_euros_and_cash_have_no_unit_cost(firm, pea):
    kit.situation(firm.alice, pea, SEEN, [
        {"instrument_id": kit.instrument(firm.alice, "Sécurité", kind="fonds_euros"), "value": "900"},
    ])  # fmt: skip
    assert "sans parts" in only(gains(firm).lines)["reason"]


def test_nothing_held_and_nothing_sold_is_nothing(firm, anne):
    assert gains(firm) is None


def test_another_advisers_client_is_refused_and_so_is_another_method(firm, story):
    with pytest.raises(NotFoundError):
        gains(firm, who=firm.bruno)
    with pytest.raises(InvalidInputError):
        gains(firm, "lifo")
