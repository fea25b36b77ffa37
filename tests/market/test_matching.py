"""A partner's code finds its support, or makes one to complete; a resemblance decides nothing."""

from dataclasses import replace

import pytest

from o2s_core import market, store
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.identifiers import isin_with_check_digit
from o2s_core.market import Named
from tests import kit

ISIN = isin_with_check_digit("XF888800001")
BAD = "FR0000000001"


@pytest.fixture
def partner(firm):
    return kit.provider(firm.operator)


def create(firm, provider_id, *rows):
    with store.tx(firm.operator) as tx:
        return market.create_provisional_bulk(tx, provider_id, rows)


def test_an_isin_finds_its_support_however_it_is_written(firm):
    fund = kit.instrument(firm.operator, isin=ISIN)
    spaced = f"{ISIN[:2]} {ISIN[2:].lower()}"
    assert market.instruments_by_isin(firm.alice, [ISIN, spaced, BAD]) == {ISIN: fund, spaced: fund}


def test_a_replaced_isin_still_finds_its_support(firm):
    fund = kit.instrument(firm.operator, isin=ISIN)
    former = isin_with_check_digit("XF888800002")
    market.add_alias(firm.alice, fund, "isin", former)
    assert market.instruments_by_isin(firm.alice, [former]) == {former: fund}


def test_a_code_means_a_support_at_one_partner_only(firm, partner):
    fund, other = kit.instrument(firm.operator), kit.instrument(firm.operator)
    second = kit.provider(firm.operator, "second")
    market.add_alias(firm.alice, fund, "partner", "UC 12", provider_id=partner)
    code = ("partner", "uc12")
    assert market.instruments_by_alias(firm.alice, partner, [code]) == {code: fund}
    assert market.instruments_by_alias(firm.alice, second, [code]) == {}
    market.add_alias(firm.alice, other, "partner", "UC12")
    assert market.instruments_by_alias(firm.alice, second, [code]) == {code: other}
    assert market.instruments_by_alias(firm.alice, partner, [code]) == {code: fund}


def test_a_code_of_one_kind_is_not_one_of_another(firm, partner):
    fund = kit.instrument(firm.operator)
    market.add_alias(firm.alice, fund, "cusip", "912810FF0")
    assert market.instruments_by_alias(firm.alice, partner, [("sedol", "912810FF0")]) == {}


def test_a_code_already_given_names_its_support(firm, partner):
    fund, other = (kit.instrument(firm.operator, n) for n in ("Le premier", "Le second"))
    first = market.add_alias(firm.alice, fund, "label", "Mon Fonds", provider_id=partner)
    assert market.add_alias(firm.alice, fund, "label", "MON FONDS", provider_id=partner) == first
    with pytest.raises(InvalidInputError, match="Le premier"):
        market.add_alias(firm.alice, other, "label", "mon fonds", provider_id=partner)


def test_codes_are_listed_and_forgotten(firm, partner):
    fund = kit.instrument(firm.operator)
    made = market.add_alias(firm.alice, fund, "wkn", "a1c2d3", provider_id=partner)
    rows = market.aliases(firm.alice, fund)
    assert rows.schema == market.ALIASES
    assert rows.rows() == [(made, "wkn", "A1C2D3", partner, "Assureur d'essai")]
    market.remove_alias(firm.alice, made)
    assert market.aliases(firm.alice, fund).is_empty()
    with pytest.raises(NotFoundError):
        market.remove_alias(firm.alice, made)


def test_a_valid_unknown_isin_makes_a_provisional_support(firm, partner):
    (made,) = create(firm, partner, Named("isin", ISIN, "UN FONDS", "opcvm", "USD"))
    card = market.instrument(firm.alice, made)
    assert (card.isin, card.status, card.currency, card.kind) == (
        ISIN, "provisional", "USD", "opcvm",
    )  # fmt: skip
    assert market.instruments_by_isin(firm.alice, [ISIN]) == {ISIN: made}


@pytest.mark.parametrize(
    "code", [("isin", BAD), ("cusip", "78462F103"), ("label", "Fonds maison"), ("partner", "UC9")]
)
def test_another_code_makes_an_unidentified_support_that_is_found_next_time(firm, partner, code):
    (made,) = create(firm, partner, Named(*code, "FONDS"))
    card = market.instrument(firm.alice, made)
    assert (card.isin, card.status, card.kind) == (None, "unidentified", "other")
    assert market.instruments_by_alias(firm.alice, partner, [code]) == {code: made}


def test_the_same_support_twice_in_a_file_is_created_once(firm, partner):
    made = create(
        firm,
        partner,
        Named("isin", ISIN, "A"),
        Named("label", "Fonds maison", "B"),
        Named("isin", ISIN, "A bis"),
        Named("label", "FONDS  MAISON", "B"),
    )
    assert made[0] == made[2]
    assert made[1] == made[3]
    assert market.instruments(firm.alice).height == 2
    assert market.instrument(firm.alice, made[0]).label == "A"


def test_there_is_one_cash_per_currency(firm):
    with store.tx(firm.operator) as tx:
        made = market.cash_instruments(tx, ["EUR", "USD", "GBX"])
        assert market.cash_instrument(tx, "EUR") == made["EUR"]
        assert market.cash_instruments(tx, ["GBP", "EUR"]).items() <= made.items()
    assert set(made) == {"EUR", "USD", "GBP"}
    card = market.instrument(firm.alice, made["USD"])
    assert (card.label, card.kind, card.asset_class, card.isin, card.status) == (
        "Liquidités USD", "cash", "cash", None, "active",
    )  # fmt: skip


def test_a_euro_fund_is_known_by_its_insurer_and_its_code(firm, partner):
    other = kit.provider(firm.operator, "autre")
    with store.tx(firm.operator) as tx:
        first = market.euro_fund(tx, partner, "FE1", "Fonds Général")
        assert market.euro_fund(tx, partner, "fe 1") == first
        assert market.euro_fund(tx, other, "FE1") != first
        by_label = market.euro_fund(tx, partner, "", "Fonds Nouvelle Génération")
        assert market.euro_fund(tx, partner, "", "FONDS NOUVELLE GENERATION") == by_label
    card = market.instrument(firm.alice, first)
    assert (card.kind, card.asset_class, card.provider_id, card.label) == (
        "fonds_euros", "euro_fund", partner, "Fonds Général",
    )  # fmt: skip


def test_creating_needs_a_right_to_write_or_to_receive(firm, partner):
    reader = replace(firm.operator, permissions=frozenset())
    with pytest.raises(PermissionDeniedError), store.tx(reader) as tx:
        market.create_provisional_bulk(tx, partner, [Named("isin", ISIN, "A")])
