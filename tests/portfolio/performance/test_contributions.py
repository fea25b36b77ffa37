"""Which line earned what: the gains add up to the gain, the parts to the return."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import contacts, market, portfolio
from tests import kit

START, MIDDLE, END = date(2025, 11, 24), date(2026, 5, 25), date(2026, 11, 23)


@pytest.fixture
def anne(firm):
    return kit.person(firm.alice, file_code="ANNE")


def done(firm, **options):
    return portfolio.performance(
        firm.alice, contacts.scope(firm.alice, "contact", "ANNE"), None, END, **options
    )


def adds_up(found):
    assert found.lines["gain_eur"].sum() == pytest.approx(float(found.gain_eur), abs=0.02)
    assert found.lines["contribution"].sum() == pytest.approx(found.twr, abs=1e-9)


def by_label(found, column="gain_eur"):
    return {row["label"]: row[column] for row in found.lines.iter_rows(named=True)}


def test_two_supports_share_the_return(firm, anne):
    """By hand: 600 grows by 20 %, 400 falls by 5 % on one day: 12 % and -2 %."""
    up, down = (kit.instrument(firm.alice, name) for name in ("Haut", "Bas"))
    vie = kit.account(firm.alice, kit.provider(firm.alice), [anne])
    kit.situation(firm.alice, vie, START, [
        {"instrument_id": up, "quantity": "6", "price": "100"},
        {"instrument_id": down, "quantity": "4", "price": "100"},
    ])  # fmt: skip
    kit.price(firm.alice, up, MIDDLE, "120")
    kit.price(firm.alice, down, MIDDLE, "95")
    found = done(firm)
    assert by_label(found) == pytest.approx({"Haut": 120.0, "Bas": -20.0})
    assert by_label(found, "contribution") == pytest.approx({"Haut": 0.12, "Bas": -0.02})
    adds_up(found)


def test_a_gain_in_dollars_says_what_the_dollar_did(firm, anne):
    """By hand: 800 € at 1.25; the price gains 20 % and the dollar 25 % on one day: 200 € each."""
    days = [START + timedelta(n) for n in range(0, 365, 6)] + [MIDDLE]
    market.record_rates(firm.operator, pl.DataFrame(
        [{"currency": "USD", "day": day, "units_per_euro": Decimal("1.25" if day < MIDDLE else "1"),
          "source": "essai"} for day in sorted(set(days))], schema=market.RATE_INPUT,
    ))  # fmt: skip
    fund, own = (
        kit.instrument(firm.alice, "Acme", currency="USD"),
        kit.instrument(firm.alice, "Ici"),
    )
    cto = kit.account(firm.alice, kit.provider(firm.alice), [anne])
    kit.situation(firm.alice, cto, START, [
        {"instrument_id": fund, "quantity": "10", "price": "100", "currency": "USD"},
        {"instrument_id": own, "quantity": "1", "price": "100"},
    ])  # fmt: skip
    kit.price(firm.alice, fund, MIDDLE, "120", currency="USD")
    kit.price(firm.alice, own, MIDDLE, "90")
    found = done(firm)
    assert by_label(found) == pytest.approx({"Acme": 400.0, "Ici": -10.0})
    assert by_label(found, "currency_eur") == pytest.approx({"Acme": 200.0, "Ici": 0.0})
    adds_up(found)


def test_units_bought_are_no_gain_and_a_fee_is_the_rest(firm, anne):
    fund = kit.instrument(firm.alice, "Monde")
    vie = kit.account(firm.alice, kit.provider(firm.alice), [anne])
    kit.situation(
        firm.alice, vie, START, [{"instrument_id": fund, "quantity": "10", "price": "100"}]
    )
    kit.movement(firm.alice, vie, MIDDLE, "deposit", net="550")
    kit.movement(firm.alice, vie, MIDDLE, "fee", net="-11")
    kit.situation(
        firm.alice, vie, MIDDLE, [{"instrument_id": fund, "quantity": "14.9", "price": "110"}]
    )
    found = done(firm)
    assert by_label(found) == pytest.approx(
        {"Monde": 100.0, "Frais, prélèvements et écarts de dates": -11.0}
    )
    adds_up(found)


def test_a_fonds_euros_earns_what_was_not_paid_in(firm, anne):
    euro = kit.instrument(firm.alice, "Fonds euros", isin=None, kind="fonds_euros")
    vie = kit.account(firm.alice, kit.provider(firm.alice), [anne])
    kit.situation(firm.alice, vie, START, [{"instrument_id": euro, "value": "1000"}])
    kit.movement(firm.alice, vie, MIDDLE, "deposit", instrument_id=euro, net="500")
    kit.situation(firm.alice, vie, END, [{"instrument_id": euro, "value": "1530"}])
    found = done(firm)
    assert by_label(found) == pytest.approx({"Fonds euros": 30.0})
    adds_up(found)


def test_a_dividend_belongs_to_its_line(firm, anne):
    share = kit.instrument(firm.alice, "Action", kind="share")
    pea = kit.account(firm.alice, kit.provider(firm.alice), [anne], envelope="pea")
    kit.movement(firm.alice, pea, START, "deposit", net="1100")
    kit.movement(firm.alice, pea, START, "buy", instrument_id=share, quantity="10", net="-1000")
    kit.price(firm.alice, share, START, "100")
    kit.movement(firm.alice, pea, MIDDLE, "dividend", instrument_id=share, net="40")
    found = done(firm)
    assert by_label(found) == pytest.approx({"Action": 40.0})
    assert found.twr == pytest.approx(40 / 1100)
    adds_up(found)


def test_a_share_of_a_joint_account_earns_its_share(firm, anne):
    marc = kit.person(firm.alice, "Martin", "Marc", file_code="MARC")
    fund = kit.instrument(firm.alice, "Monde")
    vie = kit.account(firm.alice, kit.provider(firm.alice), {anne: "0.25", marc: "0.75"})
    kit.situation(
        firm.alice, vie, START, [{"instrument_id": fund, "quantity": "10", "price": "100"}]
    )
    kit.price(firm.alice, fund, END - timedelta(3), "120")
    found = done(firm)
    assert by_label(found) == pytest.approx({"Monde": 50.0})
    assert found.gain_eur == Decimal("50.00")
    adds_up(found)
