"""Which mapping fits a file."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from o2s_core.aggregation.mapping import delimited, grid, workbook
from o2s_core.aggregation.mapping.decoding import Decoded, decode
from o2s_core.aggregation.mapping.grid import Line
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.statement import Refusal
from o2s_core.kernel.french import NBSP

#: Characters of a text that are enough to see its header.
HEAD = 200_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mapping that fits, how well from 0 to 1, and why in French."""

    spec: MappingSpec
    score: float
    reasons: tuple[str, ...]


def detect(data: bytes, file_name: str, specs: Sequence[MappingSpec]) -> tuple[Candidate, ...]:
    """Return the mappings under which the file can be read, best first.

    The header decides; the file name and the share of known columns tell two
    mappings of the same header apart.
    """
    book = data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    found = _in_workbook(data, file_name, specs) if book else _in_text(data, file_name, specs)
    return tuple(sorted(found, key=lambda c: (-c.score, c.spec.code)))


def _in_text(data: bytes, file_name: str, specs: Sequence[MappingSpec]) -> list[Candidate]:
    decoded = decode(data[: 4 * HEAD])
    if isinstance(decoded, Refusal):
        return []
    text = Decoded(decoded.text[:HEAD], decoded.encoding).text
    heads: dict[tuple[str, int, str], list[Line]] = {}
    found = []
    for spec in specs:
        if spec.reading.type == "xlsx":
            continue
        for separator in dict.fromkeys((*spec.reading.separators, *delimited.SEPARATORS)):
            key = (separator, spec.reading.header.max_before, spec.reading.quote)
            lines = heads.setdefault(key, []) or delimited.head_of(text, separator, spec.reading)
            heads[key] = lines
            if candidate := _fit(lines, spec, file_name):
                found.append(candidate)
                break
    return found


def _in_workbook(data: bytes, file_name: str, specs: Sequence[MappingSpec]) -> list[Candidate]:
    opened = workbook.open_workbook(data)
    if isinstance(opened, Refusal):
        return []
    found = []
    for spec in specs:
        name = workbook.sheet_name(opened.sheet_names, spec.reading.sheet)
        if spec.reading.type == "csv" or name is None:
            continue
        rows = opened.get_sheet_by_name(name).to_python(
            skip_empty_area=False, nrows=spec.reading.header.max_before + 1
        )
        lines = [Line("", n, [str(cell) for cell in cells]) for n, cells in enumerate(rows)]
        if candidate := _fit(lines, spec, file_name):
            found.append(candidate)
    return found


def _fit(lines: Sequence[Line], spec: MappingSpec, file_name: str) -> Candidate | None:
    head = lines[: spec.reading.header.max_before + 1]
    at = grid.find_header(head, spec.reading.header.required)
    if at is None:
        return None
    present = {grid.column_key(cell) for cell in head[at].cells if cell.strip()}
    if any(grid.column_key(n) in present for names in spec.reading.header.absent for n in names):
        return None
    known = {grid.column_key(n) for rule in spec.fields.values() for n in rule.names} & present
    known |= {grid.column_key(n) for names in spec.reading.header.required for n in names} & present
    wide = _unpivoted(head[at], spec)
    if spec.reading.unpivot and not wide:
        return None
    known |= wide
    named = _named(spec, file_name)
    score = 0.4 + 0.35 * len(known) / max(len(present), 1) + 0.15 * named + 0.1 * (not spec.generic)
    reasons = [
        f"en-têtes trouvés ligne {head[at].number}",
        f"{len(known)} colonnes connues sur {len(present)}",
    ]
    reasons += [f"nom de fichier «{NBSP}{file_name}{NBSP}» attendu"] if named else []
    return Candidate(spec, round(score, 3), tuple(reasons))


def _unpivoted(header: Line, spec: MappingSpec) -> set[str]:
    """Return the columns of a wide table that become rows."""
    wide = spec.reading.unpivot
    names = pl.Series([cell.strip() for cell in header.cells], dtype=pl.String)
    return (
        {grid.column_key(n) for n in names.filter(names.str.contains(wide.columns))}
        if wide
        else set()
    )


def _named(spec: MappingSpec, file_name: str) -> bool:
    return spec.file_name is not None and bool(
        pl.Series([file_name]).str.contains(spec.file_name)[0]
    )
