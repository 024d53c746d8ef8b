"""The gateway is asked, with no transaction open; what it answers is noted in one of its own."""

from datetime import datetime

from app.billing.models import PaymentStatus
from app.core.business import business
from app.core.clock import business_day
from app.core.money import money
from app.core.transaction import use_case
from app.payments.gateway import CardGateway, Declined, GatewayAway, Page, Snapshot, Unknown
from app.payments.models import OperationKind
from app.payments.queries import given_back, operations, payments
from app.payments.service import operations as asking
from app.payments.service import refunds
from app.payments.service.applying import apply_event, locked
from app.payments.service.telling import tell_desk
from app.payments.service.wanting import Ask, Ways, to_ask

SAID_NO = {
    OperationKind.CAPTURE: "{} could not be taken from the card: {}",
    OperationKind.VOID: "{} could not be let go: {}",
}


def carry_out(operation_id: int, *, cards: CardGateway, ways: Ways, at: datetime) -> None:
    """Raises GatewayAway when nobody was reached, and Unknown when nobody knows; Declined is noted and raised."""
    ask = _begun(operation_id, ways, at)
    if ask is None:
        return
    try:
        answer = _asked(ask, cards)
    except Declined as no:
        note_declined(operation_id, no.reason, at=at)
        raise
    except GatewayAway:
        asking.put_back(operation_id)
        raise
    except Unknown:
        asking.leave_unknown(operation_id)
        raise
    if isinstance(answer, Page):
        keep_page(operation_id, answer, at=at)
        return
    payment = apply_event(answer, at=at)
    if ask.kind == OperationKind.VOID and payment and payments.ref_of(payment) != ask.ref:
        carry_out(operation_id, cards=cards, ways=ways, at=at)  # the page was paid first: that is let go, too


@use_case
def _begun(operation_id: int, ways: Ways, at: datetime) -> Ask | None:
    operation = asking.begin(operation_id, at=at)
    return to_ask(operation, ways) if operation else None


def _asked(ask: Ask, cards: CardGateway) -> Page | Snapshot:
    if ask.kind == OperationKind.AUTHORISE and ask.wanted:
        return cards.open_page(ask.wanted, key=ask.key)
    if ask.kind == OperationKind.CAPTURE:
        return cards.capture(ask.ref, ask.amount, ask.currency, key=ask.key)
    if ask.kind == OperationKind.VOID:
        return cards.void(ask.ref, key=ask.key)
    return cards.refund(ask.ref, ask.amount, ask.currency, our_refund_id=ask.refund_id, key=ask.key)


@use_case
def keep_page(operation_id: int, page: Page, *, at: datetime) -> None:
    """From here on, whoever wants to pay goes there."""
    payment = payments.payment_locked(operations.payment_of(operation_id))
    operation = operations.operation_locked(operation_id)
    operation.page, operation.page_until = page.url, page.until
    payment.session_ref = payment.session_ref or page.session_ref
    asking.succeeded(operation, at=at)


@use_case
def note_declined(operation_id: int, reason: str, *, at: datetime) -> None:
    """A definite no: another try will have another key. A person hears of it, here or at the desk."""
    payment, order = locked(payments.whose_payment(operations.payment_of(operation_id)))
    operation = operations.operation_locked(operation_id)
    if operation.status in asking.SETTLED:
        return  # its outcome was heard of meanwhile
    if operation.kind == OperationKind.REFUND:
        refund = given_back.refund_locked(operation.refund_id or 0)
        on = business_day(at, business().time_zone)
        refunds.fail(refund, payment, order, reason, at=at, on=on)
        return
    asking.declined(operation, reason, at=at)
    if operation.kind == OperationKind.AUTHORISE:
        payment.status = PaymentStatus.FAILED
    else:
        words = SAID_NO[operation.kind].format(money(operation.amount, payment.currency), reason)
        tell_desk(payment, order, words)
