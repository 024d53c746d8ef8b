"""Placing orders beside the bare statements of it, and the pages about orders, few and many."""

import json
import statistics
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Flask
from sqlalchemy import make_url, text

from app.core import clock
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
EACH = len(ITEMS)
BUYERS = text(
    'SELECT min(email) FROM "user" JOIN customer ON customer.id = customer_id '
    f"WHERE customer.status = 'active' AND NOT po_required AND standing = 'buyer' AND password_hash <> 'x' "
    f"GROUP BY customer_id ORDER BY customer_id LIMIT {AT_ONCE}"
)
SKUS = text(
    "SELECT sku FROM product JOIN stock_item ON product_id = product.id "
    f"WHERE pack_size = 1 AND status = 'active' ORDER BY product.id LIMIT {AT_ONCE * EACH}"
)
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
    return lines, [*words, *_placings(app, bench)]


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
        today.orders_of_the_day(business_day(), clock.now())

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


def _placings(app: Flask, bench: Bench) -> list[str]:
    """As on a busy day, each customer with goods of its own; and at its worst, all after the same."""
    with app.app_context(), db.engine.begin() as connection:
        for statement in (PLENTY, RICH, FAR, FAR_NUMBERS):
            connection.execute(statement)
        buyers, skus = connection.scalars(BUYERS).all(), connection.scalars(SKUS).all()
    each = [_order(app, buyer, skus[place * EACH :][:EACH]) for place, buyer in enumerate(buyers)]
    if len(each) < AT_ONCE or len(skus) < AT_ONCE * EACH:
        raise AssertionError("too few customers or products to place orders side by side")
    one = _order(app, BUYER, ITEMS)
    return [
        _placing(app, bench, f"{AT_ONCE} customers with {EACH} products each", each),
        _placing(app, bench, f"one customer {AT_ONCE} times at once, the same {EACH} products", [one]),
    ]


def _placing(app: Flask, bench: Bench, who: str, requests: list[Request]) -> str:
    """Round by round: ours through HTTP, then the very statements of it alone."""
    recordings = [_statements_of(app, request) for request in requests]
    address = make_url(db_address(app)).set(drivername="postgresql").render_as_string(hide_password=False)
    ratios, rates, slow = [], [], []
    load.drive(*requests, port=bench.ours.port, times=80, clients=AT_ONCE)
    for _ in range(ROUNDS):
        ours = load.drive(*requests, port=bench.ours.port, times=ORDERS, clients=AT_ONCE)
        bare = replay(recordings, address, times=ORDERS, clients=AT_ONCE)
        ratios.append(ours.per_second / bare.per_second)
        rates.append(ours.per_second)
        slow.append(ours.percentile(0.99))
    middle = statistics.median
    return (
        f"placing orders, {who}: {middle(rates):.0f} a second,"
        f" {middle(ratios):.2f} × bare SQL (0.35), p99 {middle(slow):.0f} ms (150),"
        f" {len(recordings[0].steps)} statements"
    )


def db_address(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def _order(app: Flask, buyer: str, skus: Sequence[str]) -> Request:
    headers = people.bearer(app, buyer) | {
        "Content-Type": "application/json",
        "Idempotency-Key": NEVER_THE_SAME,
    }
    body = json.dumps({"items": [{"sku": sku, "quantity": 12} for sku in skus]}).encode()
    return Request("/api/v1/orders", headers, "POST", body, expect=201)


def _statements_of(app: Flask, request: Request) -> Recording:
    """Of the third order: by then everything that is put into words once has been."""
    client = app.test_client(use_cookies=False)
    for _ in range(3):
        key = uuid4().hex
        headers = request.headers | {"Idempotency-Key": key}
        with recorded(key) as found, noted():
            answer = client.post(request.path, data=request.body, headers=headers)
        if answer.status_code != request.expect:
            raise AssertionError(f"{urlsplit(request.path).path} answered {answer.text}")
    found.steps = [step for step in found.steps if not step[0].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    return found
