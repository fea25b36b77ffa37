"""Which files the archive of documents holds, by name."""

import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from o2s_core.aggregation.statement import Refusal
from o2s_core.kernel.identifiers import search_key

MAX_MEMBERS: Final = 20_000
MAX_UNPACKED: Final = 300_000_000
MAX_RATIO: Final = 200
#: Names that only office archives hold.
OFFICE: Final = ("[Content_Types].xml", "content.xml", "xl/workbook.xml")


@dataclass(frozen=True, slots=True)
class Archive:
    """The files of an archive, found by their name without folder, case or accents."""

    opened: zipfile.ZipFile
    names: dict[str, str] = field(default_factory=dict)  #: as compared -> as written

    def find(self, name: str) -> str | None:
        """Return the member that a document's index names, by its whole path or its last part."""
        plain = name.replace("\\", "/")
        last = PurePosixPath(plain).name
        return self.names.get(_key(plain)) or self.names.get(_key(last))

    def read(self, member: str) -> bytes:
        """Return the bytes of a member, no more than it says."""
        with self.opened.open(member) as file:
            return file.read(self.opened.getinfo(member).file_size + 1)


def is_archive(data: bytes) -> bool:
    """Return whether some bytes are a ZIP that is no office document."""
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as opened:
            return not set(OFFICE) & set(opened.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def members(data: bytes) -> tuple[str, ...] | Refusal:
    """Return the names in an archive of documents, or why it is refused."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as opened:
            infos = [info for info in opened.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError):
        return _refused("F07", "L'archive est coupée ou abîmée, ou ce n'est pas un ZIP.")
    if not infos:
        return _refused("F01", "L'archive est vide.")
    if any(info.flag_bits & 0x1 for info in infos):
        return _refused("F04", "L'archive est protégée par un mot de passe : déposez-la ouverte.")
    size = sum(info.file_size for info in infos)
    if len(infos) > MAX_MEMBERS or size > MAX_UNPACKED or size > MAX_RATIO * max(len(data), 1):
        return _refused("F04", "L'archive contient trop de fichiers, ou prend trop de place une "
                        "fois ouverte : découpez-la.")  # fmt: skip
    if any(_climbs(info.filename) for info in infos):
        return _refused("F04", "L'archive contient un nom de fichier interdit (« .. » ou absolu).")
    return tuple(info.filename for info in infos)


def open_archive(data: bytes) -> Archive:
    """Return the files of an archive that was accepted, each found by its path and its name."""
    found = members(data)
    names: dict[str, str] = {}
    for name in () if isinstance(found, Refusal) else found:
        names.setdefault(_key(PurePosixPath(name.replace("\\", "/")).name), name)
        names[_key(name.replace("\\", "/"))] = name
    return Archive(zipfile.ZipFile(BytesIO(data)), names)


def _key(name: str) -> str:
    return search_key(name.lstrip("./"))


def _climbs(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name[:3]


def _refused(code: str, message: str) -> Refusal:
    return Refusal("zip", code, message)
