"""Twenty thousand rows of each kind: how long the verdict, the commit and the undo take, and how much memory."""

import multiprocessing
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.core.access import SYSTEM
from app.core.database import db
from app.core.transaction import in_one_transaction
from app.imports.queries import jobs as queries
from app.imports.service import sending
from app.jobs import perform
from app.local.embedded import servers
from app.stock.queries import changes
from app.worker.connections import call_ourselves

ROWS = 20_000
MOST = {"imports.read": 20, "imports.commit": 20, "imports.undo": 20}
MOST_MEMORY = 300
LONGEST_WAIT = 1
Measured = tuple[str, str, float, float, float]
SECRET_KEY = "bench-only-0123456789-abcdefghijklmnopqrstuvwxyz"
fork = multiprocessing.get_context("fork")


def lines_of(kind: str, version: int) -> Iterator[str]:
    """As an export of a real shop would have them; another version of each says something else."""
    if kind == "products":
        yield "sku,name,category,tax_class,status,barcode,description,unit_label,pack_size,min_qty,max_qty,shelf"
        for n in range(ROWS):
            told = f"A thing that is numbered {n} and described in a whole sentence."
            yield f"BULK-{n},Thing {n} of {version},coffee,standard,active,50{n:08},{told},each,1,1,,A-{n % 99}"
    elif kind == "prices":
        yield "price_list,sku,min_qty,unit_price,valid_from,valid_to"
        yield from (f"base,BULK-{n},1,{version}.{n % 100:02},," for n in range(ROWS))
    elif kind == "stock":
        yield "sku,on_hand,low_at,backorder_limit,back_on"
        yield from (f"BULK-{n},{n % 500 + version},5,0," for n in range(ROWS))
    else:
        address = "address_label,address_line1,address_city,address_postcode"
        yield f"code,name,phone,credit_limit,buyer_email,buyer_name,{address}"
        for n in range(ROWS):
            buyer = f"buyer{n}@bulk.example,Buyer {n}"
            yield f"BULK-{n},Customer {n} of {version},0113 {n},100.00,{buyer},Shop,{n} Weir Lane,Leeds,LS1 4AB"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="docket-bench-") as folder, servers(Path(folder)) as found:
        os.environ.update(
            DATABASE_URL=found.database_url,
            REDIS_URL=found.redis_url,
            SECRET_KEY=SECRET_KEY,
            APP_ENV="development",
            FILES_DIR=f"{folder}/files",
            LOG_LEVEL="WARNING",
        )
        print(f"imports of {ROWS:,} rows")
        for line in measured():
            print(printed(line), flush=True)


def measured() -> Iterator[Measured]:
    """In a fork each, as the worker does it."""
    app = create_app()
    in_a_fork(lambda: app.test_cli_runner().invoke(args=["prepare"], catch_exceptions=False))
    in_a_fork(lambda: _furnish(app))
    for kind in ("products", "prices", "stock", "customers"):
        for version, what in ((1, "new"), (2, "changed")):
            import_id, _, _ = in_a_fork(lambda: _sent(app, kind, version))  # noqa: B023 - run at once
            for topic in MOST:
                if topic != "imports.undo" or version == 2:
                    with buying(app) as waits:
                        _, seconds, megabytes = in_a_fork(lambda: _done(app, topic, import_id))  # noqa: B023 - as above
                    yield f"{kind}, all {what}", topic, seconds, megabytes, max(waits)


@contextmanager
def buying(app: Flask) -> Iterator[list[float]]:
    """Somebody takes one of something, again and again: how long each of them waited."""
    waits, is_over = [0.0], threading.Event()

    def buy() -> None:
        with app.app_context():
            for number in count():
                if is_over.is_set():
                    return
                began = time.perf_counter()
                in_one_transaction(lambda: changes.take(1 + number * 977 % ROWS, 1))  # noqa: B023 - run at once
                waits.append(time.perf_counter() - began)
                time.sleep(0.005)

    buyer = threading.Thread(target=buy)
    buyer.start()
    yield waits
    is_over.set()
    buyer.join()
    with app.app_context():
        db.engine.dispose()


def printed(line: Measured) -> str:
    what, topic, seconds, megabytes, wait = line
    return (
        f"{what:22} {topic:16} {seconds:5.1f} s (at most {MOST[topic]})"
        f" {megabytes:5.0f} MB (at most {MOST_MEMORY}), an order waited {wait:.2f} s (at most {LONGEST_WAIT})"
    )


def in_a_fork(work: Callable[[], Any]) -> Any:
    """What it answered, the seconds it took, and the most memory that it ever held."""
    here, there = fork.Pipe()

    def child() -> None:
        began = time.perf_counter()
        answer = work()
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        there.send((answer if isinstance(answer, int) else 0, seconds, peak))

    process = fork.Process(target=child)
    process.start()
    there.close()
    found = here.recv()
    process.join()
    return found


def _sent(app: Flask, kind: str, version: int) -> int:
    content = "\n".join(lines_of(kind, version)).encode()
    with app.app_context():
        kept = app.extensions["gateways"].files.keep(BytesIO(content), largest=10_000_000)
        return sending.begin(kind=kind, filename=f"{kind}.csv", file=kept.name, by=SYSTEM).id


def _done(app: Flask, topic: str, import_id: int) -> int:
    with app.app_context():
        if topic == "imports.commit":
            sending.commit(import_id, by=SYSTEM)
        if topic == "imports.undo":
            sending.undo(import_id, by=SYSTEM)
        db.session.rollback()
        call_ourselves("docket worker", app)
        worked = perform(topic)
        job = queries.import_seen_by(SYSTEM, import_id)
        wanted = {"imports.read": "read", "imports.commit": "committed", "imports.undo": "undone"}[topic]
        if job.state != wanted:
            raise AssertionError(f"{topic} ended with {job.state}: {job.problem}")
        return worked


def _furnish(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO category (name, slug) VALUES ('Coffee', 'coffee')")
        connection.exec_driver_sql("INSERT INTO tax_class (code, name) VALUES ('standard', 'Standard')")


if __name__ == "__main__":
    sys.exit(main())
