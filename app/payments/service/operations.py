"""What is asked of the gateway: written down with its key in the transaction that wants it, and asked after that."""

from datetime import datetime
from decimal import Decimal

from app.billing.models import Payment, Refund
from app.core import outbox
from app.core.database import db
from app.core.tokens import new_token
from app.core.transaction import use_case
from app.payments.models import OperationKind, OperationStatus, PaymentOperation
from app.payments.queries import operations

SETTLED = (OperationStatus.SUCCEEDED, OperationStatus.DECLINED)
LONGEST_PROBLEM = 200


@use_case
def promise(
    payment: Payment, kind: OperationKind, amount: Decimal, *, refund: Refund | None = None
) -> PaymentOperation:
    """The worker asks for it, under one key however often. What was promised before is not promised again: as
    long as nobody was asked, it may still become more or less.
    """
    earlier = (
        operations.operation_for_refund(refund.id) if refund else operations.operation_under(payment.id, kind)
    )
    if earlier is not None:
        if is_untouched(earlier):
            earlier.amount = amount
        return earlier
    operation = new_operation(payment, kind, amount, refund=refund)
    carry_out_soon(operation.id, 0)
    return operation


def is_untouched(operation: PaymentOperation) -> bool:
    """Nobody has asked for it yet, nor will before we commit."""
    now = operations.operation_locked(operation.id)
    return now.status == OperationStatus.NEW and now.attempts == 0


def new_operation(
    payment: Payment, kind: OperationKind, amount: Decimal, *, refund: Refund | None = None
) -> PaymentOperation:
    operation = PaymentOperation(
        payment_id=payment.id,
        refund_id=refund.id if refund else None,
        kind=kind,
        key=new_token(),
        amount=amount,
        status=OperationStatus.NEW,
        attempts=0,
    )
    db.session.add(operation)
    db.session.flush()
    return operation


def carry_out_soon(operation_id: int, attempts: int) -> None:
    """Once for each of its tries."""
    outbox.promise(
        "payments.operate", dedupe_key=f"operation:{operation_id}:{attempts}", operation_id=operation_id
    )


@use_case
def begin(operation_id: int, *, at: datetime) -> PaymentOperation | None:
    """It is about to be asked; None when its outcome is known."""
    operation = operations.operation_locked(operation_id)
    if operation.status in SETTLED:
        return None
    operation.status, operation.sent_at = OperationStatus.SENT, operation.sent_at or at
    operation.attempts += 1
    return operation


@use_case
def leave_unknown(operation_id: int) -> None:
    """The same will be asked again, with the same key."""
    _set(operation_id, OperationStatus.UNKNOWN)


@use_case
def put_back(operation_id: int) -> None:
    """Nobody was reached: as if it had not been asked, unless an earlier try may have got through."""
    operation = operations.operation_locked(operation_id)
    if operation.attempts > 1:
        _set(operation_id, OperationStatus.UNKNOWN)
    else:
        _set(operation_id, OperationStatus.NEW)
        operation.sent_at = None


def _set(operation_id: int, status: OperationStatus) -> None:
    operation = operations.operation_locked(operation_id)
    if operation.status not in SETTLED:
        operation.status = status


def succeeded(operation: PaymentOperation | None, *, at: datetime) -> None:
    """What has happened has happened, whoever asked for it and whatever was answered before."""
    if operation is not None and operation.status not in SETTLED:
        operation.status, operation.settled_at, operation.problem = OperationStatus.SUCCEEDED, at, ""


def declined(operation: PaymentOperation | None, reason: str, *, at: datetime) -> None:
    if operation is not None and operation.status not in SETTLED:
        operation.status, operation.settled_at = OperationStatus.DECLINED, at
        operation.problem = reason[:LONGEST_PROBLEM]
