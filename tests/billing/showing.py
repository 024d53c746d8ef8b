"""Invoices in every state, a credit note, and receipts: for each address with variable parts, what they may be."""

from decimal import Decimal

from app.accounts.models import Customer
from app.accounts.queries import people
from app.billing.jobs import NO_END
from app.billing.models import Invoice, InvoicePaper
from app.billing.service import crediting, receiving
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.orders.service import paying
from app.orders.states import PaymentMethod
from tests import factories
from tests.billing.owing import came_in, invoice_for
from tests.orders.ordering import goods, placed
from tests.stock.shelving import filled

Values = dict[str, str | int]


def invoices_in_all_states(code: str) -> dict[str, list[Values]]:
    """Open, its PDF being made; paid in part by a transfer, without a PDF; credited, with its note; credit."""
    company = people.customer_called(code)
    tarts = filled(goods("Lemon tart", "2.95", unit_label="box of 6"), 500)
    is_open, part_paid, credited = (invoice_for({tarts: 6}, company) for _ in range(3))
    factories.saved(InvoicePaper(invoice_id=is_open.id))
    factories.saved(InvoicePaper(invoice_id=part_paid.id, problem=NO_END))
    money = came_in("5.00", company, "CK 118")
    receiving.allocate(money.id, {part_paid.number: Decimal("5.00")}, by=SYSTEM, on=today())
    note = crediting.credit(
        credited.number, lines={1: 6}, with_delivery=False, reason="Wrong tarts", by=SYSTEM, on=today()
    )
    unused = _credit_left(invoice_for({tarts: 1}, company))
    left: Values = {"source": "credit", "row_id": unused.id}
    every = [_of(one) for one in (is_open, part_paid, credited, note, unused)]
    return {
        "billing.invoice": every,
        "money.invoice": every,
        "desk.use_money": [left],
        "desk.pay_back_money": [left],
    }


def _credit_left(invoice: Invoice) -> Invoice:
    """All of it was paid before it was credited."""
    receipt = came_in(str(invoice.total), db.session.get_one(Customer, invoice.customer_id))
    receiving.allocate(receipt.id, {invoice.number: invoice.total}, by=SYSTEM, on=today())
    return crediting.credit(
        invoice.number, lines={1: 1}, with_delivery=False, reason="Broken", by=SYSTEM, on=today()
    )


def _of(invoice: Invoice) -> Values:
    return {"number": invoice.number}


def receipts_in_all_states(code: str) -> dict[str, list[Values]]:
    """To allocate, with an invoice and an order by transfer that wait for it; used; and reversed."""
    company = people.customer_called(code)
    pies = filled(goods("Apple pie", "4.20"), 500)
    invoice, (left, used, gone) = (
        invoice_for({pies: 3}, company),
        (came_in("40.00", company) for _ in range(3)),
    )
    waiting = placed({pies: 2}, company, payment_method=PaymentMethod.TRANSFER)
    receiving.allocate(used.id, {invoice.number: Decimal("4.00")}, by=SYSTEM, on=today())
    paying.prepay(waiting.number, used.id, Decimal("1.00"), by=SYSTEM, at=clock.now())
    receiving.reverse(gone.id, reason="Entered twice", by=SYSTEM, at=clock.now())
    mine = {"receipt_id": used.id}
    return {
        "desk.receipt": [{"receipt_id": one.id} for one in (left, used, gone)],
        "desk.reverse_receipt": [{"receipt_id": left.id}],
        "desk.take_back_receipt": [mine | {"paid": paid} for paid in (invoice.number, waiting.number)],
    }
