"""An encrypted archive: a list of files in one, that opens whole with its key or not at all."""

import io
import secrets
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import orjson
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from o2s_core.kernel.context import Place
from o2s_core.kernel.errors import StoreError
from o2s_core.store.keys import keys

MAGIC: Final = b"O2S backup 1\n"
CHUNK: Final = 1 << 20  #: bytes sealed at a time
TAG: Final = 16
COST: Final = {"n": 1 << 15, "r": 8, "p": 1}


@contextmanager
def written(place: Place, path: Path, secret: str | None) -> Iterator[tarfile.TarFile]:
    """Open a new archive to add files to, under a secret or under the store's own key."""
    header = _new_header(place, secret)
    with path.open("wb") as file:
        file.write(MAGIC + header + b"\n")
        with _Sealer(file, _key(place, header, secret), header) as sealer:
            squeezer = zstandard.ZstdCompressor(level=6).stream_writer(sealer, closefd=False)  # type: ignore[arg-type]
            with squeezer, tarfile.open(fileobj=squeezer, mode="w|") as tar:
                yield tar


@contextmanager
def opened(place: Place, path: Path, secret: str | None) -> Iterator[tarfile.TarFile]:
    """Open an archive to read; a wrong key, a cut or altered file is refused in words."""
    try:
        with path.open("rb") as file:
            if file.readline() != MAGIC:
                raise StoreError(f"{path.name} n'est pas une sauvegarde d'O2S.")
            header = file.readline().removesuffix(b"\n")
            opener = _Opener(file, _key(place, header, secret), header)
            squeezed = zstandard.ZstdDecompressor().stream_reader(io.BufferedReader(opener, CHUNK))
            with squeezed, tarfile.open(fileobj=squeezed, mode="r|") as tar:
                yield tar
    except (tarfile.TarError, zstandard.ZstdError, EOFError, KeyError, ValueError) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise StoreError(f"Sauvegarde illisible : {error.strerror or error}.") from error


def _new_header(place: Place, secret: str | None) -> bytes:
    if secret is None:
        return orjson.dumps({"kid": keys(place).current})
    return orjson.dumps({"salt": secrets.token_hex(16), **COST})


def _key(place: Place, header: bytes, secret: str | None) -> bytes:
    said: dict[str, Any] = orjson.loads(header)
    if "kid" in said:
        return keys(place).derive(said["kid"], "backup")
    if secret is None:
        raise StoreError(
            "Cette sauvegarde est protégée par un mot de passe : donnez-le par O2S_BACKUP_KEY."
        )
    cost = {name: min(int(said[name]), COST[name]) for name in COST}
    return Scrypt(bytes.fromhex(said["salt"]), length=32, **cost).derive(secret.encode())


def _damaged(path: Path) -> StoreError:
    return StoreError(
        f"{path.name} ne s'ouvre pas : mauvaise clé, ou fichier incomplet ou altéré. "
        "Rien n'a été changé ; vérifiez O2S_BACKUP_KEY ou prenez une autre copie."
    )


def _nonce(number: int, *, last: bool) -> bytes:
    """Return the nonce of a chunk: its number and whether it is the last, so that none moves."""
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class _Sealer(io.RawIOBase):
    """Seals what is written to it, a chunk at a time."""

    def __init__(self, file: IO[bytes], key: bytes, header: bytes) -> None:
        super().__init__()
        self._file, self._cipher, self._header = file, AESGCM(key), header
        self._waiting, self._number = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def _put(self, data: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._file.write(self._cipher.encrypt(nonce, data, self._header))
        self._number += 1

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._waiting), last=True)
        super().close()


class _Opener(io.RawIOBase):
    """Gives back what was sealed, and ends only at the chunk that says it is the last."""

    def __init__(self, file: IO[bytes], key: bytes, header: bytes) -> None:
        super().__init__()
        self._file, self._cipher, self._header = file, AESGCM(key), header
        self._number, self._ended = 0, False
        self._ready, self._next = b"", file.read(CHUNK + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401
        while not self._ready and not self._ended:
            self._take()
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def _take(self) -> None:
        sealed, self._next = self._next, self._file.read(CHUNK + TAG)
        self._ended = not self._next
        nonce = _nonce(self._number, last=self._ended)
        try:
            self._ready = self._cipher.decrypt(nonce, sealed, self._header)
        except InvalidTag:
            raise ValueError("sealed chunk") from None
        self._number += 1
