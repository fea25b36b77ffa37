"""How a model portfolio is made, changed, published, copied and put away."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, StaleEditError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.model_portfolios.catalogue import lines_of, one_model
from o2s_core.market.model_portfolios.forms import (
    MODEL_FORM,
    ModelForm,
    WeightedSupport,
    line_problems,
)
from o2s_core.market.models import Instrument, ModelLine, ModelPortfolio, ModelVersion


def add_model(ctx: Context, form: ModelForm, *, key: str | None = None) -> int:
    """Add a model portfolio, still without lines, and return its id.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, or another model in use bears the name.
    """
    ctx.require(Permission.MODEL_WRITE)
    MODEL_FORM.require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:

        def make() -> int:
            _require_free(tx.session, ctx, form.name)
            row = ModelPortfolio(firm_id=ctx.firm_id, **_stored(tx.session, ctx, form))
            tx.add(row)
            tx.audit("create", "model", row.id, after={"name": row.name})
            tx.touch("market")
            return row.id or 0

        return store.idempotent(tx, key, make)


def edit_model(ctx: Context, model_id: int, form: ModelForm, expected_version: int) -> None:
    """Change what a model is called, its risk, its currency, its benchmark; not its lines."""
    ctx.require(Permission.MODEL_WRITE)
    MODEL_FORM.require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:
        row = one_model(tx.session, ctx, model_id)
        if row.version != expected_version:
            raise StaleEditError("Le portefeuille modèle", [])
        _require_free(tx.session, ctx, form.name, but=model_id)
        stored = _stored(tx.session, ctx, form)
        changed = [name for name, value in stored.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, stored[name])
        tx.add(row)
        tx.audit("update", "model", model_id, after={"fields": changed})
        tx.touch("market")


def write_model_lines(ctx: Context, model_id: int, supports: Sequence[WeightedSupport]) -> None:
    """Write the lines of the version in preparation, begun when there is none.

    Raises
    ------
    InvalidInputError
        The weights do not add up to 100 %, a support is unknown, put away or listed twice.
    """
    ctx.require(Permission.MODEL_WRITE)
    with store.tx(ctx) as tx:
        one_model(tx.session, ctx, model_id)
        labels = _usable(tx.session, ctx, supports)
        if problems := line_problems(supports, labels):
            raise InvalidInputError(problems)
        version = _draft(tx, model_id)
        tx.session.execute(delete(ModelLine).where(col(ModelLine.version_id) == version.id))
        _fill(tx, version, supports)
        tx.audit("update", "model", model_id, after={"draft": version.number})
        tx.touch("market")


def publish_model(ctx: Context, model_id: int, valid_from: date, comment: str) -> None:
    """Publish the version in preparation: from a day on it holds, and never changes again.

    Raises
    ------
    InvalidInputError
        Nothing is in preparation, its lines are wrong, or the day comes before the
        one from which the last published version holds.
    """
    ctx.require(Permission.MODEL_WRITE)
    with store.tx(ctx) as tx:
        one_model(tx.session, ctx, model_id)
        version = _version(tx.session, ctx, model_id, "draft")
        if version is None:
            raise InvalidInputError("Aucune version en préparation : modifiez d'abord les lignes.")
        supports = _kept(ctx, version)
        if problems := line_problems(supports, _usable(tx.session, ctx, supports)):
            raise InvalidInputError(problems)
        _require_later(tx.session, ctx, model_id, valid_from)
        version.state, version.valid_from = "published", valid_from
        version.comment = comment.strip()[:500]
        version.published_at, version.published_by = ctx.now, ctx.user_id
        tx.add(version)
        tx.audit("publish", "model", model_id, after={"number": version.number})
        tx.touch("market")


def drop_model_draft(ctx: Context, model_id: int) -> None:
    """Give up the version in preparation; what is published stays."""
    ctx.require(Permission.MODEL_WRITE)
    with store.tx(ctx) as tx:
        one_model(tx.session, ctx, model_id)
        version = _version(tx.session, ctx, model_id, "draft")
        if version is None:
            raise InvalidInputError("Aucune version en préparation.")
        _erase(tx, version)
        tx.audit("delete", "model_draft", model_id, after={"number": version.number})
        tx.touch("market")


def duplicate_model(ctx: Context, model_id: int, name: str, *, key: str | None = None) -> int:
    """Copy a model and its newest lines, to be published again under another name."""
    ctx.require(Permission.MODEL_WRITE)
    with store.tx(ctx) as tx:
        row = one_model(tx.session, ctx, model_id)
        benchmark = str(row.benchmark_id) if row.benchmark_id else None
        form = ModelForm(
            " ".join(name.split()), str(row.risk_level), row.currency, benchmark, row.description
        )
        newest = _version(tx.session, ctx, model_id)
        made = add_model(ctx, form, key=key)
        if newest is not None and _version(tx.session, ctx, made) is None:
            _fill(tx, _draft(tx, made), _kept(ctx, newest))
    return made


def archive_model(ctx: Context, model_id: int, *, archived: bool = True) -> None:
    """Put a model away: it is offered no more, and accounts that follow it still do."""
    ctx.require(Permission.MODEL_WRITE)
    with store.tx(ctx) as tx:
        row = one_model(tx.session, ctx, model_id)
        if not archived:
            _require_free(tx.session, ctx, row.name, but=model_id)
        row.archived = archived
        tx.add(row)
        tx.audit("archive" if archived else "restore", "model", model_id)
        tx.touch("market")


def remove_model(tx: store.Tx, model_id: int) -> None:
    """Delete a model and its versions; the caller knows that no account ever followed it."""
    row = one_model(tx.session, tx.ctx, model_id)
    for version in tx.session.exec(
        select(ModelVersion).where(
            ModelVersion.firm_id == tx.ctx.firm_id, ModelVersion.model_id == model_id
        )
    ).all():
        _erase(tx, version)
    tx.session.delete(row)
    tx.session.flush()
    tx.audit("delete", "model", model_id, after={"name": row.name})
    tx.touch("market")


def _erase(tx: store.Tx, version: ModelVersion) -> None:
    tx.session.execute(delete(ModelLine).where(col(ModelLine.version_id) == version.id))
    tx.session.delete(version)
    tx.session.flush()


def _stored(session: Session, ctx: Context, form: ModelForm) -> dict[str, Any]:
    benchmark = int(form.benchmark_id) if form.benchmark_id else None
    if benchmark is not None and benchmark not in _labels(session, ctx, [benchmark]):
        raise InvalidInputError(
            [FieldProblem("benchmark_id", "Indice de référence", "support inconnu.")]
        )
    return {
        "name": form.name,
        "risk_level": int(form.risk_level),
        "currency": form.currency,
        "benchmark_id": benchmark,
        "description": form.description,
    }


def _require_free(session: Session, ctx: Context, name: str, *, but: int | None = None) -> None:
    used = session.exec(
        select(ModelPortfolio.id, ModelPortfolio.name).where(
            ModelPortfolio.firm_id == ctx.firm_id, col(ModelPortfolio.archived).is_(False)
        )
    ).all()
    if any(id_ != but and known.casefold() == name.casefold() for id_, known in used):
        said = f"un portefeuille modèle « {name} » existe déjà : choisissez un autre nom."
        raise InvalidInputError([FieldProblem("name", "Nom", said)])


def _require_later(session: Session, ctx: Context, model_id: int, valid_from: date) -> None:
    last = _version(session, ctx, model_id, "published")
    if last is not None and last.valid_from and valid_from <= last.valid_from:
        raise InvalidInputError(
            f"La version {last.number} est en vigueur depuis le {french.day(last.valid_from)} : "
            "choisissez une date postérieure."
        )


def _version(
    session: Session, ctx: Context, model_id: int, state: str | None = None
) -> ModelVersion | None:
    """Return the newest version of a model, in a state when one is named."""
    query = select(ModelVersion).where(
        ModelVersion.firm_id == ctx.firm_id, ModelVersion.model_id == model_id
    )
    if state is not None:
        query = query.where(ModelVersion.state == state)
    return session.exec(query.order_by(col(ModelVersion.number).desc())).first()


def _draft(tx: store.Tx, model_id: int) -> ModelVersion:
    """Return the version in preparation, begun when there is none."""
    kept = _version(tx.session, tx.ctx, model_id, "draft")
    if kept is not None:
        return kept
    last = _version(tx.session, tx.ctx, model_id)
    row = ModelVersion(
        firm_id=tx.ctx.firm_id, model_id=model_id, number=last.number + 1 if last else 1
    )
    tx.add(row)
    return row


def _fill(tx: store.Tx, version: ModelVersion, supports: Sequence[WeightedSupport]) -> None:
    for rank, line in enumerate(supports, 1):
        tx.add(
            ModelLine(
                firm_id=tx.ctx.firm_id,
                version_id=version.id or 0,
                instrument_id=line.instrument_id,
                rank=rank,
                weight=line.weight,
                minimum=line.minimum,
                maximum=line.maximum,
            )
        )


def _kept(ctx: Context, version: ModelVersion) -> list[WeightedSupport]:
    rows = lines_of(ctx, [version.id or 0])[version.id or 0]
    names = ("instrument_id", "weight", "minimum", "maximum")
    return [WeightedSupport(*row) for row in rows.select(names).iter_rows()]


def _usable(session: Session, ctx: Context, supports: Sequence[WeightedSupport]) -> dict[int, str]:
    """Return the labels of the supports of a model; one unknown or put away is refused."""
    wanted = [line.instrument_id for line in supports]
    known = _labels(session, ctx, wanted)
    if missing := [id_ for id_ in wanted if id_ not in known]:
        raise InvalidInputError(f"Support introuvable : {missing[0]}. Choisissez-le dans la liste.")
    gone = [label for label, status in known.values() if status == "inactive"]
    if gone:
        raise InvalidInputError(
            f"« {gone[0]} » est retiré des listes : remplacez-le par un support actif."
        )
    return {id_: label for id_, (label, _) in known.items()}


def _labels(session: Session, ctx: Context, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = session.exec(
        select(Instrument.id, Instrument.label, Instrument.status).where(
            Instrument.firm_id == ctx.firm_id, col(Instrument.id).in_(list(ids))
        )
    )
    return {id_: (label, status) for id_, label, status in rows if id_ is not None}
