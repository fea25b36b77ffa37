"""Firm-wide questions are asked inside the perimeter, over what is published and what is not yet."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import store
from o2s_core.kernel.errors import DataError
from o2s_core.store import datasets, reads

LINES = pl.Schema(
    {"adviser_id": pl.Int64(), "on": pl.Date(), "value": store.EXACT_FRAME, "label": pl.String()}
)
TOTAL = pl.Schema({"lines": pl.Int64(), "value": store.EXACT_FRAME})
SQL = """
select count(*) as lines, sum(value)::decimal(38, 8) as value from test_lines
where ($everyone or list_contains($adviser_ids, adviser_id)) and "on" <= $today
"""


@pytest.fixture
def ask(monkeypatch, firm):
    monkeypatch.setattr(datasets, "_declared", {})
    monkeypatch.setattr(reads, "DATASETS", datasets._declared)
    store.declare(store.Dataset("test_lines", LINES))
    texts = {"test/lines": SQL}
    monkeypatch.setattr(reads, "statement", texts.__getitem__)

    def asked(ctx, text=SQL, schema=TOTAL, **more):
        texts["test/lines"] = text
        return store.query(ctx, "test/lines", schema, **more)

    return asked


def lines(firm, *rows):
    return pl.DataFrame(
        [(firm.user_ids[who], date(2026, 1, 1), Decimal(value), "à l'été") for who, value in rows],
        schema=LINES,
        orient="row",
    )


def test_each_sees_the_lines_of_their_own_clients(firm, ask):
    store.publish(firm.operator, "test_lines", "1", lines(firm, ("alice", "1.5"), ("bruno", "2")))
    store.publish(firm.operator, "test_lines", "2", lines(firm, ("alice", "3")))
    assert ask(firm.alice).row(0) == (2, Decimal("4.5"))
    assert ask(firm.bruno).row(0) == (1, Decimal(2))
    assert ask(firm.operator).row(0) == (3, Decimal("6.5"))


def test_nobody_in_the_perimeter_sees_nothing(firm, ask):
    store.publish(firm.operator, "test_lines", "1", lines(firm, ("alice", "1")))
    assert ask(firm.adviser("admin")).row(0)[0] == 0


def test_an_empty_table_has_its_columns(firm, ask):
    everything = "select * from test_lines where $everyone or list_contains($adviser_ids, 1)"
    assert ask(firm.alice, everything, LINES).schema == LINES


def test_rows_not_published_yet_are_read_with_the_others(firm, ask):
    store.publish(firm.operator, "test_lines", "1", lines(firm, ("alice", "1")))
    both = SQL.replace(
        "from test_lines", "from (from test_lines union all by name from pending) as every_line"
    )
    pending = lines(firm, ("alice", "10"))
    assert ask(firm.alice, both, frames={"pending": pending}).row(0) == (2, Decimal(11))


def test_a_value_is_bound_never_pasted(firm, ask):
    store.publish(firm.operator, "test_lines", "1", lines(firm, ("alice", "1")))
    by_label = SQL + " and label = $label"
    assert ask(firm.alice, by_label, label="à l'été").row(0)[0] == 1
    assert ask(firm.alice, by_label, label="' or 1=1 --").row(0)[0] == 0


def test_files_of_another_version_are_not_read(firm, ask):
    store.publish(firm.operator, "test_lines", "1", pl.DataFrame({"adviser_id": [1]}))
    with pytest.raises(DataError, match="se reconstruisent"):
        ask(firm.alice)


def test_a_variable_of_the_program_is_not_a_table(firm, ask):
    secret = pl.DataFrame({"x": [1]})  # noqa: F841
    with pytest.raises(Exception, match="secret"):
        ask(firm.alice, "select x from secret where $everyone or list_contains($adviser_ids, 1)")


def test_a_query_that_forgets_the_perimeter_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reads, "files", lambda package: tmp_path)
    (tmp_path / "test" / "sql").mkdir(parents=True)
    (tmp_path / "test" / "sql" / "leak.sql").write_text("select * from lines where $everyone")
    with pytest.raises(ValueError, match="forgets the perimeter"):
        reads.statement("test/leak")
