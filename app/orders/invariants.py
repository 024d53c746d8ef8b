"""What must always be true of orders."""

from app.core.invariants import Invariant
from app.orders.queries import broken

INVARIANTS = (
    Invariant(
        "stock_is_held_for_orders",
        "Is as much reserved of each product as open orders hold?",
        broken.shelves_unlike_their_orders,
    ),
    Invariant(
        "orders_add_up",
        "Does every order come to what its lines, its delivery and its taxes come to?",
        broken.orders_unlike_their_sums,
    ),
    Invariant(
        "orders_are_their_history",
        "Does every order stand where its history led it?",
        broken.orders_unlike_their_history,
    ),
)
