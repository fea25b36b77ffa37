"""The templates that the product offers: each reads the flat file it was written for."""

from dataclasses import replace
from decimal import Decimal

import pytest

from o2s_core import aggregation
from o2s_core.aggregation.mapping import MappingSpec, load
from o2s_core.aggregation.mapping.shipped import shipped_texts, template_texts
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.portfolio import ENVELOPES
from tests.kit import documents as doc

FILES = {
    "insurer_positions": [
        "Contrat;Produit;Souscripteur;Code courtier;Date d'effet;Date;Code ISIN;Code support interne;"
        "Libellé support;Type support;Nb parts;VL;Date VL;Montant",
        f"AV-100;Horizon Vie;MARTIN Anne;C 100;02/03/2015;31/10/2026;{doc.ACME};U01;Monde;UC;"
        "12,5;1 200,00;30/10/2026;15 000,00",
        "AV-100;Horizon Vie;MARTIN Anne;C 100;02/03/2015;31/10/2026;;E01;Actif général;Fonds en euros;"
        ";;;20 000,00",
        "Total;;;;;;;;;;;;;35 000,00",
    ],
    "insurer_movements": [
        "Contrat;Date opération;Date valeur;N° opération;Nature opération;Sens;Code ISIN;"
        "Code support interne;Libellé support;Nb parts;VL;Montant brut;Frais;Prélèvements sociaux;Montant net",
        "AV-100;01/10/2026;02/10/2026;1;Versement libre;;;E01;Actif général;;;1 000,00;10,00;;990,00",
        "AV-100;03/10/2026;;2;Rachat partiel;;;E01;Actif général;;;500,00;;17,20;482,80",
        "AV-100;05/10/2026;;3;Arbitrage;sortant;;E01;Actif général;;;;;;300,00",
        f"AV-100;05/10/2026;;3;Arbitrage;entrant;{doc.ACME};U01;Monde;3;100,00;;;;300,00",
        "AV-100;06/10/2026;;4;Frais de gestion;;;E01;Actif général;;;;;;12,00",
        "AV-100;31/12/2025;;5;Participation aux bénéfices;;;E01;Actif général;;;;;;450,00",
        "AV-100;31/12/2025;;6;Prélèvements sociaux;;;E01;Actif général;;;;;;77,40",
    ],
    "platform_positions": [
        "Compte;Type de compte;Titulaire;Date;ISIN;Libellé;Nature;Quantité;PRU;Cours;Date cours;Devise;Valorisation",
        f"CTO-1;Compte-titres;MARTIN Anne;31/10/2026;{doc.ACME};Acme;Action;10;80,00;100,00;30/10/2026;EUR;1 000,00",
        "CTO-1;Compte-titres;MARTIN Anne;31/10/2026;;Espèces;Liquidités;;;;;EUR;50,00",
    ],
    "employee_savings": [
        "N° compte;Dispositif;Entreprise;Titulaire;Date;Code AMF;FCPE;Nb parts;VL;Date VL;Montant",
        "S-7;PEE;Dupont SA;MARTIN Anne;31/10/2026;990000012345;Actions Monde;10,1234;50,00;30/10/2026;506,17",
        "S-7;PERCOL;Dupont SA;MARTIN Anne;31/10/2026;990000012345;Actions Monde;2;50,00;30/10/2026;100,00",
    ],
    "scpi_shares": [
        "N° associé;Nom;Code SCPI;SCPI;Date;Nb parts;Prix de souscription;Valeur de retrait;Code apporteur",
        "12345;MARTIN Anne;PIE;Pierre Essai;30/09/2026;20;1 000,00 €;900,50 €;C100",
    ],
    "life_contracts": [
        "Contrat;Produit;Souscripteur;Date d'effet;Code courtier;Nature du contrat",
        "AV-100;Horizon Vie;MARTIN Anne;02/03/2015;C100;Assurance-vie",
        "CA-200;Horizon Capi;SCI DES LILAS;02/03/2018;C200;Capitalisation",
    ],
}  # fmt: skip


def read(code: str, encoding: str = "utf-8"):
    spec = load(template_texts()[code])
    assert isinstance(spec, MappingSpec), spec
    data = "\r\n".join(FILES[code]).encode(encoding)
    return read_csv(data, f"{code}.csv", spec)


def test_each_template_has_its_file_here():
    assert set(FILES) == set(template_texts())


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("code", sorted(FILES))
def test_a_template_reads_every_row_of_its_file(code, encoding):
    said = read(code, encoding)
    assert said.errors == 0, said.anomalies["message"].to_list()
    assert said.anomalies.is_empty()
    assert said.mapped == len([row for row in FILES[code][1:] if not row.startswith("Total")])
    assert set(said.accounts["envelope"]) - {None} <= set(ENVELOPES)


@pytest.mark.parametrize("code", sorted(FILES))
def test_a_template_says_that_it_is_one_and_never_reads_a_file_by_itself(code):
    assert load(template_texts()[code]).label.startswith("Modèle à adapter")
    assert code not in shipped_texts()


def test_a_contract_keeps_its_euro_fund_by_the_insurer_s_own_code():
    said = read("insurer_positions")
    rows = said.lines.select("code", "code_type", "kind", "quantity", "value").rows()
    assert rows == [
        (doc.ACME, "isin", None, Decimal("12.5"), Decimal(15000)),
        ("E01", "partner", "fonds_euros", None, Decimal(20000)),
    ]
    assert said.brokers.rows() == [("AV-100", "C 100")]


def test_the_operations_of_a_contract_have_their_kind_and_sign():
    said = read("insurer_movements")
    assert said.movements.select("kind", "net").rows() == [
        ("deposit", Decimal(990)),
        ("withdrawal", Decimal("-482.8")),
        ("switch_out", Decimal(300)),
        ("switch_in", Decimal(-300)),
        ("fee", Decimal(-12)),
        ("profit_sharing", Decimal(450)),
        ("social_levy", Decimal("-77.4")),
    ]


def test_an_employee_has_one_account_by_plan():
    said = read("employee_savings")
    assert said.accounts.select("external_id", "envelope").rows() == [
        ("S-7 PEE", "pee"),
        ("S-7 PERCOL", "per_collectif"),
    ]


def test_shares_are_worth_their_withdrawal_price():
    """20 × 900,50 = 18 010."""
    said = read("scpi_shares")
    assert said.lines["value"].to_list() == [Decimal(18010)]
    assert said.lines["unit_cost"].to_list() == [Decimal(1000)]


def test_a_list_of_contracts_gives_each_its_broker_code():
    said = read("life_contracts")
    assert said.brokers.rows() == [("AV-100", "C100"), ("CA-200", "C200")]
    assert said.lines.is_empty()


def test_a_list_of_contracts_is_received_and_waits_for_its_holders(firm):
    """S-021."""
    aggregation.save_mapping(
        firm.operator, "life_contracts", template_texts()["life_contracts"], "adaptée"
    )
    data = "\n".join(FILES["life_contracts"]).encode()
    report = aggregation.receive(firm.operator, data, "contrats.csv", feed="life_contracts")
    assert [a.state for a in report.accounts] == ["to_attach", "to_attach"]
    found = aggregation.accounts_to_attach(firm.fresh(firm.operator))
    assert found["broker_code"].to_list() == ["C100", "C200"]


def test_templates_are_offered_to_who_reads_feeds(firm):
    found = aggregation.mapping_templates(firm.operator)
    assert found["scpi_shares"] == "société de gestion, parts de SCPI"
    nobody = replace(firm.operator, permissions=frozenset())
    with pytest.raises(PermissionDeniedError):
        aggregation.mapping_templates(nobody)
