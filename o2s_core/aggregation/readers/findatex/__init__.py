"""What do the FinDatEx files of the management companies say? EMT, EPT, EET and TPT."""

from collections.abc import Callable, Mapping
from typing import Final

from o2s_core.aggregation.readers.findatex.eet import read_eet
from o2s_core.aggregation.readers.findatex.emt import read_emt
from o2s_core.aggregation.readers.findatex.ept import read_ept
from o2s_core.aggregation.readers.findatex.gathering import Funds
from o2s_core.aggregation.readers.findatex.headers import template_of, version_refused
from o2s_core.aggregation.readers.findatex.sheets import NO_HEADER, SheetRow, sheet_of
from o2s_core.aggregation.readers.findatex.tpt import read_tpt
from o2s_core.aggregation.statement import Refusal, Statement

#: Templates of one row per support.
BY_ROW: Final[Mapping[str, Callable[[Funds, SheetRow], None]]] = {
    "emt": read_emt,
    "ept": read_ept,
    "eet": read_eet,
}


def read_findatex(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what a FinDatEx file says of its supports, or why it is refused.

    The template and its version are those that the columns say, never the name
    of the file. A column that the template does not know is kept in the raw
    rows only. A support whose row is wrong does not stop the others.
    """
    sheet = sheet_of(data)
    if isinstance(sheet, Refusal):
        return sheet
    template = template_of(sheet.columns)
    if template is None or template.identity not in sheet.names:
        return Refusal(template.code if template else "", "F02", NO_HEADER)
    edition = next(
        (row.cells[template.version] for row in sheet.rows if template.version in row.cells), ""
    )
    if refusal := version_refused(template, edition):
        return refusal
    if not sheet.rows:
        return Refusal(
            template.code, "F01", "Le fichier ne contient aucune ligne sous ses colonnes."
        )
    funds = Funds.of(template, sheet, edition)
    if template.code == "tpt":
        read_tpt(funds, sheet.rows)
    else:
        for row in sheet.rows:
            BY_ROW[template.code](funds, row)
    return funds.statement()
