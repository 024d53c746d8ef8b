"""Mails about orders: each tells what was true when it was promised."""

from app.accounts.queries import people
from app.billing.jobs import mail_of
from app.billing.queries.invoices import invoice_email_of
from app.core.access import SYSTEM
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.orders.mailed import Mailed, MailedNote
from app.orders.queries.mailboxes import mailbox_of
from app.orders.queries.orders import order_with_id
from app.web.mails import address_of, compose


def mail_received(message: OutboxMessage) -> Mail | None:
    return _to_buyer("orders/received", message)


def mail_confirmed(message: OutboxMessage) -> Mail | None:
    return _to_buyer("orders/confirmed", message)


def mail_changed(message: OutboxMessage) -> Mail | None:
    return _to_buyer("orders/changed", message)


def mail_cancelled(message: OutboxMessage) -> Mail | None:
    return _to_buyer("orders/cancelled", message)


def mail_expired(message: OutboxMessage) -> Mail | None:
    return _to_buyer("orders/expired", message)


def mail_received_at_desk(message: OutboxMessage) -> Mail | None:
    return _to_desk("orders/received_at_desk", message, _told(message))


def mail_note_at_desk(message: OutboxMessage) -> Mail | None:
    return _to_desk("orders/note_at_desk", message, MailedNote.model_validate(message.payload["told"]))


def mail_credited(message: OutboxMessage) -> Mail | None:
    """To the buyer, unless the invoices go to the same address: that one has had it."""
    box = mailbox_of(message.payload["order_id"])
    if box is None or box.email == invoice_email_of(message.payload["invoice_id"]):
        return None
    return mail_of("billing/credit_note", message, to=box.email, greeted=box.first_name)


def _to_desk(template: str, message: OutboxMessage, order: Mailed | MailedNote) -> Mail | None:
    desk = people.mailbox_of_the_desk()
    if desk is None:
        return None
    link = address_of("desk.order", number=order.number)
    return compose(template, to=desk, message=message, order=order, link=link)


def _to_buyer(template: str, message: OutboxMessage) -> Mail | None:
    order, box = _told(message), mailbox_of(message.payload["order_id"])
    if box is None:
        return None
    link = address_of("shop.order", number=order.number)
    return compose(template, to=box.email, message=message, order=order, greeted=box.first_name, link=link)


def _told(message: OutboxMessage) -> Mailed:
    """As it was kept with the promise; one that kept nothing, like those of the demo, tells what is."""
    if kept := message.payload.get("told"):
        return Mailed.model_validate(kept)
    return Mailed.of(order_with_id(SYSTEM, message.payload["order_id"]))
