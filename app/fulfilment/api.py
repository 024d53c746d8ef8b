"""Shipments and returns, for programs."""

from typing import Any

from app.core import clock
from app.core.access import Permission
from app.fulfilment.queries import for_programs
from app.fulfilment.schemas import (
    ReturnAsked,
    ReturnOut,
    ShipmentMade,
    ShipmentOut,
    ShipmentPacked,
    ShipmentSent,
    by_line,
    named_by_place,
)
from app.fulfilment.service import packing, returning, sending
from app.web.access import requires, viewer
from app.web.api import api
from app.web.idempotency import idempotent


@api.post(
    "/orders/<int:number>/shipments", body=ShipmentMade, answer=ShipmentOut, status=201, refusals=(409,)
)
@requires(Permission.ORDERS_FULFIL)
@idempotent
def open_shipment(number: int, body: ShipmentMade) -> Any:
    """Open a shipment of what is to be picked. The order cannot be changed meanwhile."""
    lines = by_line(body.items) if body.items else None
    with named_by_place(body.items):
        opened = packing.open_shipment(number, lines=lines, by=viewer(), at=clock.now())
    return for_programs.shipment_told_to(viewer(), opened.id)


@api.post(
    "/shipments/<int:shipment_id>/pack",
    body=ShipmentPacked,
    answer=ShipmentOut,
    message="Packed",
    refusals=(409,),
)
@requires(Permission.ORDERS_FULFIL)
@idempotent
def pack_shipment(shipment_id: int, body: ShipmentPacked) -> Any:
    """Say what was picked. What was not found is sent later, or cancelled."""
    picked = by_line(body.items) if body.items else None
    short = body.model_dump(include={"when_short", "is_missing"})
    with named_by_place(body.items):
        packing.pack(shipment_id, picked=picked, **short, by=viewer(), at=clock.now())
    return for_programs.shipment_told_to(viewer(), shipment_id)


@api.post(
    "/shipments/<int:shipment_id>/ship",
    body=ShipmentSent,
    answer=ShipmentOut,
    message="Shipped",
    refusals=(409,),
)
@requires(Permission.ORDERS_FULFIL)
@idempotent
def ship_shipment(shipment_id: int, body: ShipmentSent) -> Any:
    """Send a shipment off. It leaves our stock, and the customer gets an email."""
    sending.ship(shipment_id, **body.model_dump(), by=viewer(), at=clock.now())
    return for_programs.shipment_told_to(viewer(), shipment_id)


@api.post("/shipments/<int:shipment_id>/deliver", answer=ShipmentOut, message="Delivered", refusals=(409,))
@requires(Permission.ORDERS_READ)
@idempotent
def deliver_shipment(shipment_id: int) -> Any:
    """Say that a shipment arrived: staff who hold orders:fulfil, buyers who hold orders:write."""
    sending.deliver(shipment_id, by=viewer(), at=clock.now())
    return for_programs.shipment_told_to(viewer(), shipment_id)


@api.post("/orders/<int:number>/returns", body=ReturnAsked, answer=ReturnOut, status=201, refusals=(409,))
@requires(Permission.ORDERS_READ)
@idempotent
def ask_return(number: int, body: ReturnAsked) -> Any:
    """Ask to send something back: buyers who hold orders:write, staff who hold orders:refund."""
    with named_by_place(body.items):
        asked = returning.ask(number, lines=by_line(body.items), reason=body.reason, by=viewer())
    return for_programs.return_told_to(viewer(), asked.id)
