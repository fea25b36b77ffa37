"""Loans: their card, what happens to them, the contracts that guarantee them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from o2s_core import wealth
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, StaleEditError
from o2s_core.wealth import LoanEventForm, OwnerShare, PledgeForm
from o2s_core.wealth.schedules import lines_of
from tests import kit
from tests.kit.firm import TODAY
from tests.wealth.test_balance import alone, house, mortgage, scope

D = Decimal


@pytest.fixture
def anne(firm) -> int:
    return kit.person(firm.alice, "Martin", "Anne")


def happening(kind, on=date(2026, 11, 10), **more) -> LoanEventForm:
    return LoanEventForm(on, kind, **more)


def test_a_loan_says_what_is_left_and_what_it_costs(firm, anne):
    """S-065: 60 of 240 instalments of 200 000 at 3,50 % are paid."""
    made = wealth.add_loan(firm.alice, mortgage(alone(anne), fees=D(1_000)))
    card = wealth.loan(firm.alice, made)
    assert card.outstanding == D("162253.12")
    assert (card.next_due, card.next_total) == (date(2026, 12, 5), D("1159.92"))
    assert card.ends_on == date(2041, 11, 5)
    assert card.cost == card.interest + 1_000
    assert card.taeg > 0.0356  # 3,5567 % compounded, plus the fees
    assert wealth.loan(firm.alice, made, date(2021, 11, 1)).outstanding == 0
    assert wealth.loan(firm.alice, made, date(2021, 11, 5)).outstanding == 200_000


def test_a_bullet_loan_owes_its_capital_to_the_end(firm, anne):
    """S-064."""
    form = mortgage(alone(anne), kind="bullet", months=120)
    made = wealth.add_loan(firm.alice, form)
    card = wealth.loan(firm.alice, made)
    assert card.outstanding == 200_000
    assert card.interest == 70_000
    assert card.next_total == D("583.33")


def test_a_partial_repayment_shortens_the_loan_or_lowers_its_instalment(firm, anne):
    terms = mortgage(alone(anne))
    shorter = lines_of(terms, [happening("early_partial", amount=D(50_000), keeps="instalment")])
    lower = lines_of(terms, [happening("early_partial", amount=D(50_000), keeps="duration")])
    for lines in (shorter, lower):
        assert lines["principal"].sum() == 200_000
        assert lines["outstanding"][-1] == 0
        assert lines["outstanding"][60] == D("112253.12")
        assert "anticipé" in lines["event"][60]
    assert shorter["total"][61] == D("1159.92")
    assert shorter.height < 241
    assert lower.height == 241
    assert lower["due"][-1] == date(2041, 11, 5)
    assert lower["total"][61] == D("802.48")  # 112 253.12 at 3,50 % over 180 months


def test_a_total_repayment_ends_the_loan(firm, anne):
    made = wealth.add_loan(firm.alice, mortgage(alone(anne)))
    wealth.add_loan_event(firm.alice, made, happening("early_total", penalty=D(1_000)))
    card = wealth.loan(firm.alice, made)
    assert (card.outstanding, card.next_due) == (0, None)
    assert card.ends_on == date(2026, 11, 10)
    assert card.penalties == 1_000
    with pytest.raises(InvalidInputError, match="rien à rembourser"):
        wealth.add_loan_event(firm.alice, made, happening("rate", date(2027, 1, 1), rate=D("0.01")))


def test_a_rate_changes_what_follows_only(firm, anne):
    terms = mortgage(alone(anne))
    before, after = lines_of(terms), lines_of(terms, [happening("rate", rate=D("0.02"))])
    assert after[:60].equals(before[:60])
    assert after["interest"][60] == D("270.42")  # 162 253.12 x 2 % / 12
    assert after.height == 240


def test_another_instalment_changes_the_duration(firm, anne):
    lines = lines_of(mortgage(alone(anne)), [happening("instalment", amount=D(1_500))])
    assert lines["total"][60] == D("1500.00")
    assert lines.height < 240
    with pytest.raises(InvalidInputError, match="couvre les intérêts"):
        lines_of(mortgage(alone(anne)), [happening("instalment", amount=D(100))])


def test_a_pause_adds_its_interest_to_what_is_owed(firm, anne):
    lines = lines_of(mortgage(alone(anne)), [happening("pause", months=3)])
    assert lines["total"][60:63].to_list() == [0, 0, 0]
    assert lines.height == 243
    assert lines["principal"].sum() == 200_000


def test_an_event_typed_by_mistake_is_taken_back(firm, anne):
    made = wealth.add_loan(firm.alice, mortgage(alone(anne)))
    event = wealth.add_loan_event(firm.alice, made, happening("early_total"))
    wealth.remove_loan_event(firm.alice, made, event)
    assert wealth.loan(firm.alice, made).outstanding == D("162253.12")
    with pytest.raises(NotFoundError):
        wealth.remove_loan_event(firm.alice, made, event)


def test_days_after_an_event_stay_those_of_the_loan(firm, anne):
    terms = mortgage(alone(anne), first_due=date(2025, 1, 31), months=12)
    lines = lines_of(terms, [happening("rate", date(2025, 2, 1), rate=D("0.01"))])
    assert lines["due"].to_list()[1:4] == [date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)]


def test_the_law_bounds_the_penalty():
    """Six months of interest, at most 3 % of what was owed (R. 313-25)."""
    assert wealth.early_penalty(D("0.035"), D(50_000), D(160_000), TODAY) == 875
    assert wealth.early_penalty(D("0.08"), D(160_000), D(160_000), TODAY) == 4_800


def test_ways_of_repaying_are_compared(firm, anne):
    made = wealth.add_loan(firm.alice, mortgage(alone(anne)))
    found = wealth.early_repayment(firm.alice, made, date(2026, 11, 10), D(50_000))
    assert found["option"].to_list() == ["Sans changement", "Durée réduite", "Échéance réduite"]
    assert found["saved"][0] == 0
    assert found["saved"][1] > found["saved"][2] > 0
    assert found["penalty"][1] == 875
    whole = wealth.early_repayment(firm.alice, made, date(2026, 11, 10), D(500_000))
    assert whole["option"].to_list() == ["Sans changement", "Remboursement total"]


def test_another_lender_is_compared_with_going_on(firm, anne):
    made = wealth.add_loan(firm.alice, mortgage(alone(anne)))
    cheaper = wealth.renegotiation(firm.alice, made, date(2026, 11, 10), D("0.02"), fees=D(1_500))
    assert cheaper["option"].to_list() == ["Sans changement", "Nouveau prêt"]
    assert cheaper["instalment"][1] == D("1044.11")  # 162 253.12 at 2 % over 180 months
    assert cheaper["penalty"][1] == D("4339.43")  # six months at 3,50 %, and 1 500 of fees
    assert cheaper["saved"][1] > 0
    same = wealth.renegotiation(firm.alice, made, date(2026, 11, 10), D("0.035"))
    assert same["saved"][1] < 0


def test_a_pledged_contract_is_weighed_against_what_is_owed(firm, anne):
    """S-066: a contract of 150 000 covers 75 % of a bullet loan of 200 000."""
    ctx = firm.alice
    made = wealth.add_loan(ctx, mortgage(alone(anne), kind="bullet", months=120))
    contract = kit.account(ctx, kit.provider(ctx), [anne])
    kit.situation(
        ctx,
        contract,
        date(2026, 11, 1),
        [{"instrument_id": kit.instrument(ctx), "value": "150000"}],
    )
    pledge = wealth.pledge_account(
        ctx, made, PledgeForm(contract, "Banque d'essai", date(2022, 1, 1), ratio=D(1))
    )
    ctx = firm.fresh(ctx)
    found = wealth.pledges(ctx, made)
    assert found.select("value_eur", "pledged_eur", "free_eur").row(0) == (150_000, 150_000, 0)
    assert wealth.coverage(found, D(200_000)) == 0.75
    sheet = wealth.balance(ctx, scope(ctx, anne))
    assert sheet.side("asset")["liquidity"].to_list() == ["locked"]
    wealth.release_pledge(ctx, made, pledge, TODAY)
    assert wealth.coverage(wealth.pledges(ctx, made), D(200_000)) is None


def test_a_pledge_is_an_amount_or_a_share(firm, anne):
    ctx = firm.alice
    made = wealth.add_loan(ctx, mortgage(alone(anne)))
    contract = kit.account(ctx, kit.provider(ctx), [anne])
    for wrong in ({}, {"amount": D(1), "ratio": D(1)}, {"amount": D(-1)}, {"ratio": D(2)}):
        with pytest.raises(InvalidInputError):
            wealth.pledge_account(ctx, made, PledgeForm(contract, "Banque", TODAY, **wrong))


def test_a_contract_of_somebody_else_is_not_pledged(firm, anne):
    made = wealth.add_loan(firm.alice, mortgage(alone(anne)))
    other = kit.person(firm.bruno, "Durand", "Paul")
    contract = kit.account(firm.bruno, kit.provider(firm.bruno), [other])
    with pytest.raises(NotFoundError):
        wealth.pledge_account(firm.alice, made, PledgeForm(contract, "Banque", TODAY, ratio=D(1)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"capital": D(-1)}, {"rate": D("3.5")}, {"months": 0}, {"months": 601},
        {"months": 10, "step": 3}, {"deferral": "total", "deferral_months": 240},
        {"deferral": "partial", "deferral_months": None}, {"lender": ""}, {"currency": "euro"},
    ],
)  # fmt: skip
def test_a_loan_that_cannot_be_is_refused_in_words(firm, anne, wrong):
    with pytest.raises(InvalidInputError):
        wealth.add_loan(firm.alice, mortgage(alone(anne), **wrong))


def test_a_borrower_owes_in_full(firm, anne):
    rights = (OwnerShare(anne, D(1), "usufruct"), OwnerShare(anne, D(1), "bare"))
    with pytest.raises(InvalidInputError, match="pleine propriété"):
        wealth.add_loan(firm.alice, mortgage(*rights))


def test_a_loan_of_another_adviser_is_not_found(firm, anne):
    made = wealth.add_loan(firm.alice, mortgage(alone(anne)))
    with pytest.raises(NotFoundError):
        wealth.loan(firm.bruno, made)
    with pytest.raises(NotFoundError):
        wealth.add_loan_event(firm.bruno, made, happening("early_total"))


def test_a_loan_changed_meanwhile_is_not_overwritten(firm, anne):
    made = wealth.add_loan(firm.alice, mortgage(alone(anne)))
    form = wealth.loan(firm.alice, made).form
    wealth.edit_loan(firm.alice, made, replace(form, lender="Autre"), 1)
    with pytest.raises(StaleEditError):
        wealth.edit_loan(firm.alice, made, replace(form, lender="Tiers"), 1)


def test_a_property_says_what_it_yields(firm, anne):
    """S-063: 12 000 of rent, 2 000 of charges, 1 000 of tax on 300 000: 4 % gross, 3 % net."""
    ctx = firm.alice
    flat = house(alone(anne), use="bare_let", income=D(12_000), charges=D(2_000),
                 property_tax=D(1_000), fees=D(20_000))  # fmt: skip
    made = wealth.add_asset(ctx, flat)
    wealth.add_loan(ctx, mortgage(alone(anne), asset_id=made))
    found = wealth.register(firm.fresh(ctx), scope(ctx, anne))
    row = found.properties.row(0, named=True)
    assert (row["gross"], row["net"]) == (pytest.approx(0.04), pytest.approx(0.03))
    assert row["gain_eur"] == 30_000
    assert row["ltv"] == pytest.approx(162_253.12 / 300_000)
    assert row["cash_eur"] == D("-4919.04")  # 9 000 less twelve instalments of 1 159.92
    assert found.outstanding_eur == D("162253.12")
