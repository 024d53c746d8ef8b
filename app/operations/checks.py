"""Every invariant of the house, and looking at all of them: on demand by page, by shell, and by night."""

from collections.abc import Sequence

from app.core.invariants import Invariant, Verdict
from app.operations.queries import broken

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
        "mails_sent_once",
        "Was every mail sent at most once?",
        broken.mails_sent_twice,
    ),
    Invariant(
        "promises_make_sense",
        "Is every promise in one state, with a reason where it failed?",
        broken.confused_promises,
    ),
    Invariant(
        "known_permissions",
        "Do roles hold only permissions that exist?",
        broken.unknown_permissions,
    ),
)


def run_all() -> Sequence[Verdict]:
    return [Verdict(invariant, invariant.findings()) for invariant in INVARIANTS]
