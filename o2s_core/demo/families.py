"""Invented clients: families with children, widows, protected adults, companies, prospects."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from faker import Faker

from o2s_core.kernel.identifiers import search_key

#: Draws per thousand families.
PROSPECT, WIDOWED, COUPLE, OWNER = 180, 60, 560, 170
PROFESSIONS: Final = (
    "Médecin", "Chef d'entreprise", "Ingénieure", "Notaire", "Enseignant", "Retraitée",
    "Avocate", "Pharmacien", "Cadre bancaire", "Architecte", "Dentiste", "Consultante",
)  # fmt: skip
#: Name on the door, legal form.
COMPANIES: Final = (("SCI", "sci"), ("SARL", "sarl"), ("SAS", "sas"), ("Holding", "sas"))


@dataclass(slots=True)
class Family:
    """One household to be: its people, its company, and what links them."""

    adviser: int  #: rank of the adviser
    stage: str
    people: list[dict[str, Any]] = field(default_factory=list)  #: contact columns, head first
    roles: list[str] = field(default_factory=list)
    company: dict[str, Any] | None = None


def families(
    count: int, advisers: int, seed: int, today: date, *, even: bool = False
) -> Iterator[Family]:
    """Yield families until they hold `count` people and companies, the last one cut to fit.

    `even` spreads them over the advisers; else a third are the first one's.
    """
    draw, fake = np.random.default_rng(seed), Faker("fr_FR")
    fake.seed_instance(seed)
    made = 0
    while made < count:
        family = _family(draw, fake, advisers, today, even=even)
        spare = count - made
        family.people, family.roles = family.people[:spare], family.roles[:spare]
        if len(family.people) == spare:
            family.company = None
        made += len(family.people) + (family.company is not None)
        yield family


def _family(
    draw: np.random.Generator, fake: Faker, advisers: int, today: date, *, even: bool
) -> Family:
    """Draw one family: its stage, its adults, its children, perhaps a company."""
    stage = "prospect" if draw.integers(1000) < PROSPECT else "client"
    family = Family(_adviser(draw, advisers, even=even), stage)
    name = fake.last_name()
    age = int(draw.integers(32, 84))
    fate = int(draw.integers(1000))
    head = _adult(draw, fake, name, age, today, stage)
    family.people, family.roles = [head], ["head"]
    if fate < COUPLE + WIDOWED:
        spouse = _adult(draw, fake, name, max(30, age + int(draw.integers(-6, 7))), today, stage)
        head["marital_status"] = spouse["marital_status"] = "married"
        head["matrimonial_regime"] = spouse["matrimonial_regime"] = "reduced_community"
        family.people.append(spouse)
        family.roles.append("spouse")
        if fate < WIDOWED:
            spouse["death_date"] = today - timedelta(days=int(draw.integers(60, 900)))
            head["marital_status"], head["matrimonial_regime"] = "widowed", ""
    if age > 80 and draw.integers(3) == 0:
        head["legal_capacity"] = "curatorship"
    for _ in range(int(draw.integers(0, 3)) if age < 62 else 0):
        family.people.append(_child(draw, fake, name, today, stage))
        family.roles.append("child")
    if stage == "client" and draw.integers(1000) < OWNER:
        family.company = _company(draw, fake, name)
    return family


def _adviser(draw: np.random.Generator, advisers: int, *, even: bool) -> int:
    """Draw the adviser of a family: a third of the families are the first one's, or not."""
    return 0 if not even and draw.integers(3) == 0 else int(draw.integers(advisers))


def _adult(
    draw: np.random.Generator, fake: Faker, name: str, age: int, today: date, stage: str
) -> dict[str, Any]:
    woman = bool(draw.integers(2))
    first = fake.first_name_female() if woman else fake.first_name_male()
    known = stage == "client" or draw.integers(2) == 0
    return {
        "kind": "person",
        "stage": stage,
        "civility": "mme" if woman else "m",
        "last_name": name,
        "first_name": first,
        "birth_date": _birthday(draw, today, age),
        "birth_place": fake.city() if known else "",
        "nationality": "FR",
        "tax_country": "BE" if draw.integers(40) == 0 else "FR",
        "marital_status": "single",
        "profession": str(draw.choice(PROFESSIONS)) if known else "",
        "pep": ("yes" if draw.integers(60) == 0 else "no") if stage == "client" else "",
        "us_person": "no" if stage == "client" else "",
        "email": f"{_plain(first)}.{_plain(name)}@exemple.fr" if known else "",
        "phone": f"+3361200{int(draw.integers(10_000)):04d}",
        "segment": str(draw.choice(["A", "B", "B", "C", "C", "C", "D"])),
        "origin": str(draw.choice(["recommendation", "website", "introducer", "event"])),
    }


def _child(
    draw: np.random.Generator, fake: Faker, name: str, today: date, stage: str
) -> dict[str, Any]:
    age = int(draw.integers(3, 17))
    return {
        "kind": "person",
        "stage": stage,
        "civility": "",
        "last_name": name,
        "first_name": fake.first_name(),
        "birth_date": _birthday(draw, today, age),
        "nationality": "FR",
        "tax_country": "FR",
        "legal_capacity": "minor",
        "marital_status": "single",
    }


def _company(draw: np.random.Generator, fake: Faker, name: str) -> dict[str, Any]:
    word, form = COMPANIES[int(draw.integers(len(COMPANIES)))]
    return {
        "kind": "company",
        "stage": "client",
        "legal_name": f"{word} {name} {fake.city().split()[0]}",
        "legal_form": form,
        "siren": _siren(draw),
        "tax_country": "FR",
        "email": f"contact@{_plain(name)}-{word.lower()}.exemple.fr",
    }


def _birthday(draw: np.random.Generator, today: date, age: int) -> date:
    return today - timedelta(days=int(age * 365.25) + int(draw.integers(0, 364)))


def _siren(draw: np.random.Generator) -> str:
    """Draw nine digits whose Luhn key is right; the leading 0 belongs to no company."""
    digits = [0, *(int(d) for d in draw.integers(0, 10, 7))]
    doubled = [sum(divmod(d * 2, 10)) if i % 2 else d for i, d in enumerate(digits)]
    return "".join(map(str, digits)) + str(-sum(doubled) % 10)


def _plain(name: str) -> str:
    return search_key(name).replace(" ", "-")
