"""Orders paid before they leave: what comes in lets them go on, and what is taken back stops them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.billing.models import Payment, PaymentStatus
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, NotFound, Refused
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.service import amending, moving, paying, using_receipts
from app.orders.states import OrderStatus, PaymentMethod
from tests import factories
from tests.billing.owing import came_in, invoice_of, still_open, unused
from tests.orders.ordering import able_to_order, as_it_is, goods, placed
from tests.orders.standing import confirmed, opened, sent
from tests.stock.shelving import filled


@pytest.fixture
def loaf(context):
    """£3.90 with VAT."""
    return filled(goods("Sourdough", "3.25"), 100)


@pytest.fixture
def order(cafe, loaf) -> Order:
    """£19.50, which waits for the transfer."""
    return placed({loaf: 5}, cafe, payment_method=PaymentMethod.TRANSFER)


def prepaid(order: Order, receipt, amount: str) -> Order:
    paying.prepay(order.number, receipt.id, Decimal(amount), by=SYSTEM, at=clock.now())
    return as_it_is(order)


def took_back(order: Order, receipt) -> Order:
    using_receipts.take_back(receipt.id, str(order.number), by=SYSTEM, at=clock.now())
    return as_it_is(order)


def amended(order: Order, quantity: int) -> Order:
    items = {item.product_id: quantity for item in order.items}
    amending.amend(order.number, Changes(items=items), by=SYSTEM, at=clock.now())
    return as_it_is(order)


def test_it_goes_on_when_the_last_penny_is_in_and_not_before(cafe, order):
    receipt = came_in("30.00", cafe)
    assert prepaid(order, receipt, "19.49").hold_reason == "payment"
    assert prepaid(order, receipt, "0.01").hold_reason is None
    assert (as_it_is(order).status, unused(receipt)) == (OrderStatus.PENDING, Decimal("10.50"))
    with pytest.raises(Refused, match=r"has £0\.00 still to pay"):
        prepaid(order, receipt, "0.01")


def test_it_is_confirmed_at_once_where_this_customers_orders_are(cafe, order):
    cafe.auto_confirm = True
    db.session.add(cafe)
    db.session.commit()
    assert prepaid(order, came_in("19.50", cafe), "19.50").status == OrderStatus.CONFIRMED


def test_what_is_held_by_a_person_stays_held(cafe, order):
    moving.release(order.number, reason="Seen at the bank", by=SYSTEM, at=clock.now())
    moving.hold(order.number, reason="Ring them first", by=SYSTEM)
    assert prepaid(order, came_in("19.50", cafe), "19.50").hold_reason == "staff"


@pytest.mark.parametrize("method", [PaymentMethod.TRANSFER, PaymentMethod.CARD])
def test_what_a_person_held_waits_for_its_money_when_they_let_it_go(cafe, loaf, method):
    order = placed({loaf: 5}, cafe, payment_method=method, takes_cards=True)
    moving.release(order.number, reason="They pay on Friday", by=SYSTEM, at=clock.now())
    assert as_it_is(order).hold_reason is None, "a person may trust them"
    moving.hold(order.number, reason="Ring them first", by=SYSTEM)
    later = clock.now() + timedelta(days=1)
    moving.release(order.number, reason="Rang them", by=SYSTEM, at=later)
    assert as_it_is(order).hold_reason == "payment"
    if method == PaymentMethod.CARD:
        assert as_it_is(order).authorise_by > later


def test_what_is_paid_goes_on_when_a_person_lets_it_go(cafe, order):
    prepaid(order, came_in("19.50", cafe), "19.50")
    moving.hold(order.number, reason="Ring them first", by=SYSTEM)
    moving.release(order.number, reason="Rang them", by=SYSTEM, at=clock.now())
    assert as_it_is(order).hold_reason is None


@pytest.mark.parametrize("amount", ["0", "-1.00", "19.51", "40.00"])
def test_no_more_is_put_to_it_than_it_comes_to(cafe, order, amount):
    receipt = came_in("30.00", cafe)
    with pytest.raises((Refused, Conflict)):
        prepaid(order, receipt, amount)
    assert unused(receipt) == Decimal(30)


def test_others_do_not_pay_it_and_what_is_on_account_is_not_paid_in_advance(cafe, order, loaf, northgate):
    others = came_in("30.00", able_to_order(northgate))
    with pytest.raises(Refused, match="not an order of this customer"):
        prepaid(order, others, "19.50")
    with pytest.raises(Refused, match="does not wait for a transfer"):
        prepaid(placed({loaf: 1}, cafe), came_in("30.00", cafe), "3.90")


def test_what_was_paid_in_advance_pays_the_invoice_when_it_leaves(cafe, order):
    receipt = came_in("19.50", cafe)
    sent(confirmed(prepaid(order, receipt, "19.50")))
    invoice = invoice_of(order)
    assert (still_open(invoice), unused(receipt)) == (0, 0)
    with pytest.raises(Conflict):
        took_back(order, receipt)
    using_receipts.take_back(receipt.id, invoice.number, by=SYSTEM, at=clock.now())
    assert (still_open(invoice), unused(receipt)) == (Decimal("19.50"), Decimal("19.50"))


def test_taken_back_it_waits_again_unless_it_is_being_packed(cafe, order):
    receipt = came_in("19.50", cafe)
    confirmed(prepaid(order, receipt, "19.50"))
    assert took_back(order, receipt).hold_reason == "payment"
    assert unused(receipt) == Decimal("19.50")
    opened(prepaid(order, receipt, "19.50"))
    with pytest.raises(Conflict, match="is being packed"):
        took_back(order, receipt)


def test_cancelled_it_gives_back_all_that_was_paid(cafe, order):
    receipt = came_in("19.50", cafe)
    prepaid(order, receipt, "19.50")
    moving.cancel(order.number, reason="Closed", by=SYSTEM, at=clock.now())
    assert unused(receipt) == Decimal("19.50")


def test_what_it_became_less_by_is_free_and_what_covers_it_lets_it_go_on(cafe, order):
    first, second = came_in("10.00", cafe), came_in("9.50", cafe)
    prepaid(order, first, "10.00")
    assert amended(order, 3).hold_reason == "payment"
    assert prepaid(order, second, "1.70").hold_reason is None
    assert amended(order, 5).hold_reason == "payment"
    assert amended(order, 2).hold_reason is None
    assert (unused(first), unused(second)) == (Decimal("2.20"), Decimal("9.50"))


@pytest.mark.parametrize(
    ("amounts", "hold"),
    [
        ({"status": PaymentStatus.AUTHORISED, "authorised": "19.50"}, None),
        ({"status": PaymentStatus.AUTHORISED, "authorised": "19.49"}, "payment"),
        (
            {"status": PaymentStatus.CAPTURED, "authorised": "19.50", "captured": "19.50", "unused": "19.50"},
            None,
        ),
        ({"status": PaymentStatus.FAILED, "authorised": "19.50"}, "payment"),
        ({"status": PaymentStatus.VOIDED, "authorised": "19.50"}, "payment"),
    ],
)
def test_a_card_that_covers_it_lets_it_go_on(cafe, loaf, amounts, hold):
    order = placed({loaf: 5}, cafe, payment_method=PaymentMethod.TRANSFER)
    order.payment_method = PaymentMethod.CARD
    factories.saved(order)
    money = {name: Decimal(value) for name, value in amounts.items() if name != "status"}
    facts = {"customer_id": cafe.id, "order_id": order.id, "amount": Decimal("19.50"), "currency": "GBP"}
    factories.saved(Payment(**facts, **money, status=amounts["status"]))
    for _ in range(2):
        paying.money_is_in(order.number, by=SYSTEM, at=clock.now())
        assert as_it_is(order).hold_reason == hold


def test_one_receipt_pays_orders_and_invoices_together_or_nothing(cafe, order, loaf):
    on_account = placed({loaf: 10}, cafe)
    sent(confirmed(on_account))
    invoice, receipt = invoice_of(on_account), came_in("58.50", cafe)
    amounts = {str(order.number): Decimal("19.50"), invoice.number: Decimal("39.01")}
    with pytest.raises(Refused):
        using_receipts.allocate(receipt.id, amounts, by=SYSTEM, at=clock.now())
    assert (as_it_is(order).hold_reason, unused(receipt)) == ("payment", Decimal("58.50"))
    amounts[invoice.number] = Decimal("39.00")
    [paid] = using_receipts.allocate(receipt.id, amounts, by=SYSTEM, at=clock.now())
    assert (paid.hold_reason, still_open(invoice), unused(receipt)) == (None, 0, 0)


def test_an_order_that_is_not_there_is_not_found(cafe):
    with pytest.raises(NotFound):
        using_receipts.allocate(came_in("1.00", cafe).id, {"99999": Decimal(1)}, by=SYSTEM, at=clock.now())
