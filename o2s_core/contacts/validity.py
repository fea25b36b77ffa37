"""Whether what is typed about somebody can be true: SIREN, telephone, dates of a life."""

from datetime import date
from typing import Any, Final

import phonenumbers
from stdnum.fr import siren as _siren

from o2s_core.kernel.forms import Values
from o2s_core.kernel.identifiers import compact

#: France, then the overseas territories that share its habit of ten digits.
NATIONAL: Final = ("FR", "RE", "GP", "MQ", "GF", "YT", "PM", "BL", "MF")
OLDEST: Final = 120


def e164(phone: str) -> str | None:
    """Return a telephone number in international form, or None when no such number exists.

    A number without country code is French: mainland first, then overseas.

    >>> e164("0692 12 34 56")
    '+262692123456'
    """
    for region in (None,) if phone.strip().startswith(("+", "00")) else NATIONAL:
        try:
            number = phonenumbers.parse(_plus(phone), region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None


def _plus(phone: str) -> str:
    text = phone.strip()
    return "+" + text[2:] if text.startswith("00") else text


def readable_phone(phone: str) -> str:
    """Write a stored number as it is dialled: `06 12 34 56 78`, or `+262 692 12 34 56`."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    french = number.country_code == phonenumbers.country_code_for_region("FR")
    form = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, form.NATIONAL if french else form.INTERNATIONAL))


def age(birth: date | None, on: date) -> int | None:
    """Return the age in full years on a day; born on 29 February, one ages on 1 March."""
    if birth is None:
        return None
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def check_phone(value: Any, values: Values, today: date) -> str | None:  # noqa: ANN401, ARG001
    """Say what is wrong with a telephone number."""
    if e164(str(value)) is None:
        return "numéro inconnu, par exemple 06 12 34 56 78 ou +32 470 12 34 56."
    return None


def check_siren(value: Any, values: Values, today: date) -> str | None:  # noqa: ANN401, ARG001
    """Say what is wrong with a SIREN: nine digits, the last one a key (Luhn)."""
    if not _siren.is_valid(compact(str(value))):
        return "SIREN invalide : neuf chiffres, dont une clé de contrôle."
    return None


def check_birth(value: Any, values: Values, today: date) -> str | None:  # noqa: ANN401
    """Say what is wrong with a birth date: in the past, 120 years at most."""
    if value > today:
        return "la date doit être passée."
    if (age(value, values.get("death_date") or today) or 0) > OLDEST:
        return f"plus de {OLDEST} ans : vérifiez l'année."
    return None


def check_death(value: Any, values: Values, today: date) -> str | None:  # noqa: ANN401
    """Say what is wrong with a date of death: past, and after the birth."""
    if value > today:
        return "la date doit être passée."
    if values.get("birth_date") and value < values["birth_date"]:
        return "antérieure à la naissance."
    return None


def check_capacity(value: Any, values: Values, today: date) -> str | None:  # noqa: ANN401
    """Say when the legal capacity contradicts the age."""
    years = age(values.get("birth_date"), today)
    if years is None:
        return None
    if value == "minor" and years >= 18:
        return f"cette personne a {years} ans : elle n'est plus mineure."
    return None
