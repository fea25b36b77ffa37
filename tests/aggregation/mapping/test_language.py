"""A mapping is checked before it is kept; every problem names its key, in French."""

from pathlib import Path

import pytest

from o2s_core.aggregation.mapping import MappingSpec, load, shipped
from tests.aggregation.mapping.builders import MOVEMENTS, POSITIONS


def problems(text: str) -> list[str]:
    found = load(text)
    assert isinstance(found, list), found
    return [str(problem) for problem in found]


def test_every_mapping_of_the_product_is_valid():
    assert {s.code for s in shipped()} >= {"degiro", "fortuneo", "boursobank_positions", "saxo"}
    assert all(s.label for s in shipped())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version: 1", "version: 2", "version : valeur attendue : 1"),
        ("feed: assureur_test", "feed: Assureur Test", "feed : écriture refusée"),
        ("feed: assureur_test", "flux: assureur_test", "flux : clé inconnue"),
        ("content: [positions, accounts]", "content: [situations]", "content.0 : valeur attendue"),
        ("content: [positions, accounts]", "content: []", "content : indiquez positions"),
        ("  as_of: {column: Date, date: \"%d/%m/%Y\"}", "", "fields.as_of : champ obligatoire"),
        ("  as_of: {column: Date, date: \"%d/%m/%Y\"}", "  as_of: {column: Date}", "fields.as_of.date : indiquez le format"),
        ("  label: {column: Libellé}", "  libelle: {column: Libellé}", "fields.libelle : champ inconnu"),
        ("  label: {column: Libellé}", "  label: {column: Libellé, constant: x}", "fields.label : une seule source"),
        ("  label: {column: Libellé}", "  label: {required: true}", "fields.label : source absente"),
        ("  label: {column: Libellé}", "  label: {column: Libellé, regex: '(?<=a)b'}", "expression régulière refusée"),
        ("  label: {column: Libellé}", "  label: {file: nom}", "fields.label.file : le groupe « nom » manque"),
        ("number: {decimal: \",\"}}\n  value", "number: {decimal: \";\"}}\n  value", "fields.price.number.decimal"),
        ("  label: {column: Libellé}", "  label: {column: Libellé, number: {}}", "n'est pas un nombre"),
        ("  price: {column: Cours", "  price: {expression: 'value / volume'}\n  _p: {column: Cours", "champ inconnu « volume »"),
        ("  price: {column: Cours", "  price: {expression: 'value +'}\n  _p: {column: Cours", "calcul incomplet"),
        ("  price: {column: Cours", "  price: {expression: '_a'}\n  _a: {expression: price}\n  _p: {column: Cours", "tournent en rond"),
        ("max_before: 30", "max_before: 3000", "reading.header.max_before : au plus 200"),
        ("max_before: 30", "max_before: trente", "un nombre entier"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(old, new, says):
    assert old in POSITIONS
    assert any(says in p for p in problems(POSITIONS.replace(old, new))), problems(
        POSITIONS.replace(old, new)
    )


def test_a_kind_that_does_not_exist_is_named():
    text = MOVEMENTS.replace('["^vente", sell]', '["^vente", vente]')
    assert problems(text) == ["fields.kind : « vente » n'est pas une valeur de la liste"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "YAML lisible (ligne"),
        ("- 1", "ensemble de clés"),
        ("a: &x [1]\nb: *x", "YAML"),
        ("x" * 300_000, "trop longue"),
        ("!!python/object/apply:os.system ['true']", "YAML"),
        ("[" * 3000, "YAML"),
    ],
)
def test_a_text_that_is_not_a_mapping_is_refused(text, says):
    assert says in problems(text)[0]


def test_words_that_yaml_takes_for_booleans_stay_words():
    found = load(POSITIONS.replace("default: EUR", "default: NO"))
    assert isinstance(found, MappingSpec)
    assert found.fields["currency"].default == "NO"


def test_all_problems_are_listed_at_once():
    text = POSITIONS.replace("version: 1", "version: 9").replace("feed: assureur_test", "feed: 1")
    assert len(problems(text)) == 2


def test_the_example_of_the_documentation_is_valid():
    page = (Path(__file__).parents[3] / "docs" / "formats" / "mappings.md").read_text("utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert isinstance(load(example), MappingSpec), load(example)
