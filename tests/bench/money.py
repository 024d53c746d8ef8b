"""Issuing invoices beside the bare statements of it, statements, aged debt, and an invoice as PDF."""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
from flask import Flask
from sqlalchemy import make_url, select, text

from app.accounts.models import Customer
from app.billing.models import Invoice
from app.billing.queries import debt
from app.billing.queries.invoices import invoice_seen_by
from app.billing.service.papers import content_of
from app.catalogue.models import Product
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.core.typesetting import pdf_of
from app.fulfilment.service import packing
from tests.bench import load, people
from tests.bench.load import Answered, Request
from tests.bench.measuring import Bench, Line
from tests.bench.orders import BUYER, FAR_NUMBERS, RICH, SKUS, db_address
from tests.bench.replay import Recording, once, recorded
from tests.fulfilment.leaving import Leaving, copies, copy
from tests.orders.ordering import placed
from tests.orders.standing import confirmed, opened
from tests.statements import noted

INVOICES, AT_ONCE, EACH = 10_000, 8, 3
SHIPPED, ROUNDS = 200, 5
LINES = 50
WANDA = "wanda@millrace.example"
CUSTOMERS = text(
    "SELECT customer.id FROM customer JOIN address ON customer_id = customer.id AND is_default_shipping "
    f"WHERE status = 'active' AND payment_terms <> 'prepay' AND NOT po_required ORDER BY customer.id LIMIT {AT_ONCE}"
)
OLD = text("""
    SELECT id FROM "order" WHERE status = 'delivered' AND shipments_sent = 1 AND customer_id = (
      SELECT customer_id FROM "user" WHERE email = :buyer) ORDER BY id DESC LIMIT 1
""")
BALANCES = text("""
    INSERT INTO invoice_balance (invoice_id, customer_id, due_on, total, open)
    SELECT id, customer_id, due_on, total, CASE serial % 10 WHEN 0 THEN total ELSE 0 END FROM invoice
    WHERE NOT EXISTS (SELECT FROM invoice_balance WHERE invoice_id = invoice.id)
""")
# Numbers that PostgreSQL gives out are far from any quantity then: the replay can tell them apart.
FAR = text(
    "SELECT setval(pg_get_serial_sequence(format('%I', name), 'id'), 700000000) FROM unnest(ARRAY['order', "
    "'order_item', 'shipment', 'audit_event', 'outbox_message', 'idempotency_key', 'invoice', 'invoice_line']) name"
)
ON_THE_SHELF = text("UPDATE stock_item SET on_hand = on_hand + 1000")
FAR_SERIALS = text("UPDATE number_series SET last = 5000000")
ROW, KEY = b"<tr", "Idempotency-Key"
NEW = {
    "order_id": "another.order_id",
    "shipment_id": "(SELECT id FROM shipment WHERE shipment.order_id = another.order_id)",
    "series": "'BENCH'",
    "serial": "another.place",
    "number": "'BENCH-' || another.place",
    "issued_on": "current_date - another.place % 900",
    "due_on": "current_date - another.place % 900 + 30",
}


def measured(app: Flask, bench: Bench) -> tuple[list[Line], list[str]]:
    """After the orders: whatever these have grown to is what is owed here."""
    words = [_aged(app), _pdf(app)]
    with app.app_context():
        _grow_invoices()
    page = Request("/statement", {"Cookie": people.signed_in(app, BUYER).cookie})
    rows = app.test_client(use_cookies=False).get(page.path, headers=page.headers).data.count(ROW)
    statement = Line(f"statement, {INVOICES:,} invoices", page, most=15, rows=rows, mark=ROW)
    return bench.measured([statement]), [*words, _issuing(app, bench)]


def _grow_invoices() -> None:
    """One customer has so many, over three years, and owes a tenth of them."""
    order_id = db.session.scalar(OLD, {"buyer": BUYER})
    copies(order_id, INVOICES, also=lambda: copy(Invoice.__table__, order_id, **NEW))
    db.session.execute(BALANCES)
    db.session.commit()
    db.session.execute(text("ANALYZE invoice, invoice_balance"))


def _aged(app: Flask) -> str:
    """What PostgreSQL needs for the whole list and its sums."""

    def look() -> None:
        debt.debts_listed(today(), sort="overdue", descending=True)
        debt.all_debt(today())

    with app.app_context():
        count = db.session.scalar(text("SELECT count(*) FROM invoice")) or 0
        look()
        took = statistics.median(_seconds(look, time.perf_counter) for _ in range(9)) * 1000
    return f"aged debt over {count:,} invoices: {took:.0f} ms (300)"


def _pdf(app: Flask) -> str:
    with app.app_context():
        number = db.session.scalar(select(Invoice.number).order_by(Invoice.id.desc()).limit(1)) or ""
        content = content_of(invoice_seen_by(SYSTEM, number))
    lines = content.values["lines"]
    values = content.values | {"lines": (list(lines) * LINES)[:LINES]}

    def make() -> None:
        pdf_of("invoice", values, at=content.at)

    make()
    took = statistics.median(_seconds(make, time.process_time) for _ in range(9)) * 1000
    return f"invoice of {LINES} lines as PDF: {took:.0f} ms of CPU (60)"


def _seconds(work: Callable[[], Any], watch: Callable[[], float]) -> float:
    began = watch()
    work()
    return watch() - began


def _issuing(app: Flask, bench: Bench) -> str:
    """Round by round: shipments leave through HTTP, then the very statements of it for as many others."""
    with app.app_context():
        everything = _ready_to_leave()
    headers = people.bearer(app, WANDA) | {"Content-Type": "application/json"}
    recordings = [[_statements_of(app, _ship(one, headers)) for one in mine[:3]][2] for mine in everything]
    ratios, rates, slow = [], [], []
    for first in range(3, 3 + ROUNDS * 2 * SHIPPED, 2 * SHIPPED):
        ours, bare = [], []
        for mine, recording in zip(everything, recordings, strict=True):
            requests = [_ship(one, headers) for one in mine[first:][:SHIPPED]]
            ours.append(partial(_ask, bench.ours.port, requests))
            bare.append(
                partial(_replay, _address(app), recording, mine[2], mine[first + SHIPPED :][:SHIPPED])
            )
        shipped, replayed = _side_by_side(ours), _side_by_side(bare)
        ratios.append(shipped.per_second / replayed.per_second)
        rates.append(shipped.per_second)
        slow.append(shipped.percentile(0.99))
    middle = statistics.median
    return (
        f"issuing invoices, {AT_ONCE} customers with {EACH} products each: {middle(rates):.0f} a second,"
        f" {middle(ratios):.2f} × bare SQL (0.35), p99 {middle(slow):.0f} ms, {len(recordings[0].steps)} statements"
    )


def _ready_to_leave() -> list[list[Leaving]]:
    """For each customer goods of its own, packed."""
    for statement in (ON_THE_SHELF, RICH, FAR, FAR_NUMBERS, FAR_SERIALS):
        db.session.execute(statement)
    db.session.commit()
    skus = db.session.scalars(SKUS).all()
    found = []
    for place, customer_id in enumerate(db.session.scalars(CUSTOMERS).all()):
        mine = select(Product).where(Product.sku.in_(skus[place * EACH :][:EACH]))
        wanted = dict.fromkeys(db.session.scalars(mine), 12)
        order = confirmed(placed(wanted, db.session.get_one(Customer, customer_id)))
        packing.pack(opened(order).id, by=SYSTEM, at=clock.now())
        found.append(copies(order.id, 3 + ROUNDS * 2 * SHIPPED))
    return found


def _ship(one: Leaving, headers: dict[str, str]) -> Request:
    once_only = {KEY: uuid4().hex}
    return Request(f"/api/v1/shipments/{one.shipment_id}/ship", headers | once_only, "POST", b"{}")


def _statements_of(app: Flask, request: Request) -> Recording:
    client = app.test_client(use_cookies=False)
    with recorded(request.headers[KEY]) as found, noted():
        answer = client.post(request.path, data=request.body, headers=request.headers)
    if answer.status_code != request.expect:
        raise AssertionError(f"{request.path} answered {answer.text}")
    found.steps = [step for step in found.steps if not step[0].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    return found


def _address(app: Flask) -> str:
    return make_url(db_address(app)).set(drivername="postgresql").render_as_string(hide_password=False)


def _ask(port: int, requests: Sequence[Request], took: list[float]) -> None:
    connection = load.Connection(port)
    for request in requests:
        began = time.perf_counter()
        status, _ = connection.ask(request.wire(port))
        took.append(time.perf_counter() - began)
        if status != request.expect:
            raise AssertionError(f"{request.path} answered {status}")


def _replay(
    address: str, recording: Recording, was: Leaving, others: Sequence[Leaving], took: list[float]
) -> None:
    with psycopg.connect(address, autocommit=True, prepare_threshold=0) as connection:
        for one in others:
            began = time.perf_counter()
            once(connection, recording, {recording.key: uuid4().hex} | _instead(was, one))
            took.append(time.perf_counter() - began)


def _instead(was: Leaving, now: Leaving) -> dict[Any, Any]:
    pairs = [*zip(was[:3], now[:3], strict=True), *zip(was.items, now.items, strict=True)]
    return dict(pairs) | {str(before): str(after) for before, after in pairs}


def _side_by_side(works: Sequence[Callable[[list[float]], None]]) -> Answered:
    answered = Answered()
    each: list[list[float]] = [[] for _ in works]
    threads = [threading.Thread(target=work, args=[mine]) for work, mine in zip(works, each, strict=True)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered.wall = time.perf_counter() - began
    answered.seconds = [seconds for mine in each for seconds in mine]
    if len(answered.seconds) < len(works) * SHIPPED:
        raise AssertionError("somebody gave up")
    return answered
