"""Add a support, complete the one that a partner's file made, put it aside."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlmodel import Session, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldChange, FieldProblem, InvalidInputError, StaleEditError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.identifiers import compact, is_isin, search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.currencies import MINOR_UNITS, is_currency
from o2s_core.market.instruments import mine, one_instrument
from o2s_core.market.kinds import (
    ASSET_CLASSES,
    INCOMES,
    INSTRUMENT_KINDS,
    WITHOUT_ISIN,
    class_of,
)
from o2s_core.market.models import Instrument
from o2s_core.market.providers import one_provider

SRI: Final = {str(n): str(n) for n in range(1, 8)}
SFDR: Final = {"6": "Article 6", "8": "Article 8", "9": "Article 9"}


@dataclass(frozen=True, slots=True)
class InstrumentForm:
    """A support as typed. `asset_class` follows the kind when it is left empty."""

    label: str
    kind: str
    isin: str = ""
    asset_class: str = ""
    currency: str = "EUR"
    manager: str = ""
    provider_id: int | None = None  #: insurer of a fonds euros
    sri: str | None = None  #: "1" to "7"
    sfdr: str | None = None  #: "6", "8" or "9"
    price_factor: Decimal = Decimal(1)  #: 0.01 when quoted in percent of the nominal
    income: str = ""  #: of an index: price, total

    def values(self) -> dict[str, Any]:
        """Return the fields as the schema checks them."""
        return asdict(self)

    @classmethod
    def typed(cls, values: Mapping[str, Any]) -> "InstrumentForm":
        """Return the form that a person filled: what was left empty takes its default."""
        return cls(**{key: value for key, value in values.items() if value is not None})


@dataclass(frozen=True, slots=True)
class InstrumentRef:
    """A support as pickers and links show it."""

    id: int
    isin: str | None
    label: str


def _isin(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    if is_isin(value):
        return None
    return "code ISIN invalide (12 caractères, clé de contrôle comprise) : vérifiez la saisie."


def _needs_isin(values: Mapping[str, Any]) -> bool:
    return values.get("kind") in {"opcvm", "etf", "share"}


def _currency(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    if value in MINOR_UNITS:
        return f"choisissez {MINOR_UNITS[value][0]} : les cours en centièmes sont convertis."
    return None if is_currency(value) else "indiquez un code de trois lettres, par exemple EUR."


def _factor(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if value > 0 else "indiquez un nombre positif (1, ou 0,01 pour une cote en %)."


def _income(_value: str, values: Mapping[str, Any], _today: date) -> str | None:
    return None if values.get("kind") == "index" else "pour un indice seulement : laissez vide."


INSTRUMENT_FORM: Final = FormSchema(
    "Support",
    (
        FormField("label", "Libellé", required=True, maximum=160),
        FormField("isin", "Code ISIN", required_if=_needs_isin, check=_isin, maximum=20),
        FormField("kind", "Famille", "choice", required=True, choices=INSTRUMENT_KINDS),
        FormField("asset_class", "Classe d'actifs", "choice", choices=ASSET_CLASSES),
        FormField("currency", "Devise", required=True, check=_currency, maximum=3),
        FormField("manager", "Société de gestion, émetteur", maximum=120),
        FormField("sri", "SRI", "choice", choices=SRI, hint="Indicateur de risque du DIC, 1 à 7."),
        FormField("sfdr", "SFDR", "choice", choices=SFDR),
        FormField(
            "price_factor",
            "Facteur de cours",
            "quantity",
            check=_factor,
            hint="1 d'ordinaire ; 0,01 pour une obligation cotée en pourcentage du nominal.",
        ),
        FormField(
            "income",
            "Dividendes de l'indice",
            "choice",
            choices=INCOMES,
            check=_income,
            hint="Pour un indice : son cours compte-t-il les dividendes ?",
        ),
    ),
)


def add_instrument(ctx: Context, form: InstrumentForm, *, key: str | None = None) -> InstrumentRef:
    """Add a support and return its reference; the same `key` twice adds one.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, or the ISIN is already known (its support is named).
    """
    ctx.require(Permission.INSTRUMENT_WRITE)
    ready = _ready(ctx, form)
    with store.tx(ctx) as tx:

        def make() -> int:
            _require_free(ctx, tx.session, ready)
            row = Instrument(firm_id=ctx.firm_id, status="active", **_stored(ready))
            tx.add(row)
            tx.audit("create", "instrument", row.id, after=_said(ready))
            tx.touch("market")
            return row.id or 0

        return _reference(one_instrument(ctx, tx.session, store.idempotent(tx, key, make)))


def edit_instrument(
    ctx: Context, instrument_id: int, form: InstrumentForm, expected_version: int
) -> InstrumentRef:
    """Change a support, or complete one that a partner's file made: it becomes active.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, or the ISIN is that of another support.
    StaleEditError
        Somebody changed it after `expected_version` was read.
    """
    ctx.require(Permission.INSTRUMENT_WRITE)
    ready = _ready(ctx, form)
    with store.tx(ctx) as tx:
        row = one_instrument(ctx, tx.session, instrument_id)
        _require_current(row, ready, expected_version)
        _require_free(ctx, tx.session, ready, but=instrument_id)
        before = {name: getattr(row, name) for name in _stored(ready)}
        for name, value in _stored(ready).items():
            setattr(row, name, value)
        row.status = "active" if row.status in {"provisional", "unidentified"} else row.status
        tx.add(row)
        tx.audit("update", "instrument", instrument_id, before=_plain(before), after=_said(ready))
        tx.touch("market")
        return _reference(row)


def set_instrument_active(
    ctx: Context, instrument_id: int, expected_version: int, *, active: bool
) -> None:
    """Put a support out of the lists, or back in; lines and movements keep it."""
    ctx.require(Permission.INSTRUMENT_WRITE)
    with store.tx(ctx) as tx:
        row = one_instrument(ctx, tx.session, instrument_id)
        if row.version != expected_version:
            raise StaleEditError("Le support", [])
        row.status = "active" if active else "inactive"
        tx.add(row)
        tx.audit("activate" if active else "deactivate", "instrument", instrument_id)
        tx.touch("market")


def _ready(ctx: Context, form: InstrumentForm) -> InstrumentForm:
    """Return the form tidied and checked."""
    tidy = replace(
        form,
        label=" ".join(form.label.split()),
        isin=compact(form.isin),
        asset_class=class_of(form.kind, form.asset_class),
        currency=form.currency.strip(),
        manager=" ".join(form.manager.split()),
    )
    INSTRUMENT_FORM.require_valid(tidy.values(), ctx.today)
    if tidy.isin and tidy.kind in WITHOUT_ISIN:
        said = f"un support de la famille « {INSTRUMENT_KINDS[tidy.kind]} » n'a pas d'ISIN."
        raise InvalidInputError([FieldProblem("isin", "Code ISIN", said)])
    return tidy


def _stored(form: InstrumentForm) -> dict[str, Any]:
    """Return the columns of a support as the form says them."""
    return form.values() | {
        "isin": form.isin or None,
        "sri": int(form.sri) if form.sri else None,
        "sfdr": int(form.sfdr) if form.sfdr else None,
        "search_key": search_key(f"{form.label} {form.isin} {form.manager}"),
    }


def _said(form: InstrumentForm) -> dict[str, Any]:
    return _plain(_stored(form))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as the audit trail writes them."""
    return {
        key: str(value) if isinstance(value, Decimal) else value
        for key, value in values.items()
        if key != "search_key"
    }


def _reference(row: Instrument) -> InstrumentRef:
    return InstrumentRef(row.id or 0, row.isin, row.label)


def _require_free(
    ctx: Context, session: Session, form: InstrumentForm, *, but: int | None = None
) -> None:
    if form.provider_id is not None:
        one_provider(ctx, session, form.provider_id)
    if not form.isin:
        return
    same = session.exec(select(Instrument).where(mine(ctx), Instrument.isin == form.isin)).first()
    if same is not None and same.id != but:
        raise InvalidInputError(
            [FieldProblem("isin", "Code ISIN", f"déjà connu : « {same.label} ».")]
        )


def _require_current(row: Instrument, typed: InstrumentForm, expected: int) -> None:
    if row.version == expected:
        return
    labels = {field.key: field.label for field in INSTRUMENT_FORM.fields}
    wanted = _stored(typed)
    raise StaleEditError(
        "Le support",
        [
            FieldChange(label, getattr(row, key), wanted[key])
            for key, label in labels.items()
            if getattr(row, key) != wanted[key]
        ],
    )
