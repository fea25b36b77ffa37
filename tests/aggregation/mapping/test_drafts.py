"""An unknown flat file gives a draft that a user completes: columns, dates, signs, kinds."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from o2s_core.aggregation.mapping import explain, guess, load, redraft
from o2s_core.aggregation.mapping.drafting import Draft, likely_kind
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.aggregation.statement import Refusal, Statement
from tests.aggregation.mapping.builders import MOVEMENTS, file, line, read, spec

FIXTURES = Path(__file__).parent / "fixtures"
ODD = "Police|Assuré|Libellé du support|ISIN|Nb UC|VL|Date VL|Contre-valeur|Date valorisation\n"
ODD += "P-1|DURAND Luc|Fonds A|FR0010135103|1,5|100,00|2025-12-30|150,00|2025-12-31\n"


def draft_of(data: bytes, name: str = "export plateforme 2025-12.csv") -> Draft:
    draft = guess(data, name)
    assert isinstance(draft, Draft), draft
    return draft


def test_an_unknown_positions_file_is_read_by_its_draft():
    draft = draft_of(ODD.encode())
    assert draft.spec is not None, draft.problems
    said = read_csv(ODD.encode(), "x.csv", draft.spec)
    assert isinstance(said, Statement)
    assert said.accounts.select("external_id", "holder").rows() == [("P-1", "DURAND Luc")]
    assert said.lines.select("code", "quantity", "price", "price_on", "value", "as_of").rows() == [
        ("FR0010135103", Decimal("1.5"), 100, date(2025, 12, 30), 150, date(2025, 12, 31))
    ]


def test_an_unknown_movements_file_gets_a_table_of_kinds_and_signs():
    text = "Contrat;Date opération;Type d'opération;Support;Code ISIN;Parts;Montant\n"
    text += "C1;02/01/2025;Versement initial;Fonds;FR0010135103;10;1000,00\n"
    text += "C1;02/02/2025;Opération mystère;Fonds;FR0010135103;1;10,00\n"
    text += "C1;02/03/2025;Rachat partiel;Fonds;FR0010135103;2;200,00\n" * 6
    draft = draft_of(text.encode())
    kinds = draft.document["fields"]["kind"]["table"]
    assert [k for _, k in kinds] == ["deposit", "ERROR", "withdrawal"]
    assert draft.spec is not None, draft.problems
    preview = explain(text.encode(), "x.csv", draft.spec)
    assert (preview.mapped, preview.errors) == (7, 1)
    assert (
        preview.first_rows["net"].to_list()[:3] == [1000, None, -200]
        or preview.first_rows["net"].to_list()[2] == -200
    )


def test_the_draft_of_a_file_in_english_with_points():
    text = "Account,Trade Date,Transaction,Name,ISIN,Quantity,Net Amount,Currency\n"
    text += "U1,2025-01-02,Buy,Fund,FR0010135103,10.5,-1050.25,USD\n"
    draft = draft_of(text.encode())
    assert draft.spec is not None, draft.problems
    said = read_csv(text.encode(), "x.csv", draft.spec)
    assert isinstance(said, Statement)
    assert said.movements.select("kind", "quantity", "net", "currency").rows() == [
        ("buy", Decimal("10.5"), Decimal("-1050.25"), "USD")
    ]


def test_a_draft_without_a_day_says_what_is_missing():
    draft = draft_of(ODD.replace("|Date valorisation", "").replace("|2025-12-31", "").encode())
    assert draft.spec is None
    assert [str(p) for p in draft.problems] == ["fields.as_of : champ obligatoire pour ce contenu"]
    completed = {**draft.document}
    completed["fields"] = {**completed["fields"], "as_of": {"constant": "2025-12-31"}}
    assert redraft(completed, draft.columns).spec is not None


def test_the_text_of_a_draft_is_the_mapping_that_is_saved():
    draft = draft_of(ODD.encode())
    assert load(draft.text) == draft.spec


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"<html></html>", b"un texte sans colonnes\n"])
def test_what_is_not_a_table_gives_no_draft(data):
    assert isinstance(guess(data, "x.csv"), Refusal)


@pytest.mark.parametrize(
    ("wording", "kind"),
    [
        ("Versement libre programmé", "deposit"), ("Rachat total", "withdrawal"), ("Achat comptant", "buy"),
        ("Arbitrage - sortie", "switch_out"), ("Arbitrage - entrée", "switch_in"), ("Dividende", "dividend"),
        ("Frais de gestion", "fee"), ("Prélèvements sociaux", "social_levy"), ("Coupon", "coupon"),
        ("Participation aux bénéfices", "profit_sharing"), ("Intérêts", "interest"), ("Sell", "sell"),
        ("Withholding tax", "tax"), ("Remboursement d'avance", "advance_repayment"), ("Zut", "ERROR"),
    ],
)  # fmt: skip
def test_the_kind_that_a_wording_names(wording, kind):
    assert likely_kind(wording) == kind


def test_the_preview_shows_what_was_detected_and_every_error():
    rows = [line(f"A{i}") for i in range(30)] + [line("B", value="douze"), line("C", on="hier")]
    data = ("Relevé\n\n" + file(*rows).decode()).encode("cp1252")
    preview = explain(data, "positions.csv", spec())
    assert (preview.encoding, preview.separator, preview.header_line) == ("Windows-1252", ";", 3)
    assert (preview.rows, preview.mapped, preview.errors, preview.accounts) == (32, 30, 2, 30)
    assert preview.first_rows.height == 20
    assert preview.first_rows.columns[:3] == ["locator", "state", "account"]
    assert preview.anomalies["raw"].to_list() == ["douze", "hier"]
    assert preview.totals.rows() == [("EUR", 30, 30000)]
    assert preview.unread == ()
    assert preview.acceptable


def test_the_preview_of_a_refused_file_says_why():
    assert explain(b"", "x.csv", spec()).refusal.code == "F01"
    bad = explain(file(*[line(value="?")] * 5), "x.csv", spec())
    assert not bad.acceptable


def test_columns_that_no_field_reads_are_listed():
    assert explain(file(line() + ";x", header=file().decode().strip() + ";Commentaire"), "x.csv", spec()).unread == ("Commentaire",)  # fmt: skip


def test_a_declared_relation_is_checked_row_by_row():
    text = MOVEMENTS + '\n  gross: {column: Brut, number: {decimal: ","}, sign: by_kind}'
    text += "\nchecks: [{left: net, right: gross, tolerance: 0.01}]\n"
    header = "Compte;Date;Type;Libellé;ISIN;Quantité;Montant;Brut"
    rows = [
        "C1;02/01/2025;Achat;F;FR0010135103;10;1000;1000",
        "C1;02/01/2025;Achat;F;FR0010135103;1;99;100",
    ]
    said = read(file(*rows, header=header), spec(text))
    assert said.anomalies.select("code", "severity", "locator").rows() == [
        ("A-CONTROLE", "warning", "ligne 3")
    ]
    assert said.mapped == 2
