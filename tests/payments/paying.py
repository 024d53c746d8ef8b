"""Card orders in one line, for everybody who tests with one."""

from typing import Any

from app import jobs
from app.accounts.models import Customer
from app.billing.models import Payment
from app.catalogue.models import Product
from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.database import db
from app.orders.models import Order
from app.payments.gateway import CardGateway
from app.payments.parts import ways
from app.payments.queries import payments
from app.payments.service import asking, starting
from tests.orders.ordering import placed
from tests.payments.sandbox import Sandbox


def card_order(cafe: Customer, wanted: dict[Product, int], **terms: Any) -> Order:
    return placed(wanted, cafe, payment_method="card", takes_cards=True, **terms)


def page_for(order: Order, cards: CardGateway, *, by: Viewer = SYSTEM) -> str:
    """Where its buyer is sent to pay."""
    return starting.pay_order(order.number, by=by, cards=cards, ways=ways(), at=clock.now())


def paid(order: Order, sandbox: Sandbox, cards: CardGateway) -> Payment:
    """Somebody approves it, and comes back."""
    sandbox.approve(page_for(order, cards))
    payment = the_payment_of(order)
    asking.ask_for_somebody(payment.id, cards=cards, at=clock.now())
    return the_payment_of(order)


def the_payment_of(order: Order) -> Payment:
    """The newest, as the database has it."""
    db.session.expire_all()
    return payments.payments_of(order.id)[0]


def work() -> None:
    """The worker does all that there is to do."""
    jobs.perform_all()
    db.session.expire_all()


def moved(payment: Payment, sandbox: Sandbox) -> list[tuple[str, int]]:
    """What the gateway's own ledger says of it."""
    return sandbox.ledger(payment.gateway_ref)
