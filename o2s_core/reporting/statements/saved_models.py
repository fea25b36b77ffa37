"""Which models of statement may one choose, and how is one written? (Modèles d'état de compte)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from sqlmodel import Session, col, func, select

from o2s_core import portfolio, store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError, StaleEditError
from o2s_core.kernel.permissions import Permission
from o2s_core.reporting.models import StatementIssue, StatementModel
from o2s_core.reporting.statements.figures import first_day
from o2s_core.reporting.statements.layout import Layout
from o2s_core.reporting.statements.sections import SECTIONS
from o2s_core.reporting.statements.words import require_fields

#: What the period of a statement may be: code -> French label.
PERIODS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "since_last": "Depuis le dernier état établi",
        "3m": "3 derniers mois",
        "year": "Depuis le 1er janvier",
        "1y": "12 derniers mois",
        "origin": "Depuis l'origine",
    }
)
LONGEST: Final = 4_000  #: characters of a letter or a comment
EARLY: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class StatementModelForm:
    """A model as one writes it; texts may name the fields of `words.FIELDS`."""

    name: str
    sections: tuple[str, ...]
    period: str = "year"
    letter: str = ""
    comment: str = ""

    @property
    def layout(self) -> Layout:
        """Return what a statement of this model shows."""
        return Layout(self.sections, self.letter, self.comment)


@dataclass(frozen=True, slots=True)
class StatementModelCard:
    """A model one may choose: shipped with the application, or the firm's own."""

    code: str  #: `annual`… or the number of the firm's own
    form: StatementModelForm
    own: bool
    version: int = 0


#: Shipped with the application.
SHIPPED: Final[Mapping[str, StatementModelForm]] = MappingProxyType(
    {
        "annual": StatementModelForm("Rendez-vous annuel", tuple(SECTIONS)),
        "quarterly": StatementModelForm(
            "Trimestriel",
            ("letter", "synthesis", "allocation", "positions", "movements", "legal"),
            "since_last",
        ),
        "holdings": StatementModelForm("Avoirs du jour", ("synthesis", "positions", "legal")),
    }
)


def statement_models(ctx: Context) -> tuple[StatementModelCard, ...]:
    """Return the models that one may choose: those shipped, then the firm's own by name."""
    ctx.require(Permission.PORTFOLIO_READ)
    query = select(StatementModel).where(StatementModel.firm_id == ctx.firm_id)
    with store.reading(ctx) as session:
        rows = session.exec(query.order_by(col(StatementModel.name))).all()
    shipped = (StatementModelCard(code, form, own=False) for code, form in SHIPPED.items())
    return (*shipped, *(_card(row) for row in rows))


def statement_model(ctx: Context, code: str) -> StatementModelCard:
    """Return one model by its code."""
    ctx.require(Permission.PORTFOLIO_READ)
    found = next((card for card in statement_models(ctx) if card.code == code), None)
    if found is None:
        raise NotFoundError("Modèle d'état de compte", code)
    return found


def save_model(
    ctx: Context, form: StatementModelForm, code: str | None = None, expected_version: int = 0
) -> str:
    """Write a model of the firm's own, a new one without code; return its code.

    Raises
    ------
    InvalidInputError
        A name is missing or taken, no section is chosen, or a text names what no
        statement says.
    StaleEditError
        Somebody has changed it since.
    """
    ctx.require(Permission.STATEMENT_MODEL)
    _require_valid(ctx, form, code)
    with store.tx(ctx) as tx:
        row = StatementModel(firm_id=ctx.firm_id, name="", sections="") if code is None else _own(
            tx.session, ctx, code
        )  # fmt: skip
        if code is not None and row.version != expected_version:
            raise StaleEditError(f"Le modèle « {row.name} »", [])
        row.name, row.sections, row.period = form.name.strip(), ",".join(form.sections), form.period
        row.letter, row.comment = form.letter.strip(), form.comment.strip()
        tx.add(row) if code is None else store.stamp(ctx, row)
        said = {"name": row.name, "sections": row.sections, "period": row.period}
        tx.audit("create" if code is None else "update", "statement_model", row.id, after=said)
        tx.touch("reporting")
        return str(row.id)


def delete_model(ctx: Context, code: str) -> None:
    """Delete a model of the firm's own; the statements made with it stay."""
    ctx.require(Permission.STATEMENT_MODEL)
    with store.tx(ctx) as tx:
        row = _own(tx.session, ctx, code)
        tx.session.delete(row)
        tx.audit("delete", "statement_model", row.id, before={"name": row.name})
        tx.touch("reporting")


def period_start(ctx: Context, contact_id: int, period: str, on: date) -> date:
    """Return the day at whose close the period of a statement begins.

    Since the last statement made for this contact; without one, since the end of last year.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    if period == "since_last":
        return _last(ctx, contact_id, on) or first_day(on)
    if period in {"3m", "1y"}:
        return portfolio.start_of(period, on, EARLY)
    return EARLY if period == "origin" else first_day(on)


def _last(ctx: Context, contact_id: int, on: date) -> date | None:
    query = select(func.max(StatementIssue.end_on)).where(
        StatementIssue.firm_id == ctx.firm_id,
        StatementIssue.contact_id == contact_id,
        StatementIssue.end_on < on,
    )
    with store.reading(ctx) as session:
        return session.exec(query).first()


def _card(row: StatementModel) -> StatementModelCard:
    sections = tuple(code for code in row.sections.split(",") if code in SECTIONS)
    form = StatementModelForm(row.name, sections, row.period, row.letter, row.comment)
    return StatementModelCard(str(row.id), form, own=True, version=row.version)


def _own(session: Session, ctx: Context, code: str) -> StatementModel:
    number = int(code) if code.isdecimal() else 0
    mine = (StatementModel.firm_id == ctx.firm_id, StatementModel.id == number)
    row = session.exec(select(StatementModel).where(*mine)).first()
    if row is None:
        raise NotFoundError("Modèle d'état de compte", code)
    return row


def _require_valid(ctx: Context, form: StatementModelForm, code: str | None) -> None:
    problems = []
    taken = {c.form.name.casefold() for c in statement_models(ctx) if c.code != code}
    if not form.name.strip() or len(form.name) > 60:
        problems.append(FieldProblem("name", "Nom", "de 1 à 60 caractères."))
    if form.name.strip().casefold() in taken:
        problems.append(FieldProblem("name", "Nom", "un autre modèle porte déjà ce nom."))
    if not form.sections or set(form.sections) - set(SECTIONS):
        problems.append(FieldProblem("sections", "Rubriques", "choisissez-en au moins une."))
    if form.period not in PERIODS:
        problems.append(FieldProblem("period", "Période", "choisissez-la dans la liste."))
    for text, label in ((form.letter, "Lettre"), (form.comment, "Commentaire")):
        if len(text) > LONGEST:
            problems.append(FieldProblem("text", label, f"{LONGEST} caractères au plus."))
        require_fields(text, "text", label)
    if problems:
        raise InvalidInputError(problems)
