"""The life of an order, as one table: who may do what with it, when, and what that does.

Buttons, the API's `actions`, the checks of every use case and the drawing in the documentation are made of it.
"""

from dataclasses import dataclass

from app.core.access import Permission, Viewer
from app.core.errors import Conflict, NotAllowed
from app.orders.guards import (
    BEING_PICKED,
    HELD,
    HELD_FOR_CREDIT,
    NOT_FOR_CREDIT,
    NOT_HELD,
    NOTHING_OPEN,
    NOTHING_SENT,
    PACKED,
    SOMETHING_OPEN,
    SOMETHING_SENT,
    STILL_TO_COME,
    Guard,
    Standing,
)
from app.orders.states import OrderStatus

PENDING, CONFIRMED, SHIPPED = OrderStatus.PENDING, OrderStatus.CONFIRMED, OrderStatus.SHIPPED
DELIVERED, CANCELLED = OrderStatus.DELIVERED, OrderStatus.CANCELLED
ALL_SENT = "nothing is left to send"


class IllegalMove(Conflict):
    """The order does not stand where this could be done."""

    code = "illegal_transition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One row of the table. `into` is empty where the status stays, and `once` says until when it stays all the
    same; `effects` is said before it is done.

    `staff` and `buyer` are what each must hold; without it, they may not do this at all.
    """

    name: str
    words: str
    out_of: frozenset[OrderStatus]
    into: OrderStatus | None = None
    once: str = ""
    staff: Permission | None = None
    buyer: Permission | None = None
    guards: tuple[Guard, ...] = ()
    effects: str

    def may(self, viewer: Viewer) -> bool:
        needed = self.staff if viewer.is_staff else self.buyer
        return needed is not None and viewer.may(needed)

    def why_not(self, order: Standing) -> str:
        """Empty where nothing stands against it."""
        if order.status not in self.out_of:
            return f"It is {OrderStatus(order.status).word} by now."
        return next(filter(None, (guard.why_not(order) for guard in self.guards)), "")


def _only(*statuses: OrderStatus) -> frozenset[OrderStatus]:
    return frozenset(statuses)


CONFIRM = Move(
    name="confirm",
    words="Confirm",
    out_of=_only(PENDING),
    into=CONFIRMED,
    staff=Permission.ORDERS_CONFIRM,
    guards=(NOT_HELD, STILL_TO_COME),
    effects="The customer is told the delivery day by email, and the order goes to be picked.",
)
DELIVER = Move(
    name="deliver",
    words="Mark as delivered",
    out_of=_only(SHIPPED),
    into=DELIVERED,
    staff=Permission.ORDERS_FULFIL,
    buyer=Permission.ORDERS_WRITE,
    effects="The order is done. Something wrong can still be sent back.",
)
MOVES = (
    CONFIRM,
    Move(
        name="hold",
        words="Put on hold",
        out_of=_only(PENDING, CONFIRMED),
        staff=Permission.ORDERS_CONFIRM,
        guards=(NOT_HELD, NOTHING_OPEN),
        effects="Its stock stays reserved. Nobody can confirm or pick it until it is released.",
    ),
    Move(
        name="release",
        words="Release",
        out_of=_only(PENDING, CONFIRMED),
        staff=Permission.ORDERS_CONFIRM,
        guards=(HELD, NOT_FOR_CREDIT),
        effects="It can be confirmed or picked again. Your reason stays with the order.",
    ),
    Move(
        name="release",
        words="Release credit hold",
        out_of=_only(PENDING, CONFIRMED),
        staff=Permission.ORDERS_OVERRIDE,
        guards=(HELD_FOR_CREDIT,),
        effects="The customer goes over the credit limit by this order. Your name and reason stay with it.",
    ),
    Move(
        name="amend",
        words="Change order",
        out_of=_only(PENDING),
        staff=Permission.ORDERS_WRITE,
        buyer=Permission.ORDERS_WRITE,
        effects="Stock is held anew and the sum is made again. We send an email with what changed.",
    ),
    Move(
        name="amend",
        words="Change order",
        out_of=_only(CONFIRMED),
        into=SHIPPED,
        once=ALL_SENT,
        staff=Permission.ORDERS_WRITE,
        guards=(NOTHING_OPEN,),
        effects="Stock is held anew and the sum is made again. We send an email with what changed.",
    ),
    Move(
        name="cancel",
        words="Cancel order",
        out_of=_only(PENDING),
        into=CANCELLED,
        staff=Permission.ORDERS_WRITE,
        buyer=Permission.ORDERS_WRITE,
        effects="All its stock goes back on sale and nothing is charged. We send an email that says so.",
    ),
    Move(
        name="cancel",
        words="Cancel order",
        out_of=_only(CONFIRMED),
        into=CANCELLED,
        staff=Permission.ORDERS_CONFIRM,
        guards=(NOTHING_SENT, NOTHING_OPEN),
        effects="All its stock goes back on sale and nothing is charged. We send an email that says so.",
    ),
    Move(
        name="cancel_remainder",
        words="Cancel what remains",
        out_of=_only(CONFIRMED),
        into=SHIPPED,
        once=ALL_SENT,
        staff=Permission.ORDERS_CONFIRM,
        guards=(NOTHING_OPEN,),
        effects="What has not left goes back on sale, the total goes down, and the customer gets an email.",
    ),
    Move(
        name="open_shipment",
        words="Start picking",
        out_of=_only(CONFIRMED),
        staff=Permission.ORDERS_FULFIL,
        guards=(NOT_HELD, NOTHING_OPEN),
        effects="A pick list is made of all that is on hand. The order cannot be changed meanwhile.",
    ),
    Move(
        name="close_shipment",
        words="Put the shipment back",
        out_of=_only(CONFIRMED),
        staff=Permission.ORDERS_FULFIL,
        guards=(SOMETHING_OPEN,),
        effects="What was picked goes back on its shelf. The order waits to be picked again.",
    ),
    Move(
        name="pack",
        words="Mark as packed",
        out_of=_only(CONFIRMED),
        staff=Permission.ORDERS_FULFIL,
        guards=(BEING_PICKED,),
        effects="It waits for the van. What was short is sent later or cancelled, as you say.",
    ),
    Move(
        name="ship",
        words="Mark as shipped",
        out_of=_only(CONFIRMED),
        into=SHIPPED,
        once=ALL_SENT,
        staff=Permission.ORDERS_FULFIL,
        guards=(PACKED,),
        effects="It leaves our stock, and the customer gets an email.",
    ),
    DELIVER,
    Move(
        name="return",
        words="Send something back",
        out_of=_only(CONFIRMED, SHIPPED, DELIVERED),
        staff=Permission.ORDERS_REFUND,
        buyer=Permission.ORDERS_WRITE,
        guards=(SOMETHING_SENT,),
        effects="The order desk looks at it and answers.",
    ),
    Move(
        name="refund",
        words="Refund",
        out_of=_only(CONFIRMED, SHIPPED, DELIVERED),
        staff=Permission.ORDERS_REFUND,
        guards=(SOMETHING_SENT,),
        effects="The customer gets a credit note, and the money goes where you say.",
    ),
    Move(
        name="note",
        words="Add a note",
        out_of=frozenset(OrderStatus),
        staff=Permission.ORDERS_WRITE,
        buyer=Permission.ORDERS_WRITE,
        effects="Everybody who sees the note also sees who wrote it.",
    ),
)


def moves_open(order: Standing, viewer: Viewer) -> list[Move]:
    """What the viewer can do with this order now, in the order of its life."""
    return [move for move in MOVES if move.may(viewer) and not move.why_not(order)]


def expect(name: str, order: Standing, viewer: Viewer) -> Move:
    """The row that allows it, or the refusal that says why none does."""
    rows = [move for move in MOVES if move.name == name]
    here = [move for move in rows if order.status in move.out_of] or rows
    allowed = [move for move in here if move.may(viewer)]
    for move in allowed:
        if not move.why_not(order):
            return move
    if not allowed:
        raise _refusal_of_somebody(rows, order, viewer)
    raise IllegalMove(allowed[0].why_not(order))


def _refusal_of_somebody(rows: list[Move], order: Standing, viewer: Viewer) -> Exception:
    """Who could have done it earlier is told what has happened since; anybody else, that they may not."""
    if any(move.may(viewer) for move in rows):
        word = OrderStatus(order.status).word
        return IllegalMove(f"It is {word} by now. Ring us to change anything.")
    return NotAllowed(f"You may not {rows[0].words.lower()} here. Ask somebody who can.")
