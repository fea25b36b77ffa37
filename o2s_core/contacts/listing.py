"""The list of contacts: who is in it, and how many of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlmodel import Session, col

from o2s_core import store
from o2s_core.contacts.advisers import INACTIVE, adviser_names
from o2s_core.contacts.completeness import incomplete
from o2s_core.contacts.finding import named_like
from o2s_core.contacts.models import Contact, HouseholdMember
from o2s_core.contacts.visible import contacts_inside
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission

#: One row per contact, in directory order. `age` is null when the birth date is
#: unknown; `household` is the name of the first household, empty when none.
CONTACTS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "file_code": pl.String(),
        "kind": pl.String(),
        "name": pl.String(),  #: last name, legal name or name of the household
        "first_name": pl.String(),
        "full_name": pl.String(),
        "stage": pl.String(),
        "adviser": pl.String(),
        "adviser_id": pl.Int64(),
        "segment": pl.String(),
        "email": pl.String(),
        "phone": pl.String(),  #: as dialled from France
        "birth_date": pl.Date(),
        "age": pl.Int64(),
        "household": pl.String(),
        "client_number": pl.String(),
        "created_at": pl.Datetime("us", "UTC"),
        "updated_at": pl.Datetime("us", "UTC"),
    }
)
#: What the list can be narrowed to, in the order of the screen.
VIEWS: Final = {
    "all": "Tous",
    "client": "Clients",
    "prospect": "Prospects",
    "company": "Sociétés",
    "household": "Foyers",
    "former": "Anciens",
    "partner": "Partenaires",
    "incomplete": "À compléter",
    "archived": "Archivés",
}


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """What the list is narrowed to; empty means everything."""

    view: str = "all"  #: key of `VIEWS`
    adviser_id: int | None = None
    segment: str = ""
    text: str = ""
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ContactList:
    """The contacts asked for, and how many there are of each kind in the perimeter."""

    rows: pl.DataFrame  #: schema `CONTACTS`
    total: int  #: contacts that match, whatever `limit` says
    counters: dict[str, int]  #: view -> contacts, before the other filters


def contact_list(ctx: Context, asked: ContactFilter | None = None) -> ContactList:
    """Return the contacts of the perimeter, narrowed by a filter, in directory order."""
    ctx.require(Permission.CONTACT_READ)
    wanted = asked or ContactFilter()
    names = adviser_names(ctx)
    with store.reading(ctx) as session:
        matching = _matching(ctx, wanted)
        rows = _rows(session, matching, wanted)
        counters = _counters(ctx, session)
        whole = wanted.limit is None and wanted.offset == 0
        total = len(rows) if whole else _count(session, matching)
    return ContactList(_frame(ctx, rows, names), total, counters)


def _matching(ctx: Context, asked: ContactFilter) -> ColumnElement[bool]:
    conditions = [contacts_inside(ctx), _in_view(ctx, asked.view)]
    if asked.adviser_id is not None:
        conditions.append(col(Contact.adviser_id) == asked.adviser_id)
    if asked.segment:
        conditions.append(col(Contact.segment) == asked.segment)
    if asked.text.strip():
        conditions.append(named_like(asked.text))
    return and_(*conditions)


def _in_view(ctx: Context, view: str) -> ColumnElement[bool]:
    """Return the condition of a chip; archived contacts are in none but their own."""
    archived = col(Contact.archived_at).is_not(None)
    if view == "archived":
        return archived
    if view == "incomplete":
        return and_(~archived, incomplete(sensitive=ctx.may(Permission.CONTACT_SENSITIVE)))
    if view in {"company", "household"}:
        return and_(~archived, col(Contact.kind) == view)
    if view == "all":
        return ~archived
    return and_(~archived, col(Contact.kind) != "household", col(Contact.stage) == view)


#: What is read of each contact; `household` is the name of the first one.
FOUND: Final[Mapping[str, pl.DataType]] = MappingProxyType(
    dict.fromkeys(
        (
            "id", "file_code", "kind", "last_name", "first_name", "legal_name", "stage",
            "adviser_id", "segment", "email", "phone", "birth_date", "death_date", "household",
            "client_number", "created_at", "updated_at",
        ),
        pl.String(),
    )
    | {
        "id": pl.Int64(), "adviser_id": pl.Int64(), "birth_date": pl.Date(),
        "death_date": pl.Date(), "created_at": pl.Datetime("us", "UTC"),
        "updated_at": pl.Datetime("us", "UTC"),
    }
)  # fmt: skip


def _rows(session: Session, matching: ColumnElement[bool], asked: ContactFilter) -> list[Row[Any]]:
    home = Contact.__table__.alias("home")  # type: ignore[attr-defined]
    household = (
        select(func.min(home.c.last_name))
        .join(HouseholdMember, col(HouseholdMember.household_id) == home.c.id)
        .where(col(HouseholdMember.contact_id) == Contact.id)
        .correlate(Contact)
        .scalar_subquery()
    )
    columns = [household if name == "household" else getattr(Contact, name) for name in FOUND]
    query = (
        select(*columns)
        .where(matching)
        .order_by(col(Contact.search_key), col(Contact.id))
        .limit(asked.limit)
        .offset(asked.offset)
    )  # fmt: skip
    return list(session.execute(query).all())


def _frame(ctx: Context, rows: list[Row[Any]], names: dict[int, str]) -> pl.DataFrame:
    """Return stored rows as the list shows them (schema `CONTACTS`)."""
    stored = pl.DataFrame([tuple(row) for row in rows], schema=dict(FOUND), orient="row")
    company = pl.col("kind") == "company"
    last = pl.when(company & (pl.col("legal_name") != "")).then("legal_name").otherwise("last_name")
    shown = stored.with_columns(
        name=last,
        adviser=pl.when(pl.col("adviser_id").is_null())
        .then(pl.lit(""))
        .otherwise(
            pl.col("adviser_id").replace_strict(names, default=INACTIVE, return_dtype=pl.String)
        ),
        age=_age(ctx),
        household=pl.col("household").fill_null(""),
        phone=_readable("phone"),
    ).with_columns(full_name=(pl.col("name") + " " + pl.col("first_name")).str.strip_chars())
    return shown.select(CONTACTS.names())


def _readable(name: str) -> pl.Expr:
    """Write French numbers by pairs, `06 12 34 56 78`; others stay international."""
    number = pl.col(name)
    pairs = [number.str.slice(start, 2) for start in (4, 6, 8, 10)]
    dialled = pl.concat_str(["0" + number.str.slice(3, 1), *pairs], separator=" ")
    return pl.when(number.str.contains(r"^\+33\d{9}$")).then(dialled).otherwise(number)


def _age(ctx: Context) -> pl.Expr:
    """Return the age in full years, at death for the deceased, null for companies."""
    born = pl.col("birth_date")
    on = pl.coalesce("death_date", pl.lit(ctx.today))
    years = (_calendar(on) - _calendar(born)) // 10_000
    return pl.when(pl.col("kind") == "person").then(years)


def _calendar(day: pl.Expr) -> pl.Expr:
    """Return 20261124 for 24/11/2026; months and days come as tiny integers, and overflow."""
    year, month, number = (e.cast(pl.Int64) for e in (day.dt.year(), day.dt.month(), day.dt.day()))
    return year * 10_000 + month * 100 + number


def _count(session: Session, matching: ColumnElement[bool]) -> int:
    return session.execute(select(func.count()).select_from(Contact).where(matching)).scalar_one()


def _counters(ctx: Context, session: Session) -> dict[str, int]:
    """Return how many contacts each chip would show."""
    archived = col(Contact.archived_at).is_not(None).label("archived")
    query = (
        select(col(Contact.kind), col(Contact.stage), archived, func.count())
        .where(contacts_inside(ctx))
        .group_by(col(Contact.kind), col(Contact.stage), archived)
    )
    counted = dict.fromkeys(VIEWS, 0)
    for kind, stage, away, number in session.execute(query).all():
        for view in _views(kind, stage, archived=bool(away)):
            counted[view] += number
    unfinished = and_(contacts_inside(ctx), _in_view(ctx, "incomplete"))
    return counted | {"incomplete": _count(session, unfinished)}


def _views(kind: str, stage: str, *, archived: bool) -> list[str]:
    if archived:
        return ["archived"]
    return ["all", kind] if kind == "household" else [
        "all", stage, *(["company"] if kind == "company" else []),
    ]  # fmt: skip
