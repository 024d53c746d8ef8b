"""The processes of one running Docket: each ends when we end, and is stopped the way it likes."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LARGEST_LOG = 5_000_000
LAST_LINES = 15
REFUSAL = "Docket cannot start: "
A_MOMENT = 0.02
Command = Sequence[str]


class CannotRun(Exception):
    """One sentence for whoever typed the command."""


class Stopped(Exception):
    """Somebody asked us to stop while we were still starting."""


@dataclass(frozen=True)
class Part:
    """One process, the leader of a session of its own, with its own log."""

    name: str
    log: Path
    log_began: int
    stops_by: signal.Signals
    process: "subprocess.Popen[bytes]" = field(repr=False)

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def ending(self) -> str:
        code = self.process.returncode
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    @property
    def refusal(self) -> str:
        """The one sentence with which a part refuses its settings: whoever reads it needs nothing else."""
        return next((line for line in self._lines() if line.startswith(REFUSAL)), "")

    def last_words(self) -> str:
        """What it wrote before it ended, and not what an earlier start had to say: why, without the file."""
        return "\n".join([f"The end of {self.log}:", *(f"  {line}" for line in self._lines())])

    def _lines(self) -> list[str]:
        written = self.log.read_bytes()[self.log_began :].decode(errors="replace")
        return written.splitlines()[-LAST_LINES:]


def start(
    name: str,
    command: Command,
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str],
    stops_by: signal.Signals = signal.SIGTERM,
    **popen: Any,
) -> Part:
    """Start a part that cannot outlive us.

    It leads a session of its own, so Ctrl-C reaches only us and we choose the order of ending; and it
    inherits the lock of the data folder, which is free only when the last part has ended.
    """
    with _appending(log) as output:
        began = output.tell()
        process = subprocess.Popen(  # noqa: S603 - the commands are ours
            command,
            stdin=popen.pop("stdin", subprocess.DEVNULL),
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
            close_fds=False,
            preexec_fn=_tether(stops_by),
            **popen,
        )
    return Part(name, log, began, stops_by, process)


def _appending(log: Path) -> BinaryIO:
    """A start is the moment to set a log aside that has grown too large."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    return log.open("ab")


def _tether(last: signal.Signals) -> Callable[[], None]:
    """Run in the child after it changed its user: the kernel sends it `last` when we are gone."""
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError(
            "Start parts from the main thread: they end when the thread that started them does."
        )
    if sys.platform != "linux":
        return lambda: None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def tether() -> None:
        prctl(PR_SET_PDEATHSIG, int(last))
        if os.getppid() != parent:  # we died between the fork and the line above
            os._exit(1)

    return tether


def run(name: str, command: Command, *, stopped: Callable[[], bool] | None = None, **how: Any) -> None:
    """Start a part that does one thing, and wait for its end."""
    part = start(name, command, **how)
    try:
        while not part.has_ended:
            if stopped is not None and stopped():
                raise Stopped
            time.sleep(A_MOMENT)
    finally:
        stop([part], patience=5)
    if part.process.returncode:
        raise CannotRun(part.refusal or f"{name} failed ({part.ending}). {part.last_words()}")


def wait_until(
    ready: Callable[[], bool],
    parts: Sequence[Part],
    *,
    patience: float,
    stopped: Callable[[], bool] | None = None,
) -> None:
    """Wait for an answer, for an end, or for the wish to stop: whichever comes first."""
    deadline = time.monotonic() + patience
    while not ready():
        for part in parts:
            if part.has_ended:
                raise CannotRun(f"{part.name} ended while starting ({part.ending}). {part.last_words()}")
        if stopped is not None and stopped():
            raise Stopped
        if time.monotonic() > deadline:
            raise CannotRun(f"{parts[0].name} did not answer in {patience:.0f} s. {parts[0].last_words()}")
        time.sleep(A_MOMENT)


def stop(parts: Sequence[Part], *, patience: float, hurry: Callable[[], bool] | None = None) -> None:
    """Ask every part to end, wait, and then end whatever is left of it."""
    for part in parts:
        if not part.has_ended:
            part.process.send_signal(part.stops_by)
    deadline = time.monotonic() + patience
    while not all(part.has_ended for part in parts) and time.monotonic() < deadline:
        if hurry is not None and hurry():
            break
        time.sleep(A_MOMENT)
    for part in parts:
        _end_what_is_left(part)


def _end_what_is_left(part: Part) -> None:
    """Kill the leader and everything it started, even what gave itself a group of its own."""
    if not part.has_ended:
        part.process.kill()
        part.process.wait()
    for pid in _session(part.process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _session(leader: int) -> list[int]:
    """The processes of a session; Linux alone can say."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            session = int(stat.read_text(errors="replace").rpartition(")")[2].split()[3])
        except (OSError, IndexError):
            continue  # it ended while we looked
        if session == leader:
            found.append(int(stat.parent.name))
    return found


def adopt_orphans() -> None:
    """What a killed part leaves behind becomes our child, not the machine's."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def bury_orphans(*, patience: float) -> None:
    """Wait for the adopted to end, so that not even their names stay in the list of processes."""
    deadline = time.monotonic() + patience
    with suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(A_MOMENT)
