"""A support is found by what one remembers of it, and its ISIN names one support only."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from o2s_core import market
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from o2s_core.kernel.identifiers import isin_with_check_digit
from o2s_core.market import InstrumentFilter, InstrumentForm
from tests import kit

ISIN = isin_with_check_digit("XF777700001")


def form(label="Fonds Équilibre", isin=ISIN, kind="opcvm", **more):
    return InstrumentForm(label, kind, isin, **more)


def labels(ctx, text="", **asked):
    return market.instruments(ctx, InstrumentFilter(text, **asked))["label"].to_list()


def test_a_support_is_added_and_opened(firm):
    made = market.add_instrument(firm.alice, form(sri="4", sfdr="8", manager="Gestion d'essai"))
    card = market.instrument(firm.bruno, made.id)
    assert (card.label, card.isin, card.kind, card.status) == (
        "Fonds Équilibre", ISIN, "opcvm", "active",
    )  # fmt: skip
    assert (card.sri, card.sfdr, card.asset_class) == (4, 8, "unknown")
    assert (card.price, card.stale, card.to_complete) == (None, False, False)


def test_the_class_follows_the_kind(firm):
    made = market.add_instrument(firm.alice, form(kind="scpi", isin=""))
    assert market.instrument(firm.alice, made.id).asset_class == "real_estate"


def test_an_isin_is_read_with_its_spaces_and_checked(firm):
    made = market.add_instrument(firm.alice, form(isin=f"{ISIN[:4]} {ISIN[4:].lower()}"))
    assert made.isin == ISIN
    with pytest.raises(InvalidInputError, match="ISIN invalide"):
        market.add_instrument(firm.alice, form(isin=ISIN[:-1] + str((int(ISIN[-1]) + 1) % 10)))


def test_an_isin_names_one_support_only(firm):
    market.add_instrument(firm.alice, form("Le premier"))
    with pytest.raises(InvalidInputError, match=r"déjà connu : « Le premier »"):
        market.add_instrument(firm.bruno, form("Le second"))
    assert labels(firm.alice) == ["Le premier"]


def test_all_missing_fields_are_listed_at_once(firm):
    with pytest.raises(InvalidInputError, match="Libellé, Code ISIN") as refused:
        market.add_instrument(firm.alice, form(label=" ", isin="", currency="ZZZ"))
    assert [p.field for p in refused.value.problems] == ["label", "isin", "currency"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"currency": "GBX"}, "choisissez GBP"),
        ({"price_factor": Decimal(0)}, "nombre positif"),
        ({"kind": "fonds_euros"}, "n'a pas d'ISIN"),
        ({"kind": "magic"}, "valeur de la liste"),
    ],
)
def test_a_senseless_support_is_refused(firm, more, message):
    with pytest.raises(InvalidInputError, match=message):
        market.add_instrument(firm.alice, replace(form(), **more))


def test_pressing_twice_adds_once(firm):
    first = market.add_instrument(firm.alice, form(), key="button")
    assert market.add_instrument(firm.alice, form(), key="button") == first


def test_a_support_is_found_by_any_part_of_its_name_or_code(firm):
    """S-110: by ISIN or by label, whatever the case and the accents."""
    made = market.add_instrument(firm.alice, form(manager="Société Générale d'essai"))
    market.add_alias(firm.alice, made.id, "ticker", "ABCX")
    kit.instrument(firm.operator, "Autre chose")
    for text in ("equilibre", "FONDS équi", ISIN, ISIN[3:9].lower(), "generale", "abcx"):
        assert labels(firm.bruno, text) == ["Fonds Équilibre"], text
    assert labels(firm.bruno, "equilibre autre") == []
    assert labels(firm.bruno, "%") == labels(firm.bruno)


def test_filters_add_up(firm):
    kit.instrument(firm.operator, "Actions", sri=4, sfdr=8)
    kit.instrument(firm.operator, "Obligations", kind="bond", asset_class="bond", sri=2)
    kit.instrument(firm.operator, "Vieux", status="inactive")
    assert labels(firm.alice) == ["Actions", "Obligations"]
    assert labels(firm.alice, kinds=("bond",)) == ["Obligations"]
    assert labels(firm.alice, kinds=("bond",), asset_classes=("equity",)) == []
    assert labels(firm.alice, sri_at_most=3) == ["Obligations"]
    assert labels(firm.alice, sfdr_at_least=8) == ["Actions"]
    assert labels(firm.alice, statuses=("inactive",)) == ["Vieux"]


def test_the_list_shows_the_last_price_and_how_fresh_it_is(firm):
    today = firm.operator.today
    for label, age in (("Frais", 1), ("Ancien", 60)):
        fund = kit.instrument(firm.operator, label)
        kit.price(firm.operator, fund, today - timedelta(age), "12.5")
    kit.instrument(firm.operator, "Sans cours")
    kit.instrument(firm.operator, "Un fonds en euros", isin=None, kind="fonds_euros")
    rows = market.priced_instruments(firm.alice)
    assert rows.schema == market.PRICED
    assert rows.select("label", "price", "freshness").rows() == [
        ("Ancien", Decimal("12.5"), "stale"),
        ("Frais", Decimal("12.5"), "fresh"),
        ("Sans cours", None, "unpriced"),
        ("Un fonds en euros", None, None),
    ]


def test_completing_a_provisional_support_makes_it_active(firm):
    fund = kit.instrument(firm.operator, "A COMPLETER", isin=None, status="unidentified")
    card = market.instrument(firm.alice, fund)
    assert card.to_complete
    market.edit_instrument(firm.alice, fund, form("Complet"), card.version)
    card = market.instrument(firm.alice, fund)
    assert (card.status, card.isin, card.label) == ("active", ISIN, "Complet")
    assert labels(firm.alice, "complet") == ["Complet"]


def test_an_isin_already_known_cannot_complete_another(firm):
    market.add_instrument(firm.alice, form("Le vrai"))
    fund = kit.instrument(firm.operator, isin=None, status="provisional")
    version = market.instrument(firm.alice, fund).version
    with pytest.raises(InvalidInputError, match="Le vrai"):
        market.edit_instrument(firm.alice, fund, form(), version)
    assert market.instrument(firm.alice, fund).status == "provisional"


def test_a_stale_edit_says_what_changed_and_loses_nothing(firm):
    made = market.add_instrument(firm.alice, form())
    version = market.instrument(firm.alice, made.id).version
    market.edit_instrument(firm.alice, made.id, form("Nouveau nom"), version)
    with pytest.raises(StaleEditError, match="Nouveau nom") as refused:
        market.edit_instrument(firm.bruno, made.id, form("Mon nom"), version)
    assert [c.label for c in refused.value.changes] == ["Libellé"]
    assert market.instrument(firm.alice, made.id).label == "Nouveau nom"


def test_a_support_is_put_aside_never_deleted(firm):
    made = market.add_instrument(firm.alice, form())
    for active in (False, True):
        card = market.instrument(firm.alice, made.id)
        market.set_instrument_active(firm.alice, made.id, card.version, active=active)
        assert labels(firm.alice) == (["Fonds Équilibre"] if active else [])


def test_an_unknown_support_is_not_found(firm):
    with pytest.raises(NotFoundError):
        market.instrument(firm.alice, 999_999)


def test_reading_and_writing_need_their_rights(firm):
    nobody = replace(firm.alice, permissions=frozenset())
    with pytest.raises(PermissionDeniedError):
        market.instruments(nobody)
    with pytest.raises(PermissionDeniedError):
        market.add_instrument(nobody, form())


def test_the_overview_counts_what_is_there_and_what_is_to_be_done(firm):
    today = firm.operator.today
    fresh, stale = (kit.instrument(firm.operator, n) for n in ("Frais", "Ancien"))
    kit.price(firm.operator, fresh, today, "1")
    kit.price(firm.operator, stale, today - timedelta(90), "1")
    kit.instrument(firm.operator, "Ligne inconnue", isin=None, kind="other", status="unidentified")
    kit.instrument(firm.operator, "Fini", status="inactive")
    kit.provider(firm.operator)
    seen = market.market_overview(firm.alice)
    assert (seen.instruments, seen.to_complete, seen.stale, seen.unpriced, seen.providers) == (
        3, 1, 1, 1, 1,
    )  # fmt: skip
    assert seen.newest_price_on == today
    assert seen.by_kind.select("label", "instruments").rows()[0] == ("OPCVM (SICAV, FCP)", 2)
    assert seen.by_class["instruments"].sum() == seen.instruments
    assert seen.to_do["label"].to_list() == ["Ligne inconnue", "Ancien"]


def test_managers_are_those_of_the_supports(firm):
    for name in ("Zénith", "Écureuil d'essai", "Zénith"):
        kit.instrument(firm.operator, manager=name)
    assert market.managers(firm.alice) == ("Écureuil d'essai", "Zénith")
