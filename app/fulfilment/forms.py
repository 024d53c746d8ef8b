"""What the warehouse and the desk type about shipments and returns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from app.core.errors import Refusal, Refused
from app.core.text import counted
from app.fulfilment.models import Shipment, ShipmentStatus
from app.fulfilment.service.packing import WhenShort
from app.fulfilment.service.returning import LONGEST_DECISION
from app.orders.models import Order
from app.web import fields
from app.web.forms import Form

LONGEST_CARRIER, LONGEST_TRACKING = 60, 80
WHEN_SHORT = {
    WhenShort.LATER.value: ("Send the rest later", "It stays on the order until it is on hand"),
    WhenShort.CANCEL.value: ("Cancel the rest", "The total goes down, and the customer gets an email"),
}
BECAME = {
    WhenShort.LATER: ("follows later", "follow later"),
    WhenShort.CANCEL: ("is cancelled", "are cancelled"),
}
MOST_NAMED = 3  # of what was short, once it is packed


class PackForm(Form):
    """A box for each line joins these, named by the line."""

    doing = "to mark it as packed"
    planned: Mapping[str, int] = {}  # by box
    when_short = RadioField(
        "If something is short",
        choices=[SelectChoice(value, label) for value, (label, _) in WHEN_SHORT.items()],
        validate_choice=False,
    )
    is_missing = fields.tick("It is not on the shelf: correct the stock")

    @classmethod
    def of(cls, rows: Iterable[Any]) -> "PackForm":
        """As many as were planned, until somebody finds fewer."""
        rows = list(rows)
        boxes = {
            _box(row): fields.number(row.name, missing=f"Type how many of {row.name}.", most=row.planned)
            for row in rows
        }
        planned = {_box(row): row.planned for row in rows}
        kind: type[PackForm] = type("PackForm", (cls,), boxes | {"planned": planned})
        return kind(data=planned)

    def validate_when_short(self, field: Any) -> None:
        if self.short and field.data not in WHEN_SHORT:
            raise ValidationError("Say what becomes of the rest.")

    @property
    def short(self) -> list[tuple[int, str]]:
        """So many of which product were not found."""
        boxes = [(self[name], planned) for name, planned in self.planned.items()]
        typed = [(box, planned) for box, planned in boxes if box.data is not None]
        return [(planned - box.data, box.label.text) for box, planned in typed if box.data < planned]

    def box_of(self, row: Any) -> Any:
        return self[_box(row)]

    def found(self) -> dict[str, Any]:
        """As `pack` takes it."""
        return {
            "picked": {int(box.removeprefix("line_")): self[box].data for box in self.planned},
            "when_short": self.becomes,
            "is_missing": self.is_missing.data,
        }

    @property
    def becomes(self) -> WhenShort:
        """Where nothing is short, it does not matter."""
        return WhenShort(self.when_short.data) if self.short else WhenShort.LATER

    def told_of(self, done: Shipment) -> str:
        if done.status == ShipmentStatus.CANCELLED:
            return f"Nothing of shipment {done.number} was found. It is put back, and the stock is corrected."
        packed, short = f"Shipment {done.number} is packed", self.short
        if not short:
            return packed
        one, many = BECAME[self.becomes]
        return f"{packed}. {_listed(short)} {one if short[0][0] == len(short) == 1 else many}."


def _listed(short: Sequence[tuple[int, str]]) -> str:
    named = [f"{quantity:,} of {name}" for quantity, name in short]
    if len(named) > MOST_NAMED:
        left = len(named) - MOST_NAMED
        named = [*named[:MOST_NAMED], counted(left, "more line", "more lines")]
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def _box(row: Any) -> str:
    return f"line_{row.line}"


class ShipForm(Form):
    doing = "to mark it as shipped"
    carrier = fields.text("Carrier", longest=LONGEST_CARRIER, autocomplete="off")
    tracking = fields.text("Tracking", longest=LONGEST_TRACKING, autocomplete="off")

    @classmethod
    def of(cls, order: Order) -> "ShipForm":
        """As a rule it goes the way that was agreed."""
        return cls(data={"carrier": order.delivery_method})


class DecideForm(Form):
    doing = "to answer"
    decision = fields.note("What the customer reads", longest=LONGEST_DECISION)


class CloseForm(Form):
    doing = "to close it without a refund"
    reason = fields.text(
        "Why", missing="Say why, in a few words.", longest=LONGEST_DECISION, autocomplete="off"
    )


class ReceiveForm(Form):
    """Two boxes for each line join these, named by the line."""

    doing = "to receive it"

    @classmethod
    def of(cls, rows: Iterable[Any]) -> "ReceiveForm":
        """All of it came, until somebody says otherwise; none of it is sold again, until somebody says so."""
        rows = list(rows)
        boxes: dict[str, Any] = {}
        for row in rows:
            for name, label in (("received", "Came"), ("restocked", "Back on the shelf")):
                missing = f"Type how many of {row.name}, or 0."
                boxes[f"{name}_{row.line}"] = fields.number(label, missing=missing, most=row.quantity)
        kind: type[ReceiveForm] = type("ReceiveForm", (cls,), boxes)
        return kind(data={_boxes(row)[0]: row.quantity for row in rows} | {_boxes(row)[1]: 0 for row in rows})

    def came(self) -> dict[str, dict[int, int]]:
        """As `receive` takes it."""
        counts: dict[str, dict[int, int]] = {"received": {}, "restocked": {}}
        for name, field in self._fields.items():
            what, _, line = name.partition("_")
            if what in counts:
                counts[what][int(line)] = field.data
        return counts

    def boxes_of(self, row: Any) -> tuple[Any, Any]:
        received, restocked = _boxes(row)
        return self[received], self[restocked]

    def show(self, refusal: Refusal) -> None:
        """What is refused about a line stands beside its box."""
        name, _, line = (refusal.field or "").partition(".")
        super().show(Refused(refusal.message, field=f"{name}_{line}") if line else refusal)


def _boxes(row: Any) -> tuple[str, str]:
    return f"received_{row.line}", f"restocked_{row.line}"
