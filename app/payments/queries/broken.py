"""What nobody knows about a payment, for too long: nothing, as long as all is well."""

from collections.abc import Sequence

from sqlalchemy import String, cast, func, literal, or_, select, text

from app.core.invariants import Finding, findings_of, row_of
from app.payments.models import GatewayEvent, OperationKind, OperationStatus, PaymentOperation

TOO_LONG = text("interval '15 minutes'")


def events_that_nobody_could_place() -> Sequence[Finding]:
    """The gateway told us of a payment that we do not know: somebody has to look whose money that is."""
    what = (
        literal("tells of ")
        + func.coalesce(GatewayEvent.gateway_ref, "nothing")
        + literal(", not known here")
    )
    return findings_of(
        select(row_of("gateway event", GatewayEvent.id), what)
        .where(
            GatewayEvent.processed_at.is_(None), GatewayEvent.received_at < func.clock_timestamp() - TOO_LONG
        )
        .order_by(GatewayEvent.received_at)
    )


def operations_unknown_for_too_long() -> Sequence[Finding]:
    """The gateway was asked, and has not said what came of it; or nobody has asked it yet.

    Nothing hangs on a page that was never opened.
    """
    since = func.coalesce(PaymentOperation.sent_at, PaymentOperation.created_at)
    what = (
        literal("is unknown since ")
        + cast(since, String)
        + literal(": look at it in the gateway's own pages")
    )
    is_page = PaymentOperation.kind == OperationKind.AUTHORISE
    is_waiting = (PaymentOperation.status == OperationStatus.NEW) & ~is_page
    return findings_of(
        select(row_of("payment operation", PaymentOperation.id), what)
        .where(
            or_(PaymentOperation.status.in_([OperationStatus.SENT, OperationStatus.UNKNOWN]), is_waiting),
            since < func.clock_timestamp() - TOO_LONG,
        )
        .order_by(PaymentOperation.id)
    )
