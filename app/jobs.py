"""Every job by name, and how one is run: all ways in by queue."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

from app.accounts import jobs as accounts
from app.billing import jobs as billing
from app.catalogue import jobs as catalogue
from app.core import leases
from app.core.correlation import continued
from app.core.database import db
from app.core.deadlines import OutOfTime, stopping, within
from app.core.errors import Busy
from app.core.mail import Mail, MailRefused, Sender
from app.core.outbox import OutboxMessage
from app.core.resilience import Away
from app.core.tallies import tallied
from app.core.tokens import new_token
from app.core.transaction import database_is_away, in_one_transaction
from app.customers import jobs as customers
from app.fulfilment import jobs as fulfilment
from app.imports import jobs as imports
from app.operations import jobs as operations
from app.orders import jobs as orders
from app.payments import jobs as payments
from app.stock import jobs as stock
from app.web.parts import gateways

MINUTE = timedelta(minutes=1)
MAIL_PAUSES = (MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 480 * MINUTE, 480 * MINUTE, 300 * MINUTE)
PAUSES = (timedelta(seconds=10), MINUTE, 5 * MINUTE, 30 * MINUTE)
SOON = (timedelta(seconds=5),) * 4  # somebody waits for it
REST = timedelta(seconds=15)  # for a topic whose other side is away
SHIFT = 10  # seconds; a fork costs as much as some mails, and other topics wait meanwhile
TO_SPARE = timedelta(seconds=15)  # a lease outlives the work it covers

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """What keeps a promise. It may return a mail to send; everything else it does by itself.

    `words` are what people read; `seconds` is how long one promise may take; `pauses` come between its
    tries, so there is one try more.
    """

    run: Callable[[OutboxMessage], Mail | None]
    words: str
    lane: str = "default"
    seconds: int = 60
    pauses: tuple[timedelta, ...] = PAUSES

    def pause_after(self, attempt: int) -> timedelta | None:
        """None when it was tried often enough."""
        return self.pauses[attempt - 1] if attempt <= len(self.pauses) else None

    @property
    def tries(self) -> int:
        return len(self.pauses) + 1

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.seconds) + TO_SPARE


def _mail(run: Callable[[OutboxMessage], Mail | None], words: str) -> Job:
    return Job(run, words, lane="mail", seconds=45, pauses=MAIL_PAUSES)


JOBS: dict[str, Job] = {
    "accounts.mail_reset": _mail(accounts.mail_reset, "Email to reset a password"),
    "accounts.mail_invite": _mail(accounts.mail_invite, "Email with an invitation"),
    "accounts.mail_verify": _mail(accounts.mail_verify, "Email to verify an address"),
    "accounts.mail_applied": _mail(accounts.mail_applied, "Email to an applicant"),
    "accounts.mail_already_registered": _mail(
        accounts.mail_already_registered, "Email to somebody who is registered already"
    ),
    "accounts.mail_password_changed": _mail(accounts.mail_password_changed, "Email about a changed password"),
    "accounts.mail_welcome": _mail(accounts.mail_welcome, "Email to welcome a customer"),
    "accounts.mail_email_changed": _mail(accounts.mail_email_changed, "Email about a changed address"),
    "accounts.mail_application_to_desk": _mail(
        accounts.mail_application_to_desk, "Email to the desk about an application"
    ),
    "customers.mail_refused": _mail(customers.mail_refused, "Email about a refused application"),
    "accounts.prune": Job(accounts.prune, "Forget sessions and links that ended"),
    "accounts.forget_attempts": Job(accounts.forget_attempts, "Forget old attempts to sign in"),
    "catalogue.judge_picture": Job(catalogue.judge_picture, "Look at a picture, and resize it", pauses=SOON),
    "catalogue.forget_files": Job(catalogue.forget_files, "Delete pictures that nobody shows any more"),
    "stock.notice_low": Job(stock.notice_low, "Look for what runs low"),
    "orders.mail_received": _mail(orders.mail_received, "Email that we have an order"),
    "orders.mail_received_at_desk": _mail(
        orders.mail_received_at_desk, "Email to the desk about a new order"
    ),
    "orders.mail_note_at_desk": _mail(orders.mail_note_at_desk, "Email to the desk about a note on an order"),
    "orders.mail_confirmed": _mail(orders.mail_confirmed, "Email that an order is confirmed"),
    "orders.mail_changed": _mail(orders.mail_changed, "Email about a changed order"),
    "orders.mail_expired": _mail(orders.mail_expired, "Email that an order was not paid in time"),
    "orders.mail_cancelled": _mail(orders.mail_cancelled, "Email about a cancelled order"),
    "orders.mail_credited": _mail(orders.mail_credited, "Email to a buyer about a credit note"),
    "billing.mail_invoice": _mail(billing.mail_invoice, "Email with an invoice"),
    "billing.mail_credit_note": _mail(billing.mail_credit_note, "Email with a credit note"),
    "billing.send_statements": Job(
        billing.send_statements, "Write to everybody about last month", seconds=600
    ),
    "billing.mail_statement": _mail(billing.mail_statement, "Email with a statement of account"),
    "billing.send_reminders": Job(billing.send_reminders, "Look for what is overdue", seconds=300),
    "billing.mail_reminder": _mail(billing.mail_reminder, "Email that something is overdue"),
    "billing.make_pdf": Job(billing.make_pdf, "Make a PDF of an invoice", pauses=SOON),
    "fulfilment.mail_shipped": _mail(fulfilment.mail_shipped, "Email that goods have left"),
    "fulfilment.mail_return_asked": _mail(fulfilment.mail_return_asked, "Email to the desk about a return"),
    "fulfilment.mail_return_decided": _mail(
        fulfilment.mail_return_decided, "Email with the answer to a return"
    ),
    "payments.operate": Job(payments.operate, "Ask the card gateway for something", pauses=SOON),
    "payments.ask": Job(payments.ask, "Ask the card gateway about a payment"),
    "payments.settle_order": Job(payments.settle_order, "Take, let go or give back card money", pauses=SOON),
    "payments.reconcile": Job(payments.reconcile, "Follow card payments", seconds=300, pauses=()),
    "payments.expire": Job(
        payments.expire, "Cancel what was not paid by card in time", seconds=300, pauses=()
    ),
    "payments.mail_problem": _mail(payments.mail_problem, "Email to the desk about a card payment"),
    "stock.mail_low": _mail(stock.mail_low, "Email about what runs low"),
    "fulfilment.make_pdf": Job(fulfilment.make_pdf, "Make a PDF of a shipment", pauses=SOON),
    "fulfilment.forget_file": Job(fulfilment.forget_file, "Delete a PDF that nobody shows any more"),
    "imports.read": Job(imports.read, "Read a file and judge its rows", pauses=SOON),
    "imports.commit": Job(imports.commit, "Import the rows of a file", seconds=75, pauses=SOON),
    "imports.undo": Job(imports.undo, "Undo an import", seconds=75, pauses=SOON),
    "imports.prune": Job(imports.prune, "Forget the rows and files of old imports"),
    "imports.forget_file": Job(imports.forget_file, "Forget a file that was imported"),
    "operations.prune": Job(operations.prune, "Forget old answers and kept promises"),
    "operations.check": Job(operations.check, "Check the book", seconds=600, pauses=()),
}


def perform(topic: str) -> int:
    """Work on one topic for some seconds, or until nothing of it is due. How many were worked on."""
    until, total = time.monotonic() + SHIFT, 0
    with gateways().mailer.connected() as sender:
        while time.monotonic() < until and (worked := _perform_some(topic, sender)):
            total += worked
    return total


def perform_all() -> int:
    """Until nothing more can be done now: for the command line and for tests."""
    total = 0
    while worked := sum(perform(topic) for topic in in_one_transaction(leases.due_topics)):
        total += worked
    return total


def _perform_some(topic: str, sender: Sender) -> int:
    """Lease some due promises and keep each by itself. Zero is a reason to end the shift."""
    if stopping():
        return 0
    holder, worked = new_token()[:32], 0
    with tallied(topic) as note:
        for message_id in in_one_transaction(lambda: leases.lease(topic, holder=holder)):
            if stopping():
                in_one_transaction(lambda: leases.release(holder))
                break
            began = time.perf_counter()
            outcome = _keep(message_id, topic, holder, sender)
            if outcome == "lost":
                continue
            note(outcome, time.perf_counter() - began)
            if outcome == "away":
                return 0
            worked += 1
    return worked


def _keep(message_id: int, topic: str, holder: str, sender: Sender) -> str:
    """How it ended: sent or done; failed, to be tried again; dead; away, with no try lost; or lost to others."""
    job = JOBS.get(topic) or Job(_unknown, "Unknown", pauses=())
    message = in_one_transaction(lambda: leases.start(message_id, holder=holder, lasting=job.lease))
    if message is None:
        return "lost"
    with continued(message.correlation_id):
        return _tried(message, job, holder, sender)


def _tried(message: OutboxMessage, job: Job, holder: str, sender: Sender) -> str:
    message_id, topic, attempt = message.id, message.topic, message.attempts
    if attempt > job.tries:  # whoever fails is put off and counted; only a death leaves it like this
        return _put_off(message_id, holder, f"Its worker died {job.tries} times.", None)
    try:
        with within(job.seconds):
            sent = _carried_out(job, message, sender)
    except Away as away:
        log.warning("job.away", topic=topic, message_id=message_id, error=str(away))
        return _wait_for_it(message_id, holder, str(away))
    except MailRefused as refused:
        return _put_off(message_id, holder, str(refused), None)
    except Exception as error:
        if isinstance(error, OutOfTime):
            db.session().invalidate()  # a connection that was cut off in the middle of a query stays unusable
        log.warning("job.failed", topic=topic, message_id=message_id, attempt=attempt, exc_info=error)
        return _put_off(message_id, holder, f"{type(error).__name__}: {error}", job.pause_after(attempt))
    _remember(message_id, sent)
    log.info("job.done", topic=topic, message_id=message_id)
    return "sent" if sent else "done"


def _carried_out(job: Job, message: OutboxMessage, sender: Sender) -> dict[str, object] | None:
    mail = job.run(message)
    db.session.rollback()  # what it read is read: no transaction stays open while a server is spoken to
    if mail is None:
        return None
    sender.send(mail)
    mailer = gateways().mailer
    return mail.as_kept(with_secrets=mailer.keeps_secrets, left=mailer.delivers)


@retry(
    retry=retry_if_exception(lambda error: isinstance(error, Busy) or database_is_away(error)),
    wait=wait_fixed(0.5),
    stop=stop_after_delay(20),
    reraise=True,
)
def _remember(message_id: int, sent: dict[str, object] | None) -> None:
    """It has happened: a database that restarts just now must not make it happen twice."""
    if not in_one_transaction(lambda: leases.finish(message_id, sent=sent)):
        log.warning("job.done_twice", message_id=message_id)


def _wait_for_it(message_id: int, holder: str, error: str) -> str:
    in_one_transaction(lambda: leases.rest(holder, tried=message_id, error=error, pause=REST))
    return "away"


def _put_off(message_id: int, holder: str, error: str, pause: timedelta | None) -> str:
    in_one_transaction(lambda: leases.postpone(message_id, holder=holder, error=error, pause=pause))
    return "dead" if pause is None else "failed"


def _unknown(message: OutboxMessage) -> None:
    raise LookupError(f"No job is called {message.topic}.")
