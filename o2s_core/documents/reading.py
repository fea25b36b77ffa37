"""What a document says, read in a process of its own that may die without harm."""

import io
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import orjson
import pikepdf
import pypdfium2
from lxml import etree, html
from python_calamine import CalamineWorkbook

from o2s_core.kernel.untrusted import run_apart, stay_small

SECONDS: Final = 20.0
LONGEST: Final = 400_000  #: letters kept of a document
MOST_PAGES: Final = 400
#: What is told about a file, and how the screen says it.
FLAGS: Final = {
    "encrypted": "Protégé par un mot de passe : illisible sans lui",
    "javascript": "Contient un programme (JavaScript)",
    "launch": "Lance un programme ou une action à l'ouverture",
    "attached": "Contient d'autres fichiers",
    "macros": "Contient des macros",
    "cut": "Texte long : le début seul est cherché",
    "unreadable": "Texte illisible",
    "scanned": "Sans texte : une image, ou une numérisation",
}
#: Those to say before a file is opened.
WARNINGS: Final = ("encrypted", "javascript", "launch", "attached", "macros", "unreadable")
#: What the readers raise on a file that is not what it says.
UNREADABLE: Final = (
    pikepdf.PasswordError,
    pikepdf.PdfError,
    pypdfium2.PdfiumError,
    etree.LxmlError,
    zipfile.BadZipFile,
    ValueError,
    KeyError,
    OSError,
    RuntimeError,
)
_WORDS: Final = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word/",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "ppt/slides/",
}
_SHEETS: Final = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a file and what to know of it; `refused` is why it could not be read."""

    text: str = ""
    flags: tuple[str, ...] = ()
    refused: str = ""


def read_document(data: bytes, media_type: str, seconds: float = SECONDS) -> Reading:
    """Return what a file says (no context: it is given bytes, and sees nothing else)."""
    with tempfile.TemporaryDirectory(prefix="o2s-document-") as name:
        folder = Path(name)
        (folder / "data").write_bytes(data)
        (folder / "media").write_text(media_type)
        if problem := run_apart(folder, __name__, seconds):
            return Reading(flags=("unreadable",), refused=problem)
        told = orjson.loads((folder / "result").read_bytes())
    return Reading(told["text"], tuple(told["flags"]), told["refused"])


# ── In the process that reads ────────────────────────────────────────────────────────────────


def child(folder: Path) -> None:
    """Read what the folder holds, within limits, and leave the result beside it."""
    stay_small()
    data, media = (folder / "data").read_bytes(), (folder / "media").read_text()
    try:
        text, flags = _read(data, media)
    except UNREADABLE as error:
        locked = isinstance(error, pikepdf.PasswordError)
        text, flags = "", ["encrypted" if locked else "unreadable"]
    if len(text) > LONGEST:
        text, flags = text[:LONGEST], [*flags, "cut"]
    text = text.replace("\x00", "").encode("utf-8", "ignore").decode()
    told = asdict(Reading(text, tuple(dict.fromkeys(flags))))
    (folder / "result").write_bytes(orjson.dumps(told))


def _read(data: bytes, media: str) -> tuple[str, list[str]]:
    if media == "application/pdf":
        return _pdf(data)
    if media in _WORDS:
        return _office(data, _WORDS[media])
    if media in _SHEETS:
        return _sheets(data)
    if media == "message/rfc822":
        return _mail(data)
    if media in {"text/plain", "text/csv"}:
        return _plain(data), []
    return "", ["scanned"] if media.startswith("image/") else []


def _pdf(data: bytes) -> tuple[str, list[str]]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        flags = _active(pdf)
    document = pypdfium2.PdfDocument(data)
    parts: list[str] = []
    for number in range(min(len(document), MOST_PAGES)):
        parts.append(document[number].get_textpage().get_text_bounded())
        if sum(map(len, parts)) > LONGEST:
            break
    text = "\n".join(parts).replace("\r\n", "\n")
    return text, flags if text.strip() else [*flags, "scanned"]


def _active(pdf: pikepdf.Pdf) -> list[str]:
    """Return what a PDF does by itself, wherever the file hides it."""
    flags = ["attached"] if len(pdf.attachments) else []
    if "/JavaScript" in pdf.Root.get("/Names", {}):
        flags.append("javascript")
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary):
            kind = str(thing.get("/S", "")) if "/S" in thing else ""
            flags += ["javascript"] if kind == "/JavaScript" or "/JS" in thing else []
            flags += ["launch"] if kind == "/Launch" or "/AA" in thing else []
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and "/JS" in opening:
        flags.append("javascript")
    return flags


def _office(data: bytes, where: str) -> tuple[str, list[str]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = sorted(n for n in archive.namelist() if n.startswith(where) and n.endswith(".xml"))
        flags = ["macros"] if any("vbaProject" in n for n in archive.namelist()) else []
        parts = []
        for name in names:
            tree = etree.fromstring(archive.read(name), parser)
            parts += ["".join(p.itertext()) for p in tree.iter("{*}p")]
    return "\n".join(part for part in parts if part.strip()), flags


def _sheets(data: bytes) -> tuple[str, list[str]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    parts, size = [], 0
    for name in book.sheet_names:
        parts.append(name)
        for row in book.get_sheet_by_name(name).iter_rows():
            line = " ".join(_cell(cell) for cell in row if cell not in ("", None))
            parts.append(line)
            size += len(line)
            if size > LONGEST:
                return "\n".join(parts), []
    return "\n".join(part for part in parts if part), []


def _cell(value: Any) -> str:  # noqa: ANN401
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _mail(data: bytes) -> tuple[str, list[str]]:
    mail = message_from_bytes(data, policy=policy.default)
    if not isinstance(mail, EmailMessage):
        return _plain(data), []
    head = [str(mail.get(name, "")) for name in ("Subject", "From", "To", "Cc", "Date")]
    body = mail.get_body(("plain", "html"))
    said = body.get_content() if body is not None else ""
    if body is not None and body.get_content_type() == "text/html" and said.strip():
        said = html.fromstring(said).text_content()
    attached = [part.get_filename() or "" for part in mail.iter_attachments()]
    return "\n".join([*head, said, *attached]), ["attached"] if attached else []


def _plain(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
