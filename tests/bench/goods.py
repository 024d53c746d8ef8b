"""The catalogue as a buyer sees it, small and large; what search and prices cost at a hundred thousand products."""

import statistics
import time
from datetime import date
from typing import Any

from flask import Flask, template_rendered
from sqlalchemy import text

from app.catalogue.queries.offers import offers
from app.core.database import db
from app.demo import growing
from tests.bench import load, people
from tests.bench.load import Request
from tests.bench.measuring import Bench, Line, asked_in_process
from tests.statements import noted

BUYER = "maya@copperkettle.example"
FEW, MANY = 1_000, 100_000
ROWS, A_ROW = 48, b'<div class="name"><h3>'
MISTYPED = "/catalogue?q=expreso"
AT_ONCE, SEARCHES = 8, 400


def measured(app: Flask, bench: Bench) -> tuple[list[Line], list[str]]:
    """The lines of the table, and sentences to stand under it."""
    signed_in = {"Cookie": people.signed_in(app, BUYER).cookie}
    with app.app_context():
        growing.grow(products=FEW, customers=0)
    lines = bench.measured([_catalogue(FEW, signed_in)])
    with app.app_context():
        growing.grow(products=MANY, customers=0)
    large = [
        _catalogue(MANY, signed_in),
        Line("product page", Request("/products/COF-HSE-1K", signed_in), most=8),
    ]
    lines += bench.measured(large)
    words = [_share_of_rows(app, lines[1]), _mistyped(bench, signed_in), _prices(app)]
    return lines, words


def _catalogue(products: int, signed_in: dict[str, str]) -> Line:
    name = f"catalogue, {ROWS} of {products:,}"
    return Line(name, Request("/catalogue", signed_in), most=15, rows=ROWS, mark=A_ROW)


def _share_of_rows(app: Flask, line: Line) -> str:
    """The rows by themselves beside the whole page, both in this process."""
    shown: list[dict[str, Any]] = []
    with template_rendered.connected_to(lambda _, context, **__: shown.append(context), app):
        asked_in_process(app, line)
    lines = shown[-1]["lines"]
    draw, drawn = app.extensions["goods"]
    with app.test_request_context("/catalogue"):
        afresh, kept = (_least(lambda how=how: [how(line, True) for line in lines]) for how in (draw, drawn))
    client = app.test_client(use_cookies=False)
    whole = _least(lambda: client.get(line.request.path, headers=line.request.headers))
    return (
        f"{ROWS} rows of the catalogue: {kept:.2f} ms of the page's {whole:.2f} ms in one process,"
        f" {afresh:.2f} ms when none was drawn before"
    )


def _least(work: Any) -> float:
    def once() -> float:
        began = time.thread_time()
        work()
        return time.thread_time() - began

    return min(once() for _ in range(60)) * 1000


def _mistyped(bench: Bench, signed_in: dict[str, str]) -> str:
    request = Request(MISTYPED, signed_in)
    load.drive(request, port=bench.ours.port, times=80, clients=AT_ONCE)
    rounds = [load.drive(request, port=bench.ours.port, times=SEARCHES, clients=AT_ONCE) for _ in range(3)]
    middle, slow = (statistics.median(one.percentile(share) for one in rounds) for share in (0.5, 0.99))
    return f"search by a mistyped word in {MANY:,}, {AT_ONCE} at once: p50 {middle:.0f} ms, p99 {slow:.0f} ms (60)"


def _prices(app: Flask) -> str:
    with app.app_context():
        ids = list(db.session.scalars(text("SELECT id FROM product ORDER BY id DESC LIMIT 100")))
        customer = db.session.scalar(text("SELECT id FROM customer WHERE code = 'COPPER-KETTLE'"))
        with noted() as asked:
            offers(ids, customer_id=customer, on=date(2026, 11, 21))
        count = len(asked)
        took = _least(lambda: offers(ids, customer_id=customer, on=date(2026, 11, 21)))
    return f"prices of 100 products: {count} SQL (3), {took:.1f} ms of CPU"
