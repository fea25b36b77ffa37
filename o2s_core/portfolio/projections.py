"""The published copy of the current lines, by bucket of accounts, for firm-wide reads."""

from collections.abc import Iterable
from typing import Final

from o2s_core import store

CURRENT_LINES: Final = "current_lines"
#: Accounts are spread over this many files; an account is never split.
BUCKETS: Final = 16


def mark(tx: store.Tx, account_ids: Iterable[int]) -> None:
    """Say which buckets must be published again after the commit."""
    for bucket in {account_id % BUCKETS for account_id in account_ids}:
        tx.dirty(CURRENT_LINES, f"{bucket:02d}")
