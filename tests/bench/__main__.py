"""python -m tests.bench: starts everything, measures, prints the table."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from flask import Flask

from app import create_app
from app.local.embedded import Servers, servers
from tests.bench import goods, money, orders, people, processes, promises
from tests.bench.load import Request
from tests.bench.measuring import TIMES, Bench, Line, Server, printed
from tests.bench.people import SignedIn

FEW, MANY = 100, 100_000
ROWS = 50
OWNER = "owner@millrace.example"
BUYERS = "/admin/users?tab=buyers"
SECRET_KEY = "bench-only-0123456789-abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    as_we_were_called = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="docket-bench-") as folder, servers(Path(folder)) as found:
        environment = _environment(found, Path(folder))
        os.environ.update(environment | {"LOG_LEVEL": "WARNING"})
        app = create_app()
        app.test_cli_runner().invoke(args=["prepare", "--demo"], catch_exceptions=False)
        _measure_pages(app, environment)
        print()
        for kept in promises.measure(environment):
            print(
                f"{kept.what} through the outbox: {kept.per_second:.0f} a second, each {kept.worker_ms:.1f} ms"
                f" of the worker's CPU and {kept.postgres_ms:.1f} ms of PostgreSQL's"
            )
    # By itself: it forks as the worker does, and what was measured so far left threads and connections behind.
    subprocess.run([sys.executable, "-m", "tests.bench.imports"], check=True, env=as_we_were_called)


def _measure_pages(app: Flask, environment: dict[str, str]) -> None:
    owner, hello = people.signed_in(app, OWNER), Line("hello (bare Flask)", Request("/"))
    with (
        processes.gunicorn("tests.bench.hello:app", environment=environment, path="/") as bare,
        processes.gunicorn("tests.bench.deployed:app", environment=environment, path="/health/live") as ours,
    ):
        bench = Bench(app, hello, Server(*bare), Server(*ours))
        people.grow(app, 1, FEW)
        few = bench.measured([_list(f"people, {ROWS} of {FEW}", owner)])
        people.grow(app, FEW + 1, MANY)
        lines = bench.measured(_lines(app, owner))
        memory = bench.memory()
        signing_in = bench.measured([_signing_in(owner)], rounds=3)
        on_sale, of_goods = goods.measured(app, bench)
        ordered, of_orders = orders.measured(app, bench, large="--large" in sys.argv)
        owed, of_money = money.measured(app, bench)
        print(printed([hello, *few, *lines, *on_sale, *ordered, *owed, *signing_in]))
        print("\n" + "\n".join([*of_goods, *of_orders, *of_money]))
        print(f"\nstart to first 200: {bench.ours.seconds:.2f} s")
        print(f"memory per web process: {memory:.0f} MB; after {3 * TIMES} sign-ins {bench.memory():.0f} MB")


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


def _lines(app: Flask, owner: SignedIn) -> list[Line]:
    signed_in = {"Cookie": owner.cookie}
    return [
        Line("sign-in page", Request("/login")),
        Line("signed-in home", Request("/desk", signed_in), most=6),
        _list(f"people, {ROWS} of {MANY:,}", owner),
        _list("people, some pages on", owner, _next_page(app, owner, pages=4)),
        Line("people, one by name", Request(f"{BUYERS}&q=person77777@", signed_in), rows=1),
        Line("GET /api/v1/me", Request("/api/v1/me", people.bearer(app, OWNER))),
    ]


def _list(name: str, owner: SignedIn, path: str = BUYERS) -> Line:
    return Line(name, Request(path, {"Cookie": owner.cookie}), most=10, rows=ROWS)


def _next_page(app: Flask, owner: SignedIn, *, pages: int) -> str:
    path, client = BUYERS, app.test_client(use_cookies=False)
    for _ in range(pages):
        found = re.search(
            r'href="([^"]+)" rel="next"', client.get(path, headers={"Cookie": owner.cookie}).text
        )
        if found is None:
            raise AssertionError(f"{path} has no next page")
        path = found[1].replace("&amp;", "&")
    return path


def _signing_in(owner: SignedIn) -> Line:
    form = {"Cookie": owner.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    return Line("signing in", Request("/login", form, "POST", owner.sign_in_form, expect=303))


if __name__ == "__main__":
    sys.exit(main())
