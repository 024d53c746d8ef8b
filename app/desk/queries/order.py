"""One order with all that stands around it: whose it is, what they owe, and what is on the shelves."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, literal, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import Customer, User
from app.catalogue.models import PriceList, Product
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.fulfilment.queries.shipments import about_to_go
from app.orders.credit import Credit
from app.orders.models import Order, OrderItem
from app.orders.queries.credit import exposed
from app.orders.queries.orders import UNKNOWN, orders_seen_by
from app.orders.queries.payment import payment_state
from app.stock.models import StockItem

_on_hand = func.coalesce(StockItem.on_hand, 0)


class Payment(NamedTuple):
    """How an order is paid, and where its money stands."""

    payment_method: str
    payment_state: str


class Around(NamedTuple):
    """An order, its customer, their list, who bought, and what counts against their credit limit."""

    order: Order
    customer: Customer
    price_list: str | None
    buyer_phone: str | None
    buyer_email: str | None
    credit: Credit
    paying: Payment


class OnShelf(NamedTuple):
    """Where a product stands, how many there are, and how many of them other hands are about to take."""

    place: str
    on_hand: int
    about_to_go: int
    back_on: date | None

    @property
    def free(self) -> int:
        return max(self.on_hand - self.about_to_go, 0)


def order_around(viewer: Viewer, number: int, *, today: date) -> Around:
    """With its taxes; its lines come with the shelves."""
    question = (
        orders_seen_by(viewer)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(PriceList, PriceList.id == Customer.price_list_id)
        .outerjoin(User, User.id == Order.buyer_id)
        .where(Order.number == number)
        .options(joinedload(Order.taxes))
        .with_only_columns(
            Order,
            Customer,
            PriceList.name,
            User.phone,
            User.email,
            exposed(Customer.__table__.c.id),
            payment_state(Order, literal(today)),
        )
    )
    found = db.session.execute(question.execution_options(populate_existing=True)).unique().one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    order, customer, price_list, phone, email, used, state = found
    credit, paying = Credit(customer.credit_limit, used), Payment(order.payment_method, state)
    return Around(order, customer, price_list, phone, email, credit, paying)


def shelves_of(order: Order) -> dict[int, OnShelf]:
    """By line, in one question with the lines themselves."""
    rows = db.session.execute(
        select(OrderItem, Product.shelf, _on_hand, about_to_go(Product.id), StockItem.back_on)
        .join(Product, Product.id == OrderItem.product_id)
        .outerjoin(StockItem, StockItem.product_id == OrderItem.product_id)
        .where(OrderItem.order_id == order.id)
        .order_by(OrderItem.line)
        .execution_options(populate_existing=True)
    ).all()
    set_committed_value(order, "items", [row[0] for row in rows])
    return {row[0].line: OnShelf(*row[1:]) for row in rows}
