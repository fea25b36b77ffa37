"""Which broker codes are known, which are to route, and who receives each? (Codes courtier)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.administration.identity import name_of
from o2s_core.administration.models import Agency, User
from o2s_core.aggregation.models import BrokerRoute, Delivery, DeliveryAccount
from o2s_core.aggregation.routing.resolving import route_waiting
from o2s_core.aggregation.scoping import accounts_inside
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError, StaleEditError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.identifiers import compact
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Provider

#: One row per code and period.
ROUTES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "partner": pl.String(),
        "code": pl.String(),
        "to": pl.String(),
        "starts_on": pl.Date(),
        "ends_on": pl.Date(),
        "state": pl.String(),  # current, coming, over
    }
)
#: One row per code that stands for nobody.
TO_ROUTE: Final = pl.Schema(
    {
        "id": pl.String(),
        "provider_id": pl.Int64(),
        "partner": pl.String(),
        "code": pl.String(),
        "accounts": pl.Int64(),
        "total_eur": pl.Decimal(38, 8),  # null: an account gives no value, or not in euros
    }
)
ROUTE_STATES: Final = {"current": "En vigueur", "coming": "À venir", "over": "Terminé"}


@dataclass(frozen=True, slots=True)
class RouteForm:
    """A route as typed; `to` is `adviser:<id>` or `agency:<id>`."""

    provider_id: int | None
    code: str
    to: str = ""
    starts_on: date | None = None
    ends_on: date | None = None

    def values(self) -> dict[str, Any]:
        """Return the fields as the form shows and checks them."""
        chosen = None if self.provider_id is None else str(self.provider_id)
        return asdict(self) | {"provider_id": chosen}

    @classmethod
    def typed(cls, values: Mapping[str, Any]) -> "RouteForm":
        """Return the form that a person filled."""
        provider = values.get("provider_id")
        return cls(
            int(provider) if provider else None, (values.get("code") or "").strip(),
            values.get("to") or "", values.get("starts_on"), values.get("ends_on"),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RouteCard:
    """A route and the version that an edit must name."""

    id: int
    version: int
    form: RouteForm


def _after_start(value: date, values: Mapping[str, Any], _today: date) -> str | None:
    start = values.get("starts_on")
    return "la fin vient avant le début." if start and value < start else None


def route_schema(ctx: Context) -> FormSchema:
    """Return the form of a route, with the partners, advisers and agencies of the firm."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        partners = session.exec(
            select(col(Provider.id), Provider.name)
            .where(Provider.firm_id == ctx.firm_id)
            .order_by(Provider.name)
        ).all()
        targets = _targets(session, ctx)
    fields = (
        FormField("provider_id", "Partenaire", "choice", required=True,
                  choices={str(i): name for i, name in partners}),
        FormField("code", "Code courtier ou apporteur", required=True, maximum=60),
        FormField("to", "Conseiller ou agence", "choice", required=True, choices=targets),
        FormField("starts_on", "À partir du", "day", hint="Vide : depuis toujours."),
        FormField("ends_on", "Jusqu'au", "day", check=_after_start, hint="Vide : sans fin."),
    )  # fmt: skip
    return FormSchema("Code courtier", fields)


def _targets(session: Session, ctx: Context) -> dict[str, str]:
    people = session.exec(
        select(User)
        .where(User.firm_id == ctx.firm_id, col(User.active), col(User.is_adviser))
        .order_by(col(User.last_name))
    )
    places = session.exec(select(Agency).where(Agency.firm_id == ctx.firm_id).order_by(Agency.name))
    advisers = {f"adviser:{u.id}": name_of(u) for u in people}
    return advisers | {f"agency:{a.id}": f"Agence {a.name}" for a in places}


def broker_routes(ctx: Context) -> pl.DataFrame:
    """Return whom each broker code stands for, and when (schema `ROUTES`)."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        names = _targets(session, ctx)
        rows = session.exec(
            select(BrokerRoute, Provider.name)
            .join(Provider, col(Provider.id) == col(BrokerRoute.provider_id))
            .where(BrokerRoute.firm_id == ctx.firm_id)
            .order_by(Provider.name, col(BrokerRoute.code), col(BrokerRoute.starts_on))
        ).all()
    own = ("id", "code", "starts_on", "ends_on")
    found = [
        {name: getattr(row, name) for name in own}
        | {
            "partner": partner,
            "to": names.get(_to(row), "Inactif"),
            "state": _state(row, ctx.today),
        }
        for row, partner in rows
    ]
    return pl.DataFrame(found, ROUTES)


def _state(row: BrokerRoute, today: date) -> str:
    if row.ends_on is not None and row.ends_on < today:
        return "over"
    return "coming" if row.starts_on is not None and row.starts_on > today else "current"


def _to(row: BrokerRoute) -> str:
    return f"adviser:{row.adviser_id}" if row.adviser_id else f"agency:{row.agency_id}"


def codes_to_route(ctx: Context) -> pl.DataFrame:
    """Return the broker codes of waiting accounts that stand for nobody (schema `TO_ROUTE`).

    An account is counted once, at its newest delivery.
    """
    ctx.require(Permission.FEED_READ)
    query = (
        select(DeliveryAccount, Provider.name)
        .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
        .join(Provider, col(Provider.id) == col(DeliveryAccount.provider_id))
        .where(
            DeliveryAccount.firm_id == ctx.firm_id,
            DeliveryAccount.state == "to_attach",
            DeliveryAccount.broker_code != "",
            col(DeliveryAccount.adviser_id).is_(None),
            col(DeliveryAccount.agency_id).is_(None),
            col(Delivery.state).not_in(("cancelled", "rejected", "duplicate")),
            accounts_inside(ctx),
        )
        .order_by(col(DeliveryAccount.id))
    )
    with store.reading(ctx) as session:
        rows = session.exec(query).all()
    newest = {(r.provider_id, compact(r.external_id)): (r, name) for r, name in rows}
    grouped: dict[tuple[int, str], list[tuple[DeliveryAccount, str]]] = {}
    for row, name in newest.values():
        grouped.setdefault((row.provider_id or 0, compact(row.broker_code)), []).append((row, name))
    return pl.DataFrame([_group(key, found) for key, found in grouped.items()], TO_ROUTE)


def _group(key: tuple[int, str], found: list[tuple[DeliveryAccount, str]]) -> dict[str, object]:
    values = [row.total if row.currency == "EUR" else None for row, _ in found]
    known = [value for value in values if value is not None]
    return {
        "id": f"{key[0]}:{found[0][0].broker_code}",
        "provider_id": key[0],
        "partner": found[0][1],
        "code": found[0][0].broker_code,
        "accounts": len(found),
        "total_eur": sum(known, Decimal(0)) if len(known) == len(values) else None,
    }


def broker_route(ctx: Context, route_id: int) -> RouteCard:
    """Return one route, to be shown or edited."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        return _card(_one(session, ctx, route_id))


def _one(session: Session, ctx: Context, route_id: int) -> BrokerRoute:
    query = select(BrokerRoute).where(
        BrokerRoute.firm_id == ctx.firm_id, BrokerRoute.id == route_id
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFoundError("Code courtier", route_id)
    return found


def _card(row: BrokerRoute) -> RouteCard:
    form = RouteForm(row.provider_id, row.code, _to(row), row.starts_on, row.ends_on)
    return RouteCard(row.id or 0, row.version, form)


def route_code(ctx: Context, form: RouteForm, *, key: str | None = None) -> RouteCard:
    """Say whom a broker code stands for; the accounts that wait under it go there at once.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, or the code already stands for somebody then.
    """
    ctx.require(Permission.FEED_WRITE)
    route_schema(ctx).require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:

        def make() -> int:
            row = BrokerRoute(firm_id=ctx.firm_id, **_columns(form))
            _require_alone(tx.session, ctx, row, None)
            tx.add(row)
            _settle(tx, row, "create", None, form)
            return row.id or 0

        return _card(_one(tx.session, ctx, store.idempotent(tx, key, make)))


def edit_route(ctx: Context, route_id: int, form: RouteForm, expected_version: int) -> RouteCard:
    """Change whom a broker code stands for, or until when.

    Raises
    ------
    StaleEditError
        Somebody changed it after `expected_version` was read.
    """
    ctx.require(Permission.FEED_WRITE)
    route_schema(ctx).require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:
        row = _one(tx.session, ctx, route_id)
        if row.version != expected_version:
            raise StaleEditError("Le code courtier", [])
        before, was = _card(row).form, (row.provider_id, row.code_key)
        for name, value in _columns(form).items():
            setattr(row, name, value)
        _require_alone(tx.session, ctx, row, route_id)
        tx.add(row)
        _settle(tx, row, "update", before, form)
        route_waiting(tx.session, ctx, *was)
        return _card(row)


def _columns(form: RouteForm) -> dict[str, Any]:
    kind, _, target = form.to.partition(":")
    return {
        "provider_id": form.provider_id,
        "code": form.code,
        "code_key": compact(form.code),
        "adviser_id": int(target) if kind == "adviser" else None,
        "agency_id": int(target) if kind == "agency" else None,
        "starts_on": form.starts_on,
        "ends_on": form.ends_on,
    }


def _settle(
    tx: store.Tx, row: BrokerRoute, action: str, before: RouteForm | None, after: RouteForm
) -> None:
    route_waiting(tx.session, tx.ctx, row.provider_id, row.code_key)
    old = None if before is None else before.values()
    tx.audit(action, "broker_route", row.id, before=old, after=after.values())
    tx.touch("aggregation")


def _require_alone(session: Session, ctx: Context, row: BrokerRoute, but: int | None) -> None:
    """Refuse two answers for one code on one day."""
    with session.no_autoflush:
        others = session.exec(
            select(BrokerRoute).where(
                BrokerRoute.firm_id == ctx.firm_id,
                BrokerRoute.provider_id == row.provider_id,
                BrokerRoute.code_key == row.code_key,
                col(BrokerRoute.id) != (but or 0),
            )
        ).all()
    if any(_meet(row, other) for other in others):
        problem = "ce code désigne déjà quelqu'un à cette période : terminez d'abord l'autre."
        raise InvalidInputError([FieldProblem("code", "Code courtier ou apporteur", problem)])


def _meet(one: BrokerRoute, other: BrokerRoute) -> bool:
    first, last = date.min, date.max
    return (one.starts_on or first) <= (other.ends_on or last) and (other.starts_on or first) <= (
        one.ends_on or last
    )
