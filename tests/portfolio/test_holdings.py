"""What a client holds, what it is worth, and what is left out [Portefeuille > Synthèse]."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from o2s_core import contacts, portfolio, store
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from tests import kit

MAY = date(2026, 5, 31)


def held(firm, contact=None, on=None, kind="contact", **options):
    scope = contacts.scope(firm.alice, kind, contact or "ANNE")
    return portfolio.holdings(firm.alice, scope, on, **options)


@pytest.fixture
def anne(firm):
    return kit.person(firm.alice, file_code="ANNE")


@pytest.fixture
def insurer(firm):
    return kit.provider(firm.alice)


def euros(text) -> Decimal:
    return Decimal(text)


def test_one_view_across_partners(firm, anne, insurer):
    """S-005."""
    bank = kit.provider(firm.alice, "banque", "Banque d'essai")
    fund = kit.instrument(firm.alice, "Monde", asset_class="equity")
    euro = kit.instrument(
        firm.alice, "Fonds euros", isin=None, kind="fonds_euros", asset_class="euro_fund"
    )
    vie = kit.account(firm.alice, insurer, [anne], label="Vie")
    pea = kit.account(firm.alice, bank, [anne], label="PEA", envelope="pea")
    kit.situation(firm.alice, vie, MAY, [
        {"instrument_id": euro, "value": "1000"},
        {"instrument_id": fund, "quantity": "10", "price": "20", "value": "200", "unit_cost": "15"},
    ])  # fmt: skip
    kit.situation(
        firm.alice,
        pea,
        MAY,
        [{"instrument_id": fund, "quantity": "5", "price": "20", "value": "100"}],
    )
    view = held(firm)
    assert view.total_eur == euros("1300.00")
    assert view.by("provider").select("label", "value_eur").rows() == [
        ("Assureur d'essai", euros("1200.00")), ("Banque d'essai", euros("100.00")),
    ]  # fmt: skip
    assert view.accounts.select("account", "value_eur", "lines").rows() == [
        ("PEA", euros("100.00"), 1),
        ("Vie", euros("1200.00"), 2),
    ]


class TestTheTwoFigures:
    @pytest.fixture
    def line(self, firm, anne, insurer):
        fund = kit.instrument(firm.alice)
        vie = kit.account(firm.alice, insurer, [anne])
        kit.situation(firm.alice, vie, MAY, [
            {"instrument_id": fund, "quantity": "10", "price": "20", "value": "200.01", "unit_cost": "15"}
        ])  # fmt: skip
        return fund

    def test_without_newer_price_both_are_what_the_partner_said(self, firm, line):
        kit.price(firm.alice, line, MAY, "99")
        view = held(firm)
        assert (view.total_eur, view.situation_total_eur) == (euros("200.01"), euros("200.01"))
        assert view.newest_data_on == MAY

    def test_a_newer_price_moves_the_day_not_the_situation(self, firm, line):
        kit.price(firm.alice, line, date(2026, 6, 30), "25")
        view = held(firm)
        assert (view.total_eur, view.situation_total_eur) == (euros("250.00"), euros("200.01"))
        assert (view.newest_data_on, view.newest_situation_on) == (date(2026, 6, 30), MAY)

    def test_a_price_after_the_day_asked_does_not_count(self, firm, line):
        kit.price(firm.alice, line, date(2026, 6, 30), "25")
        assert held(firm, on=date(2026, 6, 29)).total_eur == euros("200.01")

    def test_the_gain_is_value_less_cost(self, firm, line):
        kit.price(firm.alice, line, date(2026, 6, 30), "25")
        view = held(firm)
        assert (view.cost_eur, view.gain_eur) == (euros("150.00"), euros("100.00"))
        assert view.gain_ratio == pytest.approx(2 / 3)
        assert view.gain_coverage == 1

    def test_before_the_situation_nothing_is_known(self, firm, line):
        assert held(firm, on=MAY - timedelta(days=1)).lines.is_empty()


def test_a_missing_unit_cost_is_no_gain_rather_than_zero(firm, anne, insurer):
    fund = kit.instrument(firm.alice)
    vie = kit.account(firm.alice, insurer, [anne])
    kit.situation(firm.alice, vie, MAY, [{"instrument_id": fund, "quantity": "1", "value": "10"}])
    view = held(firm)
    assert (view.gain_eur, view.gain_ratio) == (None, None)
    assert view.gain_coverage == 0


def test_fonds_euros_and_cash_keep_their_reported_value(firm, anne, insurer):
    euro = kit.instrument(firm.alice, isin=None, kind="fonds_euros")
    cash = kit.instrument(firm.alice, "Espèces", isin=None, kind="cash")
    vie = kit.account(firm.alice, insurer, [anne])
    kit.situation(firm.alice, vie, MAY, [
        {"instrument_id": euro, "quantity": "1000", "price": "1", "value": "1000"},
        {"instrument_id": cash, "value": "-12.34"},
    ])  # fmt: skip
    kit.price(firm.alice, euro, date(2026, 6, 30), "2")
    assert held(firm).total_eur == euros("987.66")


def test_a_bond_quoted_in_percent_and_its_accrued_interest(firm, anne, insurer):
    bond = kit.instrument(firm.alice, kind="bond", price_factor=Decimal("0.01"))
    cto = kit.account(firm.alice, insurer, [anne], envelope="compte_titres")
    kit.situation(firm.alice, cto, MAY, [
        {"instrument_id": bond, "quantity": "10000", "price": "98", "accrued": "120", "value": "9920"}
    ])  # fmt: skip
    kit.price(firm.alice, bond, date(2026, 6, 30), "99.5")
    assert held(firm).total_eur == euros("10070.00")


def test_a_line_without_any_price_is_named_not_counted(firm, anne, insurer):
    fund = kit.instrument(firm.alice, "Mystère")
    vie = kit.account(firm.alice, insurer, [anne])
    kit.situation(firm.alice, vie, MAY, [{"instrument_id": fund, "quantity": "10"}])
    view = held(firm)
    assert view.total_eur == 0
    (row,) = view.excluded.rows(named=True)
    assert row["label"] == "Mystère"
    assert "aucun cours" in row["reason"]


def test_a_line_whose_rate_is_unknown_is_named_not_counted(firm, anne, insurer):
    """V07: a converted value that is not known is null, excluded, counted."""
    fund = kit.instrument(firm.alice, "Devise rare", currency="XPF")
    cto = kit.account(firm.alice, insurer, [anne])
    kit.situation(firm.alice, cto, MAY, [
        {"instrument_id": fund, "quantity": "1", "price": "5", "value": "5", "currency": "XPF"}
    ])  # fmt: skip
    view = held(firm)
    assert view.total_eur == 0
    assert "taux de change XPF" in view.excluded["reason"][0]


def test_dollars_are_converted_at_the_rate_of_each_figures_day(firm, anne, insurer):
    from o2s_core import market

    fund = kit.instrument(firm.alice, currency="USD")
    cto = kit.account(firm.alice, insurer, [anne])
    rates = [(MAY, "1.25"), (firm.alice.today, "1.10")]
    market.record_rates(firm.operator, pl.DataFrame(
        [{"currency": "USD", "day": day, "units_per_euro": Decimal(r), "source": "essai"} for day, r in rates],
        schema=market.RATE_INPUT,
    ))  # fmt: skip
    kit.situation(firm.alice, cto, MAY, [
        {"instrument_id": fund, "quantity": "10", "price": "10", "value": "100", "currency": "USD"}
    ])  # fmt: skip
    view = held(firm)
    assert (view.total_eur, view.situation_total_eur) == (euros("90.91"), euros("80.00"))
    assert view.by("currency")["label"].to_list() == ["USD"]


class TestShares:
    """Oracles 31 and 32: a joint account is one account."""

    @pytest.fixture
    def joint(self, firm, anne, insurer):
        marc = kit.person(firm.alice, "Martin", "Marc", file_code="MARC")
        fund = kit.instrument(firm.alice)
        account = kit.account(firm.alice, insurer, [anne, marc])
        kit.situation(firm.alice, account, MAY, [
            {"instrument_id": fund, "quantity": "1000", "price": "100", "value": "100000"}
        ])  # fmt: skip
        return anne, marc

    def test_each_person_has_half_and_the_household_the_whole(self, firm, joint):
        kit.household(firm.alice, *joint, file_code="FOYER")
        assert held(firm).total_eur == held(firm, "MARC").total_eur == euros("50000.00")
        home = held(firm, "FOYER")
        assert (home.total_eur, home.outside_eur) == (euros("100000.00"), 0)
        assert home.by("owner").select("label", "value_eur").rows() == [
            ("Martin Anne", euros("50000.00")), ("Martin Marc", euros("50000.00")),
        ]  # fmt: skip

    def test_the_share_of_an_outsider_is_hors_foyer(self, firm, joint):
        kit.household(firm.alice, joint[0], file_code="FOYER")
        home = held(firm, "FOYER")
        assert (home.total_eur, home.outside_eur) == (euros("50000.00"), euros("50000.00"))

    def test_the_quantity_shown_times_the_price_is_the_value_shown(self, firm, joint):
        (row,) = held(firm).lines.rows(named=True)
        assert row["quantity"] * row["price"] == row["value_eur"]

    def test_a_group_counts_it_once(self, firm, joint):
        group = kit.group(firm.alice, *joint)
        assert held(firm, group, kind="group").total_eur == euros("100000.00")

    def test_the_share_of_a_member_of_another_adviser_is_outside_the_perimeter(self, firm, joint):
        from sqlmodel import select

        from o2s_core import store
        from o2s_core.contacts.models import Contact

        kit.household(firm.alice, *joint, file_code="FOYER")
        with store.tx(firm.operator) as tx:
            marc = tx.session.exec(select(Contact).where(Contact.id == joint[1])).one()
            marc.adviser_id = firm.user_ids["bruno"]
        home = held(firm, "FOYER")
        assert (home.total_eur, home.outside_eur) == (euros("50000.00"), euros("50000.00"))


def test_without_situation_the_movements_add_up_and_say_so(firm, anne, insurer):
    fund = kit.instrument(firm.alice, "Action", kind="share")
    cto = kit.account(firm.alice, insurer, [anne])
    kit.movement(firm.alice, cto, date(2026, 1, 5), "deposit", net="1000")
    kit.movement(
        firm.alice,
        cto,
        date(2026, 1, 6),
        "buy",
        instrument_id=fund,
        quantity="10",
        price="20",
        net="-201",
    )
    kit.movement(
        firm.alice,
        cto,
        date(2026, 2, 6),
        "sell",
        instrument_id=fund,
        quantity="-4",
        price="30",
        net="119",
    )
    kit.price(firm.alice, fund, date(2026, 11, 20), "25")
    view = held(firm)
    rows = view.lines.select("label", "kind", "quantity", "value_eur").rows()
    assert rows == [
        ("Action", "computed", Decimal(6), euros("150.00")),
        ("Espèces EUR", "computed", None, euros("918.00")),
    ]
    assert view.situation_total_eur == 0


def test_a_computed_balance_below_zero_is_unknown_rather_than_a_debt(firm, anne, insurer):
    cto = kit.account(firm.alice, insurer, [anne])
    kit.movement(firm.alice, cto, date(2026, 1, 5), "deposit", net="100")
    kit.movement(firm.alice, cto, date(2026, 1, 6), "fee", net="-300")
    view = held(firm)
    assert view.total_eur == 0
    assert "historique est incomplet" in view.excluded["reason"][0]


def test_a_trade_price_is_not_a_valuation_price(firm, anne, insurer):
    fund = kit.instrument(firm.alice, "Action")
    cto = kit.account(firm.alice, insurer, [anne])
    kit.movement(
        firm.alice,
        cto,
        date(2026, 1, 6),
        "buy",
        instrument_id=fund,
        quantity="10",
        price="20",
        net="-200",
    )
    view = held(firm)
    assert view.total_eur == 0
    assert {r["label"] for r in view.excluded.rows(named=True)} == {"Action", "Espèces EUR"}


def test_movements_after_a_situation_do_not_change_it_but_are_counted(firm, anne, insurer):
    fund = kit.instrument(firm.alice)
    vie = kit.account(firm.alice, insurer, [anne])
    kit.situation(firm.alice, vie, MAY, [{"instrument_id": fund, "quantity": "1", "value": "10"}])
    kit.movement(
        firm.alice, vie, date(2026, 6, 5), "buy", instrument_id=fund, quantity="5", net="-50"
    )
    view = held(firm)
    assert view.total_eur == euros("10.00")
    assert view.accounts["later_movements"].to_list() == [1]


def test_a_closed_account_holds_nothing_from_its_closing_day(firm, anne, insurer):
    fund = kit.instrument(firm.alice)
    vie = kit.account(firm.alice, insurer, [anne], closed_on=date(2026, 7, 1))
    kit.situation(firm.alice, vie, MAY, [{"instrument_id": fund, "quantity": "1", "value": "10"}])
    assert held(firm, on=date(2026, 6, 30)).total_eur == euros("10.00")
    assert held(firm, on=date(2026, 7, 1)).lines.is_empty()


def test_a_stale_price_is_marked_by_the_nature_of_the_line(firm, anne, insurer):
    share = kit.instrument(firm.alice, "Action", kind="share")
    scpi = kit.instrument(firm.alice, "SCPI", kind="scpi")
    cto = kit.account(firm.alice, insurer, [anne])
    kit.situation(firm.alice, cto, date(2026, 10, 1), [
        {"instrument_id": share, "quantity": "1", "price": "10", "value": "10"},
        {"instrument_id": scpi, "quantity": "1", "price": "30", "value": "30"},
    ])  # fmt: skip
    view = held(firm)
    assert view.lines.filter("stale")["label"].to_list() == ["Action"]
    assert (view.stale_lines, view.stale_share) == (1, 0.25)


def test_a_total_without_lines_counts_as_one_line_that_says_so(firm, anne, insurer):
    vie = kit.account(firm.alice, insurer, [anne])
    kit.situation(firm.alice, vie, MAY, [], total="500")
    view = held(firm)
    (row,) = view.lines.rows(named=True)
    assert (row["label"], row["quantity"]) == ("Total transmis sans le détail des lignes", None)
    assert view.total_eur == row["situation_value_eur"] == euros("500.00")
    assert view.excluded.is_empty()


def test_accounts_held_away_can_be_left_out(firm, anne, insurer):
    fund = kit.instrument(firm.alice)
    away = kit.account(firm.alice, insurer, [anne], managed=False)
    kit.situation(firm.alice, away, MAY, [{"instrument_id": fund, "quantity": "1", "value": "10"}])
    assert held(firm).total_eur == euros("10.00")
    assert held(firm, managed_only=True).total_eur == 0


def test_a_day_to_come_is_refused(firm, anne):
    with pytest.raises(InvalidInputError, match="futur"):
        held(firm, on=firm.alice.today + timedelta(days=1))


def test_an_unknown_axis_is_refused(firm, anne):
    with pytest.raises(InvalidInputError, match="Axe"):
        held(firm).by("colour")


def test_it_asks_for_the_right_and_stays_inside_the_perimeter(firm, anne):
    scope = contacts.scope(firm.alice, "contact", "ANNE")
    without = firm.alice.permissions - {Permission.PORTFOLIO_READ}
    with pytest.raises(PermissionDeniedError):
        portfolio.holdings(replace(firm.alice, permissions=without), scope)
    with pytest.raises(NotFoundError):
        contacts.scope(firm.bruno, "contact", "ANNE")
    assert portfolio.holdings(firm.bruno, scope).lines.is_empty()


# -- invariants

lines = st.lists(
    st.tuples(
        st.integers(0, 2),  # account
        st.integers(0, 3),  # instrument
        st.decimals("0.0001", "99999", places=4),
        st.decimals("0.01", "9999", places=4),
        st.one_of(st.none(), st.decimals("0.01", "9999", places=4)),
    ),
    max_size=12,
)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=lines, weight=st.integers(1, 99))
def test_every_axis_adds_up_to_the_total_and_the_persons_to_the_household(firm, lines, weight):
    ctx = firm.alice
    share = Decimal(weight) / 100
    one, two = kit.person(ctx, "Un"), kit.person(ctx, "Deux")
    home = kit.household(ctx, one, two)
    source = kit.provider(ctx, f"p{one}", f"P{one}")
    holders = [{one: share, two: 1 - share}, {one: Decimal(1)}, {two: share, one: 1 - share}]
    accounts = [
        kit.account(ctx, source, who, envelope=e)
        for who, e in zip(holders, ("pea", "scpi", "pea"), strict=True)
    ]
    funds = [kit.instrument(ctx, asset_class=c) for c in ("equity", "bond", "equity", "unknown")]
    for n, account in enumerate(accounts):
        kit.situation(ctx, account, MAY, [
            {"instrument_id": funds[fund], "quantity": q, "price": p, "unit_cost": cost}
            for a, fund, q, p, cost in lines if a == n
        ])  # fmt: skip
    views = [portfolio.holdings(ctx, _scope(ctx, who)) for who in (home, one, two)]
    whole, *persons = views
    assert sum(v.total_eur for v in persons) == whole.total_eur
    for view in views:
        for axis in portfolio.AXES:
            assert sum(view.by(axis)["value_eur"], Decimal(0)) == view.total_eur
        assert sum(view.accounts["value_eur"], Decimal(0)) == view.total_eur
        assert sum(view.lines["value_eur"], Decimal(0)) == view.total_eur
    assert whole.total_eur == sum(
        ((q * p).quantize(Decimal("0.01"), "ROUND_HALF_UP") for _, _, q, p, _ in lines), Decimal(0)
    )
    store.rebuild(ctx, portfolio.PROJECTIONS)
    seen = dict(portfolio.assets_by_contact(ctx).iter_rows())
    for who, view in zip((one, two), persons, strict=True):
        assert seen.get(who, Decimal(0)) == view.total_eur


def _scope(ctx, contact_id):
    return contacts.scope(ctx, "contact", contacts.contact_by_id(ctx, contact_id).file_code)
