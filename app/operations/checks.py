"""Every invariant of the house, and looking at all of them: on demand by page, by shell, and by night."""

from collections.abc import Sequence

from app.accounts.invariants import INVARIANTS as OF_PEOPLE
from app.billing.invariants import INVARIANTS as OF_MONEY
from app.core.invariants import Invariant, Verdict, take_your_time
from app.core.transaction import use_case
from app.fulfilment.invariants import INVARIANTS as OF_SHIPMENTS
from app.operations.queries import broken
from app.orders.invariants import INVARIANTS as OF_ORDERS
from app.payments.invariants import INVARIANTS as OF_PAYMENTS
from app.stock.invariants import INVARIANTS as OF_STOCK

OF_PROMISES = (
    Invariant(
        "mails_sent_once",
        "Was every mail sent at most once?",
        broken.mails_sent_twice,
    ),
    Invariant(
        "promises_make_sense",
        "Is every promise in one state, with a reason where it failed?",
        broken.confused_promises,
    ),
)
INVARIANTS = (*OF_PEOPLE, *OF_STOCK, *OF_ORDERS, *OF_SHIPMENTS, *OF_MONEY, *OF_PAYMENTS, *OF_PROMISES)


@use_case
def run_all() -> Sequence[Verdict]:
    take_your_time()
    return [Verdict(invariant, invariant.findings()) for invariant in INVARIANTS]
