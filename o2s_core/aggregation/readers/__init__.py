"""What does a partner's file say? Each reader ends in the same `Statement`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from python_calamine import CalamineError

from o2s_core.aggregation import formats
from o2s_core.aggregation.mapping.fields import Given
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.workbook import damaged, open_workbook
from o2s_core.aggregation.readers.csv import read_csv
from o2s_core.aggregation.readers.findatex import read_findatex
from o2s_core.aggregation.readers.flex.statements import read_flex
from o2s_core.aggregation.readers.iso20022.camt import read_camt
from o2s_core.aggregation.readers.iso20022.semt import read_semt
from o2s_core.aggregation.readers.native import read_native
from o2s_core.aggregation.readers.notices.confirmations import read_confirmation
from o2s_core.aggregation.readers.notices.pdf import read_pdf
from o2s_core.aggregation.readers.ofx.statements import read_ofx
from o2s_core.aggregation.readers.plaid.statements import read_plaid
from o2s_core.aggregation.readers.powens.statements import read_powens
from o2s_core.aggregation.readers.qif.statements import read_qif
from o2s_core.aggregation.readers.swift.mt535 import read_mt535
from o2s_core.aggregation.readers.swift.mt940 import read_mt940
from o2s_core.aggregation.readers.xlsx import read_xlsx
from o2s_core.aggregation.statement import Refusal, Statement

#: Format -> its reader, for those that need no mapping.
READERS: Final[Mapping[str, Callable[[bytes, str], Statement | Refusal]]] = {
    "ofx": read_ofx,
    "flex": read_flex,
    "native": read_native,
    "mt535": read_mt535,
    "mt940": read_mt940,
    "camt": read_camt,
    "semt": read_semt,
    "qif": read_qif,
    "powens_json": read_powens,
    "plaid_json": read_plaid,
    "pdf": read_pdf,
    "pdf_text": read_confirmation,
    **dict.fromkeys(formats.FINDATEX, read_findatex),
}


def read(
    data: bytes,
    file_name: str,
    *,
    spec: MappingSpec | None = None,
    mappings: Sequence[MappingSpec] = (),
    given: Given | None = None,
) -> Statement | Refusal:
    """Return what a file says, its format recognised without being told.

    Parameters
    ----------
    spec
        The mapping of the feed, when the sender named one.
    mappings
        The mappings to choose from; those of the product when empty.
    given
        What the sender says of the whole file.
    """
    if not data.strip():
        return Refusal("", "F01", "Le fichier est vide : demandez un nouvel export au partenaire.")
    code = formats.recognise(data, file_name)
    if code == "csv":
        return read_csv(data, file_name, spec, mappings=mappings, given=given)
    if code == "xlsx":
        return _read_workbook(data, file_name, spec, mappings=mappings, given=given)
    if code == "qif":
        order, numbers = (
            str((given or {}).get(name, "")) for name in ("date_order", "account_numbers")
        )
        named = tuple(n.strip() for n in numbers.split(",") if n.strip())
        return read_qif(data, file_name, order, named)
    if code in READERS:
        return READERS[code](data, file_name)
    return _refused(code)


def _read_workbook(
    data: bytes,
    file_name: str,
    spec: MappingSpec | None,
    *,
    mappings: Sequence[MappingSpec],
    given: Given | None,
) -> Statement | Refusal:
    """Return what a workbook says; one that no mapping knows may be a FinDatEx template."""
    try:
        result = read_xlsx(data, file_name, spec, mappings=mappings, given=given)
        unknown = isinstance(result, Refusal) and result.code == "F02"
        return read_findatex(data, file_name) if unknown and _template(data) else result
    except CalamineError:
        return damaged()


def _template(data: bytes) -> str:
    """Return which FinDatEx template a workbook is, by its first cells."""
    opened = open_workbook(data)
    if isinstance(opened, Refusal):
        return ""
    for name in opened.sheet_names[:5]:
        rows = opened.get_sheet_by_name(name).to_python(nrows=10)
        head = " ".join([name, *(str(cell) for row in rows for cell in row)])
        if found := formats.template_in(head):
            return found
    return ""


def _refused(code: str) -> Refusal:
    if code in formats.FORMATS:
        return formats.not_yet(code)
    return formats.REFUSALS.get(code) or formats.unknown()
