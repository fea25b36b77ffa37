"""The letters that documents are printed with, and how wide a text is in them."""

import shutil
import tempfile
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from PIL import ImageFont

from o2s_core.kernel import french

#: The family of the screens, one file a variant: two of the same name would vary by machine.
VARIANTS: Final = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")
EM: Final = 1_000
#: Height of a capital, as a share of the size.
CAPITAL: Final = 0.66
#: Letters that the family lacks are drawn in another, as wide as they are high at most.
KNOWN: Final = 0x250
SIGNS: Final = frozenset("–—‘’“”•…‰€−")
MM: Final = 25.4 / 72
_folders: Final[list[tempfile.TemporaryDirectory[str]]] = []


@lru_cache(16_384)
def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is on one line, in mm; `size` in points, `bold` is semibold."""
    font = _font("Semibold" if bold else "Regular")
    seen = text.replace(french.NARROW, french.NBSP)
    own = "".join(letter for letter in seen if ord(letter) < KNOWN or letter in SIGNS)
    return (font.getlength(own) + EM * (len(seen) - len(own))) / EM * size * MM


@cache
def folder_of_fonts() -> str:
    """Return a folder that holds the files of the family, as long as the process lives."""
    folder = temporary_folder()
    for name in VARIANTS:
        shutil.copyfile(_file(name), folder / f"{name}.ttf")
    return str(folder)


def temporary_folder() -> Path:
    """Return a folder that lives as long as the process."""
    made = tempfile.TemporaryDirectory(prefix="o2s-typst-")
    _folders.append(made)
    return Path(made.name)


@cache
def _font(variant: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_file(variant)), EM, layout_engine=ImageFont.Layout.BASIC)


def _file(variant: str) -> Path:
    return Path(str(files("font_source_sans_pro"))) / "files" / f"SourceSansPro-{variant}.ttf"
