"""The parent: it starts its children, starts them again when they die, and ends with all of them."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from app.core.deadlines import please_stop, stopping

PR_SET_PDEATHSIG = 1
BETWEEN_LOOKS = 0.1
LONGEST_PAUSE = 5.0
LONG_ENOUGH = 30.0  # a child that lived so long is not failing again and again
CHILDREN_MAY_TAKE = 18.0

Task = Callable[[], None]

log = structlog.get_logger(__name__)


@dataclass
class Child:
    """One task and the process that does it now, if there is one."""

    name: str
    task: Task
    pid: int = 0
    started: float = 0.0
    pause: float = 0.0

    @property
    def is_due(self) -> bool:
        return time.monotonic() >= self.started + self.pause


class Tree:
    """Holds no connection, so nothing outside can make it hang."""

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        self.children = [Child(name, task) for name, task in tasks.items()]

    def watch(self) -> None:
        """Until somebody asks us to stop."""
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, please_stop)
        while not stopping():
            for child in self.children:
                if child.pid:
                    self._look_after(child)
                elif child.is_due:
                    self._start(child)
            time.sleep(BETWEEN_LOOKS)
        self._stop()

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        parent = os.getpid()
        child.pid = os.fork()
        if not child.pid:
            _live(child, parent)
        log.info("worker.child_started", child=child.name, pid=child.pid)

    def _look_after(self, child: Child) -> None:
        status = _ended(child)
        if status is None:
            return
        lived = time.monotonic() - child.started
        child.pid = 0
        child.pause = 0.0 if lived > LONG_ENOUGH else min(LONGEST_PAUSE, child.pause * 2 or 0.5)
        child.started = time.monotonic()
        log.warning("worker.child_ended", child=child.name, status=status, lived=round(lived, 1))

    def _stop(self) -> None:
        """All are asked, and whoever is still there in the end is not asked any more."""
        living = [child for child in self.children if child.pid]
        for child in living:
            os.kill(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + CHILDREN_MAY_TAKE
        while living and time.monotonic() < deadline:
            living = [child for child in living if _ended(child) is None]
            time.sleep(BETWEEN_LOOKS)
        for child in living:
            log.warning("worker.child_killed", child=child.name)
            os.kill(child.pid, signal.SIGKILL)


def end_with(parent: int) -> None:
    """From now on the kernel kills this process as soon as its parent is gone, however that went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def _ended(child: Child) -> int | None:
    pid, status = os.waitpid(child.pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else None


def _live(child: Child, parent: int) -> None:
    """In the child: do the task, and never return into the parent's code."""
    status = 1
    try:
        end_with(parent)
        child.task()
        status = 0
    except Exception:
        log.exception("worker.child_failed", child=child.name)
    finally:
        os._exit(status)
