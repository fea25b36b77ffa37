"""What is asked about a contact, by nature and stage (Dossier > Général)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
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
        shown = asdict(self)
        shown["adviser_id"] = "" if self.adviser_id is None else str(self.adviser_id)
        return shown

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


Rule = Callable[[Values], bool]


def _is_married(values: Values) -> bool:
    return values.get("marital_status") == "married"


def _has_no_phone(values: Values) -> bool:
    return not values.get("phone")


def _needs_siren(values: Values) -> bool:
    form = values.get("legal_form")
    return values.get("tax_country") in {"FR", "", None} and form not in words.WITHOUT_SIREN


def creation_schema(kind: str, advisers: Mapping[str, str]) -> FormSchema:
    """Return what the creation dialog asks: the least that makes a contact.

    `advisers` maps the text of an adviser's id to his name.
    """
    named: dict[str, tuple[FormField, ...]] = {
        "person": (
            FormField("civility", "Civilité", "choice", choices=words.CIVILITIES),
            FormField("last_name", "Nom", required=True),
            FormField("first_name", "Prénom", required=True),
            FormField("birth_date", "Date de naissance", "day", check=valid.check_birth,
                      hint="Fortement conseillée : elle distingue les homonymes."),
        ),
        "company": (
            FormField("legal_name", "Raison sociale", required=True),
            FormField("siren", "SIREN", check=valid.check_siren),
        ),
        "household": (FormField("last_name", "Nom du foyer", required=True),),
    }  # fmt: skip
    return FormSchema(
        "Nouveau contact",
        (
            *named[kind],
            FormField("stage", "Type", "choice", required=True, choices=words.STAGES),
            FormField("adviser_id", "Conseiller", "choice", required=True, choices=advisers),
            *(() if kind == "household" else _reach(required=False)),
            FormField("origin", "Origine", "choice", choices=words.ORIGINS),
            FormField("file_code", "Code de dossier", maximum=30,
                      hint="Laissez vide pour un code automatique."),
        ),
    )  # fmt: skip


def identity_schema(
    kind: str, stage: str, advisers: Mapping[str, str], *, sensitive: bool = True
) -> FormSchema:
    """Return what Dossier > Général asks; more is mandatory for a client than for a prospect.

    Without the right to sensitive data (`sensitive` false) they are neither
    shown nor asked.
    """
    parts = {"person": _person, "company": _company, "household": _household}
    asked = (*parts[kind](stage == "client"), *_following(advisers))
    hidden = frozenset() if sensitive else SENSITIVE
    return FormSchema("Général", tuple(f for f in asked if f.key not in hidden))


#: Shown and edited only with `Permission.CONTACT_SENSITIVE`.
SENSITIVE: Final = frozenset({"pep", "us_person"})


def _person(client: bool) -> tuple[FormField, ...]:
    nations = words.countries()
    return (
        FormField("civility", "Civilité", "choice", required=client, choices=words.CIVILITIES),
        FormField("last_name", "Nom", required=True),
        FormField("first_name", "Prénom", required=True),
        FormField("birth_name", "Nom de naissance"),
        FormField("birth_date", "Date de naissance", "day", required=client,
                  check=valid.check_birth),
        FormField("birth_place", "Lieu de naissance", required=client),
        FormField("nationality", "Nationalité", "choice", required=client, choices=nations),
        FormField("second_nationality", "Seconde nationalité", "choice", choices=nations),
        FormField("death_date", "Date de décès", "day", check=valid.check_death),
        FormField("marital_status", "Situation familiale", "choice", required=client,
                  choices=words.MARITAL_STATUSES),
        FormField("matrimonial_regime", "Régime matrimonial", "choice", choices=words.REGIMES,
                  required_if=_is_married if client else None),
        FormField("legal_capacity", "Capacité juridique", "choice", required=client,
                  choices=words.CAPACITIES, check=valid.check_capacity),
        FormField("profession", "Profession", required=client),
        FormField("tax_country", "Résidence fiscale", "choice", required=client, choices=nations),
        FormField("us_person", "US person (FATCA)", "choice", required=client,
                  choices=words.YES_NO),
        FormField("pep", "Personne politiquement exposée", "choice", required=client,
                  choices=words.PEP),
        *_reach(required=client),
    )  # fmt: skip


def _company(client: bool) -> tuple[FormField, ...]:
    return (
        FormField("legal_name", "Raison sociale", required=True),
        FormField("legal_form", "Forme juridique", "choice", required=client,
                  choices=words.LEGAL_FORMS),
        FormField("siren", "SIREN", required_if=_needs_siren if client else None,
                  check=valid.check_siren),
        FormField("birth_date", "Date de création", "day", check=_check_creation),
        FormField("tax_country", "Résidence fiscale", "choice", required=client,
                  choices=words.countries()),
        FormField("us_person", "US person (FATCA)", "choice", required=client,
                  choices=words.YES_NO),
        *_reach(required=client),
    )  # fmt: skip


def _household(_client: bool) -> tuple[FormField, ...]:
    return (FormField("last_name", "Nom du foyer", required=True),)


def _check_creation(value: Any, values: Values, today: date) -> str | None:  # noqa: ANN401, ARG001
    return "la date doit être passée." if value > today else None


def _reach(*, required: bool) -> tuple[FormField, ...]:
    """Return e-mail and telephone; of a client one of both is needed."""
    return (
        FormField("email", "E-mail (ou téléphone)" if required else "E-mail", "email",
                  required_if=_has_no_phone if required else None),
        FormField("phone", "Téléphone", "phone", check=valid.check_phone, maximum=40),
    )  # fmt: skip


def _following(advisers: Mapping[str, str]) -> tuple[FormField, ...]:
    return (
        FormField("stage", "Type", "choice", required=True, choices=words.STAGES),
        FormField("adviser_id", "Conseiller", "choice", required=True, choices=advisers),
        FormField("segment", "Segment", "choice", choices=words.SEGMENTS),
        FormField("origin", "Origine", "choice", choices=words.ORIGINS),
        FormField("file_code", "Code de dossier", required=True, maximum=30),
        FormField("client_number", "Numéro client", maximum=40),
        FormField("comment", "Commentaire", "long_text", maximum=4000, hint=RGPD_HINT),
    )
