"""Which mappings exist, in which versions, and how a new version is saved (Correspondances)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from o2s_core import store
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.loading import load
from o2s_core.aggregation.mapping.shipped import shipped_texts, template_texts
from o2s_core.aggregation.models import Delivery, Mapping
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import (
    FieldChange,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    StaleEditError,
)
from o2s_core.kernel.permissions import Permission

#: How the label of a template begins.
TEMPLATE: Final = "Modèle à adapter :"
#: One row per mapping, in its newest version.
MAPPINGS: Final = pl.Schema(
    {
        "code": pl.String(),
        "label": pl.String(),
        "partner": pl.String(),
        "content": pl.String(),  # positions, movements, accounts, joined by commas; "" refuses
        "format": pl.String(),
        "revision": pl.Int64(),  # 0: as the product brings it
        "note": pl.String(),
        "saved_at": pl.Datetime("us", "UTC"),  # null for a mapping of the product
        "deliveries": pl.Int64(),
    }
)
#: One row per version, the newest first.
VERSIONS: Final = pl.Schema(
    {
        "revision": pl.Int64(),
        "saved_at": pl.Datetime("us", "UTC"),
        "saved_by": pl.Int64(),
        "note": pl.String(),
        "deliveries": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class MappingCard:
    """A mapping as it is opened: its text, its version, what came before."""

    code: str
    label: str
    revision: int
    text: str
    versions: pl.DataFrame  #: VERSIONS


@dataclass(frozen=True, slots=True)
class MappingRef:
    """A version of a mapping."""

    code: str
    revision: int


def mappings(ctx: Context) -> pl.DataFrame:
    """Return every mapping of the firm and of the product (schema `MAPPINGS`)."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        rows = _stored(ctx, session)
        used = _used(ctx, session)
    newest: dict[str, tuple[str, int, str, datetime | None]] = {
        code: (text, 0, "", None) for code, text in shipped_texts().items()
    }
    newest |= {row.code: (row.text, row.revision, row.note, row.created_at) for row in rows}
    listed = []
    for code, (text, revision, note, saved_at) in newest.items():
        spec = load(text)
        count = sum(n for (c, _), n in used.items() if c == code)
        if isinstance(spec, MappingSpec):
            listed.append((code, *_seen(spec), revision, note, saved_at, count))
    return pl.DataFrame(listed, MAPPINGS, orient="row").sort("partner", "label")


def mapping_templates(ctx: Context) -> dict[str, str]:
    """Return what each template is written for, by code (modèles à adapter)."""
    ctx.require(Permission.FEED_READ)
    specs = {code: load(text) for code, text in template_texts().items()}
    labels = {
        code: spec.label.removeprefix(TEMPLATE).strip()
        for code, spec in specs.items()
        if isinstance(spec, MappingSpec)
    }
    return dict(sorted(labels.items(), key=lambda item: item[1]))


def mapping_template(ctx: Context, code: str) -> str:
    """Return the text of a template, under the name of what it is written for."""
    ctx.require(Permission.FEED_READ)
    if code not in template_texts():
        raise NotFoundError("Modèle", code)
    return template_texts()[code].replace(f"{TEMPLATE} ", "", 1)


def _seen(spec: MappingSpec) -> tuple[str, str, str, str]:
    partner = spec.provider.name if spec.provider else ""
    return spec.label or spec.code, partner, ",".join(spec.content), spec.reading.type


def _stored(ctx: Context, session: Session, code: str | None = None) -> Sequence[Mapping]:
    query = select(Mapping).where(Mapping.firm_id == ctx.firm_id)
    if code is not None:
        query = query.where(Mapping.code == code)
    return session.exec(query.order_by(col(Mapping.revision))).all()


def _used(ctx: Context, session: Session) -> dict[tuple[str, int], int]:
    """Return how many deliveries each version read."""
    query = (
        select(Delivery.mapping_code, Delivery.mapping_revision, func.count())
        .where(Delivery.firm_id == ctx.firm_id, col(Delivery.mapping_code) != "")
        .group_by(col(Delivery.mapping_code), col(Delivery.mapping_revision))
    )
    return {(code, revision or 0): count for code, revision, count in session.exec(query)}


def mapping_card(ctx: Context, code: str, *, revision: int | None = None) -> MappingCard:
    """Return a mapping in its newest version, or in the one that is asked.

    Raises
    ------
    NotFoundError
        No mapping has this code, or it has no such version.
    """
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        rows = _stored(ctx, session, code)
        used = _used(ctx, session)
    texts = {0: shipped_texts()[code]} if code in shipped_texts() else {}
    texts |= {row.revision: row.text for row in rows}
    asked = max(texts, default=0) if revision is None else revision
    if asked not in texts:
        raise NotFoundError("Correspondance", code)
    history: list[tuple[object, ...]] = [
        (row.revision, row.created_at, row.created_by, row.note, used.get((code, row.revision), 0))
        for row in rows
    ]
    if 0 in texts:
        history.append((0, None, None, "Version du produit", used.get((code, 0), 0)))
    found = pl.DataFrame(history, VERSIONS, orient="row").sort("revision", descending=True)
    spec = load(texts[asked])
    label = spec.label if isinstance(spec, MappingSpec) else ""
    return MappingCard(code, label or code, asked, texts[asked], found)


def save_mapping(
    ctx: Context,
    code: str,
    text: str,
    note: str = "",
    *,
    expected_revision: int | None = None,
    key: str | None = None,
) -> MappingRef:
    """Save a new version of a mapping; the older ones stay, and what they read stays read.

    Parameters
    ----------
    expected_revision
        The version that the person had before their eyes; None when it is new.

    Raises
    ------
    InvalidInputError
        The text is not a mapping, is of another feed, or changes nothing.
    StaleEditError
        Somebody saved a version after `expected_revision`.
    """
    ctx.require(Permission.MAPPING_WRITE)
    _require_valid(code, text)
    with store.tx(ctx) as tx:
        made = store.idempotent(tx, key, lambda: _saved(tx, code, text, note, expected_revision))
        row = tx.session.exec(
            select(Mapping).where(Mapping.firm_id == ctx.firm_id, Mapping.id == made)
        ).one()
        return MappingRef(row.code, row.revision)


def _require_valid(code: str, text: str) -> None:
    found = load(text)
    if not isinstance(found, MappingSpec):
        raise InvalidInputError([FieldProblem(p.key, p.key or "YAML", p.message) for p in found])
    if found.code != code:
        raise InvalidInputError(
            f"La correspondance s'appelle « {found.code} » dans son texte et « {code} » ici : "
            "gardez le même code (clé feed), ou créez une nouvelle correspondance."
        )


def _saved(tx: store.Tx, code: str, text: str, note: str, expected: int | None) -> int:
    rows = _stored(tx.ctx, tx.session, code)
    product = shipped_texts().get(code)
    current = (rows[-1].revision, rows[-1].text) if rows else (0, product)
    if current[1] is not None and expected != current[0]:
        stored = "version du produit" if current[0] == 0 else f"version {current[0]}"
        raise StaleEditError("La correspondance", [FieldChange("Version", stored, expected)])
    if current[1] is not None and current[1].strip() == text.strip():
        raise InvalidInputError("Rien n'a changé depuis la version enregistrée.")
    row = Mapping(firm_id=tx.ctx.firm_id, code=code, revision=current[0] + 1, text=text, note=note)
    try:
        tx.add(row)
    except IntegrityError as error:
        raise StaleEditError("La correspondance", []) from error
    tx.audit("save", "mapping", code, after={"revision": row.revision})
    tx.touch("aggregation")
    return row.id or 0
