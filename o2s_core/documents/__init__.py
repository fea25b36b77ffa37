"""Papers of the files: what they are, whose, and their bytes."""

from o2s_core.documents.categories import CATEGORIES, SUPPORT_CATEGORIES
from o2s_core.documents.file_types import MAX_BYTES, media_type_of, refusal
from o2s_core.documents.keeping import (
    DocumentForm,
    forget,
    forget_of_support,
    keep,
    keep_of_support,
)
from o2s_core.documents.listing import (
    DOCUMENTS,
    Kept,
    count_of,
    kept,
    kept_of_support,
    listed,
    listed_of_support,
)

__all__ = [
    "CATEGORIES",
    "DOCUMENTS",
    "MAX_BYTES",
    "SUPPORT_CATEGORIES",
    "DocumentForm",
    "Kept",
    "count_of",
    "forget",
    "forget_of_support",
    "keep",
    "keep_of_support",
    "kept",
    "kept_of_support",
    "listed",
    "listed_of_support",
    "media_type_of",
    "refusal",
]
