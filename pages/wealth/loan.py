"""A loan: what is left, its schedule, what happened to it, the contracts that guarantee it."""

from functools import partial

import streamlit as st

from o2s_core import charts, contacts, portfolio, ui, wealth
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import loan_windows

ctx = ui.page("Prêt", needs=Permission.WEALTH_READ)
LINES = [
    ui.Column("n", "N°", "integer"),
    ui.Column("due", "Échéance", "day"),
    ui.Column("principal", "Capital", "number", total=True),
    ui.Column("interest", "Intérêts", "number", total=True),
    ui.Column("insurance", "Assurance", "number", total=True),
    ui.Column("total", "Total", "number", total=True),
    ui.Column("outstanding", "Restant dû", "number"),
    ui.Column("event", "Évènement", width=160, below=True),
]
PLEDGES = [
    ui.Column("account", "Contrat", width=200, sub="number", link="/compte?compte={account_id}"),
    ui.Column("creditor", "Créancier"),
    ui.Column("since", "Depuis le", "day"),
    ui.Column("released_on", "Mainlevée", "day"),
    ui.Column("value_eur", "Valeur", "eur", missing="n.c."),
    ui.Column("pledged_eur", "Nanti", "eur", total=True, missing="n.c."),
    ui.Column("free_eur", "Disponible", "eur", missing="n.c."),
]
asked = st.query_params.get("pret", "")
if not asked.isdecimal():
    raise InvalidInputError("Aucun prêt n'est ouvert : choisissez-en un dans Immobilier & prêts.")
card = wealth.loan(ctx, int(asked))
form = card.form
ui.section(
    form.label,
    f"{wealth.LOAN_KINDS[form.kind].lower()} · {form.lender} · {', '.join(card.borrowers)}",
)
money = ui.eur if form.currency == "EUR" else lambda amount: f"{ui.number(amount)} {form.currency}"
coming = f"le {ui.day(card.next_due)}" if card.next_due else "prêt remboursé"
ui.figures(
    [
        ("Capital restant dû", money(card.outstanding), f"au {ui.day(card.on)}"),
        ("Prochaine échéance", money(card.next_total) if card.next_due else "—", coming),
        ("Taux", ui.percent(form.rate, 2), f"TAEG {ui.percent(card.taeg, 2)}"),
        ("Coût total", money(card.cost), "intérêts, assurance, frais"),
        ("Fin", ui.day(card.ends_on), f"remboursé à {ui.percent(card.repaid_share, 0)}"),
    ]
)
owners = contacts.names_of(ctx, [o.contact_id for o in form.owners])
holdings = contacts.Scope("group", 0, form.label, None, "client", tuple(owners), None)
if ctx.may(Permission.WEALTH_WRITE):
    with st.container(horizontal=True):
        if st.button("Enregistrer un évènement", icon=":material/event:", type="primary"):
            loan_windows.loan_event(card.id)
        if st.button("Lier un contrat nanti", icon=":material/lock:"):
            held = portfolio.accounts(ctx, holdings)
            listed = {str(r["id"]): f"{r['label']} · {r['number']}" for r in held.to_dicts()}
            loan_windows.new_pledge(card.id, listed, form.lender)
        if st.button("Modifier", icon=":material/edit:", type="tertiary"):
            found = wealth.register(ctx, holdings).properties
            goods = {str(i): name for i, name in found.select("id", "label").iter_rows()}
            loan_windows.edit_loan(card.id, goods)

pledges = wealth.pledges(ctx, card.id)
if not pledges.is_empty():
    rate = wealth.coverage(pledges, card.outstanding) if form.currency == "EUR" else None
    ui.section("Contrats nantis", f"couverture {ui.percent(rate, 0)} du capital restant dû")
    if rate is not None and rate < 1:
        st.warning("La valeur nantie est inférieure au capital restant dû.")
    answer = ui.table(
        ctx,
        pledges,
        PLEDGES,
        key=f"pledges_{card.id}",
        noun="contrats",
        tools=False,
        actions=[ui.Action("release", "Mainlevée aujourd'hui", "lock_open")]
        if ctx.may(Permission.WEALTH_WRITE)
        else (),
    )
    if answer.action == "release":
        with ui.saving(f"release_{answer.row}", "Mainlevée enregistrée."):
            wealth.release_pledge(ctx, card.id, int(answer.row), ctx.today)

if card.events:
    ui.section("Évènements")
for event_id, event in card.events:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{ui.day(event.on)} · {wealth.EVENTS[event.kind]}")
        if ctx.may(Permission.WEALTH_WRITE) and st.button(
            "Retirer", type="tertiary", key=f"remove_event_{event_id}"
        ):
            with ui.saving(f"remove_{event_id}", "Évènement retiré."):
                wealth.remove_loan_event(ctx, card.id, event_id)

ui.section("Échéancier", f"{form.currency}, assurance comprise")
if ctx.may(Permission.WEALTH_EXPORT):
    with st.container(horizontal=True):
        for label, kind, made in (
            ("Échéancier PDF", "pdf", wealth.schedule_pdf),
            ("Échéancier Excel", "xlsx", wealth.schedule_workbook),
        ):
            name = f"echeancier-{ctx.today:%Y-%m-%d}.{kind}"
            ui.offer_file(
                ctx, label, name, partial(made, ctx, card.id), key=f"schedule_{kind}_{card.id}"
            )
ui.chart(
    ctx,
    charts.value_line(
        card.lines.with_columns(owed=card.lines["outstanding"]),
        "due",
        {"owed": "Capital restant dû"},
        theme=ui.theme(),
        unit="€" if form.currency == "EUR" else form.currency,
    ),
    card.lines.select("due", "outstanding"),
    LINES[1:2] + LINES[6:7],
    key=f"owed_{card.id}",
    alt="Capital restant dû au fil des échéances",
)
ui.table(
    ctx,
    card.lines,
    LINES,
    key=f"schedule_{card.id}",
    id="due",
    noun="échéances",
    page_size=20,
    export="echeancier",
    export_needs=Permission.WEALTH_EXPORT,
)
if card.next_due:
    ui.section("Simuler")
    loan_windows.simulations(ctx, card)
