"""Which model portfolios there are, and what each one says."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl
from sqlalchemy import func
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.identifiers import search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import current_sri
from o2s_core.market.models import Instrument, ModelLine, ModelPortfolio, ModelVersion

WEIGHT: Final = pl.Decimal(38, 8)
#: One row per model, by name; the version is the one in force, null when none is.
MODELS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "name": pl.String(),
        "risk_level": pl.Int64(),
        "currency": pl.String(),
        "archived": pl.Boolean(),
        "number": pl.Int64(),
        "valid_from": pl.Date(),
        "lines": pl.Int64(),
        "draft": pl.Boolean(),
    }
)
#: The lines of a version, in their order; weights are ratios.
MODEL_LINES: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "isin": pl.String(),
        "label": pl.String(),
        "kind": pl.String(),
        "asset_class": pl.String(),
        "currency": pl.String(),
        "sri": pl.Int64(),
        "status": pl.String(),
        "weight": WEIGHT,
        "minimum": WEIGHT,
        "maximum": WEIGHT,
    }
)


@dataclass(frozen=True, slots=True)
class VersionCard:
    """One version of a model, with its lines (schema `MODEL_LINES`)."""

    id: int
    number: int
    state: str
    valid_from: date | None
    comment: str
    lines: pl.DataFrame

    def by_class(self) -> pl.DataFrame:
        """Return the weight of each asset class, largest first."""
        grouped = self.lines.group_by("asset_class").agg(pl.col("weight").sum())
        return grouped.sort("weight", "asset_class", descending=[True, False])

    @property
    def sri(self) -> float | None:
        """Return the mean SRI by weight; null when a support has none."""
        known = self.lines.drop_nulls("sri")
        if known.height < self.lines.height or known.is_empty():
            return None
        return float(sum(s * w for s, w in known.select("sri", "weight").iter_rows()))


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model portfolio; `in_force` is null before its first published version holds."""

    id: int
    version: int
    name: str
    risk_level: int
    currency: str
    benchmark_id: int | None
    benchmark: str
    description: str
    archived: bool
    in_force: VersionCard | None
    draft: VersionCard | None
    versions: tuple[VersionCard, ...] = field(default=())  #: newest first


def model_portfolios(ctx: Context, *, archived: bool = False) -> pl.DataFrame:
    """Return the model portfolios in use, or those put away (schema `MODELS`)."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        rows = session.exec(
            select(ModelPortfolio)
            .where(ModelPortfolio.firm_id == ctx.firm_id, ModelPortfolio.archived == archived)
            .order_by(col(ModelPortfolio.id))
        ).all()
        versions = _versions(session, ctx, [row.id or 0 for row in rows])
        counts = _line_counts(session, ctx)
    listed = []
    for row in sorted(rows, key=lambda row: search_key(row.name)):
        mine = [v for v in versions if v.model_id == row.id]
        now = in_force(mine, ctx.today)
        listed.append(
            (row.id, row.name, row.risk_level, row.currency, row.archived,
             now.number if now else None, now.valid_from if now else None,
             counts.get(now.id or 0) if now else None, any(v.state == "draft" for v in mine))
        )  # fmt: skip
    return pl.DataFrame(listed, schema=MODELS, orient="row")


def model_portfolio(ctx: Context, model_id: int) -> ModelCard:
    """Return a model portfolio with all its versions.

    Raises
    ------
    NotFoundError
        It is not one of the firm's.
    """
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        row = one_model(session, ctx, model_id)
        versions = _versions(session, ctx, [model_id])
        benchmark = session.get(Instrument, row.benchmark_id) if row.benchmark_id else None
    lines = lines_of(ctx, [v.id or 0 for v in versions])
    cards = {v.id: _card(v, lines[v.id or 0]) for v in versions}
    now = in_force(versions, ctx.today)
    return ModelCard(
        id=model_id,
        version=row.version,
        name=row.name,
        risk_level=row.risk_level,
        currency=row.currency,
        benchmark_id=row.benchmark_id,
        benchmark=benchmark.label if benchmark else "",
        description=row.description,
        archived=row.archived,
        in_force=cards[now.id] if now else None,
        draft=next((cards[v.id] for v in versions if v.state == "draft"), None),
        versions=tuple(cards[v.id] for v in reversed(versions)),
    )


def in_force(versions: list[ModelVersion], on: date) -> ModelVersion | None:
    """Return the version that holds on a day: the last published one that began."""
    begun = [v for v in versions if v.state == "published" and v.valid_from and v.valid_from <= on]
    return max(begun, key=lambda v: (v.valid_from, v.number), default=None)


def one_model(session: Session, ctx: Context, model_id: int) -> ModelPortfolio:
    """Return the record of a model, or say that it is not found."""
    row = session.exec(
        select(ModelPortfolio).where(
            ModelPortfolio.firm_id == ctx.firm_id, ModelPortfolio.id == model_id
        )
    ).first()
    if row is None:
        raise NotFoundError("Portefeuille modèle", model_id)
    return row


def _versions(session: Session, ctx: Context, model_ids: list[int]) -> list[ModelVersion]:
    query = (
        select(ModelVersion)
        .where(ModelVersion.firm_id == ctx.firm_id, col(ModelVersion.model_id).in_(model_ids))
        .order_by(col(ModelVersion.model_id), col(ModelVersion.number))
    )
    return list(session.exec(query))


def _line_counts(session: Session, ctx: Context) -> dict[int, int]:
    query = (
        select(ModelLine.version_id, func.count())
        .where(ModelLine.firm_id == ctx.firm_id)
        .group_by(col(ModelLine.version_id))
    )
    return dict(session.exec(query).all())


def lines_of(ctx: Context, version_ids: list[int]) -> dict[int, pl.DataFrame]:
    """Return the lines of some versions (schema `MODEL_LINES`), each in its order."""
    own = [
        current_sri.label("sri") if name == "sri" else col(getattr(_place(name), name))
        for name in MODEL_LINES
    ]
    query = (
        select(col(ModelLine.version_id), *own)
        .join(Instrument, col(Instrument.id) == col(ModelLine.instrument_id))
        .where(ModelLine.firm_id == ctx.firm_id, col(ModelLine.version_id).in_(version_ids))
        .order_by(col(ModelLine.version_id), col(ModelLine.rank))
    )
    frame = store.frame(ctx, query, pl.Schema({"version_id": pl.Int64(), **MODEL_LINES}))
    return {
        id_: frame.filter(pl.col("version_id") == id_).drop("version_id") for id_ in version_ids
    }


def _place(name: str) -> type[ModelLine] | type[Instrument]:
    return ModelLine if name in ModelLine.model_fields else Instrument


def _card(row: ModelVersion, lines: pl.DataFrame) -> VersionCard:
    return VersionCard(row.id or 0, row.number, row.state, row.valid_from, row.comment, lines)
