"""What one of us has to look at: noted on the payment, in the history of its order, and mailed to the desk."""

from app.billing.models import Payment
from app.core import audit, outbox
from app.core.access import SYSTEM
from app.core.tokens import fingerprint
from app.orders.models import Order
from app.payments.service.operations import LONGEST_PROBLEM


def tell_desk(payment: Payment, order: Order | None, problem: str) -> None:
    """Once for each sentence, however often it is found."""
    payment.problem = problem[:LONGEST_PROBLEM]
    note_for_desk(payment, order, problem)


def note_for_desk(payment: Payment, order: Order | None, words: str) -> None:
    """Something that needs nobody's hand, but that somebody will ask about."""
    is_new = outbox.promise(
        "payments.mail_problem",
        dedupe_key=f"payment:{payment.id}:{fingerprint(words)[:16]}",
        about=f"order:{order.id}" if order else None,
        payment_id=payment.id,
        order=order.number if order else None,
        words=words,
    )
    told: audit.Diff = {"reason": [None, words]}
    if is_new and order:
        audit.record("order.payment_noted", order, by=SYSTEM, diff=told)
    elif is_new:
        audit.record("payment.noted", payment, by=SYSTEM, diff=told)
