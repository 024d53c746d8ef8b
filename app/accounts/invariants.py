"""What must always be true of people, customers and roles."""

from app.accounts.queries import broken
from app.core.invariants import Invariant

INVARIANTS = (
    Invariant(
        "working_admin",
        "Can at least one administrator sign in?",
        broken.without_an_admin,
    ),
    Invariant(
        "buyers_have_customers",
        "Does every buyer belong to a customer that still exists?",
        broken.buyers_without_a_customer,
    ),
    Invariant(
        "known_permissions",
        "Do roles hold only permissions that exist?",
        broken.unknown_permissions,
    ),
)
