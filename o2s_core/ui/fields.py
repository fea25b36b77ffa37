"""A field of a form on screen, and what was typed in it as the core wants it."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import streamlit as st

from o2s_core.kernel import french
from o2s_core.kernel.forms import FormField

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
NUMBERS: Final = frozenset({"money", "quantity", "percent", "integer"})


def widget(field: FormField, key: str, default: Any, *, required: bool) -> Any:  # noqa: ANN401
    """Draw the widget of a field and return its value; a required one is tinted.

    The tint comes from the key of the container (`o2s_required_…`), so that
    the colour and the check come from the same declaration.
    """
    prefix = "o2s_required" if required else "o2s_optional"
    with st.container(key=f"{prefix}_{key}"):
        label = f"{field.label} *" if required else field.label
        return _drawn(field, key, label, default)


def _drawn(field: FormField, key: str, label: str, default: Any) -> Any:  # noqa: ANN401
    hint = field.hint or None
    if field.choices is not None:
        return _choice(field, key, label, default)
    if field.kind == "yes_no":
        return st.checkbox(label, value=bool(default), key=key, help=hint)
    if field.kind == "day":
        return st.date_input(
            label,
            value=default,
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            format="DD/MM/YYYY",
            key=key,
            help=hint,
        )
    if field.kind == "secret":  # never shown again, so that it starts empty
        return st.text_input(label, type="password", key=key, help=hint,
                             autocomplete="new-password") or None  # fmt: skip
    if field.kind == "long_text":
        typed = st.text_area(label, value=default or "", key=key, height=96)
        if hint:
            st.caption(hint)
        return typed or None
    typed = st.text_input(label, value=written(field, default), key=key, help=hint)
    return understood(field, typed)


def _choice(field: FormField, key: str, label: str, default: Any) -> str | None:  # noqa: ANN401
    codes = list(field.choices or {})
    return st.selectbox(
        label,
        codes,
        index=codes.index(default) if default in codes else None,
        format_func=lambda code: (field.choices or {}).get(code, code),
        placeholder="Choisir…",
        key=key,
        help=field.hint or None,
    )


def written(field: FormField, value: Any) -> str:  # noqa: ANN401
    """Write a stored value as it is typed: `1 234,56`, a ratio of 0.5 as `50`."""
    if value is None:
        return ""
    if field.kind == "percent":
        value = Decimal(value) * 100
    if field.kind in NUMBERS:
        return french.quantity(Decimal(value)) if field.kind != "money" else french.number(value)
    return str(value)


def understood(field: FormField, typed: str) -> Any:  # noqa: ANN401
    """Return what was typed as the core wants it; a number that is none stays text, to be refused.

    A percentage becomes a ratio: `12,5` is 0.125.
    """
    text = typed.strip()
    if not text:
        return None
    if field.kind not in NUMBERS:
        return text
    number = decimal(text)
    if number is None:
        return text
    if field.kind == "percent":
        return number / 100
    return int(number) if field.kind == "integer" and number == int(number) else number


def decimal(text: str) -> Decimal | None:
    """Read a number typed the French way: `1 234,56`, `−3,5`, `1234.56 €`; None when it is none.

    >>> decimal("1 234,56 €")
    Decimal('1234.56')
    """
    plain = re.sub(r"[\s\u00a0\u202f€%']", "", text).replace("\u2212", "-")
    if "," in plain and "." in plain:
        plain = plain.replace(".", "") if plain.rindex(",") > plain.rindex(".") else ""
    plain = plain.replace(",", ".", 1)
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def typed_so_far(fields: tuple[FormField, ...], key: str, defaults: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return the values as last typed, to know which fields are required given the others."""
    values = {}
    for field in fields:
        raw = st.session_state.get(f"{key}_{field.key}", defaults.get(field.key))
        values[field.key] = understood(field, raw) if isinstance(raw, str) else raw
    return values
