"""Partners: insurers, banks, platforms, custodians, management companies (Distributeurs)."""

from dataclasses import dataclass
from typing import Final

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
from o2s_core.market.models import Instrument, Provider
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
        "active": pl.Boolean(),
        "euro_funds": pl.Int64(),  #: null when it insures none
    }
)


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
    active: bool

    @property
    def form(self) -> ProviderForm:
        """Return what an edit starts from."""
        return ProviderForm(self.name, self.code, self.roles, self.lei, self.bic, self.website)


def providers(
    ctx: Context, text: str = "", *, role: str = "", inactive: bool = False
) -> pl.DataFrame:
    """Return the partners of the firm (schema `PROVIDERS`), those put aside only when asked.

    `text` is searched in the name and the code, whatever the case and the accents.
    """
    ctx.require(Permission.MARKET_READ)
    own = col(Instrument.provider_id) == col(Provider.id)
    held = select(func.count()).where(own).select_from(Instrument).scalar_subquery()
    query = select(
        *(col(getattr(Provider, name)) for name in ("id", "code", "name", "roles")),
        col(Provider.roles).label("roles_label"),
        *(col(getattr(Provider, name)) for name in ("lei", "bic", "website", "active")),
        held.label("euro_funds"),
    ).where(_mine(ctx))
    rows = store.frame(ctx, query, PROVIDERS)
    kept = rows.filter(pl.lit(inactive) | pl.col("active"), _holds(role), _matches(rows, text))
    named = pl.col("roles").map_elements(_readable, return_dtype=pl.String)
    order = pl.col("name").map_elements(search_key, return_dtype=pl.String)
    counted = pl.col("euro_funds").replace(0, None)
    return kept.with_columns(roles_label=named, euro_funds=counted).sort(order)


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
        row.lei, row.bic, row.website, row.active,
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
            tx.audit("create", "provider", row.id, after=ready.stored())
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
        tx.audit("update", "provider", provider_id, before=before, after=ready.stored())
        tx.touch("market")
        return ProviderRef(provider_id, row.code, row.name)


def _require_current(
    row: Provider, before: dict[str, str], typed: dict[str, str], expected: int
) -> None:
    if row.version == expected:
        return
    labels = {f.key: f.label for f in PROVIDER_FORM.fields} | {"roles": "Rôles"}
    raise StaleEditError(
        "Le distributeur",
        [FieldChange(labels[k], v, typed[k]) for k, v in before.items() if typed[k] != v],
    )


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
