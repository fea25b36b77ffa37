"""Which tables exist as segments: their name, their columns, their order."""

import hashlib
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table kept as segments; `sort_by` is what readers filter on, most selective first."""

    name: str
    schema: pl.Schema
    sort_by: tuple[str, ...] = ()

    @property
    def shape(self) -> str:
        """Return a short name of the columns and types: it changes when they do."""
        return shape_of(self.schema)


_declared: dict[str, Dataset] = {}
#: Every declared dataset, by name.
DATASETS = MappingProxyType(_declared)


def declare(dataset: Dataset) -> Dataset:
    """Make a dataset known to `query`, which needs its columns even when it is empty."""
    known = _declared.setdefault(dataset.name, dataset)
    if known.shape != dataset.shape:
        raise ValueError(f"dataset {dataset.name!r} is declared twice, with two shapes")
    return dataset


def shape_of(schema: pl.Schema) -> str:
    """Return a short name of some columns and their types, in order."""
    said = ";".join(f"{name}:{kind}" for name, kind in schema.items())
    return hashlib.sha256(said.encode()).hexdigest()[:12]
