"""What is asked for a partner: one declaration for the screen and for the check."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from stdnum import bic as _bic
from stdnum import lei as _lei

from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.identifiers import search_key
from o2s_core.market.kinds import PROVIDER_ROLES

TEXTS: Final = ("name", "code", "lei", "bic", "website", "agreement", "contact", "contact_email",
                "contact_phone")  # fmt: skip
CODE: Final = re.compile(r"[a-z0-9][a-z0-9_\-]{1,39}")


@dataclass(frozen=True, slots=True)
class ProviderForm:
    """A partner as typed; the code is made from the name when it is left empty."""

    name: str
    code: str = ""
    roles: tuple[str, ...] = ()
    lei: str = ""
    bic: str = ""
    website: str = ""
    agreement: str = ""
    agreed_on: date | None = None
    contact: str = ""
    contact_email: str = ""
    contact_phone: str = ""

    def values(self) -> dict[str, Any]:
        """Return the fields as the schema checks them: one yes or no per role."""
        plain = asdict(self)
        roles = plain.pop("roles")
        return plain | {f"role_{role}": role in roles for role in PROVIDER_ROLES}

    @classmethod
    def typed(cls, values: Mapping[str, Any]) -> "ProviderForm":
        """Return the form that a person filled."""
        texts = {key: values.get(key) or "" for key in TEXTS}
        roles = tuple(role for role in PROVIDER_ROLES if values.get(f"role_{role}"))
        return cls(roles=roles, agreed_on=values.get("agreed_on"), **texts)

    def tidied(self) -> "ProviderForm":
        """Return the form as it is stored: spaces, case, and the code made from the name."""
        name = " ".join(self.name.split())
        made = re.sub(r"[^a-z0-9]+", "_", search_key(name)).strip("_")[:40]
        return ProviderForm(
            name=name,
            code=self.code.strip() or made,
            roles=tuple(role for role in PROVIDER_ROLES if role in self.roles),
            lei=self.lei.strip().upper(),
            bic=self.bic.replace(" ", "").upper(),
            website=self.website.strip(),
            agreement=" ".join(self.agreement.split()),
            agreed_on=self.agreed_on,
            contact=" ".join(self.contact.split()),
            contact_email=self.contact_email.strip(),
            contact_phone=self.contact_phone.strip(),
        )

    def stored(self) -> dict[str, Any]:
        """Return the columns of a partner as the form says them."""
        return asdict(self) | {"roles": ",".join(self.roles)}

    def said(self) -> dict[str, Any]:
        """Return what the audit trail keeps: a person's name and address stay out of it."""
        day = self.agreed_on.isoformat() if self.agreed_on else None
        kept = {k: v for k, v in self.stored().items() if not k.startswith("contact")}
        return kept | {"agreed_on": day}


def _code(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    if CODE.fullmatch(value):
        return None
    return "2 à 40 minuscules, chiffres ou tirets bas, par exemple generali_vie."


def _lei_problem(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if _lei.is_valid(value) else "LEI invalide : 20 caractères, clé comprise."


def _bic_problem(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if _bic.is_valid(value) else "BIC invalide : 8 ou 11 caractères."


def _web(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    right = re.fullmatch(r"https?://[^\s\"'<>]+", value)
    return None if right else "indiquez une adresse complète, par exemple https://exemple.fr."


PROVIDER_FORM: Final = FormSchema(
    "Distributeur",
    (
        FormField("name", "Raison sociale", required=True, maximum=120),
        FormField("code", "Code interne", check=_code, hint="Laissé vide, il est tiré du nom."),
        FormField("lei", "LEI", check=_lei_problem, maximum=20),
        FormField("bic", "BIC", check=_bic_problem, maximum=11),
        FormField("website", "Site ou extranet", check=_web),
        FormField("agreement", "Convention n°", maximum=60),
        FormField("agreed_on", "Convention du", "day"),
        FormField("contact", "Interlocuteur", maximum=120),
        FormField("contact_email", "E-mail de l'interlocuteur", "email"),
        FormField("contact_phone", "Téléphone de l'interlocuteur", "phone"),
        *(FormField(f"role_{role}", label, "yes_no") for role, label in PROVIDER_ROLES.items()),
    ),
)
