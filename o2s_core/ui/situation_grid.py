"""The grid in which a situation is typed, pasted, or taken over from the last one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import market, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.portfolio import AccountCard, Pasted, SituationCheck, SituationForm, TypedLine
from o2s_core.ui.fields import decimal
from o2s_core.ui.figures import empty, figures, section

CELLS: Final = ("label", "isin", "kind", "quantity", "unit_cost", "price", "value")
KINDS: Final = {"": "Selon le code", **market.INSTRUMENT_KINDS}
EMPTY_ROWS: Final = 4


def situation_head(card: AccountCard, today: date) -> dict[str, Any]:
    """Ask the day of the situation, the cash, the total on the paper, and a comment."""
    key = f"situation_{card.id}"
    on, cash, total, note = st.columns([2, 2, 2, 4])
    with on, st.container(key=f"o2s_required_{key}_on"):
        as_of = st.date_input(
            "Date de la situation *",
            value=today,
            max_value=today,
            format="DD/MM/YYYY",
            key=f"{key}_on",
        )
    typed_cash = cash.text_input(f"Espèces ({card.currency})", key=f"{key}_cash")
    typed_total = total.text_input(
        f"Total du relevé ({card.currency})",
        key=f"{key}_total",
        help="S'il est donné, la somme des lignes doit lui être égale.",
    )
    comment = note.text_input(
        "Commentaire", key=f"{key}_note", help="Aucune donnée sensible (santé, opinions…)."
    )
    return {
        "as_of": as_of,
        "cash": decimal(typed_cash),
        "total": decimal(typed_total),
        "note": comment,
        "currency": card.currency,
    }


def situation_lines(ctx: Context, card: AccountCard) -> Pasted:
    """Show the grid and what fills it; return its lines, and the cells not understood."""
    key = f"situation_{card.id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        section("Lignes", "une quantité et un cours, ou une valeur")
        st.space("stretch")
        with st.popover("Coller un relevé", icon=":material/content_paste:"):
            _paste(key, card.currency)
        if st.button("Reprendre la dernière situation", icon=":material/history:"):
            _fill(key, _last_lines(ctx, card.id))
    turn = st.session_state.get(f"{key}_turn", 0)
    edited = st.data_editor(
        _grid(st.session_state.get(f"{key}_draft", ())),
        num_rows="dynamic",
        hide_index=True,
        key=f"{key}_grid_{turn}",
        column_config=_columns(),
        placeholder="",
    )
    return portfolio.typed_lines(edited.to_dicts(), card.currency)


def may_replace(ctx: Context, card: AccountCard, form: SituationForm) -> SituationForm:
    """Ask whether a partner's situation of the same day is replaced, when there is one."""
    if not portfolio.check_situation(ctx, card.id, form).partner_delivered:
        return form
    over = st.checkbox(
        "Remplacer la situation du partenaire à cette date", key=f"situation_{card.id}_over"
    )
    return replace(form, replace_partner=over)


def situation_check(form: SituationForm, check: SituationCheck, read: Pasted) -> bool:
    """Show what the situation adds up to, what is wrong in it; return whether it can be kept."""
    if not form.all_lines and form.total is None and not read.problems:
        empty("Saisissez les lignes, collez un relevé, ou reprenez la dernière situation.")
        return False
    gap = None if form.total is None else form.sum - form.total
    figures(
        [
            (
                "Somme des lignes",
                _amount(form.sum, form.currency),
                french.count(len(form.all_lines), "ligne"),
            ),
            ("Total du relevé", _amount(form.total, form.currency), "facultatif"),
            ("Écart", _amount(gap, form.currency), "doit être nul"),
        ]
    )
    wrong = [f"Ligne {p.row} : {p.message}" for p in read.problems]
    wrong += [f"{p.label} : {p.message or 'à renseigner.'}" for p in check.problems]
    for said in check.warnings:
        st.warning(said, icon=":material/warning:")
    if wrong:
        st.error("\n\n".join(wrong), icon=":material/edit_note:")
    return not wrong


def forget(card: AccountCard) -> None:
    """Forget what was typed, once it is kept."""
    for name in [n for n in st.session_state if str(n).startswith(f"situation_{card.id}_")]:
        del st.session_state[name]


def _amount(value: Decimal | None, currency: str) -> str:
    return "n.c." if value is None else f"{french.number(value)}{french.NBSP}{currency}"


def _paste(key: str, currency: str) -> None:
    st.caption(
        "Copiez les lignes d'un tableur, d'un PDF ou d'un courriel : ISIN, libellé, quantité, "
        "cours, valeur. Une ligne de titres est reconnue."
    )
    text = st.text_area("Texte collé", key=f"{key}_text", height=160)
    if st.button("Lire ces lignes", type="primary", key=f"{key}_read"):
        read = portfolio.pasted(text, currency)
        st.session_state[f"{key}_unread"] = [f"Ligne {p.row} : {p.message}" for p in read.problems]
        _fill(key, read.lines)
    for said in st.session_state.get(f"{key}_unread", ()):
        st.warning(said, icon=":material/warning:")


def _fill(key: str, lines: Sequence[TypedLine]) -> None:
    """Put lines in the grid: a new grid, since a grid keeps what was typed in it."""
    st.session_state[f"{key}_draft"] = tuple(lines)
    st.session_state[f"{key}_turn"] = st.session_state.get(f"{key}_turn", 0) + 1


def _last_lines(ctx: Context, account_id: int) -> list[TypedLine]:
    """Return the lines of the last situation, values left to be typed."""
    known = portfolio.situations(ctx, account_id).filter(pl.col("state") == "active")
    if known.is_empty():
        return []
    rows = portfolio.situation(ctx, known["situation_id"][0]).lines.iter_rows(named=True)
    return [
        TypedLine(
            row["label"],
            row["isin"] or "",
            kind="" if row["isin"] else row["instrument_kind"],
            quantity=row["quantity"],
            unit_cost=row["unit_cost"],
        )
        for row in rows
    ]


def _grid(lines: Sequence[TypedLine]) -> pl.DataFrame:
    blank = dict.fromkeys(CELLS, "")
    rows = [portfolio.cells_of(line) for line in lines]
    rows += [blank] * max(1, EMPTY_ROWS - len(rows))
    return pl.DataFrame(rows, schema=dict.fromkeys(CELLS, pl.String))


def _columns() -> dict[str, Any]:
    text = st.column_config.TextColumn
    return {
        "label": text("Support", width="medium"),
        "isin": text("Code ISIN", width="small", max_chars=14),
        "kind": st.column_config.SelectboxColumn(
            "Nature", options=list(KINDS), format_func=lambda code: KINDS.get(str(code), str(code))
        ),
        "quantity": text("Quantité", width="small"),
        "unit_cost": text("PRU", width="small"),
        "price": text("Cours", width="small"),
        "value": text("Valeur", width="small"),
    }
