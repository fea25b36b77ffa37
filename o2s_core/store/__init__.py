"""The store: records, segments, blobs, jobs and the audit trail. Only here is a database opened."""

from o2s_core.store.among import among
from o2s_core.store.audit import AuditEvent
from o2s_core.store.audit_trail import (
    AuditFilter,
    AuditLine,
    AuditPage,
    AuditState,
    audit_lines,
    record_head,
    verify_audit,
)
from o2s_core.store.backups import BackupReport, backup, copy_records
from o2s_core.store.blobs import blob, save_blob
from o2s_core.store.bulk import insert_frame, insert_rows, upsert_frame
from o2s_core.store.checks import Finding, Findings, Invariant, check
from o2s_core.store.columns import EXACT, MONEY, Instant, Scaled
from o2s_core.store.data_versions import versions
from o2s_core.store.datasets import DATASETS, Dataset, declare
from o2s_core.store.engine import close, engine, is_sqlite
from o2s_core.store.folding import holds_words
from o2s_core.store.frames import EXACT_FRAME, conform, frame
from o2s_core.store.full_text import FullText, full_text_matches, prepare_full_text
from o2s_core.store.housekeeping import HANDLERS, RECURRING, backups_folder, plan
from o2s_core.store.idempotency import idempotent
from o2s_core.store.jobs import JOB_STATES, Job, cancel_job, enqueue, job, jobs, purge_jobs
from o2s_core.store.keys import init_key
from o2s_core.store.person_keys import forget_person
from o2s_core.store.projections import (
    Projection,
    dirty_parts,
    publish_dirty,
    published_once,
    rebuild,
)
from o2s_core.store.reads import query
from o2s_core.store.restores import restore
from o2s_core.store.rows import Fact, Row, impersonal, personal
from o2s_core.store.schedule import plan_due, recur, recurrences
from o2s_core.store.schema import differences, migrate, require_current
from o2s_core.store.sealing import blind_index, seal, unseal
from o2s_core.store.segments import collect_garbage, publish, published_at, segments
from o2s_core.store.transactions import (
    Tx,
    create_all,
    on_behalf,
    reading,
    remembered,
    stamp,
    tx,
)
from o2s_core.store.turns import take_turn
from o2s_core.store.upgrading import bring_up_to_date
from o2s_core.store.worker import Handler, JobCancelledError, Work, run_due

__all__ = [
    "DATASETS",
    "EXACT",
    "EXACT_FRAME",
    "HANDLERS",
    "JOB_STATES",
    "MONEY",
    "RECURRING",
    "AuditEvent",
    "AuditFilter",
    "AuditLine",
    "AuditPage",
    "AuditState",
    "BackupReport",
    "Dataset",
    "Fact",
    "Finding",
    "Findings",
    "FullText",
    "Handler",
    "Instant",
    "Invariant",
    "Job",
    "JobCancelledError",
    "Projection",
    "Row",
    "Scaled",
    "Tx",
    "Work",
    "among",
    "audit_lines",
    "backup",
    "backups_folder",
    "blind_index",
    "blob",
    "bring_up_to_date",
    "cancel_job",
    "check",
    "close",
    "collect_garbage",
    "conform",
    "copy_records",
    "create_all",
    "declare",
    "differences",
    "dirty_parts",
    "engine",
    "enqueue",
    "forget_person",
    "frame",
    "full_text_matches",
    "holds_words",
    "idempotent",
    "impersonal",
    "init_key",
    "insert_frame",
    "insert_rows",
    "is_sqlite",
    "job",
    "jobs",
    "migrate",
    "on_behalf",
    "personal",
    "plan",
    "plan_due",
    "prepare_full_text",
    "publish",
    "publish_dirty",
    "published_at",
    "published_once",
    "purge_jobs",
    "query",
    "reading",
    "rebuild",
    "record_head",
    "recur",
    "recurrences",
    "remembered",
    "require_current",
    "restore",
    "run_due",
    "save_blob",
    "seal",
    "segments",
    "stamp",
    "take_turn",
    "tx",
    "unseal",
    "upsert_frame",
    "verify_audit",
    "versions",
]
