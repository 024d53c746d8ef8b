"""Orders and invoices to pay by card, in every state: for each address with variable parts, what they may be."""

from app.accounts.queries import people
from app.billing.models import PaymentStatus
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.orders.service import moving
from app.payments.service import starting
from tests.billing.owing import invoice_for
from tests.orders.ordering import goods
from tests.payments.paying import card_order
from tests.stock.shelving import filled

Values = dict[str, str | int]


def payments_in_all_states(code: str) -> dict[str, list[Values]]:
    """Not begun, begun, being confirmed, cancelled; and an invoice."""
    company, rolls = people.customer_called(code), filled(goods("Poppy roll", "1.10"), 500)
    orders = [card_order(company, {rolls: 4}) for _ in range(4)]
    _, begun, unclear, cancelled = orders
    at = clock.now()
    starting.start_for_order(begun.number, by=SYSTEM, at=at)
    unknown = starting.start_for_order(unclear.number, by=SYSTEM, at=at)
    unknown.status = PaymentStatus.UNKNOWN
    db.session.commit()
    moving.cancel(cancelled.number, reason="Changed our minds", by=SYSTEM, at=at)
    return {
        "payments.pay": [{"number": order.number} for order in orders],
        "payments.pay_invoice": [{"number": invoice_for({rolls: 2}, company).number}],
        "payments.paid": [{"payment_id": unknown.id}],
        "payments.back": [{"payment_id": unknown.id}],
    }
