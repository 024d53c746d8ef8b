"""The web process: read by `gunicorn wsgi:app`, here and on a host that sets PORT."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

PASSING_METRICS = "docket-metrics-"

port = os.environ.get("PORT", "")
host = os.environ.get("WEB_HOST") or ("0.0.0.0" if port else "127.0.0.1")  # noqa: S104 - a host that sets PORT reaches us from outside
bind = f"[{host}]:{port or 8000}" if ":" in host else f"{host}:{port or 8000}"
backlog = 128

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
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
    worker_tmp_dir = "/dev/shm"  # noqa: S108

# The processes' metrics: set before the application loads, and emptied once per start, not per reload.
metrics = Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix=PASSING_METRICS))
if os.environ.get("METRICS_EMPTIED_BY") != str(os.getpid()):
    metrics.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in metrics.glob("*.db"):
        left.unlink()
    os.environ |= {"PROMETHEUS_MULTIPROC_DIR": str(metrics), "METRICS_EMPTIED_BY": str(os.getpid())}


def on_starting(_server: Any) -> None:
    """bin/run lets us load while it prepares the database: listen when it closes its end of the pipe."""
    if waits_on := os.environ.pop("WEB_WAITS_ON", ""):
        with open(int(waits_on), "rb") as bin_run:  # noqa: PTH123 - a number, not a path
            bin_run.read()


def child_exit(_server: Any, worker: Any) -> None:
    """A gauge of a worker that ended must not be added up for ever."""
    from prometheus_client import multiprocess  # only now: it reads the folder when it is imported

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # it has no types


def on_exit(_server: Any) -> None:
    """Only the folder that was made here goes; one that was given stays."""
    if metrics.name.startswith(PASSING_METRICS):
        shutil.rmtree(metrics, ignore_errors=True)
