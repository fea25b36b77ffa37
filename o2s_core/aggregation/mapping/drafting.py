"""Which mapping would suit an unknown file: a draft that a user completes and checks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import polars as pl
import yaml

from o2s_core.aggregation.mapping import delimited, workbook
from o2s_core.aggregation.mapping.dates import read_days
from o2s_core.aggregation.mapping.decoding import decode
from o2s_core.aggregation.mapping.grid import Line, column_key
from o2s_core.aggregation.mapping.language import FIELDS, MappingSpec, NumberFormat
from o2s_core.aggregation.mapping.loading import MappingProblem, load
from o2s_core.aggregation.mapping.numbers import read_numbers
from o2s_core.aggregation.mapping.reading import is_workbook
from o2s_core.aggregation.mapping.shipped import shipped
from o2s_core.aggregation.mapping.wordings import ENGLISH, SYNONYMS
from o2s_core.aggregation.statement import Refusal
from o2s_core.kernel.identifiers import search_key

DAYS_IN_NAMES: Final = (
    (r"20\d{2}-[01]\d-[0-3]\d", "%Y-%m-%d"),
    (r"[0-3]\d-[01]\d-20\d{2}", "%d-%m-%Y"),
    (r"[0-3]\d_[01]\d_20\d{2}", "%d_%m_%Y"),
    (r"20\d{2}[01]\d[0-3]\d", "%Y%m%d"),
)
SAMPLE: Final = 500  # rows looked at
NO_HEADER: Final = (
    "Aucune ligne d'en-têtes n'a été trouvée au début du fichier : ce n'est pas un tableau."
)
DATE_FORMATS: Final = (
    "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%d/%m/%y", "%Y-%m-%d %H:%M:%S",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d-%b-%Y", "%m/%d/%Y",
)  # fmt: skip
ONLY: Final = {
    "positions": ("as_of", "instrument_kind", "unit_cost", "price_on", "value", "total"),
    "movements": ("kind", "trade_on", "value_on", "reference", "gross", "fees", "taxes", "net"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A mapping to complete: its document, and whether it can already be used."""

    document: dict[str, Any]
    columns: tuple[str, ...]
    spec: MappingSpec | None
    problems: tuple[MappingProblem, ...]

    @property
    def text(self) -> str:
        """Return the draft as the YAML that is saved."""
        return write(self.document)


def write(document: Mapping[str, Any]) -> str:
    """Write a mapping as YAML, keys in their order."""
    return yaml.safe_dump(
        dict(document), allow_unicode=True, sort_keys=False, default_flow_style=None, width=100
    )


def redraft(document: Mapping[str, Any], columns: Sequence[str]) -> Draft:
    """Check a document again after a change."""
    found = load(write(document))
    spec = found if isinstance(found, MappingSpec) else None
    problems = () if isinstance(found, MappingSpec) else tuple(found)
    return Draft(dict(document), tuple(columns), spec, problems)


def guess(data: bytes, file_name: str) -> Draft | Refusal:
    """Return a draft from the names of the columns and what they hold.

    French and English names are known; the draft may lack what the file does
    not make certain, and says what.
    """
    table = _table(data)
    if isinstance(table, Refusal):
        return table
    header, rows, how = table
    columns = [cell.strip() for cell in header.cells]
    samples = _samples(columns, rows)
    content = _content(columns)
    fields = _fields(content, samples)
    required = [
        rule["column"]
        for name, rule in fields.items()
        if name in _certain(content) and "column" in rule
    ]
    in_name = _day_in_name(file_name) if content == "positions" and "as_of" not in fields else None
    if in_name is not None:
        fields["as_of"] = {"file": "as_of", "date": in_name[1]}
    document: dict[str, Any] = {
        "version": 1,
        "feed": _slug(file_name),
        "label": "",
        **({"file_name": in_name[0]} if in_name else {}),
        "content": content,
        "reading": {**how, "header": {"required": required or columns[:3], "max_before": 30}},
        "fields": fields,
    }
    return redraft(document, columns)


def _samples(columns: Sequence[str], rows: Sequence[Line]) -> dict[str, pl.Series]:
    """Return what each named column holds, null where a cell is empty."""
    cells = {
        name: [line.cells[i].strip() or None if i < len(line.cells) else None for line in rows]
        for i, name in enumerate(columns)
        if name
    }
    return {name: pl.Series(values, dtype=pl.String) for name, values in cells.items()}


def _day_in_name(file_name: str) -> tuple[str, str] | None:
    """Return the pattern of a day found in a file name, and how it is written."""
    for digits, form in DAYS_IN_NAMES:
        if re.search(digits, file_name):
            return f"(?P<as_of>{digits})", form
    return None


def _certain(content: str) -> tuple[str, ...]:
    """Return the fields whose columns make the header recognisable."""
    if content == "movements":
        return ("trade_on", "kind", "net", "isin", "quantity")
    return ("isin", "quantity", "value", "label")


def _slug(file_name: str) -> str:
    stem = file_name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    slug = re.sub(r"[^a-z]+", "_", search_key(stem)).strip("_")[:40]
    return slug if re.fullmatch(r"[a-z][a-z0-9_]{1,39}", slug) else "nouveau_flux"


def _table(data: bytes) -> tuple[Line, list[Line], dict[str, Any]] | Refusal:
    """Return the likeliest header, the rows below it, and how the file is read."""
    if is_workbook(data):
        return _workbook_table(data)
    decoded = decode(data)
    if isinstance(decoded, Refusal):
        return decoded
    best: tuple[float, str, list[Line], int] | None = None
    for separator in delimited.SEPARATORS:
        try:
            lines = list(islice(delimited.rows(decoded.text, separator), SAMPLE))
        except delimited.UnreadableRowError:
            continue
        score, at = _likeliest_header(lines)
        if best is None or score > best[0]:
            best = (score, separator, lines, at)
    if best is None or best[0] <= 0:
        return Refusal("csv", "F02", NO_HEADER)
    _, separator, lines, at = best
    return lines[at], lines[at + 1 :], {"type": "csv", "separators": [separator]}


def _workbook_table(data: bytes) -> tuple[Line, list[Line], dict[str, Any]] | Refusal:
    opened = workbook.open_workbook(data)
    if isinstance(opened, Refusal):
        return opened
    lines = workbook.sheet_lines(data, opened, opened.sheet_names[0])
    if isinstance(lines, Refusal):
        return lines
    score, at = _likeliest_header(lines[:SAMPLE])
    if score <= 0:
        return Refusal("xlsx", "F02", NO_HEADER)
    return lines[at], lines[at + 1 : SAMPLE], {"type": "xlsx", "sheet": 0}


def _likeliest_header(lines: Sequence[Line]) -> tuple[float, int]:
    """Return how surely a line among the first 31 is the header, and its index."""
    known = {name for names in SYNONYMS.values() for name in names}
    best, index = 0.0, 0
    for at, line in enumerate(lines[:31]):
        cells = [cell.strip() for cell in line.cells]
        named = [c for c in cells if c and not re.fullmatch(r"[-+\d.,/: €%]+", c)]
        recognised = sum(column_key(c) in known for c in named)
        follows = sum(len(other.cells) == len(line.cells) for other in lines[at + 1 : at + 6])
        score = 3 * recognised + len(named) + follows if len(named) >= 2 and follows else 0
        if score > best:
            best, index = float(score), at
    return best, index


def _content(columns: Sequence[str]) -> str:
    keys = {column_key(c) for c in columns}
    has_kind = keys & set(SYNONYMS["kind"][:9])
    has_value = keys & {"valorisation", "encours", "contre valeur", "market value", "pru", "pam"}
    flows = keys & {
        "montant net",
        "net",
        "montant brut",
        "net amount",
        "date d operation",
        "date operation",
    }
    return "movements" if (has_kind and not has_value) or (flows and not has_value) else "positions"


def _fields(content: str, samples: Mapping[str, pl.Series]) -> dict[str, Any]:
    other = "movements" if content == "positions" else "positions"
    decimal = _decimal(samples)
    left, fields = dict(samples), {}
    for name, synonyms in SYNONYMS.items():
        if name in ONLY[other]:
            continue
        column = next((c for s in synonyms for c in left if column_key(c) == s), None)
        if column is not None and (rule := _rule(name, column, left[column], decimal)) is not None:
            fields[name] = rule
            left.pop(column)
    if "currency" not in fields:
        fields["currency"] = {"constant": "EUR"}
    elif isinstance(fields["currency"], dict):
        fields["currency"]["default"] = "EUR"
    return fields


def _rule(name: str, column: str, values: pl.Series, decimal: str) -> dict[str, Any] | None:
    """Return how a column is read as a field, None when it holds something else."""
    if name == "kind":
        return {"column": column, "table": kind_table(values)}
    if name == "isin":
        return {"column": column}
    if FIELDS[name] == "number":
        return {"column": column, "number": {"decimal": decimal}, **_signs(name, values)}
    if FIELDS[name] == "day":
        form = _date_format(values)
        return {"column": column, "date": form} if form else None
    return {"column": column}


def _signs(name: str, values: pl.Series) -> dict[str, Any]:
    """Take the sign from the kind of movement when the file writes only positive numbers."""
    if name in {"fees", "taxes"}:
        return {"absolute": True}
    if name not in {"quantity", "net", "gross"}:
        return {}
    negative = values.str.contains(r"^\s*[-\u2212(]|-\s*$").fill_null(value=False).any()
    return {} if negative else {"sign": "by_kind"}


def _date_format(values: pl.Series) -> str | None:
    filled = values.drop_nulls()
    if filled.is_empty():
        return DATE_FORMATS[0]
    typed = filled.str.contains(r"^\d{4}-\d\d-\d\dT").all()
    if typed:
        return "%Y-%m-%d"
    reads = {f: read_days(filled, (f,)).problems.null_count() for f in DATE_FORMATS}
    best = max(reads, key=lambda f: reads[f])
    return best if reads[best] * 2 > filled.len() else None


def _decimal(samples: Mapping[str, pl.Series]) -> str:
    """Return the decimal mark that reads the most numbers of the file, French when in doubt."""
    marks = dict.fromkeys((",", "."), 0)
    for values in samples.values():
        numeric = values.filter(
            values.str.contains(r"^[-+(]?[\d\u00a0\u202f ]+(?:[.,]\d+)+\)?-?$").fill_null(
                value=False
            )
        )
        for mark in marks:
            form = NumberFormat(decimal=mark)  # type: ignore[arg-type]
            marks[mark] += read_numbers(numeric, form).values.drop_nulls().len()
    return "." if marks["."] > marks[","] else ","


def kind_table(values: pl.Series) -> list[list[str]]:
    """Propose a kind of movement for each wording found; ERROR where none is sure."""
    wordings = values.drop_nulls().unique(maintain_order=True).head(60).to_list()
    return [[f"^{re.escape(w)}$", likely_kind(w)] for w in wordings]


def likely_kind(wording: str) -> str:
    """Return the kind of movement that a French or English wording names, else ERROR."""
    known = next(s for s in shipped() if s.code == "french_movements").fields["kind"].table
    for pattern, kind in (*known, *ENGLISH):
        if re.search(pattern, wording, re.IGNORECASE):
            return kind
    return "ERROR"
