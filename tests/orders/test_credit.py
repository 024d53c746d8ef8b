"""What a customer may owe: which orders count, which wait, and what ends the waiting."""

from decimal import Decimal

import pytest

from app.billing.service import crediting, receiving
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.queries.credit import credit_of
from app.orders.service import amending, moving, paying
from app.orders.states import OrderStatus, PaymentMethod
from tests.billing.owing import came_in, invoice_of
from tests.orders.ordering import as_it_is, goods, placed
from tests.orders.standing import arrived, confirmed, sent
from tests.stock.shelving import filled


@pytest.fixture
def loaf(context):
    """£3.90 with VAT."""
    return filled(goods("Sourdough", "3.25"), 100)


def agree(customer, **facts) -> None:
    for name, value in facts.items():
        setattr(customer, name, value)
    db.session.add(customer)
    db.session.commit()


def amended(order: Order, quantity: int) -> Order:
    items = {item.product_id: quantity for item in order.items}
    amending.amend(order.number, Changes(items=items), by=SYSTEM, at=clock.now())
    return as_it_is(order)


@pytest.mark.parametrize(("limit", "hold"), [("19.50", None), ("19.49", "credit")])
def test_exactly_the_limit_fits_and_a_penny_more_waits(cafe, loaf, limit, hold):
    agree(cafe, credit_limit=Decimal(limit))
    assert placed({loaf: 5}, cafe).hold_reason == hold


def test_what_was_sent_counts_on_as_an_invoice_that_is_open(cafe, loaf):
    agree(cafe, credit_limit=Decimal("19.50"))
    first = confirmed(placed({loaf: 5}, cafe))
    sent(first)
    assert as_it_is(first).status == OrderStatus.SHIPPED
    assert placed({loaf: 1}, cafe).hold_reason == "credit"
    arrived(first)
    assert placed({loaf: 1}, cafe).hold_reason == "credit"
    receipt = came_in("19.50", cafe)
    assert placed({loaf: 1}, cafe).hold_reason is None  # what came in counts at once, wherever it goes
    pay(receipt, invoice_of(first), "19.50")
    assert used(cafe) == Decimal("3.90")


def pay(receipt, invoice, amount: str) -> None:
    receiving.allocate(receipt.id, {invoice.number: Decimal(amount)}, by=SYSTEM, on=today())


def used(customer) -> Decimal:
    return credit_of(customer).used


def test_paying_a_part_frees_that_part(cafe, loaf):
    order = confirmed(placed({loaf: 5}, cafe))
    sent(order)
    assert used(cafe) == Decimal("19.50")
    pay(came_in("10.00", cafe), invoice_of(order), "10.00")
    assert used(cafe) == Decimal("9.50")


def test_what_left_in_part_counts_once(cafe, loaf):
    order = confirmed(placed({loaf: 5}, cafe))
    sent(order, {1: 2})
    assert used(cafe) == Decimal("19.50")
    pay(came_in("7.80", cafe), invoice_of(order), "7.80")
    assert used(cafe) == Decimal("11.70")


def test_money_that_has_paid_nothing_yet_comes_on_top_of_the_limit(cafe, loaf):
    agree(cafe, credit_limit=Decimal("19.50"))
    receipt = came_in("3.90", cafe)
    assert (used(cafe), credit_of(cafe).left, credit_of(cafe).share) == (
        Decimal("-3.90"),
        Decimal("23.40"),
        0,
    )
    assert placed({loaf: 6}, cafe).hold_reason is None
    receiving.reverse(receipt.id, reason="Sent back", by=SYSTEM, at=clock.now())
    assert used(cafe) == Decimal("23.40")


def test_a_credit_note_frees_what_it_takes_back(cafe, loaf):
    order = confirmed(placed({loaf: 5}, cafe))
    sent(order)
    pay(came_in("19.50", cafe), invoice_of(order), "19.50")
    crediting.credit(
        invoice_of(order).number, lines={1: 2}, with_delivery=False, reason="Burnt", by=SYSTEM, on=today()
    )
    assert used(cafe) == Decimal("-7.80")


def test_an_order_that_is_paid_in_advance_uses_no_credit_and_neither_does_its_money(cafe, loaf):
    order = placed({loaf: 5}, cafe, payment_method=PaymentMethod.TRANSFER)
    receipt = came_in("19.50", cafe)
    assert used(cafe) == Decimal("-19.50")
    paying.prepay(order.number, receipt.id, Decimal("19.50"), by=SYSTEM, at=clock.now())
    assert used(cafe) == 0
    sent(confirmed(order))
    assert used(cafe) == 0


def test_who_is_confirmed_at_once_waits_over_the_limit_like_anybody(cafe, loaf):
    agree(cafe, credit_limit=Decimal(10), auto_confirm=True)
    order = placed({loaf: 5}, cafe)
    assert (order.status, order.hold_reason) == (OrderStatus.PENDING, "credit")
    assert placed({loaf: 1}, cafe).status == OrderStatus.CONFIRMED


def test_an_order_that_grows_over_the_limit_waits_and_one_that_shrinks_under_it_does_not(cafe, loaf):
    agree(cafe, credit_limit=Decimal("19.50"))
    order = placed({loaf: 5}, cafe)
    assert amended(order, 6).hold_reason == "credit"
    assert amended(order, 5).hold_reason is None


def test_paid_in_advance_it_waits_again_when_it_grows_and_only_then(cafe, loaf):
    order = placed({loaf: 5}, cafe, payment_method=PaymentMethod.TRANSFER)
    assert order.hold_reason == "payment"
    moving.release(order.number, reason="£19.50 came in", by=SYSTEM, at=clock.now())
    assert amended(order, 4).hold_reason is None
    assert amended(order, 5).hold_reason == "payment"
    assert amended(order, 4).hold_reason == "payment"


def test_what_a_person_let_go_over_the_limit_is_held_again_only_when_it_grows(cafe, loaf):
    agree(cafe, credit_limit=Decimal(10))
    order = placed({loaf: 5}, cafe)
    moving.release(order.number, reason="They pay on Friday", by=SYSTEM, at=clock.now())
    assert amended(order, 4).hold_reason is None
    assert amended(order, 5).hold_reason == "credit"
