"""What is asked for a loan and for what happens to it: for the screen and for the check."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from o2s_core.kernel.forms import FormField, FormSchema, whole_between
from o2s_core.wealth.kinds import (
    BASES,
    DEFERRALS,
    GUARANTEES,
    LOAN_KINDS,
    PURPOSES,
    RATE_TYPES,
    STEPS,
)
from o2s_core.wealth.owners import OwnerShare

ZERO: Final = Decimal(0)
#: What may happen to a loan: code -> label.
EVENTS: Final = MappingProxyType(
    {
        "early_partial": "Remboursement anticipé partiel",
        "early_total": "Remboursement anticipé total",
        "rate": "Changement de taux",
        "instalment": "Modulation de l'échéance",
        "pause": "Report d'échéances",
    }
)
#: What a partial repayment leaves as it is.
KEEPS: Final = MappingProxyType(
    {"instalment": "Réduire la durée", "duration": "Réduire l'échéance"}
)


@dataclass(frozen=True, slots=True)
class LoanForm:
    """A loan as signed; rates a year as ratios, `owners` the borrowers and what each owes."""

    label: str
    lender: str
    kind: str
    capital: Decimal
    rate: Decimal
    months: int
    first_due: date
    owners: tuple[OwnerShare, ...]
    purpose: str = "property"
    currency: str = "EUR"
    rate_type: str = "fixed"
    step: int = 1
    insurance_rate: Decimal = ZERO
    insurance_base: str = "initial"
    deferral: str = "none"
    deferral_months: int = 0
    fees: Decimal = ZERO
    guarantee: str = "none"
    asset_id: int | None = None
    comment: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any], owners: tuple[OwnerShare, ...]) -> "LoanForm":
        """Return the form that the fields of the screen make, with the borrowers beside them."""
        known = {f.name for f in fields(cls)} & set(values)
        given = {name: values[name] for name in known if values[name] is not None}
        for name in ("asset_id", "step"):
            if name in given:
                given[name] = int(given[name])
        return cls(**given | {"owners": owners})

    def values(self) -> dict[str, Any]:
        """Return the fields by name, as the schema checks them."""
        return {f.name: getattr(self, f.name) for f in fields(self)} | {"step": str(self.step)}


@dataclass(frozen=True, slots=True)
class LoanEventForm:
    """What happens to a loan on a day; only the fields of its kind are read.

    `amount` is what is repaid, or the new instalment without insurance; `months` those of a
    pause, whose interest is added to what is owed.
    """

    on: date
    kind: str
    amount: Decimal | None = None
    keeps: str = "instalment"
    rate: Decimal | None = None
    months: int | None = None
    penalty: Decimal = ZERO
    note: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "LoanEventForm":
        """Return the form that the fields of the screen make."""
        known = {f.name for f in fields(cls)} & set(values)
        return cls(**{name: values[name] for name in known if values[name] is not None})

    def values(self) -> dict[str, Any]:
        """Return the fields by name, as the schema checks them."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def _positive(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if value > 0 else "le montant doit être positif."


def _not_negative(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return "le montant ne peut pas être négatif." if value < 0 else None


def _rate(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if 0 <= value < 1 else "indiquez un taux annuel, de 0 à 99 %, par exemple 3,5."


def _months(value: object, values: Mapping[str, Any], _today: date) -> str | None:
    if not isinstance(value, int) or not 1 <= value <= 600:
        return "indiquez un nombre entier de mois, de 1 à 600."
    step = int(values.get("step") or 1)
    return f"la durée doit être un multiple de {step} mois." if value % step else None


def _deferral(value: object, values: Mapping[str, Any], _today: date) -> str | None:
    if not isinstance(value, int) or value < 0:
        return "indiquez un nombre entier de mois."
    months, step = values.get("months"), int(values.get("step") or 1)
    if isinstance(months, int) and value >= months:
        return "le différé doit être plus court que le prêt."
    return f"le différé doit être un multiple de {step} mois." if value % step else None


def _day(value: date, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if 1950 <= value.year <= 2100 else "vérifiez l'année."


def _currency(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    right = len(value) == 3 and value.isalpha() and value.isupper()
    return None if right else "indiquez un code de trois lettres, par exemple EUR."


LOAN_FORM: Final = FormSchema(
    "Prêt",
    (
        FormField("label", "Libellé", required=True, maximum=120),
        FormField("lender", "Prêteur", required=True, maximum=120),
        FormField("kind", "Type", "choice", required=True, choices=LOAN_KINDS),
        FormField("purpose", "Nature", "choice", choices=PURPOSES),
        FormField("capital", "Capital emprunté", "money", required=True, check=_positive),
        FormField("rate", "Taux nominal annuel (%)", "percent", required=True, check=_rate),
        FormField("rate_type", "Nature du taux", "choice", choices=RATE_TYPES),
        FormField("months", "Durée (mois)", "integer", required=True, check=_months),
        FormField("step", "Périodicité", "choice", choices=STEPS, required=True),
        FormField("first_due", "Première échéance", "day", required=True, check=_day),
        FormField(
            "insurance_rate", "Taux d'assurance annuel (%)", "percent", check=_rate,
            section="Assurance, différé, garantie",
        ),
        FormField(
            "insurance_base", "Assurance calculée sur", "choice", choices=BASES,
            section="Assurance, différé, garantie",
        ),
        FormField(
            "deferral", "Différé", "choice", choices=DEFERRALS,
            section="Assurance, différé, garantie",
        ),
        FormField(
            "deferral_months", "Durée du différé (mois)", "integer", check=_deferral,
            required_if=lambda values: values.get("deferral") in {"partial", "total"},
            section="Assurance, différé, garantie",
        ),
        FormField(
            "guarantee", "Garantie", "choice", choices=GUARANTEES,
            section="Assurance, différé, garantie",
        ),
        FormField(
            "fees", "Frais de dossier et de garantie", "money", check=_not_negative,
            section="Assurance, différé, garantie",
        ),
        FormField("asset_id", "Bien financé", "integer", section="Divers"),
        FormField("currency", "Devise", check=_currency, section="Divers"),
        FormField("comment", "Commentaire", "long_text", maximum=2000, section="Divers"),
    ),
)  # fmt: skip


def loan_schema(assets: Mapping[str, str]) -> FormSchema:
    """Return the form of the screen; the good that is financed is chosen from a list."""
    shown = [
        replace(f, kind="choice", choices=assets) if f.key == "asset_id" else f
        for f in LOAN_FORM.fields
    ]
    return FormSchema(LOAN_FORM.title, tuple(shown))


def _is(*kinds: str) -> Any:  # noqa: ANN401
    return lambda values: values.get("kind") in kinds


_FIELDS: Final = (
    FormField("on", "Date", "day", required=True, check=_day),
    FormField(
        "amount", "Montant", "money", required_if=_is("early_partial", "instalment"),
        check=_positive,
    ),
    FormField("keeps", "Effet", "choice", required_if=_is("early_partial"), choices=KEEPS),
    FormField("rate", "Nouveau taux annuel (%)", "percent", required_if=_is("rate"), check=_rate),
    FormField("months", "Mois de report", "integer", required_if=_is("pause"),
              check=whole_between(1, 60)),
    FormField("penalty", "Indemnité payée", "money", check=_not_negative),
    FormField("note", "Note", maximum=500),
)  # fmt: skip
_OF_KIND: Final = {
    "early_partial": ("amount", "keeps", "penalty"),
    "early_total": ("penalty",),
    "rate": ("rate",),
    "instalment": ("amount",),
    "pause": ("months",),
}
_CHECKED: Final = FormSchema(
    "Évènement", (FormField("kind", "Évènement", "choice", required=True, choices=EVENTS), *_FIELDS)
)


def event_schema(kind: str = "") -> FormSchema:
    """Return the form of one kind of event, or the check of all."""
    if not kind:
        return _CHECKED
    asked = {"on", "note", *_OF_KIND[kind]}
    new = {"amount": "Nouvelle échéance, hors assurance"} if kind == "instalment" else {}
    always = {"amount", "keeps", "rate", "months"}
    shown = [
        replace(f, label=new.get(f.key, f.label), required=f.required or f.key in always)
        for f in _FIELDS
        if f.key in asked
    ]
    return FormSchema(EVENTS[kind], tuple(shown))
