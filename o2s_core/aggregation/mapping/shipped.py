"""Which mappings the product brings with it."""

from functools import cache
from importlib.resources import files

from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.loading import load


@cache
def shipped() -> tuple[MappingSpec, ...]:
    """Return the mappings that come with the product, by code."""
    return tuple(_loaded(text) for _, text in sorted(shipped_texts().items()))


@cache
def shipped_texts() -> dict[str, str]:
    """Return the YAML of each mapping that comes with the product, by code."""
    return _texts("mappings")


@cache
def template_texts() -> dict[str, str]:
    """Return the YAML of each template, by code: a start to copy, which reads nothing itself."""
    return _texts("mappings/templates")


def _texts(place: str) -> dict[str, str]:
    folder = files("o2s_core.aggregation").joinpath(place)
    names = [entry for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    return {entry.name.removesuffix(".yaml"): entry.read_text("utf-8") for entry in names}


def _loaded(text: str) -> MappingSpec:
    spec = load(text, revision=0)
    if not isinstance(spec, MappingSpec):
        raise ValueError("; ".join(map(str, spec)))  # noqa: TRY004 - a packaging mistake
    return spec
