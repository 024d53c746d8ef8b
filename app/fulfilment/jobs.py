"""What the worker does for the warehouse: papers, and mails about what leaves and comes back."""

from io import BytesIO
from typing import Any

from app.accounts.models import User
from app.accounts.queries import people
from app.billing.queries.invoices import invoice_of_shipment
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refused
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.core.typesetting import pdf_of
from app.fulfilment.mailed import MailedReturn, MailedShipment
from app.fulfilment.models import PaperKind
from app.fulfilment.queries.shipments import shipment_seen_by
from app.fulfilment.service import papers
from app.orders.queries.mailboxes import mailbox_of
from app.orders.queries.orders import order_with_id
from app.web.mails import address_of, compose
from app.web.parts import files, gateways

LARGEST_PDF = 20_000_000
TRIES = 3  # whoever waits then is told that it came to nothing
NO_END = "We tried several times to make this PDF, without an end. Print the page from your browser instead."
MOST_SIGNS = 40  # of those that no font has, named on the page
NO_FONT = "We have no font for {}, so it shows □. Print the page from your browser to see it."


def make_pdf(message: OutboxMessage) -> None:
    """A slip or a list as a file, or the reason why not on the page of its shipment."""
    shipment_id, kind = message.payload["shipment_id"], PaperKind(message.payload["kind"])
    content = papers.content_of(SYSTEM, shipment_id, kind)
    db.session.rollback()  # no transaction stays open while it is set
    try:
        if message.attempts > TRIES:
            raise Refused(NO_END)
        made = pdf_of(kind, content.values, at=content.at)
        kept = files().keep(BytesIO(made.pdf), largest=LARGEST_PDF)
    except Refused as refusal:
        papers.refuse(shipment_id, kind, problem=refusal.message)
    else:
        boxes = NO_FONT.format(made.without[:MOST_SIGNS]) if made.without else ""
        papers.keep(shipment_id, kind, kept.name, version=content.version, problem=boxes)


def forget_file(message: OutboxMessage) -> None:
    """A PDF that no shipment shows any more."""
    store = gateways().files
    if store is not None:
        papers.forget(message.payload["file"], store)


def mail_shipped(message: OutboxMessage) -> Mail | None:
    """What is in it, whether there is more to come, and its invoice."""
    invoice = invoice_of_shipment(message.payload["shipment_id"])
    seen_at = address_of("billing.invoice", number=invoice.number) if invoice else ""
    return _to_buyer(
        "fulfilment/shipped", message, _shipment_in(message), invoice=invoice, invoice_link=seen_at
    )


def _shipment_in(message: OutboxMessage) -> MailedShipment:
    """As it was kept with the promise; one that kept nothing, like those of the demo, tells what is."""
    if kept := message.payload.get("told"):
        return MailedShipment.model_validate(kept)
    shipment = shipment_seen_by(SYSTEM, message.payload["shipment_id"])
    return MailedShipment.of(order_with_id(SYSTEM, shipment.order_id), shipment)


def mail_return_asked(message: OutboxMessage) -> Mail | None:
    """To one of those who may answer."""
    told, person = MailedReturn.model_validate(message.payload["told"]), _reader_of(message)
    if person is None:
        return None
    link = address_of("fulfilment.return_page", return_id=message.payload["return_id"])
    return compose("fulfilment/return_asked", to=person.email, message=message, told=told, link=link)


def _reader_of(message: OutboxMessage) -> User | None:
    """Whoever has left since reads no mail of ours."""
    person = people.person(message.payload["user_id"])
    return person if person and person.is_active and not person.deleted_at else None


def mail_return_decided(message: OutboxMessage) -> Mail | None:
    """The answer as it was given, with its reason."""
    told = MailedReturn.model_validate(message.payload["told"])
    return _to_buyer("fulfilment/return_decided", message, told)


def _to_buyer(
    template: str, message: OutboxMessage, told: MailedShipment | MailedReturn, **more: Any
) -> Mail | None:
    box = mailbox_of(message.payload["order_id"])
    if box is None:
        return None
    link = address_of("shop.order", number=told.order)
    greeted = box.first_name
    return compose(template, to=box.email, message=message, told=told, greeted=greeted, link=link, **more)
