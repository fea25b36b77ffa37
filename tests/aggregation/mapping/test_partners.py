"""Formats of French partners, on small invented files in their real form."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from o2s_core.aggregation.mapping import detect, shipped
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.aggregation.statement import Refusal, Statement

FIXTURES = Path(__file__).parent / "fixtures"
FORTUNEO = "HistoriqueOperationsBourse_000000000042_du_01_01_2025_au_30_06_2025.csv"


def read(name: str, **more) -> Statement:
    result = read_csv((FIXTURES / name).read_bytes(), name, **more)
    assert isinstance(result, Statement), result
    assert result.anomalies.is_empty(), result.anomalies["message"].to_list()
    return result


def test_fortuneo_takes_account_and_window_from_the_file_name():
    said = read(FORTUNEO)
    assert said.accounts["external_id"].to_list() == ["000000000042"]
    assert said.window == (date(2025, 1, 1), date(2025, 6, 30))
    assert (said.completeness, said.mapped, said.ignored) == ("full_window", 5, 2)


def test_fortuneo_without_its_file_name_covers_no_window():
    result = read_csv((FIXTURES / FORTUNEO).read_bytes(), "bourse.csv")
    assert isinstance(result, Statement)
    assert (result.completeness, result.window) == ("delta", None)


def test_fortuneo_noise_rows_are_ignored_and_quantities_add_up():
    moved: dict[str, Decimal] = {}
    said = read(FORTUNEO)
    for label, quantity in said.movements.select("label", "quantity").rows():
        moved[label] = moved.get(label, Decimal(0)) + (quantity or 0)
    assert moved == {"ALPHA NORD": 40, "BETA SUD": 6, "GAMMA EST": 3}
    assert said.movements["net"].sum() == Decimal("-1561.89")
    assert said.movements["fees"].sum() == Decimal("17.89")
    assert said.movements.select("kind", "gross").rows() == [
        ("buy", -1020), ("buy", -1012), ("sell", 440), ("dividend", 48), ("corporate_action", 0),
    ]  # fmt: skip
    assert set(said.movements["code_type"]) == {"label"}


def test_boursobank_takes_its_day_from_the_file_name():
    said = read("export-positions-instantanees-23-09-2025_17-50-30.csv")
    assert said.situations.select("external_id", "as_of").rows() == [("", date(2025, 9, 23))]
    assert said.lines.select("code", "quantity", "unit_cost", "price", "value").rows() == [
        ("FR0010135103", 40, Decimal("25.55"), Decimal("27.3"), 1092),
        ("FR0000120271", 1200, Decimal("101.69"), Decimal("98.15"), 117780),
    ]
    assert said.completeness == "full_snapshot"


def test_boursobank_accounting_positions_need_their_day():
    name = "export-positions-comptables.csv"
    result = read_csv((FIXTURES / name).read_bytes(), name)
    assert isinstance(result, Refusal)
    assert "date de situation" in result.message
    said = read(name, given={"as_of": date(2025, 9, 23), "account": "PEA 7"})
    assert said.situations.select("external_id", "as_of").rows() == [("PEA 7", date(2025, 9, 23))]


def test_a_french_insurer_file_is_read_without_being_told():
    said = read("assureur_positions.csv")
    assert said.mapping_code == "french_positions"
    assert said.accounts.select("external_id", "holder").rows() == [
        ("AV 0012345", "LEROY Paul"),
        ("CAPI-77", "SCI DES LILAS"),
    ]
    assert said.lines.select(
        "external_id", "code", "kind", "quantity", "price", "value"
    ).rows() == [
        (
            "AV 0012345",
            "FR0010135103",
            None,
            Decimal("12.3456"),
            Decimal("151.2"),
            Decimal("1866.65"),
        ),
        ("AV 0012345", "Fonds Euros Avenir", "fonds_euros", None, None, Decimal("10500.42")),
        ("AV 0012345", "LU0119124781", None, 5, 1250, 6250),
        ("CAPI-77", "FR0000120271", None, 100, Decimal("55.1"), 5510),
    ]
    assert said.lines["price_on"][0] == date(2025, 12, 30)


def test_an_insurer_movement_takes_its_sign_from_its_nature():
    said = read("assureur_mouvements.csv")
    assert said.mapping_code == "french_movements"
    assert said.movements.select("kind", "quantity", "net").rows() == [
        ("deposit", None, 1000),
        ("buy", Decimal("6.4167"), -970),
        ("switch_out", -2, 300),
        ("switch_in", Decimal("0.24"), -300),
        ("fee", Decimal("-0.011"), Decimal("-1.67")),
        ("withdrawal", None, -200),
        ("social_levy", None, Decimal("-3.44")),
    ]


def test_a_named_partner_is_preferred_to_a_generic_mapping():
    data = (FIXTURES / FORTUNEO).read_bytes()
    assert detect(data, FORTUNEO, shipped())[0].spec.code == "fortuneo"
