"""Papers of the files: what they are, whose, what they say, and their bytes."""

from o2s_core.documents.categories import (
    CATEGORIES,
    CATEGORY_TABLE,
    SUPPORT_CATEGORIES,
    add_category,
    category_labels,
    change_category,
    document_categories,
)
from o2s_core.documents.editing import (
    VERSIONS,
    DocumentSaid,
    discard,
    edit_document,
    new_version,
    take_back,
    versions_of,
)
from o2s_core.documents.examining import Examined, examine
from o2s_core.documents.file_names import clean_name, title_of
from o2s_core.documents.file_types import MAX_BYTES, media_type_of, refusal
from o2s_core.documents.handing import (
    bundle_ticket,
    document,
    document_bytes,
    document_ticket,
)
from o2s_core.documents.keeping import (
    VISIBILITIES,
    DocumentForm,
    add_document,
    forget,
    forget_of_support,
    keep,
    keep_of_support,
)
from o2s_core.documents.library import EXPIRIES, LIBRARY, Library, Wanted, library
from o2s_core.documents.listing import (
    DOCUMENTS,
    Kept,
    count_of,
    kept,
    kept_of_support,
    listed,
    listed_of_support,
)
from o2s_core.documents.owners import OWNERS, OwnerKind, declare_owner
from o2s_core.documents.reading import FLAGS, WARNINGS, Reading, read_document
from o2s_core.documents.wording import HANDLERS, PACE

__all__ = [
    "CATEGORIES",
    "CATEGORY_TABLE",
    "DOCUMENTS",
    "EXPIRIES",
    "FLAGS",
    "HANDLERS",
    "LIBRARY",
    "MAX_BYTES",
    "OWNERS",
    "PACE",
    "SUPPORT_CATEGORIES",
    "VERSIONS",
    "VISIBILITIES",
    "WARNINGS",
    "DocumentForm",
    "DocumentSaid",
    "Examined",
    "Kept",
    "Library",
    "OwnerKind",
    "Reading",
    "Wanted",
    "add_category",
    "add_document",
    "bundle_ticket",
    "category_labels",
    "change_category",
    "clean_name",
    "count_of",
    "declare_owner",
    "discard",
    "document",
    "document_bytes",
    "document_categories",
    "document_ticket",
    "edit_document",
    "examine",
    "forget",
    "forget_of_support",
    "keep",
    "keep_of_support",
    "kept",
    "kept_of_support",
    "library",
    "listed",
    "listed_of_support",
    "media_type_of",
    "new_version",
    "read_document",
    "refusal",
    "take_back",
    "title_of",
    "versions_of",
]
