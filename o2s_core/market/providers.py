"""Partners: insurers, banks, platforms, custodians, management companies (Distributeurs)."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import (
    FieldChange,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    StaleEditError,
)
from o2s_core.kernel.identifiers import search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.kinds import PROVIDER_ROLES
from o2s_core.market.models import Instrument, Product, Provider
from o2s_core.market.provider_forms import PROVIDER_FORM, ProviderForm

#: One row per partner, by name; `roles` as codes, `roles_label` as read on screen.
PROVIDERS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "code": pl.String(),
        "name": pl.String(),
        "roles": pl.String(),
        "roles_label": pl.String(),
        "lei": pl.String(),
        "bic": pl.String(),
        "website": pl.String(),
        "agreement": pl.String(),
        "agreed_on": pl.Date(),
        "envelopes": pl.String(),  #: of the products that it offers, as codes, comma-separated
        "active": pl.Boolean(),
        "euro_funds": pl.Int64(),  #: null when it insures none
    }
)


#: Columns of the record that the list shows as they are.
DIRECT: Final = ("lei", "bic", "website", "agreement", "agreed_on", "active")


@dataclass(frozen=True, slots=True)
class ProviderRef:
    """A partner as pickers and links show it."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ProviderCard:
    """A partner and what is known of it."""

    id: int
    version: int
    code: str
    name: str
    roles: tuple[str, ...]
    lei: str
    bic: str
    website: str
    agreement: str
    agreed_on: date | None
    contact: str
    contact_email: str
    contact_phone: str
    active: bool

    @property
    def form(self) -> ProviderForm:
        """Return what an edit starts from."""
        names = (field.name for field in fields(ProviderForm))
        return ProviderForm(**{name: getattr(self, name) for name in names})


def providers(
    ctx: Context, text: str = "", *, role: str = "", inactive: bool = False,
    envelopes: tuple[str, ...] = (), agreed: bool = False,
) -> pl.DataFrame:  # fmt: skip
    """Return the partners of the firm (schema `PROVIDERS`), those put aside only when asked.

    `text` is searched in the name and the code, whatever the case and the accents;
    `envelopes` keeps those that offer a product of one of these, `agreed` those with
    which the firm has a signed agreement.
    """
    ctx.require(Permission.MARKET_READ)
    own = col(Instrument.provider_id) == col(Provider.id)
    held = select(func.count()).where(own).select_from(Instrument).scalar_subquery()
    query: Any = select(
        *(col(getattr(Provider, name)) for name in ("id", "code", "name", "roles")),
        col(Provider.roles).label("roles_label"),
        *(col(getattr(Provider, name)) for name in DIRECT),
        held.label("euro_funds"),
    ).where(_mine(ctx))
    rows = store.frame(
        ctx, query, pl.Schema({n: t for n, t in PROVIDERS.items() if n != "envelopes"})
    ).join(_offered(ctx), on="id", how="left", maintain_order="left")
    kept = rows.filter(
        pl.lit(inactive) | pl.col("active"),
        _holds(role),
        _matches(rows, text),
        _offers(envelopes),
        pl.lit(not agreed) | (pl.col("agreement") != "") | pl.col("agreed_on").is_not_null(),
    )
    named = pl.col("roles").map_elements(_readable, return_dtype=pl.String)
    order = pl.col("name").map_elements(search_key, return_dtype=pl.String)
    counted = pl.col("euro_funds").replace(0, None)
    ready = kept.with_columns(
        pl.col("envelopes").fill_null(""), roles_label=named, euro_funds=counted
    )
    return store.conform(ready.sort(order).select(PROVIDERS.names()), PROVIDERS, source="partners")


def _offered(ctx: Context) -> pl.DataFrame:
    """Return the envelopes of what each partner offers, comma-separated."""
    query: Any = (
        select(col(Product.provider_id).label("id"), col(Product.envelope).label("envelopes"))
        .where(col(Product.firm_id) == ctx.firm_id, col(Product.open))
        .distinct()
        .order_by(col(Product.envelope))
    )
    rows = store.frame(ctx, query, pl.Schema({"id": pl.Int64(), "envelopes": pl.String()}))
    return rows.group_by("id").agg(pl.col("envelopes").str.join(","))


def _offers(envelopes: tuple[str, ...]) -> pl.Expr:
    if not envelopes:
        return pl.lit(value=True)
    held = pl.col("envelopes").fill_null("").str.split(",")
    return pl.any_horizontal(held.list.contains(each) for each in envelopes)


def _mine(ctx: Context) -> ColumnElement[bool]:
    return col(Provider.firm_id) == ctx.firm_id


def _holds(role: str) -> pl.Expr:
    return pl.col("roles").str.split(",").list.contains(role) if role else pl.lit(value=True)


def _matches(rows: pl.DataFrame, text: str) -> pl.Series:
    """Return which partners have every word of a text in their name or code."""
    words = search_key(text).split()
    keys = [search_key(f"{n} {c}") for n, c in rows.select("name", "code").iter_rows()]
    return pl.Series([all(word in key for word in words) for key in keys], dtype=pl.Boolean)


def _readable(roles: str) -> str:
    return ", ".join(PROVIDER_ROLES.get(role, role) for role in _roles(roles))


def _roles(stored: str) -> tuple[str, ...]:
    return tuple(role for role in stored.split(",") if role)


def provider(ctx: Context, code: str) -> ProviderCard:
    """Return a partner by its code."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        query = select_rows(Provider).where(_mine(ctx), Provider.code == code)
        row = session.exec(query).first()
    if row is None:
        raise NotFoundError("Distributeur", code)
    return _card(row)


def provider_by_id(ctx: Context, provider_id: int) -> ProviderCard:
    """Return a partner by its id."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        return _card(one_provider(ctx, session, provider_id))


def one_provider(ctx: Context, session: Session, provider_id: int) -> Provider:
    """Return the record of a partner, or say that it is not found."""
    query = select_rows(Provider).where(_mine(ctx), Provider.id == provider_id)
    row = session.exec(query).first()
    if row is None:
        raise NotFoundError("Distributeur", provider_id)
    return row


def _card(row: Provider) -> ProviderCard:
    return ProviderCard(
        row.id or 0, row.version, row.code, row.name, _roles(row.roles),
        row.lei, row.bic, row.website, row.agreement, row.agreed_on, row.contact,
        row.contact_email, row.contact_phone, row.active,
    )  # fmt: skip


def add_provider(ctx: Context, form: ProviderForm, *, key: str | None = None) -> ProviderRef:
    """Add a partner and return its reference; the same `key` twice adds one.

    Raises
    ------
    InvalidInputError
        The name is missing, a code is wrong, or the code is taken.
    """
    ctx.require(Permission.PROVIDER_WRITE)
    ready = form.tidied()
    PROVIDER_FORM.require_valid(ready.values(), ctx.today)
    with store.tx(ctx) as tx:

        def make() -> int:
            _require_free(ctx, tx.session, ready.code)
            row = Provider.model_validate({"firm_id": ctx.firm_id, **ready.stored()})
            tx.add(row)
            tx.audit("create", "provider", row.id, after=ready.said())
            tx.touch("market")
            return row.id or 0

        made = one_provider(ctx, tx.session, store.idempotent(tx, key, make))
        return ProviderRef(made.id or 0, made.code, made.name)


def edit_provider(
    ctx: Context, provider_id: int, form: ProviderForm, expected_version: int
) -> ProviderRef:
    """Change what is known of a partner.

    Raises
    ------
    StaleEditError
        Somebody changed it after `expected_version` was read.
    """
    ctx.require(Permission.PROVIDER_WRITE)
    ready = form.tidied()
    PROVIDER_FORM.require_valid(ready.values(), ctx.today)
    with store.tx(ctx) as tx:
        row = one_provider(ctx, tx.session, provider_id)
        before = {name: getattr(row, name) for name in ready.stored()}
        _require_current(row, before, ready.stored(), expected_version)
        if ready.code != row.code:
            _require_free(ctx, tx.session, ready.code)
        for name, value in ready.stored().items():
            setattr(row, name, value)
        tx.add(row)
        tx.audit("update", "provider", provider_id, before=_plain(before), after=ready.said())
        tx.touch("market")
        return ProviderRef(provider_id, row.code, row.name)


def _require_current(
    row: Provider, before: dict[str, Any], typed: dict[str, Any], expected: int
) -> None:
    if row.version == expected:
        return
    labels = {f.key: f.label for f in PROVIDER_FORM.fields} | {"roles": "Rôles"}
    raise StaleEditError(
        "Le distributeur",
        [FieldChange(labels[k], v, typed[k]) for k, v in before.items() if typed[k] != v],
    )


def _plain(before: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in before.items()
            if not k.startswith("contact")}  # fmt: skip


def set_provider_active(
    ctx: Context, provider_id: int, expected_version: int, *, active: bool
) -> None:
    """Put a partner out of the pickers, or back in; its accounts and files stay as they are."""
    ctx.require(Permission.PROVIDER_WRITE)
    with store.tx(ctx) as tx:
        row = one_provider(ctx, tx.session, provider_id)
        if row.version != expected_version:
            raise StaleEditError("Le distributeur", [])
        if row.active == active:
            return
        row.active = active
        tx.add(row)
        tx.audit("activate" if active else "deactivate", "provider", provider_id)
        tx.touch("market")


def _require_free(ctx: Context, session: Session, code: str) -> None:
    if session.exec(select_rows(Provider.id).where(_mine(ctx), Provider.code == code)).first():
        raise InvalidInputError(
            [
                FieldProblem(
                    "code", "Code interne", f"« {code} » existe déjà, choisissez-en un autre."
                )
            ]
        )
