"""What an export holds: its columns and its cells, read apart since the file is untrusted."""

import io
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
import polars as pl

from o2s_core.aggregation.mapping import delimited, grid, workbook
from o2s_core.aggregation.mapping.decoding import decode
from o2s_core.aggregation.mapping.grid import Line, column_key
from o2s_core.aggregation.mapping.language import Header, Reading
from o2s_core.aggregation.mapping.reading import is_workbook
from o2s_core.aggregation.sandbox import run_apart
from o2s_core.aggregation.statement import Refusal
from o2s_core.kernel.untrusted import stay_small

#: Lines among which the headings are looked for, and seconds that a file may take.
HEAD: Final = 31
SECONDS: Final = 300.0
MISFITS: Final = pl.Schema({"locator": pl.String(), "problem": pl.String()})
NO_HEADER: Final = (
    "Aucune ligne d'en-têtes n'a été trouvée au début du fichier : ce n'est pas un tableau. "
    "Exportez une ligne de titres de colonnes au-dessus des données."
)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of an export as text: `locator`, `c1`, `c2`…; of a workbook also `k1`, `k2`…."""

    columns: tuple[str, ...]
    frame: pl.DataFrame
    misfits: pl.DataFrame  #: rows that do not fit under the headings (MISFITS)
    how: str  #: encoding and separator, or Excel, as shown

    def column(self, name: str) -> pl.Series:
        """Return the text of a column, stripped; null where a cell is empty."""
        at = self.columns.index(name) + 1
        text = self.frame[f"c{at}"].str.strip_chars("\u0020\u00a0\u202f\t\r\n\ufeff")
        return pl.select(pl.when(text != "").then(text)).to_series()

    def types(self, name: str) -> pl.Series | None:
        """Return what the cells of a column are in a workbook, None for a text file."""
        kinds = f"k{self.columns.index(name) + 1}"
        return self.frame[kinds] if kinds in self.frame.columns else None


def table_of(data: bytes) -> Table | Refusal:
    """Return the table that some bytes hold, read in a process that may die without harm."""
    with tempfile.TemporaryDirectory(prefix="o2s-table-") as name:
        folder = Path(name)
        (folder / "data").write_bytes(data)
        if problem := run_apart(folder, SECONDS, "o2s_core.aggregation.takeover.tables"):
            return problem
        return unpack((folder / "result").read_bytes())


def pack(result: Table | Refusal) -> bytes:
    """Return a table or a refusal as bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        if isinstance(result, Refusal):
            archive.writestr("refusal.json", orjson.dumps([result.code, result.message]))
        else:
            head = {"columns": result.columns, "how": result.how}
            archive.writestr("head.json", orjson.dumps(head))
            for part, frame in (("rows", result.frame), ("misfits", result.misfits)):
                out = io.BytesIO()
                frame.write_ipc(out)
                archive.writestr(part, out.getvalue())
    return held.getvalue()


def unpack(data: bytes) -> Table | Refusal:
    """Return what `pack` held."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "refusal.json" in archive.namelist():
            return Refusal("", *orjson.loads(archive.read("refusal.json")))
        head = orjson.loads(archive.read("head.json"))
        rows, misfits = (pl.read_ipc(io.BytesIO(archive.read(p))) for p in ("rows", "misfits"))
    return Table(tuple(head["columns"]), rows, misfits, head["how"])


def parse(data: bytes) -> Table | Refusal:
    """Return the table that a CSV file or the first sheet of a workbook holds."""
    return _workbook(data) if is_workbook(data) else _text(data)


def _text(data: bytes) -> Table | Refusal:
    decoded = decode(data)
    if isinstance(decoded, Refusal):
        return decoded
    best: tuple[int, str, list[Line], int] | None = None
    try:
        for separator in delimited.SEPARATORS:
            lines = list(delimited.rows(decoded.text, separator))
            score, at = _header(lines[:HEAD])
            if best is None or score > best[0]:
                best = (score, separator, lines, at)
    except delimited.UnreadableRowError as error:
        return Refusal("csv", "F07", error.message)
    if best is None or best[0] == 0:
        return Refusal("csv", "F02", NO_HEADER)
    _, separator, lines, at = best
    shown = "tabulation" if separator == "\t" else f"« {separator} »"
    complete = decoded.text.endswith(("\n", "\r"))
    return _laid("csv", lines, at, f"{decoded.name}, séparateur {shown}", complete=complete)


def _workbook(data: bytes) -> Table | Refusal:
    opened = workbook.open_workbook(data)
    if isinstance(opened, Refusal):
        return opened
    lines = workbook.sheet_lines(data, opened, opened.sheet_names[0])
    if isinstance(lines, Refusal):
        return lines
    score, at = _header(lines[:HEAD])
    if score == 0:
        return Refusal("xlsx", "F02", NO_HEADER)
    return _laid("xlsx", lines, at, f"Excel, feuille « {opened.sheet_names[0]} »", complete=True)


def _header(lines: Sequence[Line]) -> tuple[int, int]:
    """Return how surely a line is the headings, 0 when none may be, and its index.

    The first line that names the most columns, without a figure or a day among them.
    """
    best, index = 0, 0
    for at, line in enumerate(lines):
        cells = [cell.strip() for cell in line.cells if cell.strip()]
        plain = [c for c in cells if not any(x.isdigit() for x in c) or len(column_key(c)) > 3]
        named = len({column_key(c) for c in plain})
        words = sum(not c[:1].isdigit() for c in plain)
        if named >= 2 and words == len(cells) and named > best:
            best, index = named, at
    return best, index


def _laid(
    kind: str, lines: Sequence[Line], at: int, how: str, *, complete: bool
) -> Table | Refusal:
    """Lay the rows under their headings."""
    first = next(cell.strip() for cell in lines[at].cells if cell.strip())
    reading = Reading(header=Header(required=((first,),)), missing_cells=50)
    found = grid.build(kind, lines, at, reading, complete=complete)
    if isinstance(found, Refusal):
        return found
    wrong = [
        {"locator": line.locator, "problem": _misfit(problem)} for line, problem in found.misfits
    ]
    return Table(found.columns, found.frame, pl.DataFrame(wrong, MISFITS), how)


def _misfit(problem: str) -> str:
    if problem == "QUOTE":
        return "Un guillemet est mal placé : corrigez cette ligne, puis déposez le fichier."
    less = "moins" if problem == "SHORT" else "plus"
    return f"La ligne a {less} de cellules que d'en-têtes : vérifiez ses séparateurs."


def child(folder: Path) -> None:
    """Parse what the folder holds, within limits, and leave the result beside it."""
    stay_small()
    (folder / "result").write_bytes(pack(parse((folder / "data").read_bytes())))
