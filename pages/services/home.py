"""Services: how the application is set, by whom, and the way to what feeds it."""

import polars as pl
import streamlit as st

from o2s_core import administration, charts, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.service_tree import service_tree
from o2s_core.ui.setting_dialog import change_setting

ctx = ui.page("Services", needs=Permission.SERVICES_VIEW)
values = administration.all_settings(ctx)

SETTINGS = [
    ui.Column("module", "Rubrique"),
    ui.Column("label", "Réglage", sub="hint", width=220),
    ui.Column("value", "Valeur"),
    ui.Column("origin", "Origine"),
]
ORIGINS = [ui.Column("origin", "Origine"), ui.Column("settings", "Réglages", "integer", total=True)]

shown = pl.DataFrame(
    [
        (v.spec.key, v.spec.module, v.spec.label, v.spec.hint, v.label, v.origin_label)
        for v in values
    ],
    schema=["key", "module", "label", "hint", "value", "origin"],
    orient="row",
)
by_origin = shown.group_by("origin", maintain_order=True).agg(settings=pl.len())

tree, main = st.columns([1, 3], gap="medium")
with tree:
    ui.section("Rubriques")
    service_tree(ctx)
with main:
    ui.section("Réglages", "chacun dit qui l'a décidé : vous, votre équipe ou le cabinet")
    answer = ui.table(
        ctx,
        shown,
        SETTINGS,
        key="settings",
        id="key",
        noun="réglages",
        actions=[ui.Action("change", "Modifier", "edit")],
    )
    ui.section("Origine des réglages")
    ui.chart(
        ctx,
        charts.bars(by_origin, "origin", "settings", theme=ui.theme(), unit=""),
        by_origin,
        ORIGINS,
        key="origins",
        alt="Nombre de réglages par origine",
    )

if answer.action == "change":
    change_setting(answer.row)
