"""The windows about a partner's file: put it in, take it back, decide on what was stopped."""

from collections.abc import Sequence
from typing import Final

import polars as pl
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from o2s_core import aggregation, contacts
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import boundary, session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import Tone, note
from o2s_core.ui.forms import saving
from o2s_core.ui.messages import flash
from o2s_core.ui.navigation import go, link
from o2s_core.ui.reasons import with_reason
from o2s_core.ui.tables import table

#: State of a delivery, or of an account in it -> how it is coloured.
TONES: Final[dict[str, Tone]] = {
    "committed": "good",
    "unchanged": "good",
    "partly_committed": "warn",
    "quarantined": "warn",
    "to_attach": "warn",
    "rejected": "bad",
    "duplicate": "quiet",
    "cancelled": "quiet",
    "superseded": "quiet",
    "ignored": "quiet",
    "received": "info",
    "read": "info",
    "checked": "info",
    "matched": "info",
    "staged": "info",
}
SEVERITY_TONES: Final[dict[str, Tone]] = {"fatal": "bad", "error": "bad", "warning": "warn"}
TRIED = [
    Column("external_id", "N° dans le fichier", missing="Sans numéro"),
    Column("state", "Compte", "badge", labels=aggregation.ACCOUNT_STATES, tones=TONES),
]
FOUND = [
    Column("severity", "Gravité", "badge", labels=aggregation.SEVERITIES, tones=SEVERITY_TONES),
    Column("locator", "Emplacement"),
    Column("message", "Ce qui ne va pas, et que faire", width=320),
]


def asked_delivery() -> int:
    """Return the delivery that the address names."""
    text = st.query_params.get("livraison", "")
    if not text.isdecimal():
        raise NotFoundError("Livraison", text or "non précisée")
    return int(text)


@dialog("Déposer des fichiers de partenaires", width="large")
def deposit() -> None:
    """Ask for the files; their format is recognised, their accounts found by number."""
    ctx = session.context()
    files = st.file_uploader(
        "Fichiers",
        accept_multiple_files=True,
        key="deposit_files",
        help="CSV, Excel, OFX/QFX, Flex, MT535, MT940, camt.053, semt.002, Powens, Plaid, PDF "
        "d'avis d'opéré, FinDatEx (EMT, EPT, EET, TPT), JSON du produit, ou une archive ZIP. 25 Mo "
        "au plus.",
    )
    left, right = st.columns(2)
    with left:
        feed = _pick_feed(ctx)
    with right:
        contact = _pick_contact(ctx)
    note("Un compte inconnu attend d'être rattaché, sauf si vous désignez son titulaire.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        trying = st.button("Vérifier sans enregistrer", disabled=not files)
        sending = st.button("Déposer", type="primary", disabled=not files)
    if trying:
        _show_trial(ctx, files, feed, contact)
    if sending:
        _send(ctx, files, feed, contact)


def _pick_feed(ctx: Context) -> str | None:
    feeds = aggregation.feeds(ctx).filter(pl.col("active"))
    known = dict(feeds.select("code", "label").iter_rows())
    return st.selectbox(
        "Flux",
        list(known),
        index=None,
        format_func=lambda code: known[code],
        placeholder="Reconnu automatiquement",
        key="deposit_feed",
    )


def _pick_contact(ctx: Context) -> str | None:
    if not ctx.may(Permission.CONTACT_READ):
        return None
    known = {ref.file_code: ref.label for ref in contacts.people(ctx)}
    return st.selectbox(
        "Titulaire des comptes inconnus",
        list(known),
        index=None,
        format_func=lambda code: known[code],
        placeholder="À rattacher ensuite",
        key="deposit_contact",
    )


def _show_trial(
    ctx: Context, files: Sequence[UploadedFile], feed: str | None, contact: str | None
) -> None:
    """Tell what would happen, file by file; nothing is stored."""
    for rank, file in enumerate(files):
        with boundary.errors(), st.spinner(f"Lecture de {file.name}…"):
            reports = aggregation.receive_files(
                ctx, file.getvalue(), file.name, feed=feed, contact=contact, dry_run=True,
                channel="upload",
            )  # fmt: skip
            for n, report in enumerate(reports):
                _show_report(ctx, report, key=f"trial_{rank}_{n}")


def _show_report(ctx: Context, report: aggregation.DeliveryReport, *, key: str) -> None:
    state = aggregation.DELIVERY_STATES[report.state]
    said = f"**{report.file}** — simulation : {state.lower()}. {report.message}"
    (st.error if report.outcome == 2 else st.info)(said)
    if report.funds:
        told = [{"external_id": f.fund, "state": f.state} for f in report.funds]
        columns = [Column("external_id", "Support"), TRIED[1]]
        table(ctx, pl.DataFrame(told), columns, key=f"{key}_funds", id="external_id", tools=False)
    if report.accounts:
        rows = [{"external_id": a.external_id, "state": a.state} for a in report.accounts]
        table(ctx, pl.DataFrame(rows), TRIED, key=f"{key}_accounts", id="external_id", tools=False)
    listed = [a for a in report.anomalies if a["severity"] != "fatal"]
    if listed:
        table(ctx, pl.DataFrame(listed), FOUND, key=f"{key}_anomalies", id="locator", tools=False)


def _send(
    ctx: Context, files: Sequence[UploadedFile], feed: str | None, contact: str | None
) -> None:
    """Receive the files: the small ones at once, the large ones by the worker."""
    with boundary.errors():
        reports: list[aggregation.DeliveryReport] = []
        later = 0
        for file in files:
            data = file.getvalue()
            if len(data) > aggregation.LARGE:
                aggregation.receive_later(ctx, data, file.name, feed=feed, contact=contact)
                later += 1
                continue
            with st.spinner(f"Lecture de {file.name}…"):
                reports += aggregation.receive_files(
                    ctx, data, file.name, feed=feed, contact=contact, channel="upload"
                )
        _say(reports, later)
        if len(reports) == 1 and not later and reports[0].delivery_id:
            go(link("livraison", livraison=reports[0].delivery_id))
        else:
            go(link("livraisons"))


def _say(reports: Sequence[aggregation.DeliveryReport], later: int) -> None:
    for report in reports:
        flash(f"{report.file} : {aggregation.DELIVERY_STATES[report.state].lower()}.")
    if later:
        flash("Fichier volumineux : sa lecture se poursuit en arrière-plan.")


@dialog("Annuler la livraison", width="small")
def cancel_delivery(delivery_id: int) -> None:
    """Take a delivery back, once its reason is given."""
    ctx = session.context()
    st.write(
        "Ses situations et ses mouvements sont retirés, ce qu'ils remplaçaient revient. Les "
        "comptes et les contacts créés restent. Le fichier reste archivé et peut revenir."
    )
    with_reason(f"cancel_{delivery_id}", "Annuler la livraison", "Livraison annulée.",
                lambda reason: aggregation.cancel(ctx, delivery_id, reason),
                cancel=False)  # fmt: skip


@dialog("Accepter le compte", width="small")
def accept_account(stopped_id: int) -> None:
    """Commit an account in quarantine, once the reason is given."""
    ctx = session.context()
    st.write("Le compte est validé malgré ses anomalies ; le motif reste au dossier.")
    with_reason(f"accept_{stopped_id}", "Accepter", "Compte validé.",
                 lambda reason: aggregation.accept(ctx, stopped_id, reason))  # fmt: skip


@dialog("Rejeter le compte", width="small")
def reject_account(stopped_id: int) -> None:
    """Leave an account of a delivery out, once the reason is given."""
    ctx = session.context()
    st.write("Ce que cette livraison dit du compte est laissé de côté ; les suivantes sont lues.")
    with_reason(f"reject_{stopped_id}", "Rejeter", "Compte laissé de côté.",
                 lambda reason: aggregation.reject(ctx, stopped_id, reason))  # fmt: skip


@dialog("Accepter le support", width="small")
def accept_fund(stopped_id: int) -> None:
    """Commit a support in quarantine, once the reason is given."""
    ctx = session.context()
    st.write("Ses données sont retenues malgré les anomalies ; le motif reste au dossier.")
    with_reason(f"accept_fund_{stopped_id}", "Accepter", "Support validé.",
                 lambda reason: aggregation.accept_fund(ctx, stopped_id, reason))  # fmt: skip


@dialog("Rejeter le support", width="small")
def reject_fund(stopped_id: int) -> None:
    """Leave a support of a delivery out, once the reason is given."""
    ctx = session.context()
    st.write("Ce que cette livraison dit du support est laissé de côté ; les suivantes sont lues.")
    with_reason(f"reject_fund_{stopped_id}", "Rejeter", "Support laissé de côté.",
                 lambda reason: aggregation.reject_fund(ctx, stopped_id, reason))  # fmt: skip


CHANGES: Final = {
    "same": "inchangé",
    "changed": "modifié",
    "added": "ajouté",
    "removed": "retiré",
}
REMAPPING: Final = [
    Column("external_id", "N° dans le fichier", missing="Sans numéro"),
    Column("change", "Compte", labels=CHANGES),
    Column("state_after", "Deviendrait", "badge", labels=aggregation.ACCOUNT_STATES, tones=TONES),
    Column("total", "Valeur avant", "number", missing="n.c."),
    Column("total_after", "après", "number", missing="n.c."),
    Column("lines", "Lignes avant", "integer"),
    Column("lines_after", "après", "integer"),
    Column("movements", "Mouvements avant", "integer"),
    Column("movements_after", "après", "integer"),
]


@dialog("Relire avec une autre version", width="large")
def remap_delivery(delivery_id: int, mapping_code: str) -> None:
    """Choose a version of the mapping, see what it changes by account, then replace."""
    ctx = session.context()
    known = aggregation.mapping_card(ctx, mapping_code).versions["revision"].to_list()
    chosen = st.selectbox(
        "Version de la correspondance",
        known,
        format_func=lambda n: f"version {n}" if n else "version du produit",
        key=f"remap_version_{delivery_id}",
    )
    note(
        "Ses situations et mouvements sont remplacés à leur place : ce qu'un fichier plus récent "
        "a corrigé le reste. L'ancienne lecture reste lisible."
    )
    if st.button("Essayer", key=f"remap_try_{delivery_id}"):
        st.session_state[f"remap_{delivery_id}"] = chosen
    if st.session_state.get(f"remap_{delivery_id}") != chosen:
        return
    told = aggregation.remap(ctx, delivery_id, chosen, rehearse=True)
    table(ctx, told.accounts, REMAPPING, key=f"remapping_{delivery_id}", id="external_id",
          tools=False)  # fmt: skip
    if st.button("Remplacer", type="primary", key=f"remap_do_{delivery_id}"):
        with saving(f"remap_{delivery_id}_done", "Livraison relue."):
            aggregation.remap(ctx, delivery_id, chosen)
