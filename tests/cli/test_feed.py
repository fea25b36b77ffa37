"""`o2s feed`: one JSON document on the output, French on the side, an exit code that tells."""

import json
from functools import partial

import pytest
from typer.testing import CliRunner

from o2s_core import aggregation
from tests import kit
from tests.kit import documents as doc

run = CliRunner()


@pytest.fixture
def o2s(firm, terminal):
    """The command `o2s feed`, on the firm under test."""
    kit.person(firm.operator, "Martin", "Anne", file_code="C00001")
    return partial(terminal, "feed", catch_exceptions=False)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "octobre.json"
    path.write_bytes(doc.document(doc.holding("A1", [doc.line(), doc.cash()])))
    return path


def test_list_prints_the_code_the_format_and_the_partner_of_each_feed(o2s):
    rows = json.loads(o2s("list", "--json").stdout)
    assert {"code", "format", "partner"} <= set(rows[0])
    assert {"ibkr_flex", "native", "trade_republic", "degiro"} <= {row["code"] for row in rows}


def test_receive_prints_one_document_with_what_became_of_each_account(o2s, file):
    done = o2s("receive", file, "--contact", "C00001", "--json")
    assert done.exit_code == 0
    (told,) = json.loads(done.stdout)["deliveries"]
    assert (told["file"], told["feed"], told["state"]) == ("octobre.json", "native", "committed")
    (account,) = told["accounts"]
    assert (account["external_id"], account["state"]) == ("A1", "committed")
    assert isinstance(account["account_id"], int)
    assert told["counts"] == {
        "rows": 4, "mapped": 4, "ignored": 0, "errors": 0, "situations_new": 1,
        "situations_unchanged": 0, "movements_new": 0, "movements_duplicate": 0,
        "instruments_created": 1,
    }  # fmt: skip
    assert told["anomalies"] == []
    assert "Validée" in done.stderr


def test_the_exit_code_tells_done_in_part_or_refused(o2s, file, tmp_path):
    refused = tmp_path / "releve.pdf"
    refused.write_bytes(b"%PDF-1.7")
    assert o2s("receive", file, "--json").exit_code == 1, "an account waits"
    assert o2s("receive", file, "--contact", "C00001", "--json").exit_code == 0
    assert o2s("receive", file, "--json").exit_code == 0, "a duplicate is done"
    assert o2s("receive", refused, "--json").exit_code == 2
    assert o2s("receive", file, refused, "--json").exit_code == 1
    assert o2s("receive", tmp_path / "absent.csv", "--json").exit_code == 2


def test_an_anomaly_says_where_and_what_to_do(o2s, tmp_path):
    path = tmp_path / "faux.json"
    path.write_bytes(doc.document(doc.holding("A1", total="1500")))
    (told,) = json.loads(o2s("receive", path, "--contact", "C00001", "--json").stdout)["deliveries"]
    (anomaly,) = told["anomalies"]
    assert set(anomaly) == {"code", "severity", "locator", "field", "raw", "message"}
    assert (anomaly["code"], anomaly["locator"]) == ("V02", "/accounts/0/situations/0")


def test_a_dry_run_prints_the_same_and_keeps_nothing(firm, o2s, file):
    (told,) = json.loads(o2s("receive", file, "--contact", "C00001", "--dry-run", "--json").stdout)[
        "deliveries"
    ]
    assert (told["state"], told["counts"]["situations_new"]) == ("committed", 1)
    assert aggregation.deliveries(firm.operator).is_empty()


def test_a_user_named_by_as_receives_in_his_own_perimeter(firm, o2s, file):
    from o2s_core.kernel.errors import NotFoundError

    with pytest.raises(NotFoundError):
        o2s("receive", file, "--contact", "C00001", "--as", "bruno")


def test_replay_prints_a_hash_that_a_second_replay_finds_again(o2s, file):
    o2s("receive", file, "--contact", "C00001")
    told = json.loads(o2s("replay", "--dry-run", "--json").stdout)
    assert told["identical"]
    assert told["deliveries"] == 1
    assert (told["changes"], told["refused"]) == ([], [])
    done = o2s("replay")
    assert done.exit_code == 0
    assert done.stdout.strip() == told["hash"]
    assert "exactement ce qui était enregistré" in done.stderr
    assert "Correspondance" in str(
        run.invoke(_app(), ["replay", "--mapping", "ancienne"]).exception
    )


def _app():
    from o2s_core.cli import feed

    return feed.app
