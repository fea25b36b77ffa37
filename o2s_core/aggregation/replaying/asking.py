"""How is a replay asked for from a screen, and how did the last one go? (rejeu de l'archive)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
import polars as pl
from sqlalchemy import select as columns
from sqlmodel import col

from o2s_core import administration, store
from o2s_core.aggregation.replaying.rereading import CHOICES
from o2s_core.aggregation.replaying.running import replay, require_whole_firm
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account
from o2s_core.portfolio.visibility import visible

KIND: Final = "aggregation.replay"
#: Accounts named in the result of a replay; beyond, their number is said.
NAMED: Final = 500
#: How an account is no longer the same -> how the screen says it.
REPLAY_CHANGES: Final = {"added": "Apparaît", "removed": "Disparaît", "changed": "Change"}
#: One row per account that a replay changed, or would change.
REPLAYED_ACCOUNTS: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "account": pl.String(),
        "number": pl.String(),
        "change": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class ReplayRun:
    """A replay asked for from a screen: how far it is, and what it gave."""

    state: str  #: of the job: queued, running, done, failed, cancelled
    progress: float | None
    message: str
    asked_at: datetime
    rehearsal: bool  #: compared, nothing changed
    mapping: str
    before: str  #: hash; "" until it is done
    hash: str
    deliveries: int
    changed: int  #: accounts that differ
    refused: int  #: files that could not be read again
    accounts: pl.DataFrame  #: REPLAYED_ACCOUNTS, the first ones

    @property
    def finished(self) -> bool:
        """Return whether nothing more will happen."""
        return self.state in {"done", "failed", "cancelled"}

    @property
    def identical(self) -> bool:
        """Return whether the archive gave what the store already said."""
        return bool(self.hash) and self.hash == self.before


def replay_later(ctx: Context, *, mapping: str = "original", dry_run: bool = False) -> int:
    """Hand a replay to the worker; return the job. With `dry_run`, compare and change nothing.

    Raises
    ------
    InvalidInputError
        Another replay is under way, or the choice of mapping is unknown.
    """
    ctx.require(Permission.FEED_REPLAY)
    require_whole_firm(ctx)
    if mapping not in CHOICES:
        raise InvalidInputError("Correspondance : choisissez l'une des deux lectures.")
    last = next(iter(store.jobs(ctx, kind=KIND, limit=1)), None)
    if last is not None and not last.finished:
        raise InvalidInputError("Un rejeu est déjà en cours : attendez qu'il se termine.")
    asked = {"mapping": mapping, "dry_run": dry_run}
    key = f"replay-{last.id if last else 0}"
    return store.enqueue(ctx, KIND, asked, key=key)


def last_replay(ctx: Context) -> ReplayRun | None:
    """Return the last replay asked for from a screen, None when none ever was."""
    ctx.require(Permission.FEED_REPLAY)
    require_whole_firm(ctx)
    job = next(iter(store.jobs(ctx, kind=KIND, limit=1)), None)
    if job is None:
        return None
    said = orjson.loads(job.result) or {}
    return ReplayRun(
        job.state, job.progress, job.message, job.created_at, job.arguments["dry_run"],
        job.arguments["mapping"], said.get("before", ""), said.get("hash", ""),
        said.get("deliveries", 0), said.get("changed", 0), said.get("refused", 0),
        _accounts(ctx, said.get("accounts", [])),
    )  # fmt: skip


def _accounts(ctx: Context, changes: list[list[Any]]) -> pl.DataFrame:
    table = pl.DataFrame(changes, {"account_id": pl.Int64, "change": pl.String}, orient="row")
    own: list[Any] = [
        col(Account.id).label("account_id"), col(Account.label).label("account"), Account.number,
    ]  # fmt: skip
    query: Any = columns(*own).where(
        col(Account.firm_id) == ctx.firm_id,
        visible(ctx),
        store.among(ctx, col(Account.id), table["account_id"].to_list()),
    )
    shape = pl.Schema({n: REPLAYED_ACCOUNTS[n] for n in ("account_id", "account", "number")})
    named = table.join(store.frame(ctx, query, shape), on="account_id", how="left")
    return named.select(REPLAYED_ACCOUNTS.names())


def run_replay(work: store.Work) -> dict[str, Any]:
    """Do a replay in the name of who asked for it, with today's rights."""
    ctx = work.context
    if work.created_by is not None:
        ctx = administration.context_of(work.place, work.created_by, ctx.now, ctx.today)
    done = replay(
        ctx,
        mapping=work.payload["mapping"],
        dry_run=work.payload["dry_run"],
        progress=work.progress,
    )
    return {
        "before": done.before,
        "hash": done.hash,
        "deliveries": done.deliveries,
        "changed": done.changes.height,
        "refused": len(done.refused),
        "accounts": done.changes.head(NAMED).select("account_id", "change").rows(),
    }
