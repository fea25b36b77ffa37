"""Do a takeover: each unit of clients whole or not at all, as long work that can be resumed."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.models import TakeoverUnit
from o2s_core.aggregation.takeover.opening import TakeoverCard, one, takeover_card
from o2s_core.aggregation.takeover.units import Unit, units_of
from o2s_core.aggregation.takeover.working_out import plan_of
from o2s_core.aggregation.takeover.writing import Writer
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, O2SError
from o2s_core.kernel.permissions import Permission

log = logging.getLogger(__name__)

BATCH: Final = 500  #: units written in one transaction
Progress = Callable[[int, int, str], None]


def commit_takeover(ctx: Context, takeover_id: int) -> int:
    """Ask for a takeover to be done, as it was rehearsed; return the job.

    Asked again while it is under way, it is the same job; after a job that
    failed or was stopped, the next one goes on where it ended.
    """
    ctx.require(Permission.DATA_TAKEOVER)
    with store.tx(ctx) as tx:
        row = one(tx.session, ctx, takeover_id)
        if row.state == "committing" and row.job_id and not store.job(ctx, row.job_id).finished:
            return row.job_id
        if row.state not in {"rehearsed", "committing"}:
            raise InvalidInputError("Répétez d'abord la reprise : elle se fait telle que répétée.")
        if row.state == "rehearsed":
            row.turn += 1
        row.state = "committing"
        key = f"takeover-{takeover_id}-{row.turn}-{row.version}"
        row.job_id = store.enqueue(ctx, "takeover.commit", {"takeover": takeover_id}, key=key)
        tx.audit("start", "takeover", takeover_id, after={"turn": row.turn})
        return row.job_id


def carry_out(ctx: Context, takeover_id: int, progress: Progress) -> dict[str, int]:
    """Write the units that are not written yet, batch after batch; return how many became what."""
    card = takeover_card(ctx, takeover_id)
    progress(0, 1, "Lecture des fichiers…")
    plan = plan_of(ctx, card)
    writer, past = Writer(ctx, card, plan), _past(ctx, card)
    units = [unit for unit in units_of(plan) if unit.key not in past and writer.is_due(unit)]
    done, total = len(past), len(past) + len(units)
    for some in (units[start : start + BATCH] for start in range(0, len(units), BATCH)):
        progress(done, total, f"{done} dossiers repris sur {total}")
        _write(writer, some)
        done += len(some)
    return _finish(ctx, card)


def _past(ctx: Context, card: TakeoverCard) -> set[str]:
    """Return the units that this turn has written or refused already."""
    query = select(TakeoverUnit.client).where(
        TakeoverUnit.firm_id == ctx.firm_id,
        TakeoverUnit.takeover_id == card.id,
        TakeoverUnit.turn == card.turn,
    )
    with store.reading(ctx) as session:
        return set(session.exec(query).all())


def _write(writer: Writer, units: Sequence[Unit]) -> None:
    """Write a batch; when one unit is refused, write each alone, and note why it is."""
    try:
        writer.write(units)
    except (O2SError, IntegrityError) as refused:
        if len(units) == 1:
            _refuse(writer, units[0], refused)
            return
        for unit in units:
            _write(writer, [unit])


def _refuse(writer: Writer, unit: Unit, refused: Exception) -> None:
    known = isinstance(refused, O2SError)
    message = str(refused) if known else "La base a refusé ce dossier : une donnée est en double."
    log.warning("takeover.refused", extra={"takeover": writer.card.id})
    with store.tx(writer.ctx) as tx:
        tx.session.add(
            TakeoverUnit(
                firm_id=writer.ctx.firm_id,
                takeover_id=writer.card.id,
                turn=writer.card.turn,
                client=unit.key,
                state="refused",
                message=message,
            )
        )


def _finish(ctx: Context, card: TakeoverCard) -> dict[str, int]:
    with store.tx(ctx) as tx:
        row = one(tx.session, ctx, card.id)
        own = (TakeoverUnit.firm_id == ctx.firm_id, TakeoverUnit.takeover_id == card.id)
        turn = (*own, TakeoverUnit.turn == card.turn)
        states = tx.session.exec(select(col(TakeoverUnit.state)).where(*turn)).all()
        said = {state: states.count(state) for state in ("done", "refused")}
        row.state, row.committed_at, row.committed_by = "committed", ctx.now, ctx.user_id
        row.undone_at = None
        tx.audit("commit", "takeover", card.id, after=said)
    return said
