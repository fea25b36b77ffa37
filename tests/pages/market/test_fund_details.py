"""Outils › Support: risk, costs, target market, durability and look-through, dated and sourced."""

import pytest

from o2s_core import aggregation
from tests import kit
from tests.kit import documents as doc
from tests.kit import funds, pages


@pytest.fixture
def fund(firm):
    return kit.instrument(firm.operator, "Fonds Équilibre", isin=doc.ACME, sri=5)


def receive(firm, *files):
    return [aggregation.receive(firm.operator, data, "fonds.csv") for data in files]


def opened(firm, login, fund):
    at = pages.open_page(firm, login, "pages/market/instrument.py", support=fund)
    assert not at.exception
    return at


def rows(at, wanted):
    """Return the rows of the table whose first cell of a row is `wanted`, by first cell."""
    for n in range(len(pages.components(at, "table"))):
        found = {row[0]: row[1:] for row in pages.table(at, n)}
        if wanted in found:
            return found
    raise AssertionError(wanted)


def test_an_analyst_reads_risk_costs_and_durability_with_their_day_and_file(firm, fund):
    """S-079, S-110."""
    receive(firm, funds.ept(sri="3", ongoing="0.0152"), funds.eet(("20180_Minimum", "0.3")))
    at = opened(firm, "analyste", fund)
    text = pages.shown(at)
    assert "EPT V21 au 31/10/2026, saisi : 5" in text
    assert "EET V1.1.3 au 31/10/2026" in text
    costs = rows(at, "Coûts courants par an")
    assert costs["Coûts courants par an"][:3] == ["1,52\u00a0%", "31/10/2026", "EPT V21"]
    assert costs["Entrée, maximum"][:3] == ["n.c.", "—", "aucun fichier ne le dit"]
    durable = rows(at, "Investissements durables, minimum")
    assert durable["Article SFDR"][0] == "Article 8"
    assert durable["Investissements durables, minimum"][0] == "30,00\u00a0%"


def test_the_source_leads_to_the_delivery_for_those_who_may_see_it(firm, fund):
    """An analyst reads the figure and its file; the deliveries are not theirs."""
    (report,) = receive(firm, funds.ept(sri="3"))
    address = f"/livraison?livraison={report.delivery_id}"
    assert address in pages.shown(opened(firm, "alice", fund))
    assert address not in pages.shown(opened(firm, "analyste", fund))


def test_the_target_market_is_shown_criterion_by_criterion(firm, fund):
    receive(firm, funds.emt(("01010_Investor_Type_Retail", "Y"), ("02010_Basic_Investor", "N"),
                            ("05030_Income", "Neutral"), ("06030_Investment_Advice", "R")))  # fmt: skip
    at = opened(firm, "alice", fund)
    table = next(
        pages.table(at, n) for n in range(len(pages.components(at, "table")))
        if any("Client de détail" in row for row in pages.table(at, n))
    )  # fmt: skip
    said = {row[1]: (row[0], row[2], row[3]) for row in table}
    assert said["Client de détail"] == ("Type de client", "Oui", "Dans la cible")
    assert said["Investisseur débutant"] == ("Connaissance", "Non", "Hors cible")
    assert said["Recevoir des revenus"] == ("Objectifs", "Neutre", "Neutre")
    assert said["Conseil en investissement"] == (
        "Distribution",
        "Clients de détail",
        "Dans la cible",
    )
    assert said["Client professionnel"][1] == "n.c."


def test_the_look_through_says_what_is_not_covered(firm, fund):
    receive(
        firm,
        funds.tpt(
            ("FR12", "Obligation", "EUR", "0.5", "FR"), ("US31", "Action", "USD", "0.2", "US")
        ),
    )
    at = opened(firm, "analyste", fund)
    assert rows(at, "Obligations d'État") == {
        "Obligations d'État": ["50,0\u00a0%"],
        "Actions": ["20,0\u00a0%"],
        "Non couvert": ["30,0\u00a0%"],
    }
    assert rows(at, "France")["États-Unis"] == ["20,0\u00a0%"]
    assert rows(at, "EUR")["USD"] == ["20,0\u00a0%"]
    text = pages.shown(at)
    assert "non couvert : 30,0\u00a0%" in text
    assert "TPT V7.0 au 31/10/2026" in text
    assert "100,0000 EUR" in text  # the value of the share


def test_a_support_of_which_nothing_is_known_says_so_and_what_to_do(firm, fund):
    at = opened(firm, "analyste", fund)
    text = pages.shown(at)
    assert "Aucun fichier de la société de gestion" in text
    assert "saisi par le cabinet" in text
    assert "n.c." in text


def test_a_replaced_file_can_still_be_seen(firm, fund):
    receive(firm, funds.ept(sri="3"), funds.ept(sri="4"))
    at = opened(firm, "analyste", fund)
    assert "Remplacé" not in pages.shown(at)  # closed, nothing is read
    at.session_state[f"received_{fund}"] = True
    at.run()
    assert not at.exception
    assert [row[2] for row in pages.table(at, -1)] == ["En vigueur", "Remplacé"]


def test_the_list_shows_the_risk_and_the_article_of_the_newest_files(firm, fund):
    """S-079: found by ISIN, with SRI and SFDR."""
    receive(firm, funds.ept(sri="3"), funds.eet(article="9"))
    at = pages.open_page(firm, "analyste", "pages/market/instruments.py", q=doc.ACME)
    (row,) = pages.table(at)
    assert row[5:7] == ["3", "9"]


def test_a_delivery_about_supports_shows_them_and_leads_to_each(firm, fund):
    (report,) = receive(firm, funds.ept(sri="3") + b"\n" + funds.ept_row(code="FR0010000001"))
    at = pages.open_page(
        firm, "manager", "pages/aggregation/delivery.py", livraison=report.delivery_id
    )
    assert not at.exception
    text = pages.shown(at)
    assert "Fonds Équilibre" in text
    assert f"/support?support={fund}" in text
    assert "En quarantaine" in text
    assert "clé de contrôle" in text
