"""What processes cost: their own CPU time and memory, read from /proc."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def precise_cpu_seconds(pids: list[int]) -> float:
    """Nanoseconds where the scheduler keeps them (all threads of each process), else ticks."""
    try:
        return (
            sum(
                int((task / "schedstat").read_text().split()[0])
                for pid in pids
                for task in Path(f"/proc/{pid}/task").iterdir()
            )
            / 1e9
        )
    except (FileNotFoundError, ProcessLookupError):
        return cpu_seconds(pids)


def descendants(pid: int) -> list[int]:
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += [int(child), *descendants(int(child))]
    return found


def family_of(backend: int) -> list[int]:
    """A PostgreSQL backend, its server, and everything else that server runs."""
    parent = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    return [parent, *descendants(parent)]


def resident_megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def free_port() -> int:
    for port in range(20100, 20999):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port between 20100 and 20999")


@contextmanager
def gunicorn(
    target: str, *, environment: dict[str, str], path: str
) -> Iterator[tuple[int, list[int], float]]:
    """A server like production's: its port, its workers, and the seconds until its first 200."""
    port = free_port()
    began = time.perf_counter()
    command = [sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}", "--max-requests", "0"]
    given = os.environ | environment | {"PORT": str(port)}
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, env=given, stdout=quiet, stderr=quiet)
    try:
        seconds = _first_answer(server, port, path) - began
        yield port, _all_workers(server, int(given["WEB_CONCURRENCY"])), seconds
    finally:
        server.terminate()
        server.wait(timeout=30)


def _all_workers(server: "subprocess.Popen[bytes]", how_many: int) -> list[int]:
    """The first answers before the last is born: whoever counted then would miss half of the work."""
    while server.poll() is None:
        if len(workers := descendants(server.pid)) == how_many:
            return workers
        time.sleep(0.02)
    raise RuntimeError(f"gunicorn ended with {server.returncode}")


def _first_answer(server: "subprocess.Popen[bytes]", port: int, path: str) -> float:
    while server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
                if connection.recv(12).endswith(b"200"):
                    return time.perf_counter()
        except OSError:
            pass
        time.sleep(0.02)
    raise RuntimeError(f"gunicorn ended with {server.returncode}")
