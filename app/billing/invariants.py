"""What must always be true of invoices, and of the money that pays them."""

from app.billing import checks
from app.billing.queries import broken, unbalanced
from app.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "numbers_have_no_gap",
        "Are invoices and credit notes numbered from 1 without a gap, and their days in order?",
        broken.numbers_out_of_order,
    ),
    Invariant(
        "papers_stay_as_issued",
        f"Do invoices say what they said when they were issued? The newest {broken.LOOKED_AT:,} are read, and "
        f"{broken.LOOKED_AT:,} others each day.",
        checks.papers_that_changed,
    ),
    Invariant(
        "money_is_used_once",
        "Is no penny used, credited or given back twice, and is every balance what is left?",
        unbalanced.money_that_does_not_agree,
    ),
)
