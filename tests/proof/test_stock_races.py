"""Many at once: no unit is sold twice, no two orders wait in a circle, and the ledger agrees with the shelf."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import in_one_transaction
from app.operations import checks
from app.stock import service
from app.stock.models import MovementKind, StockMovement
from app.stock.queries import changes
from app.stock.shortage import OutOfStock
from tests import factories
from tests.stock.shelving import Line, filled, shelf

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("patient_but_with_one_try")]

REPEATS = 20


def crowd(app: Flask, clients: int, works: Iterable[Callable[[], Any]]) -> list[Any]:
    """So many clients, each on a connection of its own, share the work; what each piece answered or raised."""
    waiting: SimpleQueue[Callable[[], Any]] = SimpleQueue()
    for work in works:
        waiting.put(work)
    ends: list[Any] = []
    start = Barrier(clients)

    def run() -> None:
        with app.app_context():
            db.session.connection()
            start.wait()
            while True:
                try:
                    ends.append(waiting.get_nowait()())
                except Empty:
                    return
                except Exception as error:
                    ends.append(error)

    threads = [Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def unexpected(ends: list[Any], *expected: type[Exception]) -> list[Any]:
    return [end for end in ends if isinstance(end, Exception) and not isinstance(end, expected)]


def the_book_agrees() -> bool:
    db.session.rollback()
    [verdict] = [one for one in checks.run_all() if one.invariant.name == "stock_is_its_ledger"]
    return verdict.holds


def test_of_a_hundred_units_four_hundred_buyers_get_exactly_a_hundred(own_app: Flask) -> None:
    with own_app.app_context():
        for number in range(REPEATS):
            loaf = filled(factories.product(f"Loaf {number}"), 100)
            take = lambda product_id=loaf.id: in_one_transaction(lambda: changes.take(product_id, 1))  # noqa: E731
            ends = crowd(own_app, 64, [take] * 400)
            assert Counter(ends) == {True: 100, False: 300}
            assert shelf(loaf)[:2] == (100, 100)


def test_orders_for_the_same_things_in_any_order_never_wait_in_a_circle(own_app: Flask) -> None:
    """While somebody looks for what runs low, which touches the same rows."""
    chance = random.Random(7)
    with own_app.app_context():
        loaves = [filled(factories.product(f"Loaf {number}"), 300, low_at=200) for number in range(3)]
        orders = [
            [Line(loaf.id, chance.randint(1, 3)) for loaf in chance.sample(loaves, 3)] for _ in range(400)
        ]

        def placed(lines: list[Line]) -> list[Line]:
            service.reserve(lines)
            return lines

        works = [lambda lines=lines: placed(lines) for lines in orders]
        works[::20] = [lambda: service.notice_low(at=clock.now())] * 20
        ends = crowd(own_app, 24, works)
        assert unexpected(ends, OutOfStock) == []
        kept = [end for end in ends if isinstance(end, list)]
        held = Counter()
        for lines in kept:
            held.update(dict(lines))
        assert [shelf(loaf).reserved for loaf in loaves] == [held[loaf.id] for loaf in loaves]
        assert max(held.values()) <= 300
        assert any(isinstance(end, OutOfStock) for end in ends), "some came too late"
        crowd(own_app, 24, [lambda lines=lines: service.release(lines[::-1]) for lines in kept])
        assert [shelf(loaf).reserved for loaf in loaves] == [0, 0, 0]


def test_counts_and_waste_and_sales_at_once_leave_an_exact_ledger(own_app: Flask) -> None:
    chance = random.Random(11)
    with own_app.app_context():
        loaf = filled(factories.product("Loaf"), 200, backorder_limit=1000)
        one = [Line(loaf.id, 1)]
        numbers = [chance.randint(0, 300) for _ in range(60)]
        works: list[Callable[[], Any]] = [
            *[lambda n=n: service.count(loaf.id, n, reason=str(n), by=SYSTEM) for n in numbers],
            *[lambda: service.adjust(loaf.id, -7, reason="waste", by=SYSTEM)] * 60,
            *[lambda: service.receive(loaf.id, 5, by=SYSTEM)] * 60,
            *[lambda: service.reserve(one)] * 120,
        ]
        chance.shuffle(works)
        ends = crowd(own_app, 24, works)
        assert unexpected(ends, Refused) == []
        rows = db.session.scalars(select(StockMovement).order_by(StockMovement.id)).all()
        balance = 0
        for row in rows:
            balance += row.delta
            assert row.balance_after == balance
            assert row.kind != MovementKind.COUNT or row.balance_after == int(row.reason)
        assert shelf(loaf)[:2] == (balance, 120)
        assert len(rows) == 1 + sum(isinstance(end, StockMovement) for end in ends)
        assert the_book_agrees()


def test_first_movements_at_once_make_one_shelf(own_app: Flask) -> None:
    with own_app.app_context():
        for number in range(5):
            loaf = factories.product(f"Loaf {number}")
            receive = lambda product_id=loaf.id: service.receive(product_id, 5, by=SYSTEM)  # noqa: E731
            ends = crowd(own_app, 12, [receive] * 12)
            assert unexpected(ends) == []
            assert shelf(loaf).on_hand == 60
        assert the_book_agrees()
