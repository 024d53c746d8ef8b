"""What the worker does about what customers owe: PDFs of invoices, and the mails that customers get."""

from datetime import date
from decimal import Decimal
from io import BytesIO

from app.billing import periods, reminding
from app.billing.mailed import MailedPaper
from app.billing.models import Invoice
from app.billing.queries.balances import unused_money
from app.billing.queries.invoices import invoice_email_of, invoice_with_id
from app.billing.queries.letters import customer_written_to, overdue_invoices
from app.billing.service import letters, papers, statements
from app.core.access import SYSTEM
from app.core.business import read_business, today
from app.core.clock import business_day
from app.core.database import db
from app.core.mail import Attachment, Mail
from app.core.money import money
from app.core.outbox import OutboxMessage
from app.core.typesetting import pdf_of
from app.web.mails import address_of, compose
from app.web.parts import gateways

LARGEST_PDF = 20_000_000
MOST_NAMED = 40
TRIES = 3  # whoever waits then is told that it came to nothing
NO_END = "We tried several times to make this PDF, without an end. Print the page from your browser instead."
MOST_SIGNS = 40  # of those that no font has, named on the page
NO_FONT = "We have no font for {}, so the PDF shows □."


def make_pdf(message: OutboxMessage) -> None:
    """The paper as a file, or the reason why not on its page."""
    invoice_id = message.payload["invoice_id"]
    if message.attempts > TRIES:
        papers.refuse(invoice_id, problem=NO_END)
    else:
        _made(invoice_with_id(SYSTEM, invoice_id))


def _made(invoice: Invoice) -> bytes:
    """Kept where there is a place for files: who asks next finds it."""
    invoice_id, content = invoice.id, papers.content_of(invoice)
    db.session.rollback()  # no transaction stays open while it is set
    made, store = pdf_of("invoice", content.values, at=content.at), gateways().files
    if store is not None:
        boxes = NO_FONT.format(made.without[:MOST_SIGNS]) if made.without else ""
        kept = store.keep(BytesIO(made.pdf), largest=LARGEST_PDF)
        papers.keep(invoice_id, kept.name, problem=boxes)
    return made.pdf


def mail_invoice(message: OutboxMessage) -> Mail | None:
    return _to_the_accounts("billing/invoice", message)


def mail_credit_note(message: OutboxMessage) -> Mail | None:
    return _to_the_accounts("billing/credit_note", message)


def _to_the_accounts(template: str, message: OutboxMessage) -> Mail | None:
    """A customer without an address for invoices finds them on their pages."""
    to = invoice_email_of(message.payload["invoice_id"])
    return mail_of(template, message, to=to) if to else None


def mail_of(template: str, message: OutboxMessage, *, to: str, greeted: str = "") -> Mail:
    """With the paper attached: a mail whose PDF cannot be made yet waits for it."""
    invoice = invoice_with_id(SYSTEM, message.payload["invoice_id"])
    told, store = MailedPaper.of(invoice, papers.paper_for(invoice)), gateways().files
    pdf = papers.pdf_kept(invoice.id, store) if store is not None else None
    return compose(
        template,
        to=to,
        message=message,
        attachments=(Attachment(told.file_name, pdf or _made(invoice)),),
        told=told,
        greeted=greeted,
        link=address_of("billing.invoice", number=told.paper.number),
    )


def send_statements(message: OutboxMessage) -> None:
    letters.send_statements(on=_day_of(message))


def send_reminders(message: OutboxMessage) -> None:
    letters.send_reminders(reminding.steps_of(read_business().reminder_days), on=_day_of(message))


def _day_of(message: OutboxMessage) -> date:
    """On which it was promised: whoever comes to it later writes what was due then."""
    return business_day(message.created_at, read_business().time_zone)


def mail_statement(message: OutboxMessage) -> Mail | None:
    """As the month is when it is sent; where nothing moved and nothing is owed there is nothing to say."""
    customer = customer_written_to(message.payload["customer_id"])
    if customer is None:
        return None
    month = periods.month_of(date.fromisoformat(message.payload["starts"]))
    found = statements.statement_of(customer, month, today=today())
    if not found.has_moved:
        return None
    db.session.rollback()  # no transaction stays open while it is set
    made = pdf_of("statement", statements.content_of(found, read_business()), at=message.created_at)
    return compose(
        "billing/statement",
        to=customer.invoice_email,
        message=message,
        attachments=(Attachment(found.file_name, made.pdf),),
        title=f"Your statement for {month.starts:%B %Y}",
        statement=found,
        link=address_of("billing.statement"),
    )


def mail_reminder(message: OutboxMessage) -> Mail | None:
    """What is overdue when it is sent: whoever has paid meanwhile hears nothing, allocated or not."""
    customer = customer_written_to(message.payload["customer_id"])
    if customer is None:
        return None
    overdue, unused = overdue_invoices(customer.id, today=today()), unused_money(customer.id)
    total = sum((one.open for one in overdue), Decimal(0))
    if total <= unused:
        return None
    return compose(
        "billing/reminder",
        to=customer.invoice_email,
        message=message,
        title=f"{money(total, read_business().currency)} is overdue",
        customer=customer,
        overdue=overdue,
        unused=unused,
        left=total - unused,
        most=MOST_NAMED,
        link=address_of("billing.statement"),
    )
