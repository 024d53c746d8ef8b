"""What programs send and are told about shipments and returns."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Annotated

from pydantic import Field

from app.core.errors import named_as
from app.fulfilment.models import ReturnStatus, ShipmentStatus
from app.fulfilment.service.packing import WhenShort
from app.fulfilment.service.returning import LONGEST_REASON
from app.orders.models.orders import MOST_ITEMS
from app.orders.schemas.sent import Quantity
from app.web.schemas import Answer, Body, Line, Moment, Number

LineNumber = Annotated[int, Field(ge=1, le=MOST_ITEMS, description="The line of the order.")]


class LineSent(Body):
    line: LineNumber
    quantity: Quantity


class PickedSent(Body):
    line: LineNumber
    quantity: Annotated[int, Field(ge=0)]


def by_line(items: Sequence[LineSent | PickedSent]) -> dict[int, int]:
    """The same line twice is so many more of it."""
    lines: dict[int, int] = {}
    for item in items:
        lines[item.line] = lines.get(item.line, 0) + item.quantity
    return lines


def named_by_place(items: Sequence[LineSent | PickedSent] | None) -> AbstractContextManager[None]:
    """What is refused about a line, by the place where it was sent first."""
    places = reversed(list(enumerate(items or ())))
    return named_as({f"lines.{item.line}": f"items.{number}.quantity" for number, item in places})


Lines = Annotated[list[LineSent], Field(min_length=1, max_length=MOST_ITEMS)]


class ShipmentMade(Body):
    items: Lines | None = Field(None, description="Left out: all that is on hand.")


class ShipmentPacked(Body):
    items: Annotated[list[PickedSent], Field(min_length=1, max_length=MOST_ITEMS)] | None = Field(
        None,
        description="What was picked; a line that is not named was not found. Left out: all that was planned.",
    )
    when_short: WhenShort = Field(WhenShort.LATER, description="What becomes of what was not found.")
    is_missing: bool = Field(
        False,
        description="It is not on the shelf: the stock is corrected. "
        "If nothing at all was picked, the shipment is put back.",
    )


class ShipmentSent(Body):
    carrier: Annotated[Line, Field(max_length=60)] = ""
    tracking: Annotated[Line, Field(max_length=80)] = ""


class ReturnAsked(Body):
    items: Lines
    reason: Annotated[Line, Field(min_length=1, max_length=LONGEST_REASON)]


class ShipmentLineOut(Answer):
    line: int
    sku: str
    name: str
    planned: int
    picked: int | None


class ShipmentOut(Answer):
    id: int
    number: str
    order: Number
    status: ShipmentStatus
    picker: str
    carrier: str
    tracking: str
    items: list[ShipmentLineOut]
    created_at: Moment
    packed_at: Moment | None
    shipped_at: Moment | None
    delivered_at: Moment | None
    cancelled_at: Moment | None
    version: int


class ReturnLineOut(Answer):
    line: int
    sku: str
    name: str
    quantity: int


class ReturnOut(Answer):
    id: int
    number: str
    order: Number
    status: ReturnStatus
    reason: str
    items: list[ReturnLineOut]
    created_at: Moment
    version: int
