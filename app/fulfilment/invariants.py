"""What must always be true of shipments."""

from app.core.invariants import Invariant
from app.fulfilment.queries import broken, uninvoiced

INVARIANTS = (
    Invariant(
        "lines_are_their_shipments",
        "Is as much of each line planned, sent and returned as its shipments and returns say?",
        broken.lines_unlike_their_shipments,
    ),
    Invariant(
        "orders_are_their_shipments",
        "Does every order know which shipment is open, how many left, and whether anything is left?",
        broken.orders_unlike_their_shipments,
    ),
    Invariant(
        "what_left_is_invoiced",
        "Is everything that left invoiced once, at its order's price, and to its order's sum?",
        uninvoiced.what_left_unlike_its_invoices,
    ),
)
