"""Every confirmation gives what an independent program read in it; another document is refused."""

import json
from decimal import Decimal

import pytest

from o2s_core.aggregation.readers.notices.confirmations import read_confirmation
from o2s_core.aggregation.statement import MOVEMENTS, Refusal, Statement

D = Decimal
BANKS = {"boursobank": "boursobank", "boursedirect": "bourse_direct", "arkeadirectbank": "fortuneo"}
KINDS = {"purchase": "buy", "sale": "sell", "dividend": "dividend", "taxes": "tax"}
DEALS = {"purchase", "sale"}

FORTUNEO = """AVIS D'OPÉRATIONS
VOTRE COMPTE PEA N° 952200000085 M DUPONT PATRICE
¢ ACTION : ESSAI (XF0000000012)
04-07-2023 Référence 94R1
09:14:18 Sens Vente - Exécution unique
Quantité 1 460 Cours 10,00 €
Montant Brut 14 600,00 €
Courtage et Commission 10,00 €
Montant NET 14 590,00 € 14 590,00 €
Fortuneo est une marque commerciale d'Arkéa Direct Bank.
"""
DIRECT = """Avis d'Opération
COMPTE N° 508TI1 PEA MR ESSAI
 06/08/2025  COUPONS  XF0000000012  ESSAI 600  4,08
 QUANTITE :  -3
 PX UN.BRUT :  +1,60072  BRUT :  +4,80
 COMMISSION :  +0,00
Bourse Direct ,  SA au capital de 1 €
"""


def read(text):
    found = read_confirmation(text.encode(), "avis.txt")
    assert isinstance(found, Statement), found
    assert found.movements.schema == MOVEMENTS
    return found


def texts(samples):
    for prefix, bank in BANKS.items():
        said = json.loads((samples / "expected" / f"{prefix}.json").read_text())
        for name, expected in said.items():
            path = samples / "pdf_text_fr" / f"{prefix}_{name}"
            yield path, bank, expected["items"]


def test_every_text_that_has_an_expected_value_has_it(samples):
    """Cash moves that the other program leaves out, a deposit or a tax of its own, are read too.

    It also takes a tax that the bank debits apart from the gross amount of the purchase: the
    bank's own figures are those that add up.
    """
    count = 0
    for path, bank, items in texts(samples):
        found = read(path.read_text())
        assert set(found.partners["code"]) == {bank}
        assert found.anomalies.is_empty(), path.name
        supports = [item for item in items if item["kind"] == "security"]
        done = [item for item in items if item["kind"] != "security"]
        taxed = {r["code"]: -r["net"] for r in found.movements.to_dicts() if r["kind"] == "tax"}
        rows = [
            r for r in found.movements.to_dicts() if r["kind"] in {KINDS[i["kind"]] for i in done}
        ]
        for row, item, known in zip(rows, done, supports, strict=True):
            agrees(row, item, known, taxed if item["kind"] in DEALS else {})
            count += 1
    assert count == 19


def agrees(row, item, known, taxed):
    apart = taxed.get(known["isin"], D(0))
    assert (row["code"], row["label"], row["kind"]) == (
        known["isin"],
        known["name"],
        KINDS[item["kind"]],
    )
    assert row["trade_on"].isoformat() == item["date"][:10]
    assert abs(row["net"]) == D(str(item["amount"][1]))
    assert abs(row["gross"]) == D(str(item["grossvalue"][1])) + apart
    assert (row["fees"] or 0) == D(str(item["fees"][1]))
    assert (row["taxes"] or 0) + apart == D(str(item["taxes"][1]))
    if item["kind"] in DEALS:
        assert abs(row["quantity"]) == D(str(item["shares"]))
        assert row["gross"] == row["net"] + row["fees"] + row["taxes"]


def test_a_deposit_and_a_tax_debited_apart_are_movements_of_their_own(samples):
    found = read((samples / "pdf_text_fr" / "boursedirect_ReleveDeCompte02.txt").read_text())
    assert found.movements.filter(kind="deposit").select("code", "net").rows() == [(None, D(1240))]
    assert found.movements.filter(kind="tax").select("code", "net").rows() == [
        ("FR0000120271", D("-1.45"))
    ]


def test_a_sale_brings_cash_and_names_its_account_and_holder():
    (row,) = read(FORTUNEO).movements.rows(named=True)
    assert (row["quantity"], row["gross"], row["fees"], row["net"]) == (
        D(-1460), D(14600), D(10), D(14590),
    )  # fmt: skip
    assert read(FORTUNEO).accounts.select("external_id", "envelope", "holder").rows() == [
        ("952200000085", "pea", "M DUPONT PATRICE")
    ]


def test_a_name_that_ends_with_a_number_is_not_taken_for_an_amount():
    (row,) = read(DIRECT.replace("  ", " ")).movements.rows(named=True)
    assert (row["label"], row["gross"], row["taxes"], row["net"]) == (
        "ESSAI 600", D("4.80"), D("0.72"), D("4.08"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FORTUNEO.replace("14 590,00 €", "14 589,00 €"), "V02"),
        (FORTUNEO.replace("Sens Vente", "Sens Prêt"), "L02"),
        (FORTUNEO.replace("Cours 10,00", "Cours dix"), "L01"),
        (FORTUNEO.replace("04-07-2023", "31-02-2023"), "L01"),
        (DIRECT.replace("COUPONS", "PARTAGE"), "L02"),
        (DIRECT.replace("4,08", "5,08"), "V02"),
    ],
)
def test_what_does_not_add_up_or_is_not_known_is_told(text, code):
    found = read(text)
    assert found.anomalies.select("code", "severity").rows() == [(code, "error")]
    assert found.movements.is_empty()


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        (FORTUNEO.replace("AVIS D'OPÉRATIONS", "RELEVÉ ANNUEL"), "F05", "encaissement"),
        (FORTUNEO.replace("N° 952200000085", ""), "F01", "aucun compte"),
        ("PDFBox Version: 1.8.17\nUne autre banque\n", "U01", "Bourse Direct, Fortuneo"),
    ],
)
def test_a_document_that_is_not_read_is_refused_and_says_what_is(text, code, word):
    refused = read_confirmation(text.encode(), "avis.txt")
    assert isinstance(refused, Refusal)
    assert (refused.code, word in refused.message) == (code, True)
