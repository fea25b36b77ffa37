"""Which text a file holds, and in which encoding; or what it really is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from o2s_core.aggregation.statement import Refusal

#: First bytes -> what the file really is.
MAGIC: Final = (
    (b"%PDF", "un PDF"),
    (b"PK\x03\x04", "une archive ZIP ou un classeur Excel"),
    (b"PK\x05\x06", "une archive ZIP vide"),
    (b"\xd0\xcf\x11\xe0", "un ancien document Office, ou un classeur protégé par mot de passe"),
    (b"\x1f\x8b", "une archive compressée"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"GIF8", "une image"),
    (b"{\\rtf", "un document RTF"),
)
BOMS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
LOGIN: Final = re.compile(
    r"type=[\"']?password|mot de passe|se connecter|sign[ -]?in|log ?in", re.IGNORECASE
)
NAMES: Final = {
    "utf-8-sig": "UTF-8 (avec marque)",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "mixed": "UTF-8 et Windows-1252 mélangés",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, and how it was written."""

    text: str
    encoding: str

    @property
    def name(self) -> str:
        """Return the encoding as it is shown."""
        return NAMES.get(self.encoding, self.encoding)


def decode(data: bytes, encodings: Sequence[str] = ("utf-8-sig", "cp1252")) -> Decoded | Refusal:
    """Return the text of a flat file, or why it is not one.

    A mark at the start decides; then UTF-8 when every byte agrees; then the
    encodings of the mapping. A file that mixes UTF-8 and Windows-1252 is read
    line by line, and says so.
    """
    if not data.strip(b"\r\n\t \x00\xef\xbb\xbf\xff\xfe"):
        return _refused("F01", "Le fichier est vide : demandez un nouvel export au partenaire.")
    for start, what in MAGIC:
        if data.startswith(start):
            return _refused("F04", f"Ce fichier est {what}, pas un fichier CSV : déposez le CSV.")
    decoded = _decoded(data, encodings)
    if decoded is None:
        return _unreadable()
    return _not_a_table(decoded.text) or decoded


def _decoded(data: bytes, encodings: Sequence[str]) -> Decoded | None:
    for start, encoding in BOMS:
        if data.startswith(start):
            return _strictly(data, encoding)
    if _looks_utf16(data):
        little = data[1::2].count(0) >= data[0::2].count(0)
        return _strictly(data, "utf-16-le" if little else "utf-16-be")
    if (utf8 := _strictly(data, "utf-8")) is not None:
        return utf8
    if mixed := _mixed(data):
        return mixed
    tried = (_strictly(data, e) for e in encodings if not e.startswith("utf-8"))
    return next((found for found in tried if found), _strictly(data, "latin-1"))


def _strictly(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _looks_utf16(data: bytes) -> bool:
    head = data[:400]
    zeros = head.count(0)
    return len(head) >= 8 and zeros * 10 > len(head) * 3 and len(data) % 2 == 0


def _mixed(data: bytes) -> Decoded | None:
    """Return the text line by line when some lines are UTF-8 and others are not."""
    lines = data.splitlines(keepends=True)
    accented = [line for line in lines if not line.isascii()]
    utf8 = [line for line in accented if _strictly(line, "utf-8")]
    if not utf8 or len(utf8) == len(accented):
        return None
    text = "".join(
        (
            _strictly(line, "utf-8")
            or _strictly(line, "cp1252")
            or Decoded(line.decode("latin-1"), "")
        ).text
        for line in lines
    )
    return Decoded(text, "mixed")


def _not_a_table(text: str) -> Refusal | None:
    """Return why a text holds no table: a web page, JSON, XML, binary data."""
    start = text[:4000].lstrip("\ufeff \r\n\t")
    lowered = start.lower()
    if lowered.startswith(("<!doctype html", "<html", "<head", "<body")):
        login = (
            " (une page de connexion : la session avait expiré)"
            if LOGIN.search(text[:20000])
            else ""
        )
        return _refused(
            "F04",
            f"Ce fichier est une page web{login}, pas un fichier de données : "
            "reconnectez-vous chez le partenaire et téléchargez-le à nouveau.",
        )
    if start.startswith(("<?xml", "<")) and ">" in start:
        return _refused("F04", "Ce fichier est du XML, pas un fichier CSV.")
    if start[:1] in "{[" and re.match(r"[\[{]\s*[\[{\"\]}]", start):
        return _refused("F04", "Ce fichier est du JSON, pas un fichier CSV.")
    controls = sum(c < " " and c not in "\r\n\t\x0c\x1a" for c in text[:20000])
    return _unreadable() if "\x00" in text or controls > 3 else None


def _unreadable() -> Refusal:
    return _refused(
        "F04",
        "Ce fichier contient des données binaires : ce n'est pas un fichier CSV lisible. "
        "Téléchargez-le à nouveau au format CSV ou Excel.",
    )


def _refused(code: str, message: str) -> Refusal:
    return Refusal("csv", code, message)
