"""Card money under fire: news in every order and many times, a gateway that fails, a process that dies.

Nothing is charged twice, nothing is lost, and the gateway's own ledger agrees with ours.
"""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import jobs
from app.accounts.models import Customer
from app.billing.models import Allocation, Payment, PaymentStatus, Refund
from app.core import clock, outbox
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, Refusal
from app.core.outbox import OutboxMessage
from app.core.transaction import in_one_transaction
from app.operations import checks
from app.orders.models import Order
from app.orders.service import moving
from app.payments.gateway import CardRefund, CardStatus, Declined, GatewayAway, Snapshot, Unknown
from app.payments.parts import ways
from app.payments.service import applying, asking, starting
from app.payments.stripe_gateway import StripeGateway
from tests import factories
from tests.orders.ordering import able_to_order, goods
from tests.payments.paying import card_order
from tests.payments.sandbox import Sandbox, running_sandbox
from tests.proof.test_stock_races import crowd, unexpected
from tests.stock.shelving import filled

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("patient")]

TIMES, CLIENTS, PAYMENTS, DEATHS = 3, 8, 200, 20
AMOUNT = Decimal("12.00")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as found:
        yield found


@pytest.fixture
def house(own_app: Flask, sandbox: Sandbox) -> Iterator[Flask]:
    """It takes cards, with little patience."""
    before = own_app.extensions["gateways"]
    own_app.extensions["gateways"] = replace(before, cards=sandbox.gateway(timeout=1, rest=0.1))
    with own_app.app_context():
        factories.user("Hana Whitlock", role="admin")
        yield own_app


def cards_of(house: Flask) -> StripeGateway:
    return house.extensions["gateways"].cards


def many_orders(count: int) -> list[Order]:
    cafe: Customer = able_to_order(factories.customer("Copper Kettle Café"))
    loaf = filled(goods("Sourdough", "10.00"), count)
    return [card_order(cafe, {loaf: 1}) for _ in range(count)]


def begun(order: Order) -> Payment:
    return starting.start_for_order(order.number, by=SYSTEM, at=clock.now())


def news_of(payment: Payment) -> dict[str, Snapshot]:
    """What the gateway knew at each of four moments."""
    refs = {"payment_ref": f"pi_{payment.id}", "session_ref": f"cs_{payment.id}"}
    waiting = Snapshot(**refs, our_payment_id=payment.id, status=CardStatus.WAITING)
    held = replace(waiting, status=CardStatus.AUTHORISED, authorised=AMOUNT, card="Visa ending 4242")
    taken = replace(held, status=CardStatus.CAPTURED, captured=AMOUNT)
    back = CardRefund(ref=f"re_{payment.id}", our_refund_id=None, amount=Decimal(5), status="done")
    given = replace(taken, refunded=Decimal(5), refunds=(back,))
    return {"created": waiting, "authorised": held, "captured": taken, "refunded": given}


def row_of(payment_id: int) -> dict[str, object]:
    """All that news can change, without the moments."""
    payment = db.session.get_one(Payment, payment_id, populate_existing=True)
    refunds = db.session.execute(
        select(func.count(), func.sum(Refund.amount)).where(Refund.payment_id == payment_id)
    )
    allocated = select(func.sum(Allocation.amount)).where(Allocation.payment_id == payment_id)
    sums = ("status", "amount", "authorised", "captured", "refunded", "unused", "card", "problem")
    return {name: getattr(payment, name) for name in sums} | {
        "refunds": tuple(refunds.one()),
        "allocated": db.session.scalar(allocated),
    }


def test_news_in_every_order_three_times_and_eight_at_once_lead_to_the_same_row(house: Flask) -> None:
    orders = many_orders(24)
    rows = []
    for order, names in zip(
        orders, permutations(("created", "authorised", "captured", "refunded")), strict=True
    ):
        payment = begun(order)
        news = news_of(payment)
        works = [partial(applying.apply_event, news[name], at=clock.now()) for name in names * TIMES]
        assert unexpected(crowd(house, CLIENTS, works)) == []
        db.session.rollback()
        rows.append(row_of(payment.id))
    assert rows == [rows[0]] * 24
    assert (rows[0]["status"], rows[0]["refunds"]) == (PaymentStatus.PART_REFUNDED, (1, Decimal(5)))
    assert_the_book_agrees()


FAULTS = (
    {"kind": "drop", "probability": 0.1, "seed": 1},
    {"kind": "500", "probability": 0.1, "seed": 2},
    {"kind": "429", "probability": 0.05, "seed": 3},
    {"kind": "hang", "probability": 0.01, "seed": 4, "seconds": 2},
)


def test_two_hundred_payments_through_a_failing_gateway_are_neither_doubled_nor_lost(
    house: Flask, sandbox: Sandbox
) -> None:
    orders = many_orders(PAYMENTS)
    for fault in FAULTS:
        sandbox.fault(**fault)
    crowd(house, CLIENTS, [partial(bought, order.number, sandbox, house) for order in orders])
    sandbox.no_faults()
    db.session.rollback()
    be_reconciled(house)
    assert_every_order_was_paid_once(orders, sandbox)
    assert_the_book_agrees()


def bought(number: int, sandbox: Sandbox, house: Flask) -> None:
    """Somebody who tries until they have paid, comes back, and is confirmed."""
    cards = cards_of(house)
    for _ in range(20):
        try:
            page = starting.pay_order(number, by=SYSTEM, cards=cards, ways=ways(), at=clock.now())
            break
        except Conflict:  # nothing is left to pay
            return
        except (Unknown, GatewayAway, Declined, Refusal):
            db.session.rollback()
    back = sandbox.approve(page)
    asking.ask_for_somebody(int(back.split("/")[-2]), cards=cards, at=clock.now())
    try:
        moving.confirm(number, by=SYSTEM, at=clock.now())
    except Refusal:
        db.session.rollback()  # its money is not known yet: the reconciler finds it, and somebody confirms later


SEAMS = (
    *("before open_page", "after open_page", "before look_up", "after look_up"),
    *("before capture", "after capture"),
)


class Deadly:
    """The gateway; but before or after one kind of call the process that makes it is killed."""

    def __init__(self, cards: StripeGateway, seam: str) -> None:
        self.cards, self.seam = cards, seam

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.cards, name)
        if not callable(found):
            return found
        return partial(self._call, name, found)

    def _call(self, name: str, call: Callable[..., Any], *args: Any, **given: Any) -> Any:
        if self.seam == f"before {name}":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = call(*args, **given)
        if self.seam == f"after {name}":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


def killed_at(seam: str, number: int, sandbox: Sandbox, house: Flask) -> None:
    """A process of its own goes the whole way of a card order, and dies on it."""
    db.session.remove()
    child = os.fork()
    if not child:
        db.engine.dispose(close=False)
        gateways = house.extensions["gateways"]
        house.extensions["gateways"] = replace(gateways, cards=Deadly(sandbox.gateway(), seam))
        bought(number, sandbox, house)
        jobs.perform_all()
        os._exit(0)
    _, ending = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ending), f"nothing died at {seam}"


def test_a_process_killed_between_any_two_steps_leaves_one_order_and_one_charge(
    house: Flask, sandbox: Sandbox
) -> None:
    orders = many_orders(DEATHS)
    numbers = [order.number for order in orders]
    for place, number in enumerate(numbers):
        killed_at(SEAMS[place % len(SEAMS)], number, sandbox, house)
        bought(number, sandbox, house)
    in_one_transaction(forget_the_dead)
    be_reconciled(house)
    assert_every_order_was_paid_once(orders, sandbox)
    assert_the_book_agrees()


def forget_the_dead() -> None:
    """As a minute later: what they had taken up is anybody's again."""
    db.session.execute(update(OutboxMessage).values(lease_until=None, lease_holder=None))


def be_reconciled(house: Flask) -> None:
    """Two minutes of calm."""
    for minute in range(1, 6):
        with clock.moved(timedelta(minutes=minute)):
            in_one_transaction(lambda: outbox.promise("payments.reconcile"))
            jobs.perform_all()
            for number in db.session.scalars(
                select(Order.number).where(Order.status == "pending", Order.hold_reason.is_(None))
            ).all():
                moving.confirm(number, by=SYSTEM, at=clock.now())
            jobs.perform_all()


def assert_every_order_was_paid_once(orders: list[Order], sandbox: Sandbox) -> None:
    db.session.expire_all()
    paid = db.session.scalars(select(Payment).where(Payment.status == PaymentStatus.CAPTURED)).all()
    assert sorted(one.order_id for one in paid) == sorted(order.id for order in orders)
    assert {(one.amount, one.captured, one.unused) for one in paid} == {(AMOUNT, AMOUNT, 0)}
    ledger = sandbox.ledger()
    assert [kind for kind, _ in ledger].count("capture") == len(orders)
    assert sum(pence for kind, pence in ledger if kind == "capture") == len(orders) * 1200
    assert [kind for kind, _ in ledger].count("authorise") == len(orders)


def assert_the_book_agrees() -> None:
    db.session.rollback()
    assert [(one.invariant.name, one.findings) for one in checks.run_all() if not one.holds] == []
