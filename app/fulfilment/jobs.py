"""What the worker does for the warehouse: papers, and mails about what leaves and comes back."""

from io import BytesIO

from app.accounts.queries import people
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refused
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.fulfilment.models import PaperKind
from app.fulfilment.queries.lines import lines_of_return, lines_of_shipments
from app.fulfilment.queries.returns import number_of_order as number_of_return
from app.fulfilment.queries.returns import return_called
from app.fulfilment.queries.shipments import number_of_order, shipment_seen_by
from app.fulfilment.service import papers
from app.fulfilment.typesetting import pdf_of
from app.orders.mailed import MOST_NAMED, MailedLine, day_in_words, in_one_line
from app.orders.queries.mailboxes import mailbox_of
from app.orders.queries.orders import order_seen_by
from app.web.mails import address_of, compose
from app.web.parts import files, gateways

LARGEST_PDF = 20_000_000
TRIES = 3  # whoever waits then is told that it came to nothing
NO_END = "We tried several times to make this PDF, without an end. Print the page from your browser instead."


def make_pdf(message: OutboxMessage) -> None:
    """A slip or a list as a file, or the reason why not on the page of its shipment."""
    shipment_id, kind = message.payload["shipment_id"], PaperKind(message.payload["kind"])
    content = papers.content_of(SYSTEM, shipment_id, kind)
    db.session.rollback()  # no transaction stays open while it is set
    try:
        if message.attempts > TRIES:
            raise Refused(NO_END)
        made = pdf_of(kind, content.values, at=content.at)
        kept = files().keep(BytesIO(made), largest=LARGEST_PDF)
    except Refused as refusal:
        papers.refuse(shipment_id, kind, problem=refusal.message)
    else:
        papers.keep(shipment_id, kind, kept.name, version=content.version)


def forget_file(message: OutboxMessage) -> None:
    """A PDF that no shipment shows any more."""
    store = gateways().files
    if store is not None:
        papers.forget(message.payload["file"], store)


def mail_shipped(message: OutboxMessage) -> Mail | None:
    """What is in it, and whether there is more to come."""
    shipment_id = message.payload["shipment_id"]
    lines = lines_of_shipments(SYSTEM, [shipment_id])
    shipment = shipment_seen_by(SYSTEM, shipment_id)
    order = order_seen_by(SYSTEM, number_of_order(shipment_id))
    box = mailbox_of(order.id)
    if box is None:
        return None
    return compose(
        "fulfilment/shipped",
        to=box.email,
        message=message,
        greeted=box.first_name,
        order=order,
        shipment=shipment,
        lines=[
            MailedLine(quantity=line.picked, name=line.name, sku=line.sku) for line in lines if line.picked
        ],
        most=MOST_NAMED,
        rest=message.payload.get("rest", 0),
        day=day_in_words(order.promised_on),
        deliver_to=in_one_line(order.deliver_to),
        link=address_of("shop.order", number=order.number),
    )


def mail_return_asked(message: OutboxMessage) -> Mail | None:
    asked, desk = return_called(message.payload["number"]), people.mailbox_of_the_desk()
    if desk is None:
        return None
    order = order_seen_by(SYSTEM, number_of_return(asked.id))
    return compose(
        "fulfilment/return_asked",
        to=desk,
        message=message,
        asked=asked,
        customer=order.bill_to["name"],
        lines=lines_of_return(asked),
        most=MOST_NAMED,
        link=address_of("fulfilment.return_page", return_id=asked.id),
    )


def mail_return_decided(message: OutboxMessage) -> Mail | None:
    """The answer as it was given, with its reason."""
    asked = return_called(message.payload["number"])
    order = order_seen_by(SYSTEM, number_of_return(asked.id))
    box = mailbox_of(order.id)
    if box is None:
        return None
    return compose(
        "fulfilment/return_decided",
        to=box.email,
        message=message,
        greeted=box.first_name,
        asked=asked,
        customer=order.bill_to["name"],
        lines=lines_of_return(asked),
        most=MOST_NAMED,
        is_approved=message.payload["is_approved"],
        decision=message.payload["decision"],
        link=address_of("shop.order", number=order.number),
    )
