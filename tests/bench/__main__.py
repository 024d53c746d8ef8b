"""python -m tests.bench: starts everything, measures, prints the table."""

import os
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from app import create_app
from app.core.database import db
from app.local.embedded import Servers, servers
from tests.bench import load, people, processes
from tests.bench.load import Request
from tests.bench.people import SignedIn

# As many clients as web processes: what a page costs, not what threads of one process cost each other.
ROUNDS, TIMES, CLIENTS = 5, 400, 2
SECRET_KEY = "bench-only-0123456789-abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class Line:
    """One page under load, round by round beside hello."""

    name: str
    request: Request
    most: float | None = None
    queries: int = 0
    cpu: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    middle: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    wire: int = 0


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pids: list[int]
    seconds: float


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="docket-bench-") as folder, servers(Path(folder)) as found:
        environment = _environment(found, Path(folder))
        os.environ.update(environment | {"LOG_LEVEL": "WARNING"})
        app = create_app()
        app.test_cli_runner().invoke(args=["prepare", "--demo"], catch_exceptions=False)
        people.grow(app)
        owner = people.signed_in(app, "owner@millrace.example")
        lines = _lines(owner, people.bearer(app, "owner@millrace.example"))
        for line in lines:
            line.queries, line.wire = _asked_in_process(app, line.request)
        hello = Line("hello (bare Flask)", Request("/"))
        with (
            processes.gunicorn("tests.bench.hello:app", environment=environment, path="/") as bare,
            processes.gunicorn("wsgi:app", environment=environment, path="/health/live") as ours,
        ):
            _measure(Server(*bare), Server(*ours), hello, lines, app)
            _print(hello, lines, Server(*ours))


def _environment(found: Servers, folder: Path) -> dict[str, str]:
    metrics = folder / "metrics"
    metrics.mkdir()
    return {
        "DATABASE_URL": found.database_url,
        "REDIS_URL": found.redis_url,
        "SECRET_KEY": SECRET_KEY,
        "APP_ENV": "development",
        "DEMO": "1",
        "FILES_DIR": str(folder / "files"),
        "READS_A_MINUTE": "10000000",
        "WRITES_A_MINUTE": "10000000",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "WEB_CONCURRENCY": "2",
        "LOG_LEVEL": "INFO",
    }


def _lines(owner: SignedIn, bearer: dict[str, str]) -> list[Line]:
    signed_in = {"Cookie": owner.cookie}
    form = signed_in | {"Content-Type": "application/x-www-form-urlencoded"}
    return [
        Line("sign-in page", Request("/login")),
        Line("signed-in home", Request("/desk", signed_in), most=6),
        Line("people list, 25 of 100,000", Request("/admin/users?state=", signed_in), most=10),
        Line("people list, page far in", Request("/admin/users?kind=buyer&sort=-name", signed_in), most=10),
        Line("GET /api/v1/me", Request("/api/v1/me", bearer)),
        Line("signing in", Request("/login", form, "POST", owner.sign_in_form, expect=303)),
    ]


def _asked_in_process(app: Flask, request: Request) -> tuple[int, int]:
    """How many SQL statements the page takes, and its compressed size."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    with app.app_context():
        engine = db.engine
    client = app.test_client(use_cookies=False)
    headers = request.headers | {"Accept-Encoding": "gzip"}

    def ask() -> TestResponse:
        return client.open(request.path, method=request.method, data=request.body, headers=headers)

    ask()
    event.listen(engine, "before_cursor_execute", note)
    answer = ask()
    event.remove(engine, "before_cursor_execute", note)
    return count, len(answer.data)


def _measure(bare: Server, ours: Server, hello: Line, lines: list[Line], app: Flask) -> None:
    for line in lines:
        load.drive(line.request, port=ours.port, times=80, clients=CLIENTS)
    load.drive(hello.request, port=bare.port, times=80, clients=CLIENTS)
    postgres = _postgres(app)
    for _ in range(ROUNDS):
        for line in lines:
            one = _round(hello, bare, [])
            _round(line, ours, postgres)
            line.ratios.append(line.cpu[-1] / one)


def _postgres(app: Flask) -> list[int]:
    with app.app_context():
        return processes.family_of(db.session.scalar(text("SELECT pg_backend_pid()")) or 0)


def _round(line: Line, server: Server, postgres: list[int]) -> float:
    before, before_postgres = (
        processes.precise_cpu_seconds(server.pids),
        processes.precise_cpu_seconds(postgres),
    )
    answered = load.drive(line.request, port=server.port, times=TIMES, clients=CLIENTS)
    milliseconds = (processes.precise_cpu_seconds(server.pids) - before) * 1000 / TIMES
    line.cpu.append(milliseconds)
    line.postgres.append((processes.precise_cpu_seconds(postgres) - before_postgres) * 1000 / TIMES)
    line.rates.append(answered.per_second)
    line.middle.append(answered.percentile(0.5))
    line.slow.append(answered.percentile(0.99))
    return milliseconds


def _print(hello: Line, lines: list[Line], ours: Server) -> None:
    head = ("page", "× hello", "most", "CPU ms", "PG ms", "per s", "p50 ms", "p99 ms", "SQL", "gzip B")
    print("{:<28}{:>8}{:>6}{:>8}{:>7}{:>7}{:>8}{:>8}{:>5}{:>8}".format(*head))
    for line in [hello, *lines]:
        middle = statistics.median
        print(
            f"{line.name:<28}{middle(line.ratios or [1.0]):>8.1f}{line.most or '':>6}{middle(line.cpu):>8.2f}"
            f"{middle(line.postgres):>7.2f}{middle(line.rates):>7.0f}{middle(line.middle):>8.1f}"
            f"{middle(line.slow):>8.1f}{line.queries:>5}{line.wire:>8}"
        )
    memory = max(processes.resident_megabytes(pid) for pid in ours.pids)
    print(f"\nstart to first 200: {ours.seconds:.2f} s   memory per web process: {memory:.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
