"""The web process: read by `gunicorn wsgi:app`, here and on a host that sets PORT."""

import ctypes
import itertools
import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

PASSING_METRICS = "docket-metrics-"
ARENA_MAX = -8  # as <malloc.h> numbers it
STOPS = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}


def number(name: str, otherwise: int, most: int = 64) -> int:
    """Refused as the application refuses a setting: in one sentence."""
    said = os.environ.get(name) or str(otherwise)
    if not said.isdecimal() or not 1 <= int(said) <= most:
        sys.exit(f"Docket cannot start: {name} must be a number from 1 to {most}.")
    return int(said)


port = os.environ.get("PORT", "")
host = os.environ.get("WEB_HOST") or ("0.0.0.0" if port else "127.0.0.1")  # noqa: S104 - a host that sets PORT reaches us from outside
bind = f"[{host}]:{port or 8000}" if ":" in host else f"{host}:{port or 8000}"
backlog = 128

worker_class = "app.web.porter.Porter"  # gunicorn's threads, and a bounded queue in front of them
worker_connections = 512  # of one process: silent ones too, until they are cut
workers = number("WEB_CONCURRENCY", 2)
threads = number("WEB_THREADS", 4)
timeout = 30
graceful_timeout = 25  # hosts kill 30 s after SIGTERM
keepalive = 5
max_requests = 1000
max_requests_jitter = 100

reload = os.environ.get("WEB_RELOAD") == "1"
preload_app = not reload  # create_app opens no connection, so nothing is shared across the fork

limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
secure_scheme_headers: dict[str, str] = {}  # PROXY_HOPS alone decides whom we believe

accesslog = None  # the application writes one line per request itself
control_socket_disable = True
if os.access("/dev/shm", os.W_OK):  # noqa: S108 - the workers' heartbeat must not wait for a disk
    worker_tmp_dir = "/dev/shm"  # noqa: S108 - for the same reason

# Each thread would keep the 19 MiB that Argon2 borrows for a sign-in: from one arena, all use the same.
with suppress(AttributeError, OSError):  # another C library has ways of its own
    ctypes.CDLL(None).mallopt(ARENA_MAX, 1)

# The processes' metrics: set before the application loads, and emptied once per start, not per reload.
folder = Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix=PASSING_METRICS))
if os.environ.get("METRICS_EMPTIED_BY") != str(os.getpid()):
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()
    os.environ |= {"PROMETHEUS_MULTIPROC_DIR": str(folder), "METRICS_EMPTIED_BY": str(os.getpid())}


def keep_stops() -> None:
    """A worker is born with the handlers of its parent, so a stop would be lost until it has its own: it waits."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)


def hear_stops(_: Any = None) -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


pre_exec = post_worker_init = hear_stops


def on_starting(_server: Any) -> None:
    """bin/run lets us load while it prepares the database: listen when it closes its end of the pipe."""
    os.register_at_fork(before=keep_stops, after_in_parent=hear_stops)
    if waits_on := os.environ.pop("WEB_WAITS_ON", ""):
        with open(int(waits_on), "rb") as bin_run:  # noqa: PTH123 - a number, not a path
            bin_run.read()


def pre_fork(server: Any, worker: Any) -> None:
    """A worker takes the lowest place that is free, and counts on in the files of whoever had it before."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(place for place in itertools.count(1) if place not in taken)


def post_fork(_server: Any, worker: Any) -> None:
    from app.core import metrics  # only now: it reads the folder when it is imported

    metrics.count_as(f"web-{worker.place}")


def on_exit(_server: Any) -> None:
    """Only the folder that was made here goes; one that was given stays."""
    if folder.name.startswith(PASSING_METRICS):
        shutil.rmtree(folder, ignore_errors=True)
