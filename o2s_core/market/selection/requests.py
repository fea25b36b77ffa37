"""Which supports are missing, who asked, what became of it? (Demande de création de support)."""

from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from o2s_core import documents, store
from o2s_core.administration.models import User
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.identifiers import compact, is_isin, search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.kinds import INSTRUMENT_KINDS
from o2s_core.market.models import Instrument, InstrumentRequest
from o2s_core.market.selection.screen import SCREEN, screen

REQUEST_STATES: Final = {
    "submitted": "Soumise",
    "in_progress": "En cours",
    "created": "Créée",
    "refused": "Refusée",
    "duplicate": "Doublon",
}
#: States in which somebody still has to answer.
OPEN: Final = ("submitted", "in_progress")
#: One row per request, the newest first.
REQUESTS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "version": pl.Int64(),
        "label": pl.String(),
        "isin": pl.String(),
        "kind": pl.String(),
        "issuer": pl.String(),
        "proof_name": pl.String(),
        "state": pl.String(),
        "comment": pl.String(),
        "answer": pl.String(),
        "instrument_id": pl.Int64(),
        "by": pl.String(),
        "created_at": pl.Datetime("us", "UTC"),
        "decided_at": pl.Datetime("us", "UTC"),
    }
)
REQUEST_FORM: Final = FormSchema(
    "Demande de création de support",
    (
        FormField("label", "Libellé", required=True, maximum=160),
        FormField("kind", "Famille", "choice", required=True, choices=INSTRUMENT_KINDS),
        FormField(
            "isin",
            "Code ISIN",
            maximum=20,
            check=lambda value, _all, _today: (
                None if is_isin(value) else "code ISIN invalide : vérifiez la clé de contrôle."
            ),
        ),
        FormField("issuer", "Émetteur, société de gestion", maximum=120),
        FormField("comment", "Précisions", "long_text", maximum=500),
    ),
)


@dataclass(frozen=True, slots=True)
class RequestForm:
    """A missing support as somebody describes it."""

    label: str
    kind: str
    isin: str = ""
    issuer: str = ""
    comment: str = ""


def alike(ctx: Context, form: RequestForm) -> pl.DataFrame:
    """Return the supports that the request may already be (schema `SCREEN`).

    The same ISIN, else every word of the label among those known.
    """
    ctx.require(Permission.MARKET_READ)
    rows = screen(ctx)
    code = compact(form.isin)
    same = rows.filter(isin=code) if code else SCREEN.to_frame()
    words = search_key(form.label).split()
    if not same.is_empty() or not words:
        return same
    return rows.filter(*(pl.col("search").str.contains(w, literal=True) for w in words)).head(20)


def request_instrument(
    ctx: Context,
    form: RequestForm,
    proof: tuple[str, bytes] | None = None,
    *,
    key: str | None = None,
) -> int:
    """Ask that a support be created, and return the id of the request.

    `proof` is the name and the bytes of the paper that shows it exists.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, the ISIN is known or already asked, or the
        paper is of a type that is not kept.
    """
    ctx.require(Permission.INSTRUMENT_REQUEST)
    ready = {name: getattr(form, name).strip() for name in RequestForm.__slots__}
    ready["isin"] = compact(form.isin)
    REQUEST_FORM.require_valid(ready, ctx.today)
    kept = _kept(ctx, proof)
    with store.tx(ctx) as tx:

        def make() -> int:
            _require_new(tx.session, ctx, ready["isin"])
            row = InstrumentRequest(firm_id=ctx.firm_id, requested_by=ctx.user_id, **ready, **kept)
            tx.add(row)
            tx.audit("create", "instrument_request", row.id, after={"isin": ready["isin"]})
            tx.touch("market")
            return row.id or 0

        return store.idempotent(tx, key, make)


def _kept(ctx: Context, proof: tuple[str, bytes] | None) -> dict[str, Any]:
    if proof is None:
        return {}
    name, data = proof
    if said := documents.refusal(data, name):
        raise InvalidInputError([FieldProblem("proof", "Justificatif", said)])
    return {"proof_name": name, "proof_sha": store.save_blob(ctx, data)}


def _require_new(session: Session, ctx: Context, isin: str) -> None:
    if not isin:
        return
    known = session.exec(
        select_rows(Instrument).where(Instrument.firm_id == ctx.firm_id, Instrument.isin == isin)
    ).first()
    if known is not None:
        said = f"déjà connu : « {known.label} »."
        raise InvalidInputError([FieldProblem("isin", "Code ISIN", said)])
    asked = session.exec(
        select_rows(InstrumentRequest).where(
            InstrumentRequest.firm_id == ctx.firm_id,
            InstrumentRequest.isin == isin,
            col(InstrumentRequest.state).in_(OPEN),
        )
    ).first()
    if asked is not None:
        said = f"déjà demandé sous le nom « {asked.label} », la demande est en cours."
        raise InvalidInputError([FieldProblem("isin", "Code ISIN", said)])


def requests(ctx: Context, *, states: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the requests of the firm, the newest first (schema `REQUESTS`)."""
    ctx.require(Permission.MARKET_READ)
    own = [name for name in REQUESTS if name != "by"]
    query = (
        select(*(col(getattr(InstrumentRequest, n)) for n in own), col(User.last_name).label("by"))
        .outerjoin(User, col(User.id) == col(InstrumentRequest.requested_by))
        .where(col(InstrumentRequest.firm_id) == ctx.firm_id)
        .order_by(col(InstrumentRequest.id).desc())
    )
    if states:
        query = query.where(col(InstrumentRequest.state).in_(states))
    return store.frame(ctx, query, REQUESTS)


def answer_request(
    ctx: Context,
    request_id: int,
    state: str,
    *,
    instrument_id: int | None = None,
    answer: str = "",
) -> None:
    """Say what becomes of a request: in progress, created or duplicate (of a support), refused.

    Raises
    ------
    InvalidInputError
        The state is none of these, the support that answers it is not named, or
        a refusal gives no reason.
    """
    ctx.require(Permission.INSTRUMENT_WRITE)
    _require_answer(state, instrument_id, answer)
    with store.tx(ctx) as tx:
        query = select_rows(InstrumentRequest).where(
            InstrumentRequest.firm_id == ctx.firm_id, InstrumentRequest.id == request_id
        )
        row = tx.session.exec(query).first()
        if row is None:
            raise NotFoundError("Demande de support", request_id)
        if instrument_id is not None:
            one_instrument(ctx, tx.session, instrument_id)
        row.state, row.instrument_id, row.answer = state, instrument_id, answer.strip()
        row.decided_at = None if state in OPEN else ctx.now
        tx.add(row)
        tx.audit("answer", "instrument_request", request_id, after={"state": state})
        tx.touch("market")


def _require_answer(state: str, instrument_id: int | None, answer: str) -> None:
    if state not in REQUEST_STATES:
        raise InvalidInputError([FieldProblem("state", "État", "choisissez un état de la liste.")])
    if state in {"created", "duplicate"} and instrument_id is None:
        said = "choisissez le support qui répond à la demande."
        raise InvalidInputError([FieldProblem("instrument_id", "Support", said)])
    if state == "refused" and not answer.strip():
        said = "dites pourquoi, pour que la demande ne revienne pas."
        raise InvalidInputError([FieldProblem("answer", "Motif", said)])
