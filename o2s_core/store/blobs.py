"""Files kept byte for byte, named by what they hold."""

import hashlib
import re
from pathlib import Path
from typing import Final

from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import NotFoundError, StoreError
from o2s_core.store.files import write_whole
from o2s_core.store.keys import place_of

SHA256: Final = re.compile(r"[0-9a-f]{64}")


def save_blob(at: Context | Place, data: bytes) -> str:
    """Keep some bytes for good; return their SHA-256, by which they are found again."""
    sha = digest_of(data)
    path = blob_path(at, sha)
    if not path.exists():
        write_whole(path, lambda aside: aside.write_bytes(data))
    return sha


def blob(at: Context | Place, sha: str) -> bytes:
    """Return the bytes behind a SHA-256, checked against it."""
    path = blob_path(at, sha)
    if not path.exists():
        raise NotFoundError("Fichier", sha[:12])
    data = path.read_bytes()
    if digest_of(data) != sha:
        raise StoreError(
            f"Le fichier archivé {sha[:12]} est abîmé sur le disque : "
            "restaurez-le depuis la dernière sauvegarde."
        )
    return data


def blob_path(at: Context | Place, sha: str) -> Path:
    """Return where the bytes behind a SHA-256 lie, whether or not they are there."""
    if not SHA256.fullmatch(sha):
        raise NotFoundError("Fichier", sha[:12])
    return place_of(at).home / "blobs" / sha[:2] / sha


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of some bytes, as blobs are named."""
    return hashlib.sha256(data).hexdigest()
