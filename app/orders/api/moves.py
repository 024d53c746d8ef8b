"""What programs do with orders. The table of moves decides who may; `actions` of an order lists what it allows."""

from typing import Any

from app.core import clock
from app.core.access import Permission
from app.core.business import today
from app.orders.models import OrderNote
from app.orders.queries import for_programs
from app.orders.schemas.sent import NoteMade, Reason
from app.orders.schemas.told import NoteOut, OrderOut
from app.orders.service import moving
from app.web.access import requires, viewer
from app.web.api import api
from app.web.idempotency import idempotent


@api.post("/orders/<int:number>/confirm", answer=OrderOut, message="Confirmed", refusals=(409,))
@requires(Permission.ORDERS_READ)
@idempotent
def confirm_order(number: int) -> Any:
    """Confirm an order, with orders:confirm. The customer is told the day by email."""
    moving.confirm(number, by=viewer(), at=clock.now())
    return for_programs.order_told_to(viewer(), number, today=today())


@api.post("/orders/<int:number>/hold", body=Reason, answer=OrderOut, message="On hold", refusals=(409,))
@requires(Permission.ORDERS_READ)
@idempotent
def hold_order(number: int, body: Reason) -> Any:
    """Put an order on hold, with orders:confirm. Its stock stays reserved."""
    moving.hold(number, reason=body.reason, by=viewer())
    return for_programs.order_told_to(viewer(), number, today=today())


@api.post("/orders/<int:number>/release", body=Reason, answer=OrderOut, message="Released", refusals=(409,))
@requires(Permission.ORDERS_READ)
@idempotent
def release_order(number: int, body: Reason) -> Any:
    """Release an order, with orders:confirm; a hold for credit, with orders:override."""
    moving.release(number, reason=body.reason, by=viewer(), at=clock.now())
    return for_programs.order_told_to(viewer(), number, today=today())


@api.post("/orders/<int:number>/cancel", body=Reason, answer=OrderOut, message="Cancelled", refusals=(409,))
@requires(Permission.ORDERS_READ)
@idempotent
def cancel_order(number: int, body: Reason) -> Any:
    """Cancel an order of which nothing has left, with orders:write; once it is confirmed, with orders:confirm."""
    moving.cancel(number, reason=body.reason, by=viewer(), at=clock.now())
    return for_programs.order_told_to(viewer(), number, today=today())


@api.post("/orders/<int:number>/notes", body=NoteMade, answer=NoteOut, status=201)
@requires(Permission.ORDERS_WRITE)
@idempotent
def add_note(number: int, body: NoteMade) -> OrderNote:
    """Write a note on an order, to ourselves or to its buyer."""
    return moving.note(number, text=body.text, for_buyer=body.for_buyer, by=viewer())
