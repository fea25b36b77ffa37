"""The windows about a feed: declare it, change it, say how far its figures may be from ours."""

from dataclasses import asdict
from typing import Final

import streamlit as st

from o2s_core import aggregation
from o2s_core.aggregation import FeedCard, FeedForm
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import fields, session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import Tone, facts, note
from o2s_core.ui.forms import form, once, opened_version, saving
from o2s_core.ui.source_panel import show_source

#: State of a feed -> how it is coloured.
FEED_TONES: Final[dict[str, Tone]] = {
    "late": "bad",
    "expected": "warn",
    "never": "warn",
    "on_time": "good",
    "on_demand": "quiet",
    "inactive": "quiet",
}


@dialog("Déclarer un flux", width="large")
def declare_feed() -> None:
    """Ask what a partner will send, before its first file."""
    ctx = session.context()
    key = "feed_new"
    starts = FeedForm("", None).values() | {"label": None, "code": None}
    values = form(aggregation.feed_schema(ctx), key=key, defaults=starts, submit="Déclarer",
                  cancel=True)  # fmt: skip
    if values is not None:
        with saving(key, "Flux déclaré."):
            aggregation.declare_feed(ctx, FeedForm.typed(values), key=once(key))


@dialog("Flux", width="large")
def edit_feed(feed_id: int) -> None:
    """Change what is agreed about a feed, and its tolerances."""
    ctx = session.context()
    card = aggregation.feed_card(ctx, feed_id)
    agreed, tolerated, fetched = st.tabs(["Fiche", "Tolérances des contrôles", "Collecte SFTP"])
    with agreed:
        _agreed(ctx, card)
    with tolerated:
        _tolerated(ctx, card)
    with fetched:
        show_source(ctx, feed_id)


def _agreed(ctx: Context, card: FeedCard) -> None:
    schema = aggregation.feed_schema(ctx)
    if not ctx.may(Permission.FEED_WRITE):
        _read_only(schema, card.form.values())
        return
    key = f"feed_{card.id}"
    editable = FormSchema(schema.title, tuple(f for f in schema.fields if f.key != "code"))
    note(f"Dossier de réception : {card.form.code}")
    values = form(editable, key=key, defaults=card.form.values(), version=card.version)
    if values is not None:
        with saving(key, "Flux enregistré."):
            typed = FeedForm.typed(values | {"code": card.form.code})
            aggregation.edit_feed(ctx, card.id, typed, opened_version(key))


def _tolerated(ctx: Context, card: FeedCard) -> None:
    note("Au-delà, le contrôle se prononce. Un champ vide reprend la valeur du produit.")
    known = asdict(card.tolerances)
    if not ctx.may(Permission.FEED_WRITE):
        _read_only(aggregation.TOLERANCE_FORM, known)
        return
    key = f"tolerances_{card.id}"
    values = form(aggregation.TOLERANCE_FORM, key=key, defaults=known, version=card.version)
    if values is not None:
        with saving(key, "Tolérances enregistrées."):
            typed = aggregation.typed_tolerances(values)
            aggregation.set_tolerances(ctx, card.id, typed, opened_version(key))
    if card.has_own_tolerances and st.button(
        "Remettre les valeurs par défaut", icon=":material/restart_alt:"
    ):
        with saving(key, "Tolérances remises aux valeurs par défaut."):
            usual = aggregation.Tolerances()
            aggregation.set_tolerances(ctx, card.id, usual, card.version)


def _read_only(schema: FormSchema, values: dict[str, object]) -> None:
    facts([(f.label, _said(f, values.get(f.key))) for f in schema.fields])


def _said(field: FormField, value: object) -> str:
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if field.choices is not None:
        return field.choices.get(str(value), "")
    return fields.written(field, value)
