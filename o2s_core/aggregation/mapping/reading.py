"""What a flat file says under a mapping."""

from o2s_core.aggregation.mapping import delimited, workbook
from o2s_core.aggregation.mapping.facts import statement
from o2s_core.aggregation.mapping.fields import Given
from o2s_core.aggregation.mapping.grid import Grid
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.statement import Refusal, Statement


def grid_of(data: bytes, spec: MappingSpec) -> Grid | Refusal:
    """Return the table of a file, CSV or workbook as the mapping says."""
    book = spec.reading.type == "xlsx" or (spec.reading.type == "flat" and is_workbook(data))
    return workbook.read_grid(data, spec) if book else delimited.read_grid(data, spec)


def is_workbook(data: bytes) -> bool:
    """Return whether the first bytes are those of an Excel workbook, old or new."""
    return data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))


def read(
    data: bytes, file_name: str, spec: MappingSpec, given: Given | None = None
) -> Statement | Refusal:
    """Return what a flat file says, or why it is refused."""
    if spec.refusal:
        return Refusal("xlsx" if is_workbook(data) else "csv", "F05", spec.refusal)
    grid = grid_of(data, spec)
    return grid if isinstance(grid, Refusal) else statement(grid, spec, file_name, given)
