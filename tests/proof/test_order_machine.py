"""Orders through any course of events: whatever is done, and whatever is refused, the book agrees after each step."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, event, select

from app.billing.queries.broken import numbers_out_of_order
from app.billing.queries.unbalanced import money_that_does_not_agree
from app.catalogue.totals import Line, line_net, totals
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refusal
from app.core.money import rounded
from app.fulfilment.invariants import INVARIANTS as OF_SHIPMENTS
from app.fulfilment.models import Return, Shipment
from app.fulfilment.service import packing, returning, sending
from app.fulfilment.service.packing import WhenShort
from app.orders.amended import Changes
from app.orders.invariants import INVARIANTS as OF_ORDERS
from app.orders.models import Order
from app.orders.moves import moves_open
from app.orders.service import amending, moving
from app.payments.refunded import RefundTo, Wanted
from app.payments.service import refunding
from app.stock import service as stock
from app.stock.invariants import INVARIANTS as OF_STOCK
from tests import factories
from tests.orders.ordering import able_to_order, goods, placed
from tests.stock.shelving import filled

pytestmark = pytest.mark.proof

RUNS, STEPS, BASKETS = 50, 30, 100_000
PENNY = Decimal("0.01")

VERBS = (
    *("amend", "confirm", "hold", "release", "cancel", "cancel_remainder"),
    *("open_shipment", "close_shipment", "pack", "ship", "deliver", "ask", "decide", "receive"),
    "refund",
)
AHEAD = ("confirm", "open_shipment", "pack", "ship", "deliver", "return")
WEIGHED = (
    *("somebody_does_what_can_be_done",) * 16,
    *("somebody_orders", "somebody_tries_anything", "bread_comes", "bread_is_counted"),
)
NEXT = {"requested": "decide", "approved": "receive"}
EVERYTHING = {
    *("ordering.placed", "amending.amend", "moving.confirm", "moving.hold", "moving.release"),
    *("moving.cancel", "moving.cancel_remainder", "packing.open_shipment", "packing.put_back"),
    *("packing.pack", "sending.ship", "sending.deliver", "sending.deliver_all"),
    *("returning.ask", "returning.decide", "returning.receive", "service.receive", "service.count"),
    "refunding.refund_order",
}

some = st.integers(0, 8)
lines = st.dictionaries(st.integers(1, 3), some, max_size=3)
few = st.dictionaries(st.integers(1, 2), st.integers(0, 2), min_size=1)
one = st.dictionaries(st.just(1), st.integers(0, 1), min_size=1)
done: Counter[str] = Counter()


@cache
def book() -> str:
    """All that the invariants ask, as one question: it is asked a thousand times."""
    asked: list[str] = []

    def note(_connection: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append(psycopg.ClientCursor(cursor.connection).mogrify(statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    for one in (*OF_STOCK, *OF_ORDERS, *OF_SHIPMENTS):
        one.findings()
    numbers_out_of_order()
    money_that_does_not_agree()
    event.remove(Engine, "before_cursor_execute", note)
    return " UNION ALL ".join(f"({statement})" for statement in asked)


class Orders(RuleBasedStateMachine):
    """A baker with three kinds of bread, one of which may be sold before it is there, and one customer."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = db.engine.begin_nested()  # the engine of a test is its one connection
        factories.delivery_method("North round", price_net=Decimal("4.50"), free_over_net=Decimal(60))
        untaxed = factories.tax_class("zero", rate="0.00")
        self.cafe = able_to_order(factories.customer("Copper Kettle Café"), credit_limit=400)
        self.loaves = (
            filled(goods("Sourdough", "3.25"), 20),
            filled(goods("Rye", "0.3333", tax_class_id=untaxed.id), 30, backorder_limit=10),
            filled(goods("Buns", "7.95"), 15),
        )
        factories.price(self.loaves[2], "6.95", min_qty=6)

    def teardown(self) -> None:
        db.session.remove()
        self.savepoint.rollback()

    @initialize(data=st.data())
    def somebody_has_ordered(self, data: st.DataObject) -> None:
        for _ in range(2):
            self.somebody_orders(data)

    @rule(what=st.sampled_from(WEIGHED), data=st.data())
    def something_happens(self, what: str, data: st.DataObject) -> None:
        getattr(self, what)(data)

    def somebody_orders(self, data: st.DataObject) -> None:
        asked = {loaf: data.draw(some) for loaf in self.loaves}
        self.tried(placed, {loaf: quantity for loaf, quantity in asked.items() if quantity}, self.cafe)

    def somebody_does_what_can_be_done(self, data: st.DataObject) -> None:
        orders = db.session.scalars(select(Order).where(Order.status != "cancelled").order_by(Order.id)).all()
        if orders:
            order = data.draw(st.sampled_from(orders))
            moves = [move.name for move in moves_open(order, SYSTEM) if move.name != "note"]
            ahead = [move for move in moves if move in AHEAD] * 6
            asked = (
                select(Return.status).where(Return.order_id == order.id).order_by(Return.id.desc()).limit(1)
            )
            back = [NEXT[status] for status in db.session.scalars(asked) if status in NEXT] * 18
            self.do(data.draw(st.sampled_from([*ahead, *moves, *back])), order, data)

    def somebody_tries_anything(self, data: st.DataObject) -> None:
        orders = db.session.scalars(select(Order).order_by(Order.id)).all()
        if orders:
            self.do(data.draw(st.sampled_from(VERBS)), data.draw(st.sampled_from(orders)), data)

    def bread_comes(self, data: st.DataObject) -> None:
        loaf = data.draw(st.sampled_from(self.loaves))
        self.tried(stock.receive, loaf.id, data.draw(some), by=SYSTEM)

    def bread_is_counted(self, data: st.DataObject) -> None:
        loaf = data.draw(st.sampled_from(self.loaves))
        self.tried(stock.count, loaf.id, data.draw(st.integers(0, 30)), by=SYSTEM)

    @invariant()
    def the_book_agrees(self) -> None:
        db.session.expire_all()
        assert [tuple(row) for row in db.session.connection().exec_driver_sql(book())] == []

    def tried(self, verb: Callable[..., Any], *given: Any, **more: Any) -> None:
        """Done or refused; anything else is a bug."""
        with suppress(Refusal):
            verb(*given, **more)
            done[f"{verb.__module__.rpartition('.')[2]}.{verb.__name__}"] += 1

    def do(self, verb: str, order: Order, data: st.DataObject) -> None:
        getattr(self, {"return": "ask"}.get(verb, verb))(order.number, data)

    def last(self, of: type[Shipment] | type[Return], number: int) -> int:
        found = select(of.id).join(Order, Order.id == of.order_id).where(Order.number == number)
        return db.session.scalar(found.order_by(of.id.desc()).limit(1)) or 0

    def amend(self, number: int, data: st.DataObject) -> None:
        version = db.session.scalar(select(Order.version).where(Order.number == number)) or 0
        items = {loaf.id: data.draw(some) for loaf in self.loaves}
        self.tried(amending.amend, number, Changes(items=items), by=SYSTEM, at=clock.now(), version=version)

    def confirm(self, number: int, _data: st.DataObject) -> None:
        self.tried(moving.confirm, number, by=SYSTEM, at=clock.now())

    def hold(self, number: int, _data: st.DataObject) -> None:
        self.tried(moving.hold, number, reason="Ring them", by=SYSTEM)

    def release(self, number: int, _data: st.DataObject) -> None:
        self.tried(moving.release, number, reason="They paid", by=SYSTEM, at=clock.now())

    def cancel(self, number: int, _data: st.DataObject) -> None:
        self.tried(moving.cancel, number, reason="Wrong day", by=SYSTEM, at=clock.now())

    def cancel_remainder(self, number: int, data: st.DataObject) -> None:
        these = {"lines": data.draw(st.none() | few), "reason": "None left"}
        self.tried(moving.cancel_remainder, number, **these, by=SYSTEM, at=clock.now())

    def open_shipment(self, number: int, data: st.DataObject) -> None:
        these = data.draw(st.none() | lines)  # none is all of it
        self.tried(packing.open_shipment, number, lines=these, by=SYSTEM, at=clock.now())

    def close_shipment(self, number: int, _data: st.DataObject) -> None:
        self.tried(packing.put_back, self.last(Shipment, number), by=SYSTEM, at=clock.now())

    def pack(self, number: int, data: st.DataObject) -> None:
        found = {
            "picked": data.draw(
                st.none() | st.fixed_dictionaries(dict.fromkeys((1, 2, 3), st.integers(0, 4)))
            ),
            "when_short": data.draw(st.sampled_from(WhenShort)),
            "is_missing": data.draw(st.booleans()),
        }
        self.tried(packing.pack, self.last(Shipment, number), **found, by=SYSTEM, at=clock.now())

    def ship(self, number: int, _data: st.DataObject) -> None:
        self.tried(sending.ship, self.last(Shipment, number), by=SYSTEM, at=clock.now())

    def deliver(self, number: int, data: st.DataObject) -> None:
        if data.draw(st.booleans()):
            self.tried(sending.deliver, self.last(Shipment, number), by=SYSTEM, at=clock.now())
        else:
            self.tried(sending.deliver_all, number, by=SYSTEM, at=clock.now())

    def ask(self, number: int, data: st.DataObject) -> None:
        self.tried(returning.ask, number, lines=data.draw(few), reason="Burnt", by=SYSTEM)

    def decide(self, number: int, data: st.DataObject) -> None:
        said = {"is_approved": data.draw(st.booleans()), "decision": "We look at it"}
        self.tried(returning.decide, self.last(Return, number), **said, by=SYSTEM, at=clock.now())

    def refund(self, number: int, data: st.DataObject) -> None:
        lines = data.draw(st.none() | few)
        wanted = Wanted(
            lines=lines, with_delivery=data.draw(st.booleans()), reason="Burnt", to=RefundTo.ACCOUNT
        )
        self.tried(refunding.refund_order, number, wanted, by=SYSTEM, at=clock.now())

    def receive(self, number: int, data: st.DataObject) -> None:
        came = {"received": data.draw(one | few), "restocked": data.draw(st.just({}) | one)}
        self.tried(returning.receive, self.last(Return, number), **came, by=SYSTEM, at=clock.now())


def test_the_book_agrees_after_every_step_of_any_course_of_events(context) -> None:
    course = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,  # the same courses every time: a red test is about the change before it
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    done.clear()
    run_state_machine_as_test(Orders, settings=course)
    assert EVERYTHING - done.keys() == set()


def test_no_penny_is_lost_between_the_lines_and_the_total_of_any_basket() -> None:
    """A hundred thousand of them, each with up to eight lines at up to three rates."""
    chance = Random(20261121)
    rates = [Decimal(rate) for rate in ("0", "0.05", "0.2", "0.175")]
    prices = [Decimal(chance.randint(0, 2_000_000)) / 10_000 for _ in range(500)]
    for _ in range(BASKETS):
        priced = [
            Line(line_net(chance.randint(1, 60), chance.choice(prices)), chance.choice(rates))
            for _ in range(chance.randint(1, 8))
        ]
        found = totals(priced)
        assert found.net == sum(line.net for line in priced) == sum(tax.net for tax in found.taxes)
        assert found.tax == sum(found.line_taxes) == sum(tax.tax for tax in found.taxes)
        assert all(tax.tax == rounded(tax.net * tax.rate) for tax in found.taxes)
        shares = zip(priced, found.line_taxes, strict=True)
        assert all(abs(share - line.net * line.rate) < PENNY for line, share in shares)
