"""`o2s statement`: the same file as the page."""

from datetime import date
from functools import partial

import pypdfium2
import pytest

from o2s_core import contacts, reporting
from o2s_core.cli import statement_bench
from tests import kit


@pytest.fixture
def run(terminal):
    return partial(terminal, "statement")


@pytest.fixture
def anne(firm):
    ctx = firm.alice
    anne, fund = kit.person(ctx, file_code="ANNE"), kit.instrument(ctx)
    account = kit.account(ctx, kit.provider(ctx), [anne])
    kit.situation(ctx, account, date(2026, 5, 31), [
        {"instrument_id": fund, "quantity": "10", "price": "100"},
    ])  # fmt: skip


def test_both_formats_are_those_of_the_core(firm, run, anne, tmp_path):
    said = reporting.statement(firm.operator, contacts.scope(firm.operator, "contact", "ANNE"))
    for form, made in (("pdf", reporting.pdf_of(said)), ("xlsx", reporting.xlsx_of(said))):
        out = tmp_path / f"a.{form}"
        done = run("--contact", "ANNE", "--format", form, "--out", str(out))
        assert done.exit_code == 0, done.output
        assert out.read_bytes() == made


def test_a_day_is_asked(run, anne, tmp_path):
    out = tmp_path / "a.pdf"
    run("--contact", "ANNE", "--out", str(out), "--on", "2026-06-30")
    assert (
        "30/06/2026" in pypdfium2.PdfDocument(out.read_bytes())[1].get_textpage().get_text_bounded()
    )


def test_somebody_elses_client_gives_no_file(run, anne, tmp_path):
    out = tmp_path / "a.pdf"
    assert run("--contact", "ANNE", "--out", str(out), "--as", "bruno").exit_code != 0
    assert not out.exists()


def test_the_bench_counts_each_part(firm, anne, monkeypatch):
    monkeypatch.setattr(statement_bench, "MADE", 2)
    row = statement_bench.measure_statements(firm.operator, ["ANNE"])
    assert (row["name"], row["size"]) == ("statement", 2)
    assert min(row[name] for name in ("pdf_ms", "figures_ms", "xlsx_ms", "peak_mb")) > 0
