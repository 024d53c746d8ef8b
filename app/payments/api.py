"""Refunds for programs; and where the gateway calls us: it has no account here, its signature says who it is."""

import structlog
from flask import request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.fulfilment.schemas import by_line, named_by_place
from app.payments.gateway import NotGenuine
from app.payments.parts import cards
from app.payments.refunded import Wanted
from app.payments.schemas import RefundAsked, RefundOut
from app.payments.service import hearing, refunding
from app.web.access import public, requires, viewer
from app.web.api import api
from app.web.idempotency import idempotent
from app.web.limits import often
from app.web.refusals import Unreadable

log = structlog.get_logger(__name__)

SIGNATURE = "Stripe-Signature"
HEARD, PARKED = 200, 202
MESSAGES = {HEARD: "Heard", PARKED: "Kept until we know what it is about"}


@api.blueprint.post("/gateway/events")
@public
@often
def gateway_events() -> ResponseReturnValue:
    """The very bytes are signed, so they are looked at before anything is read out of them."""
    raw, signature = request.get_data(cache=False), request.headers.get(SIGNATURE, "")
    try:
        event = cards().read_event(raw, signature)
    except NotGenuine as refusal:
        log.warning("payments.not_genuine", reason=str(refusal))
        raise Unreadable("This was not signed by the card gateway.", code="not_genuine") from None
    status = HEARD if hearing.hear(event, at=clock.now()) else PARKED
    log.info("payments.heard", type=event.type, status=status)
    return {"success": True, "data": None, "message": MESSAGES[status], "errors": None}, status


@api.post("/orders/<int:number>/refunds", body=RefundAsked, answer=RefundOut, status=201, refusals=(409,))
@requires(Permission.ORDERS_REFUND, staff=True)
@idempotent
def refund_order(number: int, body: RefundAsked) -> RefundOut:
    """Give money back for an order: a credit note for each of its invoices, then the money goes where you say."""
    wanted = Wanted(
        lines=by_line(body.items) if body.items else None,
        with_delivery=body.delivery,
        reason=body.reason,
        to=body.to,
        restock=body.restock,
    )
    with named_by_place(body.items):
        done = refunding.refund_order(number, wanted, by=viewer(), at=clock.now())
    return RefundOut.of(number, done)
