"""Placing orders beside the bare statements of it, and the pages about orders, few and many."""

import json
import statistics
import time
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import make_url, text

from app.core.business import today as business_day
from app.core.database import db
from app.demo import growing
from app.desk.queries import today
from tests.bench import load, people
from tests.bench.load import NEVER_THE_SAME, Request
from tests.bench.measuring import Bench, Line
from tests.bench.replay import Recording, recorded, replay
from tests.statements import noted

BUYER, TOM = "maya@copperkettle.example", "tom@millrace.example"
FEW, MANY = 10_000, 1_000_000
ROWS = 25
AT_ONCE, ORDERS, ROUNDS = 8, 400, 5
ITEMS = ("COF-HSE-1K", "BRD-SDG-800", "MLK-OAT-6")
PLENTY = text("UPDATE stock_item SET backorder_limit = 100000000")
RICH = text("UPDATE customer SET credit_limit = 1000000000")
# Numbers that PostgreSQL gives out are far from any quantity then: the replay can tell them apart.
FAR = text(
    "SELECT setval(pg_get_serial_sequence(format('%I', name), 'id'), 500000000) FROM "
    "unnest(ARRAY['order', 'order_item', 'audit_event', 'outbox_message', 'idempotency_key']) name"
)
FAR_NUMBERS = text("SELECT setval('order_number', 5000000)")


def measured(app: Flask, bench: Bench, *, large: bool) -> tuple[list[Line], list[str]]:
    """The lines of the table, and sentences to stand under it."""
    staff = {"Cookie": people.signed_in(app, TOM).cookie}
    buyer = {"Cookie": people.signed_in(app, BUYER).cookie}
    with app.app_context():
        growing.grow(products=0, customers=0, orders=FEW)
    lines = bench.measured([_own(app, buyer), _queue(FEW, staff)])
    words = [_counts(app, FEW)]
    if large:
        with app.app_context():
            growing.grow(products=0, customers=0, orders=MANY)
        lines += bench.measured([_queue(MANY, staff)])
        words += [_counts(app, MANY), *_searches(app, bench, staff)]
    return lines, [*words, _placing(app, bench)]


def _own(app: Flask, buyer: dict[str, str]) -> Line:
    with app.app_context():
        number = db.session.scalar(
            text(
                'SELECT max(number) FROM "order" JOIN customer ON customer.id = customer_id '
                "WHERE customer.code = 'COPPER-KETTLE' AND \"order\".status = 'delivered'"
            )
        )
    return Line("order page of a buyer", Request(f"/orders/{number}", buyer), most=12)


def _queue(orders: int, staff: dict[str, str]) -> Line:
    name = f"queue, {ROWS} of {orders:,}"
    return Line(name, Request("/desk/orders?view=all", staff), most=15, rows=ROWS)


def _counts(app: Flask, orders: int) -> str:
    """What PostgreSQL needs for the desk's own page."""

    def count() -> None:
        today.today()
        today.orders_of_the_day(business_day())

    with app.app_context():
        count()
        took = statistics.median(_seconds(count) for _ in range(9)) * 1000
    return f"counts of the desk at {orders:,} orders: {took:.0f} ms (50)"


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _searches(app: Flask, bench: Bench, staff: dict[str, str]) -> list[str]:
    with app.app_context():
        reference = db.session.scalar(
            text("SELECT po_number FROM \"order\" WHERE po_number <> '' ORDER BY id DESC LIMIT 1")
        )
    found = []
    for what, sought in (("reference", reference), ("SKU", ITEMS[0])):
        request = Request(f"/desk/orders?view=all&q={sought}", staff)
        load.drive(request, port=bench.ours.port, times=40, clients=2)
        slow = load.drive(request, port=bench.ours.port, times=200, clients=2).percentile(0.99)
        found.append(f"queue by {what} in {MANY:,}: p99 {slow:.0f} ms (80)")
    return found


def _placing(app: Flask, bench: Bench) -> str:
    """Round by round: ours through HTTP, then the very statements of it alone."""
    with app.app_context(), db.engine.begin() as connection:
        for statement in (PLENTY, RICH, FAR, FAR_NUMBERS):
            connection.execute(statement)
    request = _order(app)
    recording, key = _statements_of(app, request)
    address = make_url(db_address(app)).set(drivername="postgresql").render_as_string(hide_password=False)
    ratios, rates, slow = [], [], []
    load.drive(request, port=bench.ours.port, times=80, clients=AT_ONCE)
    for _ in range(ROUNDS):
        ours = load.drive(request, port=bench.ours.port, times=ORDERS, clients=AT_ONCE)
        bare = replay(recording, address, keys={key}, times=ORDERS, clients=AT_ONCE)
        ratios.append(ours.per_second / bare.per_second)
        rates.append(ours.per_second)
        slow.append(ours.percentile(0.99))
    middle = statistics.median
    return (
        f"placing an order of {len(ITEMS)} items, {AT_ONCE} at once: {middle(rates):.0f} a second,"
        f" {middle(ratios):.2f} × bare SQL (0.35), p99 {middle(slow):.0f} ms (150),"
        f" {len(recording.steps)} statements"
    )


def db_address(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def _order(app: Flask) -> Request:
    headers = people.bearer(app, BUYER) | {
        "Content-Type": "application/json",
        "Idempotency-Key": NEVER_THE_SAME,
    }
    body = json.dumps({"items": [{"sku": sku, "quantity": 12} for sku in ITEMS]}).encode()
    return Request("/api/v1/orders", headers, "POST", body, expect=201)


def _statements_of(app: Flask, request: Request) -> tuple[Recording, str]:
    """Of the third order: by then everything that is put into words once has been."""
    client = app.test_client(use_cookies=False)
    for key in ("recorded-order-key-1", "recorded-order-key-2", "recorded-order-key-3"):
        headers = request.headers | {"Idempotency-Key": key}
        with recorded() as found, noted():
            answer = client.post(request.path, data=request.body, headers=headers)
        if answer.status_code != request.expect:
            raise AssertionError(f"{urlsplit(request.path).path} answered {answer.text}")
    found.steps = [step for step in found.steps if not step[0].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    return found, key
