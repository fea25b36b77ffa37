"""The secret that protects the store: one small file, outside the data that it protects."""

import base64
import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from sqlalchemy import inspect

from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import StoreError
from o2s_core.store.engine import engine, is_sqlite, sqlite_file

LENGTH: Final = 32  #: bytes of a key
HEADER: Final = "# O2S : clé de scellement. Gardez une copie hors de cette machine.\n"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of a place, oldest first; the last one seals, all of them open."""

    secrets: tuple[tuple[str, bytes], ...]

    @property
    def current(self) -> str:
        """Return the name of the key that seals."""
        return self.secrets[-1][0]

    def derive(self, kid: str, purpose: str) -> bytes:
        """Return the 32 bytes that key `kid` gives for one purpose."""
        secret = dict(self.secrets).get(kid)
        if secret is None:
            raise StoreError(
                f"La clé « {kid} » manque dans le fichier de clés : remettez la copie complète."
            )
        return _derived(secret, purpose)

    def first(self, purpose: str) -> bytes:
        """Return what never changes with a new key: the audit chain and the blind indexes."""
        return self.derive(self.secrets[0][0], purpose)


@lru_cache(maxsize=64)
def _derived(secret: bytes, purpose: str) -> bytes:
    """Return one block of HKDF-expand (RFC 5869) for a purpose."""
    return hmac.new(secret, f"o2s {purpose}".encode() + b"\x01", hashlib.sha256).digest()


def place_of(at: Context | Place) -> Place:
    """Return the place of a context, or the place itself."""
    return at.place if isinstance(at, Context) else at


def init_key(place: Place) -> bool:
    """Make the key file of a new store, readable by its owner only.

    Returns False when the file is there already. A store that has written its
    audit trail with a key that is now missing is refused: a new key would
    hide the loss.
    """
    if place.key_path.exists():
        keys(place)
        return False
    if _has_history(place):
        raise _missing(place.key_path)
    place.key_path.parent.mkdir(parents=True, exist_ok=True)
    made = base64.b64encode(secrets.token_bytes(LENGTH)).decode()
    handle = os.open(place.key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{HEADER}k1 {made}\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def _has_history(place: Place) -> bool:
    if is_sqlite(place) and not sqlite_file(place).exists():
        return False
    made = engine(place)
    if not inspect(made).has_table("audit_event"):
        return False
    with made.connect() as connection:
        return connection.exec_driver_sql("select 1 from audit_event limit 1").first() is not None


def keys(at: Context | Place) -> KeyRing:
    """Return the keys of a place; a missing, short or readable-by-others file is refused."""
    path = place_of(at).key_path
    try:
        found = path.stat()
    except FileNotFoundError:
        raise _missing(path) from None
    return _read(path, found.st_mtime_ns, found.st_size, stat.S_IMODE(found.st_mode))


@cache
def _read(path: Path, _changed: int, _size: int, mode: int) -> KeyRing:
    if mode & 0o077:
        raise StoreError(
            f"Le fichier de clés {path} est lisible par d'autres : lancez « chmod 600 {path} »."
        )
    lines = [line.split() for line in path.read_text().splitlines() if _is_key(line)]
    ring = [(line[0], _decoded(line[1])) for line in lines if len(line) == 2]
    if not ring or any(len(secret) < LENGTH for _, secret in ring):
        raise StoreError(
            f"Le fichier de clés {path} est incomplet ou trop court : remettez votre copie."
        )
    return KeyRing(tuple(ring))


def _is_key(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _missing(path: Path) -> StoreError:
    return StoreError(
        f"Le fichier de clés {path} est introuvable : sans lui, les données scellées sont "
        "illisibles. Remettez votre copie à cet endroit (ou indiquez-le par O2S_KEY_FILE)."
    )
