"""A mapping is saved in versions; a file is tried under it before, and nothing is stored."""

import pytest
from sqlmodel import select

from o2s_core import aggregation, store
from o2s_core.aggregation.mapping import shipped_texts
from o2s_core.aggregation.models import Delivery, Mapping
from o2s_core.kernel.errors import (
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    StaleEditError,
)
from tests.aggregation.mapping.builders import MOVEMENTS, POSITIONS, file, line


def test_the_product_brings_mappings_and_the_firm_adds_its_own(firm):
    assert "degiro" in aggregation.mappings(firm.operator)["code"].to_list()
    made = aggregation.save_mapping(firm.operator, "assureur_test", POSITIONS, "premier essai")
    assert (made.code, made.revision) == ("assureur_test", 1)
    listed = aggregation.mappings(firm.operator).rows_by_key("code", named=True)
    (row,) = listed["assureur_test"]
    assert (row["label"], row["content"], row["revision"], row["note"]) == (
        "Assureur d'essai", "positions,accounts", 1, "premier essai",
    )  # fmt: skip


def test_saving_again_makes_the_next_version_and_keeps_the_former(firm):
    aggregation.save_mapping(firm.operator, "assureur_test", POSITIONS)
    changed = POSITIONS.replace("Assureur d'essai", "Assureur bis")
    made = aggregation.save_mapping(firm.operator, "assureur_test", changed, expected_revision=1)
    assert made.revision == 2
    card = aggregation.mapping_card(firm.operator, "assureur_test")
    assert (card.revision, card.label, card.versions["revision"].to_list()) == (
        2,
        "Assureur bis",
        [2, 1],
    )
    assert aggregation.mapping_card(firm.operator, "assureur_test", revision=1).text == POSITIONS


def test_a_mapping_of_the_product_is_version_zero_and_can_be_replaced(firm):
    text = shipped_texts()["saxo"].replace("Saxo, opérations", "Saxo du cabinet")
    made = aggregation.save_mapping(firm.operator, "saxo", text, expected_revision=0)
    assert made.revision == 1
    card = aggregation.mapping_card(firm.operator, "saxo")
    assert (card.label, card.versions["revision"].to_list()) == ("Saxo du cabinet", [1, 0])


def test_a_stale_edit_is_refused_and_writes_nothing(firm):
    aggregation.save_mapping(firm.operator, "assureur_test", POSITIONS)
    changed = POSITIONS.replace("Assureur d'essai", "Assureur bis")
    with pytest.raises(StaleEditError):
        aggregation.save_mapping(firm.operator, "assureur_test", changed, expected_revision=None)
    assert aggregation.mapping_card(firm.operator, "assureur_test").revision == 1


def test_a_button_pressed_twice_saves_once(firm):
    for _ in range(2):
        made = aggregation.save_mapping(firm.operator, "assureur_test", POSITIONS, key="k1")
        assert made.revision == 1


@pytest.mark.parametrize(
    ("code", "text", "says"),
    [
        ("assureur_test", POSITIONS.replace("version: 1", "version: 7"), "version"),
        ("assureur_test", "a: [", "YAML"),
        ("autre", POSITIONS, "gardez le même code"),
    ],
)
def test_what_is_not_a_mapping_of_this_code_is_refused(firm, code, text, says):
    with pytest.raises(InvalidInputError, match=says):
        aggregation.save_mapping(firm.operator, code, text)
    with store.reading(firm.operator) as session:
        assert session.exec(select(Mapping)).all() == []


def test_saving_without_a_change_says_so(firm):
    aggregation.save_mapping(firm.operator, "assureur_test", POSITIONS)
    with pytest.raises(InvalidInputError, match="Rien n'a changé"):
        aggregation.save_mapping(firm.operator, "assureur_test", POSITIONS, expected_revision=1)


def test_only_those_who_may_save_a_mapping(firm):
    from dataclasses import replace

    weak = replace(firm.operator, permissions=frozenset())
    for call in (
        lambda: aggregation.save_mapping(weak, "assureur_test", POSITIONS),
        lambda: aggregation.mappings(weak),
        lambda: aggregation.mapping_card(weak, "saxo"),
        lambda: aggregation.try_mapping(weak, b"", "x.csv", POSITIONS),
        lambda: aggregation.recognise(weak, b"", "x.csv"),
    ):
        with pytest.raises(PermissionDeniedError):
            call()


def test_an_unknown_mapping_or_version_is_not_found(firm):
    with pytest.raises(NotFoundError):
        aggregation.mapping_card(firm.operator, "inconnue")
    with pytest.raises(NotFoundError):
        aggregation.mapping_card(firm.operator, "saxo", revision=4)


def test_a_file_is_tried_apart_and_nothing_is_stored(firm):
    rows = [line(), line("A2", value="douze"), line("A3"), line("A4")]
    trial = aggregation.try_mapping(firm.operator, file(*rows), "positions.csv", POSITIONS)
    assert trial.preview is not None
    assert (trial.preview.mapped, trial.preview.errors) == (3, 1)
    assert trial.preview.anomalies["raw"].to_list() == ["douze"]
    assert trial.preview.first_rows["account"].to_list() == ["A1", "A2", "A3", "A4"]
    with store.reading(firm.operator) as session:
        assert session.exec(select(Delivery)).all() == []


def test_a_trial_tells_the_wordings_of_operations(firm):
    header = "Compte;Date;Type;Libellé;ISIN;Quantité;Montant"
    rows = [
        "C1;02/01/2025;Achat;F;;1;10",
        "C1;03/01/2025;Achat;F;;1;10",
        "C1;03/01/2025;Autre;F;;;5",
    ]
    trial = aggregation.try_mapping(firm.operator, file(*rows, header=header), "m.csv", MOVEMENTS)
    assert trial.wordings.rows() == [("Achat", 2), ("Autre", 1)]


def test_a_trial_of_a_wrong_mapping_or_of_a_wrong_file_says_why(firm):
    wrong = aggregation.try_mapping(firm.operator, file(line()), "x.csv", "version: 1")
    assert "feed" in {p.key for p in wrong.problems}
    empty = aggregation.try_mapping(firm.operator, b"", "x.csv", POSITIONS)
    assert empty.preview is not None
    assert empty.preview.refusal is not None
    assert empty.preview.refusal.code == "F01"


def test_an_unknown_file_is_recognised_or_drafted(firm):
    aggregation.save_mapping(firm.operator, "assureur_test", POSITIONS)
    found = aggregation.recognise(firm.operator, file(line()), "positions.csv")
    assert "assureur_test" in [code for code, _, _ in found.fitting], "the firm's own are known"
    assert found.columns[0] == "Contrat"
    assert found.document["content"] == "positions"
    assert aggregation.recognise(firm.operator, b"%PDF-1.7", "x.csv").refusal is not None


def test_a_day_in_the_file_name_is_drafted(firm):
    data = file(
        line(),
        header="Contrat;Souscripteur;ISIN;Libellé;Nature;Quantité;Cours;Valorisation;Devise;Divers",
    )
    found = aggregation.recognise(firm.operator, data, "export 2025-12-31 definitif.csv")
    assert found.document["fields"]["as_of"] == {"file": "as_of", "date": "%Y-%m-%d"}
