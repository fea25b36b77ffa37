"""What is asked for an account: one declaration for the screen and for the check."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.portfolio.envelopes import ENVELOPES, MANAGEMENT_MODES
from o2s_core.portfolio.holders import HolderShare, share_problem


@dataclass(frozen=True, slots=True)
class AccountForm:
    """An account as it is typed, or as a partner's file announces it (`aggregated`)."""

    label: str
    number: str
    envelope: str
    provider_id: int
    holders: tuple[HolderShare, ...]
    opened_on: date | None = None
    currency: str = "EUR"
    product: str = ""
    management: str = "free"
    managed: bool = True
    adviser_id: int | None = None
    closed_on: date | None = None
    comment: str = ""
    aggregated: bool = False
    taken_over: bool = False  #: comes from another tool, which may not know when it opened

    @classmethod
    def sole(cls, contact_id: int, **values: Any) -> "AccountForm":  # noqa: ANN401
        """Return the form of an account that one person holds whole."""
        return cls(holders=(HolderShare(contact_id, Decimal(1)),), **values)

    @classmethod
    def of(
        cls,
        values: Mapping[str, Any],
        holders: tuple[HolderShare, ...],
        *,
        aggregated: bool = False,
    ) -> "AccountForm":
        """Return the form that the fields of the screen make, with the holders beside them."""
        known = {f.name for f in fields(cls)} & set(values)
        given = {name: values[name] for name in known if values[name] is not None}
        for name in ("provider_id", "adviser_id"):
            if name in given:
                given[name] = int(given[name])
        return cls(**{**_EMPTY, **given}, holders=holders, aggregated=aggregated)

    def values(self) -> dict[str, Any]:
        """Return the fields by name, as the schema checks them."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


_EMPTY: Final = {"label": "", "number": "", "envelope": "", "provider_id": 0}


def _number(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if any(c.isalnum() for c in value) else "indiquez le numéro du contrat."


def _not_after_today(value: date, _all: Mapping[str, Any], today: date) -> str | None:
    if value > today:
        return "la date ne peut pas être dans le futur."
    return "la date est trop ancienne." if value.year < 1900 else None


def _closing(value: date, values: Mapping[str, Any], today: date) -> str | None:
    opened = values.get("opened_on")
    if opened and value < opened:
        return "la clôture ne peut pas précéder l'ouverture."
    return _not_after_today(value, values, today)


def _currency(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    right = len(value) == 3 and value.isalpha() and value.isupper()
    return None if right else "indiquez un code de trois lettres, par exemple EUR."


def _holders(value: tuple[HolderShare, ...], _all: Mapping[str, Any], _today: date) -> str | None:
    return share_problem(value)


def _typed(values: Mapping[str, Any]) -> bool:
    return not values.get("aggregated") and not values.get("taken_over")


#: An account follows its holders' advisers; its own is for the exception.
HINT: Final = "Vide : celui du titulaire."

ACCOUNT_FORM: Final = FormSchema(
    "Compte",
    (
        FormField("label", "Intitulé", required=True),
        FormField("number", "Numéro", required=True, check=_number, maximum=60),
        FormField("envelope", "Enveloppe", "choice", required=True, choices=ENVELOPES),
        FormField("provider_id", "Fournisseur", "integer", required=True),
        FormField("product", "Produit"),
        FormField("holders", "Titulaires et droits", "integer", required=True, check=_holders),
        FormField(
            "opened_on", "Date d'ouverture", "day", required_if=_typed, check=_not_after_today
        ),
        FormField("currency", "Devise", required=True, check=_currency),
        FormField("management", "Mode de gestion", "choice", choices=MANAGEMENT_MODES),
        FormField("adviser_id", "Conseiller du compte", "integer", hint=HINT),
        FormField("managed", "Compte géré par le cabinet", "yes_no"),
        FormField("closed_on", "Date de clôture", "day", check=_closing),
        FormField(
            "comment",
            "Commentaire",
            "long_text",
            maximum=2000,
            hint="N'inscrivez aucune donnée sensible (santé, opinions, religion…).",
        ),
    ),
)


def account_schema(
    providers: Mapping[str, str], advisers: Mapping[str, str], *, reason: bool = False
) -> FormSchema:
    """Return the form of the screen: holders are chosen beside it, providers from a list.

    `reason` adds the field that a change of holders or of opening date asks for.
    """
    choices = {"provider_id": providers, "adviser_id": advisers}
    shown = [
        replace(field, kind="choice", choices=choices[field.key]) if field.key in choices else field
        for field in ACCOUNT_FORM.fields
        if field.key != "holders"
    ]
    why = FormField(
        "reason", "Motif", hint="Obligatoire si les titulaires ou la date d'ouverture changent."
    )
    return FormSchema(ACCOUNT_FORM.title, (*shown, why) if reason else tuple(shown))
