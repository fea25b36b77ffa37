"""The table finds, orders and counts as the person asked."""

from decimal import Decimal

import polars as pl
import pytest

from o2s_core.ui.columns import Column
from o2s_core.ui.tables import Plan, counted, filtered, ordered, row_data, visible

PEOPLE = pl.DataFrame(
    {
        "id": [1, 2, 3],
        "name": ["Lefèvre Zoé", "Martin Anne", "Élie Paul"],
        "stage": ["client", "prospect", "client"],
        "value": [Decimal("10.00"), None, Decimal("5.00")],
    }
)
NAME = Column("name", "Nom")
STAGE = Column("stage", "Statut", labels={"client": "Client", "prospect": "Prospect"})
VALUE = Column("value", "Encours", "eur", total=True, hidden=True)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lefevre", [1]),
        ("ZOÉ lef", [1]),
        ("prospect", [2]),
        ("", [1, 2, 3]),
        ("   ", [1, 2, 3]),
        ("client paul", [3]),
        (".*", []),
        ("personne", []),
    ],
)
def test_the_filter_ignores_accents_and_case_and_reads_labels(typed, found):
    assert filtered(PEOPLE, (NAME, STAGE), typed)["id"].to_list() == found


def test_names_are_in_the_order_of_the_alphabet_accents_aside():
    assert ordered(PEOPLE, ("name", False))["id"].to_list() == [3, 1, 2]


@pytest.mark.parametrize("descending", [True, False])
def test_a_row_without_value_comes_last_in_either_order(descending):
    assert ordered(PEOPLE, ("value", descending))["id"].to_list()[-1] == 2


def test_an_unknown_column_leaves_the_order_alone():
    assert ordered(PEOPLE, ("mot de passe", True)).equals(PEOPLE)


def test_hidden_columns_show_once_chosen_and_a_table_never_has_none():
    columns = (NAME, STAGE, VALUE)
    assert [c.name for c in visible(columns, None)] == ["name", "stage"]
    assert [c.name for c in visible(columns, ("value",))] == ["value"]
    assert [c.name for c in visible(columns, ())] == ["name"]


def test_the_count_says_how_many_of_how_many():
    assert counted(8, 120, "contacts") == "8 sur 120\xa0contacts"
    assert counted(120, 120, "contacts") == "120\xa0contacts"
    assert counted(1, 1, "contacts") == "1\xa0contact"
    assert counted(0, 0, "flux") == "0\xa0flux"


def test_a_row_opens_the_address_of_its_own_page():
    plan = Plan((NAME,), "t", open="/compte?compte={id}")
    assert row_data({"id": 7, "name": "A"}, (NAME,), plan)["href"] == "/compte?compte=7"
