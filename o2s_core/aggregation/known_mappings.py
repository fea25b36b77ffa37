"""Which mappings may read a file today? The firm's newest versions, else those of the product."""

from functools import lru_cache

from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.loading import MappingProblem, load
from o2s_core.aggregation.mapping.shipped import shipped_texts
from o2s_core.aggregation.models import Mapping
from o2s_core.aggregation.sandbox import MappingText
from o2s_core.kernel.context import Context


def mapping_texts(ctx: Context) -> dict[str, MappingText]:
    """Return the newest version of each mapping, by code; a product's mapping is version 0."""
    known = {code: MappingText(text, 0) for code, text in shipped_texts().items()}
    with store.reading(ctx) as session:
        rows = session.exec(
            select(Mapping).where(Mapping.firm_id == ctx.firm_id).order_by(col(Mapping.revision))
        ).all()
    return known | {row.code: MappingText(row.text, row.revision) for row in rows}


def specs(texts: dict[str, MappingText]) -> tuple[MappingSpec, ...]:
    """Return the mappings that can be read; one that no longer can is left out."""
    loaded = (_loaded(m.text, m.revision) for m in texts.values())
    return tuple(spec for spec in loaded if isinstance(spec, MappingSpec))


@lru_cache(maxsize=256)
def _loaded(text: str, revision: int | None) -> MappingSpec | list[MappingProblem]:
    """Read a text once in a process: a version of a mapping never changes."""
    return load(text, revision=revision)
