"""Each figure leads back to the cells of the partner's file, for those who may see it."""

import pytest

from o2s_core import aggregation, portfolio
from o2s_core.contacts import scope
from o2s_core.kernel.errors import NotFoundError
from tests import kit
from tests.kit import documents as doc


@pytest.fixture
def line(firm):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001", adviser=firm.user_ids["alice"])
    data = doc.document(doc.holding("A1", [doc.line(price="100.0")]))
    aggregation.receive(firm.operator, data, "octobre.json", contact="C00001")
    ctx = firm.fresh(firm.alice)
    return portfolio.holdings(ctx, scope(ctx, "contact", "C00001"), ctx.today).lines.row(
        0, named=True
    )


def test_a_line_leads_to_its_row_word_for_word(firm, line):
    found = aggregation.origin(firm.alice, line["delivery_id"], line["locator"])
    assert (found.file_name, found.locator) == ("octobre.json", "/accounts/0/situations/0/lines/0")
    assert (found.cells["quantity"], found.cells["price"]) == ("10", "100.0")
    assert found.mapping == "lecteur native"


def test_a_row_of_a_csv_leads_to_the_mapping_that_read_it(firm, samples):
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001", adviser=firm.user_ids["alice"])
    path = samples / "csv_broker" / "swissquote-export.csv"
    report = aggregation.receive(firm.operator, path, contact="C00001")
    found = aggregation.origin(firm.alice, report.delivery_id, "ligne 2")
    assert found.mapping == "swissquote, du produit"
    assert found.cells


def test_the_origin_of_others_does_not_exist(firm, line):
    for delivery_id in (line["delivery_id"], 99999):
        with pytest.raises(NotFoundError):
            aggregation.origin(firm.bruno, delivery_id, line["locator"])


def test_the_rows_of_a_file_are_shown_only_to_who_sees_all_of_it(firm, line):
    assert aggregation.raw_rows(firm.operator, line["delivery_id"]).height == 3
    assert aggregation.raw_rows(firm.alice, line["delivery_id"]).height == 3
    with pytest.raises(NotFoundError):
        aggregation.raw_rows(firm.bruno, line["delivery_id"])
