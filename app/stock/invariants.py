"""What must always be true of stock."""

from app.core.invariants import Invariant
from app.stock.queries import broken

INVARIANTS = (
    Invariant(
        "stock_is_its_ledger",
        "Is what is on hand of each product the sum of its movements?",
        broken.shelves_unlike_their_ledger,
    ),
)
