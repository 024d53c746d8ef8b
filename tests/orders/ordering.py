"""Orders in one line, for everybody who tests with one."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.accounts.models import Customer, User
from app.catalogue.models import Product
from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.database import db
from app.customers.models import Address
from app.orders.models import Order
from app.orders.queries.orders import order_seen_by
from app.orders.service import placing
from app.orders.service.quoting import Terms
from app.orders.states import Channel
from tests import factories

DOOR = {"label": "Café", "line1": "14 Weir Street", "city": "Leeds", "postcode": "LS2 7AB"}


def able_to_order(customer: Customer, **agreed: Any) -> Customer:
    """A door to deliver to and a month to pay, unless told otherwise."""
    usual = {"payment_terms": "net30", "credit_limit": Decimal(5000)}
    for name, value in (usual | agreed).items():
        setattr(customer, name, value)
    db.session.add(customer)
    db.session.add(
        Address(customer_id=customer.id, is_default_shipping=True, is_default_billing=True, **DOOR)
    )
    db.session.commit()
    return customer


def buying(user: User) -> Viewer:
    """The buyer, as services know them."""
    return Viewer(
        principal=f"user:{user.id}",
        name=user.name,
        user_id=user.id,
        customer_id=user.customer_id,
        permissions=user.permissions,
    )


def working(user: User) -> Viewer:
    """One of us, as services know them."""
    return replace(buying(user), is_staff=True, customer_id=None)


def placed(wanted: Mapping[Product, int], customer: Customer, *, by: Viewer = SYSTEM, **terms: Any) -> Order:
    """Through the front door of the service."""
    return placing.place(
        {product.id: quantity for product, quantity in wanted.items()},
        customer_id=customer.id,
        terms=Terms(**terms),
        channel=Channel.STAFF if by.is_staff else Channel.WEB,
        by=by,
        at=clock.now(),
    )


def as_it_is(order: Order) -> Order:
    """As the database has it."""
    db.session.expire_all()
    return order_seen_by(SYSTEM, order.number)


def goods(name: str, price: str = "10.00", **facts: Any) -> Product:
    """On sale for everybody at this price."""
    found = factories.product(name, **facts)
    factories.price(found, price)
    return found
