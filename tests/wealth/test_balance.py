"""The balance sheet: each good once, each right at its value, what is owed taken off."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from o2s_core import contacts, portfolio, wealth
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, StaleEditError
from o2s_core.wealth import AssetForm, LoanForm, OwnerShare
from tests import kit
from tests.kit.firm import TODAY

D = Decimal


def house(*owners: OwnerShare, value="300000", **more) -> AssetForm:
    known = {
        "kind": "property", "label": "Maison de Lyon", "value": D(value),
        "value_on": date(2026, 6, 1), "address": "1 rue des Lilas, Lyon", "use": "main_home",
        "acquired_on": date(2020, 1, 1), "price": D(250_000),
    }  # fmt: skip
    return AssetForm(owners=owners, **known | more)


def mortgage(*owners: OwnerShare, **more) -> LoanForm:
    known = {
        "label": "Prêt maison", "lender": "Banque d'essai", "kind": "amortising",
        "capital": D(200_000), "rate": D("0.035"), "months": 240, "first_due": date(2021, 12, 5),
    }  # fmt: skip
    return LoanForm(owners=owners, **known | more)


def alone(contact: int) -> OwnerShare:
    return OwnerShare(contact)


def scope(ctx, contact):
    return contacts.scope(ctx, "contact", contacts.contact_by_id(ctx, contact).file_code)


@pytest.fixture
def anne(firm) -> int:
    return kit.person(firm.alice, "Martin", "Anne", birth_date=date(1961, 5, 2))


def test_net_worth_is_goods_less_debts(firm, anne):
    """S-040: a home, an account and a loan make the net worth of a person."""
    ctx = firm.alice
    wealth.add_asset(ctx, house(alone(anne)))
    wealth.add_loan(ctx, mortgage(alone(anne)))
    contract = kit.account(ctx, kit.provider(ctx), [anne])
    kit.situation(
        ctx, contract, date(2026, 11, 1), [{"instrument_id": kit.instrument(ctx), "value": "50000"}]
    )
    found = wealth.balance(firm.fresh(ctx), scope(ctx, anne))
    assert found.assets_eur == 350_000
    # 60 instalments were paid on 5/11/2026: case 17
    assert found.debts_eur == D("162253.12")
    assert found.net_eur == D("187746.88")
    by_group = dict(found.groups.select("label", "net_eur").iter_rows())
    assert by_group["Emprunts"] == D("-162253.12")
    assert sum(by_group.values()) == found.net_eur
    assert sum(found.ladder["assets_eur"]) == found.assets_eur
    assert found.owners["net_eur"].to_list() == [found.net_eur]


def test_accounts_count_for_what_the_portfolio_says(firm, anne):
    ctx = firm.alice
    paul = kit.person(ctx, "Martin", "Paul")
    contract = kit.account(ctx, kit.provider(ctx), [anne, paul])
    kit.situation(
        ctx,
        contract,
        date(2026, 11, 1),
        [{"instrument_id": kit.instrument(ctx), "value": "100000.01"}],
    )
    ctx = firm.fresh(ctx)
    for one in (anne, paul):
        held = portfolio.holdings(ctx, scope(ctx, one))
        found = wealth.balance(ctx, scope(ctx, one))
        assert found.assets_eur == held.total_eur
        assert found.outside_eur == held.outside_eur


def test_a_joint_good_counts_once_for_the_household(firm, anne):
    """Case 31: 50 000 each, 100 000 for the household; case 32: 50 000 with an outsider."""
    ctx = firm.alice
    paul = kit.person(ctx, "Martin", "Paul")
    both = (OwnerShare(anne, D("0.5")), OwnerShare(paul, D("0.5")))
    wealth.add_asset(ctx, house(*both, value="100000"))
    home = kit.household(ctx, anne, paul)
    ctx = firm.fresh(ctx)
    assert wealth.balance(ctx, scope(ctx, anne)).assets_eur == 50_000
    whole = wealth.balance(ctx, scope(ctx, home))
    assert (whole.assets_eur, whole.outside_eur) == (100_000, 0)
    assert whole.rows.height == 1
    alone_ = wealth.balance(ctx, scope(ctx, paul))
    assert (alone_.assets_eur, alone_.outside_eur) == (50_000, 50_000)


def test_usufruct_and_bare_ownership_add_up_to_the_whole(firm, anne):
    """Case 33: a usufructuary of 65 has 40 000 of 100 000, the bare owner 60 000."""
    ctx = firm.alice
    child = kit.person(ctx, "Martin", "Lou", birth_date=date(1995, 1, 1))
    rights = (OwnerShare(anne, D(1), "usufruct"), OwnerShare(child, D(1), "bare"))
    wealth.add_asset(ctx, house(*rights, value="100000"))
    family = kit.household(ctx, anne, child)
    ctx = firm.fresh(ctx)
    assert wealth.balance(ctx, scope(ctx, anne)).assets_eur == 40_000
    assert wealth.balance(ctx, scope(ctx, child)).assets_eur == 60_000
    assert wealth.balance(ctx, scope(ctx, family)).assets_eur == 100_000
    civil = wealth.balance(ctx, scope(ctx, anne), view="civil")
    assert civil.assets_eur == 100_000
    assert "pleine valeur" in civil.convention.lower()
    assert wealth.balance(ctx, scope(ctx, family), view="civil").assets_eur == 100_000


def test_a_usufruct_without_age_is_not_guessed(firm):
    ctx = firm.alice
    old, young = kit.person(ctx, "Sans", "Âge"), kit.person(ctx, "Sans", "Enfant")
    rights = (OwnerShare(old, D(1), "usufruct"), OwnerShare(young, D(1), "bare"))
    wealth.add_asset(ctx, house(*rights))
    found = wealth.balance(firm.fresh(ctx), scope(ctx, young))
    assert found.assets_eur == 0
    assert "date de naissance" in found.unknown["note"][0]


def test_the_worth_of_a_good_follows_its_history(firm, anne):
    ctx = firm.alice
    made = wealth.add_asset(ctx, house(alone(anne), value_on=date(2025, 1, 1)))
    wealth.value_asset(ctx, made, D(320_000), date(2026, 11, 1), "expert")
    card = wealth.asset(ctx, made)
    assert card.values["value"].to_list() == [320_000, 300_000]
    ctx = firm.fresh(ctx)
    before = wealth.balance(ctx, scope(ctx, anne), date(2026, 10, 31))
    assert before.assets_eur == 300_000
    assert before.rows["old"].to_list() == [True]
    now = wealth.balance(ctx, scope(ctx, anne))
    assert now.assets_eur == 320_000
    assert now.rows["old"].to_list() == [False]
    wealth.value_asset(ctx, made, D(321_000), date(2026, 11, 1))
    assert wealth.asset(ctx, made).values["value"].to_list() == [321_000, 300_000]


def test_a_good_that_was_sold_counts_no_more(firm, anne):
    ctx = firm.alice
    made = wealth.add_asset(ctx, house(alone(anne)))
    wealth.sell_asset(ctx, made, date(2026, 11, 1), D(310_000), 1)
    ctx = firm.fresh(ctx)
    assert wealth.balance(ctx, scope(ctx, anne)).assets_eur == 0
    assert wealth.balance(ctx, scope(ctx, anne), date(2026, 10, 31)).assets_eur == 300_000
    assert wealth.sold_assets(ctx, scope(ctx, anne))["proceeds"].to_list() == [310_000]


def test_net_worth_may_be_negative(firm, anne):
    ctx = firm.alice
    wealth.add_loan(ctx, mortgage(alone(anne)))
    found = wealth.balance(firm.fresh(ctx), scope(ctx, anne))
    assert found.net_eur == D("-162253.12")
    assert found.debt_ratio is None


def test_a_foreign_good_without_rate_is_left_out_and_said(firm, anne):
    ctx = firm.alice
    wealth.add_asset(ctx, house(alone(anne), currency="XAF"))
    found = wealth.balance(firm.fresh(ctx), scope(ctx, anne))
    assert found.assets_eur == 0
    assert "XAF" in found.unknown["note"][0]


def test_a_company_is_seen_through_for_the_share_that_is_held(firm, anne):
    """SCI: half of the shares of a company with a property of 400 000 and a loan of 162 253,12."""
    ctx = firm.alice
    sci = kit.company(ctx, "SCI des Lilas")
    wealth.add_asset(ctx, house(alone(sci), value="400000", use="sci"))
    wealth.add_loan(ctx, mortgage(alone(sci)))
    shares = AssetForm("business", "Parts de la SCI", (alone(anne),), D(90_000), date(2026, 6, 1),
                       company_id=sci, stake=D("0.5"))  # fmt: skip
    wealth.add_asset(ctx, shares)
    ctx = firm.fresh(ctx)
    assert wealth.balance(ctx, scope(ctx, anne)).net_eur == 90_000
    through = wealth.balance(ctx, scope(ctx, anne), look_through=True)
    assert through.assets_eur == 200_000
    assert through.debts_eur == D("81126.56")
    assert set(through.rows["via"]) == {"Parts de la SCI"}
    group = kit.group(ctx, anne, sci)
    ctx = firm.fresh(ctx)
    both = wealth.balance(ctx, contacts.scope(ctx, "group", group), look_through=True)
    assert both.assets_eur == 400_000


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (("0.5",), "100"),
        (("0.5", "0.6"), "100"),
        (("0.33333333", "0.66666667"), "centièmes"),
        ((), "titulaire"),
    ],
)
def test_shares_that_do_not_add_up_are_refused(firm, anne, shares, said):
    people = [anne, kit.person(firm.alice, "Martin", "Paul")]
    owners = [OwnerShare(p, D(s)) for p, s in zip(people, shares, strict=False)]
    with pytest.raises(InvalidInputError, match=said):
        wealth.add_asset(firm.alice, house(*owners))


def test_a_property_needs_its_address_its_use_and_its_price(firm, anne):
    with pytest.raises(InvalidInputError, match="Adresse, Usage"):
        wealth.add_asset(firm.alice, house(alone(anne), address="", use=""))


def test_a_good_is_seen_by_the_advisers_of_its_owners_only(firm, anne):
    """The other owner of a joint good is told by name, and nothing else of them."""
    made = wealth.add_asset(firm.alice, house(alone(anne)))
    with pytest.raises(NotFoundError):
        wealth.asset(firm.bruno, made)
    with pytest.raises(NotFoundError):
        wealth.value_asset(firm.bruno, made, D(1), TODAY)
    paul = kit.person(firm.bruno, "Durand", "Paul")
    joint = house(OwnerShare(anne, D("0.5")), OwnerShare(paul, D("0.5")))
    shared = wealth.add_asset(firm.operator, joint)
    assert wealth.asset(firm.alice, shared).owner_names == ("Martin Anne", "Durand Paul")
    assert wealth.asset(firm.bruno, shared).form.value == 300_000


def test_a_change_made_meanwhile_is_not_lost(firm, anne):
    ctx = firm.alice
    made = wealth.add_asset(ctx, house(alone(anne)))
    form = wealth.asset(ctx, made).form
    wealth.edit_asset(ctx, made, replace(form, label="Maison"), 1)
    with pytest.raises(StaleEditError, match="Maison"):
        wealth.edit_asset(ctx, made, replace(form, label="Villa"), 1)


def test_a_button_pressed_twice_adds_one_good(firm, anne):
    first = wealth.add_asset(firm.alice, house(alone(anne)), key="once")
    assert wealth.add_asset(firm.alice, house(alone(anne)), key="once") == first


def test_a_good_that_a_loan_finances_is_not_deleted(firm, anne):
    ctx = firm.alice
    made = wealth.add_asset(ctx, house(alone(anne)))
    loan = wealth.add_loan(ctx, mortgage(alone(anne), asset_id=made))
    with pytest.raises(InvalidInputError, match="financé par un prêt"):
        wealth.delete_asset(ctx, made, 1)
    wealth.delete_loan(ctx, loan, 1)
    wealth.delete_asset(ctx, made, 1)
    with pytest.raises(NotFoundError):
        wealth.asset(ctx, made)


def test_a_day_to_come_is_refused(firm, anne):
    with pytest.raises(InvalidInputError, match="futur"):
        wealth.balance(firm.alice, scope(firm.alice, anne), date(2027, 1, 1))
