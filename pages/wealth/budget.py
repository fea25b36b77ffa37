"""Contacts › Patrimoine › Budget: what comes in, what goes out, what can be saved."""

import streamlit as st

from o2s_core import charts, contacts, ui, wealth
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import wealth_windows
from o2s_core.ui.opened_file import chosen_scope, opened_file

ctx = ui.page("Budget", needs=Permission.WEALTH_READ)
KINDS = {"income": "Revenus", "charge": "Charges", "loan": "Emprunts"}
LINES = [
    ui.Column("label", "Ligne", width=200, sub="category"),
    ui.Column("holder", "Titulaire", wide=True),
    ui.Column("amount_eur", "Montant", "eur", missing="n.c."),
    ui.Column("frequency", "Périodicité", labels=wealth.FREQUENCIES),
    ui.Column("monthly_eur", "Par mois", "eur", total=True, missing="n.c."),
    ui.Column("yearly_eur", "Par an", "eur", total=True, missing="n.c."),
    ui.Column("until", "Jusqu'au", "day", wide=True),
    ui.Column("source", "Vient de", wide=True, missing="Saisie"),
]
AHEAD = [
    ui.Column("month", "Mois", "day"),
    ui.Column("income_eur", "Revenus", "eur", total=True),
    ui.Column("charges_eur", "Charges", "eur", total=True),
    ui.Column("loans_eur", "Emprunts", "eur", total=True),
    ui.Column("saved_eur", "Épargne", "eur", total=True, signed=True),
    ui.Column("cumulated_eur", "Cumul", "eur", signed=True),
]
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)
with st.container(horizontal=True, vertical_alignment="center", key="o2s_scope_row"):
    scope = chosen_scope(ctx, opened)
    st.space("stretch")
    names = contacts.names_of(ctx, scope.member_ids)
    people = {str(id_): name for id_, name in names.items()}
    if ctx.may(Permission.WEALTH_WRITE) and st.button(
        "Ajouter une ligne", icon=":material/add:", type="primary"
    ):
        wealth_windows.budget_line(people)

found = ui.cached(wealth.budget)(ctx, scope)
key = f"budget_{scope.kind}_{scope.id}"
ui.figures(
    [
        ("Capacité d'épargne", ui.eur(found.saved_eur), "par mois, en moyenne"),
        ("Revenus", ui.eur(found.income_eur), "par mois"),
        ("Charges", ui.eur(found.charges_eur), "par mois, hors emprunts"),
        ("Emprunts", ui.eur(found.loans_eur), "par mois"),
        ("Taux d'effort", ui.percent(found.ratio), f"seuil {ui.percent(found.limit.value, 0)}"),
    ]
)
if found.too_high:
    st.warning(
        f"Les emprunts dépassent {ui.percent(found.limit.value, 0)} des revenus "
        f"({found.limit.source})."
    )
ui.section("Lignes", "loyers, charges des biens et échéances de prêt viennent d'eux-mêmes")
shown = found.lines.with_columns(heading=found.lines["kind"].replace(KINDS))
actions = [ui.Action("edit", "Modifier", "edit")]
answer = ui.grouped_table(
    ctx,
    shown,
    LINES,
    ui.Grouping(
        "kind",
        label="heading",
        totals={"monthly_eur": found.saved_eur, "yearly_eur": found.saved_yearly_eur},
    ),
    key=f"{key}_lines",
    id="key",
    actions=actions if ctx.may(Permission.WEALTH_WRITE) else (),
    noun="lignes",
    export="budget",
    export_needs=Permission.WEALTH_EXPORT,
    empty="Aucune ligne : ajoutez les revenus puis les charges.",
)
if answer.action == "edit":
    source, _, number = answer.row.partition("-")
    if source == "item":
        wealth_windows.budget_line(people, int(number))
    else:
        ui.go(opened.link("immobilier-prets"))
ui.section("Douze mois à venir", "ce qui tombe chaque mois")
ui.chart(
    ctx,
    charts.value_line(
        found.projection,
        "month",
        {"cumulated_eur": "Épargne cumulée", "saved_eur": "Épargne du mois"},
        theme=ui.theme(),
    ),
    found.projection,
    AHEAD,
    key=f"{key}_ahead",
    alt="Épargne des douze mois à venir",
)
