"""What leaves in the product's format comes back the same: export = import."""

import json
from dataclasses import replace
from datetime import date

import pytest

from o2s_core import aggregation
from o2s_core.contacts import scope
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from tests import kit
from tests.kit import documents as doc
from tests.kit.facts import facts


@pytest.fixture
def anne(firm):
    anne = kit.person(
        firm.operator, "Martin", "Anne", file_code="C00001", birth_date=date(1970, 5, 1),
        adviser=firm.user_ids["alice"],
    )  # fmt: skip
    account = doc.holding(
        "A1",
        [
            doc.line(price_on="2026-10-30", unit_cost="80.5"),
            {"code": "FE1", "label": "Actif général", "kind": "fonds_euros", "value": "500.25"},
            doc.cash("12.34"),
        ],
        movements=[
            doc.moved(reference="T1"),
            doc.moved("buy", "-100", quantity="1", price="99", fees="1", isin=doc.ACME),
            doc.moved(),
            doc.moved(),
        ],
        opened_on="2015-01-01",
    )
    data = doc.document(account, stable_references=True)
    aggregation.receive(firm.operator, data, contact="C00001")
    return anne


def exported(ctx):
    return aggregation.export_accounts(ctx, scope(ctx, "contact", "C00001"))


def test_received_again_an_export_changes_nothing(firm, anne):
    before = facts(firm.operator)
    report = aggregation.receive(firm.operator, exported(firm.operator), "export.json")
    assert [a.state for a in report.accounts] == ["unchanged"]
    assert (report.counts["movements_new"], report.counts["movements_duplicate"]) == (0, 4)
    assert facts(firm.operator) == before


def test_received_by_another_client_an_export_gives_the_same_figures(firm, anne):
    kit.person(firm.operator, "Durand", "Luc", file_code="C00002")
    moved = json.loads(exported(firm.operator))
    moved["accounts"][0]["number"] = "B1"
    report = aggregation.receive(firm.operator, json.dumps(moved).encode(), contact="C00002")
    assert [a.state for a in report.accounts] == ["committed"]
    held, posted = facts(firm.operator)
    assert held[0][1:] == held[1][1:]
    half = len(posted) // 2
    assert [m[1:] for m in posted[:half]] == [m[1:] for m in posted[half:]]


def test_an_export_names_partners_and_holders_and_writes_numbers_as_text(firm, anne):
    (account,) = json.loads(exported(firm.operator))["accounts"]
    assert account["partner"] == {"code": "assureur", "name": "Assureur d'essai"}
    assert account["holders"][0]["last_name"] == "Martin"
    assert account["holders"][0]["birth_date"] == "1970-05-01"
    line = account["situations"][0]["lines"][0]
    assert (line["quantity"], line["unit_cost"]) == ("10", "80.5")


def test_exporting_asks_for_the_right(firm, anne):
    poor = replace(firm.alice, permissions=firm.alice.permissions - {Permission.PORTFOLIO_EXPORT})
    with pytest.raises(PermissionDeniedError):
        exported(poor)
