"""A buyer's orders in every state, and order pads: for each address with variable parts, what they may be."""

from app.accounts.queries import people
from app.core.access import SYSTEM, Permission, Viewer
from app.fulfilment.service import returning
from app.orders.models import Order
from app.orders.service import pads
from tests.desk.staging import ALONG, at_stage, sent_about
from tests.orders.ordering import goods, placed
from tests.stock.shelving import filled

Values = dict[str, str | int]


def orders_of_a_buyer(email: str) -> dict[str, list[Values]]:
    """One that waits, each further along, one cancelled; a product that is sold no more, and one that is short."""
    maya = people.person_called(email)
    assert maya
    assert maya.customer_id
    company = people.customer(maya.customer_id)
    buyer = Viewer(
        principal=f"user:{maya.id}",
        name=maya.name,
        user_id=maya.id,
        customer_id=company.id,
        permissions=frozenset({Permission.ORDERS_WRITE}),
    )
    rolls = filled(goods("Shop rolls", "2.10", unit_label="tray"), 300)
    rare = filled(goods("Shop honey", "12.50"), 4)
    waiting = placed({rolls: 6, rare: 3}, company, by=buyer, notes="Leave it with the baker.")
    further = {
        stage: at_stage(placed({rolls: 3}, company, by=buyer), stage) for stage in (*ALONG, "cancelled")
    }
    returning.ask(further["delivered"].number, lines={1: 1}, reason="Burnt", by=SYSTEM)
    full, _ = pads.keep("Every Monday", {rolls.id: 12, rare.id: 40}, by=buyer)
    empty, _ = pads.keep("Nothing any more", {rolls.id: 3}, by=buyer)
    pads.set_quantities(empty.id, {rolls.id: 0}, by=buyer)
    every = [_of(order) for order in (waiting, *further.values())]
    both = [{"pad_id": full.id}, {"pad_id": empty.id}]
    return {
        "shop.order": every,
        "shop.order_message": [_of(waiting) | {"message_id": sent_about(waiting).id}],
        "shop.cancel_order": [_of(waiting)],
        "shop.change_order": [_of(waiting)],
        "shop.send_back": [_of(further["delivered"])],
        "shop.reorder": [_of(waiting)],
        "shop.pad": both,
        "shop.rename_pad": both[:1],
        "shop.remove_pad": both[:1],
        "desk.change_order": [_of(waiting), _of(further["confirmed"])],
    }


def _of(order: Order) -> Values:
    return {"number": order.number}
