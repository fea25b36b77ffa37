"""The second row of a client's file: who it is, the pages of the rubrique, the way to others."""

from collections.abc import Iterator, Sequence
from typing import Any

import streamlit as st

from o2s_core.contacts import ContactCard, Scope, vocabulary
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.ui import pages
from o2s_core.ui.figures import Tone
from o2s_core.ui.navigation import link
from o2s_core.ui.shell import head, here
from o2s_core.ui.tables import NEIGHBOURS

STAGE_TONES = {"prospect": "info", "client": "good"}


def file_header(
    ctx: Context, file: ContactCard | Scope, *, badges: Sequence[tuple[str, Tone]] = ()
) -> None:
    """Draw the identity row of a file and its pages, every link of which keeps the file.

    Parameters
    ----------
    file
        The card of a contact (person, company or household), or the scope of a
        named group.
    badges
        More states beside the stage: text and tone (`("Données déclaratives", "warn")`).
    """
    spec = here()
    query = _query(file)
    rubrics = _rubrics(ctx, query, spec)
    before, after = _neighbours(file)
    data: dict[str, Any] = {
        "crumbs": [{"label": "Contacts", "href": "/contacts"}]
        + ([{"label": spec.rubric}] if spec.rubric else []),
        "title": file.name,
        "facts": list(_facts(file)),
        "badges": [{"text": text, "tone": tone} for text, tone in (*_states(file), *badges)],
        "tabs": next((r["pages"] for r in rubrics if r["label"] == spec.rubric), []),
        "browse": rubrics,
        "previous": link(spec.url, contact=before) if before else None,
        "next": link(spec.url, contact=after) if after else None,
    }
    head(data, key=f"file_{spec.url}", sticky=True)


def _query(file: ContactCard | Scope) -> dict[str, object]:
    return {"contact": file.file_code} if file.file_code else {"groupe": file.id}


def _facts(file: ContactCard | Scope) -> Iterator[str]:
    if isinstance(file, ContactCard) and file.age is not None:
        yield f"{file.age} ans"
    if file.file_code:
        yield f"Dossier {file.file_code}"
    if isinstance(file, ContactCard) and file.adviser:
        yield f"Conseiller {file.adviser}"
    if isinstance(file, Scope):
        yield french.count(len(file.member_ids), "membre")


def _states(file: ContactCard | Scope) -> Iterator[tuple[str, Tone]]:
    """Return the stage, and what must be known before anything is done."""
    yield vocabulary.STAGES.get(file.stage, file.stage), STAGE_TONES.get(file.stage, "quiet")  # type: ignore[misc]
    if isinstance(file, ContactCard):
        if file.is_deceased:
            yield "Décédé", "bad"
        elif file.is_minor:
            yield "Mineur", "warn"
        elif file.form.legal_capacity not in {"", "capable", "minor"}:
            yield "Majeur protégé", "warn"
        if file.archived_at:
            yield "Archivé", "warn"


def _neighbours(file: ContactCard | Scope) -> tuple[str | None, str | None]:
    """Return the file codes before and after, in the list the person came from."""
    known: list[str] = st.session_state.get(NEIGHBOURS, [])
    if file.file_code not in known:
        return None, None
    at = known.index(file.file_code)
    return (known[at - 1] if at else None), (known[at + 1] if at + 1 < len(known) else None)


def _rubrics(
    ctx: Context, query: dict[str, object], current: pages.PageSpec
) -> list[dict[str, Any]]:
    """Return the rubriques with the pages that exist and that this profile may open."""
    shown: dict[str, list[dict[str, Any]]] = {}
    for spec in pages.built():
        if spec.rubric and ctx.may(spec.needs):
            entry = {
                "label": spec.title,
                "href": link(spec.url, **query),
                "current": spec.url == current.url,
            }
            shown.setdefault(spec.rubric, []).append(entry)
    return [{"label": rubric, "pages": entries} for rubric, entries in shown.items()]
