"""What people read about shipments and returns: a tone for the badge, and the word."""

from typing import NamedTuple

from app.fulfilment.models import PaperKind, ReturnStatus, ShipmentStatus


class Word(NamedTuple):
    tone: str
    word: str


SHIPMENTS = {
    ShipmentStatus.PICKING: Word("warn", "Being picked"),
    ShipmentStatus.PACKED: Word("info", "Packed"),
    ShipmentStatus.SHIPPED: Word("plain", "Shipped"),
    ShipmentStatus.DELIVERED: Word("good", "Delivered"),
    ShipmentStatus.CANCELLED: Word("plain", "Put back"),
}
RETURNS = {
    ReturnStatus.REQUESTED: Word("warn", "To answer"),
    ReturnStatus.APPROVED: Word("info", "On its way back"),
    ReturnStatus.RECEIVED: Word("plain", "Received"),
    ReturnStatus.CLOSED: Word("good", "Settled"),
    ReturnStatus.REJECTED: Word("bad", "Turned down"),
}
# What was put back, buyers never hear of.
SHIPMENTS_TO_BUYERS = {
    ShipmentStatus.PICKING: "Being picked",
    ShipmentStatus.PACKED: "Packed",
    ShipmentStatus.SHIPPED: "On its way",
    ShipmentStatus.DELIVERED: "Delivered",
}
RETURNS_TO_BUYERS = {
    ReturnStatus.REQUESTED: "We look at it",
    ReturnStatus.APPROVED: "Send it back to us",
    ReturnStatus.RECEIVED: "It is here",
    ReturnStatus.CLOSED: "Settled",
    ReturnStatus.REJECTED: "Turned down",
}
PAPERS = {PaperKind.PACKING_SLIP: "Packing slip", PaperKind.PICK_LIST: "Pick list"}
