"""What can happen to an order, in words: for its timeline and for the audit log."""

HAPPENED = {
    "order.placed": "Order placed",
    "order.confirmed": "Order confirmed",
    "order.held": "Order put on hold",
    "order.released": "Order released",
    "order.amended": "Order changed",
    "order.cancelled": "Order cancelled",
    "order.remainder_cancelled": "Rest of an order cancelled",
    "order.noted": "Note on an order",
    "order.message_sent_again": "Message about an order sent again",
    "order.shipment_opened": "Picking begun",
    "order.shipment_put_back": "Shipment put back",
    "order.packed": "Order picked",
    "order.part_shipped": "Part of an order shipped",
    "order.shipped": "Order shipped",
    "order.part_delivered": "Part of an order delivered",
    "order.delivered": "Order delivered",
    "order.return_asked": "Return asked for",
    "order.return_approved": "Return approved",
    "order.return_rejected": "Return turned down",
    "order.return_received": "Return received",
    "order.return_closed": "Return settled",
}
THINGS = {"order": "Order"}
