"""What is asked for a model portfolio and for its lines: for the screen and for the check."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from o2s_core.kernel import french
from o2s_core.kernel.errors import FieldProblem
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.market.currencies import is_currency

RISK_LEVELS: Final = MappingProxyType(
    {
        1: "1 · Très prudent",
        2: "2 · Prudent",
        3: "3 · Équilibré",
        4: "4 · Dynamique",
        5: "5 · Offensif",
    }
)
#: Weights are written with two decimals of a percentage.
STEP: Final = Decimal("0.0001")
MOST_LINES: Final = 60


@dataclass(frozen=True, slots=True)
class ModelForm:
    """A model portfolio as typed; `benchmark_id` is the id of a support, or nothing."""

    name: str
    risk_level: str
    currency: str = "EUR"
    benchmark_id: str | None = None
    description: str = ""

    def values(self) -> dict[str, Any]:
        """Return the fields as the schema checks them."""
        return asdict(self)

    @classmethod
    def typed(cls, values: Mapping[str, Any]) -> "ModelForm":
        """Return the form that a person filled."""
        return cls(
            name=" ".join((values.get("name") or "").split()),
            risk_level=values.get("risk_level") or "",
            currency=(values.get("currency") or "").strip().upper(),
            benchmark_id=values.get("benchmark_id") or None,
            description=(values.get("description") or "").strip(),
        )


@dataclass(frozen=True, slots=True)
class WeightedSupport:
    """One line of a model: ratios (0.125 is 12,5 %)."""

    instrument_id: int
    weight: Decimal
    minimum: Decimal | None = None
    maximum: Decimal | None = None


def _currency(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if is_currency(value) else "indiquez un code de trois lettres, par exemple EUR."


MODEL_FORM: Final = FormSchema(
    "Portefeuille modèle",
    (
        FormField("name", "Nom", required=True, maximum=80),
        FormField(
            "risk_level",
            "Niveau de risque",
            "choice",
            required=True,
            choices={str(level): label for level, label in RISK_LEVELS.items()},
        ),
        FormField("currency", "Devise", required=True, check=_currency, maximum=3),
        FormField("description", "Description", "long_text", maximum=1000),
    ),
)


def line_problems(
    lines: Sequence[WeightedSupport], labels: Mapping[int, str]
) -> list[FieldProblem]:
    """Return what is wrong with the lines of a model; they add up to 100 %, to the hundredth."""
    found = [p for line in lines if (p := _line_problem(line, labels))]
    if not lines or len(lines) > MOST_LINES:
        found.append(_said("Lignes", f"indiquez de 1 à {MOST_LINES} supports."))
    ids = [line.instrument_id for line in lines]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    found += [_said(labels.get(i, str(i)), "ce support figure deux fois.") for i in twice]
    whole = sum((line.weight for line in lines), Decimal(0))
    if lines and whole != 1:
        gap = french.percent(abs(1 - whole), 2)
        said = f"il manque {gap}" if whole < 1 else f"il y a {gap} de trop"
        found.append(_said("Poids", f"les poids font {french.percent(whole, 2)} : {said}."))
    return found


def _line_problem(line: WeightedSupport, labels: Mapping[int, str]) -> FieldProblem | None:
    name = labels.get(line.instrument_id, f"support {line.instrument_id}")
    for value in (line.weight, line.minimum, line.maximum):
        if value is not None and (not 0 <= value <= 1 or value != value.quantize(STEP)):
            return _said(name, "indiquez des pourcentages de 0 à 100, deux décimales au plus.")
    if not line.weight:
        return _said(name, "indiquez un poids.")
    if line.minimum is not None and line.minimum > line.weight:
        return _said(name, "le minimum dépasse le poids.")
    if line.maximum is not None and line.maximum < line.weight:
        return _said(name, "le maximum est inférieur au poids.")
    return None


def _said(label: str, message: str) -> FieldProblem:
    return FieldProblem("lines", label, message)
