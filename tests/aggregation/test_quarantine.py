"""An account that was stopped is accepted with a reason, left out, or read again."""

from dataclasses import replace
from decimal import Decimal

import pytest

from o2s_core import aggregation, portfolio
from o2s_core.aggregation.mapping_versions import save_mapping
from o2s_core.contacts import scope
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.kit import documents as doc


@pytest.fixture
def stopped(firm):
    """A delivery whose one account announces a total that its lines do not reach."""
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001", adviser=firm.user_ids["alice"])
    data = doc.document(doc.holding("A1", total="1500"))
    return aggregation.receive(firm.operator, data, "f.json", contact="C00001")


def account_row(firm, report, ctx=None):
    card = aggregation.delivery(ctx or firm.operator, report.delivery_id)
    return card.accounts.row(0, named=True)


def total(firm):
    ctx = firm.fresh(firm.operator)
    return portfolio.holdings(ctx, scope(ctx, "contact", "C00001"), ctx.today).total_eur


def test_accepting_with_a_reason_commits_and_remembers_who_and_why(firm, stopped):
    row = account_row(firm, stopped)
    report = aggregation.accept(firm.operator, row["id"], "confirmé par l'assureur")
    assert report.state == "committed"
    assert total(firm) == Decimal("1000.00")
    (anomaly,) = aggregation.anomalies(firm.operator, delivery_id=report.delivery_id).to_dicts()
    assert anomaly["decision"] == "confirmé par l'assureur"
    assert anomaly["decided_at"] is not None


def test_a_reason_is_asked(firm, stopped):
    row = account_row(firm, stopped)
    with pytest.raises(InvalidInputError, match="Motif"):
        aggregation.accept(firm.operator, row["id"], "  ")


def test_rejecting_leaves_the_account_out_this_time(firm, stopped):
    report = aggregation.reject(firm.operator, account_row(firm, stopped)["id"], "relevé incomplet")
    assert (report.state, report.accounts[0].state) == ("committed", "ignored")
    assert total(firm) == 0
    better = doc.document(doc.holding("A1", total="1000"))
    assert aggregation.receive(firm.operator, better, contact="C00001").state == "committed"
    assert total(firm) == Decimal("1000.00")


def test_deciding_asks_for_the_right(firm, stopped):
    row = account_row(firm, stopped)
    poor = replace(firm.operator, permissions=firm.operator.permissions - {Permission.FEED_ACCEPT})
    for verb in (aggregation.accept, aggregation.reject):
        with pytest.raises(PermissionDeniedError):
            verb(poor, row["id"], "motif")


def test_the_quarantine_of_others_does_not_exist(firm, stopped):
    row = account_row(firm, stopped)
    with pytest.raises(NotFoundError):
        aggregation.accept(firm.bruno, row["id"], "motif")
    with pytest.raises(NotFoundError):
        aggregation.delivery(firm.bruno, stopped.delivery_id)
    assert aggregation.deliveries(firm.bruno).is_empty()
    assert aggregation.anomalies(firm.bruno).is_empty()


def test_a_decision_is_taken_once(firm, stopped):
    row = account_row(firm, stopped)
    aggregation.accept(firm.operator, row["id"], "motif")
    with pytest.raises(NotFoundError):
        aggregation.accept(firm.operator, row["id"], "motif")


FILE = (
    b"Dossier;Fonds;Intitule;Unites;Contrevaleur;Arrete\nA1;"
    + doc.ACME.encode()
    + b";Fonds;10;1000,00;31/10/2026\n"
)
MAPPING = """
version: 1
feed: assureur_maison
label: Assureur maison
provider: {code: maison, name: Assureur maison}
content: positions
reading:
  type: csv
  header: {required: [Dossier, Fonds, Unites, Contrevaleur, Arrete]}
fields:
  account: {column: Dossier, required: true}
  as_of: {column: Arrete, date: "%d/%m/%Y"}
  isin: {column: Fonds}
  label: {column: Intitule}
  quantity: {column: Unites, number: {decimal: ","}}
  value: {column: Contrevaleur, number: {decimal: ","}}
  currency: {constant: EUR}
"""


def test_a_file_that_no_mapping_knew_is_read_again_once_one_does(firm):
    refused = aggregation.receive(firm.operator, FILE, "positions.csv")
    assert (refused.state, refused.anomalies[0]["code"]) == ("rejected", "F02")
    save_mapping(firm.operator, "assureur_maison", MAPPING)
    report = aggregation.retry(firm.operator, refused.delivery_id)
    assert (report.delivery_id, report.feed) == (refused.delivery_id, "assureur_maison")
    assert [a.state for a in report.accounts] == ["to_attach"]
    card = aggregation.delivery(firm.operator, report.delivery_id)
    assert (card.mapping_code, card.mapping_revision) == ("assureur_maison", 1)
    assert card.anomalies.is_empty()


def test_what_is_committed_is_not_read_again(firm, stopped):
    report = aggregation.accept(firm.operator, account_row(firm, stopped)["id"], "motif")
    with pytest.raises(InvalidInputError, match="annulez"):
        aggregation.retry(firm.operator, report.delivery_id)
