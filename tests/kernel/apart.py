"""What a child of the tests of `standby` does: what the file `order` of its folder says."""

import os
import signal
import time


def child(folder):
    order = (folder / "order").read_text()
    held = b"x" * 100_000_000 if order == "eat" else b""
    if order == "fail":
        raise ValueError(order)
    if order == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if order == "sleep":
        time.sleep(120)
    (folder / "environment").write_text(str(dict(os.environ)))
    (folder / "result").write_text(f"{os.getpid()} {os.getppid()} {len(held)}")
