"""Rehearse a takeover: say what it would do, and keep the answer; nothing else is stored."""

from o2s_core import store
from o2s_core.aggregation.takeover.opening import TakeoverCard, one, require_open, takeover_card
from o2s_core.aggregation.takeover.report import TakeoverReport, packed, report_of, unpacked
from o2s_core.aggregation.takeover.units import units_of
from o2s_core.aggregation.takeover.working_out import Said, plan_of
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission


def rehearse_takeover(ctx: Context, takeover_id: int, say: Said = lambda _: None) -> TakeoverReport:
    """Work out what a takeover would do and keep the report; no client data is written.

    Raises
    ------
    InvalidInputError
        There is no export, or one lacks an obligatory column (each is named).
    """
    ctx.require(Permission.DATA_TAKEOVER)
    card = takeover_card(ctx, takeover_id)
    require_ready(card)
    plan = plan_of(ctx, card, say)
    report = report_of(plan, units_of(plan))
    blob = store.save_blob(ctx, packed(report))
    with store.tx(ctx) as tx:
        row = one(tx.session, ctx, takeover_id)
        require_open(row)
        row.state, row.report_blob, row.rehearsed_at = "rehearsed", blob, ctx.now
        said = {verdict: report.count(verdict) for verdict in ("new", "updated", "error")}
        tx.audit("rehearse", "takeover", takeover_id, after=said)
    return report


def require_ready(card: TakeoverCard) -> None:
    """Refuse to read exports that lack what they must hold, and name all of it."""
    if not card.files:
        raise InvalidInputError("Ajoutez d'abord un fichier : au moins l'export des contacts.")
    lacking = [f"{f.file_name} : {', '.join(f.missing)}" for f in card.files if f.missing]
    if lacking:
        raise InvalidInputError(
            f"Colonnes obligatoires à choisir dans Correspondances : {' ; '.join(lacking)}."
        )


def takeover_report(ctx: Context, takeover_id: int) -> TakeoverReport | None:
    """Return the last rehearsal of a takeover, None when its files changed since."""
    ctx.require(Permission.DATA_TAKEOVER)
    card = takeover_card(ctx, takeover_id)
    return unpacked(store.blob(ctx, card.report_blob)) if card.report_blob else None
