"""The one table of the application: filter, order, pages, totals, columns, audited export."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import boundary, components, table_export
from o2s_core.ui.columns import Column, total_of
from o2s_core.ui.navigation import fill, go

SIZES: Final = (20, 50, 100, 200)
#: Below this many rows the filter and the choice of columns would only be noise.
TOOLS_FROM: Final = 20
#: Where the files of the list last opened are kept, for « dossier suivant ».
NEIGHBOURS: Final = "o2s_neighbours"
#: Where the page keeps how many rows this person wants.
PAGE_SIZE: Final = "o2s_page_size"


@dataclass(frozen=True, slots=True)
class Action:
    """A button at the end of each row; `icon` is a Material symbol."""

    name: str
    label: str
    icon: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person did in a table: rows ticked, button of a row pressed."""

    selected: tuple[str, ...] = ()
    action: str = ""
    row: str = ""  #: identity of the row whose button was pressed


@dataclass(frozen=True, slots=True)
class Plan:
    """A table as a page asks for it."""

    columns: Sequence[Column]
    key: str
    id: str = "id"
    open: str = ""
    noun: str = "lignes"
    select: bool = False
    actions: Sequence[Action] = ()
    export: str = ""
    export_needs: Permission | None = None
    tools: bool | None = None
    page_size: int | None = None  #: None: as this person has set it
    empty: str = "Aucune ligne."
    height: int | None = None
    caption: str = ""


@dataclass(slots=True)
class Wish:
    """How the person wants to see it: kept by the component between two runs."""

    filter: str = ""
    sort: tuple[str, bool] | None = None  #: column, descending
    page: int = 1
    size: int = 50
    columns: tuple[str, ...] | None = None
    selected: tuple[str, ...] = field(default_factory=tuple)


def table(
    ctx: Context,
    frame: pl.DataFrame,
    columns: Sequence[Column],
    *,
    key: str,
    **options: Any,  # noqa: ANN401
) -> Answer:
    """Show a frame as the table of the application; return what the person did in it.

    Parameters
    ----------
    columns
        In the order of the screen; a column of the frame that is not listed is not shown.
    key
        Unique on the page; carry the identity of what is shown (`f"lines_{account_id}"`).
    options
        The fields of `Plan`: `id` (column that identifies a row), `open` (address
        opened by a double click, by Enter, or by the link of the first column),
        `noun` (what the count counts: « 8 sur 120 contacts »), `select=True` (boxes to
        tick), `actions` (buttons of a row), `export` (name of the file; with
        `export_needs`), `page_size`, `empty`, `height`, `caption`, `tools`.
    """
    plan = Plan(columns, key, **options)
    if plan.select or plan.actions:
        return _draw(ctx, frame, plan)
    _alone(ctx, frame, plan)
    return Answer()


@st.fragment
def _alone(ctx: Context, frame: pl.DataFrame, plan: Plan) -> None:
    """Draw a table that nothing else on the page depends on: sorting it redraws it alone."""
    with boundary.errors():
        _draw(ctx, frame, plan)


def _draw(ctx: Context, frame: pl.DataFrame, plan: Plan) -> Answer:
    wish = wished(plan.key, plan.page_size)
    kept = ordered(filtered(frame, plan.columns, wish.filter), wish.sort)
    pages = max(1, -(-kept.height // wish.size))
    page = min(max(1, wish.page), pages)
    shown = kept.slice((page - 1) * wish.size, wish.size)
    columns = visible(plan.columns, wish.columns)
    data = frame_data(plan, columns, wish) | {
        "rows": [row_data(row, columns, plan) for row in shown.iter_rows(named=True)],
        "known": _identities(kept, plan) if plan.select else [],
        "totals": _totals(kept, columns),
        "count": counted(kept.height, frame.height, plan.noun),
        "tools": _has_tools(plan, frame),
        "filter": wish.filter if frame.height > TOOLS_FROM or wish.filter else None,
        "chooser": _chooser(plan, columns, frame),
        "page": page,
        "pages": pages,
    }
    return mount(ctx, plan, data, kept)


def mount(ctx: Context, plan: Plan, data: dict[str, Any], kept: pl.DataFrame) -> Answer:
    """Put a table on the page, and do what was asked in it."""
    ticket = f"{plan.key}_download"
    data["download"] = st.session_state.get(ticket)
    listening = ("go", "action", "export", "sort", "filter", "page", "size", "columns", "selected")
    answer = components.table(
        data=data, key=plan.key, **{f"on_{name}_change": _nothing for name in listening}
    )
    if answer.go:
        if "file_code" in kept.columns:
            st.session_state[NEIGHBOURS] = kept["file_code"].to_list()
        go(answer.go)
    if answer.export and plan.export_needs:
        st.session_state[ticket] = table_export.ticket(ctx, plan, kept, answer.export)
        st.rerun(scope="fragment" if not (plan.select or plan.actions) else "app")
    action, row = answer.action or ("", "")
    return Answer(tuple(answer.selected or ()), action, row)


def wished(key: str, size: int | None) -> Wish:
    """Return how the person wants to see a table, as the component last said."""
    said = st.session_state.get(key) or {}
    sort = said.get("sort")
    chosen = said.get("columns")
    return Wish(
        filter=str(said.get("filter") or ""),
        sort=(str(sort[0]), bool(sort[1])) if sort else None,
        page=int(said.get("page") or 1),
        size=int(said.get("size") or size or st.session_state.get(PAGE_SIZE, 50)),
        columns=None if chosen is None else tuple(chosen),
        selected=tuple(said.get("selected") or ()),
    )


def filtered(frame: pl.DataFrame, columns: Sequence[Column], text: str) -> pl.DataFrame:
    """Return the rows that hold every word of `text`, accents and case aside."""
    words = text.split()
    names = [c for c in columns if frame.schema.get(c.name) == pl.String()]
    if not words or not names:
        return frame
    searched = pl.concat_str(
        [
            (pl.col(c.name).replace(dict(c.labels)) if c.labels else pl.col(c.name)).fill_null("")
            for c in names
        ],
        separator=" ",
    )
    plain = _plain(searched)
    return frame.filter(
        pl.all_horizontal(
            plain.str.contains(pl.select(_plain(pl.lit(w))).item(), literal=True) for w in words
        )
    )


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()


def ordered(frame: pl.DataFrame, sort: tuple[str, bool] | None) -> pl.DataFrame:
    """Return the rows in the order asked, those without value last."""
    if sort is None or sort[0] not in frame.columns:
        return frame
    name, descending = sort
    by = _plain(pl.col(name)) if frame.schema[name] == pl.String() else pl.col(name)
    return frame.sort(by, descending=descending, nulls_last=True, maintain_order=True)


def visible(columns: Sequence[Column], chosen: tuple[str, ...] | None) -> list[Column]:
    """Return the columns to show: those chosen, else those not hidden at first."""
    if chosen is None:
        return [c for c in columns if not c.hidden]
    return [c for c in columns if c.name in chosen] or [columns[0]]


def frame_data(plan: Plan, columns: Sequence[Column], wish: Wish) -> dict[str, Any]:
    """Return what does not depend on the rows: headings, order, sizes, buttons."""
    formats = [{"name": "xlsx", "label": "Excel (.xlsx)"}, {"name": "csv", "label": "CSV (.csv)"}]
    return {
        "columns": [
            {"name": c.name, "label": c.label, "kind": c.kind, "align": c.align}
            | {"help": c.help, "width": c.width, "wide": c.wide, "below": c.below}
            for c in columns
        ],
        "sort": list(wish.sort) if wish.sort else None,
        "sortable": True,
        "folding": False,
        "select": plan.select,
        "actions": [{"name": a.name, "label": a.label, "icon": a.icon} for a in plan.actions],
        "exports": formats if plan.export and plan.export_needs else [],
        "size": wish.size,
        "sizes": sorted({*SIZES, wish.size}),
        "empty": "Aucune ligne ne correspond au filtre." if wish.filter else plan.empty,
        "height": plan.height,
        "caption": plan.caption or plan.noun,
    }


def row_data(row: dict[str, Any], columns: Sequence[Column], plan: Plan) -> dict[str, Any]:
    """Return one row as the screen draws it; its first cell is the link to its own page."""
    href = (fill(plan.open, row) or None) if plan.open else None
    cells = [column.cell(row) for column in columns]
    if href and cells and not (isinstance(cells[0], dict) and "href" in cells[0]):
        first = cells[0] if isinstance(cells[0], dict) else {"t": cells[0] or "Ouvrir"}
        cells[0] = {**first, "href": href}
    return {"id": str(row.get(plan.id, "")), "href": href, "cells": cells}


def counted(shown: int, total: int, noun: str) -> str:
    """Say how many rows are shown, and of how many: « 8 sur 120 contacts », « 1 contact »."""
    whole = french.count(total, noun.removesuffix("s"), noun)
    return whole if shown == total else f"{french.number(shown, 0)} sur {whole}"


def _identities(frame: pl.DataFrame, plan: Plan) -> list[str]:
    return [str(value) for value in frame[plan.id]] if plan.id in frame.columns else []


def _totals(frame: pl.DataFrame, columns: Sequence[Column]) -> list[Any] | None:
    """Return the line of totals: sums over the rows kept, all pages together."""
    if frame.height < 2 or not any(c.total for c in columns):
        return None
    sums = [total_of(c, frame[c.name].to_list()) if c.total else None for c in columns]
    return [sums[0] or "Total", *sums[1:]] if any(sums) else None


def _has_tools(plan: Plan, frame: pl.DataFrame) -> bool:
    asked = plan.tools
    return bool(plan.export or frame.height > TOOLS_FROM) if asked is None else asked


def _chooser(plan: Plan, columns: Sequence[Column], frame: pl.DataFrame) -> list[dict[str, object]]:
    """Return the choice of columns, where there is one to make."""
    if frame.height <= TOOLS_FROM and not any(c.hidden for c in plan.columns):
        return []
    return [{"name": c.name, "label": c.label, "shown": c in columns} for c in plan.columns]


def _nothing() -> None:
    """Do nothing: a component reports a value only when somebody listens."""
