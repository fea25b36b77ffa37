"""Which long work belongs to takeovers: rehearse a large one, do it, take it back."""

from collections.abc import Mapping
from typing import Any, Final

from o2s_core import administration, store
from o2s_core.aggregation.takeover.committing import carry_out
from o2s_core.aggregation.takeover.opening import one, takeover_card
from o2s_core.aggregation.takeover.rehearsing import rehearse_takeover, require_ready
from o2s_core.aggregation.takeover.undoing import take_back
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission

#: Rows beyond which a rehearsal is the worker's.
LARGE: Final = 20_000


def rehearse_takeover_later(ctx: Context, takeover_id: int) -> int | None:
    """Rehearse a small takeover at once (None); hand a large one to the worker, return the job."""
    ctx.require(Permission.DATA_TAKEOVER)
    card = takeover_card(ctx, takeover_id)
    if sum(file.rows for file in card.files) <= LARGE:
        rehearse_takeover(ctx, takeover_id)
        return None
    require_ready(card)
    with store.tx(ctx) as tx:
        row = one(tx.session, ctx, takeover_id)
        key = f"takeover-{takeover_id}-rehearse-{row.version}"
        row.job_id = store.enqueue(ctx, "takeover.rehearse", {"takeover": takeover_id}, key=key)
        return row.job_id


def _asker(work: store.Work) -> Context:
    """Return who asked, with today's rights: a takeover reaches no client beyond theirs."""
    if work.created_by is None:
        return work.context
    now = work.context
    return administration.context_of(work.place, work.created_by, now.now, now.today)


def _rehearse(work: store.Work) -> dict[str, Any]:
    steps = iter(range(1, 100))
    report = rehearse_takeover(
        _asker(work),
        work.payload["takeover"],
        lambda text: work.progress(min(next(steps), 9), 10, text),
    )
    return {"rows": report.rows.height}


def _commit(work: store.Work) -> dict[str, Any]:
    return carry_out(_asker(work), work.payload["takeover"], work.progress)


def _undo(work: store.Work) -> dict[str, Any]:
    return take_back(_asker(work), work.payload["takeover"], work.progress)


def takeover_job(ctx: Context, takeover_id: int) -> store.Job | None:
    """Return the last long work of a takeover, None when it never had any."""
    ctx.require(Permission.DATA_TAKEOVER)
    card = takeover_card(ctx, takeover_id)
    return store.job(ctx, card.job_id) if card.job_id else None


def stop_takeover(ctx: Context, takeover_id: int) -> None:
    """Stop the long work of a takeover at its next step; what is written stays."""
    ctx.require(Permission.DATA_TAKEOVER)
    card = takeover_card(ctx, takeover_id)
    if card.job_id:
        store.cancel_job(ctx, card.job_id)


#: Who does the work of takeovers.
HANDLERS: Final[Mapping[str, store.Handler]] = {
    "takeover.rehearse": _rehearse,
    "takeover.commit": _commit,
    "takeover.undo": _undo,
}
