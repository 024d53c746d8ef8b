"""One page under load, round by round beside a bare Flask page, so that a noisy machine hurts both alike."""

import statistics
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import text

from app.core.database import db
from tests import statements
from tests.bench import load, processes
from tests.bench.load import Request

# As many clients as web processes: what a page costs, not what threads of one process cost each other.
ROUNDS, TIMES, CLIENTS = 9, 200, 2
HELLO_TIMES = 3 * TIMES


@dataclass(slots=True)
class Line:
    """A page, what it may cost, and what it did in each round."""

    name: str
    request: Request
    most: float | None = None
    rows: int = 0
    mark: bytes = b"data-row>"  # which each row has once
    queries: int = 0
    wire: int = 0
    cpu: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    middle: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pids: list[int]
    seconds: float


@dataclass(slots=True)
class Bench:
    """Our server and the bare one, and the PostgreSQL behind ours."""

    app: Flask
    hello: Line
    bare: Server
    ours: Server
    postgres: list[int] = field(default_factory=list)

    def measured(self, lines: list[Line], *, rounds: int = ROUNDS) -> list[Line]:
        for line in lines:
            line.queries, line.wire = asked_in_process(self.app, line)
            load.drive(line.request, port=self.ours.port, times=80, clients=CLIENTS)
        load.drive(self.hello.request, port=self.bare.port, times=80, clients=CLIENTS)
        with self.app.app_context():  # only now: each process of ours has a backend behind it
            self.postgres = processes.family_of(db.session.scalar(text("SELECT pg_backend_pid()")) or 0)
        for _ in range(rounds):
            for line in lines:
                self._round(self.hello, self.bare, [], HELLO_TIMES)
                self._round(line, self.ours, self.postgres, TIMES)
                line.ratios.append(line.cpu[-1] / self.hello.cpu[-1])
        return lines

    def _round(self, line: Line, server: Server, postgres: list[int], times: int) -> None:
        before = processes.precise_cpu_seconds(server.pids), processes.precise_cpu_seconds(postgres)
        answered = load.drive(line.request, port=server.port, times=times, clients=CLIENTS)
        line.cpu.append((processes.precise_cpu_seconds(server.pids) - before[0]) * 1000 / times)
        line.postgres.append((processes.precise_cpu_seconds(postgres) - before[1]) * 1000 / times)
        line.rates.append(answered.per_second)
        line.middle.append(answered.percentile(0.5))
        line.slow.append(answered.percentile(0.99))

    def memory(self) -> float:
        return max(processes.resident_megabytes(pid) for pid in self.ours.pids)


def asked_in_process(app: Flask, line: Line) -> tuple[int, int]:
    """How many SQL statements the page takes, and its compressed size; it must show what it is measured for."""
    client = app.test_client(use_cookies=False)

    def ask(encoding: str) -> bytes:
        headers = line.request.headers | {"Accept-Encoding": encoding}
        answer = client.open(
            line.request.path, method=line.request.method, data=line.request.body, headers=headers
        )
        if answer.status_code != line.request.expect:
            raise AssertionError(f"{line.name} answered {answer.status_code}")
        return answer.data

    shown = ask("identity").count(line.mark)
    if shown != line.rows:
        raise AssertionError(f"{line.name} shows {shown} rows instead of {line.rows}")
    with statements.noted() as asked:
        size = len(ask("gzip"))
    return len(asked), size


def printed(lines: list[Line]) -> str:
    head = ("page", "× hello", "most", "CPU ms", "PG ms", "per s", "p50 ms", "p99 ms", "SQL", "gzip B")
    table = ["{:<28}{:>8}{:>6}{:>8}{:>7}{:>7}{:>8}{:>8}{:>5}{:>8}".format(*head)]
    middle = statistics.median
    table += [
        f"{line.name:<28}{middle(line.ratios or [1.0]):>8.1f}{line.most or '':>6}{middle(line.cpu):>8.2f}"
        f"{middle(line.postgres):>7.2f}{middle(line.rates):>7.0f}{middle(line.middle):>8.1f}"
        f"{middle(line.slow):>8.1f}{line.queries:>5}{line.wire:>8}"
        for line in lines
    ]
    return "\n".join(table)
