"""What the worker does about card payments: it asks the gateway, and tells the desk what needs a hand."""

from app.accounts.queries import people
from app.core import clock
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.core.resilience import Away
from app.payments.gateway import CardGateway, Declined, Unknown
from app.payments.parts import NOT_TAKEN, ways
from app.payments.service import asking, carrying_out, expiring, fitting
from app.web.mails import address_of, compose
from app.web.parts import gateways


def cards() -> CardGateway:
    """Where they are switched off, whatever is to be asked waits until they are on again."""
    found = gateways().cards
    if found is None:
        raise Away(NOT_TAKEN)
    return found


def operate(message: OutboxMessage) -> None:
    """A no is noted where people see it; what nobody knows is asked again by the reconciler, under its key."""
    try:
        carrying_out.carry_out(message.payload["operation_id"], cards=cards(), ways=ways(), at=clock.now())
    except (Declined, Unknown):
        return


def ask(message: OutboxMessage) -> None:
    """The gateway has called: what it says now counts, not what it said then."""
    asking.ask(message.payload["payment_id"], cards=cards(), at=clock.now(), ref=message.payload.get("ref"))


def settle_order(message: OutboxMessage) -> None:
    fitting.settle_order(message.payload["order_id"], at=clock.now())


def reconcile(message: OutboxMessage) -> None:
    found = gateways().cards
    if found is not None:
        asking.reconcile(cards=found, at=clock.now())


def expire(message: OutboxMessage) -> None:
    expiring.expire_all(cards=gateways().cards, at=clock.now())


def mail_problem(message: OutboxMessage) -> Mail | None:
    desk = people.mailbox_of_the_desk()
    if desk is None:
        return None
    told = message.payload
    link = address_of("desk.order", number=told["order"]) if told["order"] else address_of("desk.today")
    return compose("payments/problem", to=desk, message=message, told=told, link=link)
