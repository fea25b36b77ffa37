"""Papers of the files: what they are, whose, and their bytes."""

from o2s_core.documents.categories import CATEGORIES
from o2s_core.documents.file_types import MAX_BYTES, media_type_of, refusal
from o2s_core.documents.keeping import DocumentForm, forget, keep
from o2s_core.documents.listing import DOCUMENTS, Kept, count_of, kept, listed

__all__ = [
    "CATEGORIES",
    "DOCUMENTS",
    "MAX_BYTES",
    "DocumentForm",
    "Kept",
    "count_of",
    "forget",
    "keep",
    "kept",
    "listed",
    "media_type_of",
    "refusal",
]
