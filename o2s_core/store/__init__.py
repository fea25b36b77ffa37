"""The store: records, segments, blobs, jobs and the audit trail. Only here is a database opened."""

from o2s_core.store.audit import AuditEvent
from o2s_core.store.blobs import blob, save_blob
from o2s_core.store.columns import EXACT, MONEY, Instant, Scaled
from o2s_core.store.data_versions import versions
from o2s_core.store.engine import close, engine, is_sqlite
from o2s_core.store.idempotency import idempotent
from o2s_core.store.jobs import JOB_STATES, Job, cancel_job, enqueue, job, jobs, purge_jobs
from o2s_core.store.keys import init_key
from o2s_core.store.person_keys import forget_person
from o2s_core.store.rows import Fact, Row, impersonal, personal
from o2s_core.store.sealing import blind_index, seal, unseal
from o2s_core.store.transactions import Tx, create_all, reading, stamp, tx
from o2s_core.store.worker import Handler, JobCancelledError, Work, run_due

__all__ = [
    "EXACT",
    "JOB_STATES",
    "MONEY",
    "AuditEvent",
    "Fact",
    "Handler",
    "Instant",
    "Job",
    "JobCancelledError",
    "Row",
    "Scaled",
    "Tx",
    "Work",
    "blind_index",
    "blob",
    "cancel_job",
    "close",
    "create_all",
    "engine",
    "enqueue",
    "forget_person",
    "idempotent",
    "impersonal",
    "init_key",
    "is_sqlite",
    "job",
    "jobs",
    "personal",
    "purge_jobs",
    "reading",
    "run_due",
    "save_blob",
    "seal",
    "stamp",
    "tx",
    "unseal",
    "versions",
]
