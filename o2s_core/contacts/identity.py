"""What is asked about a contact, by nature and stage (Dossier > Général)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final

from o2s_core.contacts import validity as valid
from o2s_core.contacts import vocabulary as words
from o2s_core.kernel.forms import FormField, FormSchema, Values
from o2s_core.kernel.identifiers import compact, search_key

RGPD_HINT: Final = (
    "Restez factuel et pertinent : la personne peut demander à lire ce commentaire (RGPD)."
)


@dataclass(frozen=True, slots=True)
class ContactForm:
    """What is known of a person, a company or a household; an empty text is "not known"."""

    kind: str = "person"  #: person, company, household
    stage: str = "prospect"  #: prospect, client, former, partner
    last_name: str = ""  #: of a household: its name
    first_name: str = ""
    legal_name: str = ""  #: of a company
    civility: str = ""
    birth_name: str = ""
    birth_date: date | None = None
    birth_place: str = ""
    death_date: date | None = None
    nationality: str = ""
    second_nationality: str = ""
    tax_country: str = ""
    marital_status: str = ""
    matrimonial_regime: str = ""
    legal_capacity: str = "capable"
    profession: str = ""
    pep: str = ""
    us_person: str = ""
    siren: str = ""
    legal_form: str = ""
    email: str = ""
    phone: str = ""
    segment: str = ""
    origin: str = ""
    comment: str = ""
    adviser_id: int | None = None  #: None: the adviser who creates it
    file_code: str = ""  #: empty: the next automatic code
    client_number: str = ""

    @classmethod
    def of(cls, values: Values, base: "ContactForm | None" = None) -> "ContactForm":
        """Return the form that typed values describe; what was not asked stays as in `base`."""
        known = {f.name for f in fields(cls)}
        typed = {k: v for k, v in values.items() if k in known}
        if "adviser_id" in typed:
            typed["adviser_id"] = int(typed["adviser_id"]) if typed["adviser_id"] else None
        dates = ("birth_date", "death_date")
        typed = {k: "" if v is None and k not in (*dates, "adviser_id") else v
                 for k, v in typed.items()}  # fmt: skip
        return replace(base or cls(), **typed)

    def values(self) -> dict[str, Any]:
        """Return the values as a form shows them: the adviser by the text of his id."""
        shown: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        shown["adviser_id"] = "" if self.adviser_id is None else str(self.adviser_id)
        return shown

    def typed(self) -> dict[str, Any]:
        """Return the values as one would type them: the telephone as it is dialled."""
        return self.values() | {"phone": valid.readable_phone(self.phone)}

    def tidied(self) -> "ContactForm":
        """Return the same facts without stray spaces, the telephone and SIREN in one form."""
        texts: dict[str, Any] = {
            f.name: " ".join(v.split())
            for f in fields(self)
            if isinstance(v := getattr(self, f.name), str) and f.name != "comment"
        }
        texts |= {
            "email": texts["email"].lower(),
            "phone": valid.e164(self.phone) or texts["phone"],
            "siren": compact(self.siren),
            "file_code": texts["file_code"].upper(),
        }
        return replace(self, comment=self.comment.strip(), **texts)

    def search_key(self) -> str:
        """Return the text under which the contact is found: names, codes, e-mail, telephone."""
        said = (
            self.last_name, self.first_name, self.legal_name, self.birth_name,
            self.file_code, self.client_number, self.siren, self.email, self.phone,
        )  # fmt: skip
        return search_key(" ".join(part for part in said if part))


IDENTITY, FAMILY, TAX = "Identité", "Famille et capacité", "Fiscalité et vigilance"
REACH, FOLLOWING = "Joindre", "Suivi"
#: Shown and edited only with `Permission.CONTACT_SENSITIVE`.
SENSITIVE: Final = frozenset({"pep", "us_person"})


def of_client(values: Values) -> bool:
    """Return whether more is mandatory: of a client, not of a prospect."""
    return values.get("stage") == "client"


def _of_married_client(values: Values) -> bool:
    return of_client(values) and values.get("marital_status") == "married"


def _of_grown_client(values: Values) -> bool:
    """Ask a profession and a way to be reached of adults only: parents answer for a minor."""
    return of_client(values) and values.get("legal_capacity") != "minor"


def _of_client_without_phone(values: Values) -> bool:
    return _of_grown_client(values) and not values.get("phone")


def _of_client_with_siren(values: Values) -> bool:
    french = values.get("tax_country") in {"FR", "", None}
    return of_client(values) and french and values.get("legal_form") not in words.WITHOUT_SIREN


def creation_schema(kind: str, advisers: Mapping[str, str]) -> FormSchema:
    """Return what the creation dialog asks: the least that makes a contact.

    `advisers` maps the text of an adviser's id to his name.
    """
    named: dict[str, tuple[FormField, ...]] = {
        "person": (
            FormField("civility", "Civilité", "choice", choices=words.CIVILITIES),
            FormField("stage", "Type", "choice", required=True, choices=words.STAGES),
            FormField("last_name", "Nom", required=True),
            FormField("first_name", "Prénom", required=True),
            FormField("birth_date", "Date de naissance", "day", check=valid.check_birth,
                      hint="Fortement conseillée : elle distingue les homonymes."),
        ),
        "company": (
            FormField("legal_name", "Raison sociale", required=True),
            FormField("stage", "Type", "choice", required=True, choices=words.STAGES),
            FormField("siren", "SIREN", check=valid.check_siren),
        ),
        "household": (
            FormField("last_name", "Nom du foyer", required=True),
            FormField("stage", "Type", "choice", required=True, choices=words.STAGES),
        ),
    }  # fmt: skip
    reach = () if kind == "household" else (
        FormField("email", "E-mail", "email", hint="E-mail ou téléphone conseillé."),
        FormField("phone", "Téléphone", "phone", check=valid.check_phone, maximum=40),
        FormField("origin", "Origine", "choice", choices=words.ORIGINS),
    )  # fmt: skip
    return FormSchema(
        "Nouveau contact",
        (
            *named[kind],
            FormField("adviser_id", "Conseiller", "choice", required=True, choices=advisers),
            *reach,
            FormField("file_code", "Code de dossier", maximum=30,
                      hint="Laissez vide pour un code automatique."),
        ),
    )  # fmt: skip


def identity_schema(
    kind: str, advisers: Mapping[str, str], *, sensitive: bool = True, incomplete: bool = False
) -> FormSchema:
    """Return what Dossier > Général asks; more is mandatory for a client than for a prospect.

    Without the right to sensitive data (`sensitive` false) they are neither
    shown nor asked. `incomplete` asks of a client no more than of a prospect.
    """
    parts = {"person": _person, "company": _company, "household": _household}
    hidden = frozenset() if sensitive else SENSITIVE
    asked = [f for f in (*parts[kind](), *_following(advisers)) if f.key not in hidden]
    eased = [replace(f, required_if=None) for f in asked] if incomplete else asked
    return FormSchema("Général", tuple(eased))


def _person() -> tuple[FormField, ...]:
    nations = words.countries()
    identity = (
        FormField("civility", "Civilité", "choice", required_if=of_client,
                  choices=words.CIVILITIES),
        FormField("last_name", "Nom", required=True),
        FormField("first_name", "Prénom", required=True),
        FormField("birth_name", "Nom de naissance"),
        FormField("birth_date", "Date de naissance", "day", required_if=of_client,
                  check=valid.check_birth),
        FormField("birth_place", "Lieu de naissance", required_if=of_client),
        FormField("nationality", "Nationalité", "choice", required_if=of_client, choices=nations),
        FormField("second_nationality", "Seconde nationalité", "choice", choices=nations),
        FormField("death_date", "Date de décès", "day", check=valid.check_death),
    )  # fmt: skip
    family = (
        FormField("marital_status", "Situation familiale", "choice", required_if=of_client,
                  choices=words.MARITAL_STATUSES),
        FormField("matrimonial_regime", "Régime matrimonial", "choice", choices=words.REGIMES,
                  required_if=_of_married_client),
        FormField("legal_capacity", "Capacité juridique", "choice", required_if=of_client,
                  choices=words.CAPACITIES, check=valid.check_capacity),
        FormField("profession", "Profession", required_if=_of_grown_client),
    )  # fmt: skip
    return (*_under(IDENTITY, identity), *_under(FAMILY, family), *_tax(pep=True), *_reach())


def _company() -> tuple[FormField, ...]:
    identity = (
        FormField("legal_name", "Raison sociale", required=True),
        FormField("legal_form", "Forme juridique", "choice", required_if=of_client,
                  choices=words.LEGAL_FORMS),
        FormField("siren", "SIREN", required_if=_of_client_with_siren, check=valid.check_siren),
        FormField("birth_date", "Date de création", "day", check=_check_creation),
    )  # fmt: skip
    return (*_under(IDENTITY, identity), *_tax(pep=False), *_reach())


def _household() -> tuple[FormField, ...]:
    return _under(IDENTITY, (FormField("last_name", "Nom du foyer", required=True),))


def _check_creation(value: Any, values: Values, today: date) -> str | None:  # noqa: ANN401, ARG001
    return "la date doit être passée." if value > today else None


def _tax(*, pep: bool) -> tuple[FormField, ...]:
    exposed = FormField("pep", "Personne politiquement exposée", "choice", required_if=of_client,
                        choices=words.PEP)  # fmt: skip
    asked = (
        FormField("tax_country", "Résidence fiscale", "choice", required_if=of_client,
                  choices=words.countries()),
        FormField("us_person", "US person (FATCA)", "choice", required_if=of_client,
                  choices=words.YES_NO),
    )  # fmt: skip
    return _under(TAX, (*asked, exposed) if pep else asked)


def _reach() -> tuple[FormField, ...]:
    """Return e-mail and telephone; of a client one of both is needed."""
    asked = (
        FormField("email", "E-mail (ou téléphone)", "email", required_if=_of_client_without_phone),
        FormField("phone", "Téléphone", "phone", check=valid.check_phone, maximum=40),
    )
    return _under(REACH, asked)


def _following(advisers: Mapping[str, str]) -> tuple[FormField, ...]:
    asked = (
        FormField("stage", "Type", "choice", required=True, choices=words.STAGES),
        FormField("adviser_id", "Conseiller", "choice", required=True, choices=advisers),
        FormField("segment", "Segment", "choice", choices=words.SEGMENTS),
        FormField("origin", "Origine", "choice", choices=words.ORIGINS),
        FormField("file_code", "Code de dossier", required=True, maximum=30),
        FormField("client_number", "Numéro client", maximum=40),
    )
    comment = FormField("comment", "Commentaire", "long_text", maximum=4000, hint=RGPD_HINT)
    return _under(FOLLOWING, (*asked, comment))


def _under(section: str, asked: tuple[FormField, ...]) -> tuple[FormField, ...]:
    return tuple(replace(field, section=section) for field in asked)
