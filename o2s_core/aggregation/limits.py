"""What may enter: how large, and what an archive may hold."""

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from o2s_core.aggregation.statement import Refusal
from o2s_core.kernel.french import NBSP

#: Bytes accepted, by the way the file comes.
MAX_BYTES: Final = {
    "upload": 25_000_000,
    "cli": 200_000_000,
    "inbox": 200_000_000,
    "sftp": 200_000_000,
}
MAX_MEMBERS: Final = 50
MAX_UNPACKED: Final = 300_000_000
MAX_RATIO: Final = 200
#: Names that say that a file is still being written.
BEING_WRITTEN: Final = (".part", ".tmp", ".crdownload", ".filepart", ".download")


@dataclass(frozen=True, slots=True)
class Member:
    """One file out of an archive, or the file itself."""

    name: str
    data: bytes


def too_large(size: int, channel: str) -> Refusal | None:
    """Return why a file is refused for its size, None when it is not."""
    limit = MAX_BYTES[channel]
    if size <= limit:
        return None
    elsewhere = ", ou déposez-le dans le dossier de réception du flux"
    more = elsewhere if channel == "upload" and size <= MAX_BYTES["inbox"] else ""
    return Refusal(
        "", "F04", f"Le fichier dépasse {limit // 1_000_000}{NBSP}Mo : découpez-le{more}."
    )


def unpacked(data: bytes) -> tuple[Member, ...] | Refusal:
    """Return the files of a delivery archive, one level deep, or why it is refused.

    Nothing is written to disk: a name that climbs (`..`) has nowhere to climb to,
    and is refused all the same.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = [i for i in archive.infolist() if not i.is_dir()]
            problem = _problem(members, len(data))
            return problem or tuple(_member(archive, info) for info in members)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError):
        return _refused("F07", "L'archive est coupée ou abîmée : téléchargez-la à nouveau.")
    except _TooLargeError:
        return _bomb()


class _TooLargeError(Exception):
    """A member is larger than it says."""


def _problem(members: list[zipfile.ZipInfo], size: int) -> Refusal | None:
    if not members:
        return _refused("F01", "L'archive est vide : demandez un nouvel export au partenaire.")
    if len(members) > MAX_MEMBERS:
        return _refused("F04", f"L'archive contient plus de {MAX_MEMBERS} fichiers : découpez-la.")
    if any(info.flag_bits & 0x1 for info in members):
        return _refused("F04", "L'archive est protégée par un mot de passe : déposez-la ouverte.")
    if any(_climbs(info.filename) for info in members):
        return _refused("F04", "L'archive contient un nom de fichier interdit (« .. » ou absolu).")
    if any(info.filename.lower().endswith((".zip", ".7z", ".rar", ".gz")) for info in members):
        return _refused("F04", "L'archive en contient une autre : extrayez-la d'abord.")
    total = sum(info.file_size for info in members)
    return _bomb() if total > MAX_UNPACKED or total > MAX_RATIO * max(size, 1) else None


def _climbs(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name[:3] or "\x00" in name


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    with archive.open(info) as opened:
        data = opened.read(info.file_size + 1)
    if len(data) > info.file_size:
        raise _TooLargeError
    return Member(PurePosixPath(info.filename).name, data)


def _bomb() -> Refusal:
    return _refused(
        "F04", "L'archive prend trop de place une fois ouverte : elle est refusée par précaution."
    )


def _refused(code: str, message: str) -> Refusal:
    return Refusal("zip", code, message)


def safe_name(name: str) -> str:
    """Return a file name as it may be kept and shown: no folder, no control character."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if c.isprintable() and ord(c) not in range(0x202A, 0x202F))
    stem, dot, suffix = kept.rpartition(".")
    if len(kept) > 120 and dot and len(suffix) <= 8:
        return f"{stem[: 119 - len(suffix)]}.{suffix}"
    return kept[:120].strip() or "fichier"


def is_unfinished(name: str) -> bool:
    """Return whether a name says that the file is still being written."""
    return name.startswith(("~$", ".")) or name.lower().endswith(BEING_WRITTEN)
