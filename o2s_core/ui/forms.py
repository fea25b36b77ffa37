"""A form from its declaration: colour, legend, every missing field named at once, nothing lost."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Final
from uuid import uuid4

import streamlit as st

from o2s_core.kernel.errors import InvalidInputError, StaleEditError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.ui import boundary, fields
from o2s_core.ui.figures import section as section_title
from o2s_core.ui.messages import flash
from o2s_core.ui.navigation import go
from o2s_core.ui.session import settings

LEGEND: Final = '<p class="o2s-legend">* Champs obligatoires, sur fond de couleur</p>'


def form(
    schema: FormSchema,
    *,
    key: str,
    defaults: Mapping[str, Any] | None = None,
    submit: str = "Enregistrer",
    columns: int = 2,
    version: int = 0,
    cancel: bool = False,
) -> dict[str, Any] | None:
    """Show a form; return its values once they are complete and right, None before.

    Parameters
    ----------
    key
        Carries the identity of what is edited (`f"contact_{card.id}"`), or what was
        typed for one would show for another.
    version
        Version of the record when the form is first shown; `opened_version(key)`
        gives it back at save time, whatever happened in between.
    cancel
        Add « Annuler », which closes the dialog around the form.

    Notes
    -----
    Numbers are `Decimal`; a `percent` field holds a ratio (0.125 for 12,5 %).
    An empty field is None.
    """
    known = defaults or {}
    turn = _turn(key, version)
    name = f"{key}_{turn}"
    with st.form(f"{name}_form", border=False, enter_to_submit=True):
        problems = st.container()
        values = _fields(schema, name, known, columns)
        if any(field.is_required(values) for field in schema.fields):
            st.html(LEGEND)
        sent = _buttons(submit, name, cancel=cancel)
    if not sent:
        return None
    found = schema.problems(values, settings().clock()[1])
    if found:
        problems.error(str(InvalidInputError(found)), icon=":material/edit_note:")
        return None
    return values


def _fields(
    schema: FormSchema, name: str, defaults: Mapping[str, Any], columns: int
) -> dict[str, Any]:
    so_far = fields.typed_so_far(schema.fields, name, defaults)
    values: dict[str, Any] = {}
    for section, group in groupby(schema.fields, key=lambda field: field.section):
        if section:
            section_title(section)
        for row in _rows(list(group), columns):
            wide = row[0].kind == "long_text"
            for place, field in zip(st.columns(1 if wide else columns), row, strict=False):
                with place:
                    values[field.key] = fields.widget(
                        field,
                        f"{name}_{field.key}",
                        defaults.get(field.key),
                        required=field.is_required(so_far),
                    )
    return values


def _rows(group: list[FormField], columns: int) -> list[list[FormField]]:
    """Return the fields row by row, so that the Tab key follows the eye; a long text is a row."""
    rows: list[list[FormField]] = []
    for field in group:
        alone = field.kind == "long_text" or (rows and rows[-1][0].kind == "long_text")
        if not rows or alone or len(rows[-1]) == columns:
            rows.append([])
        rows[-1].append(field)
    return rows


def _buttons(submit: str, name: str, *, cancel: bool) -> bool:
    with st.container(horizontal=True, horizontal_alignment="right"):
        if cancel and st.form_submit_button("Annuler", key=f"{name}_cancel"):
            st.rerun()
        return st.form_submit_button(submit, type="primary", key=f"{name}_submit")


def opened_version(key: str) -> int:
    """Return the version of the record that the person had before their eyes."""
    return int(st.session_state.get(f"{key}_version", 0))


def once(key: str) -> str:
    """Return the idempotency key of a form: the same until it is saved, then another."""
    turn = st.session_state.get(f"{key}_turn", 0)
    return str(st.session_state.setdefault(f"{key}_once_{turn}", uuid4().hex))


@contextmanager
def saving(key: str, message: str, *, then: str = "") -> Iterator[None]:
    """Save what a form returned: say so and go on, or say why not and lose nothing.

    Parameters
    ----------
    message
        Said on the next screen: « Contact enregistré. »
    then
        Address to open; the same page, with the dialog closed, by default.
    """
    done = False
    with boundary.errors():
        try:
            yield
            done = True
        except StaleEditError:
            st.session_state.pop(f"{key}_version", None)
            raise
    if done:
        flash(message)
        finished(key)
        if then:
            go(then)
        st.rerun()


def finished(key: str) -> None:
    """Forget what was typed in a form: its next showing starts from the record."""
    turn = int(st.session_state.get(f"{key}_turn", 0))
    st.session_state[f"{key}_turn"] = turn + 1
    st.session_state.pop(f"{key}_version", None)


def _turn(key: str, version: int) -> int:
    st.session_state.setdefault(f"{key}_version", version)
    return int(st.session_state.get(f"{key}_turn", 0))
