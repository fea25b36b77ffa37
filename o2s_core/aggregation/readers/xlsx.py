"""What an Excel workbook says, read by a mapping."""

from collections.abc import Sequence

from o2s_core.aggregation.mapping.detection import detect
from o2s_core.aggregation.mapping.fields import Given
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.reading import read
from o2s_core.aggregation.mapping.shipped import shipped
from o2s_core.aggregation.mapping.workbook import open_workbook
from o2s_core.aggregation.statement import Refusal, Statement


def read_xlsx(
    data: bytes,
    file_name: str,
    spec: MappingSpec | None = None,
    *,
    mappings: Sequence[MappingSpec] = (),
    given: Given | None = None,
) -> Statement | Refusal:
    """Return what a workbook says, under the mapping given or the one that fits best."""
    if spec is not None:
        return read(data, file_name, spec, given)
    opened = open_workbook(data)
    if isinstance(opened, Refusal):
        return opened
    candidates = detect(data, file_name, tuple(mappings) or shipped())
    if candidates:
        return read(data, file_name, candidates[0].spec, given)
    return Refusal(
        "", "F02", "Ce classeur n'est reconnu par aucune correspondance. Créez la sienne depuis "
        "la page Correspondances : ses colonnes y sont proposées.",
    )  # fmt: skip
