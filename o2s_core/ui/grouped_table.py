"""A table in groups, each with its subtotal on its own line: the lines of each contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import streamlit as st

from o2s_core.kernel.context import Context
from o2s_core.ui import boundary, tables
from o2s_core.ui.columns import Cell, Column, total_of
from o2s_core.ui.navigation import fill
from o2s_core.ui.tables import Answer, Plan


@dataclass(frozen=True, slots=True)
class Grouping:
    """How rows are grouped: by which column, called how, opening what.

    `label` and `note` are columns with the name of the group and what is said
    small beside it; `open` is the address of the group's own page, with names of
    its first row in braces. `totals` gives a figure of the last line that is not
    the sum of the rows (`{"gain_ratio": 0.12}`), `subtotals` the same by group.
    """

    by: str
    label: str = ""
    note: str = ""
    open: str = ""
    totals: Mapping[str, Any] = field(default_factory=dict)
    subtotals: Mapping[Any, Mapping[str, Any]] = field(default_factory=dict)


def grouped_table(
    ctx: Context,
    frame: pl.DataFrame,
    columns: Sequence[Column],
    grouping: Grouping,
    *,
    key: str,
    **options: Any,  # noqa: ANN401
) -> Answer:
    """Show the rows of a frame under the group they belong to, with subtotals and a total.

    Groups come in the order of the frame. Subtotals and total are the sums of
    the displayed cells of the columns marked `total`. The options are those of
    `ui.table`.
    """
    plan = Plan(columns, key, **options)
    if plan.select or plan.actions:
        return _draw(ctx, frame, plan, grouping)
    _alone(ctx, frame, plan, grouping)
    return Answer()


@st.fragment
def _alone(ctx: Context, frame: pl.DataFrame, plan: Plan, group: Grouping) -> None:
    with boundary.errors():
        _draw(ctx, frame, plan, group)


def _draw(ctx: Context, frame: pl.DataFrame, plan: Plan, group: Grouping) -> Answer:
    wish = tables.wished(plan.key, plan.page_size)
    kept = tables.filtered(frame, plan.columns, wish.filter)
    columns = tables.visible(plan.columns, wish.columns)
    parts = kept.partition_by(group.by, maintain_order=True) if kept.height else []
    rows: list[dict[str, Any]] = []
    for part in parts:
        rows.append(_heading(part, columns, group))
        within = tables.ordered(part, wish.sort).iter_rows(named=True)
        rows += [tables.row_data(row, columns, plan) | {"kind": "child"} for row in within]
    data = tables.frame_data(plan, columns, wish) | {
        "rows": rows,
        "known": [],
        "folding": True,
        "totals": _total(kept, columns, group),
        "count": tables.counted(kept.height, frame.height, plan.noun),
        "tools": plan.tools if plan.tools is not None else bool(plan.export or frame.height),
        "filter": wish.filter if frame.height > tables.TOOLS_FROM or wish.filter else None,
        "chooser": [
            {"name": c.name, "label": c.label, "shown": c in columns} for c in plan.columns
        ],
        "page": 1,
        "pages": 1,
    }
    return tables.mount(ctx, plan, data, kept)


def _heading(part: pl.DataFrame, columns: Sequence[Column], group: Grouping) -> dict[str, Any]:
    """Return the line of a group: its name, and the sums of its rows."""
    first = part.row(0, named=True)
    name: Cell = {
        "t": str(first[group.label or group.by]),
        "sub": str(first[group.note]) if group.note and first[group.note] else None,
        "href": fill(group.open, first) or None if group.open else None,
    }
    given = group.subtotals.get(first[group.by], {})
    sums = [_sum(column, part, given) for column in columns[1:]]
    return {"id": f"group-{first[group.by]}", "kind": "group", "cells": [name, *sums]}


def _total(frame: pl.DataFrame, columns: Sequence[Column], group: Grouping) -> list[Cell] | None:
    if frame.is_empty():
        return None
    return ["Total", *(_sum(column, frame, group.totals) for column in columns[1:])]


def _sum(column: Column, frame: pl.DataFrame, given: Mapping[str, Any]) -> Cell:
    if column.name in given:
        return column.cell({column.name: given[column.name]})
    return total_of(column, frame[column.name].to_list()) if column.total else None
