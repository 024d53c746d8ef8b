"""A desk with orders in every state: for each address with variable parts, what they may be."""

from app.core.database import db
from app.core.outbox import OutboxMessage
from app.orders.models import Order
from tests import factories
from tests.desk.staging import ALONG, at_stage, sent_about
from tests.orders.ordering import able_to_order, goods, placed
from tests.stock.shelving import filled

Values = dict[str, str | int]


def orders_in_all_states() -> dict[str, list[Values]]:
    """One that waits, off the way, on it; short of something, and over the credit limit."""
    cafe = able_to_order(factories.customer("Order Desk Café"))
    bread = filled(goods("Desk loaf", "3.10", shelf="A-2", unit_label="loaf"), 200)
    rare = filled(goods("Desk truffle", "48.00"), 2, backorder_limit=20)
    waiting = placed({bread: 2, rare: 1}, cafe, po_number="DESK-1", notes="Side door, after ten.")
    by_stage = {stage: at_stage(placed({bread: 2}, cafe), stage) for stage in (*ALONG, "held", "cancelled")}
    short = at_stage(placed({bread: 1, rare: 6}, cafe), "confirmed")
    over = placed({bread: 2}, able_to_order(factories.customer("Spent Café"), credit_limit=1))
    mails = [sent_about(waiting), _not_sent_yet(waiting)]
    return {
        "desk.order": [_of(one) for one in (waiting, *by_stage.values(), short, over)],
        "desk.order_message": [_of(waiting) | {"message_id": mail.id} for mail in mails],
        "desk.act": [
            _of(waiting) | {"verb": "cancel"},
            _of(waiting) | {"verb": "confirm"},
            _of(waiting) | {"verb": "hold"},
            _of(over) | {"verb": "release"},
            _of(short) | {"verb": "cancel_remainder"},
            _of(short) | {"verb": "open_shipment"},
            _of(by_stage["shipped"]) | {"verb": "deliver"},
            _of(by_stage["delivered"]) | {"verb": "return"},
        ],
        "desk.move_day": [_of(waiting)],
        "desk.refund": [_of(by_stage["shipped"]), _of(by_stage["delivered"])],
    }


def _of(order: Order) -> Values:
    return {"number": order.number}


def _not_sent_yet(order: Order) -> OutboxMessage:
    facts = {"about": f"order:{order.id}", "topic": "orders.mail_received_at_desk"}
    return db.session.query(OutboxMessage).filter_by(**facts).one()
