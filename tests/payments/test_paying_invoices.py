"""Invoices paid by card: taken at once, put to the invoice it was for, then to the oldest due."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.billing.models import Invoice, InvoiceBalance, PaymentStatus
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.orders.service import moving
from app.payments.parts import ways
from app.payments.queries import payments
from app.payments.service import asking, starting
from tests.fulfilment.moving_goods import sent
from tests.orders.ordering import able_to_order, goods, placed
from tests.shop.ordering import words
from tests.stock.shelving import filled


@pytest.fixture
def cafe(copper_kettle, context):
    return able_to_order(copper_kettle)


@pytest.fixture
def invoices(cafe, cards):
    """Of £12 and £24, on account."""
    loaf = filled(goods("Sourdough", "10.00"), 90)
    for quantity in (1, 2):
        order = placed({loaf: quantity}, cafe)
        moving.confirm(order.number, by=SYSTEM, at=clock.now())
        sent(order)
    return db.session.query(Invoice).order_by(Invoice.id).all()


def pay(number, cards, sandbox, *, is_all=False):
    found = {"by": SYSTEM, "cards": cards, "ways": ways(), "at": clock.now()}
    back = sandbox.approve(starting.pay_invoice(number, is_all=is_all, **found))
    payment_id = int(back.split("/")[-2])
    asking.ask_for_somebody(payment_id, cards=cards, at=clock.now())
    db.session.expire_all()
    return payments.payment(payment_id)


def still_open():
    db.session.expire_all()
    return [one.open for one in db.session.query(InvoiceBalance).order_by(InvoiceBalance.invoice_id)]


def test_it_is_taken_at_once_and_pays_that_invoice(invoices, cards, sandbox):
    payment = pay(invoices[1].number, cards, sandbox)
    assert (payment.status, payment.captured, payment.unused) == (PaymentStatus.CAPTURED, 24, 0)
    assert still_open() == [12, 0]


def test_all_that_is_due_pays_the_oldest_first(invoices, cards, sandbox):
    with clock.moved(timedelta(days=40)):
        assert pay(invoices[0].number, cards, sandbox, is_all=True).captured == 36
    assert still_open() == [0, 0]


def test_what_is_due_is_what_is_due_on_the_day_somebody_pays(invoices):
    later = clock.now() + timedelta(days=40)
    assert starting.start_for_invoice(invoices[0].number, is_all=True, by=SYSTEM, at=later).amount == 36


def test_what_was_paid_meanwhile_leaves_money_of_the_customers(invoices, cards, sandbox):
    page = {"by": SYSTEM, "cards": cards, "ways": ways(), "at": clock.now()}
    both = [starting.pay_invoice(invoices[0].number, is_all=False, **page) for _ in range(2)]
    assert both[0] == both[1]
    with clock.moved(timedelta(days=40)):
        pay(invoices[0].number, cards, sandbox, is_all=True)
    sandbox.approve(both[0])
    first = payments.open_payment_for(invoices[0].customer_id, invoices[0].id)
    asking.ask(first.id, cards=cards, at=clock.now())
    db.session.expire_all()
    assert (still_open(), payments.payment(first.id).unused) == ([0, 0], Decimal(12))


def test_a_buyer_pays_an_invoice_in_the_browser(as_user, maya, invoices, sandbox):
    mayas, number = as_user(maya), invoices[0].number
    assert "Pay £12.00 by card" in words(mayas.get(f"/invoices/{number}/pay"))
    page = mayas.submit(f"/invoices/{number}/pay")
    done = mayas.get(sandbox.approve(page.location).removeprefix("http://localhost"))
    assert done.location == f"/invoices/{number}"
    assert "Nothing of this invoice is left to pay" in words(mayas.get(f"/invoices/{number}/pay"))


def test_somebody_elses_invoice_does_not_exist(as_user, ben, invoices):
    assert as_user(ben).get(f"/invoices/{invoices[0].number}/pay").status_code == 404
