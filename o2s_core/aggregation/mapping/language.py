"""What a mapping may say (Correspondances): where each field of a flat file is found."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import polars as pl
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from o2s_core.aggregation.mapping import expressions

ERROR: Final = "ERROR"
IGNORE: Final = "IGNORE"
MOVEMENT_KINDS: Final = (
    "buy", "sell", "switch_out", "switch_in", "deposit", "withdrawal", "dividend", "coupon",
    "interest", "profit_sharing", "fee", "tax", "social_levy", "transfer_in", "transfer_out",
    "corporate_action", "adjustment", "advance", "advance_repayment",
)  # fmt: skip
#: Field -> what it holds; a field whose name starts with `_` is a stepping stone.
FIELDS: Final[Mapping[str, Literal["text", "day", "number"]]] = {
    "record": "text", "kind": "text",
    "account": "text", "account_label": "text", "holder": "text", "envelope": "text",
    "opened_on": "day", "broker_code": "text", "currency": "text", "total": "number",
    "as_of": "day", "isin": "text", "code": "text", "code_type": "text", "label": "text",
    "instrument_kind": "text", "quantity": "number", "unit_cost": "number", "price": "number",
    "price_on": "day", "price_currency": "text", "price_factor": "number",
    "accrued": "number", "value": "number",
    "trade_on": "day", "value_on": "day", "reference": "text", "gross": "number",
    "fees": "number", "taxes": "number", "net": "number", "fx_rate": "number",
    "window_from": "day", "window_to": "day",
    "price_kind": "text", "rate": "number", "rate_on": "day",
}  # fmt: skip
PRICE_KINDS: Final = ("nav", "close", "withdrawal")
CODE_TYPES: Final = ("isin", "cusip", "sedol", "wkn", "ticker", "conid", "partner", "label")


def _rust_regex(pattern: str) -> str:
    """Accept only patterns that run in linear time (no look-around, no back reference)."""
    try:
        pl.Series([""]).str.contains(pattern, strict=True)
    except pl.exceptions.ComputeError as error:
        raise ValueError(f"expression régulière refusée : {pattern}") from error
    return pattern


def _text(value: object) -> object:
    """Take the numbers that YAML reads as text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Content = Literal["positions", "movements", "accounts", "prices", "rates"]
Pattern = Annotated[str, AfterValidator(_rust_regex)]
Text = Annotated[str, BeforeValidator(_text)]
Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NumberFormat(_Part):
    """How numbers are written in a column."""

    decimal: Literal[",", ".", "auto"] = "auto"
    thousands: Names | None = None  #: None: spaces, apostrophes, the other mark when certain
    symbols: Names = ()  #: currency signs to drop
    percent: bool = False  #: 12,5 % means 0.125


class Rule(_Part):
    """Where one field is found, and how its text is read."""

    column: Names = ()  #: accepted names; the first that the file has is read
    columns: tuple[str, ...] = ()  #: several columns, joined by a space
    first_of: tuple[str, ...] = ()  #: several columns, the first filled cell of each row
    position: int | None = Field(default=None, ge=1)  #: n-th column, from 1, when unnamed
    file: str | None = None  #: a named group of `file_name`
    constant: Text | None = None
    cell: str | None = Field(default=None, pattern=r"^[A-Z]{1,2}[1-9][0-9]{0,3}$")
    preamble: Pattern | None = None  #: one group, searched in the lines before the header
    expression: str | None = None
    regex: Pattern | None = None  #: one group
    table: tuple[tuple[Pattern, Text], ...] = ()
    default: Text | None = None
    required: bool = False
    number: NumberFormat | None = None
    date: Names = ()
    sign: Mapping[str, Literal[-1, 1]] | Literal["by_kind"] | None = None
    absolute: bool = False
    only_for: tuple[str, ...] = ()  #: kinds of movement; null for the others

    @model_validator(mode="after")
    def _one_source(self) -> "Rule":
        given = [name for name in SOURCES if getattr(self, name) not in (None, ())]
        if len(given) > 1:
            raise ValueError(f"une seule source par champ, pas {', '.join(given)}")
        if not given and self.default is None:
            raise ValueError(f"source absente : l'une de {', '.join(SOURCES)}")
        if self.expression is not None:
            expressions.parse(self.expression)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Return the column names that the rule reads."""
        return self.column or self.columns or self.first_of


SOURCES: Final = (
    "column", "columns", "first_of", "position", "file", "constant", "cell", "preamble",
    "expression",
)  # fmt: skip


class Header(_Part):
    """How the line of column names is recognised."""

    required: tuple[Names, ...] = Field(min_length=1)  #: each: one name, or accepted names
    max_before: int = Field(default=30, ge=0, le=200)
    absent: tuple[Names, ...] = ()  #: columns of another kind of file: it is not this one


class Control(_Part):
    """A figure that the end of the file declares, to be found again in its rows."""

    text: Pattern
    equals: str = "rows"  #: rows, or a number field whose sum it must be


class Footer(_Part):
    """The lines that end a file and hold no data."""

    starts_with: Names = ()
    controls: tuple[Control, ...] = ()


class Unpivot(_Part):
    """A wide table laid out as rows: the columns whose name matches become two columns.

    `{columns: "^[A-Z]{3}$", name: Devise, value: Taux}` turns one column a
    currency into rows of a currency and a rate. Empty cells give no row.
    """

    columns: Pattern
    name: str
    value: str


class Reading(_Part):
    """How bytes become rows."""

    type: Literal["csv", "xlsx", "flat"] = "csv"  #: flat: either
    encodings: Names = ("utf-8-sig", "cp1252")
    separators: Names = (";", ",", "\t", "|")
    quote: str = Field(default='"', min_length=1, max_length=1)
    header: Header
    footer: Footer = Footer()
    missing_cells: int = Field(default=0, ge=0, le=50)
    empty: Names = ()  #: texts that mean nothing, such as n/a
    continuation: str | None = None  #: a row whose cell is empty there continues the one above
    truncated: Pattern | None = None  #: one group: the number of rows beyond which rows are cut
    unpivot: Unpivot | None = None
    sheet: str | int = 0  #: pattern of the name, or rank from 0
    merged_cells: Literal["propagate", "ignore"] = "propagate"


class Check(_Part):
    """A relation between fields, true within a tolerance."""

    rule: Literal["equal"] = "equal"
    left: str
    right: str
    tolerance: float = Field(default=0.01, ge=0)
    severity: Literal["warning", "error"] = "warning"


class Provider(_Part):
    """Whom the file comes from."""

    code: str
    name: str


class MappingSpec(_Part):
    """A mapping, read and checked."""

    version: Literal[1]
    feed: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    label: str = ""
    provider: Provider | None = None
    reading: Reading
    file_name: Pattern | None = None
    content: Annotated[
        tuple[Literal["positions", "movements", "accounts", "prices", "rates"], ...],
        BeforeValidator(_one_or_many),
    ] = ()
    completeness: Literal["full_snapshot", "full_window", "delta"] = "delta"
    stable_references: bool = False
    generic: bool = False  #: accepts many partners' files: any other mapping is preferred
    fields: Mapping[str, Rule] = Field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    refusal: str = ""  #: what to tell when this file is recognised but holds nothing to import
    revision: int | None = Field(default=None, exclude=True)

    @property
    def code(self) -> str:
        """Return the code under which versions of this mapping are kept."""
        return self.feed

    @model_validator(mode="after")
    def _coherent(self) -> "MappingSpec":
        problems = [] if self.refusal else list(_incoherences(self))
        if problems:
            raise ValueError("\n".join(problems))
        return self


def _incoherences(spec: MappingSpec) -> list[str]:
    """Return what a whole mapping lacks, one French sentence each, `key: message`."""
    found = [
        f"fields.{name}: champ inconnu"
        for name in spec.fields
        if name not in FIELDS and not name.startswith("_")
    ]
    found += [f"fields.{n}: champ obligatoire pour ce contenu" for n in _missing(spec)]
    found += [message for name, rule in spec.fields.items() for message in _wrong(spec, name, rule)]
    if not spec.content:
        found.append("content: indiquez positions, movements, accounts, prices ou rates")
    if set(spec.content) & {"positions"} and set(spec.content) & {"prices", "rates"}:
        found.append("content: un fichier de cours ou de taux ne contient pas de positions")
    return found + _unknown_names(spec)


def _missing(spec: MappingSpec) -> list[str]:
    needed: dict[str, tuple[str, ...]] = {
        "positions": ("as_of",),
        "movements": ("trade_on", "kind"),
        "accounts": ("account",),
        "prices": ("price_on", "price"),
        "rates": ("rate_on", "rate", "currency"),
    }
    return [n for content in spec.content for n in needed[content] if n not in spec.fields]


def field_type(name: str, rule: Rule) -> Literal["text", "day", "number"]:
    """Return what a field holds; a stepping stone is what its rule reads."""
    if name in FIELDS:
        return FIELDS[name]
    if rule.number or rule.expression:
        return "number"
    return "day" if rule.date else "text"


def _wrong(spec: MappingSpec, name: str, rule: Rule) -> list[str]:
    kind, found = field_type(name, rule), []
    if kind == "day" and not rule.date and rule.constant is None:
        found.append(f"fields.{name}.date: indiquez le format de date, par exemple %d/%m/%Y")
    if rule.number and kind != "number":
        found.append(f"fields.{name}.number: ce champ n'est pas un nombre")
    if rule.file and (spec.file_name is None or f"(?P<{rule.file}>" not in spec.file_name):
        found.append(f"fields.{name}.file: le groupe « {rule.file} » manque dans file_name")
    lists: dict[str, tuple[str, ...]] = {
        "kind": MOVEMENT_KINDS, "code_type": CODE_TYPES, "price_kind": PRICE_KINDS,
    }  # fmt: skip
    if allowed := lists.get(name, ()):
        found += [
            f"fields.{name}: « {value} » n'est pas une valeur de la liste"
            for value in _values(rule)
            if value not in (*allowed, ERROR, IGNORE)
        ]
    return found


def _values(rule: Rule) -> list[str]:
    fixed = [v for v in (rule.constant, rule.default) if v is not None]
    return [value for _, value in rule.table] + fixed


def _unknown_names(spec: MappingSpec) -> list[str]:
    """Return the expressions that name a field which does not exist, or turn in a circle."""
    found: list[str] = []
    trees: dict[str, Any] = {
        f"fields.{n}.expression": r.expression for n, r in spec.fields.items() if r.expression
    }
    for check in spec.checks:
        trees |= {f"checks.{check.left}": check.left, f"checks.{check.right}": check.right}
    for key, text in trees.items():
        try:
            unknown = sorted(expressions.names(expressions.parse(text)) - set(spec.fields))
        except ValueError as error:
            found.append(f"{key}: {error}")
            continue
        found += [f"{key}: champ inconnu « {name} »" for name in unknown]
    return found or _circles(spec)


def _circles(spec: MappingSpec) -> list[str]:
    try:
        evaluation_order(spec)
    except ValueError as error:
        return [str(error)]
    return []


def evaluation_order(spec: MappingSpec) -> list[str]:
    """Return the fields in the order in which they can be read: kind, the columns, the sums."""
    rules = spec.fields
    plain = [n for n, r in rules.items() if r.expression is None]
    ordered = sorted(plain, key=lambda n: n not in {"record", "kind"})
    waiting = {
        n: expressions.names(expressions.parse(r.expression))
        for n, r in rules.items()
        if r.expression
    }
    while waiting:
        ready = [n for n, needs in waiting.items() if needs <= set(ordered)]
        if not ready:
            raise ValueError(
                f"fields.{next(iter(waiting))}.expression: les calculs tournent en rond"
            )
        ordered += ready
        waiting = {n: needs for n, needs in waiting.items() if n not in ready}
    return ordered
