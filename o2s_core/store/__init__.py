"""The store: records, segments, blobs, jobs and the audit trail. Only here is a database opened."""

from o2s_core.store.columns import EXACT, MONEY, Instant, Scaled
from o2s_core.store.data_versions import versions
from o2s_core.store.engine import engine, is_sqlite
from o2s_core.store.rows import Fact, Row, impersonal, personal
from o2s_core.store.transactions import Tx, create_all, reading, stamp, tx

__all__ = [
    "EXACT",
    "MONEY",
    "Fact",
    "Instant",
    "Row",
    "Scaled",
    "Tx",
    "create_all",
    "engine",
    "impersonal",
    "is_sqlite",
    "personal",
    "reading",
    "stamp",
    "tx",
    "versions",
]
