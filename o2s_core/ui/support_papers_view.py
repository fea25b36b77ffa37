"""What the firm says of a support itself: description, documents, notes, absorption."""

from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import documents, market
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.market import AbsorptionForm, DescriptionForm, InstrumentCard, SupportPaper
from o2s_core.ui import boundary, session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import facts, note, section
from o2s_core.ui.forms import form, once, saving
from o2s_core.ui.messages import flash
from o2s_core.ui.navigation import go, link
from o2s_core.ui.support_picker import support_names
from o2s_core.ui.tables import Action, table

PAPERS: Final = [
    Column("title", "Document", sub="where", width=220),
    Column("category", "Nature", labels=documents.SUPPORT_CATEGORIES),
    Column("dated_on", "Daté du", "day", missing="—"),
    Column("valid_until", "Valable jusqu'au", "day", missing="—"),
    Column("state", "État", "badge", labels={"expired": "Échu", "": ""}, tones={"expired": "bad"}),
]
ABSORBED: Final = [
    Column("old", "Support absorbé", sub="old_isin", width=200, link="/support?support={old_id}"),
    Column("since", "Depuis le", "day"),
    Column("ratio", "Parité", "quantity"),
    Column("source", "Source", width=160),
]
DESCRIPTIONS: Final = [
    Column("as_of", "Source du", "day"),
    Column("zone", "Zone", labels=market.ZONES, missing="—"),
    Column("envelopes", "Éligible à", missing="—"),
    Column("given", "Labels", missing="—"),
    Column("source", "Source", width=180),
    Column("author", "Saisi par"),
]
PAPER_FORM: Final = FormSchema(
    "Document",
    (
        FormField("title", "Titre", required=True, maximum=120),
        FormField("category", "Nature", "choice", required=True,
                  choices=documents.SUPPORT_CATEGORIES),
        FormField("dated_on", "Daté du", "day"),
        FormField("valid_until", "Valable jusqu'au", "day"),
        FormField("address", "Adresse (sans fichier)", maximum=500,
                  hint="Une adresse complète, si le document reste chez la société de gestion."),
    ),
)  # fmt: skip
DESCRIPTION_FORM: Final = FormSchema(
    "Description",
    (
        FormField("zone", "Zone", "choice", choices=market.ZONES),
        *(FormField(f"in_{code}", f"Éligible {label}", "yes_no")
          for code, label in market.ELIGIBLE.items()),
        *(FormField(f"label_{code}", f"Label {label}", "yes_no")
          for code, label in market.LABELS.items()),
        FormField("source", "Source", required=True, maximum=200,
                  hint="Par exemple : prospectus, page du distributeur."),
        FormField("as_of", "Date de la source", "day", required=True),
    ),
)  # fmt: skip
NOTE_FORM: Final = FormSchema(
    "Note", (FormField("text", "Note", "long_text", required=True, maximum=2_000),)
)


def description(ctx: Context, card: InstrumentCard) -> None:
    """Show where a support is invested, which envelopes take it, its labels, and who says so."""
    with st.container(horizontal=True, vertical_alignment="center"):
        section("Zone, éligibilité, labels")
        st.space("stretch")
        if ctx.may(Permission.INSTRUMENT_WRITE) and st.button(
            "Renseigner", icon=":material/edit:", key=f"describe_{card.id}"
        ):
            describe(card.id)
    rows = market.descriptions(ctx, card.id)
    facts(
        [
            ("Zone", market.ZONES.get(card.zone, "n.c.")),
            ("Éligible à", _said(card.eligible, market.ELIGIBLE)),
            ("Labels", _said(card.labels, market.LABELS)),
            ("Source", _source(rows)),
        ]
    )
    if rows.height > 1:
        with st.expander(f"Ce qui était renseigné avant ({rows.height - 1})"):
            said = rows[1:].with_columns(
                envelopes=_each(rows[1:]["eligible"], market.ELIGIBLE),
                given=_each(rows[1:]["labels"], market.LABELS),
            )
            table(ctx, said, DESCRIPTIONS, key=f"described_{card.id}", tools=False)


def _said(codes: tuple[str, ...], labels: dict[str, str]) -> str:
    return ", ".join(labels.get(code, code) for code in codes) or "n.c."


def _each(column: pl.Series, labels: dict[str, str]) -> pl.Series:
    told = [_said(tuple(c for c in codes.split(",") if c), labels) for codes in column]
    return pl.Series(told, dtype=pl.String)


def _source(rows: pl.DataFrame) -> str:
    if rows.is_empty():
        return "aucune : à renseigner"
    last = rows.row(0, named=True)
    return f"{last['source']}, {french.day(last['as_of'])} (saisi par {last['author']})"


@dialog("Zone, éligibilité, labels", width="large")
def describe(instrument_id: int) -> None:
    """Ask what a source says of a support; the search and the proposals follow it."""
    ctx = session.context()
    card = market.instrument(ctx, instrument_id)
    key = f"describe_{instrument_id}"
    known: dict[str, Any] = {"zone": card.zone or None, "as_of": ctx.today}
    known |= {f"in_{code}": code in card.eligible for code in market.ELIGIBLE}
    known |= {f"label_{code}": code in card.labels for code in market.LABELS}
    note(
        "Les arbitrages d'un PEA suivent l'éligibilité renseignée ; rien de coché : non renseignée."
    )
    values = form(DESCRIPTION_FORM, key=key, defaults=known, version=card.version, cancel=True)
    if values is not None:
        typed = DescriptionForm(
            values["source"], values["as_of"], values["zone"] or "",
            tuple(code for code in market.ELIGIBLE if values[f"in_{code}"]),
            tuple(code for code in market.LABELS if values[f"label_{code}"]),
        )  # fmt: skip
        with saving(key, "Description enregistrée."):
            market.describe(ctx, instrument_id, typed, key=once(key))


def papers(ctx: Context, card: InstrumentCard) -> None:
    """Show the documents of a support, and file another."""
    rows = market.support_papers(ctx, card.id)
    may_write = ctx.may(Permission.INSTRUMENT_WRITE)
    with st.container(horizontal=True, vertical_alignment="center"):
        section("Documents", "DIC, prospectus, rapports")
        st.space("stretch")
        if may_write and st.button("Ajouter", icon=":material/attach_file:", key=f"file_{card.id}"):
            new_paper(card.id)
    if rows.is_empty():
        note("Aucun document : ajoutez le DIC et le prospectus, ou leur adresse.")
        return
    ready = rows.with_columns(
        state=pl.when("expired").then(pl.lit("expired")).otherwise(pl.lit(""))
    )
    actions = [Action("open", "Ouvrir", "open_in_new")]
    actions += [Action("remove", "Retirer", "delete")] if may_write else []
    pressed = table(ctx, ready, PAPERS, key=f"papers_{card.id}", id="key", actions=actions,
                    tools=False)  # fmt: skip
    if pressed.action == "remove":
        with saving(f"unfile_{card.id}", "Document retiré."):
            market.remove_support_paper(ctx, card.id, pressed.row)
    if pressed.action == "open":
        with boundary.errors():
            _open(ctx, card.id, rows.filter(key=pressed.row).row(0, named=True))


def _open(ctx: Context, instrument_id: int, row: dict[str, Any]) -> None:
    if row["link_id"] is not None:
        st.link_button(f"Ouvrir {row['where'].split('/')[2]}", row["where"])
        return
    ticket = market.support_paper_ticket(ctx, instrument_id, row["key"])
    st.link_button("Télécharger (une fois, 1 minute)", f"/dl/{ticket}")


@dialog("Document du support")
def new_paper(instrument_id: int) -> None:
    """Ask a file, or an address, and until when it holds."""
    ctx = session.context()
    key = f"paper_{instrument_id}"
    turn = st.session_state.get(f"{key}_turn", 0)
    sent = st.file_uploader("Fichier (PDF, image, Office)", key=f"{key}_file_{turn}")
    values = form(PAPER_FORM, key=key, defaults={"dated_on": ctx.today}, cancel=True)
    if values is not None:
        paper = SupportPaper(
            values["title"], values["category"], values["dated_on"], values["valid_until"],
            sent.name if sent else "", values["address"] or "",
        )  # fmt: skip
        with saving(key, "Document ajouté."):
            data = sent.getvalue() if sent else b""
            market.add_support_paper(ctx, instrument_id, paper, data, key=once(key))


def notes(ctx: Context, card: InstrumentCard) -> None:
    """Show what the firm notes on a support, each note signed and dated."""
    rows = market.support_notes(ctx, card.id)
    may_write = ctx.may(Permission.INSTRUMENT_WRITE)
    with st.container(horizontal=True, vertical_alignment="center"):
        section("Notes du cabinet")
        st.space("stretch")
        if may_write and st.button("Ajouter", icon=":material/note_add:", key=f"note_{card.id}"):
            new_note(card.id)
    standing = rows.filter(state="standing")
    if standing.is_empty():
        note("Aucune note sur ce support.")
    for row in standing.iter_rows(named=True):
        _one_note(row, may_write=may_write)
    past = rows.filter(pl.col("state") != "standing")
    if past.height:
        with st.expander(f"Notes modifiées ou supprimées ({past.height})"):
            for row in past.iter_rows(named=True):
                st.text(row["text"])
                st.caption(f"{market.NOTE_STATES[row['state']]} · {_signed(row)}")


def _one_note(row: dict[str, Any], *, may_write: bool) -> None:
    with st.container(border=True):
        st.text(row["text"])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_signed(row) + (" (modifiée)" if row["revision"] > 1 else ""))
            st.space("stretch")
            if may_write and st.button(
                "Modifier", key=f"edit_note_{row['id']}", type="tertiary", icon=":material/edit:"
            ):
                change_note(row["id"], row["text"])


def _signed(row: dict[str, Any]) -> str:
    return f"{row['author']}, le {french.day(row['written_at'].astimezone(PARIS).date())}"


@dialog("Note sur le support")
def new_note(instrument_id: int) -> None:
    """Ask the text of a note."""
    ctx = session.context()
    key = f"new_note_{instrument_id}"
    values = form(NOTE_FORM, key=key, columns=1, cancel=True)
    if values is not None:
        with saving(key, "Note ajoutée."):
            market.write_note(ctx, instrument_id, values["text"], key=once(key))


@dialog("Note sur le support")
def change_note(note_id: int, text: str) -> None:
    """Ask the new text of a note, or delete it; what it said stays readable."""
    ctx = session.context()
    key = f"change_note_{note_id}"
    values = form(NOTE_FORM, key=key, defaults={"text": text}, columns=1, cancel=True)
    if values is not None:
        with saving(key, "Note modifiée."):
            market.edit_note(ctx, note_id, values["text"])
    if st.button("Supprimer la note", icon=":material/delete:", key=f"{key}_delete"):
        with saving(key, "Note supprimée."):
            market.delete_note(ctx, note_id)


def absorbed(ctx: Context, card: InstrumentCard) -> None:
    """Show what a support absorbed, or what absorbed it."""
    known = market.absorptions(ctx)
    mine, heirs = known.filter(new_id=card.id), known.filter(old_id=card.id)
    may_write = ctx.may(Permission.INSTRUMENT_WRITE)
    for heir in heirs.iter_rows(named=True):
        label = market.instrument(ctx, heir["new_id"]).label
        with st.container(horizontal=True, vertical_alignment="center"):
            note(
                f"Absorbé depuis le {french.day(heir['since'])} : une part devient "
                f"{french.quantity(heir['ratio'])} part{'s' if heir['ratio'] >= 2 else ''} de "
                f"« {label} »."
            )
            if st.button("Ouvrir ce support", key=f"heir_{heir['id']}", type="tertiary"):
                go(link("support", support=heir["new_id"]))
    if mine.is_empty() and not may_write:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        section("Fusions-absorptions")
        st.space("stretch")
        if may_write and st.button(
            "A absorbé un support", icon=":material/merge:", key=f"absorb_{card.id}"
        ):
            new_absorption(card.id)
    if mine.is_empty():
        note("Aucune : l'historique est celui de ses propres cours.")
        return
    pressed = table(
        ctx, mine, ABSORBED, key=f"absorbed_{card.id}", tools=False,
        actions=[Action("end", "Retirer la fusion", "undo")] if may_write else [],
    )  # fmt: skip
    if pressed.action == "end":
        market.end_absorption(ctx, int(pressed.row))
        flash("Fusion retirée : les deux historiques sont de nouveau séparés.")
        st.rerun()


@dialog("Fusion-absorption")
def new_absorption(instrument_id: int) -> None:
    """Ask which support was absorbed, since when, and for how many units."""
    ctx = session.context()
    key = f"absorb_{instrument_id}"
    names = {i: n for i, n in support_names(ctx, key=key).items()
             if i != instrument_id}  # fmt: skip
    with st.container(key=f"o2s_required_{key}_old"):
        old = st.selectbox(
            "Support absorbé *", list(names), index=None, format_func=lambda i: names.get(i, ""),
            placeholder="Libellé ou ISIN…", key=f"{key}_old",
        )  # fmt: skip
    note("Avant cette date, les cours de l'ancien support, divisés par la parité, tiennent lieu "
         "d'historique.")  # fmt: skip
    values = form(market.ABSORPTION_FORM, key=key, columns=1, cancel=True)
    if values is not None:
        if old is None:
            st.error("Choisissez le support absorbé.", icon=":material/edit_note:")
            return
        typed = AbsorptionForm(values["since"], values["ratio"], values["source"])
        with saving(key, "Fusion enregistrée : l'historique est enchaîné."):
            market.absorb(ctx, instrument_id, old, typed, key=once(key))
