"""Which clients' files still lack something mandatory, asked of the whole list at once."""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col

from o2s_core.contacts import vocabulary as words
from o2s_core.contacts.identity import SENSITIVE
from o2s_core.contacts.models import Contact

#: The columns that a client's file must have, by nature; conditions are added below.
OF_PERSON: Final = (
    "civility", "last_name", "first_name", "birth_place", "nationality", "marital_status",
    "legal_capacity", "tax_country", "us_person", "pep",
)  # fmt: skip
OF_COMPANY: Final = ("legal_name", "legal_form", "tax_country", "us_person")


def incomplete(*, sensitive: bool = True) -> ColumnElement[bool]:
    """Return the condition that a file lacks a mandatory field.

    The same rule as `ContactCard.missing`, as the database evaluates it;
    `sensitive` false leaves out what the user may not see.
    """
    kind = col(Contact.kind)
    of_client = or_(
        and_(kind == "person", _person(sensitive=sensitive)),
        and_(kind == "company", _company(sensitive=sensitive)),
    )
    return or_(col(Contact.adviser_id).is_(None), and_(col(Contact.stage) == "client", of_client))


def _person(*, sensitive: bool) -> ColumnElement[bool]:
    no_regime = and_(col(Contact.marital_status) == "married", _blank("matrimonial_regime"))
    return or_(
        *_blanks(OF_PERSON, sensitive=sensitive),
        col(Contact.birth_date).is_(None),
        no_regime,
        and_(col(Contact.legal_capacity) != "minor", or_(_blank("profession"), _unreachable())),
    )


def _company(*, sensitive: bool) -> ColumnElement[bool]:
    no_siren = and_(
        _blank("siren"),
        col(Contact.tax_country).in_(["FR", ""]),
        col(Contact.legal_form).not_in(sorted(words.WITHOUT_SIREN)),
    )
    return or_(*_blanks(OF_COMPANY, sensitive=sensitive), no_siren, _unreachable())


def _unreachable() -> ColumnElement[bool]:
    return and_(_blank("email"), _blank("phone"))


def _blanks(names: tuple[str, ...], *, sensitive: bool) -> list[ColumnElement[bool]]:
    return [_blank(name) for name in names if sensitive or name not in SENSITIVE]


def _blank(name: str) -> ColumnElement[bool]:
    column: Any = getattr(Contact, name)
    return col(column) == ""
