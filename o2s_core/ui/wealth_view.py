"""How a balance sheet is asked and shown: day, valuation of rights, figures, tables."""

from datetime import date
from functools import partial
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import charts, wealth
from o2s_core.contacts import Scope
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import look
from o2s_core.ui.cache import cached
from o2s_core.ui.chart import chart
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import figures, note, section
from o2s_core.ui.file_offer import offer_file
from o2s_core.ui.grouped_table import Grouping, grouped_table
from o2s_core.ui.opened_file import OpenedFile, chosen_scope
from o2s_core.ui.tables import table
from o2s_core.wealth import Balance

ROWS: Final = [
    Column("label", "Bien ou dette", width=220, sub="detail"),
    Column("holders", "Détenteurs", width=190, wide=True),
    Column("whole_eur", "Valeur entière", "eur", wide=True, missing="n.c."),
    Column("value_eur", "Part du dossier", "eur", total=True, missing="n.c."),
    Column("value_on", "Valeur au", "day"),
    Column("said", "À savoir", width=150, below=True),
]
PARTS: Final = [
    Column("label", "", width=160),
    Column("assets_eur", "Actif", "eur", total=True),
    Column("debts_eur", "Passif", "eur", total=True),
    Column("net_eur", "Net", "eur", total=True),
]
LADDER: Final = [
    Column("label", "Disponibilité", width=160),
    Column("assets_eur", "Montant", "eur", total=True),
    Column("weight", "Part de l'actif", "percent"),
]


def asked_balance(ctx: Context, opened: OpenedFile) -> tuple[Scope, Balance]:
    """Show the scope, the day and the two switches; return the balance sheet they ask for."""
    with st.container(horizontal=True, vertical_alignment="center", key="o2s_scope_row"):
        scope = chosen_scope(ctx, opened)
        st.space("stretch")
        on = _day(ctx, scope)
    key = f"{scope.kind}_{scope.id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "Usufruit et nue-propriété", list(wealth.VIEWS), default="tax", required=True,
            format_func=wealth.VIEWS.__getitem__, key=f"wealth_view_{key}",
            label_visibility="collapsed",
        )  # fmt: skip
        through = st.toggle("Sociétés par transparence", key=f"wealth_through_{key}")
    found = cached(wealth.balance)(ctx, scope, on, view=view or "tax", look_through=through)
    return scope, found


def _day(ctx: Context, scope: Scope) -> date:
    return st.date_input(
        "Bilan au",
        value=ctx.today,
        max_value=ctx.today,
        format="DD/MM/YYYY",
        label_visibility="collapsed",
        width=150,
        key=f"wealth_on_{scope.kind}_{scope.id}",
    )


def balance_figures(found: Balance) -> None:
    """Show what is asked first: net worth, what is owned, what is owed."""
    old = found.side("asset").filter("old").height
    figures(
        [
            ("Patrimoine net", french.eur(found.net_eur), f"au {french.day(found.on)}"),
            (
                "Actif",
                french.eur(found.assets_eur),
                french.count(found.side("asset").height, "bien"),
            ),
            (
                "Passif",
                french.eur(found.debts_eur),
                f"{french.percent(found.debt_ratio)} de l'actif",
            ),
        ]
    )
    said = [found.convention]
    if found.outside_eur:
        said.append(f"hors périmètre affiché : {french.eur(found.outside_eur)} nets")
    if old:
        said.append(f"{french.count(old, 'valeur')} de plus de 12 mois")
    if found.unknown.height:
        said.append(
            f"{french.count(found.unknown.height, 'élément')} hors total, voir Actifs / Passifs"
        )
    note(" · ".join(said) + ".")


def balance_rows(ctx: Context, found: Balance, side: str, opened: OpenedFile, *, key: str) -> None:
    """Show the goods, or the debts, grouped by nature; each opens its own page."""
    rows = found.side(side).with_columns(
        said=pl.concat_str(
            [
                pl.when(pl.col("old")).then(pl.lit("valeur de plus de 12 mois")),
                pl.when(pl.col("note") != "").then(pl.col("note")),
            ],
            separator=" · ",
            ignore_nulls=True,
        ),
        href=pl.concat_str(
            [
                pl.col("source").replace_strict(_addresses(opened), default=""),
                pl.col("source_id").cast(pl.String),
            ]
        ),
    )
    grouped_table(
        ctx, rows, ROWS, Grouping("group", label="group_label"), key=key, id="key",
        open="{href}", noun="biens" if side == "asset" else "dettes",
        export="patrimoine", export_needs=Permission.WEALTH_EXPORT,
        empty="Aucun actif connu." if side == "asset" else "Aucune dette connue.",
    )  # fmt: skip


def _addresses(opened: OpenedFile) -> dict[str, str]:
    """Return where each kind of thing is opened, its number still to come."""
    own = opened.link("actifs-passifs")
    return {"account": "/compte?compte=", "loan": "/pret?pret=", "asset": f"{own}&bien="}


def balance_parts(ctx: Context, found: Balance, *, key: str) -> None:
    """Show the balance sheet by nature, by person and by how fast it turns into money."""
    theme: Any = look.current()
    left, right = st.columns(2, gap="large")
    with left:
        section("Par nature")
        goods = found.groups.filter(pl.col("assets_eur") > 0)
        chart(ctx, charts.donut(goods, "label", "assets_eur", theme=theme), goods, PARTS,
              key=f"{key}_nature", alt="Actif par nature", asked_on=found.on)  # fmt: skip
        table(ctx, found.groups, PARTS, key=f"{key}_groups", id="label", tools=False)
    with right:
        section("Disponibilité", "de l'actif")
        ladder = found.ladder
        chart(ctx, charts.bars(ladder, "label", "assets_eur", theme=theme), ladder, LADDER,
              key=f"{key}_ladder", alt="Actif par délai de disponibilité",
              asked_on=found.on)  # fmt: skip
        section("Par personne")
        table(ctx, found.owners, PARTS, key=f"{key}_owners", id="label", tools=False)


def leave_balance(ctx: Context, scope: Scope, found: Balance, *, key: str) -> None:
    """Offer the balance sheet as it is shown, as a PDF and as a workbook."""
    if not ctx.may(Permission.WEALTH_EXPORT):
        return
    name = f"bilan-{found.on:%Y-%m-%d}"
    for label, kind, made in (
        ("Bilan PDF", "pdf", wealth.balance_pdf),
        ("Bilan Excel", "xlsx", wealth.balance_workbook),
    ):
        make = partial(made, ctx, scope, found.on, view=found.view, look_through=found.look_through)
        offer_file(ctx, label, f"{name}.{kind}", make, key=f"balance_{kind}_{key}")
