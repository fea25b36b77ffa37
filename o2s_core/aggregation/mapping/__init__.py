"""How the columns of a partner's flat file become facts (Correspondances)."""

from o2s_core.aggregation.mapping.detection import Candidate, detect
from o2s_core.aggregation.mapping.drafting import Draft, guess, redraft, write
from o2s_core.aggregation.mapping.language import FIELDS, MappingSpec
from o2s_core.aggregation.mapping.loading import MappingProblem, load
from o2s_core.aggregation.mapping.preview import Preview, explain
from o2s_core.aggregation.mapping.shipped import shipped, shipped_texts

__all__ = [
    "FIELDS",
    "Candidate",
    "Draft",
    "MappingProblem",
    "MappingSpec",
    "Preview",
    "detect",
    "explain",
    "guess",
    "load",
    "redraft",
    "shipped",
    "shipped_texts",
    "write",
]
