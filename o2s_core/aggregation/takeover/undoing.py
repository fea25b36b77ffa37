"""Take a takeover back: what it made goes, what it changed returns, but where work followed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

import orjson
import polars as pl
from sqlmodel import col, select

from o2s_core import contacts, documents, market, portfolio, store
from o2s_core.aggregation.models import TakeoverStep, TakeoverUnit
from o2s_core.aggregation.takeover.opening import one, takeover_card
from o2s_core.contacts import HouseholdForm
from o2s_core.contacts.models import Contact, ContactRelation
from o2s_core.documents.models import Document
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, O2SError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import AccountForm, HolderShare
from o2s_core.portfolio.models import Account

#: One row per unit of clients of a takeover: what became of it, and why.
TAKEOVER_OUTCOME: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "turn": pl.Int64(),
        "client": pl.String(),
        "state": pl.String(),
        "message": pl.String(),
    }
)
TAKEOVER_UNIT_STATES: Final = {
    "done": "Repris",
    "refused": "Refusé",
    "undone": "Annulé",
    "kept": "Conservé",
}
DAYS: Final = frozenset({"birth_date", "death_date"})
Progress = Callable[[int, int, str], None]


def takeover_outcome(ctx: Context, takeover_id: int) -> pl.DataFrame:
    """Return what became of each unit (schema `TAKEOVER_OUTCOME`), the last turn first."""
    ctx.require(Permission.DATA_TAKEOVER)
    takeover_card(ctx, takeover_id)
    query = (
        select(TakeoverUnit)
        .where(TakeoverUnit.firm_id == ctx.firm_id, TakeoverUnit.takeover_id == takeover_id)
        .order_by(col(TakeoverUnit.turn).desc(), col(TakeoverUnit.id))
    )
    with store.reading(ctx) as session:
        rows = [tuple(getattr(u, n) for n in TAKEOVER_OUTCOME) for u in session.exec(query).all()]
    return pl.DataFrame(rows, TAKEOVER_OUTCOME, orient="row")


def undo_takeover(ctx: Context, takeover_id: int) -> int:
    """Ask for a takeover to be taken back; return the job."""
    ctx.require(Permission.DATA_TAKEOVER)
    if not takeover_outcome(ctx, takeover_id)["state"].is_in(["done", "kept"]).any():
        raise InvalidInputError("Cette reprise n'a rien apporté : il n'y a rien à annuler.")
    with store.tx(ctx) as tx:
        row = one(tx.session, ctx, takeover_id)
        under_way = row.state in {"committing", "undoing"} and row.job_id
        if under_way and not store.job(ctx, row.job_id or 0).finished:
            if row.state == "undoing":
                return row.job_id or 0
            raise InvalidInputError("La reprise est en cours : attendez sa fin, ou arrêtez-la.")
        row.state = "undoing"
        key = f"takeover-{takeover_id}-undo-{row.turn}-{row.version}"
        row.job_id = store.enqueue(ctx, "takeover.undo", {"takeover": takeover_id}, key=key)
        tx.audit("start_undo", "takeover", takeover_id)
        return row.job_id


def take_back(ctx: Context, takeover_id: int, progress: Progress) -> dict[str, int]:
    """Take back every unit that can be, the last one first; return how many, and how many stay."""
    found = takeover_outcome(ctx, takeover_id).filter(pl.col("state").is_in(["done", "kept"]))
    units = found.sort("id", descending=True)["id"].to_list()
    for n, unit_id in enumerate(units):
        if n % 20 == 0:
            progress(n, len(units), f"{n} dossiers rendus sur {len(units)}")
        _take_back(ctx, takeover_id, unit_id)
    return _finish(ctx, takeover_id)


def _take_back(ctx: Context, takeover_id: int, unit_id: int) -> None:
    """Take back one unit, or say why it stays as it is."""
    try:
        with store.tx(ctx) as tx:
            unit = _unit(tx, unit_id)
            for step in _steps(tx, unit_id):
                _UNDO[step.entity](tx, takeover_id, step)
            unit.state, unit.message = "undone", ""
    except O2SError as refused:
        with store.tx(ctx) as tx:
            unit = _unit(tx, unit_id)
            unit.state, unit.message = "kept", str(refused)


def _unit(tx: store.Tx, unit_id: int) -> TakeoverUnit:
    own = (TakeoverUnit.firm_id == tx.ctx.firm_id, TakeoverUnit.id == unit_id)
    return tx.session.exec(select(TakeoverUnit).where(*own)).one()


def _steps(tx: store.Tx, unit_id: int) -> list[TakeoverStep]:
    own = (TakeoverStep.firm_id == tx.ctx.firm_id, TakeoverStep.unit_id == unit_id)
    query = select(TakeoverStep).where(*own).order_by(col(TakeoverStep.id).desc())
    return list(tx.session.exec(query).all())


def _contact(tx: store.Tx, _takeover_id: int, step: TakeoverStep) -> None:
    row = _own(tx, Contact, step.entity_id)
    if row is None:
        return
    _require_untouched(row, step, f"Le dossier {row.file_code}")
    if step.action == "create":
        contacts.delete_contact(tx.ctx, step.entity_id, step.row_version)
        return
    before = {
        name: date.fromisoformat(value) if name in DAYS and value else value
        for name, value in orjson.loads(step.before).items()
    }
    contacts.put_back(tx, step.entity_id, before, step.row_version)


def _household(tx: store.Tx, _takeover_id: int, step: TakeoverStep) -> None:
    row = _own(tx, Contact, step.entity_id)
    if row is None:
        return
    _require_untouched(row, step, f"Le foyer {row.file_code}")
    if step.action == "create":
        contacts.delete_contact(tx.ctx, step.entity_id, step.row_version)
        return
    said = orjson.loads(step.before)
    now = {(m.id, m.role) for m in contacts.members(tx.ctx, step.entity_id)}
    if now != {tuple(m) for m in said["after"]}:
        raise InvalidInputError(f"Les membres du foyer {row.file_code} ont changé depuis.")
    members = tuple((i, role) for i, role in said["members"])
    form = HouseholdForm(row.last_name, members, row.adviser_id, row.stage, row.file_code)
    contacts.save_household(tx.ctx, form, household_id=step.entity_id, expected_version=row.version)


def _relation(tx: store.Tx, _takeover_id: int, step: TakeoverStep) -> None:
    row = _own(tx, ContactRelation, step.entity_id)
    if row is not None:
        _require_untouched(row, step, "Une relation")
        contacts.delete_relation(tx.ctx, step.entity_id)


def _account(tx: store.Tx, takeover_id: int, step: TakeoverStep) -> None:
    row = _own(tx, Account, step.entity_id)
    if row is None:
        return
    _require_untouched(row, step, f"Le compte {row.number}")
    if step.action == "create":
        portfolio.unopen(tx, step.entity_id, takeover_id, step.row_version)
        return
    said = orjson.loads(step.before)
    portfolio.put_account_back(tx, step.entity_id, _form(said), step.row_version)


def _form(said: dict[str, Any]) -> AccountForm:
    holders = tuple(
        HolderShare(i, Decimal(s), right, role) for i, s, right, role in said["holders"]
    )
    days = {n: date.fromisoformat(said[n]) if said[n] else None for n in ("opened_on", "closed_on")}
    return AccountForm(**(said | days | {"holders": holders}))


def _facts(tx: store.Tx, takeover_id: int, step: TakeoverStep) -> None:
    portfolio.cancel_takeover(tx, takeover_id, [step.entity_id])


def _document(tx: store.Tx, _takeover_id: int, step: TakeoverStep) -> None:
    row = _own(tx, Document, step.entity_id)
    if row is not None:
        _require_untouched(row, step, f"Le document « {row.title} »")
        documents.forget(tx, step.entity_id)


def _later(_tx: store.Tx, _takeover_id: int, _step: TakeoverStep) -> None:
    """Leave to the end what several units may use: partners and supports."""


_UNDO: Final = {
    "contact": _contact,
    "household": _household,
    "relation": _relation,
    "account": _account,
    "facts": _facts,
    "document": _document,
    "provider": _later,
    "instrument": _later,
}


def _own(tx: store.Tx, model: type[Any], id_: int) -> Any:  # noqa: ANN401
    query = select(model).where(model.firm_id == tx.ctx.firm_id, model.id == id_)
    return tx.session.exec(query).first()


def _require_untouched(row: Any, step: TakeoverStep, what: str) -> None:  # noqa: ANN401
    """Refuse to undo what somebody changed since, and say when."""
    if row.version != step.row_version:
        when = f" le {french.day(row.updated_at.date())}" if row.updated_at else ""
        raise InvalidInputError(f"{what} a été modifié{when}, après la reprise : il est conservé.")


def _finish(ctx: Context, takeover_id: int) -> dict[str, int]:
    with store.tx(ctx) as tx:
        row = one(tx.session, ctx, takeover_id)
        own = (TakeoverUnit.firm_id == ctx.firm_id, TakeoverUnit.takeover_id == takeover_id)
        states = tx.session.exec(select(col(TakeoverUnit.state)).where(*own)).all()
        _unmake(tx, takeover_id)
        said = {state: states.count(state) for state in ("undone", "kept")}
        row.state = "committed" if said["kept"] else "undone"
        row.undone_at, row.report_blob = ctx.now, ""
        tx.audit("undo", "takeover", takeover_id, after=said)
    return said


def _unmake(tx: store.Tx, takeover_id: int) -> None:
    """Delete the supports and partners that the takeover made and that nothing uses any more."""
    query = (
        select(TakeoverStep.entity, TakeoverStep.entity_id)
        .join(TakeoverUnit, col(TakeoverUnit.id) == col(TakeoverStep.unit_id))
        .where(
            TakeoverUnit.firm_id == tx.ctx.firm_id,
            TakeoverUnit.takeover_id == takeover_id,
            col(TakeoverStep.entity).in_(["instrument", "provider"]),
        )
    )
    made = tx.session.exec(query).all()
    market.unmake(
        tx,
        [id_ for entity, id_ in made if entity == "instrument"],
        [id_ for entity, id_ in made if entity == "provider"],
    )
