"""What the machine lends to the tests: a folder that is quick, a port that nobody else takes."""

import os
import random
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY, ENOUGH = Path("/dev/shm"), 3 << 30
# The kernel gives callers higher ones; a little below these, tests expect that nobody listens.
PORTS = range(26_000, 32_000)


@contextmanager
def passing_folder() -> Iterator[Path]:
    """For servers and programs, whoever runs them: everybody may walk through, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="docket-", dir=_quickest(), ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _quickest() -> str:
    """A database is three hundred files, and disks are slow to make those that others just deleted."""
    with suppress(OSError):
        found = os.statvfs(MEMORY)
        roomy = found.f_bavail * found.f_frsize > ENOUGH
        if roomy and not found.f_flag & os.ST_NOEXEC and os.access(MEMORY, os.W_OK):
            return str(MEMORY)
    return "/tmp"


def free_port() -> int:
    """Not the kernel's choice: it might give that one to a caller before our server has it."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
