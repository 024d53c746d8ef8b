"""What a kept promise costs: mails and jobs through a real worker tree, from the commit to the last one done."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, TextClause, create_engine, text

from tests.bench.processes import TICKS, free_port

MANY, WARM_UP = 2000, 100
PATIENCE = 120.0
WORKER = ("flask", "--app", "tests.proof.workshop", "worker")  # the workshop knows a job that does nothing
MAIL_SERVER = ("aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l")  # takes everything, keeps nothing

PROMISE_MAILS = text(
    "INSERT INTO outbox_message (topic, payload, user_id, correlation_id)"
    " SELECT 'accounts.mail_password_changed', jsonb_build_object('user_id', id), id, 'bench-' || id"
    """ FROM "user" WHERE kind = 'buyer' AND deleted_at IS NULL ORDER BY id LIMIT :count"""
)
PROMISE_JOBS = text(
    "INSERT INTO outbox_message (topic, payload)"
    " SELECT 'tests.nothing', '{}' FROM generate_series(1, CAST(:count AS int))"
)
NOW = text("SELECT clock_timestamp()")
OPEN = text("SELECT count(*) FROM outbox_message WHERE done_at IS NULL AND dead_at IS NULL")
KEPT = text(
    "SELECT count(*), extract(epoch FROM max(done_at) - :since) FROM outbox_message WHERE done_at > :since"
)
BACKEND = text("SELECT pg_backend_pid()")
AT_WORK = text("SELECT count(*) FROM pulse WHERE at > clock_timestamp() - interval '10 s'")


@dataclass(frozen=True, slots=True)
class Kept:
    """How fast promises of one kind were kept, and the CPU time that each of them took."""

    what: str
    per_second: float
    worker_ms: float
    postgres_ms: float


def measure(environment: Mapping[str, str]) -> list[Kept]:
    """Mails to the people of a large house, then jobs that do nothing."""
    engine = create_engine(environment["DATABASE_URL"], isolation_level="AUTOCOMMIT")
    port = free_port()
    given = {**os.environ, **environment, "SMTP_URL": f"smtp://127.0.0.1:{port}"}
    with (
        _running(*MAIL_SERVER, f"127.0.0.1:{port}"),
        _running(*WORKER, env=given) as worker,
        engine.connect() as asking,
    ):
        _until(lambda: bool(asking.scalar(AT_WORK)))
        _keep(asking, PROMISE_MAILS, WARM_UP)
        mails = _measured("mails", asking, PROMISE_MAILS, worker)
        jobs = _measured("jobs", asking, PROMISE_JOBS, worker)
    engine.dispose()
    return [mails, jobs]


def _measured(what: str, asking: Connection, promise: TextClause, worker: int) -> Kept:
    postgres = int(_facts(asking.scalar(BACKEND))[1])
    before, before_postgres = _cpu_seconds(worker), _cpu_seconds(postgres)
    seconds = _keep(asking, promise, MANY)
    cpu, cpu_postgres = _cpu_seconds(worker) - before, _cpu_seconds(postgres) - before_postgres
    return Kept(what, MANY / seconds, cpu * 1000 / MANY, cpu_postgres * 1000 / MANY)


def _keep(asking: Connection, promise: TextClause, count: int) -> float:
    """Make so many promises and wait for all of them: the seconds until the last one was kept."""
    since = asking.scalar(NOW)
    asking.execute(promise, {"count": count})
    _until(lambda: asking.scalar(OPEN) == 0)
    kept, seconds = asking.execute(KEPT, {"since": since}).one()
    if kept < count:
        raise RuntimeError(f"Only {kept} of {count} promises were kept.")
    return float(seconds)


@contextmanager
def _running(module: str, *words: str, env: Mapping[str, str] | None = None) -> Iterator[int]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "-m", module, *words], env=env, stdout=quiet, stderr=quiet)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _cpu_seconds(pid: int) -> float:
    """Of a process and all below it, with those that have ended."""
    try:
        own = sum(int(ticks) for ticks in _facts(pid)[11:15]) / TICKS
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it ended while we looked, and its parent has its time now
        return 0.0
    return own + sum(_cpu_seconds(int(child)) for child in children)


def _facts(pid: int) -> list[str]:
    """What the kernel says of a process: state, parent, …, and its own and its ended children's time."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"It took longer than {PATIENCE:.0f} s.")
        time.sleep(0.05)
