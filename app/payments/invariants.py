"""What must always be true of card payments."""

from app.core.invariants import Invariant
from app.payments.queries import broken

INVARIANTS = (
    Invariant(
        "payments_are_known",
        "Is it known what came of everything that was asked of the card gateway?",
        broken.operations_unknown_for_too_long,
    ),
    Invariant(
        "gateway_events_are_ours",
        "Do we know every payment that the card gateway tells of?",
        broken.events_that_nobody_could_place,
    ),
)
