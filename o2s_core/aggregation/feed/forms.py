"""What is agreed with a partner about a feed: one declaration for the screen and the check."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import available_timezones

from o2s_core.aggregation.feed.calendar import FREQUENCIES
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.identifiers import compact, search_key
from o2s_core.market.currencies import is_currency

_TEXTS: Final = (
    "label", "source", "code", "frequency", "completeness", "currency", "time_zone", "date_order",
    "account_numbers",
)  # fmt: skip
#: How a QIF writes its days, where none tells day from month.
DATE_ORDERS: Final = {"dmy": "Jour, mois, année", "mdy": "Mois, jour, année"}
CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
#: What a file says of an account, and what silence means.
COMPLETENESS: Final = {
    "as_said": "Comme le dit le fichier ou sa correspondance",
    "full_snapshot": "Tous les comptes à chaque envoi",
    "full_window": "Tous les mouvements de la période",
    "delta": "Seulement ce qui est nouveau",
}


@dataclass(frozen=True, slots=True)
class FeedForm:
    """A feed as typed; the code is made from the label when it is left empty."""

    label: str
    provider_id: int | None
    source: str = ""  #: `mapping:<code>` or `format:<code>`
    code: str = ""
    frequency: str = "on_demand"
    grace_days: int = 2
    completeness: str = "as_said"
    currency: str = "EUR"
    max_error_share: int = 30  #: percent
    auto_commit: bool = True
    active: bool = True
    owner_id: int | None = None
    time_zone: str = ""  #: empty: Paris
    date_order: str = ""  #: of a QIF; empty: the file tells it
    account_numbers: str = ""  #: of a QIF, in the order of the file, comma-separated

    def values(self) -> dict[str, Any]:
        """Return the fields as the form shows and checks them."""
        chosen = {
            name: None if value is None else str(value)
            for name, value in (("provider_id", self.provider_id), ("owner_id", self.owner_id))
        }
        return asdict(self) | chosen

    @classmethod
    def typed(cls, values: Mapping[str, Any]) -> "FeedForm":
        """Return the form that a person filled."""
        text = {n: values.get(n) or "" for n in _TEXTS}
        number: dict[str, Any] = {n: values.get(n) or 0 for n in ("grace_days", "max_error_share")}
        people = {n: int(v) if (v := values.get(n)) else None for n in ("provider_id", "owner_id")}
        yes_no = {n: bool(values.get(n)) for n in ("auto_commit", "active")}
        given: dict[str, Any] = text | number | people | yes_no
        return cls(**given)

    def tidied(self) -> "FeedForm":
        """Return the form as it is stored: spaces, case, and the code made from the label."""
        label = " ".join(self.label.split())
        made = re.sub(r"[^a-z0-9]+", "_", search_key(label)).strip("_")[:40]
        own = asdict(self) | {
            "label": label,
            "code": self.code.strip() or made,
            "currency": self.currency.strip().upper(),
            "time_zone": self.time_zone.strip(),
            "account_numbers": ", ".join(n.strip() for n in _numbers(self.account_numbers)),
        }
        return FeedForm(**own)


def _numbers(text: str) -> list[str]:
    return [number for number in re.split(r"[,;\n]", text) if number.strip()]


def _each_once(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    keys = [compact(number) for number in _numbers(value)]
    twice = len(set(keys)) < len(keys)
    return "le même numéro figure deux fois : chaque compte a le sien." if twice else None


def _code(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    if CODE.fullmatch(value):
        return None
    return "une minuscule puis des minuscules, chiffres ou tirets bas, par exemple generali_vie."


def _between(low: int, high: int, what: str) -> Any:  # noqa: ANN401
    def check(value: object, _all: Mapping[str, Any], _today: date) -> str | None:
        right = isinstance(value, int) and low <= value <= high
        return None if right else f"indiquez un nombre {what} entier, de {low} à {high}."

    return check


def _currency(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if is_currency(value) else "devise inconnue, par exemple EUR."


def _zone(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    right = value in available_timezones()
    return None if right else "fuseau inconnu, par exemple Europe/Zurich."


def feed_form(
    providers: Mapping[str, str], sources: Mapping[str, str], owners: Mapping[str, str]
) -> FormSchema:
    """Return the form of a feed, with what may be chosen in it."""
    rhythm, control = "Rythme", "Contrôle et validation"
    return FormSchema(
        "Flux",
        (
            FormField("label", "Libellé", required=True, maximum=120),
            FormField("provider_id", "Partenaire", "choice", required=True, choices=providers),
            FormField("source", "Lecture", "choice", required=True, choices=sources,
                      hint="La correspondance d'un fichier plat, ou un format lu directement."),
            FormField("code", "Code du flux", check=_code,
                      hint="Nom du dossier de réception. Laissé vide, il est tiré du libellé."),
            FormField("owner_id", "Responsable", "choice", choices=owners,
                      hint="Prévenu des retards et des échecs. À défaut, qui gère les flux."),
            FormField("currency", "Devise par défaut", required=True, check=_currency, maximum=3),
            FormField("frequency", "Fréquence", "choice", required=True, choices=FREQUENCIES,
                      section=rhythm),
            FormField("grace_days", "Délai de grâce (jours ouvrés)", "integer",
                      check=_between(0, 90, "de jours"), section=rhythm),
            FormField("time_zone", "Fuseau horaire", check=_zone, section=rhythm,
                      hint="Vide : heure de Paris. Sert au jour de réception et aux horaires."),
            FormField("date_order", "Dates d'un QIF", "choice", choices=DATE_ORDERS,
                      section=rhythm,
                      hint="Décide quand aucun jour ne dépasse 12. Vide : le fichier est refusé."),
            FormField("account_numbers", "Comptes d'un QIF", check=_each_once, maximum=400,
                      section=rhythm,
                      hint="Les numéros de compte, dans l'ordre du fichier, séparés par des "
                      "virgules : un QIF à plusieurs comptes ne les numérote pas."),
            FormField("active", "Actif : reçoit des fichiers et peut être en retard", "yes_no",
                      section=rhythm),
            FormField("completeness", "Complétude", "choice", required=True, choices=COMPLETENESS,
                      section=control),
            FormField("max_error_share", "Lignes en erreur admises (%)", "integer",
                      check=_between(0, 100, "de pour cent"), section=control),
            FormField("auto_commit", "Valider sans relecture ce qui est sain", "yes_no",
                      section=control),
        ),
    )  # fmt: skip
