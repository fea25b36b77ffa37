"""What a CSV file says, read by a mapping."""

from collections.abc import Sequence

from o2s_core.aggregation.mapping.decoding import decode
from o2s_core.aggregation.mapping.detection import detect
from o2s_core.aggregation.mapping.fields import Given
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.reading import read
from o2s_core.aggregation.mapping.shipped import shipped
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel.french import NBSP


def read_csv(
    data: bytes,
    file_name: str,
    spec: MappingSpec | None = None,
    *,
    mappings: Sequence[MappingSpec] = (),
    given: Given | None = None,
) -> Statement | Refusal:
    """Return what a CSV file says, under the mapping given or the one that fits best.

    Parameters
    ----------
    mappings
        The mappings to choose from, and to recognise a wrong file by; those of
        the product when empty.
    given
        What the sender says of the whole file: `as_of`, `account`.
    """
    known = tuple(mappings) or shipped()
    if spec is None:
        candidates = detect(data, file_name, known)
        if not candidates:
            return _unknown(data)
        return read(data, file_name, candidates[0].spec, given)
    result = read(data, file_name, spec, given)
    if isinstance(result, Refusal) and result.code in {"F02", "F03"}:
        return _wrong_kind(data, file_name, spec, known) or result
    return result


def _unknown(data: bytes) -> Refusal:
    decoded = decode(data)
    if isinstance(decoded, Refusal):
        return decoded
    return Refusal(
        "", "F02", "Ce fichier plat n'est reconnu par aucune correspondance. Créez la sienne "
        "depuis la page Correspondances : ses colonnes y sont proposées.",
    )  # fmt: skip


def _wrong_kind(
    data: bytes, file_name: str, spec: MappingSpec, known: Sequence[MappingSpec]
) -> Refusal | None:
    """Say which other file this is, when another mapping recognises it."""
    others = [other for other in known if other.code != spec.code and not other.generic]
    found = detect(data, file_name, others)
    if not found:
        return None
    other = found[0].spec
    more = f" {other.refusal}" if other.refusal else ""
    asked, found_label = spec.label or spec.code, other.label or other.code
    message = (
        f"Ce fichier n'est pas celui du flux «{NBSP}{asked}{NBSP}» : "
        f"c'est «{NBSP}{found_label}{NBSP}».{more}"
    )
    return Refusal("csv", "F05", message)
