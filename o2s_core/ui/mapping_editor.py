"""The screen of one mapping: a sample file, its columns, what it gives, and the next version."""

from dataclasses import dataclass, replace
from typing import Any, Final
from zlib import crc32

import streamlit as st

from o2s_core import aggregation
from o2s_core.aggregation.mapping import editing, write
from o2s_core.aggregation.mapping.loading import document
from o2s_core.aggregation.trials import Trial
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import mapping_grids, mapping_preview
from o2s_core.ui.boundary import errors
from o2s_core.ui.cache import cached
from o2s_core.ui.figures import note, section
from o2s_core.ui.forms import once, saving
from o2s_core.ui.navigation import go

NEW: Final = "nouvelle"
CONTENTS: Final = {
    "positions": "Positions",
    "movements": "Mouvements",
    "accounts": "Comptes",
    "prices": "Cours",
    "rates": "Taux de change",
}
COMPLETENESS: Final = {
    "full_snapshot": "Toutes les lignes du compte",
    "full_window": "Toutes les opérations de la période",
    "delta": "Seulement du nouveau",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A mapping being written: where it comes from, and as it is now."""

    code: str  #: empty while it is new
    revision: int | None
    document: dict[str, Any]
    columns: tuple[str, ...] = ()
    source: str = ""  #: the text that was opened, comments included
    template: str = ""  #: the template that a new one starts from

    @property
    def text(self) -> str:
        """Return the mapping as it would be saved; untouched, it is the text that was opened."""
        untouched = self.source and document(self.source) == self.document
        return self.source if untouched else write(self.document)

    @property
    def key(self) -> str:
        """Return what the widgets of this mapping are called."""
        return f"mapping_{self.code or NEW}{self.template}"


def show(ctx: Context, code: str) -> None:
    """Show a mapping: the sample on top, what it gives under it, the version to save last."""
    key = f"mapping_{code}"
    _title(ctx, code)
    file = _sample(ctx, key)
    opened = _opened(ctx, code, file)
    if opened is None:
        return
    writable = ctx.may(Permission.MAPPING_WRITE)
    opened = _edited(ctx, opened, file, writable=writable)
    if trial := _tried(ctx, opened, file):
        mapping_preview.show(ctx, trial, key)
    if writable:
        _save(ctx, opened)


def _title(ctx: Context, code: str) -> None:
    """Name the mapping that is open, and its version."""
    if code == NEW:
        section("Nouvelle correspondance", "à partir d'un fichier du partenaire")
        return
    card = aggregation.mapping_card(ctx, code)
    version = f"version {card.revision}" if card.revision else "version du produit"
    section(card.label, f"{code} · {version}")


def _tried(ctx: Context, opened: Opened, file: tuple[str, bytes] | None) -> Trial | None:
    """Return what the sample gives under the mapping as it is now."""
    if file is None:
        return None
    return cached(aggregation.try_mapping)(ctx, file[1], file[0], opened.text)


def _sample(ctx: Context, key: str) -> tuple[str, bytes] | None:
    """Ask for a file to try: one of the computer, or one received."""
    section("Fichier d'essai", "rien n'est importé ici")
    known = cached(aggregation.samples)(ctx)
    left, right = st.columns(2)
    sent = left.file_uploader(
        "Déposer un fichier CSV ou Excel", type=["csv", "txt", "xlsx", "xls"], key=f"{key}_sample"
    )
    chosen = right.selectbox(
        "Ou reprendre un fichier reçu", list(known), format_func=known.__getitem__, index=None,
        placeholder="Livraisons récentes" if known else "Aucune livraison CSV ou Excel",
        key=f"{key}_delivery", disabled=not known,
    )  # fmt: skip
    if sent is not None:
        return sent.name, sent.getvalue()
    return cached(aggregation.sample)(ctx, chosen) if chosen is not None else None


def _opened(ctx: Context, code: str, file: tuple[str, bytes] | None) -> Opened | None:
    """Return the mapping to edit: a saved one, or the draft of the sample."""
    typed = st.session_state.get(f"mapping_{code}_typed")
    if code != NEW:
        card = aggregation.mapping_card(ctx, code)
        seen = cached(aggregation.recognise)(ctx, file[1], file[0]) if file else None
        columns = seen.columns if seen else _named(document(card.text))
        return Opened(code, card.revision, typed or document(card.text), columns, card.text)
    if template := _template(ctx):
        text = aggregation.mapping_template(ctx, template)
        seen = cached(aggregation.recognise)(ctx, file[1], file[0]) if file else None
        columns = seen.columns if seen else _named(document(text))
        return Opened("", None, typed or document(text), columns, text, template)
    if file is None:
        note("Déposez un fichier : ses colonnes sont reconnues et une correspondance est proposée.")
        return None
    found = cached(aggregation.recognise)(ctx, file[1], file[0])
    if found.refusal is not None:
        st.error(found.refusal.message)
        return None
    if found.fitting:
        best = found.fitting[0]
        st.info(f"Ce fichier est déjà lu par « {best[1]} » : ouvrez-la plutôt que d'en créer une.")
        if st.button(f"Ouvrir « {best[1]} »", key="mapping_fitting"):
            go(f"/correspondances?code={best[0]}")
    return Opened("", None, typed or found.document, found.columns)


def _template(ctx: Context) -> str:
    """Ask which template a new mapping starts from, if any."""
    known = cached(aggregation.mapping_templates)(ctx)
    chosen = st.selectbox(
        "Ou partir d'un modèle à adapter", list(known), index=None,
        format_func=lambda code: known[code][:1].upper() + known[code][1:],
        placeholder="Aucun : les colonnes du fichier sont reconnues", key="mapping_template",
        on_change=lambda: st.session_state.pop(f"mapping_{NEW}_typed", None),
    )  # fmt: skip
    return chosen or ""


def _named(opened: dict[str, Any]) -> tuple[str, ...]:
    """Return the columns that a mapping names, when no file shows the real ones."""
    names: list[str] = []
    for rule in (opened.get("fields") or {}).values():
        said = rule.get("column", [])
        names += [said] if isinstance(said, str) else list(said)[:1]
    return tuple(dict.fromkeys(names))


def _edited(
    ctx: Context, opened: Opened, file: tuple[str, bytes] | None, *, writable: bool
) -> Opened:
    """Show the tabs of a mapping; return it as it is now."""
    columns, kinds, reading, text, history = st.tabs(
        ["Colonnes", "Types d'opération", "Lecture", "Texte", "Versions"]
    )
    with reading:
        opened = replace(opened, document=_reading(opened, writable=writable))
    with columns:
        key = f"{opened.key}_columns_{_turn(opened)}"
        changed = mapping_grids.columns(opened.document, opened.columns, key, writable=writable)
        opened = replace(opened, document=changed)
    with kinds:
        opened = replace(opened, document=_kinds(ctx, opened, file, writable=writable))
    with text:
        _text(opened, writable=writable)
    with history:
        _history(ctx, opened)
    return opened


def _kinds(
    ctx: Context, opened: Opened, file: tuple[str, bytes] | None, *, writable: bool
) -> dict[str, Any]:
    """Show what the sample calls its operations, each with its kind."""
    if "movements" not in editing.contents_of(opened.document):
        note("Cette correspondance ne lit pas de mouvements.")
        return opened.document
    trial = _tried(ctx, opened, file)
    if trial is None or trial.wordings.is_empty():
        note("Déposez un fichier d'essai : ses types d'opération sont listés ici.")
        return opened.document
    key = f"{opened.key}_kinds_{_turn(opened)}_{trial.wordings.height}"
    return mapping_grids.kinds(opened.document, trial.wordings, key, writable=writable)


def _reading(opened: Opened, *, writable: bool) -> dict[str, Any]:
    """Show what the file is: its name on screen, its partner, its content, its header."""
    known, key = opened.document, f"{opened.key}_{_turn(opened)}"
    partner = known.get("provider") or {}
    header = (known.get("reading") or {}).get("header") or {}
    required = [n if isinstance(n, str) else n[0] for n in header.get("required", [])]
    first, second = st.columns(2)
    label = first.text_input(
        "Nom affiché", known.get("label", ""), key=f"{key}_label", disabled=not writable
    )
    name = second.text_input(
        "Partenaire", partner.get("name", ""), key=f"{key}_partner", disabled=not writable
    )
    content = first.multiselect(
        "Le fichier contient", list(CONTENTS), list(editing.contents_of(known)),
        format_func=CONTENTS.__getitem__, key=f"{key}_content", disabled=not writable,
    )  # fmt: skip
    complete = second.selectbox(
        "Chaque envoi donne", list(COMPLETENESS), format_func=COMPLETENESS.__getitem__,
        index=list(COMPLETENESS).index(known.get("completeness", "delta")),
        key=f"{key}_complete", disabled=not writable,
    )  # fmt: skip
    marks = st.multiselect(
        "Colonnes qui signalent la ligne d'en-têtes", dict.fromkeys([*required, *opened.columns]),
        required, key=f"{key}_header", disabled=not writable,
    )  # fmt: skip
    made: dict[str, Any] = {}
    if label != known.get("label", ""):
        made["label"] = label
    if name != partner.get("name", ""):
        made["provider"] = {"code": editing.slug(name), "name": name}
    if tuple(content) != editing.contents_of(known):
        made["content"] = content
    if complete != known.get("completeness", "delta"):
        made["completeness"] = complete
    if marks and marks != required:
        made["reading"] = {**known["reading"], "header": {**header, "required": marks}}
    return {**known, **made}


def _text(opened: Opened, *, writable: bool) -> None:
    """Show the mapping as it is saved; those who prefer write it here."""
    turn = _turn(opened)
    typed = st.text_area(
        "Texte de la correspondance (YAML)", opened.text, height=420,
        key=f"{opened.key}_text_{turn}_{crc32(opened.text.encode())}", disabled=not writable,
    )  # fmt: skip
    if writable and st.button("Appliquer le texte", key=f"{opened.key}_apply"):
        found = document(typed)
        if not found:
            st.error("Ce texte n'est pas du YAML lisible : vérifiez alignement et deux-points.")
            return
        st.session_state[f"mapping_{opened.code or NEW}_typed"] = found
        st.session_state[f"{opened.key}_turn"] = st.session_state.get(f"{opened.key}_turn", 0) + 1
        st.rerun()


def _history(ctx: Context, opened: Opened) -> None:
    if opened.revision is None:
        note("Pas encore enregistrée.")
        return
    mapping_preview.versions(ctx, aggregation.mapping_card(ctx, opened.code), opened.key)


def _save(ctx: Context, opened: Opened) -> None:
    """Save the next version, with a word on what changed."""
    key = f"{opened.key}_save"
    following = 1 if opened.revision is None else opened.revision + 1
    section("Enregistrer", f"version {following}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = opened.code or st.text_input(
            "Code", opened.document.get("feed", ""), key=f"{key}_code"
        )
        said = st.text_input(
            "Ce qui change", key=f"{key}_note", max_chars=200, placeholder="Facultatif"
        )
        pressed = st.button(
            f"Enregistrer la version {following}", type="primary", key=f"{key}_button"
        )
    if not pressed:
        return
    text = opened.text if opened.code else write({**opened.document, "feed": code})
    with errors(), saving(key, "Correspondance enregistrée.", then=f"/correspondances?code={code}"):
        aggregation.save_mapping(
            ctx, code, text, said, expected_revision=opened.revision, key=once(key)
        )
        st.session_state.pop(f"mapping_{opened.code or NEW}_typed", None)


def _turn(opened: Opened) -> str:
    """Return what makes the widgets start again: another version, another text applied."""
    return f"{opened.revision}_{st.session_state.get(f'{opened.key}_turn', 0)}"
