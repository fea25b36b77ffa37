"""A page model and its data as a PDF: tagged, in French, the same bytes for the same data."""

import base64
import io
import re
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import orjson
import typst
from PIL import Image

from o2s_core.exports.fonts import folder_of_fonts, temporary_folder
from o2s_core.kernel import french
from o2s_core.kernel.errors import DataError

#: Models see the files of the application and nothing else: `read` outside is refused.
ROOT: Final = Path(__file__).parents[1]
#: What one may archive (PDF/A-2a) and what a screen reader reads aloud (PDF/UA-1).
STANDARDS: Final = ("a-2a", "ua-1")
#: Marks that draw nothing, or that turn the text around them.
UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: A word too long for a cell may break here and there.
LONG: Final = re.compile(r"\S{24}(?=\S{6})")
#: The engine keeps what it laid out for its ten last documents, 25 MB each: blank ones, of a
#: millisecond together, take their place.
BLANKS: Final = 11
_own = threading.local()


def pdf(
    template: Path,
    data: Mapping[str, Any],
    on: date,
    *,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a document as PDF.

    Parameters
    ----------
    template
        A `.typ` file of the application. It imports `/exports/typst/house.typ`, which
        holds the page, the tables and the charts of the house and says there what each
        takes; `data.house` is what `administration.letterhead` gives.
    data
        What the model reads as `data`: texts, numbers, lists and mappings. Texts are never
        markup, whatever they hold. Figures come already written in French
        (`kernel.french`); only charts take numbers.
    on
        The day of the document, which is also that of the file: same data and day, same
        bytes.
    pictures
        PNG or JPEG by name; the model shows one by `picture("logo")`.

    Raises
    ------
    DataError
        The model cannot show these data: its own message says why.

    Notes
    -----
    No font of the machine is used, no network. One compiler a thread: it may be called from
    several at once, and it lets the others run.
    """
    inputs = {f"picture-{name}": _svg(image) for name, image in (pictures or {}).items()}
    inputs["data"] = orjson.dumps(_shown(data)).decode()
    compiler = _compiler()
    try:
        made: Any = compiler.compile(
            input=str(template),
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=list(STANDARDS),
            timestamp=datetime.combine(on, time(12), UTC),
        )
    except typst.TypstError as wrong:
        raise DataError(f"Le document n'a pas pu être mis en page : {wrong.message}") from wrong
    finally:
        _forget(compiler)
    return bytes(made)


def _forget(compiler: typst.Compiler) -> None:
    """Let the engine forget the document: the memory of a series stays flat."""
    for _ in range(BLANKS):
        compiler.compile(input=b"", format="svg")


def _shown(value: Any) -> Any:  # noqa: ANN401
    """Return data as a page can show them: no unseen mark, no word wider than a column.

    The narrow space of thousands is too narrow in the font of the house, and readers drop it.
    """
    if type(value) is str:
        return _seen(value)
    if type(value) is float or value is None:
        return value
    if isinstance(value, Mapping):
        return {key: _shown(each) for key, each in value.items()}
    return [_shown(each) for each in value] if isinstance(value, list | tuple) else value


@lru_cache(4_096)
def _seen(text: str) -> str:
    seen = UNSEEN.sub("", text).replace(french.NARROW, french.NBSP)
    return LONG.sub("\\g<0>\u200b", seen) if len(seen) > 24 else seen


def _svg(image: bytes) -> str:
    """Return a picture as a text, which is all that a model receives."""
    with Image.open(io.BytesIO(image)) as seen:
        (width, height), media = seen.size, seen.get_format_mimetype()
    inside = f"data:{media};base64,{base64.b64encode(image).decode()}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image href="{inside}" width="{width}" height="{height}"/></svg>'
    )


def _compiler() -> typst.Compiler:
    if not hasattr(_own, "compiler"):
        nowhere = _nowhere()
        _own.compiler = typst.Compiler(
            root=str(ROOT), font_paths=_fonts(), package_path=nowhere, package_cache_path=nowhere
        )
    return _own.compiler


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts of every document: those of a package, and those of the engine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[folder_of_fonts()])


@cache
def _nowhere() -> str:
    """Return an empty folder: models import no package."""
    return str(temporary_folder())
