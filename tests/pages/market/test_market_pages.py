"""Outils: the list of supports, one support, the partners."""

from datetime import timedelta

import polars as pl
import pytest

from o2s_core import market
from o2s_core.kernel.identifiers import isin_with_check_digit
from tests import kit
from tests.kit import pages, windows

ISIN = isin_with_check_digit("XF666600001")


@pytest.fixture
def fund(firm):
    made = kit.instrument(
        firm.operator, "Fonds Équilibre", isin=ISIN, manager="Gestion d'essai", sri=4
    )
    for back, value in ((400, "80"), (200, "100"), (1, "110")):
        kit.price(firm.operator, made, firm.operator.today - timedelta(back), value)
    return made


def test_the_general_page_says_what_is_to_be_done(firm, fund):
    """S-093: each module has its general page."""
    kit.instrument(firm.operator, "LIGNE INCONNUE", isin=None, kind="other", status="unidentified")
    at = pages.open_page(firm, "analyste", "pages/market/tools.py")
    assert not at.exception
    text = pages.shown(at)
    assert "Supports suivis" in text
    assert [row[0] for row in pages.table(at)] == ["LIGNE INCONNUE"]
    assert len(at.get("plotly_chart")) == 1


def test_supports_are_found_and_open_their_page(firm, fund):
    """S-110: a support by ISIN or label, in Outils."""
    kit.instrument(firm.operator, "Autre fonds")
    at = pages.open_page(firm, "analyste", "pages/market/instruments.py", q="equilibre")
    assert not at.exception
    rows = pages.components(at, "table")[0]["rows"]
    assert [row["href"] for row in rows] == [f"/support?support={fund}"]
    at.text_input(key="instruments_text").set_value(ISIN).run()
    assert [row[0] for row in pages.table(at)] == ["Fonds Équilibre"]
    assert "110,0000" in pages.table(at)[0]


def test_a_support_shows_its_last_price_its_period_and_its_codes(firm, fund):
    market.add_alias(firm.operator, fund, "ticker", "EQUI")
    at = pages.open_page(firm, "analyste", "pages/market/instrument.py", support=fund)
    assert not at.exception
    text = pages.shown(at)
    assert "110,0000 EUR" in text
    assert "au 23/11/2026" in text
    assert "+37,5" in text  # 80 then 110 in three years
    assert "EQUI" in text
    at.segmented_control(key=f"period_{fund}").set_value("1 an").run()
    assert "+10,0" in pages.shown(at)


def test_a_support_shows_the_silences_of_its_price_and_what_was_corrected(firm, fund):
    """S-079: the history with its sources, its gaps and its old values."""
    today = firm.operator.today
    rows = [
        (fund, today - timedelta(1), value, "EUR", "nav", "vendor:essai")
        for value in ("111", "112")
    ]
    for row in rows:
        table = pl.DataFrame([row], market.PRICE_INPUT | {"value": pl.String}, orient="row")
        market.record_prices(firm.operator, table.cast(dict(market.PRICE_INPUT)))
    at = pages.open_page(firm, "analyste", "pages/market/instrument.py", support=fund)
    assert not at.exception
    text = pages.shown(at)
    folded = [each.label for each in at.expander]
    assert {"Périodes sans cours (2)", "Cours corrigés (1)"} <= set(folded)
    assert "Fichier de cours essai" in text
    assert "112,0000 EUR" in text


def test_a_support_to_complete_shows_its_form(firm):
    made = kit.instrument(firm.operator, "LIGNE", isin=None, kind="other", status="unidentified")
    at = pages.open_page(firm, "analyste", "pages/market/instrument.py", support=made)
    assert not at.exception
    assert any("fichier de partenaire" in w.value for w in at.warning)
    next(t for t in at.text_input if "ISIN" in t.label).set_value(ISIN)
    next(s for s in at.selectbox if "Famille" in s.label).set_value("etf")
    windows.press(at, "Enregistrer")
    assert market.instrument(firm.operator, made).status == "active"
    assert market.instrument(firm.operator, made).isin == ISIN


@pytest.mark.parametrize("number", ["999999", "abc", ""])
def test_an_unknown_support_is_said_in_french(firm, number):
    at = pages.open_page(firm, "analyste", "pages/market/instrument.py", support=number)
    assert "Support introuvable" in pages.shown(at)


def test_the_partners_are_listed_by_role(firm):
    """S-078: search of providers."""
    market.add_provider(firm.operator, market.ProviderForm("Azur Vie", roles=("insurer",)))
    market.add_provider(firm.operator, market.ProviderForm("Banque Azur", roles=("bank",)))
    at = pages.open_page(firm, "analyste", "pages/market/providers.py")
    assert not at.exception
    assert [row[0] for row in pages.table(at)] == ["Azur Vie", "Banque Azur"]
    at.segmented_control(key="providers_role").set_value("bank").run()
    assert [row[0] for row in pages.table(at)] == ["Banque Azur"]


@pytest.mark.parametrize("page", ["tools", "instruments", "providers"])
def test_the_administrator_has_no_business_there(firm, page):
    at = pages.open_page(firm, "admin", f"pages/market/{page}.py")
    assert "Votre profil ne donne pas le droit" in pages.shown(at)
    assert pages.components(at, "table") == []


def test_a_reader_gets_no_button_to_write(firm, fund):
    at = pages.open_page(firm, "conformite", "pages/market/instrument.py", support=fund)
    assert {"Modifier", "Retirer", "Saisir un cours"} & {b.label for b in at.button} == set()


def test_a_price_is_typed_in_its_window(firm, fund):
    at = windows.open_window(
        firm, "analyste", "o2s_core.ui.instrument_windows.type_price", str(fund)
    )
    next(t for t in at.text_input if "Cours" in t.label).set_value("123,45")
    windows.press(at, "Enregistrer")
    assert str(market.instrument(firm.operator, fund).price) == "123.45000000"


def test_a_partner_is_added_in_its_window(firm):
    at = windows.open_window(firm, "analyste", "o2s_core.ui.provider_windows.new_provider")
    windows.press(at, "Créer le distributeur")
    assert "Raison sociale" in at.error[0].value
    next(t for t in at.text_input if "Raison" in t.label).set_value("Azur Vie")
    next(c for c in at.checkbox if c.label == "Assureur").check()
    windows.press(at, "Créer le distributeur")
    assert market.provider(firm.operator, "azur_vie").roles == ("insurer",)


def test_a_code_is_added_in_its_window(firm, fund):
    partner = kit.provider(firm.operator)
    at = windows.open_window(
        firm, "analyste", "o2s_core.ui.instrument_windows.new_alias", str(fund)
    )
    next(s for s in at.selectbox if "Nature" in s.label).set_value("partner")
    next(s for s in at.selectbox if "Utilisé" in s.label).set_value(str(partner))
    next(t for t in at.text_input if "Code" in t.label).set_value("uc 7")
    windows.press(at, "Enregistrer")
    assert market.aliases(firm.operator, fund)["code"].to_list() == ["UC7"]
