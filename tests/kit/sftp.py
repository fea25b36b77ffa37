"""A real OpenSSH server on the loopback, without rights, with keys and folders of its own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"

CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {home}/host_key
PidFile {home}/sshd.pid
AuthorizedKeysFile {home}/authorized_keys
PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
MaxStartups 50
Subsystem sftp internal-sftp
"""


def installed() -> bool:
    """Whether this machine has an SSH server and the tool that makes its keys."""
    return Path(SSHD).exists() and shutil.which("ssh-keygen") is not None


@dataclass
class SshServer:
    """A server that is listening: its folder of files, its key, the key that opens it."""

    home: Path
    port: int
    user: str
    process: subprocess.Popen | None = None

    @property
    def files(self) -> Path:
        return self.home / "files"

    @property
    def private_key(self) -> str:
        return (self.home / "user_key").read_text()

    @property
    def fingerprint(self) -> str:
        listed = subprocess.run(
            ["ssh-keygen", "-l", "-E", "sha256", "-f", self.home / "host_key.pub"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return listed.stdout.split()[1]

    def put(self, name: str, data: bytes, age: int = 60) -> Path:
        """Put a file there that changed some seconds ago."""
        path = self.files / name
        path.write_bytes(data)
        then = int(time.time()) - age
        os.utime(path, (then, then))
        return path

    def start(self) -> None:
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        command = [SSHD, "-D", "-f", self.home / "sshd_config", "-E", self.home / "sshd.log"]
        self.process = subprocess.Popen(command)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError((self.home / "sshd.log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def change_key(self) -> None:
        """Come back as another machine would: with another key."""
        self.stop()
        for path in self.home.glob("host_key*"):
            path.unlink()
        _keygen(self.home / "host_key")
        self.start()


@contextmanager
def running(home: Path) -> Iterator[SshServer]:
    """Serve a folder until the end of the block."""
    home.mkdir(parents=True)
    (home / "files").mkdir()
    for name in ("host_key", "user_key"):
        _keygen(home / name)
    shutil.copy(home / "user_key.pub", home / "authorized_keys")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "sshd_config").write_text(CONFIG.format(port=port, home=home))
    server = SshServer(home, port, os.environ.get("USER") or _name())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _keygen(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)


def _name() -> str:
    return subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
