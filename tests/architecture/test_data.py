"""Rules about what is stored."""

import importlib
from pathlib import Path

from sqlalchemy import DateTime, String
from sqlmodel import SQLModel

from o2s_core.store.columns import Instant, Scaled

ROOT = Path(__file__).parents[2]
for models in (ROOT / "o2s_core").glob("*/models.py"):
    importlib.import_module(f"o2s_core.{models.parent.name}.models")


def columns():
    for table in SQLModel.metadata.tables.values():
        yield from table.columns


def test_every_text_column_says_whether_it_holds_personal_data():
    """The register of processing, export and erasure are made of these marks."""
    silent = [str(c) for c in columns() if isinstance(c.type, String) and "personal" not in c.info]
    assert not silent


def test_no_amount_is_a_float():
    """A float loses cents; an amount is a scaled integer."""
    loose = [str(c) for c in columns() if c.type.__class__.__name__ in {"Float", "Numeric", "REAL"}]
    assert not loose


def test_instants_are_aware():
    naive = [
        str(c)
        for c in columns()
        if isinstance(c.type, DateTime) and not isinstance(c.type, Instant)
    ]
    assert not naive


def test_every_record_belongs_to_a_firm():
    """One firm never reads another's rows: every table that is about clients carries `firm_id`."""
    exempt = {"login_failure", "sign_in_counter"}
    loose = [
        t.name
        for t in SQLModel.metadata.tables.values()
        if "firm_id" not in t.columns and t.name not in exempt
    ]
    assert not loose


def test_scaled_amounts_have_one_of_two_scales():
    assert {c.type.scale for c in columns() if isinstance(c.type, Scaled)} <= {2, 8}
