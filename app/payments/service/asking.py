"""Asking the gateway what became of a payment: when somebody comes back, when it calls, and again and again."""

from contextlib import suppress
from datetime import datetime

import structlog

from app.billing.models import PaymentStatus
from app.core.errors import Busy
from app.core.transaction import use_case
from app.payments.gateway import CardGateway, Declined, GatewayAway, Unknown
from app.payments.models import OperationKind
from app.payments.queries import operations, payments
from app.payments.service import hearing
from app.payments.service import operations as asked
from app.payments.service.applying import apply_event

log = structlog.get_logger(__name__)


def ask(payment_id: int, *, cards: CardGateway, at: datetime, ref: str | None = None) -> None:
    """By what we know of it ourselves, else by `ref`, as we were told. Nothing is locked while it answers."""
    ref = payments.ref_of(payments.payment(payment_id)) or ref
    if ref is None:
        return
    _note_asked(payment_id, at)
    apply_event(cards.look_up(ref), at=at)


def ask_for_somebody(payment_id: int, *, cards: CardGateway, at: datetime) -> None:
    """They say that they have paid: while nobody can tell, it is being confirmed, and nothing of it expires."""
    try:
        ask(payment_id, cards=cards, at=at)
    except (Unknown, GatewayAway):
        _being_confirmed(payment_id)


def ask_quietly(payment_id: int, *, cards: CardGateway, at: datetime) -> None:
    """Somebody would like to know; the reconciler asks again anyway."""
    with suppress(Unknown, GatewayAway):
        ask(payment_id, cards=cards, at=at)


@use_case
def _being_confirmed(payment_id: int) -> None:
    payment = payments.payment_locked(payment_id)
    if payment.status == PaymentStatus.PENDING:
        payment.status = PaymentStatus.UNKNOWN


@use_case
def _note_asked(payment_id: int, at: datetime) -> None:
    payments.note_asked(payment_id, at)


def reconcile(*, cards: CardGateway, at: datetime) -> None:
    """Whatever was lost on the way, of the last day: payments, what we asked for, and what we were told."""
    hearing.hear_parked(at=at)
    _try_again(at)
    for payment_id in payments.to_ask_about(at):
        try:
            ask(payment_id, cards=cards, at=at)
        except GatewayAway:
            return  # the next time
        except (Declined, Unknown, Busy) as doubt:
            log.warning("payments.not_known", payment_id=payment_id, error=str(doubt))


@use_case
def _try_again(at: datetime) -> None:
    """Under the same keys."""
    for operation_id, attempts in operations.to_try_again(at):
        asked.carry_out_soon(operation_id, attempts)


def look_again(payment_id: int, *, cards: CardGateway, at: datetime) -> None:
    """Somebody at the desk has looked at it: what stood against going on with it does so no more."""
    _forget_problem(payment_id)
    ask(payment_id, cards=cards, at=at)


@use_case
def _forget_problem(payment_id: int) -> None:
    """What the gateway would not let go may be tried again, under another key."""
    payment = payments.payment_locked(payment_id)
    payment.problem = ""
    is_asked = operations.operation_under(payment_id, OperationKind.VOID) is not None
    if payment.status in payments.UNDER_WAY and not is_asked:
        payment.void_asked_at = None
