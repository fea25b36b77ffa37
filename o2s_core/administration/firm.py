"""What the firm says of itself [Société]: identity, legal mentions, intermediation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from stdnum.fr import siren as _siren

from o2s_core import store
from o2s_core.administration.models import Firm
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldChange, StaleEditError
from o2s_core.kernel.forms import FormField, FormSchema, Values
from o2s_core.kernel.permissions import Permission

#: What the firm may be registered as.
STATUSES: Final = {
    "cif": "CIF, conseiller en investissements financiers",
    "coa": "COA, courtier d'assurance",
    "mia": "MIA, mandataire d'intermédiaire d'assurance",
    "iobsp": "IOBSP, courtier en opérations de banque",
    "miob": "MIOBSP, mandataire en opérations de banque",
    "carte_t": "Carte T, transactions immobilières",
}
#: Professional associations approved by the AMF for CIF.
ASSOCIATIONS: Final = {
    "anacofi": "ANACOFI-CIF",
    "cncgp": "CNCGP",
    "cncef": "CNCEF Patrimoine",
    "compagnie": "La Compagnie des CGP-CIF",
}


def _right_siren(value: Any, _values: Values, _today: date) -> str | None:  # noqa: ANN401
    if _siren.is_valid(str(value)):
        return None
    return "neuf chiffres dont la clé est juste, par exemple 732 829 320."


def _right_orias(value: Any, _values: Values, _today: date) -> str | None:  # noqa: ANN401
    digits = str(value).replace(" ", "")
    return None if len(digits) == 8 and digits.isdigit() else "huit chiffres."


def _right_colour(value: Any, _values: Values, _today: date) -> str | None:  # noqa: ANN401
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", str(value)):
        return "un dièse et six chiffres ou lettres de A à F, par exemple #14505C."
    red, green, blue = (int(str(value)[at : at + 2], 16) for at in (1, 3, 5))
    bright = 0.299 * red + 0.587 * green + 0.114 * blue
    return None if bright < BRIGHTEST else "trop claire pour être lue sur du papier blanc."


#: Beyond this brightness (0 to 255) a title is no longer read on white.
BRIGHTEST: Final = 170
GENERAL, LEGAL, TRADE = "Général", "Informations juridiques", "Informations d'intermédiation"
FIRM_FORM: Final = FormSchema(
    "Société",
    (
        FormField("name", "Raison sociale", required=True, section=GENERAL),
        FormField("phone", "Téléphone", kind="phone", section=GENERAL),
        FormField("email", "E-mail", kind="email", section=GENERAL),
        FormField("website", "Site internet", section=GENERAL),
        FormField(
            "address", "Adresse", kind="long_text", required=True, maximum=400, section=GENERAL
        ),
        FormField("legal_form", "Forme juridique", section=LEGAL),
        FormField("siren", "SIREN", required=True, check=_right_siren, section=LEGAL),
        FormField("orias_number", "Numéro ORIAS", required=True, check=_right_orias, section=TRADE),
        FormField(
            "association",
            "Association professionnelle",
            kind="choice",
            choices=ASSOCIATIONS,
            section=TRADE,
        ),
        FormField("liability_insurer", "Assureur de RC professionnelle", section=TRADE),
        FormField("liability_policy", "Numéro de police", section=TRADE),
        FormField("mediator", "Médiateur", kind="long_text", maximum=400, section=TRADE),
        FormField(
            "brand_colour",
            "Couleur des documents",
            check=_right_colour,
            maximum=7,
            hint="Titres et traits des états de compte, par exemple #14505C.",
            section="Documents",
        ),
        *(
            FormField(f"status_{code}", label, kind="yes_no", section="Statuts")
            for code, label in STATUSES.items()
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class FirmForm:
    """What « Société » lets one edit; `statuses` are codes separated by commas."""

    name: str
    legal_form: str = ""
    siren: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    orias_number: str = ""
    association: str = ""
    liability_insurer: str = ""
    liability_policy: str = ""
    mediator: str = ""
    brand_colour: str = ""
    statuses: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "FirmForm":
        """Return what was typed on screen: a box a status, empty fields as None."""
        ticked = ",".join(code for code in STATUSES if values.get(f"status_{code}"))
        known = {f.name: str(values.get(f.name) or "") for f in fields(cls)}
        return cls(**(known | {"statuses": ticked}))

    @property
    def values(self) -> dict[str, Any]:
        """Return the form as the screen shows it."""
        ticked = self.statuses.split(",")
        shown = {f.name: getattr(self, f.name) or None for f in fields(self)}
        return shown | {f"status_{code}": code in ticked for code in STATUSES}


@dataclass(frozen=True, slots=True)
class FirmCard:
    """The firm as stored, with the version that an edit must name."""

    form: FirmForm
    version: int
    is_demo: bool
    totp_required: bool

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Return what is known of the firm, label and value, for who may only read it."""
        shown = [
            (field.label, self._text(field.key))
            for field in FIRM_FORM.fields
            if not field.key.startswith("status_")
        ]
        return [*shown, ("Statuts", ", ".join(self.status_labels))]

    def _text(self, key: str) -> str:
        value = getattr(self.form, key)
        return ASSOCIATIONS.get(value, "") if key == "association" else value

    @property
    def status_labels(self) -> list[str]:
        """Return what the firm is registered as, in words."""
        return [STATUSES[code] for code in self.form.statuses.split(",") if code in STATUSES]


def firm(ctx: Context) -> FirmCard:
    """Return what the firm says of itself."""
    ctx.require(Permission.FIRM_READ)
    with store.reading(ctx) as session:
        row = session.get_one(Firm, ctx.firm_id)
    return FirmCard(form_of(row), row.version, row.is_demo, row.totp_required)


def edit_firm(ctx: Context, form: FirmForm, expected_version: int) -> None:
    """Change what the firm says of itself."""
    ctx.require(Permission.FIRM_WRITE)
    typed = {f.name: getattr(form, f.name) for f in fields(form)}
    FIRM_FORM.require_valid(form.values, ctx.today)
    with store.tx(ctx) as tx:
        row = tx.session.get_one(Firm, ctx.firm_id)
        before = {key: getattr(row, key) for key in typed}
        changed = [key for key in typed if before[key] != typed[key]]
        if row.version != expected_version:
            raise StaleEditError(
                "La fiche du cabinet",
                [FieldChange(_label(key), before[key], typed[key]) for key in changed],
            )
        for key in changed:
            setattr(row, key, typed[key])
        store.stamp(ctx, row)
        tx.audit(
            "update",
            "firm",
            row.id,
            before={k: before[k] for k in changed},
            after={k: typed[k] for k in changed},
        )
        tx.touch("administration")


def require_second_factor(ctx: Context, *, required: bool) -> None:
    """Decide whether everybody must have a second factor at their next sign-in."""
    ctx.require(Permission.SECURITY_WRITE)
    with store.tx(ctx) as tx:
        row = tx.session.get_one(Firm, ctx.firm_id)
        before, row.totp_required = row.totp_required, required
        store.stamp(ctx, row)
        tx.audit(
            "update",
            "firm",
            row.id,
            before={"totp_required": before},
            after={"totp_required": required},
        )
        tx.touch("administration")


def _label(key: str) -> str:
    return "Statuts" if key == "statuses" else FIRM_FORM.field(key).label


def form_of(row: Firm) -> FirmForm:
    """Return the firm as its form holds it."""
    return FirmForm(**{f.name: getattr(row, f.name) for f in fields(FirmForm)})
