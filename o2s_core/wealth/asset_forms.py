"""What is asked for a good or a debt: one declaration for the screen and for the check."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.wealth.kinds import DPE, KINDS, METHODS, TAX_SCHEMES, USES
from o2s_core.wealth.owners import OwnerShare

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class AssetForm:
    """A good or a debt as typed; incomes and charges are a year's, in its currency.

    `value` and `value_on` are asked once: later values are added by `value_asset`.
    """

    kind: str
    label: str
    owners: tuple[OwnerShare, ...]
    value: Decimal | None = None
    value_on: date | None = None
    method: str = "estimate"
    currency: str = "EUR"
    acquired_on: date | None = None
    income: Decimal = ZERO
    charges: Decimal = ZERO
    company_id: int | None = None
    stake: Decimal | None = None
    comment: str = ""
    address: str = ""
    use: str = ""
    surface: Decimal | None = None
    price: Decimal = ZERO
    fees: Decimal = ZERO
    works: Decimal = ZERO
    property_tax: Decimal = ZERO
    tax_scheme: str = "none"
    dpe: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any], owners: tuple[OwnerShare, ...]) -> "AssetForm":
        """Return the form that the fields of the screen make, with the owners beside them."""
        known = {f.name for f in fields(cls)} & set(values)
        given = {name: values[name] for name in known if values[name] is not None}
        if "company_id" in given:
            given["company_id"] = int(given["company_id"])
        return cls(**({"kind": "", "label": ""} | given | {"owners": owners}))

    def values(self) -> dict[str, Any]:
        """Return the fields by name, as the schema checks them."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def _positive(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return "le montant ne peut pas être négatif." if value < 0 else None


def _past(value: date, _all: Mapping[str, Any], today: date) -> str | None:
    if value > today:
        return "la date ne peut pas être dans le futur."
    return "la date est trop ancienne." if value.year < 1900 else None


def _currency(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    right = len(value) == 3 and value.isalpha() and value.isupper()
    return None if right else "indiquez un code de trois lettres, par exemple EUR."


def _stake(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if 0 < value <= 1 else "la part doit être comprise entre 0 et 100 %."


def _is_property(values: Mapping[str, Any]) -> bool:
    return values.get("kind") == "property"


def _money(key: str, label: str, **more: Any) -> FormField:  # noqa: ANN401
    return FormField(key, label, "money", check=_positive, **more)


_COMMON: Final = (
    FormField("kind", "Nature", "choice", required=True, choices=KINDS),
    FormField("label", "Libellé", required=True, maximum=120),
)
_VALUE: Final = (
    _money("value", "Valeur", required=True),
    FormField("value_on", "Date de valeur", "day", required=True, check=_past),
    FormField("method", "Méthode", "choice", choices=METHODS),
)
_PLACE: Final = (
    FormField("address", "Adresse", required_if=_is_property, section="Le bien"),
    FormField("use", "Usage", "choice", required_if=_is_property, choices=USES, section="Le bien"),
    FormField("surface", "Surface (m²)", "quantity", check=_positive, section="Le bien"),
    FormField("dpe", "DPE", "choice", choices=DPE, section="Le bien"),
    FormField("tax_scheme", "Régime fiscal", "choice", choices=TAX_SCHEMES, section="Le bien"),
)
_BOUGHT: Final = (
    FormField(
        "acquired_on", "Date d'acquisition", "day", required_if=_is_property, check=_past,
        section="Acquisition",
    ),
    _money("price", "Prix d'acquisition", required_if=_is_property, section="Acquisition"),
    _money("fees", "Frais d'acquisition", section="Acquisition"),
    _money("works", "Travaux", section="Acquisition"),
)  # fmt: skip
_YEARLY: Final = (
    _money("income", "Revenus ou loyers par an", section="Revenus et charges"),
    _money("charges", "Charges par an", section="Revenus et charges"),
    _money("property_tax", "Taxe foncière par an", section="Revenus et charges"),
)
_SHARES: Final = (
    FormField(
        "company_id", "Société du cabinet dont ce sont les parts", "integer",
        hint="Pour consolider son patrimoine par transparence.", section="Société",
    ),
    FormField("stake", "Part du capital", "percent", check=_stake, section="Société"),
)  # fmt: skip
_REST: Final = (
    FormField("currency", "Devise", check=_currency, section="Divers"),
    FormField(
        "comment", "Commentaire", "long_text", maximum=2000, section="Divers",
        hint="N'inscrivez aucune donnée sensible (santé, opinions, religion…).",
    ),
)  # fmt: skip
ASSET_FORM: Final = FormSchema(
    "Bien ou dette", (*_COMMON, *_VALUE, *_PLACE, *_BOUGHT, *_YEARLY, *_SHARES, *_REST)
)
VALUE_FORM: Final = FormSchema("Nouvelle valeur", _VALUE)
SALE_FORM: Final = FormSchema(
    "Vente",
    (
        FormField("sold_on", "Date de vente", "day", required=True, check=_past),
        _money("proceeds", "Prix de vente net", required=True),
    ),
)


def asset_schema(
    kinds: Mapping[str, str], companies: Mapping[str, str], *, known: bool = False
) -> FormSchema:
    """Return the form of the screen for some kinds; `known` goods leave out their value.

    Where only property is asked, what belongs to companies is left out, and so the other way.
    """
    place = {f.key for f in (*_PLACE, *_BOUGHT)} - {"acquired_on"} | {"property_tax"}
    hidden = {f.key for f in _VALUE} if known else set()
    hidden |= {f.key for f in _SHARES} if "business" not in kinds else set()
    hidden |= place if "property" not in kinds else set()
    choices = {"kind": kinds, "company_id": companies}
    shown = [
        replace(f, kind="choice", choices=choices[f.key]) if f.key in choices else f
        for f in ASSET_FORM.fields
        if f.key not in hidden
    ]
    return FormSchema(ASSET_FORM.title, tuple(shown))
