"""What the warehouse and the desk type about shipments and returns."""

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from app.core.errors import Refusal, Refused
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


class PackForm(Form):
    """A box for each line joins these, named by the line."""

    doing = "to mark it as packed"
    when_short = RadioField(
        "If something is short",
        [AnyOf(WHEN_SHORT, message="Say what becomes of the rest.")],
        choices=[SelectChoice(value, label) for value, (label, _) in WHEN_SHORT.items()],
        default=WhenShort.LATER.value,
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
        kind: type[PackForm] = type("PackForm", (cls,), boxes)
        return kind(data={_box(row): row.planned for row in rows})

    def box_of(self, row: Any) -> Any:
        return self[_box(row)]

    def found(self) -> dict[str, Any]:
        """As `pack` takes it."""
        picked = {
            int(name.removeprefix("line_")): field.data
            for name, field in self._fields.items()
            if name.startswith("line_")
        }
        return {
            "picked": picked,
            "when_short": WhenShort(self.when_short.data),
            "is_missing": self.is_missing.data,
        }


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


class ReceiveForm(Form):
    """Two boxes for each line join these, named by the line."""

    doing = "to receive it"

    @classmethod
    def of(cls, rows: Iterable[Any]) -> "ReceiveForm":
        rows = list(rows)
        boxes: dict[str, Any] = {}
        for row in rows:
            for name, label in (("received", "Came"), ("restocked", "Back on the shelf")):
                missing = f"Type how many of {row.name}, or 0."
                boxes[f"{name}_{row.line}"] = fields.number(label, missing=missing, most=row.quantity)
        kind: type[ReceiveForm] = type("ReceiveForm", (cls,), boxes)
        return kind(data={name: row.quantity for row in rows for name in _boxes(row)})

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
