"""A warehouse in which something has happened: for each address with variable parts, what they may be."""

from collections.abc import Mapping

from app.catalogue.models import Product
from app.core import clock
from app.core.access import SYSTEM
from app.fulfilment.jobs import NO_END, NO_FONT
from app.fulfilment.models import PaperKind, Return, Shipment, ShipmentPaper
from app.fulfilment.service import packing, returning, sending
from app.orders.models import Order
from tests import factories
from tests.fulfilment.moving_goods import approved, confirmed, packed, picking, sent, sent_back
from tests.orders.ordering import able_to_order, goods
from tests.stock.shelving import filled

Values = dict[str, str | int]


def warehouse_in_all_states() -> dict[str, list[Values]]:
    cafe = able_to_order(factories.customer("Warehouse Café"))
    wanted = {
        filled(goods("Rye loaf", "3.10", shelf="A-2", unit_label="loaf"), 500): 6,
        filled(goods("Buns", "0.60", shelf="A-11"), 500): 12,
    }

    def order() -> Order:
        return confirmed(wanted, cafe)

    order()  # which waits to be picked
    shipments = [_of(one) for one in _shipments(order, wanted)]
    returns = [{"return_id": one.id} for one in _returns(sent_order(order))]
    listed, gone = shipments[:-1], shipments[-1]
    return {
        "fulfilment.shipment": [*listed, gone],
        "fulfilment.pack": shipments[:1],
        "fulfilment.put_back": [shipments[0], gone],
        "fulfilment.ship": shipments[1:2],
        "fulfilment.deliver": shipments[2:3],
        "fulfilment.packing_slip": listed,
        "fulfilment.pick_list": shipments[:1],
        "fulfilment.return_page": returns,
        "fulfilment.decide_return": returns[1:2],
        "fulfilment.receive_return": returns[1:2],
        "fulfilment.close_return": returns[2:3],
    }


def _of(shipment: Shipment) -> Values:
    return {"shipment_id": shipment.id}


def sent_order(order) -> Order:
    found = order()
    sent(found)
    return found


def _shipments(order, wanted: Mapping[Product, int]) -> list[Shipment]:
    """Being picked with its papers in every state, packed, half sent, delivered, put back."""
    first, arrived, back = picking(order()), sent(order()), picking(order())
    states = ({"file": "0" * 64, "problem": NO_FONT.format("🥐")}, {"problem": NO_END})
    for kind, facts in zip(PaperKind, states, strict=True):
        factories.saved(ShipmentPaper(shipment_id=first.id, kind=kind, version=first.version, **facts))
    sending.deliver(arrived.id, by=SYSTEM, at=clock.now())
    packing.put_back(back.id, by=SYSTEM, at=clock.now())
    return [first, packed(order(), picked={1: 4, 2: 12}), sent(order(), picked={1: 4, 2: 12}), arrived, back]


def _returns(order: Order) -> list[Return]:
    """To answer, on its way, received, settled, turned down."""
    waiting, coming, came, settled, refused = (
        sent_back(order, {1: 1}),
        *(approved(order, {1: 1}) for _ in range(3)),
        sent_back(order, {2: 1}),
    )
    for one in (came, settled):
        returning.receive(one.id, received={1: 1}, restocked={1: 0}, by=SYSTEM, at=clock.now())
    returning.close(settled.id, reason="Replaced", by=SYSTEM, at=clock.now())
    returning.decide(refused.id, is_approved=False, decision="Too late", by=SYSTEM, at=clock.now())
    return [waiting, coming, came, settled, refused]
