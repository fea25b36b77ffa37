"""What is asked of somebody who works here, on screen and at the terminal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from o2s_core.administration import passwords
from o2s_core.administration.models import User
from o2s_core.administration.perimeters import assisted_by
from o2s_core.administration.profiles import SCOPES, profile, profiles
from o2s_core.kernel.forms import FormField, FormSchema, Values


def _right_login(value: Any, _values: Values, _today: date) -> str | None:  # noqa: ANN401
    if passwords.is_login(str(value)):
        return None
    return "vingt lettres, chiffres ou tirets au plus, ou une adresse e-mail."


def _allowed_scope(value: Any, values: Values, _today: date) -> str | None:  # noqa: ANN401
    code = str(values.get("profile") or "")
    if code not in profiles() or value in profile(code).scopes:
        return None
    allowed = ", ".join(SCOPES[s] for s in profile(code).scopes)
    return f"ce profil n'admet que : {allowed}."


USER_FORM: Final = FormSchema(
    "Utilisateur",
    (
        FormField("login", "Identifiant", required=True, maximum=80, check=_right_login),
        FormField("last_name", "Nom", required=True, maximum=80),
        FormField("first_name", "Prénom", maximum=80),
        FormField("email", "E-mail", kind="email"),
        FormField("mobile", "Mobile", kind="phone", maximum=30),
        FormField(
            "profile",
            "Profil",
            kind="choice",
            required=True,
            choices={code: p.label for code, p in profiles().items()},
        ),
        FormField(
            "scope", "Périmètre", kind="choice", required=True, choices=SCOPES, check=_allowed_scope
        ),
        FormField("agency_id", "Agence"),
        FormField("team_id", "Équipe"),
        FormField("is_adviser", "Peut suivre des clients", kind="yes_no"),
        FormField(
            "assists", "Assiste", hint="Les conseillers dont cette personne voit les clients."
        ),
    ),
)


#: The same on screen, where a colleague is described in full; the terminal needs less.
PERSON_FORM: Final = FormSchema(
    USER_FORM.title,
    tuple(
        replace(f, required=f.required or f.key in {"first_name", "email", "agency_id"})
        for f in USER_FORM.fields
    ),
)


@dataclass(frozen=True, slots=True)
class UserForm:
    """What one says of a user; `assists` are the ids of the advisers assisted."""

    login: str
    last_name: str
    profile: str
    first_name: str = ""
    email: str = ""
    mobile: str = ""
    scope: str = "own"
    agency_id: int | None = None
    team_id: int | None = None
    is_adviser: bool = False
    assists: tuple[int, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any], assists: tuple[int, ...] = ()) -> "UserForm":
        """Return what was typed on screen; ids come as text, empty fields as None."""
        typed = {k: v for k, v in values.items() if v is not None and k != "assists"}
        for key in ("agency_id", "team_id"):
            if key in typed:
                typed[key] = int(typed[key])
        return cls(**({"login": "", "last_name": "", "profile": ""} | typed), assists=assists)


def form_of(row: User) -> UserForm:
    """Return a user as the form holds them."""
    columns = (name for name in UserForm.__dataclass_fields__ if name != "assists")
    said = {name: getattr(row, name) for name in columns}
    return UserForm(**said, assists=tuple(sorted(assisted_by(row))))


def columns_of(form: UserForm) -> dict[str, Any]:
    """Return a form as the columns of a user hold it."""
    typed = {name: getattr(form, name) for name in UserForm.__dataclass_fields__}
    typed["login"] = form.login.strip().casefold()
    typed["assists"] = ",".join(str(i) for i in sorted(form.assists))
    return typed
