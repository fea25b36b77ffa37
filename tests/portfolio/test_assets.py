"""What all clients own together: the same cents as each client's own holdings."""

from datetime import date
from decimal import Decimal

from o2s_core import contacts, portfolio, store
from tests import kit

MAY = date(2026, 5, 31)


def test_an_empty_firm_owns_nothing(firm):
    assert portfolio.total_assets(firm.alice) == 0
    assert portfolio.assets_by_contact(firm.alice).is_empty()


def test_each_contact_owns_what_their_holdings_say(firm):
    ctx = firm.alice
    anne, marc, lea = (kit.person(ctx, name) for name in ("Anne", "Marc", "Léa"))
    source = kit.provider(ctx)
    fund, euro = (
        kit.instrument(ctx),
        kit.instrument(ctx, isin=None, kind="fonds_euros", asset_class="euro_fund"),
    )
    joint = kit.account(ctx, source, {anne: "0.33333333", marc: "0.33333333", lea: "0.33333334"})
    own = kit.account(ctx, source, [anne], envelope="pea")
    kit.situation(ctx, joint, MAY, [
        {"instrument_id": fund, "quantity": "3.1415", "price": "17.03"},
        {"instrument_id": euro, "value": "1000.01"},
    ])  # fmt: skip
    kit.situation(ctx, own, MAY, [{"instrument_id": fund, "quantity": "1.5", "price": "0.01"}])
    kit.price(ctx, fund, date(2026, 11, 20), "18.77")
    store.rebuild(ctx, portfolio.PROJECTIONS)
    owned = dict(portfolio.assets_by_contact(ctx).iter_rows())
    for person in (anne, marc, lea):
        code = contacts.contact_by_id(ctx, person).file_code
        scope = contacts.scope(ctx, "contact", code)
        assert owned[person] == portfolio.holdings(ctx, scope).total_eur
    assert portfolio.total_assets(ctx) == sum(owned.values())
    by_class = portfolio.assets_by(ctx, "asset_class")
    assert by_class["label"].to_list() == ["Fonds en euros", "Actions"]
    assert sum(by_class["value_eur"], Decimal(0)) == portfolio.total_assets(ctx)


def test_an_adviser_sees_the_assets_of_their_own_clients_only(firm):
    anne = kit.person(firm.alice)
    paul = kit.person(firm.bruno, adviser=firm.user_ids["bruno"])
    account = kit.account(firm.operator, kit.provider(firm.alice), [anne, paul])
    cash = kit.instrument(firm.alice, isin=None, kind="cash")
    kit.situation(firm.operator, account, MAY, [{"instrument_id": cash, "value": "100"}])
    store.rebuild(firm.operator, portfolio.PROJECTIONS)
    assert portfolio.total_assets(firm.alice) == Decimal(50)
    assert portfolio.assets_by_contact(firm.bruno)["contact_id"].to_list() == [paul]
    assert portfolio.total_assets(firm.operator) == Decimal(100)
