"""Which files may be kept: what their first bytes say, not their name."""

import io
import zipfile
from pathlib import PurePosixPath
from typing import Final

import filetype
from PIL import Image

MAX_BYTES: Final = 25_000_000
#: Media type -> the endings of name that it may bear.
ALLOWED: Final = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/tiff": ("tif", "tiff"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/msword": ("doc",),
    "application/vnd.ms-excel": ("xls",),
    "application/rtf": ("rtf",),
    "text/plain": ("txt",),
    "text/csv": ("csv",),
    "message/rfc822": ("eml",),
}
#: Types that have no signature: their bytes must be text.
TEXTS: Final = frozenset({"text/plain", "text/csv", "message/rfc822"})
#: Office files are archives: what they may unfold to.
MOST_MEMBERS: Final = 2_000
MOST_UNPACKED: Final = 300_000_000
MOST_RATIO: Final = 200
MOST_PIXELS: Final = 100_000_000
ACCEPTED: Final = "PDF, image, Word, Excel, PowerPoint, texte ou e-mail"


def media_type_of(data: bytes, file_name: str) -> str | None:
    """Return what a file is, None when it may not be kept or is not what its name says."""
    ending = PurePosixPath(file_name.lower()).suffix.removeprefix(".")
    named = next((media for media, endings in ALLOWED.items() if ending in endings), None)
    if named in TEXTS:
        return named if _is_text(data) else None
    guessed = filetype.guess_mime(data)
    zipped = guessed == "application/zip" and "openxmlformats" in (named or "")
    return named if named is not None and (guessed == named or zipped) else None


def refusal(data: bytes, file_name: str) -> str | None:
    """Say in French why a file is not kept, None when it is."""
    if not data:
        return "le fichier est vide."
    if len(data) > MAX_BYTES:
        return f"le fichier dépasse {MAX_BYTES // 1_000_000} Mo."
    if media_type_of(data, file_name) is None:
        return f"ce type de fichier n'est pas accepté ({ACCEPTED}), ou son contenu est autre."
    return _unfolds_too_much(data) or _too_many_pixels(data)


def _unfolds_too_much(data: bytes) -> str | None:
    """Say why an office file is not opened: judged by its list of members, nothing unpacked."""
    if not data.startswith(b"PK"):
        return None
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return "le fichier est abîmé : ouvrez-le et enregistrez-le de nouveau."
    total = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or total > MOST_UNPACKED or total > MOST_RATIO * len(data):
        return "une fois ouvert, le fichier serait démesuré : il est abîmé ou hostile."
    return None


def _too_many_pixels(data: bytes) -> str | None:
    if not (filetype.guess_mime(data) or "").startswith("image/"):
        return None
    try:
        with Image.open(io.BytesIO(data)) as image:
            wide, high = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return "l'image est illisible ou démesurée : enregistrez-la de nouveau, plus petite."
    if wide * high > MOST_PIXELS:
        return "l'image dépasse 100 millions de points : enregistrez-la plus petite."
    return None


def _is_text(data: bytes) -> bool:
    return b"\x00" not in data and filetype.guess_mime(data) is None
