"""How are files read on a server of a partner? What it refuses is told in words."""

import asyncio
import fnmatch
import hmac
import logging
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, TypeVar

import asyncssh

from o2s_core.kernel.errors import FeedError

logging.getLogger("asyncssh").setLevel(logging.WARNING)

SECONDS: Final = 20  #: to connect, and to be let in
CHUNK: Final = 256_000
#: Seconds that a whole visit may last.
VISIT: Final = 1_800
Answer = TypeVar("Answer")


class PickUpError(FeedError):
    """A partner's server does not let the files be fetched; `refused`: it is the identity."""

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Door:
    """Where the files are, and as whom one enters; the secret shows in no text."""

    host: str
    port: int
    username: str
    fingerprint: str  #: SHA256:… of the server's key
    auth: str  #: password, key
    secret: str
    directory: str

    def __repr__(self) -> str:
        """Return the address alone."""
        return f"Door({self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the server: what tells it from any other."""

    name: str
    size: int
    changed: int  #: seconds since 1970, as the server says


class _Pinned(asyncssh.SSHClient):
    """A client that knows the server by one key only."""

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint, self.seen = fingerprint, ""

    def validate_host_public_key(
        self,
        host: str,  # noqa: ARG002
        addr: str,  # noqa: ARG002
        port: int,  # noqa: ARG002
        key: asyncssh.SSHKey,
    ) -> bool:
        """Return whether the server shows the key that was pinned."""
        self.seen = key.get_fingerprint("sha256")
        return hmac.compare_digest(self.seen, self.fingerprint)


@dataclass(frozen=True, slots=True)
class Visit:
    """An open session on a server, in the folder of a source."""

    sftp: asyncssh.SFTPClient
    directory: str

    def _at(self, name: str) -> str:
        return str(PurePosixPath(self.directory or ".") / name)

    async def files(self, pattern: str) -> list[RemoteFile]:
        """Return the plain files whose name fits, oldest first."""
        entries = await self.sftp.readdir(self.directory or ".")
        found = [
            RemoteFile(str(e.filename), e.attrs.size or 0, e.attrs.mtime or 0)
            for e in entries
            if stat.S_ISREG(e.attrs.permissions or 0) and _fits(str(e.filename), pattern)
        ]
        return sorted(found, key=lambda f: (f.changed, f.name))

    async def fetch(self, file: RemoteFile, into: Path) -> None:
        """Bring a file here; what an interrupted visit already brought is not asked again."""
        at = into.stat().st_size if into.exists() else 0
        if at > file.size:
            into.unlink()
            at = 0
        async with self.sftp.open(self._at(file.name), "rb") as remote:
            with into.open("ab") as here:
                while at < file.size:
                    part = await remote.read(min(CHUNK, file.size - at), at)
                    if not part:
                        raise PickUpError(_CUT)
                    at += here.write(bytes(part))  # type: ignore[arg-type]

    async def put_away(self, files: Sequence[RemoteFile], folder: str | None) -> int:
        """Move files into a folder of the server, or take them off it; return how many stayed."""
        stayed = 0
        for file in files:
            try:
                await self._removed(file) if folder is None else await self._moved(file, folder)
            except asyncssh.SFTPError:
                stayed += 1
        return stayed

    async def _removed(self, file: RemoteFile) -> None:
        await self.sftp.remove(self._at(file.name))

    async def _moved(self, file: RemoteFile, folder: str) -> None:
        await self.sftp.makedirs(folder, exist_ok=True)
        target = PurePosixPath(folder) / file.name
        if await self.sftp.exists(str(target)):
            target = target.with_name(f"{target.stem}-{file.changed}{target.suffix}")
        await self.sftp.rename(self._at(file.name), str(target))


def _fits(name: str, pattern: str) -> bool:
    return "/" not in name and fnmatch.fnmatch(name.casefold(), (pattern or "*").casefold())


_CUT: Final = (
    "La connexion s'est interrompue pendant le transfert : il reprendra où il s'est arrêté."
)
_UNREACHABLE: Final = (
    "Le serveur ne répond pas : vérifiez son adresse et son port, et que votre réseau le joint."
)
_REFUSED: Final = (
    "Le serveur refuse l'identifiant, le mot de passe ou la clé : vérifiez-les auprès du "
    "partenaire. Les essais sont espacés pour ne pas bloquer le compte."
)


def visited(door: Door, work: Callable[[Visit], Awaitable[Answer]]) -> Answer:
    """Enter a server, do some work there, and leave; every refusal is told in French.

    Raises
    ------
    PickUpError
        The server is not reached, shows another key, refuses the identity, or the folder.
    """

    async def whole() -> Answer:
        async with asyncio.timeout(VISIT), _entered(door) as visit:
            return await work(visit)

    return _told(whole, door)


def fingerprint_of(host: str, port: int) -> str:
    """Return the fingerprint of the key that a server shows; nothing is sent to it."""

    async def look() -> str:
        async with asyncio.timeout(SECONDS):
            key = await asyncssh.get_server_host_key(host, port, config=None)
        if key is None:
            raise PickUpError(_UNREACHABLE)
        return key.get_fingerprint("sha256")

    return _told(look, None)


@asynccontextmanager
async def _entered(door: Door) -> AsyncIterator[Visit]:
    client = _Pinned(door.fingerprint)
    by_key = door.auth == "key"
    try:
        connection, _ = await asyncssh.create_connection(
            lambda: client,
            door.host,
            door.port,
            username=door.username,
            known_hosts=([], [], []),
            client_keys=[asyncssh.import_private_key(door.secret)] if by_key else None,
            password=None if by_key else door.secret,
            preferred_auth="publickey" if by_key else "password,keyboard-interactive",
            agent_path=None,
            config=None,
            connect_timeout=SECONDS,
            login_timeout=SECONDS,
            keepalive_interval=SECONDS,
        )
    except asyncssh.HostKeyNotVerifiable:
        raise PickUpError(
            f"La clé du serveur n'est pas celle qui est enregistrée (reçue : {client.seen}). Rien "
            "n'a été échangé : vérifiez auprès du partenaire avant d'enregistrer la nouvelle."
        ) from None
    async with connection, connection.start_sftp_client() as sftp:
        yield Visit(sftp, door.directory)


def _told(work: Callable[[], Awaitable[Answer]], door: Door | None) -> Answer:
    """Run what talks to a server, and say in words what went wrong."""
    folder = door.directory if door else ""

    async def run() -> Answer:
        return await work()

    try:
        return asyncio.run(run())
    except asyncssh.PermissionDenied:
        raise PickUpError(_REFUSED, refused=True) from None
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        raise PickUpError(WRONG_KEY, refused=True) from None
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        raise PickUpError(
            f"Le dossier « {folder} » n'existe pas sur le serveur : corrigez-le."
        ) from None
    except asyncssh.SFTPPermissionDenied:
        raise PickUpError(
            f"Le serveur n'autorise pas cette opération dans « {folder} » : demandez le droit au "
            "partenaire, ou laissez les fichiers en place."
        ) from None
    except (asyncssh.ConnectionLost, asyncssh.SFTPError):
        raise PickUpError(_CUT) from None
    except (OSError, TimeoutError, asyncssh.Error):
        raise PickUpError(_UNREACHABLE) from None


WRONG_KEY: Final = (
    "La clé privée ne se lit pas : collez une clé OpenSSH ou PEM entière, sans phrase secrète."
)


def is_private_key(text: str) -> bool:
    """Return whether a text is a private key that opens without a phrase."""
    try:
        asyncssh.import_private_key(text)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        return False
    return True
