"""Where the money of an order stands: derived, and called the same wherever it is shown."""

import csv
from datetime import timedelta
from decimal import Decimal

import flask
import pytest

from app.accounts.models import Customer
from app.billing.models import Payment, PaymentStatus, Receipt, Refund, RefundStatus
from app.billing.queries.order_money import order_money
from app.billing.service import crediting, receiving
from app.catalogue.models import Product
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.orders.models import Order
from app.orders.service import moving, paying
from app.orders.words import PAYMENTS
from tests.accounts.program import Program
from tests.billing.owing import came_in, invoice_of
from tests.orders.ordering import placed
from tests.orders.standing import confirmed, sent
from tests.stock.shelving import filled


class Told:
    """Who asks, and what each place says about this order."""

    def __init__(self, order: Order, desk, buyer, program: Program) -> None:
        self.number, self.desk, self.buyer, self.program = order.number, desk, buyer, program

    def everywhere(self) -> set[str]:
        words = set()
        for who, pages, file in (
            (
                self.desk,
                (f"/desk/orders/{self.number}", "/desk/orders?view=all"),
                "/desk/orders.csv?view=all",
            ),
            (self.buyer, (f"/orders/{self.number}", "/orders"), "/orders.csv"),
        ):
            flask.g.pop("_login_user", None)
            words |= {badge_on(who.get(page).text) for page in pages}
            (row,) = csv.DictReader(who.get(file).text.lstrip("\ufeff").splitlines())
            words.add(row["Payment"])
        return words

    def to_programs(self) -> str:
        return self.program.get(f"/orders/{self.number}").get_json()["data"]["payment_state"]

    def filters(self) -> set[str]:
        """Those of the queue that find it."""
        flask.g.pop("_login_user", None)
        queue, row = "/desk/orders?view=all&payment=", f'name="order" value="{self.number}"'
        return {one for one in PAYMENTS if row in self.desk.get(queue + one).text}


def badge_on(page: str) -> str:
    (word,) = {word.word for word in PAYMENTS.values() if f'data-state="{word.key}">{word.word}</' in page}
    return word


@pytest.fixture
def sold(espresso, cafe) -> tuple[Product, Customer]:
    """£22.08 with VAT, and who buys it."""
    return filled(espresso, 100), cafe


@pytest.fixture
def readers(as_user, tom, maya, toms):
    return as_user(tom), as_user(maya), toms


def left(wanted: dict[Product, int], customer: Customer, **terms) -> Order:
    order = placed(wanted, customer, **terms)
    sent(confirmed(order))
    return order


def pay(order: Order, amount: str = "22.08") -> None:
    invoice = invoice_of(order)
    receipt = came_in(amount, db.session.get_one(Customer, order.customer_id))
    receiving.allocate(receipt.id, {invoice.number: Decimal(amount)}, by=SYSTEM, on=today())


def credit(order: Order, quantity: int = 1) -> None:
    lines, number = {1: quantity}, invoice_of(order).number
    crediting.credit(number, lines=lines, with_delivery=False, reason="Burnt", by=SYSTEM, on=today())


def on_account(loaf, cafe):
    return placed({loaf: 1}, cafe)


def due(loaf, cafe):
    return left({loaf: 1}, cafe)


def due_in_part(loaf, cafe):
    order = left({loaf: 1}, cafe)
    pay(order, "10.00")
    return order


def overdue(loaf, cafe):
    with clock.moved(-timedelta(days=40)):
        return left({loaf: 1}, cafe)


def paid(loaf, cafe):
    order = left({loaf: 1}, cafe)
    pay(order)
    return order


def credited_before_it_was_paid(loaf, cafe):
    order = left({loaf: 1}, cafe)
    credit(order)
    return order


def credited_after_its_payment_was_taken_back(loaf, cafe):
    order = paid(loaf, cafe)
    receipt = db.session.query(Receipt).one()
    receiving.take_back(receipt.id, invoice_of(order).number, by=SYSTEM, on=today())
    credit(order)
    return order


def given_back(loaf, cafe):
    order = paid(loaf, cafe)
    credit(order)
    return order


def given_back_in_part(loaf, cafe):
    order = left({loaf: 2}, cafe)
    pay(order, "44.16")
    credit(order)
    return order


def cancelled(loaf, cafe):
    order = placed({loaf: 1}, cafe)
    return moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())


def by_transfer(loaf, cafe):
    return placed({loaf: 1}, cafe, payment_method="transfer")


def paid_in_advance(loaf, cafe):
    order, receipt = by_transfer(loaf, cafe), came_in("22.08", cafe)
    return paying.prepay(order.number, receipt.id, Decimal("22.08"), by=SYSTEM, at=clock.now())


def paid_back_before_it_left(loaf, cafe):
    order = paid_in_advance(loaf, cafe)
    moving.cancel(order.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    back = Refund(customer_id=cafe.id, order_id=order.id, amount=Decimal("22.08"))
    back.status, back.refunded_on = RefundStatus.DONE, today()
    db.session.add(back)
    db.session.commit()
    return order


def authorised(loaf, cafe):
    order = by_transfer(loaf, cafe)
    db.session.add(
        Payment(
            customer_id=cafe.id,
            order_id=order.id,
            amount=order.total,
            authorised=order.total,
            status=PaymentStatus.AUTHORISED,
            currency="GBP",
        )
    )
    db.session.commit()
    return order


def about_to_be_let_go(loaf, cafe):
    order = authorised(loaf, cafe)
    db.session.query(Payment).one().void_asked_at = clock.now()
    db.session.commit()
    assert order_money(order.id, today=today()).authorised == 0
    return order


@pytest.mark.parametrize(
    ("made", "word", "state"),
    [
        (on_account, "On account", "unpaid"),
        (due, "Due", "due"),
        (due_in_part, "Due", "due"),
        (overdue, "Overdue", "overdue"),
        (paid, "Paid", "paid"),
        (credited_before_it_was_paid, "Nothing due", "nothing_due"),
        (credited_after_its_payment_was_taken_back, "Nothing due", "nothing_due"),
        (given_back, "Refunded", "refunded"),
        (given_back_in_part, "Part refunded", "part_refunded"),
        (cancelled, "Nothing due", "nothing_due"),
        (by_transfer, "By transfer", "unpaid"),
        (paid_in_advance, "Paid", "paid"),
        (paid_back_before_it_left, "Refunded", "refunded"),
        (authorised, "Authorised", "authorised"),
        (about_to_be_let_go, "By transfer", "unpaid"),
    ],
)
def test_every_place_says_the_same_of_an_order(made, word, state, sold, readers):
    order = made(*sold)
    db.session.commit()
    told = Told(order, *readers)
    assert told.everywhere() == {word}
    assert told.to_programs() == state
    by_way = {str(order.payment_method)} if state == "unpaid" else {state}
    assert told.filters() == by_way
