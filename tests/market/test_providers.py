"""A partner is known by its code; it is put aside, never deleted."""

from dataclasses import replace

import pytest

from o2s_core import market
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from o2s_core.market import PROVIDERS, ProviderForm
from tests import kit


def names(ctx, *args, **asked):
    return market.providers(ctx, *args, **asked)["name"].to_list()


def test_a_partner_is_added_with_a_code_made_from_its_name(firm):
    made = market.add_provider(firm.alice, ProviderForm("Éclair Vie S.A.", roles=("insurer",)))
    assert made.code == "eclair_vie_s_a"
    card = market.provider(firm.bruno, made.code)
    assert (card.id, card.name, card.roles, card.active) == (
        made.id, "Éclair Vie S.A.", ("insurer",), True,
    )  # fmt: skip
    assert market.provider_by_id(firm.alice, made.id) == card


def test_a_partner_is_found_by_name_code_or_role(firm):
    """S-078: detailed search of providers."""
    market.add_provider(firm.alice, ProviderForm("Éclair Vie", roles=("insurer", "custodian")))
    market.add_provider(firm.alice, ProviderForm("Banque Azur", "azur", ("bank",)))
    rows = market.providers(firm.alice)
    assert rows.schema == PROVIDERS
    assert rows["name"].to_list() == ["Banque Azur", "Éclair Vie"]
    assert rows["roles_label"].to_list() == ["Banque", "Assureur, Dépositaire"]
    assert names(firm.alice, "eclair") == ["Éclair Vie"]
    assert names(firm.alice, "AZUR") == ["Banque Azur"]
    assert names(firm.alice, role="custodian") == ["Éclair Vie"]
    assert names(firm.alice, "azur", role="custodian") == []


def test_the_euro_funds_of_an_insurer_are_counted(firm):
    insurer = kit.provider(firm.operator)
    kit.instrument(firm.operator, isin=None, kind="fonds_euros", provider_id=insurer)
    assert market.providers(firm.alice)["euro_funds"].to_list() == [1]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (ProviderForm(""), "Raison sociale"),
        (ProviderForm("Azur", "Non Valide"), "minuscules"),
        (ProviderForm("Azur", lei="123"), "LEI invalide"),
        (ProviderForm("Azur", bic="AB"), "BIC invalide"),
        (ProviderForm("Azur", website="javascript:alert(1)"), "adresse complète"),
    ],
)
def test_a_wrong_partner_is_refused(firm, form, message):
    with pytest.raises(InvalidInputError, match=message):
        market.add_provider(firm.alice, form)
    assert names(firm.alice) == []


def test_a_code_is_given_once(firm):
    market.add_provider(firm.alice, ProviderForm("Azur", "azur"))
    with pytest.raises(InvalidInputError, match="existe déjà"):
        market.add_provider(firm.alice, ProviderForm("Azur bis", "azur"))


def test_pressing_twice_adds_once(firm):
    form = ProviderForm("Azur")
    assert market.add_provider(firm.alice, form, key="k") == market.add_provider(
        firm.alice, form, key="k"
    )


def test_an_edit_changes_and_a_stale_one_is_refused(firm):
    made = market.add_provider(firm.alice, ProviderForm("Azur"))
    card = market.provider_by_id(firm.alice, made.id)
    market.edit_provider(firm.alice, made.id, replace(card.form, name="Azur Vie"), card.version)
    with pytest.raises(StaleEditError, match="Azur Vie"):
        market.edit_provider(firm.alice, made.id, replace(card.form, name="Mien"), card.version)
    assert market.provider_by_id(firm.alice, made.id).name == "Azur Vie"


def test_a_partner_put_aside_leaves_the_lists(firm):
    made = market.add_provider(firm.alice, ProviderForm("Azur"))
    for active in (False, True):
        version = market.provider_by_id(firm.alice, made.id).version
        market.set_provider_active(firm.alice, made.id, version, active=active)
        assert names(firm.alice) == (["Azur"] if active else [])
        assert names(firm.alice, inactive=True) == ["Azur"]


def test_an_unknown_partner_is_not_found(firm):
    with pytest.raises(NotFoundError):
        market.provider(firm.alice, "personne")


def test_rights_are_needed(firm):
    nobody = replace(firm.alice, permissions=frozenset())
    with pytest.raises(PermissionDeniedError):
        market.providers(nobody)
    with pytest.raises(PermissionDeniedError):
        market.add_provider(nobody, ProviderForm("Azur"))


def test_a_form_typed_on_screen_is_the_form_of_the_core():
    form = ProviderForm("Azur", "azur", ("bank", "custodian"), website="https://exemple.fr")
    assert ProviderForm.typed(form.values()) == form
