"""The windows about a model portfolio: make it, weigh its lines, publish, copy, delete."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import market, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.market import MODEL_FORM, ModelCard, ModelForm, WeightedSupport
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.fields import decimal
from o2s_core.ui.forms import finished, form, once, opened_version, saving
from o2s_core.ui.messages import flash
from o2s_core.ui.navigation import go, link

HUNDRED: Final = Decimal(100)
EMPTY_ROWS: Final = 3
WEIGHTS: Final = ("weight", "minimum", "maximum")


def _schema(ctx: Context) -> FormSchema:
    """Return the form of a model with the indices that it may be compared with."""
    indices = market.instruments(ctx, market.InstrumentFilter(kinds=("index",)))
    names = {str(i): label for i, label in indices.select("id", "label").iter_rows()}
    benchmark = FormField("benchmark_id", "Indice de référence", "choice", choices=names)
    *first, last = MODEL_FORM.fields
    return FormSchema(MODEL_FORM.title, (*first, benchmark, last))


@dialog("Nouveau portefeuille modèle")
def new_model() -> None:
    """Ask what a model is called and for whom, then open its page."""
    ctx, key = session.context(), "new_model"
    values = form(_schema(ctx), key=key, defaults={"currency": "EUR"}, submit="Créer", cancel=True)
    if values is not None:
        made = market.add_model(ctx, ModelForm.typed(values), key=once(key))
        finished(key)
        flash("Portefeuille modèle créé : composez maintenant ses lignes.")
        go(link("portefeuille-modele", modele=made))


@dialog("Portefeuille modèle")
def edit_model(model_id: int) -> None:
    """Change what is known of a model; its lines are elsewhere."""
    ctx = session.context()
    card = market.model_portfolio(ctx, model_id)
    key = f"model_{model_id}"
    defaults = {
        "name": card.name,
        "risk_level": str(card.risk_level),
        "currency": card.currency,
        "benchmark_id": str(card.benchmark_id) if card.benchmark_id else None,
        "description": card.description,
    }
    values = form(_schema(ctx), key=key, defaults=defaults, version=card.version, cancel=True)
    if values is not None:
        with saving(key, "Portefeuille modèle enregistré."):
            market.edit_model(ctx, model_id, ModelForm.typed(values), opened_version(key))


@dialog("Lignes du modèle", width="large")
def edit_lines(model_id: int) -> None:
    """Weigh the supports of the version in preparation, in a grid."""
    ctx = session.context()
    card = market.model_portfolio(ctx, model_id)
    known = market.instruments(ctx)
    names = _names(known)
    st.caption(
        "Poids, minimum et maximum en pourcentage. Sans minimum ni maximum, la tolérance de "
        "l'arbitrage s'applique. Le fonds en euros choisi vaut pour celui de chaque contrat."
    )
    edited = st.data_editor(
        _grid(card, names),
        num_rows="dynamic",
        hide_index=True,
        key=f"model_lines_{model_id}_{card.version}",
        column_config={
            "support": st.column_config.SelectboxColumn(
                "Support", options=list(names.values()), width="large"
            ),
            "weight": st.column_config.TextColumn("Poids %"),
            "minimum": st.column_config.TextColumn("Min %"),
            "maximum": st.column_config.TextColumn("Max %"),
        },
    )
    rows = [row for row in edited.to_dicts() if any(row.values())]
    whole = sum((decimal(row["weight"] or "") or Decimal(0) for row in rows), Decimal(0))
    st.caption(f"Total : {french.number(whole, 2)} %")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        if st.button("Enregistrer la version en préparation", type="primary"):
            with saving(
                f"lines_{model_id}", "Lignes enregistrées : publiez-les pour qu'elles valent."
            ):
                market.write_model_lines(ctx, model_id, _typed(rows, names))


def _names(known: pl.DataFrame) -> dict[int, str]:
    rows = known.filter(pl.col("kind") != "index").select("id", "label", "isin").iter_rows()
    return {id_: f"{label} · {isin}" if isin else label for id_, label, isin in rows}


def _grid(card: ModelCard, names: Mapping[int, str]) -> pl.DataFrame:
    schema = dict.fromkeys(("support", *WEIGHTS), pl.String)
    shown = card.draft or card.in_force
    rows = [
        (names.get(row["instrument_id"]), *(_percent(row[name]) for name in WEIGHTS))
        for row in (shown.lines.iter_rows(named=True) if shown else ())
    ]  # fmt: skip
    rows += [(None, None, None, None)] * (0 if rows else EMPTY_ROWS)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _percent(ratio: Decimal | None) -> str | None:
    return None if ratio is None else french.number(ratio * HUNDRED, 2).replace(",00", "")


def _typed(rows: list[dict[str, Any]], names: Mapping[int, str]) -> list[WeightedSupport]:
    """Return the lines as they were typed.

    Raises
    ------
    InvalidInputError
        A support or a number is missing.
    """
    ids = {name: id_ for id_, name in names.items()}
    found = []
    for n, row in enumerate(rows, 1):
        weight = decimal(row["weight"] or "")
        if row["support"] not in ids or not isinstance(weight, Decimal):
            raise InvalidInputError(f"Ligne {n} : choisissez un support et indiquez son poids.")
        bounds = (_ratio(row[name], n) for name in ("minimum", "maximum"))
        found.append(WeightedSupport(ids[row["support"]], weight / HUNDRED, *bounds))
    return found


def _ratio(text: str | None, n: int) -> Decimal | None:
    if not text:
        return None
    number = decimal(text)
    if not isinstance(number, Decimal):
        raise InvalidInputError(f"Ligne {n} : « {text} » n'est pas un nombre.")
    return number / HUNDRED


PUBLISH_FORM: Final = FormSchema(
    "Publier",
    (
        FormField("valid_from", "En vigueur à partir du", "day", required=True),
        FormField("comment", "Commentaire", "long_text", maximum=500),
    ),
)


@dialog("Publier la version", width="small")
def publish(model_id: int) -> None:
    """Ask from which day the version holds: it will not change any more."""
    ctx = session.context()
    st.caption("Une version publiée ne se modifie plus : un changement en prépare une nouvelle.")
    key = f"publish_{model_id}"
    values = form(
        PUBLISH_FORM, key=key, defaults={"valid_from": ctx.today}, submit="Publier", columns=1,
        cancel=True,
    )  # fmt: skip
    if values is not None:
        with saving(key, "Version publiée."):
            market.publish_model(ctx, model_id, values["valid_from"], values["comment"] or "")


COPY_FORM: Final = FormSchema("Dupliquer", (FormField("name", "Nom", required=True, maximum=80),))


@dialog("Dupliquer le modèle", width="small")
def duplicate(model_id: int) -> None:
    """Ask the name of the copy, then open it."""
    ctx, key = session.context(), f"copy_{model_id}"
    name = market.model_portfolio(ctx, model_id).name
    defaults = {"name": f"{name} (copie)"}
    values = form(COPY_FORM, key=key, defaults=defaults, submit="Dupliquer", columns=1, cancel=True)
    if values is not None:
        made = market.duplicate_model(ctx, model_id, values["name"], key=once(key))
        finished(key)
        flash("Copie créée.")
        go(link("portefeuille-modele", modele=made))


@dialog("Supprimer le modèle", width="small")
def delete(model_id: int) -> None:
    """Confirm that a model that nobody follows is deleted."""
    ctx = session.context()
    card = market.model_portfolio(ctx, model_id)
    st.write(f"**{card.name}** et ses versions seront supprimés. Un modèle suivi s'archive.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        if st.button("Supprimer", type="primary"):
            done = "Portefeuille modèle supprimé."
            with saving(f"delete_{model_id}", done, then=link("portefeuilles-modeles")):
                portfolio.delete_model(ctx, model_id)


PERIODS: Final = {"1 an": 365, "3 ans": 1096, "5 ans": 1826, "10 ans": 3652}


def past_start(ctx: Context, period: str) -> Any:  # noqa: ANN401
    """Return the first day of a period that ends today."""
    return ctx.today - timedelta(days=PERIODS[period])
