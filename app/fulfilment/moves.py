"""The life of a return: from where each step starts, and who takes it. Buttons and use cases ask the same table."""

from typing import NamedTuple

from app.core.access import Permission, Viewer
from app.fulfilment.models import ReturnStatus


class ReturnMove(NamedTuple):
    """One step, and what whoever takes it holds."""

    out_of: frozenset[ReturnStatus]
    staff: Permission

    def may(self, who: Viewer) -> bool:
        return who.is_staff and who.may(self.staff)


def _move(staff: Permission, *out_of: ReturnStatus) -> ReturnMove:
    return ReturnMove(frozenset(out_of), staff)


# Money hangs on the answer and on the end; what came is counted by whoever stands beside it.
RETURN_MOVES = {
    "approve": _move(Permission.ORDERS_REFUND, ReturnStatus.REQUESTED),
    "reject": _move(Permission.ORDERS_REFUND, ReturnStatus.REQUESTED, ReturnStatus.APPROVED),
    "receive": _move(Permission.ORDERS_FULFIL, ReturnStatus.APPROVED),
    "close": _move(Permission.ORDERS_REFUND, ReturnStatus.RECEIVED),
}


def return_moves_open(status: ReturnStatus, who: Viewer) -> set[str]:
    return {name for name, move in RETURN_MOVES.items() if status in move.out_of and move.may(who)}
