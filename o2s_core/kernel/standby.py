"""Where the processes that parse files from outside come from: off one that has loaded the code.

Loading the readers takes a second, parsing most files takes a hundredth of it. So a
process without secrets loads them once, never parses anything itself, and forks
a child for each file. It leaves when the application does, or when nothing comes for long.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

IDLE: Final = 600.0  #: seconds without a file after which the process leaves
STARTED: Final = struct.Struct("!q")  #: the process of the child
ENDED: Final = struct.Struct("!qq")  #: what it returned, and the bytes it held at most
MAXRSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


class Child:
    """A process forked for one file; `returncode` and `peak` are known once it has ended."""

    def __init__(self, line: socket.socket) -> None:
        self.pid: int = STARTED.unpack(_exactly(line, STARTED.size))[0]
        self.returncode: int | None = None
        self.peak = 0
        self._line = line

    def ended(self, seconds: float | None) -> bool:
        """Wait for the end of the child at most so long (None: until then)."""
        if self.returncode is None and select.select([self._line], [], [], seconds)[0]:
            try:
                self.returncode, self.peak = ENDED.unpack(_exactly(self._line, ENDED.size))
            except ConnectionError:  # the process that forked it is no more, and took it along
                self.returncode = -signal.SIGKILL
        return self.returncode is not None

    def end(self) -> None:
        """Kill the child if it still runs, and wait until it is gone."""
        with self._line:
            if self.returncode is None:
                self._line.shutdown(socket.SHUT_WR)
                self.ended(None)


def _exactly(line: socket.socket, size: int) -> bytes:
    said = line.recv(size, socket.MSG_WAITALL)
    if len(said) < size:
        raise ConnectionResetError
    return said


class Standby:
    """The process that forks the others, started when the first is asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def child(self, module: str, folder: Path) -> Child:
        """Fork a child that runs `module.child(folder)`.

        Raises
        ------
        ConnectionError
            It could not be forked, twice.
        """
        try:
            return self._asked(module, folder)
        except ConnectionError:  # it has left for want of work, or was killed
            self.leave()
            return self._asked(module, folder)

    def _asked(self, module: str, folder: Path) -> Child:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                order = json.dumps([module, str(folder)]).encode()
                with self._lock:
                    socket.send_fds(self._running(), [order], [theirs.fileno()])
            return Child(ours)
        except BaseException:
            ours.close()
            raise

    def _running(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-m", __name__, str(theirs.fileno())],
                    env=_environment(), pass_fds=[theirs.fileno()], start_new_session=True,
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
        return self._control

    def leave(self) -> None:
        """End the process that stands by, if there is one; the next file starts another."""
        with self._lock:
            if self._control is not None and self._process is not None:
                self._control.close()
                self._process.wait()
            self._control = self._process = None


def _environment() -> dict[str, str]:
    """Return the least a parser needs: no secret, few threads, the same code."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
    root = str(Path(__file__).resolve().parents[2])
    return kept | {"PYTHONPATH": root, "POLARS_MAX_THREADS": "2", "PYTHONDONTWRITEBYTECODE": "1"}


# ── In the process that stands by ────────────────────────────────────────────────────────────


@dataclass
class Forked:
    """A child as its parent knows it; `alive` is at its end when the child is."""

    pid: int
    asker: socket.socket
    alive: int


@dataclass
class Parent:
    """What stands by: who asks, and the children that run."""

    control: socket.socket
    children: list[Forked] = field(default_factory=list)

    def serve(self) -> None:
        """Fork until the application is gone, or asks for nothing for long."""
        try:
            while ready := self._ready():
                self._bury([child for child in self.children if child.alive in ready])
                self._kill([c for c in self.children if c.asker.fileno() in ready])
                if self.control.fileno() in ready and not self._take():
                    break
        finally:
            self._kill(self.children)

    @staticmethod
    def _kill(forgotten: Sequence[Forked]) -> None:
        for child in forgotten:
            os.kill(child.pid, signal.SIGKILL)

    def _ready(self) -> set[int]:
        watched = [self.control.fileno()]
        for child in self.children:
            watched += [child.asker.fileno(), child.alive]
        return set(select.select(watched, [], [], None if self.children else IDLE)[0])

    def _take(self) -> bool:
        """Fork for one order; return whether somebody still asks."""
        order, lines, _, _ = socket.recv_fds(self.control, 65_536, 1)
        if not order:
            return False
        module, folder = json.loads(order)
        importlib.import_module(module)
        gc.freeze()  # what is loaded stays shared between the children
        self._fork(module, folder, socket.socket(fileno=lines[0]))
        return True

    def _fork(self, module: str, folder: str, asker: socket.socket) -> None:
        alive, held = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._leave_behind(asker, alive)
            _run(module, Path(folder))
        os.close(held)
        self.children.append(Forked(pid, asker, alive))
        _tell(asker, STARTED.pack(pid))

    def _leave_behind(self, asker: socket.socket, alive: int) -> None:
        """Let go, in a child, of whatever belongs to the parent or to other children."""
        for line in (self.control, asker, *(child.asker for child in self.children)):
            line.close()
        for end in (alive, *(child.alive for child in self.children)):
            os.close(end)

    def _bury(self, dead: Sequence[Forked]) -> None:
        for child in dead:
            _, status, used = os.wait4(child.pid, 0)
            told = ENDED.pack(os.waitstatus_to_exitcode(status), used.ru_maxrss * MAXRSS_UNIT)
            with child.asker as asker:
                _tell(asker, told)
            os.close(child.alive)
            self.children.remove(child)


def _tell(asker: socket.socket, what: bytes) -> None:
    with contextlib.suppress(OSError):  # who asked may be gone
        asker.sendall(what)


def _run(module: str, folder: Path) -> None:
    """Be the child: a session of its own, one file, and no way back."""
    code = 1
    try:
        os.setsid()
        importlib.import_module(module).child(folder)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    Parent(socket.socket(fileno=int(sys.argv[1]))).serve()
