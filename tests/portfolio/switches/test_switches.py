"""Accounts follow a model, drift from it, and switches are proposed, reviewed, kept or dismissed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlmodel import col

from o2s_core import market, portfolio, store
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, StaleEditError
from o2s_core.market import ModelForm, WeightedSupport
from o2s_core.market.models import Instrument
from o2s_core.portfolio import SwitchTerms
from tests import kit

DAY = date(2026, 11, 20)
NONE = SwitchTerms(band=Decimal(0))


@pytest.fixture
def provider(firm):
    return kit.provider(firm.operator)


@pytest.fixture
def funds(firm):
    """Shares, bonds and a third one, priced the day before."""
    made = []
    for label, kind in (("Actions", "equity"), ("Obligations", "bond"), ("Autre", "equity")):
        made.append(kit.instrument(firm.operator, label, asset_class=kind))
        kit.price(firm.operator, made[-1], firm.operator.today - timedelta(1), "100")
    return made


def new_model(firm, weights, name="Équilibré", **more):
    made = market.add_model(firm.operator, ModelForm(name, "3"))
    supports = [WeightedSupport(f, Decimal(w), **more) for f, w in weights.items()]
    market.write_model_lines(firm.operator, made, supports)
    market.publish_model(firm.operator, made, firm.operator.today - timedelta(1), "")
    return made


def holding(firm, provider, lines, *, ctx=None, envelope="assurance_vie", cost="80", **fields):
    """An account that holds quantities of funds at 100 €."""
    ctx = ctx or firm.alice
    account = kit.account(ctx, provider, [kit.person(ctx)], envelope=envelope, **fields)
    kit.situation(
        ctx, account, DAY,
        [{"instrument_id": i, "quantity": q, "price": "100", "value": f"{int(q) * 100}",
          "unit_cost": cost} for i, q in lines.items()],
    )  # fmt: skip
    return account


def proposed(firm, account, terms=NONE, model=None, ctx=None):
    ctx = ctx or firm.alice
    return portfolio.switch_proposal(ctx, portfolio.propose_switches(ctx, [account], terms, model))


def trades(card):
    rows = card.lines.select("label", "sell_eur", "buy_eur").iter_rows()
    return {label: (sell, buy) for label, sell, buy in rows if sell or buy}


# --- following and drift ---------------------------------------------------------------------


def test_the_gap_to_the_model_is_measured_on_each_account(firm, provider, funds):
    """S-008: 60/40 against 50/50: 10 % of the account is to switch."""
    model = new_model(firm, {funds[0]: "0.5", funds[1]: "0.5"})
    account = holding(firm, provider, {funds[0]: "60", funds[1]: "40"})
    assert portfolio.following(firm.alice, account) is None
    portfolio.follow_model(firm.alice, account, model)
    assert portfolio.following(firm.alice, account).model == "Équilibré"
    row = portfolio.model_followers(firm.alice, model).row(0, named=True)
    assert (row["value_eur"], row["outside"]) == (Decimal(10_000), 2)
    assert (row["drift"], row["widest"]) == (pytest.approx(0.1), pytest.approx(0.1))


def test_the_bounds_of_the_model_say_what_is_outside(firm, provider, funds):
    model = new_model(
        firm, {funds[0]: "0.5", funds[1]: "0.5"}, minimum=Decimal("0.4"), maximum=Decimal("0.6")
    )
    account = holding(firm, provider, {funds[0]: "59", funds[1]: "41"})
    portfolio.follow_model(firm.alice, account, model)
    assert portfolio.model_followers(firm.alice)["outside"].to_list() == [0]


def test_another_model_ends_the_one_before(firm, provider, funds):
    one, two = new_model(firm, {funds[0]: "1"}), new_model(firm, {funds[1]: "1"}, "Prudent")
    account = holding(firm, provider, {funds[0]: "1"})
    portfolio.follow_model(firm.alice, account, one)
    later = replace(firm.alice, today=firm.alice.today + timedelta(3))
    portfolio.follow_model(later, account, two)
    assert portfolio.following(later, account).since == later.today
    portfolio.leave_model(later, account)
    assert portfolio.following(later, account) is None
    with pytest.raises(InvalidInputError, match="ne suit aucun"):
        portfolio.leave_model(later, account)


def test_followers_stay_inside_the_perimeter(firm, provider, funds):
    model = new_model(firm, {funds[0]: "1"})
    mine = holding(firm, provider, {funds[0]: "1"})
    theirs = holding(firm, provider, {funds[0]: "1"}, ctx=firm.bruno)
    for ctx, account in ((firm.alice, mine), (firm.bruno, theirs)):
        portfolio.follow_model(ctx, account, model)
    assert portfolio.model_followers(firm.alice)["account_id"].to_list() == [mine]
    assert sorted(portfolio.model_followers(firm.operator)["account_id"]) == sorted([mine, theirs])
    with pytest.raises(NotFoundError):
        portfolio.follow_model(firm.alice, theirs, model)
    with pytest.raises(NotFoundError):
        portfolio.propose_switches(firm.alice, [mine, theirs], NONE, model)
    assert portfolio.switch_proposals(firm.operator).is_empty(), "nothing is half done"


def test_a_followed_model_is_not_deleted(firm, provider, funds):
    model, free = new_model(firm, {funds[0]: "1"}), new_model(firm, {funds[0]: "1"}, "Libre")
    account = holding(firm, provider, {funds[0]: "1"})
    portfolio.follow_model(firm.alice, account, model)
    with pytest.raises(InvalidInputError, match=r"utilisé \(1\scompte\) : archivez-le"):
        portfolio.delete_model(firm.operator, model)
    portfolio.delete_model(firm.operator, free)
    assert market.model_portfolios(firm.operator)["id"].to_list() == [model]


def test_a_passbook_follows_no_model(firm, provider, funds):
    model = new_model(firm, {funds[0]: "1"})
    account = holding(firm, provider, {funds[0]: "1"}, envelope="livret_a")
    with pytest.raises(InvalidInputError, match=r"Livret A.*ne s'arbitre pas"):
        portfolio.follow_model(firm.alice, account, model)


# --- proposals -------------------------------------------------------------------------------


def test_switches_are_proposed_for_one_client(firm, provider, funds):
    """S-009: a switch is generated for one client."""
    model = new_model(firm, {funds[0]: "0.5", funds[1]: "0.5"})
    account = holding(firm, provider, {funds[0]: "60", funds[1]: "30", funds[2]: "10"})
    card = proposed(firm, account, model=model)
    assert trades(card) == {
        "Actions": (Decimal(1000), None),
        "Obligations": (None, Decimal(2000)),
        "Autre": (Decimal(1000), None),
    }
    assert (card.state, card.stale, card.sold_eur, card.bought_eur) == ("draft", "", 2000, 2000)
    assert card.lines["weight_after"].to_list() == [0.5, 0.5, 0.0]
    assert sorted(card.by_class().rows()) == [("bond", 0.3, 0.5), ("equity", 0.7, 0.5)]
    assert card.lines["drift"].to_list() == pytest.approx([0.1, -0.2, 0.1])


def test_switches_are_proposed_in_bulk_to_all_that_follow(firm, provider, funds):
    """S-009: … and in bulk, each account to the model that it follows."""
    model = new_model(firm, {funds[0]: "0.5", funds[1]: "0.5"})
    accounts = [holding(firm, provider, {funds[0]: str(n)}) for n in (10, 20, 30)]
    for account in accounts:
        portfolio.follow_model(firm.alice, account, model)
    portfolio.propose_switches(firm.alice, accounts, NONE)
    listed = portfolio.switch_proposals(firm.alice)
    assert sorted(listed["moved_eur"]) == [500, 1000, 1500]
    assert set(listed["orders"]) == {2}
    again = portfolio.propose_switches(firm.alice, accounts[:1], NONE)
    assert portfolio.switch_proposals(firm.alice).height == 3, "a draft is replaced"
    assert portfolio.switch_proposals(firm.alice, (accounts[0],))["id"].to_list() == [again]


def test_an_account_without_model_is_named(firm, provider, funds):
    account = holding(firm, provider, {funds[0]: "1"})
    with pytest.raises(InvalidInputError, match="ne suit aucun portefeuille modèle"):
        portfolio.propose_switches(firm.alice, [account], NONE)


def test_the_tolerance_leaves_a_line_alone_but_not_one_outside_the_model(firm, provider, funds):
    model = new_model(firm, {funds[0]: "0.5", funds[1]: "0.5"})
    account = holding(firm, provider, {funds[0]: "50", funds[1]: "49", funds[2]: "1"})
    card = proposed(firm, account, SwitchTerms(band=Decimal("0.05")), model)
    assert trades(card) == {"Obligations": (None, Decimal(100)), "Autre": (Decimal(100), None)}


def test_fees_come_out_of_the_sales_and_unknown_fees_are_not_invented(firm, provider, funds):
    model = new_model(firm, {funds[1]: "1"})
    account = holding(firm, provider, {funds[0]: "10"})
    card = proposed(firm, account, replace(NONE, switch_fee=Decimal("0.01")), model)
    assert (card.sold_eur, card.switch_fee_eur, card.bought_eur) == (1000, 10, 990)
    assert card.entry_fee_eur is None
    assert proposed(firm, account, NONE, model).switch_fee_eur is None


def test_a_support_left_apart_is_not_touched_and_the_rest_is_shared(firm, provider, funds):
    model = new_model(firm, {funds[0]: "0.5", funds[1]: "0.5"})
    account = holding(firm, provider, {funds[0]: "60", funds[1]: "40", funds[2]: "50"})
    card = proposed(firm, account, replace(NONE, excluded=(funds[2],)), model)
    assert trades(card) == {"Actions": (Decimal(1000), None), "Obligations": (None, Decimal(1000))}
    row = card.lines.row(2, named=True)
    assert (row["note"], row["target"]) == ("laissé de côté à votre demande", None)


def test_a_support_put_away_is_not_bought(firm, provider, funds):
    model = new_model(firm, {funds[0]: "0.5", funds[1]: "0.5"})
    account = holding(firm, provider, {funds[0]: "10"})
    market.set_instrument_active(firm.operator, funds[1], 1, active=False)
    card = proposed(firm, account, model=model)
    assert trades(card) == {}
    assert dict(card.lines.select("label", "note").iter_rows())["Obligations"] == (
        "support retiré des listes"
    )
    assert card.lines["missing_eur"].to_list() == [Decimal(-500), Decimal(500)]


def test_a_support_that_the_firm_excluded_is_not_bought(firm, provider, funds):
    model = new_model(firm, {funds[0]: "0.5", funds[1]: "0.5"})
    account = holding(firm, provider, {funds[0]: "10"})
    decided = market.DecisionForm("excluded", "frais trop élevés", firm.operator.today)
    market.decide(firm.operator, funds[1], decided)
    card = proposed(firm, account, model=model)
    assert trades(card) == {}
    assert "support exclu par le cabinet" in card.lines["note"].to_list()


def test_bonds_do_not_enter_a_pea(firm, provider, funds):
    model = new_model(firm, {funds[0]: "0.5", funds[1]: "0.5"})
    account = holding(firm, provider, {funds[0]: "10"}, envelope="pea")
    card = proposed(firm, account, model=model)
    assert "non éligible au PEA : classe d'actifs « Obligations »" in card.lines["note"].to_list()
    assert (card.sold_eur, card.tax_eur) == (0, 0)


def stated(firm, fund, envelopes):
    """Say on the card of a support which envelopes may hold it."""
    with store.tx(firm.operator) as tx:
        tx.session.execute(
            update(Instrument).where(col(Instrument.id) == fund).values(eligible=envelopes)
        )


def test_what_the_card_of_a_support_says_decides_for_a_pea(firm, provider, funds):
    model = new_model(firm, {funds[0]: "0.5", funds[2]: "0.5"})
    account = holding(firm, provider, {funds[0]: "10"}, envelope="pea")
    stated(firm, funds[2], "assurance_vie,per")
    refused = proposed(firm, account, model=model)
    assert trades(refused) == {}
    assert "non éligible au PEA d'après sa fiche" in refused.lines["note"].to_list()
    stated(firm, funds[2], "pea,assurance_vie")
    accepted = proposed(firm, account, model=model)
    assert trades(accepted)["Autre"] == (None, Decimal(500))
    assert not [note for note in accepted.lines["note"] if "éligib" in note]


def test_a_support_of_which_nobody_says_the_envelopes_is_to_be_checked(firm, provider, funds):
    model = new_model(firm, {funds[0]: "0.5", funds[2]: "0.5"})
    account = holding(firm, provider, {funds[0]: "10"}, envelope="pea")
    (bought,) = proposed(firm, account, model=model).lines.filter(side="buy").to_dicts()
    assert "éligibilité au PEA à vérifier" in bought["note"]


def test_a_kept_proposal_is_under_way_until_its_supports_are_traded(firm, provider, funds):
    model = new_model(firm, {funds[0]: "0.5", funds[1]: "0.5"})
    account = holding(firm, provider, {funds[0]: "60", funds[1]: "40"})
    first = proposed(firm, account, model=model)
    portfolio.decide_switch(firm.alice, first.id, "kept", first.version)
    second = proposed(firm, account, model=model)
    assert trades(second) == {}, "the same money is not moved twice"
    assert second.lines["after_eur"].to_list() == [Decimal(5_000), Decimal(5_000)]
    assert "ordre déjà retenu" in second.lines["note"][0]
    kit.movement(firm.alice, account, firm.alice.today, "switch_out", instrument_id=funds[0],
                 quantity="-10", net="1000")  # fmt: skip
    assert trades(proposed(firm, account, model=model)), "executed: it counts no more"


def test_the_fonds_euros_of_the_model_is_that_of_the_contract(firm, provider, funds):
    other = kit.provider(firm.operator, "autre", "Autre assureur")
    euro = {p: kit.instrument(firm.operator, f"Fonds euros {p}", isin=None, kind="fonds_euros",
                              asset_class="euro_fund", provider_id=p) for p in (provider, other)}  # fmt: skip
    model = new_model(firm, {funds[0]: "0.5", euro[other]: "0.5"})
    account = holding(firm, provider, {funds[0]: "10"})
    card = proposed(firm, account, model=model)
    assert trades(card)[f"Fonds euros {provider}"] == (None, Decimal(500))
    capped = replace(NONE, fonds_euros_cap=Decimal("0.3"))
    card = proposed(firm, account, capped, model)
    assert trades(card)[f"Fonds euros {provider}"] == (None, Decimal(300))


def test_fonds_euros_leave_within_the_limit(firm, provider, funds):
    euro = kit.instrument(firm.operator, "Fonds euros", isin=None, kind="fonds_euros",
                          asset_class="euro_fund", provider_id=provider)  # fmt: skip
    model = new_model(firm, {funds[0]: "1"})
    account = holding(firm, provider, {euro: "10"})
    card = proposed(firm, account, replace(NONE, fonds_euros_exit=Decimal("0.15")), model)
    assert trades(card) == {"Fonds euros": (Decimal(150), None), "Actions": (None, Decimal(150))}
    assert "la sortie de ce support est limitée" in card.lines["note"].to_list()


def test_an_old_price_makes_the_amount_indicative(firm, provider, funds):
    old = kit.instrument(firm.operator, "Ancien")
    account = kit.account(firm.alice, provider, [kit.person(firm.alice)])
    kit.situation(firm.alice, account, date(2026, 8, 1), [
        {"instrument_id": old, "quantity": "10", "price": "100", "price_on": date(2026, 8, 1),
         "value": "1000"}])  # fmt: skip
    card = proposed(firm, account, model=new_model(firm, {funds[0]: "1"}))
    row = next(r for r in card.lines.iter_rows(named=True) if r["label"] == "Ancien")
    assert row["indicative"]
    assert row["note"] == "cours ancien : montant indicatif"


# --- tax -------------------------------------------------------------------------------------


def test_a_switch_in_a_life_insurance_is_not_taxed(firm, provider, funds):
    account = holding(firm, provider, {funds[0]: "10"})
    card = proposed(firm, account, model=new_model(firm, {funds[1]: "1"}))
    assert (card.gain_eur, card.tax_eur) == (None, 0)
    assert "n'est pas un rachat" in card.tax_note


def test_the_gain_of_a_securities_account_pays_the_pfu(firm, provider, funds):
    """10 units at 100 € that cost 80 €: half is sold, gain 100 €, 31.4 % in 2026."""
    account = holding(firm, provider, {funds[0]: "10"}, envelope="compte_titres")
    card = proposed(firm, account, model=new_model(firm, {funds[0]: "0.5", funds[1]: "0.5"}))
    assert (card.gain_eur, card.tax_eur) == (Decimal(100), Decimal("31.40"))
    assert "31,4" in card.tax_note
    assert "art. 200 A" in card.tax_note


def test_a_loss_pays_nothing(firm, provider, funds):
    account = holding(firm, provider, {funds[0]: "10"}, envelope="compte_titres", cost="130")
    card = proposed(firm, account, model=new_model(firm, {funds[1]: "1"}))
    assert (card.gain_eur, card.tax_eur) == (Decimal(-300), 0)


def test_without_cost_the_tax_is_not_known(firm, provider, funds):
    account = holding(firm, provider, {funds[0]: "10"}, envelope="compte_titres", cost=None)
    card = proposed(firm, account, model=new_model(firm, {funds[1]: "1"}))
    assert (card.gain_eur, card.tax_eur) == (None, None)
    assert card.tax_note == "Prix de revient inconnu : Actions."


# --- review ----------------------------------------------------------------------------------


def test_a_proposal_is_reviewed_then_kept_or_dismissed_with_a_reason(firm, provider, funds):
    account = holding(firm, provider, {funds[0]: "10"})
    card = proposed(firm, account, model=new_model(firm, {funds[1]: "1"}))
    portfolio.decide_switch(firm.alice, card.id, "to_review", card.version)
    with pytest.raises(StaleEditError):
        portfolio.decide_switch(firm.alice, card.id, "kept", card.version)
    with pytest.raises(InvalidInputError, match="Motif"):
        portfolio.decide_switch(firm.alice, card.id, "dismissed", card.version + 1)
    portfolio.decide_switch(
        firm.alice, card.id, "dismissed", card.version + 1, reason="client opposé"
    )
    card = portfolio.switch_proposal(firm.alice, card.id)
    assert (card.state, card.reason) == ("dismissed", "client opposé")
    with pytest.raises(InvalidInputError, match="ne passe pas"):
        portfolio.decide_switch(firm.alice, card.id, "kept", card.version)
    with pytest.raises(InvalidInputError, match="Seul un brouillon"):
        portfolio.drop_switch_draft(firm.alice, card.id)


def test_a_proposal_whose_data_changed_is_not_kept(firm, provider, funds):
    account = holding(firm, provider, {funds[0]: "10"})
    card = proposed(firm, account, model=new_model(firm, {funds[1]: "1"}))
    kit.situation(firm.alice, account, DAY + timedelta(1), [
        {"instrument_id": funds[0], "quantity": "8", "price": "100", "value": "800"}])  # fmt: skip
    card = portfolio.switch_proposal(firm.alice, card.id)
    assert "recalculez" in card.stale
    with pytest.raises(InvalidInputError, match="recalculez"):
        portfolio.decide_switch(firm.alice, card.id, "kept", card.version)


def test_a_proposal_of_somebody_else_is_not_found(firm, provider, funds):
    account = holding(firm, provider, {funds[0]: "10"})
    card = proposed(firm, account, model=new_model(firm, {funds[1]: "1"}))
    with pytest.raises(NotFoundError):
        portfolio.switch_proposal(firm.bruno, card.id)
    assert portfolio.switch_proposals(firm.bruno).is_empty()
    with pytest.raises(NotFoundError):
        portfolio.drop_switch_draft(firm.bruno, card.id)


def test_an_account_is_deleted_with_what_was_proposed_on_it(firm, provider, funds):
    account = holding(firm, provider, {funds[0]: "10"})
    model = new_model(firm, {funds[1]: "1"})
    portfolio.follow_model(firm.alice, account, model)
    card = proposed(firm, account)
    portfolio.purge_account(firm.alice, account, portfolio.account(firm.alice, account).number)
    with pytest.raises(NotFoundError):
        portfolio.switch_proposal(firm.alice, card.id)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (SwitchTerms(band=Decimal(2)), "pourcentage de 0 à 100"),
        (SwitchTerms(switch_fee=Decimal("0.5")), "de 0 à 20"),
        (SwitchTerms(minimum_order=Decimal(-1)), "montant positif"),
        (SwitchTerms(aim="moon"), "valeur de la liste"),
    ],
)
def test_senseless_terms_are_refused(firm, terms, message):
    with pytest.raises(InvalidInputError, match=message):
        portfolio.propose_switches(firm.alice, [1], terms)
